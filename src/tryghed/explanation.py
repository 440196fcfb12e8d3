"""Where the numbers of a finished report come from: its ids, the numbers behind each of them, and what they rest on.

What was released is told as it was released; what it was computed from is unreleased, and for the analyst only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tryghed import evidence, rederivation
from tryghed.analysis.reading import calibrations_behind
from tryghed.definitions.project import Project
from tryghed.delivery import rscript, tracing
from tryghed.delivery.tracing import Source
from tryghed.errors import UsageError
from tryghed.evidence import Evidence
from tryghed.progress import Progress
from tryghed.release.released import Lookup
from tryghed.reporting.trace import Trace, Traced
from tryghed.statistics.origin import Input
from tryghed.store import query as queries
from tryghed.store import warehouse
from tryghed.store.reader import open_reader

#: What the first letter of an id stands for.
KINDS: Final[Mapping[str, str]] = {"F": "figure", "T": "table", "U": "sentence", "S": "text of a page"}
_ID: Final = re.compile(r"([FTUS]\d+)(?:\W*([a-z0-9]{4}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Traces:
    """A report's trace and the release it was made of."""

    report: Path
    trace: Trace
    source: Source


def open_report(report: Path) -> Traces:
    """Return the trace of a report.

    Raises:
        DataError: There is no trace of it, or it has changed since.
    """
    entry, source = tracing.find(report)
    return Traces(report, entry.trace, source)


def ids(traces: Traces) -> pl.DataFrame:
    """Return every id of a report: what it is, what it shows, on which page, and how many cells it rests on."""
    return pl.DataFrame(
        [
            {
                "id": item.id,
                "is": KINDS[item.id[0]],
                "shows": item.what,
                "page": item.page,
                "indicators": ", ".join(dict.fromkeys(one.cell.indicator for one in item.lookups)),
                "cells": len(item.lookups),
            }
            for item in traces.trace.items
        ],
        schema={"id": pl.String, "is": pl.String, "shows": pl.String, "page": pl.Int64, "indicators": pl.String,
                "cells": pl.Int64},
    )  # fmt: skip


def named(traces: Traces, identity: str) -> Traced:
    """Return what an id means, written with or without the report's code ("F4", "f4", "F4·k7q2").

    Raises:
        UsageError: The report has no such id, or the code is another report's.
    """
    trace = traces.trace
    found = _ID.fullmatch(identity.strip())
    items = {item.id: item for item in trace.items}
    if found is None or found[1].upper() not in items:
        raise UsageError(f"no id {identity!r} in {traces.report.name}", hint=f"ids: {', '.join(items)}")
    if found[2] and found[2].lower() != trace.code:
        raise UsageError(
            f"{identity} is of another report: those of {traces.report.name} end in {trace.code}",
            hint=_owner(traces.report.parent, found[2].lower()),
        )
    return items[found[1].upper()]


def _owner(folder: Path, code: str) -> str:
    """Return which report of a folder has a code, in words."""
    owners = [name for name, entry in tracing.read(folder).reports.items() if entry.trace.code == code]
    return f"{code} is {owners[0]}" if owners else f"no report in {folder} has the code {code}"


def cells(item: Traced) -> pl.DataFrame:
    """Return what an id rests on, a row per cell: what it is of, and which of its numbers are printed, as they are."""
    printed: dict[Lookup, dict[str, None]] = {}
    for one in item.numbers:
        if one.lookup is not None:
            printed.setdefault(one.lookup, {})[f"{one.name} {one.text}"] = None
    rows = [
        [
            place, lookup.kind, lookup.cell.indicator, lookup.cell.wave, lookup.cell.area, lookup.cell.category,
            lookup.against if lookup.kind in ("wave", "category") else "", ", ".join(printed.get(lookup, ())),
        ]
        for place, lookup in enumerate(item.lookups, start=1)
    ]  # fmt: skip
    names = ("cell", "is", "indicator", "wave", "area", "category", "against", "printed")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"cell": pl.Int64}, orient="row")


