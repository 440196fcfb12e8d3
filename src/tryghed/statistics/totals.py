"""The sums of a survey per domain, stratum and indicator, read from the store.

A domain is an area of a set crossed with a category of a dimension. Everything later stages need is linear or
quadratic in PSU totals. SQL sums respondents to atoms (`queries/estimate/`), `atoms` adds these up to domains, and
`folding` makes shares and variances of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from tryghed.errors import DesignError
from tryghed.statistics import atoms, origin, replication, residuals
from tryghed.statistics.atoms import Atoms, Crossings, Domain, Indices, Units
from tryghed.statistics.folding import SUMMED, Design, Sums
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.origin import Origin
from tryghed.statistics.replication import Replicated
from tryghed.statistics.residuals import CalibratedCrossings, Residuals
from tryghed.store.query import Query, names_pattern
from tryghed.store.reader import Reader

__all__ = ["Domain", "Indices", "Sampling", "Totals", "read", "read_design", "sampling"]

_AREA, _CATEGORY = ["area_set", "area"], ["dimension", "category"]
_STRATUM = ["wave", "stratum"]
_MEND = "mend [design] in the wave's definition (lonely_psu names a strategy), and ingest again"
_IS_LONELY = (pl.col("psus") == 1) & (pl.col("size").fill_null(2) > 1)

#: Indicators per run of a query, measured (bench/estimates.py).
_TOGETHER = 40
#: PSUs × indicators per run: atoms of PSUs are many, and DuckDB holds sums of all of them at once.
_PSUS_TOGETHER = 1_000_000
#: The query that sums respondents to atoms, of waves sampled in clusters and of the others.
_ATOMS = {True: "estimate/atoms_of_psus", False: "estimate/atoms"}


@dataclass(frozen=True)
class Sampling:
    """What must be told of a wave's variances.

    The strata of one PSU and how they were treated, or its replicates; and what its weights were calibrated to.
    """

    lonely_psu: str = ""
    lonely_strata: tuple[str, ...] = ()
    replicates: tuple[str, int] | None = None
    calibration: str = ""


@dataclass(frozen=True, eq=False)
class Totals:
    """Sums of one wave, or of several pooled, for every domain that has respondents.

    Attributes:
        survey: Name of the survey.
        waves: The waves pooled; their strata are kept apart, so pooling is a stratified design over all of them.
        indicators: Names, in the order of the last axis of the sums.
        design: The strata and what each contributes to a variance.
        domains: Area set, area, dimension and category, in order; their positions are the domains' indices.
        units: How the domains are made of atoms.
        sums: For each name of `folding.SUMMED`, an array of indicators × cells (`units.cells`).
        origin: Where the sums come from; None where they were not read from a store.
        replicated: The respondents under replicate weights; None where none were delivered.
        residuals: The respondents where weights were calibrated here, whose residuals make the variance; None where
            none were, or replicate weights make it.
    """

    survey: str
    waves: tuple[str, ...]
    indicators: tuple[str, ...]
    design: Design
    units: Units
    sums: Mapping[str, Numbers]
    replicated: Replicated | None = None
    origin: Origin | None = None
    residuals: Residuals | None = None

    @property
    def wave(self) -> str:
        """The waves' name in frames: "2023+2024+2025"."""
        return "+".join(self.waves)

    @property
    def domains(self) -> tuple[Domain, ...]:
        """Area set, area, dimension and category of every domain, in order."""
        return self.units.domains

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
            name: _dense(self.units.cells, self.sums[name][indicator], shape)[chosen] for name in SUMMED
        }
        if self.residuals is not None:
            summed |= self.residuals.products([self.domains[one] for one in domains], indicator)
        if self.replicated is None:
            return Sums(**summed)
        return Sums(**summed, replicas=self.replicated.replicas([self.domains[one] for one in domains], indicator))

    def crossings(self, one: Sequence[int], other: Sequence[int]) -> Crossings | CalibratedCrossings:
        """Return the sums over the PSUs that each pair of domains shares; `of` gives those of an indicator."""
        found = atoms.crossings(self.units, one, other, len(self.design.factor))
        if self.residuals is None:
            return found
        both = (tuple(self.domains[place] for place in side) for side in (one, other))
        return CalibratedCrossings(found, self.residuals, *both)

    def together(self, domains: Sequence[int], indicator: int) -> Numbers:
        """Return how many PSUs of each stratum have an answer from any of the domains, each counted once."""
        return self.units.together(domains, indicator, len(self.design.factor))


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str], area_sets: Sequence[str],
    dimensions: Sequence[str], indicators: Sequence[str],
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

    Raises:
        DesignError: A wave has no respondents, an indicator no scores, a stratum more PSUs than its population, or
            only one of them and no strategy for that; every such stratum is listed.
    """
    design = read_design(reader, queries, survey=survey, waves=waves)
    clustered = {wave for (wave, _), of in zip(design.strata, design.clustered, strict=True) if of}
    wanted = {"area_sets": list(area_sets), "dimensions": list(dimensions)}
    sampling = {True: [one for one in waves if one in clustered], False: [one for one in waves if one not in clustered]}
    found = _atoms(reader, queries, design, sampling, wanted, indicators)
    units = atoms.units(found)
    replicated: Replicated | None = None
    known: Residuals | None = None
    rows: dict[str, dict[str, object]] = {}
    if design.replication or design.calibration:
        rows = {"estimate/member_rows": {"waves": list(waves), **wanted, "pattern": names_pattern(indicators)}}
        people = _run(reader, queries["estimate/member_rows"], indicators, waves=list(waves), **wanted)
        if design.replication:
            replicated = replication.respondents(people, design.replication, indicators, units.domains)
        else:
            known = residuals.of(people, design, indicators, units.domains)
            design = replace(design, centre=0.0 * design.centre)  # the residuals' products are around the means
    return Totals(
        survey, tuple(waves), tuple(indicators), design, units, units.summed(), replicated,
        origin.of(reader, queries, _used(sampling, wanted, indicators) | rows, waves), known,
    )  # fmt: skip


def calibrations(reader: Reader, queries: Mapping[str, Query], waves: Sequence[str]) -> dict[str, str]:
    """Return how weights were calibrated, for the waves whose weights were."""
    rows = reader.run(queries["estimate/calibrations"], waves=list(waves))
    return dict(rows.select("wave", "calibration").iter_rows())


def sampling(reader: Reader, queries: Mapping[str, Query], waves: Sequence[str]) -> dict[str, Sampling]:
    """Return what must be told of each wave's variances, as far as there is anything."""
    rows = reader.run(queries["estimate/replicate_design"], waves=list(waves)).to_dicts()
    replicates = {row["wave"]: row for row in rows}
    strata = reader.run(queries["estimate/strata"], waves=list(waves)).filter(_IS_LONELY)
    calibrated = calibrations(reader, queries, waves)
    found = {}
    for wave in waves:
        own, calibration = strata.filter(wave=wave), calibrated.get(wave, "")
        if wave in replicates:
            kind = (replicates[wave]["kind"], len(replicates[wave]["factors"]))
            found[wave] = Sampling(replicates=kind, calibration=calibration)
        elif own.height:
            found[wave] = Sampling(own["lonely_psu"][0], tuple(own["stratum"]), calibration=calibration)
        elif calibration:
            found[wave] = Sampling(calibration=calibration)
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
    calibrated = calibrations(reader, queries, waves)
    problems = [*_problems(strata, absent), *_without_average(strata, calibrated)]
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
        "; ".join(f"{wave} by {said}" for wave, said in calibrated.items()),
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


