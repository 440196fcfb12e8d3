"""The sums of a survey per domain, stratum and indicator, read from the store.

A domain is an area of a set crossed with a category of a dimension. Everything later stages need is linear or
quadratic in PSU totals, so it is summed in SQL (`queries/estimate/`) and only folded in Python (`folding`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.errors import DesignError
from tryghed.statistics import origin, replication
from tryghed.statistics.folding import CROSSED, SUMMED, Cross, Design, Sums
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.origin import Origin
from tryghed.statistics.replication import Replicated
from tryghed.store.query import Query, names_pattern
from tryghed.store.reader import Reader

Domain = tuple[str, str, str, str]  # area set, area, dimension, category
Indices = NDArray[np.int64]
_DOMAIN = ["area_set", "area", "dimension", "category"]
_STRATUM = ["wave", "stratum"]
_MEND = "mend [design] in the wave's definition (lonely_psu names a strategy), and ingest again"
_IS_LONELY = (pl.col("psus") == 1) & (pl.col("size").fill_null(2) > 1)

#: Indicators per run of a query, measured (bench/estimates.py): wide enough to share the joins, and for pairs of
#: clusters narrow enough for memory.
_TOGETHER = {"estimate/domain_crossings": 5}
_TOGETHER_OTHERWISE = 40


@dataclass(frozen=True)
class Sampling:
    """What must be told of a wave's variances: the strata of one PSU and how they were treated, or its replicates."""

    lonely_psu: str = ""
    lonely_strata: tuple[str, ...] = ()
    replicates: tuple[str, int] | None = None


