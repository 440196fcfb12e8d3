"""A wave's weights: what their spread costs, how well they show the population, and large ones cut.

Kish's design effect of weighting, deff = n Σw² / (Σw)² = 1 + CV², is the variance that unequal weights cost a share
that has nothing to do with them (Kish 1965); n / deff is the effective n. The limits are those at which weights are
looked at before anything is estimated with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.errors import DesignError
from tryghed.statistics.auxiliaries import Auxiliaries, Numbers

#: A design effect of weighting above this stops.
MOST_DEFF: Final = 2.5
#: A weight above this many times the median stops.
MOST_MEDIANS: Final = 5.0
#: A sum of weights off the population by more than this part of it stops.
MOST_OFF: Final = 0.005
_NAMED = 8


@dataclass(frozen=True)
class Spread:
    """The distribution of weights. `deff` is Kish's, `n_eff` n over it; `over` counts those above 5 medians."""

    n: int
    total: float
    smallest: float
    median: float
    largest: float
    deff: float
    n_eff: float
    over: int

    @property
    def medians(self) -> float:
        """The largest weight in medians."""
        return self.largest / self.median

    @property
    def relative(self) -> bool:
        """Whether the weights sum to the number of answers: parts of it, not people."""
        return relative(self.total, self.n)


@dataclass(frozen=True)
class Verdict:
    """One rule about weights: what it measures, the limit it may not pass, whether it does, and in words."""

    measure: str
    value: float | None
    limit: float
    stops: bool
    says: str

    @property
    def told(self) -> str:
        """In words, with the limit."""
        return f"{self.says} (limit: {self.limit:g})"


@dataclass(frozen=True, eq=False)
class Trimmed:
    """Weights with none above `limit`, and where what was cut off went.

    Attributes:
        weights: After trimming; within a group they sum to what they did.
        limit: The largest weight there may be.
        cut: Whether a respondent's own weight was above it.
        report: One row per group with weights cut: `group`, `n`, `cut` (respondents), `moved` (weight given to
            others), `part` (of the group's weight), `raised` (what the weights of those never at the limit were
            multiplied with).
    """

    weights: Numbers
    limit: float
    cut: NDArray[np.bool_]
    report: pl.DataFrame


def relative(total: float, n: int) -> bool:
    """Return whether weights with this sum, of `n` respondents, are parts of the answers and not people."""
    return abs(total / n - 1) <= MOST_OFF


def to_people(weights: Numbers, population: float) -> float:
    """Return what weights that sum to the answers are multiplied with to sum to people; 1 where they already do."""
    total = float(weights.sum())
    return population / total if relative(total, len(weights)) else 1.0


def spread(weights: Numbers) -> Spread:
    """Return the distribution of weights.

    Raises:
        DesignError: There are none, or they sum to 0 or less.
    """
    if not len(weights) or weights.sum() <= 0:
        raise DesignError("no weights above 0", hint="is the wave loaded, and design.weight the right column?")
    median = float(np.median(weights))
    deff = float(len(weights) * (weights @ weights) / weights.sum() ** 2)
    return Spread(
        len(weights), float(weights.sum()), float(weights.min()), median, float(weights.max()), deff,
        len(weights) / deff, int(np.sum(weights > MOST_MEDIANS * median)),
    )  # fmt: skip


def verdicts(known: Spread, population: float | None) -> tuple[Verdict, ...]:
    """Return what the rules say of weights.

    Weights that sum to the number of answers are shares of it, not people: their sum says nothing of the population.

    Args:
        known: The weights.
        population: People the sample was drawn from, None where nobody knows.
    """
    off = None if population is None else known.total / population - 1
    if off is None:
        sums = "the wave does not say how many people there are: the sum of weights is not checked"
    elif known.relative:
        sums = f"weights sum to the {known.n:,} answers, not to people: shares are not affected, totals cannot be made"
    else:
        sums = f"weights sum to {known.total:,.0f}, {100 * abs(off):.2f} % off the population of {population:,.0f}"
    return (
        Verdict("deff", known.deff, MOST_DEFF, known.deff > MOST_DEFF,
                f"Kish design effect {known.deff:.2f}: {known.n:,} answers are worth {known.n_eff:,.0f}"),
        Verdict("largest / median", known.medians, MOST_MEDIANS, known.over > 0,
                f"{known.over:,} weights above {MOST_MEDIANS:g} times the median; the largest is {known.medians:.1f}"),
        Verdict("sum off population", None if known.relative else off, MOST_OFF,
                off is not None and not known.relative and abs(off) > MOST_OFF, sums),
        Verdict("smallest", known.smallest, 0.0, known.smallest <= 0,
                f"the smallest weight is {known.smallest:.4g}" + ("; weights of 0 or less are no weights"
                                                                  if known.smallest <= 0 else "")),
    )  # fmt: skip


