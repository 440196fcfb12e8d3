"""Calibration: weights as near to the design's as they can be while the sample adds up to the population's margins.

Weights w = d g with g = F(x'λ) and λ such that Σ w x = T, for design weights d, auxiliaries x and population totals T.
F decides what "near" means (Deville & Särndal 1992, JASA 87:376; Deville, Särndal & Sautory 1993):

* linear: 1 + u, the generalised regression estimator; with bounds, cut off at them;
* raking: e^u, iterative proportional fitting where all x are categories;
* logit: between its bounds, (L(U-1) + U(1-L)e^(Au)) / (U-1 + (1-L)e^(Au)), A = (U-L)/((1-L)(U-1)).

A single margin is post-stratification under each of them.

The variance of a calibrated estimate is that of the residuals of its linearised variable: e = u - x'B, with B from the
regression of u on x with the weights d, entering as w e.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from tryghed.definitions.calibration import Distance
from tryghed.errors import DesignError
from tryghed.statistics.auxiliaries import RANK, Auxiliaries, Numbers
from tryghed.statistics.feasibility import expect_feasible

#: Where Newton's method stops: the largest difference from the totals, relatively.
_PRECISE: Final = 1e-10
_STEPS: Final = 100
_HALVINGS: Final = 40
#: e to this power, squared, is still a number.
_LARGEST: Final = 300.0


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Calibrated weights, with what residuals need.

    Attributes:
        design: The weights before.
        weights: The weights after.
        auxiliaries: What they were calibrated to.
        steps: Newton steps it took.
    """

    design: Numbers
    weights: Numbers
    auxiliaries: Auxiliaries
    steps: int

    @property
    def factors(self) -> Numbers:
        """What each design weight was multiplied with (g)."""
        return self.weights / self.design

    def residuals(self, influence: Numbers) -> Numbers:
        """Return what the auxiliaries do not explain of linearised variables (respondents × variables)."""
        return self.auxiliaries.residuals(self.design, influence)


def untouched(weights: Numbers) -> Calibrated:
    """Return weights that were calibrated to nothing: residuals are the variables themselves."""
    nothing = Auxiliaries((("", ""),), np.zeros((1, 1)), np.zeros(1), np.zeros(len(weights), dtype=np.int64))
    return Calibrated(weights, weights, nothing, 0)


def calibrate(weights: Numbers, known: Auxiliaries, distance: Distance) -> Calibrated:
    """Return the weights nearest to `weights` under which the sample adds up to the totals.

    Args:
        weights: Design weights, one per respondent, all above 0.
        known: Auxiliaries of the same respondents.
        distance: What is near, and how far a weight may move.

    Raises:
        DesignError: Weights that are not above 0; margins that no weights within the bounds meet (with the margins
            that stand in the way, and the narrowest bounds that would do); no solution found.
    """
    wrong = int(np.sum(~(np.isfinite(weights) & (weights > 0))))
    if wrong:
        raise DesignError(f"{wrong:,} of {len(weights):,} weights are not above 0", hint="leave out people of weight 0")
    cells = known.within_cells(weights)
    expect_feasible(cells, known, distance.limits)
    factors, steps = _solved(cells, known, distance)
    return Calibrated(weights, weights * factors[known.cell], known, steps)


def _solved(cells: Numbers, known: Auxiliaries, distance: Distance) -> tuple[Numbers, int]:
    """Return g of each cell, by Newton's method with halved steps where a whole one makes it worse."""
    scale = known.scale(cells)
    values, totals = known.values / scale, known.totals / scale
    ratio = _RATIOS[distance.method]

    def missing(point: Numbers) -> Numbers:
        return np.asarray(totals - values.T @ (cells * ratio(values @ point, distance)[0]), dtype=np.float64)

    point = np.zeros(len(totals))
    gap = missing(point)
    for step in range(_STEPS):
        if np.max(np.abs(gap)) < _PRECISE:
            return ratio(values @ point, distance)[0], step
        slope = cells * ratio(values @ point, distance)[1]
        move = np.linalg.pinv(values.T @ (slope[:, None] * values), rcond=RANK, hermitian=True) @ gap
        for halving in range(_HALVINGS):
            tried = point + move / 2**halving
            left = missing(tried)
            if np.linalg.norm(left) < np.linalg.norm(gap):
                break
        else:
            break
        point, gap = tried, left
    worst = int(np.argmax(np.abs(gap)))
    margin, category = known.columns[worst]
    raise DesignError(
        f"no weights found that meet the margins: {margin} {category} is still {abs(gap[worst]):.2g} off, relatively",
        hint="widen the bounds or unite small categories",
    )


def _linear(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers]:
    lower, upper = distance.limits
    plain = 1 + u
    return np.clip(plain, lower, upper), ((plain >= lower) & (plain <= upper)).astype(np.float64)


def _raking(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers]:  # noqa: ARG001 (has no bounds)
    power = np.exp(np.clip(u, -_LARGEST, _LARGEST))
    return power, power


def _logit(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers]:
    lower, upper = distance.limits
    rate = (upper - lower) / ((1 - lower) * (upper - 1))
    power = np.exp(np.clip(rate * u, -_LARGEST, _LARGEST))
    value = (lower * (upper - 1) + upper * (1 - lower) * power) / (upper - 1 + (1 - lower) * power)
    return value, rate * (value - lower) * (upper - value) / (upper - lower)


#: F and its derivative.
_RATIOS: Final[dict[str, Callable[[Numbers, Distance], tuple[Numbers, Numbers]]]] = {
    "linear": _linear,
    "raking": _raking,
    "logit": _logit,
}
