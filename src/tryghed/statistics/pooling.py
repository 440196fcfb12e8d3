"""Waves taken together, so that small areas have answers enough: the newest two or three, or rolling.

Pooled waves are one design with strata (wave, stratum), in which each wave counts by its weights. A pooled share is of
the middle of its years, and rolling shares that have a wave in common are not independent: the change between them is
that of the waves they do not share, and a trend is estimated from single waves (`trends`).
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from tryghed.errors import DesignError
from tryghed.statistics import estimate, totals
from tryghed.statistics.intervals import Method
from tryghed.statistics.totals import Totals
from tryghed.store.query import Query
from tryghed.store.reader import Reader

#: Waves whose weights sum to this many times as much as another's are weighted to something else (answers, people).
_SAME_SCALE: Final = 10.0
_FEWEST: Final = 2


def windows(waves: Sequence[str], length: int) -> tuple[tuple[str, ...], ...]:
    """Return every run of `length` waves, oldest first.

    Args:
        waves: Comparable waves in order of time (`Project.comparable`).
        length: 2 or more.

    Raises:
        DesignError: There are not so many waves, or the length is below 2.
    """
    if not _FEWEST <= length <= len(waves):
        raise DesignError(
            f"{length} waves taken together, of {len(waves)} comparable ones: {', '.join(waves) or 'none'}",
            hint="a break leaves only the waves after it; take fewer together",
        )
    return tuple(tuple(waves[start : start + length]) for start in range(len(waves) - length + 1))


def rolling_shares(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str], length: int,
    area_sets: Sequence[str], dimensions: Sequence[str], indicators: Sequence[str], interval: Method = "korn-graubard",
) -> pl.DataFrame:  # fmt: skip
    """Return `frames.ESTIMATE` of each run of waves, its `wave` being "2023+2024+2025".

    For the newest run only, give the newest `length` waves.

    Args:
        reader: Opened for `survey`.
        queries: The project's queries, by name.
        survey: Name of the survey.
        waves: Waves in order of time, between which none of `indicators` has a break (`Project.comparable`).
        length: Waves taken together, 2 or 3.
        area_sets: Area sets whose areas are wanted.
        dimensions: Dimensions whose categories are wanted.
        indicators: Columns of `score`.
        interval: Which confidence interval.

    Raises:
        DesignError: Not enough waves; weights of different scale; a design that cannot be estimated from.
    """
    parts = []
    for window in windows(waves, length):
        pooled = totals.read(
            reader, queries, survey=survey, waves=window, area_sets=area_sets, dimensions=dimensions,
            indicators=indicators,
        )  # fmt: skip
        expect_one_scale(pooled)
        parts.append(estimate.shares(pooled, interval=interval))
    return pl.concat(parts)


def expect_one_scale(pooled: Totals) -> None:
    """Refuse pooled waves of which one would decide alone because its weights sum to people and another's to answers.

    Raises:
        DesignError: The weight of a wave's largest base is more than ten times another's.
    """
    domain, stratum = pooled.units.cells
    largest = {}
    for wave in pooled.waves:
        own = np.array([name[0] == wave for name in pooled.design.strata])[stratum]
        bases = np.zeros((len(pooled.domains), len(pooled.indicators)))
        np.add.at(bases, domain[own], pooled.sums["a"][:, own].T)
        largest[wave] = float(bases.max(initial=0.0))
    light, heavy = min(largest, key=lambda wave: largest[wave]), max(largest, key=lambda wave: largest[wave])
    if largest[heavy] > _SAME_SCALE * largest[light]:
        raise DesignError(
            f"weights of {heavy} sum to {largest[heavy] / max(largest[light], 1e-300):.3g} times those of {light}",
            where=f"survey {pooled.survey}, waves {pooled.wave}",
            hint="taken together as they are, one wave would decide alone: weight both to the population",
        )
