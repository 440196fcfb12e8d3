"""Waves that asked some of the same people: who they are, and the design in which their answers correlate.

The people of all waves are stacked in one design whose strata are those of the sample without the wave, and a person is
one PSU across waves. Their answers then correlate between waves as they do, and the difference of two waves has the
variance of a panel's where there is one. Treated as independent, waves with a panel have standard errors of changes
that are too large, and of pooled shares that are too small. R: `svydesign(~person, strata = ~stratum, nest = TRUE)` of
the stacked rows, `svyby(~y, ~wave, covmat = TRUE)`. Without shared people, waves are independent samples.

People are found by pseudonym: the waves of a panel share the key their pseudonyms are made with (`panel` in a wave's
`[design]`), so that a person has one number in all of them. All other waves have a key of their own.
"""

import numpy as np
import polars as pl

from tryghed.errors import DesignError
from tryghed.statistics.folding import Design

_NAMED = 8


def people_in_several(rows: pl.DataFrame) -> int:
    """Return how many people were asked in more than one of the waves."""
    return rows.group_by("person").agg(pl.col("wave").n_unique()).filter(pl.col("wave") > 1).height


def people_who_moved(rows: pl.DataFrame) -> int:
    """Return how many people were in another stratum in another wave; there their covariance is not counted."""
    return rows.group_by("person").agg(pl.col("stratum").n_unique()).filter(pl.col("stratum") > 1).height


def followed(rows: pl.DataFrame) -> bool:
    """Return whether waves share people who were sampled directly, without replicate weights.

    Clusters and replicate weights of several waves are not joined: what people in both of them have in common is then
    not known.

    Args:
        rows: Of `estimate/respondent_rows`.
    """
    direct = rows["psu"].null_count() == rows.height and rows["factors"].null_count() == rows.height
    return direct and people_in_several(rows) > 0


def design(rows: pl.DataFrame) -> Design:
    """Return the design of all waves together, a person being one PSU; a finite population is not corrected for.

    Args:
        rows: Columns `wave`, `stratum`, `person`.

    Raises:
        DesignError: A person is there twice in a wave, or a stratum has one person; all such are listed.
    """
    _expect_people(rows)
    strata = rows.group_by("stratum").agg(pl.col("person").n_unique()).sort("stratum")
    people = strata["person"].to_numpy().astype(np.float64)
    return Design(
        tuple((one,) for one in strata["stratum"]), people, people / (people - 1), 1 / people,
        np.zeros(len(people), dtype=np.bool_), ("",) * len(people),
    )  # fmt: skip


def _expect_people(rows: pl.DataFrame) -> None:
    twice = rows.filter(rows.select("wave", "person").is_duplicated())
    lonely = rows.group_by("stratum").agg(pl.col("person").n_unique().alias("people")).filter(pl.col("people") == 1)
    problems = []
    if twice.height:
        waves = ", ".join(twice["wave"].unique().sort())
        problems.append(f"{twice['person'].n_unique():,} respondents are there twice in wave {waves}")
    if lonely.height:
        names = lonely["stratum"].sort().to_list()
        problems.append(f"{lonely.height} strata have one person: {', '.join(names[:_NAMED])}")
    if problems:
        raise DesignError("; ".join(problems), hint="a person is one row per wave; join a small stratum with another")
