"""Respondents one by one, and the moments of any domains among them.

The store sums products of PSU totals for the pairs of domains that reports compare. What else an analyst asks (areas
with one another within a group, changes of two areas, tables of two indicators, waves that share people) is made here
from the respondents themselves, by the same formulas (`moments`): T the totals of every PSU, of the weight in the base
and the weight that counts of each domain,

    Cov = Σ_h (1-f) m/(m-1) [ Σ_j T_j T_j' - (Σ_j T_j)(Σ_j T_j)'/m ].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.frames import EVERYBODY
from tryghed.statistics import folding, origin, overlaps, replication, residuals, totals
from tryghed.statistics.contrasts import Comparison
from tryghed.statistics.estimate import Description
from tryghed.statistics.folding import Design
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.moments import Moments, independent
from tryghed.statistics.origin import Origin
from tryghed.statistics.replication import ReplicatedSums
from tryghed.statistics.totals import Indices
from tryghed.store.query import Query, names_pattern
from tryghed.store.reader import Reader


@dataclass(frozen=True)
class Domain:
    """Respondents of some waves in an area and a category; `outside` means those of the category not in the area.

    `answers` are indicators with the score, 0 or 1, that respondents of the domain have.
    """

    waves: tuple[str, ...]
    area: str = EVERYBODY
    category: str = EVERYBODY
    outside: bool = False
    answers: tuple[tuple[str, int], ...] = ()

    def members(self, rows: pl.DataFrame) -> NDArray[np.bool_]:
        """Return which of the rows of `estimate/respondent_rows` belong to it."""
        inside = pl.col("areas").str.contains(f";{self.area};", literal=True)
        belongs = pl.col("wave").is_in(self.waves) & (~inside if self.outside else inside)
        if self.category != EVERYBODY:
            belongs &= pl.col("categories").str.contains(f";{self.category};", literal=True)
        for indicator, score in self.answers:
            belongs &= (pl.col(f"y_{indicator}") == score).fill_null(value=False)
        return rows.select(belongs).to_series().to_numpy()


@dataclass(frozen=True, eq=False)
class Respondents:
    """The respondents of waves that are one design.

    Attributes:
        rows: Of `estimate/respondent_rows`.
        design: Its strata.
        psu: Of each respondent, counted from 0 over all strata.
        stratum: Of each PSU, as an index of `design.strata`.
        weights: Respondents × replicates, where any were delivered.
        block: The wave of each respondent, as an index of the replication's, where any were delivered.
    """

    rows: pl.DataFrame
    design: Design
    psu: Indices
    stratum: Indices
    weights: Numbers | None = None
    block: Indices | None = None

    def moments(self, indicator: str, domains: Sequence[Domain]) -> Moments:
        """Return the moments of domains, which may share respondents, for one indicator."""
        score = self.rows[f"y_{indicator}"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        weight = self.rows["weight"].to_numpy()
        base = [domain.members(self.rows) & np.isfinite(score) for domain in domains]
        counts = [one & (score == 1) for one in base]
        everyone = np.stack([*base, *counts])
        sums = everyone @ weight
        anybody = np.any(np.stack(base), axis=0)
        plain = (
            np.array([one.sum() for one in base], dtype=np.float64), everyone[len(base) :].sum(axis=1).astype(float),
            sums[: len(base)], sums[len(base) :],
        )  # fmt: skip
        if self.weights is not None and self.block is not None and self.design.replication:
            under = everyone.astype(np.float64) @ self.weights
            found = ReplicatedSums(self.design.replication, under[: len(base)], under[len(base) :], plain[2], plain[3])
            df = self.design.replication.df(self.weights[anybody], self.block[anybody])
            return Moments(*plain, found.sums_covariance(), df, found)
        active = self._active(anybody)
        covariance, _ = self.covariance(residuals.weighted(self.rows, everyone), anybody)
        return Moments(*plain, covariance, float(folding.degrees_of_freedom(active[None, :])[0]))

    def lonely(self, indicator: str, domain: Domain) -> tuple[str, ...]:
        """Return how strata with one PSU were treated in which somebody of the domain answered."""
        if not any(self.design.lonely):
            return ()
        answered = domain.members(self.rows) & self.rows[f"y_{indicator}"].is_not_null().to_numpy()
        active = self._active(answered) > 0
        return tuple(sorted({how for how, some in zip(self.design.lonely, active, strict=True) if how and some}))

    def _active(self, answered: NDArray[np.bool_]) -> Numbers:
        """Return the PSUs with somebody of those, by stratum."""
        some = np.zeros(len(self.stratum), dtype=np.float64)
        some[self.psu[answered]] = 1.0
        return np.bincount(self.stratum, weights=some, minlength=len(self.design.psus)).astype(np.float64)

    def covariance(self, values: Numbers, answered: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
        """Return the covariance of sums over everybody, and the products of PSU totals it is the difference of.

        Args:
            values: What each respondent adds (sums × respondents), weighted.
            answered: Who belongs to any of the sums' domains.
        """
        clusters = np.stack([np.bincount(self.psu, weights=one, minlength=len(self.stratum)) for one in values], axis=1)
        strata = len(self.design.psus)
        whole = np.stack([np.bincount(self.stratum, weights=one, minlength=strata) for one in clusters.T], axis=1)
        within = (clusters * self.design.factor[self.stratum, None]).T @ clusters
        centre = (whole * (self.design.factor * self.design.centre)[:, None]).T @ whole
        inflation = self.design.inflation((self._active(answered) > 0)[None, :])[0]
        return np.asarray((within - centre) * inflation, dtype=np.float64), within


@dataclass(frozen=True, eq=False)
class Sampled:
    """Respondents of several periods, independent samples unless people were asked in several of them.

    Attributes:
        parts: One design for each period, or one of all where people are followed.
        rows: All respondents.
        shared: People asked in several waves.
        origin: Where the rows come from.
    """

    parts: tuple[Respondents, ...]
    rows: pl.DataFrame
    shared: int
    origin: Origin

    @property
    def followed(self) -> bool:
        """Whether people are followed from wave to wave, so that their answers' covariance is known."""
        return overlaps.followed(self.rows)

    @property
    def moved(self) -> int:
        """People who are followed, and were in another stratum in another wave."""
        return overlaps.people_who_moved(self.rows) if self.followed else 0

    def moments(self, indicator: str, domains: Sequence[Domain]) -> Moments:
        """Return the moments of domains in the order of the periods, for one indicator."""
        found = []
        for part in self.parts:
            waves = set(part.rows["wave"].unique())
            own = [domain for domain in domains if set(domain.waves) <= waves]
            found += [part.moments(indicator, own)] if own else []
        return independent(found)

    def described(self, indicator: str, domains: Sequence[Domain]) -> Description:
        """Return the share of each domain by itself, with its own degrees of freedom."""
        return described_by([self.moments(indicator, [domain]) for domain in domains])

    def compared(self, indicator: str, pairs: Sequence[tuple[Domain, Domain]]) -> Comparison:
        """Return each pair of domains, the later period first, with the covariance of their shares."""
        both = [self.moments(indicator, pair) for pair in pairs]
        covariance = np.array([known.share_covariance for known in both]).reshape(-1, 2, 2)
        return Comparison(
            self.described(indicator, [one for one, _ in pairs]), self.described(indicator, [one for _, one in pairs]),
            (covariance[:, 0, 0], covariance[:, 1, 1]), covariance[:, 0, 1], np.array([known.df for known in both]),
        )  # fmt: skip

    def lonely(self, indicator: str, domain: Domain) -> tuple[str, ...]:
        """Return how strata with one PSU were treated in which somebody of the domain answered."""
        return tuple(sorted({how for part in self.parts for how in part.lonely(indicator, domain)}))


