"""Carries out a plan: every estimate, comparison and rank a release wants to show, before the gate has seen them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tryghed.definitions.policy import ReleaseRules
from tryghed.definitions.project import Project
from tryghed.errors import TryghedError, UsageError, all_at_once
from tryghed.frames import CONTRAST, ESTIMATE, EVERYBODY, RANK
from tryghed.release import atoms, history
from tryghed.release.atoms import Atoms
from tryghed.release.gate import Draft
from tryghed.release.ledger import NOTHING_YET, Ledger
from tryghed.release.plan import Headline, Plan, Request
from tryghed.release.released import CellKey, WaveFacts
from tryghed.statistics import contrasts, estimate, families, panels, ranks, totals
from tryghed.statistics.panels import Panel
from tryghed.statistics.totals import Totals
from tryghed.store import warehouse
from tryghed.store.query import Query
from tryghed.store.reader import Reader, open_reader


@dataclass(frozen=True)
class _Part:
    """What one request came to: shares, comparisons that are claims or only shown, ranks, and waves of a panel."""

    shares: pl.DataFrame
    tests: pl.DataFrame
    shown: pl.DataFrame
    ranks: pl.DataFrame
    panels: tuple[Panel, ...]


def draft(project: Project, wanted: Plan, queries: Mapping[str, Query], *, ledger: Ledger = NOTHING_YET) -> Draft:
    """Return the unreleased numbers of a plan, and the atoms they and earlier releases of the same waves are sums of.

    Raises:
        UsageError: Waves the plan draws on are not loaded; all are listed.
        DesignError: The sample design cannot support an estimate.
    """
    _expect_loaded(project, wanted)
    surveys = dict.fromkeys(request.survey for request in wanted.requests)
    parts: list[_Part] = []
    people: list[Atoms] = []
    facts: dict[tuple[str, str], WaveFacts] = {}
    for survey in surveys:
        requests = [request for request in wanted.requests if request.survey == survey]
        with open_reader(project.folder, survey) as reader:
            own = [_part(reader, queries, request, project, wanted.rankings) for request in requests]
            people += _atoms(project, reader, queries, survey, own, ledger)
            parts += own
            facts |= _facts(project, reader, queries, survey, requests, [one for part in own for one in part.panels])
    tests = pl.concat([CONTRAST.to_frame(), *(part.tests for part in parts)]).unique(maintain_order=True)
    tested = families.correct(tests, _is_headline(wanted.headlines), project.rules.families)
    untested = {"family": pl.lit(""), "tests": pl.lit(0, pl.Int64), "direction": pl.lit(0, pl.Int8)}
    shown = pl.concat([CONTRAST.to_frame(), *(part.shown for part in parts)]).with_columns(**untested)
    cell = [name for name in ESTIMATE if name not in ("n", "positives", "share", "se", "df", "n_eff", "lower", "upper")]
    return Draft(
        wanted.survey, wanted.wave, wanted.area_set,
        pl.concat([part.shares for part in parts]).unique(cell, keep="first", maintain_order=True),
        pl.concat([tested, shown]),
        pl.concat([RANK.to_frame(), *(part.ranks for part in parts)]),
        facts,
        tuple(people),
    )  # fmt: skip


def _atoms(
    project: Project, reader: Reader, queries: Mapping[str, Query], survey: str, parts: Sequence[_Part], ledger: Ledger
) -> tuple[Atoms, ...]:
    """Return the atoms of everything shown of a survey, now and in earlier releases that touch the same waves."""
    rows = [row for part in parts for row in part.shares.select(CellKey._fields).iter_rows()]
    cells = {CellKey(*row) for row in rows}
    waves = {wave for cell in cells for wave in cell.wave.split("+")}
    cells |= {entry.cell for entry in history.touching(ledger, survey, waves)}
    found = atoms.read(reader, queries["release/atoms"], project.surveys[survey], cells)
    _expect_agreement(found, [row for part in parts for row in part.shares.iter_rows(named=True)])
    return found


def _expect_agreement(found: Sequence[Atoms], rows: Sequence[Mapping[str, Any]]) -> None:
    """Hold the estimates against the atoms, which are read in another way: both are about the same people."""
    item = {indicator: one for one in found for indicator in one.indicators}
    for row in rows:
        cell = CellKey(*(row[name] for name in CellKey._fields))
        one = item[cell.indicator]
        base = one.base(cell)
        there = one.count(base), one.count(base & one.side(cell.indicator, "positives"))
        if there != (row["n"], row["positives"]):
            raise TryghedError(f"estimates n {row['n']} and {row['positives']}, atoms {there}", where=str(tuple(cell)))


def _expect_loaded(project: Project, wanted: Plan) -> None:
    there = warehouse.loaded(project.folder)
    needed = dict.fromkeys((request.survey, wave) for request in wanted.requests for wave in request.waves)
    missing = [f"{survey}/{wave}" for survey, wave in needed if (survey, wave) not in there]
    all_at_once(
        UsageError,
        [UsageError(f"not loaded: {', '.join(missing)}", hint=f"tryghed ingest {' '.join(missing)}")]
        if missing
        else [],
    )


def _part(reader: Reader, queries: Mapping[str, Query], request: Request, project: Project, rankings: int) -> _Part:
    """Carry out one request; each of the release's `rankings` gets the same part of the level for ranks."""
    rules = project.rules
    own = _totals(reader, queries, request, request.waves)
    against_rest = (
        contrasts.against_rest(own, power=rules.power, interval=rules.interval)
        if request.against_rest
        else CONTRAST.to_frame()
    )
    earlier = {wave: _totals(reader, queries, request, (wave,)) for wave in request.since}
    known = {wave: _panel(reader, queries, request, wave) for wave in request.since
             if project.share_panel(request.survey, [*request.waves, wave])}  # fmt: skip
    claims = [
        *([against_rest] if request.against_rest == "test" else []),
        *(_against_wave(own, other, known.get(wave), rules) for wave, other in earlier.items()),
        *(
            [contrasts.between_categories(own, pairs=request.pairs, power=rules.power, interval=rules.interval)]
            if request.pairs
            else []
        ),
    ]
    ranked = [
        ranks.ranks(
            own,
            area_set=area_set,
            indicators=request.ranked,
            alpha=rules.families.ranks * len(request.ranked) / rankings,
        )
        for area_set in request.area_sets
        if request.ranked
    ]
    return _Part(
        pl.concat([estimate.shares(one, interval=rules.interval) for one in (own, *earlier.values())]),
        pl.concat([CONTRAST.to_frame(), *claims]),
        against_rest if request.against_rest == "show" else CONTRAST.to_frame(),
        pl.concat([RANK.to_frame(), *ranked]),
        tuple(one for one in known.values() if one.shared),
    )


