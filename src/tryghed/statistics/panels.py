"""Two waves of a panel, for the comparisons of a release: who was asked in both, and how their answers go together.

The shares of each wave are those of its own sample. What their difference varies by comes from the people of both
waves in one design, in which each of them is one sampling unit (`overlaps`), as in `tryghed compare --since`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tryghed.statistics import respondents
from tryghed.statistics.contrasts import Paired
from tryghed.statistics.respondents import Sampled
from tryghed.statistics.totals import Domain
from tryghed.store.query import Query
from tryghed.store.reader import Reader


@dataclass(frozen=True, eq=False)
class Panel:
    """Waves of a panel.

    Attributes:
        waves: The later waves.
        since: The earlier one.
        samples: The people of all, by area set and dimension.
    """

    waves: tuple[str, ...]
    since: str
    samples: Mapping[tuple[str, str], Sampled]

    @property
    def shared(self) -> int:
        """People asked in several of the waves."""
        return next(iter(self.samples.values())).shared

    @property
    def followed(self) -> bool:
        """Whether what they answer alike is known: not in clusters, and not under replicate weights."""
        return next(iter(self.samples.values())).followed

    def paired(self, domain: Domain, indicator: str) -> Paired | None:
        """Return how the shares of a domain in both waves vary together; None where one of them has no answers."""
        area_set, area, dimension, category = domain
        sides = [respondents.Domain(waves, area, category) for waves in (self.waves, (self.since,))]
        known = self.samples[area_set, dimension].moments(indicator, sides)
        if not np.all(known.n > 0):
            return None
        (one, covariance), (_, other) = known.share_covariance
        return Paired(float(one), float(other), float(covariance), known.df)


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str], since: str,
    area_sets: Sequence[str], dimensions: Sequence[str], indicators: Sequence[str],
) -> Panel:  # fmt: skip
    """Return the people of waves of a panel, in the areas and groups that are compared.

    Raises:
        DesignError: A design cannot support an estimate.
    """
    samples = {
        (area_set, dimension): respondents.read(
            reader, queries, survey=survey, periods=[waves, (since,)], area_set=area_set, dimension=dimension,
            indicators=indicators,
        )
        for area_set in area_sets for dimension in dimensions
    }  # fmt: skip
    return Panel(tuple(waves), since, samples)