def described_by(known: Sequence[Moments]) -> Description:
    """Return the share of each domain from its own moments."""
    return Description(
        np.array([one.n[0] for one in known]), np.array([one.positives[0] for one in known]),
        np.array([one.share[0] for one in known]), np.array([one.share_covariance[0, 0] for one in known]),
        np.array([one.df for one in known]),
    )  # fmt: skip


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, periods: Sequence[Sequence[str]], area_set: str,
    dimension: str, indicators: Sequence[str],
) -> Sampled:  # fmt: skip
    """Return the respondents of each period (a wave, or several to be pooled).

    Where people were sampled directly and some were asked in several of the waves, all are one design in which a person
    is a PSU across waves (`overlaps`).

    Raises:
        DesignError: A design cannot support an estimate, or only some of the pooled waves have replicate weights.
    """
    waves = list(dict.fromkeys(wave for period in periods for wave in period))
    wanted = {
        "waves": waves, "area_set": area_set, "dimension": dimension, "pattern": names_pattern(indicators),
    }  # fmt: skip
    rows = reader.run(queries["estimate/respondent_rows"], **wanted)
    known = origin.of(reader, queries, {"estimate/respondent_rows": wanted}, waves)
    shared = overlaps.people_in_several(rows)
    if overlaps.followed(rows):
        return Sampled((of_people(rows),), rows, shared, known)
    designs = {tuple(one): totals.read_design(reader, queries, survey=survey, waves=one) for one in periods}
    parts = tuple(of(rows.filter(pl.col("wave").is_in(one)), design) for one, design in designs.items())
    return Sampled(parts, rows, shared, known)


def of(rows: pl.DataFrame, design: Design) -> Respondents:
    """Return respondents in the design of their waves."""
    at = {stratum: place for place, stratum in enumerate(design.strata)}
    stratum = np.array([at[one] for one in rows.select("wave", "stratum").iter_rows()], dtype=np.int64)
    unit = rows.select(pl.coalesce("psu", pl.int_range(pl.len()).cast(pl.String).alias("psu"))).to_series()
    psu, of_psu = _numbered(stratum, unit)
    if design.replication is None:
        return Respondents(rows, design, psu, of_psu)
    weights, block = replication.weights_of(rows, design.replication)
    return Respondents(rows, design, psu, of_psu, weights, block)


def of_people(rows: pl.DataFrame) -> Respondents:
    """Return respondents of several waves with each person as one PSU across them.

    Raises:
        DesignError: A respondent is there twice in a wave, or a stratum has one person; all such are listed.
    """
    design = overlaps.design(rows)
    at = {stratum: place for place, (stratum,) in enumerate(design.strata)}
    stratum = np.array([at[one] for one in rows["stratum"]], dtype=np.int64)
    return Respondents(rows, design, *_numbered(stratum, rows["person"]))


def _numbered(stratum: Indices, unit: pl.Series) -> tuple[Indices, Indices]:
    """Return the PSU of each respondent, and the stratum of each PSU."""
    keys = pl.DataFrame({"stratum": stratum, "unit": unit})
    known = keys.unique().sort("stratum", "unit").with_row_index("psu")
    psu = keys.join(known, on=["stratum", "unit"], how="left", maintain_order="left")["psu"]
    return psu.cast(pl.Int64).to_numpy(), known["stratum"].to_numpy()