def _against_wave(own: Totals, earlier: Totals, panel: Panel | None, rules: ReleaseRules) -> pl.DataFrame:
    pairing = panel.paired if panel is not None and panel.followed else None
    return contrasts.against_wave(own, earlier, power=rules.power, interval=rules.interval, pairing=pairing)


def _panel(reader: Reader, queries: Mapping[str, Query], request: Request, since: str) -> Panel:
    return panels.read(
        reader, queries, survey=request.survey, waves=request.waves, since=since, area_sets=request.area_sets,
        dimensions=request.dimensions, indicators=request.indicators,
    )  # fmt: skip


def _totals(reader: Reader, queries: Mapping[str, Query], request: Request, waves: Sequence[str]) -> Totals:
    return totals.read(
        reader, queries, survey=request.survey, waves=waves, area_sets=request.area_sets,
        dimensions=request.dimensions, indicators=request.indicators,
    )  # fmt: skip


def _is_headline(headlines: Sequence[Headline]) -> pl.Expr:
    """Return which contrasts are headline: everybody of an area, against the rest or since the declared wave."""
    return pl.any_horizontal(
        (pl.col("survey") == one.survey)
        & (pl.col("wave") == one.wave)
        & (pl.col("area_set") == one.area_set)
        & (pl.col("indicator") == one.indicator)
        & (pl.col("dimension") == EVERYBODY)
        & ((pl.col("kind") == "rest") | ((pl.col("kind") == "wave") & (pl.col("against") == one.since)))
        for one in headlines
    )


def _facts(
    project: Project, reader: Reader, queries: Mapping[str, Query], survey: str, requests: Sequence[Request],
    asked_again: Sequence[Panel],
) -> dict[tuple[str, str], WaveFacts]:  # fmt: skip
    used = {wave for request in requests for wave in (*request.waves, *request.since)}
    rows = {row["wave"]: row for row in reader.run(queries["release/wave_facts"], survey=survey).to_dicts()}
    told = totals.sampling(reader, queries, sorted(used))
    facts: dict[tuple[str, str], WaveFacts] = {}
    for name, wave in project.waves[survey].items():
        if name in used:
            fieldwork, row = wave.fieldwork, rows[name]
            sampled = told.get(name, totals.Sampling())
            again = [one for one in asked_again if one.waves == (name,)]
            facts[survey, name] = WaveFacts(
                survey, name, fieldwork.start, fieldwork.end, fieldwork.provider, tuple(fieldwork.mode),
                fieldwork.invited, row["answered"], row["kish"], row["file"], row["sha256"], row["verified"],
                lonely_psu=sampled.lonely_psu, lonely_strata=sampled.lonely_strata, replicates=sampled.replicates,
                accepted=row["accepted"], revision=row["revision"], calibration=sampled.calibration,
                again=tuple(dict.fromkeys((one.since, one.shared) for one in again)),
                followed=all(one.followed for one in again),
            )  # fmt: skip
    return facts
