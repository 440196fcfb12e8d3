"""The trace beside the reports, `sporing.json`: which cells of which release every id in every PDF rests on.

A report is bound to its entry by its checksum, and to its release by the release's fingerprint. Nothing of this is
put into the PDF. Cells are written once and referred to by their place in the list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tryghed.delivery.manifest import checksum
from tryghed.errors import DataError, DeliveryError
from tryghed.release.released import CellKey, Lookup, Released
from tryghed.reporting.printed import RELEASED, Printed
from tryghed.reporting.trace import Trace, Traced
from tryghed.statistics.origin import Input

#: Name of the file.
NAME: Final = "sporing.json"
#: The two lists of an item's numbers: those on the page, those in alt texts. Before them stand two of their places.
_WHERE: Final = (False, True)
_COLUMNS: Final = ("kind", *CellKey._fields, "against")


@dataclass(frozen=True, slots=True)
class Source:
    """A release that reports were made of: its main survey, its wave, and the files behind it."""

    survey: str
    wave: str
    rules: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One report: its own checksum, and what it was made of."""

    sha256: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Traces:
    """All reports of a folder by file name, and the releases they were made of by fingerprint.

    `latest` is the release that was written last, whose numbers lie beside the reports; empty where there is none.
    """

    reports: Mapping[str, Entry]
    releases: Mapping[str, Source]
    latest: str = ""


def read(folder: Path) -> Traces:
    """Return the traces of the reports in a folder; none where there is no file.

    Raises:
        DeliveryError: The file cannot be read.
    """
    path = folder / NAME
    if not path.exists():
        return Traces({}, {})
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, IndexError):
        hint = "delete it; tryghed report then makes the reports and it anew"
        raise DeliveryError("not a trace of reports", where=str(path), hint=hint) from None


def made_of(release_id: str, out: Path) -> list[Path]:
    """Return the files below `out/` that show a release: its reports, and the tables of the numbers beside them.

    Raises:
        DeliveryError: A trace cannot be read.
    """
    found: list[Path] = []
    for folder in sorted(path.parent for path in out.glob(f"*/{NAME}")):
        found += showing(folder, read(folder), release_id)
    return found


def showing(folder: Path, traces: Traces, release_id: str) -> list[Path]:
    """Return the files of one folder that show a release."""
    reports = [name for name, one in traces.reports.items() if one.trace.release == release_id]
    beside = [path.name for path in sorted(folder.glob("tal*"))] if traces.latest == release_id else []
    return [folder / name for name in (*sorted(reports), *beside) if (folder / name).exists()]


def find(report: Path) -> tuple[Entry, Source]:
    """Return the trace of one report and the release it was made of.

    Raises:
        DataError: There is no such report, no trace beside it, or the report has changed since it was traced.
    """
    if not report.is_file():
        raise DataError("no such report", where=str(report))
    traces = read(report.parent)
    entry = traces.reports.get(report.name)
    if entry is None:
        known = ", ".join(traces.reports) or "none"
        hint = f"the trace of a report lies beside it, in {NAME}; reports traced there: {known}"
        raise DataError("not traced", where=str(report), hint=hint)
    if not is_current(report, traces):
        hint = f"it is not the file that was made then (sha256 {entry.sha256}); compare with the one in the archive"
        raise DataError(f"changed since it was traced: its sha256 is {checksum(report)}", where=str(report), hint=hint)
    return entry, traces.releases[entry.trace.release]


def is_current(report: Path, traces: Traces) -> bool:
    """Return whether a report is there and unchanged since its trace was written."""
    entry = traces.reports.get(report.name)
    return entry is not None and report.exists() and checksum(report) == entry.sha256