@dataclass(frozen=True, eq=False)
class Totals:
    """Sums of one wave, or of several pooled, for every domain that has respondents.

    Attributes:
        survey: Name of the survey.
        waves: The waves pooled; their strata are kept apart, so pooling is a stratified design over all of them.
        indicators: Names, in the order of the last axis of the sums.
        design: The strata and what each contributes to a variance.
        domains: Area set, area, dimension and category, in order; their positions are the domains' indices.
        cells: Domain and stratum of each row of `sums`.
        sums: For each name of `folding.SUMMED`, an array of cells × indicators.
        pairs: First domain, second domain and stratum of each row of `crossings`.
        crossings: For each name of `folding.CROSSED`, an array of pairs × indicators.
        origin: Where the sums come from; None where they were not read from a store.
        replicated: The respondents under replicate weights; None where none were delivered.
        unions: For each set of domains that is combined, the PSUs with an answer from any of them: an array of
            strata × indicators.
    """

    survey: str
    waves: tuple[str, ...]
    indicators: tuple[str, ...]
    design: Design
    domains: tuple[Domain, ...]
    cells: tuple[Indices, Indices]
    sums: Mapping[str, Numbers]
    pairs: tuple[Indices, Indices, Indices]
    crossings: Mapping[str, Numbers]
    unions: Mapping[frozenset[Domain], Numbers]
    replicated: Replicated | None = None
    origin: Origin | None = None

    @property
    def wave(self) -> str:
        """The waves' name in frames: "2023+2024+2025"."""
        return "+".join(self.waves)

    @property
    def positions(self) -> dict[Domain, int]:
        """The index of each domain."""
        return {domain: index for index, domain in enumerate(self.domains)}

    def lonely(self, domain: Domain, indicator: str) -> tuple[str, ...]:
        """Return how strata with one PSU were treated in which somebody of the domain answered; none is empty."""
        if not any(self.design.lonely) or domain not in self.positions:
            return ()
        psus = self.of([self.positions[domain]], self.indicators.index(indicator)).psus[0]
        return tuple(sorted({how for how, some in zip(self.design.lonely, psus > 0, strict=True) if how and some}))

    def of(self, domains: Sequence[int], indicator: int) -> Sums:
        """Return the sums of `domains` (rows) in every stratum (columns) for one indicator."""
        shape = (len(self.domains), len(self.design.factor))
        chosen = np.asarray(domains, dtype=np.int64)
        summed: dict[str, Any] = {
            name: _dense(self.cells, self.sums[name][:, indicator], shape)[chosen] for name in SUMMED
        }
        if self.replicated is None:
            return Sums(**summed)
        return Sums(**summed, replicas=self.replicated.replicas([self.domains[one] for one in domains], indicator))

    def cross(self, one: Sequence[int], other: Sequence[int], indicator: int) -> Cross:
        """Return the sums over shared PSUs of each pair of domains (rows) in every stratum, for one indicator."""
        wanted = _keys(one, other, len(self.domains))
        straight = self._crossed(wanted, self.pairs[0], self.pairs[1], indicator)
        turned = self._crossed(wanted, self.pairs[1], self.pairs[0], indicator)
        both = {name: straight[name] + turned[name] for name in ("psus", "only", "aa", "yy")}
        return Cross(**both, ay=straight["ay"] + turned["ya"], ya=straight["ya"] + turned["ay"])

    def _crossed(self, wanted: Indices, one: Indices, other: Indices, indicator: int) -> dict[str, Numbers]:
        order = np.argsort(wanted, kind="stable")
        found = _keys(one, other, len(self.domains))
        places = np.minimum(np.searchsorted(wanted[order], found), max(len(wanted) - 1, 0))
        hits = np.flatnonzero(wanted[order][places] == found) if len(wanted) else np.empty(0, dtype=np.int64)
        at = (order[places[hits]], self.pairs[2][hits])
        shape = (len(wanted), len(self.design.factor))
        return {name: _dense(at, self.crossings[name][hits, indicator], shape) for name in CROSSED}


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str], area_sets: Sequence[str],
    dimensions: Sequence[str], indicators: Sequence[str], together: Sequence[Sequence[Domain]] = (),
) -> Totals:  # fmt: skip
    """Return the totals of `waves`, pooled where there are several.

    Args:
        reader: Opened for `survey`.
        queries: The project's queries, by name.
        survey: Name of the survey.
        waves: One wave, or several to be pooled.
        area_sets: Area sets whose areas are wanted; everybody is an area of each.
        dimensions: Dimensions whose categories are wanted; name `frames.EVERYBODY` to have everybody.
        indicators: Columns of `score`.
        together: Sets of more than two domains that will be combined (`moments.of`): their PSUs are counted together.

    Raises:
        DesignError: A wave has no respondents, an indicator no scores, a stratum more PSUs than its population, or
            only one of them and no strategy for that; every such stratum is listed.
    """
    design = read_design(reader, queries, survey=survey, waves=waves)
    clustered = {wave for (wave, _), of in zip(design.strata, design.clustered, strict=True) if of}
    wanted = {"area_sets": list(area_sets), "dimensions": list(dimensions)}
    sampling = {True: [one for one in waves if one in clustered], False: [one for one in waves if one not in clustered]}
    totals = [
        _run(reader, queries[name], indicators, waves=sampling[kind], **wanted)
        for kind, name in ((True, "estimate/domain_totals"), (False, "estimate/domain_totals_elements"))
        if sampling[kind]
    ]
    crossings = [
        _run(reader, queries[name], indicators, waves=sampling[kind], **wanted)
        for kind, name in ((True, "estimate/domain_crossings"), (False, "estimate/domain_overlaps"))
        if sampling[kind]
    ]
    cells = _with_own_psus(_stack(totals, indicators, survey), indicators)
    shared = _stack(crossings, indicators, survey)
    domains = tuple(cells.select(_DOMAIN).unique().sort(_DOMAIN).iter_rows())
    of_domain = {domain: index for index, domain in enumerate(domains)}
    of_stratum = {stratum: index for index, stratum in enumerate(design.strata)}
    replicated = None
    if design.replication:
        query = queries["estimate/replicate_rows"]
        people = _run(reader, query, indicators, waves=list(waves), **wanted)
        replicated = replication.respondents(people, design.replication, indicators, domains)
    other = ["area_set", "other_area", "dimension", "other_category"]
    return Totals(
        survey, tuple(waves), tuple(indicators), design, domains,
        cells=(_indices(cells, _DOMAIN, of_domain), _indices(cells, _STRATUM, of_stratum)),
        sums={name: _columns(cells, name, indicators) for name in SUMMED},
        pairs=(_indices(shared, _DOMAIN, of_domain), _indices(shared, other, of_domain),
               _indices(shared, _STRATUM, of_stratum)),
        crossings={name: _columns(shared, name, indicators) for name in CROSSED},
        unions=_unions(reader, queries["estimate/domain_unions"], waves, indicators, together, of_stratum),
        replicated=replicated,
        origin=origin.of(reader, queries, _used(sampling, wanted, indicators, replicated is not None), waves),
    )  # fmt: skip


