"""How many were invited, by area, group or stratum, as the institute counted them: who did not answer is told by it."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from tryghed.definitions.project import Project
from tryghed.definitions.wave import Wave
from tryghed.frames import EVERYBODY, INVITED, Finding
from tryghed.intake.findings import finding

STRATUM = "stratum"
_HEAD = ["division", "category", "invited"]
_NAMED = 8

Counts = dict[str, dict[str, int]]


def invited(project: Project, wave: Wave) -> tuple[pl.DataFrame, list[Finding]]:
    """Return `frames.INVITED` of a wave, everybody first, and what is wrong with the table it comes from."""
    counts, found = _counts(project.folder, wave)
    known = _known(project, wave)
    for division, table in counts.items():
        found += _division(division, table, known.get(division), wave)
    rows = [(EVERYBODY, EVERYBODY, wave.fieldwork.invited)] if wave.fieldwork.invited else []
    rows += [(division, category, count) for division, table in counts.items() for category, count in table.items()]
    return pl.DataFrame(rows, INVITED, orient="row"), found


def _counts(folder: Path, wave: Wave) -> tuple[Counts, list[Finding]]:
    source = wave.fieldwork.invited_by
    if not isinstance(source, str):
        return {division: dict(table) for division, table in source.items()}, []
    if not source:
        return {}, []
    try:
        text = (folder / source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return {}, [finding("invited_unreadable", source, f"cannot be read: {reason}", hint="correct invited_by")]
    return _parsed(text, source)


def _parsed(text: str, source: str) -> tuple[Counts, list[Finding]]:
    lines = [[part.strip() for part in row] for row in csv.reader(io.StringIO(text), delimiter=";") if any(row)]
    if not lines or lines[0] != _HEAD:
        message = f"the first line must be {';'.join(_HEAD)}"
        return {}, [finding("invited_unreadable", source, message, hint="ask for it so, or write it so")]
    counts: Counts = {}
    wrong = []
    for place, row in enumerate(lines[1:], start=2):
        if len(row) != len(_HEAD) or not row[2].isdecimal() or row[1] in counts.get(row[0], {}):
            wrong.append(place)
        else:
            counts.setdefault(row[0], {})[row[1]] = int(row[2])
    if not wrong:
        return counts, []
    named = ", ".join(map(str, wrong[:_NAMED]))
    message = f"{len(wrong)} lines are not division;category;whole number, or come twice: line {named}"
    return counts, [finding("invited_unreadable", source, message, count=len(wrong))]


def _known(project: Project, wave: Wave) -> Mapping[str, set[str]]:
    """Return the divisions that people can be counted by, and their categories; any stratum where none is listed."""
    survey = project.surveys[wave.survey]
    areas = {name: set(project.area_sets[name].areas) for name in survey.area_sets}
    groups = {name: set(one.categories) for name, one in survey.groups.items()}
    return areas | groups | {STRATUM: set(wave.design.population)}


def _division(division: str, table: dict[str, int], known: set[str] | None, wave: Wave) -> Iterator[Finding]:
    place = f"invited_by.{division}"
    if known is None:
        yield finding("invited_unknown", place, "no area set or group of that name, nor stratum")
        return
    unknown = sorted(set(table) - known) if known else []
    if unknown:
        yield finding("invited_unknown", place, f"no category {', '.join(unknown[:_NAMED])}", count=len(unknown))
    total, said = sum(table.values()), wave.fieldwork.invited
    if said is not None and total != said:
        yield finding("invited_sum", place, f"the categories sum to {total:,}, fieldwork.invited is {said:,}", count=1)
