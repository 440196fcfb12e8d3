"""The straight line through the waves of a share, and whether a straight line fits.

Generalised least squares on the waves' estimates with their covariance Σ (diagonal where waves are independent, which
is least squares weighted with 1/V): β = (X'Σ⁻¹X)⁻¹X'Σ⁻¹p, its variance from (X'Σ⁻¹X)⁻¹, χ² = β²/V on one degree of
freedom. Heterogeneity Q = (p-Xβ)'Σ⁻¹(p-Xβ) on T-2: large where the waves jump about the line by more than their
uncertainty, so that the line does not tell the story.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers

#: The word "tendens" takes as many comparable waves (the rule of Fingertips, Public Health England).
FEWEST_WAVES: Final = 5
_LINE: Final = 2

#: The covariance of a cell's shares in the waves given: its survey, area set, area, dimension, category, indicator.
Covariance = Callable[[tuple[str, ...], Sequence[str]], Numbers]

_CELL = ("survey", "area_set", "area", "dimension", "category", "indicator")

#: One row per domain and indicator. `first` and `last` are waves, `waves` how many there are between them with a share;
#: `slope` is the change of the share per year, with pointwise 95 % limits; `chi2`, `p` test it, `q`, `q_df`, `q_p` test
#: that it is a straight line (null for two waves). `named` is whether there are waves enough for the word "tendens",
#: whatever the test says. Numbers are null for fewer than two waves, and where a wave has no variance (0 or 100 %).
TREND = pl.Schema(
    {
        **dict.fromkeys((*_CELL, "first", "last"), pl.String()),
        "waves": pl.Int64(),
        **dict.fromkeys(("slope", "se", "lower", "upper", "chi2", "p", "q"), pl.Float64()),
        "q_df": pl.Int64(),
        "q_p": pl.Float64(),
        "named": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class Trend:
    """A straight line: change per unit of time, its standard error and test, and the test of straightness.

    `q_p` is nan for two points, which always lie on a line.
    """

    waves: int
    slope: float
    se: float
    chi2: float
    p: float
    q: float
    q_df: int
    q_p: float

    @property
    def named(self) -> bool:
        """Whether there are waves enough for the word "tendens"."""
        return self.waves >= FEWEST_WAVES


def trend(times: ArrayLike, shares: ArrayLike, covariance: Numbers) -> Trend:
    """Return the line through comparable waves.

    Args:
        times: Of each wave, in years; not all the same.
        shares: Of each wave.
        covariance: Of the shares: a matrix, or their variances where the waves are independent.

    Raises:
        DesignError: Fewer than two times, or a wave without variance.
    """
    from scipy.special import chdtrc

    t, p, known = (np.asarray(one, dtype=np.float64) for one in (times, shares, covariance))
    matrix = np.diag(known) if known.ndim == 1 else known
    if len(np.unique(t)) < _LINE or not (np.diag(matrix) > 0).all():
        raise DesignError(
            f"no line through {len(np.unique(t))} times with {int((np.diag(matrix) > 0).sum())} variances above 0"
        )
    # Times around their mean: years of four digits would cost half of the digits there are.
    x = np.column_stack([np.ones_like(t), t - t.mean()])
    weighted = np.linalg.solve(matrix, x)
    spread = np.linalg.inv(x.T @ weighted)
    line = spread @ weighted.T @ p
    left = p - x @ line
    q, df = float(left @ np.linalg.solve(matrix, left)), len(t) - _LINE
    slope, se = float(line[1]), float(np.sqrt(spread[1, 1]))
    chi2 = (slope / se) ** 2
    straight = float(chdtrc(df, q)) if df > 0 else np.nan
    return Trend(len(t), slope, se, chi2, float(chdtrc(1, chi2)), q, df, straight)


def trends(
    estimates: pl.DataFrame, *, years: Mapping[str, float], comparable: Mapping[str, Sequence[str]],
    covariance: Covariance | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return `TREND` of every domain and indicator over its comparable waves.

    Args:
        estimates: `frames.ESTIMATE` of the waves one by one. Rolling waves share answers: a line through them would
            count each answer several times.
        years: When each wave was.
        comparable: The waves of each indicator that may be compared (`Project.comparable`); others are left out.
        covariance: Of waves that asked some of the same people; without it they are independent samples.

    Raises:
        DesignError: Estimates of several waves taken together, of one wave twice, or of a wave without a year.
    """
    pairs = [(name, wave) for name, waves in comparable.items() for wave in waves]
    allowed = pl.DataFrame(pairs, schema={"indicator": pl.String(), "wave": pl.String()}, orient="row")
    rows = estimates.join(allowed, on=["indicator", "wave"], how="semi", maintain_order="left")
    _expect_single(estimates, rows, years)
    found = []
    for cell, waves in rows.drop_nulls("share").group_by(_CELL, maintain_order=True):
        ordered = sorted(waves.select("wave", "share", "se").iter_rows(), key=lambda row: years[row[0]])
        names = [wave for wave, _, _ in ordered]
        known = covariance(tuple(map(str, cell)), names) if covariance else np.diag([row[2] ** 2 for row in ordered])
        times, shares = [years[wave] for wave in names], [row[1] for row in ordered]
        found.append((*cell, names[0], names[-1], len(names), *_numbers(times, shares, known)))
    return pl.DataFrame(found, schema=TREND, orient="row")


def _numbers(times: Sequence[float], shares: Sequence[float], covariance: Numbers) -> tuple[object, ...]:
    from scipy.special import ndtri

    named = len(times) >= FEWEST_WAVES
    if len(set(times)) < _LINE or not (np.diag(covariance) > 0).all():
        return (*(None for _ in range(9)), named)
    one = trend(times, shares, covariance)
    half = float(ndtri(0.975)) * one.se
    straight = None if one.q_df == 0 else one.q_p
    return (
        one.slope, one.se, one.slope - half, one.slope + half, one.chi2, one.p, one.q, one.q_df, straight, named,
    )  # fmt: skip


def _expect_single(estimates: pl.DataFrame, rows: pl.DataFrame, years: Mapping[str, float]) -> None:
    pooled = sorted(wave for wave in estimates["wave"].unique() if "+" in wave)
    twice = rows.filter(rows.select(*_CELL, "wave").is_duplicated())["wave"].unique().sort().to_list()
    unknown = sorted(set(rows["wave"]) - set(years))
    same = [wave for wave, year in years.items() if Counter(years.values())[year] > 1 and wave in set(rows["wave"])]
    problems = [f"several waves taken together: {', '.join(pooled)}"] if pooled else []
    problems += [f"wave {', '.join(twice)} is there twice"] if twice else []
    problems += [f"no year of wave {', '.join(unknown)}"] if unknown else []
    problems += [f"waves {', '.join(same)} are of one time"] if same else []
    if problems:
        raise DesignError("; ".join(problems), where="trend", hint="give estimates of each wave once, by itself")