def sampling(reader: Reader, queries: Mapping[str, Query], waves: Sequence[str]) -> dict[str, Sampling]:
    """Return what must be told of each wave's variances: strata of one PSU and how they are treated, or replicates."""
    rows = reader.run(queries["estimate/replicate_design"], waves=list(waves)).to_dicts()
    replicates = {row["wave"]: row for row in rows}
    strata = reader.run(queries["estimate/strata"], waves=list(waves)).filter(_IS_LONELY)
    found = {}
    for wave in waves:
        own = strata.filter(wave=wave)
        if wave in replicates:
            found[wave] = Sampling(replicates=(replicates[wave]["kind"], len(replicates[wave]["factors"])))
        elif own.height:
            found[wave] = Sampling(own["lonely_psu"][0], tuple(own["stratum"]))
    return found


def read_design(reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str]) -> Design:
    """Return the strata of the waves as one design.

    Raises:
        DesignError: A wave has no respondents, a stratum more PSUs than its population, or only one of them and no
            strategy for that; every such stratum is listed.
    """
    replicates = replication.read(reader, queries, survey=survey, waves=waves)
    strata = reader.run(queries["estimate/strata"], waves=list(waves))
    if replicates:  # the variance is theirs: what was drawn of a stratum does not matter
        strata = strata.with_columns(lonely_psu=pl.lit(""), size=pl.lit(None, pl.Float64))
    absent = [wave for wave in waves if wave not in set(strata["wave"])]
    problems = list(_problems(strata, absent))
    if problems:
        raise DesignError(
            "; ".join(problems), where=f"survey {survey}",
            hint=f"tryghed ingest {' '.join(f'{survey}/{wave}' for wave in absent)}" if absent else _MEND,
        )  # fmt: skip
    psus = strata["psus"].to_numpy().astype(np.float64)
    fraction = (strata["psus"] / strata["size"]).fill_null(0.0).to_numpy()
    lonely = strata.select(pl.when(_IS_LONELY).then("lonely_psu").otherwise(pl.lit(""))).to_series()
    uncentred = (lonely == "adjust").to_numpy()
    factor = np.where((psus > 1) | uncentred, (1 - fraction) * psus / np.maximum(psus - 1, 1), 0.0)
    return Design(
        tuple(strata.select(_STRATUM).iter_rows()), psus, factor, np.where(uncentred, 0.0, 1 / psus),
        strata["clustered"].to_numpy(), tuple(lonely), replicates,
    )  # fmt: skip


def _problems(strata: pl.DataFrame, absent: Sequence[str]) -> Iterator[str]:
    if absent:
        yield f"no respondents in wave {', '.join(absent)}"
    over = strata.filter(pl.col("psus") > pl.col("size"))
    if over.height:
        yield f"{over.height} strata have more PSUs sampled than their population: {_listed(over)}"
    lonely = strata.filter(_IS_LONELY & (pl.col("lonely_psu") == "fail"))
    if lonely.height:
        yield f"{lonely.height} strata have one PSU, so their variance cannot be estimated: {_listed(lonely)}"


def _listed(strata: pl.DataFrame) -> str:
    return ", ".join(
        f"{row['wave']}/{row['stratum']} ({row['psus']} of {_size(row['size'])})"
        for row in strata.iter_rows(named=True)
    )


def _size(size: float | None) -> str:
    return "an unknown number" if size is None else f"{size:g}"