def balance(known: Auxiliaries, before: Numbers, after: Numbers) -> pl.DataFrame:
    """Return how the sample shows each margin: one row per margin and category.

    Columns: `margin`, `category`, `n` (unweighted), `population` (share of the population, 0 to 1), `unweighted`,
    `before`, `after` (shares of the sample), `off_before`, `off_after` (less the population's).
    """
    margins = np.array([margin for margin, _ in known.columns])
    counts = known.weighted(np.ones(len(before)))

    def part(totals: Numbers) -> Numbers:
        whole = {margin: totals[margins == margin].sum() for margin in dict.fromkeys(margins)}
        return np.asarray(totals / np.array([whole[margin] for margin in margins]), dtype=np.float64)

    target, first, last = part(known.totals), part(known.weighted(before)), part(known.weighted(after))
    return pl.DataFrame(
        {
            "margin": [margin for margin, _ in known.columns],
            "category": [category for _, category in known.columns],
            "n": counts.astype(np.int64),
            "population": target,
            "unweighted": part(counts),
            "before": first,
            "after": last,
            "off_before": first - target,
            "off_after": last - target,
        }
    )


def trim(weights: Numbers, groups: Sequence[str], *, medians: float = MOST_MEDIANS) -> Trimmed:
    """Cut weights at a number of medians and share out what is cut off among the others of the group.

    Others get it in proportion to their weights; where that lifts some above the limit they are cut in turn. The sum
    of a group stays what it was. Trimming trades bias for variance, and margins that held before no longer do.

    Args:
        weights: All above 0.
        groups: The group of each respondent within which weight is shared out (the stratum).
        medians: The limit, in medians of all weights.

    Raises:
        DesignError: Groups whose weight is more than the limit for everybody in them; all are listed.
    """
    limit = medians * float(np.median(weights))
    places = {group: np.flatnonzero(np.array(groups) == group) for group in sorted(set(groups))}
    full = [group for group, at in places.items() if weights[at].sum() > limit * len(at)]
    if full:
        raise DesignError(
            f"{len(full)} groups have more weight than everybody in them may have with {limit:.4g} at most: "
            + ", ".join(full[:_NAMED]) + (" …" if len(full) > _NAMED else ""),
            hint="allow larger weights",
        )  # fmt: skip
    trimmed = weights.copy()
    rows = []
    for group, at in places.items():
        trimmed[at], raised = _levelled(weights[at], limit)
        above = weights[at] > limit
        if above.any():
            moved = float((weights[at][above] - limit).sum())
            rows.append((group, len(at), int(above.sum()), moved, moved / float(weights[at].sum()), raised))
    schema = {"group": pl.String, "n": pl.Int64, "cut": pl.Int64, "moved": pl.Float64, "part": pl.Float64,
              "raised": pl.Float64}  # fmt: skip
    return Trimmed(trimmed, limit, weights > limit, pl.DataFrame(rows, schema=schema, orient="row"))


def _levelled(weights: Numbers, limit: float) -> tuple[Numbers, float]:
    """Return min(c w, limit) with c such that the sum stays, and c."""
    order = np.sort(weights)[::-1]
    total = weights.sum()
    at_limit = int(np.sum(order > limit))
    factor = 1.0
    while 0 < at_limit < len(order):
        factor = (total - at_limit * limit) / order[at_limit:].sum()
        if factor * order[at_limit] <= limit:
            break
        at_limit += 1
    return np.minimum(weights * factor, limit), float(factor)
