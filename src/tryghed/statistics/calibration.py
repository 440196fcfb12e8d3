"""Calibration: weights as near to the design's as they can be while the sample adds up to the population's margins.

Weights w = d g with g = F(x'λ) and λ such that Σ w x = T, for design weights d, auxiliaries x and population totals T.
F decides what "near" means (Deville & Särndal 1992, JASA 87:376; Deville, Särndal & Sautory 1993):

* linear: 1 + u, the generalised regression estimator; with bounds, cut off at them;
* raking: e^u, iterative proportional fitting where all x are categories;
* logit: between its bounds, (L(U-1) + U(1-L)e^(Au)) / (U-1 + (1-L)e^(Au)), A = (U-L)/((1-L)(U-1)).

A single margin is post-stratification under each of them. λ is where the convex Σ d G(x'λ) - T'λ, G' = F, is least:
Newton's steps, damped (Levenberg and Marquardt) wherever a whole one would not go down, as near tight bounds.

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
_STEPS: Final = 200
#: A weight multiplied with less is as good as 0.
_VANISHED: Final = 1e-7
_DAMPINGS: Final = 60
#: How much of the slope a step must go down, and the rounding of the sum that goes down, relatively.
_DOWN: Final = 1e-4
_ROUNDING: Final = 1e-13
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
        DesignError: Weights that are not above 0, or would be 0 afterwards; margins that no weights within the bounds
            meet (with the margins that stand in the way, and the narrowest bounds that would do); no solution found.
    """
    wrong = int(np.sum(~(np.isfinite(weights) & (weights > 0))))
    if wrong:
        raise DesignError(f"{wrong:,} of {len(weights):,} weights are not above 0", hint="leave out people of weight 0")
    cells = known.within_cells(weights)
    expect_feasible(cells, known, distance.limits)
    factors, steps = _solved(cells, known, distance)
    _expect_weights(factors, cells, known, distance)
    return Calibrated(weights, weights * factors[known.cell], known, steps)


def _expect_weights(factors: Numbers, cells: Numbers, known: Auxiliaries, distance: Distance) -> None:
    """Refuse factors that raking and logit come as near to 0 as they like: margins that only weights of 0 meet."""
    gone = (factors < _VANISHED) & (cells > 0)
    if distance.method == "linear" or not gone.any():
        return
    people = int(gone[known.cell].sum())
    named = sorted({known.columns[at] for cell in np.flatnonzero(gone) for at in np.flatnonzero(known.values[cell])})
    raise DesignError(
        f"the margins leave no weight for {people:,} of {len(known.cell):,} respondents: they are in "
        + ", ".join(f"{margin} {category}" for margin, category in named),
        hint="unite small categories",
    )


@dataclass(frozen=True, eq=False)
class _Point:
    """A λ, with the factors g there, what they leave of the totals, their slopes, and the convex sum that is least."""

    at: Numbers
    factors: Numbers
    gap: Numbers
    slopes: Numbers
    height: float


def _solved(cells: Numbers, known: Auxiliaries, distance: Distance) -> tuple[Numbers, int]:
    """Return g of each cell, and the steps it took."""
    scale = known.scale(cells)
    values, totals = known.values / scale, known.totals / scale

    def look(at: Numbers) -> _Point:
        factors, slopes, height = _FACTORS[distance.method](values @ at, distance)
        return _Point(at, factors, totals - values.T @ (cells * factors), slopes, float(cells @ height - totals @ at))

    point, damping = look(np.zeros(len(totals))), 0.0
    for step in range(_STEPS):
        if np.max(np.abs(point.gap)) < _PRECISE:
            return point.factors, step
        curves, along = np.linalg.eigh(values.T @ ((cells * point.slopes)[:, None] * values))
        flat = RANK * curves[-1]
        for _ in range(_DAMPINGS):
            move = along @ ((along.T @ point.gap) / (np.maximum(curves, 0.0) + max(damping, flat)))
            tried = look(point.at + move)
            if _lower(tried, point, float(point.gap @ move)):
                break
            damping = 4 * max(damping, flat)
        else:
            break
        point, damping = tried, damping / 8
    worst = int(np.argmax(np.abs(point.gap)))
    margin, category = known.columns[worst]
    raise DesignError(
        f"no weights found that meet the margins: {margin} {category} is still {abs(point.gap[worst]):.2g} off, "
        "relatively, though there are some within the bounds",
        hint="unite small categories",
    )


def _lower(tried: _Point, point: _Point, slope: float) -> bool:
    """Return whether a step went down far enough; where the sum no longer tells, whether the totals came nearer."""
    down = point.height - tried.height
    if abs(down) <= _ROUNDING * abs(point.height):
        return bool(np.linalg.norm(tried.gap) < np.linalg.norm(point.gap))
    return down > _DOWN * slope


def _linear(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers, Numbers]:
    lower, upper = distance.limits
    plain = 1 + u
    value = np.clip(plain, lower, upper)
    return value, ((plain >= lower) & (plain <= upper)).astype(np.float64), value * u - (value - 1) ** 2 / 2


def _raking(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers, Numbers]:  # noqa: ARG001 (has no bounds)
    power = np.exp(np.clip(u, -_LARGEST, _LARGEST))
    return power, power, power


def _logit(u: Numbers, distance: Distance) -> tuple[Numbers, Numbers, Numbers]:
    lower, upper = distance.limits
    rate = (upper - lower) / ((1 - lower) * (upper - 1))
    power = np.exp(np.clip(rate * u, -_LARGEST, _LARGEST))
    value = (lower * (upper - 1) + upper * (1 - lower) * power) / (upper - 1 + (1 - lower) * power)
    part = (1 - lower) / (upper - lower)
    height = lower * u + (upper - lower) / rate * np.logaddexp(np.log1p(-part), np.log(part) + rate * u)
    return value, rate * (value - lower) * (upper - value) / (upper - lower), height


#: F, its derivative, and its integral G.
_FACTORS: Final[dict[str, Callable[[Numbers, Distance], tuple[Numbers, Numbers, Numbers]]]] = {
    "linear": _linear,
    "raking": _raking,
    "logit": _logit,
}