def _run(reader: Reader, query: Query, indicators: Sequence[str], **params: object) -> pl.DataFrame:
    """Return the query's rows with the columns of all `indicators`, read a few at a time."""
    width = _TOGETHER.get(query.name, _TOGETHER_OTHERWISE)
    chunks = [indicators[start : start + width] for start in range(0, len(indicators), width)]
    parts = [reader.run(query, pattern=names_pattern(chunk), **params) for chunk in chunks]
    keys = [name for name in query.result if not name.endswith("(.*)")]
    return pl.concat([parts[0], *(part.drop(keys) for part in parts[1:])], how="horizontal")


def _used(
    sampling: Mapping[bool, Sequence[str]], wanted: Mapping[str, Sequence[str]], indicators: Sequence[str],
    replicated: bool,
) -> dict[str, dict[str, object]]:  # fmt: skip
    """Return the queries that sums are made of, with their parameters."""
    names = {True: ("estimate/domain_totals", "estimate/domain_crossings"),
             False: ("estimate/domain_totals_elements", "estimate/domain_overlaps")}  # fmt: skip
    every = [one for waves in sampling.values() for one in waves]
    common = {**wanted, "pattern": names_pattern(indicators)}
    used: dict[str, dict[str, object]] = {"estimate/strata": {"waves": every}}
    used |= {
        name: {"waves": list(waves), **common} for kind, waves in sampling.items() if waves for name in names[kind]
    }
    return used | ({"estimate/replicate_rows": {"waves": every, **common}} if replicated else {})


def _unions(
    reader: Reader, query: Query, waves: Sequence[str], indicators: Sequence[str],
    together: Sequence[Sequence[Domain]], of_stratum: Mapping[tuple[str, ...], int],
) -> dict[frozenset[Domain], Numbers]:  # fmt: skip
    """Return the PSUs with an answer from any domain of each set, per stratum and indicator."""
    asked = [
        {"together": number, **dict(zip(_DOMAIN, domain, strict=True))}
        for number, domains in enumerate(together) for domain in domains
    ]  # fmt: skip
    if not asked:
        return {}
    rows = _run(reader, query, indicators, waves=list(waves), domains=asked)
    counted = np.zeros((len(together), len(of_stratum), len(indicators)))
    counted[rows["together"].to_numpy(), _indices(rows, _STRATUM, of_stratum)] = _columns(rows, "psus", indicators)
    return {frozenset(domains): counted[number] for number, domains in enumerate(together)}


def _stack(parts: Sequence[pl.DataFrame], indicators: Sequence[str], survey: str) -> pl.DataFrame:
    rows = pl.concat(parts, how="diagonal")
    missing = [name for name in indicators if f"aa_{name}" not in rows.columns]
    if missing:
        raise DesignError(f"no scores of indicators {missing}", where=f"survey {survey}")
    return rows


def _with_own_psus(rows: pl.DataFrame, indicators: Sequence[str]) -> pl.DataFrame:
    """Fill in what goes without saying where each respondent is a PSU: PSUs are answers, and A x Y is Y x Y."""
    same = {f"{name}_{one}": f"{own}_{one}" for one in indicators for name, own in (("psus", "n"), ("ay", "yy"))}
    return rows.with_columns(
        pl.coalesce(*(known for known in (name, own) if known in rows.columns)).alias(name)
        for name, own in same.items()
    )


def _indices(rows: pl.DataFrame, names: Sequence[str], known: Mapping[tuple[str, ...], int]) -> Indices:
    return np.array([known[key] for key in rows.select(names).iter_rows()], dtype=np.int64)


def _columns(rows: pl.DataFrame, name: str, indicators: Sequence[str]) -> Numbers:
    columns = [rows[f"{name}_{one}"].cast(pl.Float64).to_numpy() for one in indicators]
    return np.stack(columns, axis=1)


def _keys(one: Sequence[int] | Indices, other: Sequence[int] | Indices, domains: int) -> Indices:
    return np.asarray(one, dtype=np.int64) * domains + np.asarray(other, dtype=np.int64)


def _dense(at: tuple[Indices, Indices], values: Numbers, shape: tuple[int, int]) -> Numbers:
    filled = np.zeros(shape)
    filled[at] = values
    return filled
