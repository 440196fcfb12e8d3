"""Drafts the definition of a new wave from its delivered file and the wave before, for a person to confirm."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tryghed.definitions.drafts import unconfirmed, written
from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.wave import Delivery, Part, Wave
from tryghed.errors import DataError, UsageError, all_at_once
from tryghed.intake import readers
from tryghed.intake.findings import refuse
from tryghed.store import rounds
from tryghed.waves.guessed import guesses
from tryghed.waves.known import Known

_NAME = re.compile(r"[0-9A-Za-z-]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Drafted:
    """A draft that was written: its file, how many guesses it has, items not found, and columns nobody uses."""

    path: Path
    guesses: int
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def draft(
    project: Project, survey: str, wave: str, files: Sequence[Path], *, rows: Sequence[int] = (), sheet: str = "",
    separator: str = "",
) -> Drafted:  # fmt: skip
    """Write `surveys/SURVEY/WAVE.toml` as a draft; nothing that exists is touched.

    Args:
        project: The project.
        survey: A survey it has.
        wave: Name of the new wave.
        files: The delivered file, and further ones that are joined to it.
        rows: How many rows each file must have, where the provider says so; .xpt cannot be read without.
        sheet: Sheet of an Excel file; that of the wave before when empty.
        separator: Between the columns of a text file; that of the wave before when empty.

    Raises:
        UsageError: The survey is unknown, the wave has a definition, a file is not in the project; all are told.
        DataError: A file cannot be read.
    """
    _expect_new(project, survey, wave, files, rows)
    year = _year(wave, project.waves[survey])
    before = _before(project, survey, year)
    delivery = _delivery(project, files, rows, before.wave if before else None)
    delivery = delivery.model_copy(update={
        "sheet": sheet or delivery.sheet,
        "csv": delivery.csv.model_copy(update={"separator": separator}) if separator else delivery.csv,
    })  # fmt: skip
    delivered = readers.read(project.folder / delivery.file, delivery)
    refuse([one for one in delivered.findings if one.code == "other_rows"], where=f"{survey} {wave}", wave="")
    known = Known(project, project.surveys[survey], wave, year, before, delivery, delivered)
    made = guesses(known)
    heading = [
        f"Draft of {survey} {wave}, made from {delivery.file}{f' and the wave {known.since}' if before else ''}.",
        "Check each line that says CONFIRM against the provider's documentation, correct it, and delete its mark. As",
        "long as one is left, tryghed check refuses this file and the wave is not loaded.",
        *([f"Once it is loaded: tryghed wave diff {survey}/{known.since} {survey}/{wave}"] if before else []),
    ]
    path = project.folder / "surveys" / survey / f"{wave}.toml"
    text = written(heading, made.tables)
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return Drafted(path, len(unconfirmed(text)), made.missing, made.unused)


def _expect_new(project: Project, survey: str, wave: str, files: Sequence[Path], rows: Sequence[int]) -> None:
    problems = []
    if len(rows) > len(files):
        problems.append(UsageError(f"{len(rows)} numbers of rows for {len(files)} files"))
    if survey not in project.surveys:
        problems.append(UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}"))
    if not _NAME.fullmatch(wave):
        problems.append(UsageError(f"{wave!r} cannot be a wave's name", hint="letters, digits and - only: 2026"))
    target = project.folder / "surveys" / survey / f"{wave}.toml"
    if target.exists():
        problems.append(UsageError("exists already; nothing was written", where=str(target)))
    for file in files:
        if not file.is_file():
            problems.append(UsageError("no such file", where=str(file)))
        elif not file.resolve().is_relative_to(project.folder):
            hint = f"put it in {project.folder / 'deliveries'}"
            problems.append(UsageError("is not in the project folder", where=str(file), hint=hint))
    all_at_once(UsageError, problems)


def _year(wave: str, waves: Mapping[str, Wave]) -> int:
    """Return the year in the wave's name, else the one after the last wave."""
    named = _YEAR.search(wave)
    return int(named[0]) if named else max((one.year for one in waves.values()), default=1999) + 1


def _before(project: Project, survey: str, year: int) -> Round | None:
    """Return the last wave before, with what its file asked where it is loaded."""
    earlier = [name for name, one in project.waves[survey].items() if one.year < year]
    if not earlier:
        return None
    loaded = rounds.loaded(project, survey)
    return loaded.get(earlier[-1]) or Round(project.surveys[survey], project.waves[survey][earlier[-1]])


def _delivery(project: Project, files: Sequence[Path], rows: Sequence[int], previous: Wave | None) -> Delivery:
    """Return how to read the files: as the wave before was written, joined on the key it had."""
    names = [file.resolve().relative_to(project.folder).as_posix() for file in files]
    counts = dict(zip(names, rows, strict=False))
    joined = previous.delivery.join if previous else []
    key = joined[0].key if joined else previous.design.respondent if previous else ""
    if len(names) > 1 and not key:
        key = _shared_key(project, names, counts)
    parts = [Part(file=name, key=key, rows=counts.get(name)) for name in names[1:]]
    one = Delivery(file=names[0], rows=counts.get(names[0]), join=parts)
    if previous is None:
        return one
    return one.model_copy(
        update=previous.delivery.model_dump(include={"sheet", "header_row", "letters"}) | {"csv": previous.delivery.csv}
    )


def _shared_key(project: Project, names: Sequence[str], counts: Mapping[str, int]) -> str:
    """Return the one column that several files have in common."""
    columns = [
        readers.read(project.folder / name, Delivery(file=name, rows=counts.get(name))).rows.columns for name in names
    ]
    shared = [name for name in columns[0] if all(name in others for others in columns[1:])]
    if len(shared) != 1:
        found = f"they share {', '.join(shared) or 'no column'}"
        raise DataError(f"cannot tell what to join on: {found}", where=", ".join(names))
    return shared[0]