def chosen(item: Traced, place: int | None) -> Lookup | None:
    """Return the cell of an id that is asked for: by its place in `cells`, or the only one; None where several are.

    Raises:
        UsageError: It has no such cell, or places among areas, which rest on all of them, were asked for.
    """
    if place is None:
        return item.lookups[0] if len(item.lookups) == 1 else None
    if not 1 <= place <= len(item.lookups):
        raise UsageError(f"{item.id} has no cell {place}", hint=f"cells: 1 to {len(item.lookups)}")
    return item.lookups[place - 1]


@dataclass(frozen=True)
class Ground:
    """Where a release can be computed from: the project, whose store holds its deliveries, and in words what is."""

    project: Project
    says: str


@contextmanager
def ground(project: Project, traces: Traces, lookup: Lookup, progress: Progress) -> Iterator[Ground]:
    """Give a store that holds the deliveries a number rests on: the project's own, or one loaded anew and thrown away.

    The definitions are those frozen with the release.

    Raises:
        ReleaseError: The frozen release has been edited.
        DataError: The store holds other deliveries, and the files are gone or changed; all are listed.
    """
    used = inputs(traces.source, lookup)
    frozen = rederivation.as_then(project, traces.trace.release)
    defined = "" if frozen else "; the release is not in releases/, so today's definitions are used"
    project = frozen or project
    there = warehouse.loaded(project.folder)
    if all((one.survey, one.wave) in there and there[one.survey, one.wave].sha256 == one.sha256 for one in used):
        generation = warehouse.required(project.folder)
        yield Ground(project, f"generation {generation.number} of the store{defined}")
        return
    rederivation.expect(project, used)
    with rederivation.workshop(project, [(one.survey, one.wave) for one in used], progress) as again:
        yield Ground(again, f"the deliveries, loaded again for this: the store holds others{defined}")


def inputs(source: Source, lookup: Lookup) -> tuple[Input, ...]:
    """Return the delivered files a number rests on."""
    waves = {wave for side in evidence.sides(lookup) for wave in side.waves}
    return tuple(one for one in source.inputs if one.survey == lookup.cell.survey and one.wave in waves)


def definition(project: Project, lookup: Lookup) -> dict[str, str]:
    """Return what a share is of, in the words of the questionnaire: question, answers that count, base."""
    survey = project.surveys[lookup.cell.survey]
    score = survey.scores[lookup.cell.indicator]
    item = survey.items[score.item]
    answers = {**item.codes, **{code: one.label for code, one in item.missing.items()}}
    base = score.base or list(item.codes)
    counts = score.counts if isinstance(score.counts, list) else None
    return {
        "indicator": f"{lookup.cell.indicator}: {score.label}",
        "question": f"{score.item}: {item.asks}",
        "counts": _codes(counts, answers) if counts is not None else str(score.counts),
        "out of": _codes(base, answers) if base else "every number",
        **({"among": str(score.among.model_dump(exclude_defaults=True))} if score.among else {}),
        **({"asked in these words": said} if (said := _wordings(project, lookup, score.item)) else {}),
        **({"sensitive": "no decimals, n to the nearest ten"} if score.sensitive else {}),
    }


def _codes(codes: Sequence[int], answers: Mapping[int, str]) -> str:
    return ", ".join(f"{code} {answers.get(code, '')}".strip() for code in codes)


def _wordings(project: Project, lookup: Lookup, item: str) -> str:
    waves = project.waves[lookup.cell.survey]
    used = dict.fromkeys(wave for side in evidence.sides(lookup) for wave in side.waves)
    return "; ".join(f"{name}: {waves[name].wording[item]}" for name in used if item in waves[name].wording)


def write_script(ground: Ground, found: Evidence, target: Path) -> Path:
    """Write the R script that recomputes a number, and the rows behind it beside it: personal data."""
    cell = found.lookup.cell
    waves = sorted({wave for side in evidence.sides(found.lookup) for wave in side.waves})
    with open_reader(ground.project.folder, cell.survey) as reader:
        rows = reader.run(
            queries.Shelf(ground.project.queries)["estimate/respondent_rows"], waves=waves,
            area_set=cell.area_set, dimension=cell.dimension, pattern=queries.names_pattern([cell.indicator]),
        )  # fmt: skip
    known = calibrations_behind(ground.project, cell.survey, rows)
    return rscript.write(rows, found.lines, target, calibrations=known, followed=found.followed)