def _without_average(strata: pl.DataFrame, calibrated: Mapping[str, str]) -> Iterator[str]:
    """Yield strata that are to have the average variance of the others, where everybody has residuals in each."""
    average = strata.filter(_IS_LONELY & (pl.col("lonely_psu") == "average") & pl.col("wave").is_in(list(calibrated)))
    if average.height:
        yield f"{average.height} strata have one PSU and no average under calibrated weights: {_listed(average)}"


def _listed(strata: pl.DataFrame) -> str:
    return ", ".join(
        f"{row['wave']}/{row['stratum']} ({row['psus']} of {_size(row['size'])})"
        for row in strata.iter_rows(named=True)
    )


def _size(size: float | None) -> str:
    return "an unknown number" if size is None else f"{size:g}"


def _atoms(
    reader: Reader, queries: Mapping[str, Query], design: Design, sampling: Mapping[bool, Sequence[str]],
    wanted: Mapping[str, Sequence[str]], indicators: Sequence[str],
) -> Atoms:  # fmt: skip
    """Return the atoms of waves with PSUs and of waves without, in order."""
    psus = max(int(design.psus[design.clustered].sum()), 1)
    together = {True: max(min(_PSUS_TOGETHER // psus, _TOGETHER), 5), False: _TOGETHER}
    parts = [
        _read(reader, queries[_ATOMS[clustered]], indicators, together[clustered], waves=list(waves), **wanted)
        for clustered, waves in sampling.items() if waves
    ]  # fmt: skip
    keys = pl.concat([keys for keys, _ in parts])
    waves = [wave for of_kind in sampling.values() for wave in of_kind]
    places, areas = _meanings(reader, queries["estimate/locations"], _AREA, "place", waves=waves,
                              area_sets=wanted["area_sets"])  # fmt: skip
    kinds, categories = _meanings(reader, queries["estimate/profiles"], _CATEGORY, "kind", waves=waves,
                                  dimensions=wanted["dimensions"])  # fmt: skip
    of_wave = {wave: place for place, wave in enumerate(sorted(waves))}
    strata = pl.DataFrame(design.strata, schema=dict.fromkeys(_STRATUM, pl.String), orient="row")
    keys = keys.join(strata.with_row_index("index"), on=_STRATUM, maintain_order="left").select(
        stratum=pl.col("index").cast(pl.Int64), psu=pl.struct(*_STRATUM, "psu").rle_id().cast(pl.Int64),
        direct="direct", location=_of_wave("location", of_wave), profile=_of_wave("profile", of_wave),
    )  # fmt: skip
    return Atoms(
        keys,
        places.select("place", location=_of_wave("location", of_wave)),
        kinds.select("kind", profile=_of_wave("profile", of_wave)),
        areas, categories, _side_by_side([sums for _, sums in parts]),
    )  # fmt: skip


def _read(
    reader: Reader, query: Query, indicators: Sequence[str], together: int, **params: object
) -> tuple[pl.DataFrame, dict[str, Any]]:  # fmt: skip
    """Return the atoms of one kind of wave, in order: their keys, and indicators × atoms for each sum."""
    keys = pl.DataFrame()
    sums: dict[str, Any] = {}
    for start in range(0, len(indicators), together):
        chunk = indicators[start : start + together]
        found = reader.arrays(query, pattern=names_pattern(chunk), **params)
        missing = [name for name in chunk if f"n_{name}" not in found]
        if missing:
            raise DesignError(f"no scores of indicators {missing}", where=f"survey {reader.survey}")
        names = [name for name in query.result if not name.endswith("(.*)")]
        keys = pl.DataFrame({name: found[name] for name in names}).with_row_index("atom").sort(names)
        order = keys["atom"].to_numpy()
        for place, name in enumerate(chunk, start):
            for what, values in _sums(found, name).items():
                every = sums.setdefault(what, np.empty((len(indicators), len(order)), dtype=values.dtype))
                every[place] = values[order]
    direct = "psu" not in keys.columns
    if direct:
        keys = keys.with_columns(psu=pl.col("atom").cast(pl.String))
    keys = keys.select(*_STRATUM, pl.col("psu").cast(pl.String), "location", "profile", direct=pl.lit(direct))
    return keys, sums


def _sums(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the sums of one indicator; with those of squares of single people, where PSUs are not squared."""
    n, positives, y, z = (found[f"{what}_{name}"] for what in ("n", "positives", "y", "z"))
    sums = {"n": n, "positives": positives, "a": y + z, "y": y}
    if f"yy_{name}" not in found:
        return sums
    return {**sums, "aa": found[f"yy_{name}"] + found[f"zz_{name}"], "yy": found[f"yy_{name}"]}


def _side_by_side(parts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the sums of all atoms; atoms of PSUs have no squares of single people, and 0 beside others that have."""
    if len(parts) == 1:
        return parts[0]
    shapes = [part["n"].shape for part in parts]
    names = {name: None for part in parts for name in part}
    return {
        name: np.concatenate([part.get(name, np.zeros(of)) for part, of in zip(parts, shapes, strict=True)], axis=1)
        for name in names
    }


def _meanings(
    reader: Reader, query: Query, names: list[str], index: str, **params: object
) -> tuple[pl.DataFrame, tuple[tuple[str, ...], ...]]:
    """Return what numbers stand for, as indices of the names that are returned too, in order."""
    rows = reader.run(query, **params)
    known = rows.select(names).unique().sort(names)
    indexed = rows.join(known.with_columns(pl.int_range(pl.len()).alias(index)), on=names)
    return indexed, tuple(known.iter_rows())


def _of_wave(name: str, waves: Mapping[str, int]) -> pl.Expr:
    """Return numbers that mean the same in every wave from those that are a wave's own."""
    place = pl.col("wave").replace_strict(waves, return_dtype=pl.Int64)
    return pl.col(name).cast(pl.Int64) * len(waves) + place


def _run(reader: Reader, query: Query, indicators: Sequence[str], **params: object) -> pl.DataFrame:
    """Return the query's rows with the columns of all `indicators`, read a few at a time."""
    chunks = [indicators[start : start + _TOGETHER] for start in range(0, len(indicators), _TOGETHER)]
    parts = [reader.run(query, pattern=names_pattern(chunk), **params) for chunk in chunks]
    keys = [name for name in query.result if not name.endswith("(.*)")]
    return pl.concat([parts[0], *(part.drop(keys) for part in parts[1:])], how="horizontal")


def _used(
    sampling: Mapping[bool, Sequence[str]], wanted: Mapping[str, Sequence[str]], indicators: Sequence[str]
) -> dict[str, dict[str, object]]:  # fmt: skip
    """Return the queries that sums are made of, with their parameters."""
    every = [one for waves in sampling.values() for one in waves]
    common = {**wanted, "pattern": names_pattern(indicators)}
    used: dict[str, dict[str, object]] = {
        "estimate/strata": {"waves": every},
        "estimate/locations": {"waves": every, "area_sets": wanted["area_sets"]},
        "estimate/profiles": {"waves": every, "dimensions": wanted["dimensions"]},
    }
    return used | {_ATOMS[kind]: {"waves": list(waves), **common} for kind, waves in sampling.items() if waves}


def _dense(at: tuple[Indices, Indices], values: Numbers, shape: tuple[int, int]) -> Numbers:
    filled = np.zeros(shape)
    filled[at] = values
    return filled
