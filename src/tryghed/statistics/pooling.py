"""Waves taken together, so that small areas have answers enough: the newest two or three, or rolling.

Pooled waves are one design with strata (wave, stratum), in which each wave counts by its weights. A pooled share is of
the middle of its years, and rolling shares that have a wave in common are not independent: the change between them is
that of the waves they do not share, and a trend is estimated from single waves (`trends`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from tryghed.errors import DesignError
from tryghed.statistics.totals import Totals

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
