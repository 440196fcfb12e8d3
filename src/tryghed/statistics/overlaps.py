"""Waves that asked some of the same people: who they are, and the covariance they bring.

The people of all waves are stacked in one design whose strata are those of the sample without the wave, and a person is
one PSU across waves. Their answers then correlate between waves as they do, and the difference of two waves has the
variance of a panel's where there is one. Treated as independent, waves with a panel have standard errors that are too
large, and a change goes unseen. R: `svydesign(~respondent, strata = ~stratum, nest = TRUE)` of the stacked rows,
`svyby(~y, ~wave, covmat = TRUE)`. Without shared people, waves are independent samples (`contrasts.against_wave`).

People are found by pseudonym. The store's pseudonyms are made with a key for each wave, so that nobody can be followed
from wave to wave there; rows for this module come from a file whose pseudonyms are the same in every wave.
"""

from itertools import combinations

import numpy as np
import polars as pl

from tryghed.errors import DesignError
from tryghed.statistics import folding
from tryghed.statistics.moments import Moments

_NAMED = 8


def people_in_both(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how many people each pair of waves has in common: `wave`, `other_wave`, `people`, `moved`.

    `moved` counts those of them who are in another stratum in the other wave; there their covariance is not counted.

    Args:
        rows: Columns `wave`, `stratum`, `respondent` (a pseudonym that is the same in every wave).
    """
    people = {wave: part for (wave,), part in rows.group_by("wave")}
    found = []
    for wave, other in combinations(sorted(people), 2):
        both = people[wave].join(people[other], on="respondent")
        found.append((wave, other, both.height, both.filter(pl.col("stratum") != pl.col("stratum_right")).height))
    schema = {"wave": pl.String(), "other_wave": pl.String(), "people": pl.Int64(), "moved": pl.Int64()}
    return pl.DataFrame(found, schema=schema, orient="row")


def waves_together(rows: pl.DataFrame) -> Moments:
    """Return the moments of each wave, in order of their names, with the covariance of people asked in several.

    Args:
        rows: Columns `wave`, `stratum`, `respondent` (a pseudonym that is the same in every wave), `weight`, and
            `counts`: 1 or 0, null for people without an answer, or outside the domain, who stay in the design.

    Raises:
        DesignError: A respondent is there twice in a wave, or a stratum has one person; all such are listed.
    """
    _expect_people(rows)
    waves = rows["wave"].unique().sort().to_list()
    people = rows.select("stratum", "respondent").unique().sort("stratum", "respondent").with_row_index("person")
    placed = rows.join(people, on=["stratum", "respondent"], how="left")
    person, wave = placed["person"].to_numpy(), np.searchsorted(waves, placed["wave"].to_list())
    weight = placed["weight"].cast(pl.Float64).to_numpy()
    counts = placed["counts"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    answered = np.isfinite(counts)
    sums = np.zeros((people.height, 2 * len(waves)))
    sums[person[answered], wave[answered]] = weight[answered]
    sums[person[answered], len(waves) + wave[answered]] = (weight * np.where(answered, counts, 0.0))[answered]
    n = np.bincount(wave[answered], minlength=len(waves)).astype(np.float64)
    positives = np.bincount(wave[answered], weights=counts[answered], minlength=len(waves)).astype(np.float64)
    active = np.zeros(people.height, dtype=bool)
    active[person[answered]] = True
    covariance, psus = np.zeros((2 * len(waves), 2 * len(waves))), []
    for _, part in people.group_by("stratum", maintain_order=True):
        at = part["person"].to_numpy()
        centred = sums[at] - sums[at].mean(axis=0)
        covariance += len(at) / (len(at) - 1) * centred.T @ centred
        psus.append(float(active[at].sum()))
    whole = sums.sum(axis=0)
    df = float(folding.degrees_of_freedom(np.array([psus]))[0])
    return Moments(n, positives, whole[: len(waves)], whole[len(waves) :], covariance, df)


def _expect_people(rows: pl.DataFrame) -> None:
    twice = rows.filter(rows.select("wave", "respondent").is_duplicated())
    lonely = rows.group_by("stratum").agg(pl.col("respondent").n_unique().alias("people")).filter(pl.col("people") == 1)
    problems = []
    if twice.height:
        waves = ", ".join(twice["wave"].unique().sort())
        problems.append(f"{twice['respondent'].n_unique():,} respondents are there twice in wave {waves}")
    if lonely.height:
        names = lonely["stratum"].sort().to_list()
        problems.append(f"{lonely.height} strata have one person: {', '.join(names[:_NAMED])}")
    if problems:
        raise DesignError("; ".join(problems), hint="a person is one row per wave; join a small stratum with another")
