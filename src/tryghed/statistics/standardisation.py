"""Shares as they would be if every area had the same ages: direct standardisation of survey estimates.

p = Σ_k c_k p_k over the categories k of an area, with c the standard population's parts; its variance is c'Σc with the
covariance of the categories (Korn & Graubard 1999, §3.6). Golden and R: `svystandardize`, then `svyby`. An area with
nobody in a category has no standardised share: to share its part out among the others would be another standard.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from tryghed.errors import DesignError, all_at_once
from tryghed.frames import EVERYBODY
from tryghed.statistics import combinations, moments
from tryghed.statistics.combinations import Combination
from tryghed.statistics.intervals import Method, Numbers, limits
from tryghed.statistics.moments import Moments
from tryghed.statistics.totals import Totals

#: One row per area and indicator. `crude` is the share of the same people, not standardised; `standard` names the
#: standard population; `n` counts the answers of people with a category.
STANDARDISED = pl.Schema(
    {
        **dict.fromkeys(("survey", "wave", "area_set", "area", "dimension", "indicator", "standard"), pl.String()),
        "n": pl.Int64(),
        "crude": pl.Float64(),
        "share": pl.Float64(),
        "se": pl.Float64(),
        "df": pl.Int64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
    }
)


def standardised(
    totals: Totals, *, area_set: str, areas: Sequence[str], dimension: str, standard: Mapping[str, float], name: str
) -> pl.DataFrame:
    """Return `STANDARDISED` for areas of a set and every indicator of `totals`.

    The interval is Korn and Graubard's, on the degrees of freedom of everybody in the area with an answer.

    Args:
        totals: Must hold the categories of `dimension` in `area_set`, and dimension `frames.EVERYBODY`.
        area_set: The set.
        areas: Its areas; `frames.EVERYBODY` may be one.
        dimension: What is standardised for (age groups).
        standard: People, or parts, of the standard population in each category, joined by the categories' names.
        name: What the standard is called ("København 2025").

    Raises:
        DesignError: The standard's categories are not those of the dimension, or not above 0; an area has nobody with
            an answer in a category. Every such cell is named.
    """
    _expect_standard(standard, totals, area_set, dimension)
    parts = {category: people / sum(standard.values()) for category, people in standard.items()}
    problems, rows = [], []
    for area in areas:
        there = [one for one in parts if (area_set, area, dimension, one) in totals.positions]
        for indicator in totals.indicators:
            known = moments.of(totals, [(area_set, area, dimension, one) for one in there], indicator)
            answered = [one for one, n in zip(there, known.n, strict=True) if n > 0]
            empty = [one for one in parts if one not in answered]
            if empty:
                problems.append(_empty(area, indicator, dimension, empty))
                continue
            keys = (totals.survey, totals.wave, area_set, area, dimension, indicator, name)
            rows.append((*keys, *_numbers(known, np.array([parts[one] for one in there]))))
    all_at_once(DesignError, problems)
    return pl.DataFrame(rows, schema=STANDARDISED, orient="row")


def standardised_share(known: Moments, parts: Numbers, interval: Method = "korn-graubard") -> Combination:
    """Return Σ c_k p_k of the categories of one area, all of which have an answer.

    Args:
        known: The categories.
        parts: c, of each.
        interval: Which confidence interval, in place of the t interval of other combinations.
    """
    found = combinations.contrast(known, parts.tolist())
    share, variance, n, df = (np.array([one]) for one in (found.estimate, found.se**2, known.n.sum(), found.df))
    lower, upper = limits(interval, share, variance, n, df)
    return replace(found, lower=float(lower[0]), upper=float(upper[0]))


def _numbers(known: Moments, parts: Numbers) -> tuple[float | None, ...]:
    found = standardised_share(known, parts)
    crude = float(known.counted.sum() / known.base.sum())
    return float(known.n.sum()), crude, found.estimate, found.se, found.df, found.lower, found.upper


def _empty(area: str, indicator: str, dimension: str, categories: Sequence[str]) -> DesignError:
    return DesignError(
        f"{indicator}: nobody with an answer in {dimension} {', '.join(categories)}",
        where=f"area {area}", hint="unite categories, or leave the area out: it has no standardised share",
    )  # fmt: skip


def _expect_standard(standard: Mapping[str, float], totals: Totals, area_set: str, dimension: str) -> None:
    categories = {domain[3] for domain in totals.domains if domain[0] == area_set and domain[2] == dimension}
    problems = [f"no people above 0 in {one}" for one, people in standard.items() if not 0 < people < np.inf]
    problems += [f"no respondents in {one}" for one in standard if one not in categories]
    problems += [f"no people given for {one}" for one in sorted(categories - set(standard))]
    if dimension == EVERYBODY or not categories:
        problems = [f"{dimension} has no categories in {area_set} to standardise for"]
    if problems:
        raise DesignError("; ".join(problems), where=f"standard for {dimension}", hint="categories are joined by name")