def save(folder: Path, known: Traces, made: Mapping[str, Trace], released: Released) -> None:
    """Write the traces of newly made reports of a folder, and those already known of reports that are still there.

    Args:
        folder: Where the reports are.
        known: What was read from there before.
        made: Traces of the reports made now, by file name.
        released: What they were made of.

    Raises:
        DeliveryError: The disk refuses.
    """
    kept = {name: one for name, one in known.reports.items() if name not in made and is_current(folder / name, known)}
    new = {name: Entry(checksum(folder / name), trace) for name, trace in made.items()}
    inputs = tuple(Input(one.survey, one.wave, one.file, one.sha256, one.verified) for one in released.facts.values())
    own = Source(released.survey, released.wave, released.rules_version, inputs)
    reports = dict(sorted((kept | new).items()))
    used = {released.release_id, *(entry.trace.release for entry in reports.values())}
    releases = {**known.releases, released.release_id: own}
    kept_releases = {name: one for name, one in sorted(releases.items()) if name in used}
    _write(folder, Traces(reports, kept_releases, released.release_id))


def _write(folder: Path, traces: Traces) -> None:
    part = folder / f".{NAME}.part"
    try:
        part.write_text(_text(traces), encoding="utf-8")
        part.replace(folder / NAME)
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror}", where=str(folder / NAME)) from None
    finally:
        part.unlink(missing_ok=True)


def _text(traces: Traces) -> str:
    """Return the traces as JSON, a line per release, cell and id, so that two files can be compared by eye."""
    places: dict[Lookup, int] = {}
    reports: dict[str, Any] = {}
    for name, entry in traces.reports.items():
        trace = entry.trace
        items = [
            [
                item.id,
                item.what,
                item.page,
                [places.setdefault(one, len(places)) for one in item.lookups],
                *([one.place for one in item.numbers if one.spoken is spoken] for spoken in _WHERE),
                *([_number(one, item.lookups) for one in item.numbers if one.spoken is spoken] for spoken in _WHERE),
            ]
            for item in trace.items
        ]
        about = {"sha256": entry.sha256, "report": trace.report, "area": trace.area, "code": trace.code}
        reports[name] = {**about, "release": trace.release, "items": items}
    cells = [[lookup.kind, *lookup.cell, lookup.against] for lookup in places]
    releases = {name: asdict(one) for name, one in traces.releases.items()}
    whole = {"latest": traces.latest, "releases": releases, "columns": _COLUMNS, "cells": cells, "reports": reports}
    return _lines(whole, depth=3) + "\n"


def _number(one: Printed, lookups: Sequence[Lookup]) -> list[Any]:
    """Return a released number as its text, the place of its look-up in the item and its name; others with a source."""
    return [one.text, one.source] if one.lookup is None else [one.text, lookups.index(one.lookup), one.name]


def _printed(written: Sequence[Any], place: int, lookups: Sequence[Lookup], *, spoken: bool) -> Printed:
    text, source, *name = written
    if name:
        return Printed(text, spoken, place, RELEASED, lookups[source], *name)
    return Printed(text, spoken, place, source)


def _lines(value: object, depth: int) -> str:
    """Return a value as JSON with its outer levels on lines of their own."""
    if not depth or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {_lines(one, depth - 1)}" for name, one in value.items()]
        return "{\n" + ",\n".join(parts) + "\n}"
    return "[\n" + ",\n".join(_lines(one, 0) for one in value) + "\n]"


def _item(written: Sequence[Any], cells: Sequence[Lookup]) -> Traced:
    identity, what, page, looked_up, *rest = written
    lookups = tuple(cells[one] for one in looked_up)
    found = [
        _printed(one, place, lookups, spoken=spoken)
        for spoken, places, part in zip(_WHERE, rest[:2], rest[2:], strict=True)
        for one, place in zip(part, places, strict=True)
    ]
    return Traced(identity, what, page, lookups, tuple(found))


def _parsed(content: Mapping[str, Any]) -> Traces:
    cells = [Lookup(kind, CellKey(*cell), against) for kind, *cell, against in content["cells"]]
    reports = {
        name: Entry(
            one["sha256"],
            Trace(
                one["report"], one["area"], one["code"], one["release"],
                tuple(_item(item, cells) for item in one["items"]),
            ),
        )
        for name, one in content["reports"].items()
    }  # fmt: skip
    releases = {
        name: Source(**{**one, "inputs": tuple(Input(**each) for each in one["inputs"])})
        for name, one in content["releases"].items()
    }
    return Traces(reports, releases, content["latest"])
