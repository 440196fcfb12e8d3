"""What becomes of loaded data: erased or, what people wrote, read. The order of these works, as in `pipeline`.

Erasing is one change of the store's pointer, with all else before or after it, so that a kill at any moment leaves the
wave in force or gone, and the same command completes what was interrupted.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from tryghed.definitions.project import Project
from tryghed.errors import StoreError, UsageError, all_at_once
from tryghed.intake.delivered import FILES
from tryghed.intake.privacy import masked
from tryghed.intake.pseudonyms import key_file
from tryghed.store import audit, backup, erasure, free_text, generations, warehouse
from tryghed.store.erasure import Tombstone, Wave

#: What was decided about the duty to offer research data to the archives before they are destroyed (Arkivloven).
Archive = Literal["delivered", "offered", "not-required"]

#: Whether the files the wave was loaded from are deleted too.
Deliveries = Literal["keep", "delete"]

#: For how long a reader may be at work, whose files lie in the folder for temporary files.
_HOUR = 3600.0


@dataclass(frozen=True)
class Going:
    """What erasing a wave takes away, and what of it is out of reach.

    Attributes:
        wave: Survey and wave.
        rows: Respondents in the current generation.
        generations: Files of the store that hold the wave.
        backups: Backups that hold it.
        deliveries: Files it is loaded from that are there.
        shared: Those of them that other waves are loaded from too: they are never deleted.
        texts: What people wrote in their own words.
        key: The key of its pseudonyms, where there is one and no other wave of a panel has the same.
        leftovers: What killed readers left in the folder for temporary files.
        unreachable: Backups that are not where they were put, or that cannot be read.
    """

    wave: Wave
    rows: int
    generations: tuple[Path, ...]
    backups: tuple[Path, ...]
    deliveries: tuple[Path, ...]
    shared: tuple[Path, ...]
    texts: tuple[Path, ...]
    key: tuple[Path, ...]
    leftovers: tuple[Path, ...]
    unreachable: tuple[Path, ...]


@dataclass(frozen=True)
class Gone:
    """What was erased, the generation now in force, and store files that have a second name somewhere else."""

    going: Going
    generation: int
    deleted: tuple[Path, ...]
    linked: tuple[Path, ...]


def going(project: Project, survey: str, wave: str) -> Going:
    """Return what erasing a wave would take away; nothing is touched.

    Raises:
        UsageError: There is no such wave in the project, or nothing of it is stored.
        StoreError: The audit log, which tells where backups are, is damaged.
    """
    project.wave(survey, wave)
    folder, one = project.folder, (survey, wave)
    there, unreachable = backup.managed(folder)
    holding: list[Path] = []
    for place in there:
        try:
            holding += [place] if backup.manifest_of(place).holds(one) else []
        except StoreError:
            unreachable.append(place)
    deliveries = [path for path in _delivered(project, one) if path.exists()]
    others = _waves(project) - warehouse.erased(folder).keys() - {one}
    elsewhere = {path for other in others for path in _delivered(project, other)}
    found = Going(
        one,
        rows=erasure.respondents(folder, one),
        generations=tuple(generation.path for generation in erasure.holding(folder, one)),
        backups=tuple(holding),
        deliveries=tuple(deliveries),
        shared=tuple(path for path in deliveries if path in elsewhere),
        texts=_texts(folder, one),
        key=_key(project, one),
        leftovers=tuple(_leftovers()),
        unreachable=tuple(unreachable),
    )
    if not found.generations and not found.backups and one not in warehouse.erased(folder):
        raise UsageError(f"{survey}/{wave} is not in the store", where=str(folder), hint="nothing was erased")
    return found


def erase(project: Project, survey: str, wave: str, *, because: str, archive: Archive, deliveries: Deliveries) -> Gone:
    """Erase a wave from the store, its backups, its key and, where that is wanted, the files it came from.

    The definition stays, and so do released numbers and the ledger of releases.

    Args:
        project: The project.
        survey: The survey.
        wave: The wave.
        because: Why; kept in the audit log and the store.
        archive: What was decided about the archives.
        deliveries: Whether delivered files are deleted.

    Raises:
        UsageError: Nothing of the wave is stored.
        StoreError: The store cannot be written, or backups or files beside it; all are listed. The same command
            goes on from there.
    """
    about = going(project, survey, wave)
    stone = Tombstone(because, archive)
    what = f"archive {archive}, deliveries {deliveries}"
    _note(project, about, "begun", because, what)
    done = erasure.erase(project.folder, about.wave, stone)
    deleted = [path for path in about.deliveries if deliveries == "delete" and path not in about.shared]
    with generations.writing(project.folder):
        left = [
            *backup.forget(project.folder, about.wave, stone),
            *_removed((*deleted, *about.texts, *about.key, *about.leftovers)),
        ]
    _note(project, about, "incomplete" if left else "done", because, what)
    all_at_once(StoreError, left)
    return Gone(about, done.generation.number, tuple(deleted), done.linked)


def texts(project: Project, survey: str, wave: str, *, because: str, questions: Sequence[str] = ()) -> pl.DataFrame:
    """Return what people wrote in a wave: `question` and `text`, masked. That they were read is in the audit log first.

    Args:
        project: The project.
        survey: The survey.
        wave: The wave.
        because: What they are read for; kept in the audit log.
        questions: Only these, by the names of the definition's `free_text`; all of them when empty.

    Raises:
        UsageError: There is no such wave or question, or nothing is kept of it.
        StoreError: Whoever asks may not read it (that is in the audit log too), or it is damaged.
    """
    defined = project.wave(survey, wave)
    unknown = [one for one in questions if one not in defined.free_text]
    if unknown:
        known = ", ".join(defined.free_text) or "none"
        raise UsageError(f"no free text {', '.join(unknown)} in {survey}/{wave}", hint=f"questions: {known}")
    about = ", ".join(questions) or "all questions"
    try:
        rows = free_text.read(project.folder, survey, wave)
    except StoreError:
        audit.record(
            project.folder, "texts", outcome="refused", survey=survey, wave=wave, because=because, target=about
        )
        raise
    rows = rows.filter(pl.col("question").is_in(questions)) if questions else rows
    audit.record(
        project.folder, "texts", outcome="read", survey=survey, wave=wave, rows=rows.height, because=because,
        target=about,
    )  # fmt: skip
    return rows.with_columns(masked(rows["text"]).text.alias("text"))


def _removed(paths: Sequence[Path]) -> Iterator[StoreError]:
    """Delete files, and folders of files, and yield what could not be."""
    for path in paths:
        try:
            for one in path.iterdir() if path.is_dir() else ():
                one.unlink()
            path.rmdir() if path.is_dir() else path.unlink()
        except OSError as error:
            yield StoreError(f"could not be deleted: {error.strerror}", where=str(path), hint=erasure.AGAIN)


def _note(project: Project, about: Going, outcome: str, because: str, what: str) -> None:
    survey, wave = about.wave
    audit.record(
        project.folder, "erase", outcome=outcome, survey=survey, wave=wave, rows=about.rows, because=because,
        target=what,
    )  # fmt: skip


def _waves(project: Project) -> set[Wave]:
    return {(survey, wave) for survey, waves in project.waves.items() for wave in waves}


def _delivered(project: Project, wave: Wave) -> list[Path]:
    defined = project.waves[wave[0]][wave[1]]
    invited = defined.fieldwork.invited_by
    names = [defined.delivery.file, *(part.file for part in defined.delivery.join)]
    names += [invited] if isinstance(invited, str) and invited else []
    return [(project.folder / name).resolve() for name in names]


def _texts(folder: Path, wave: Wave) -> tuple[Path, ...]:
    store = folder / "store"
    return tuple(path for path in store.glob("free-text/*") if backup.is_text_of(str(path.relative_to(store)), wave))


def _key(project: Project, wave: Wave) -> tuple[Path, ...]:
    """Return the key of a wave's pseudonyms, unless another loaded wave of a panel has the same."""
    files = {one: key_file(project.folder, project.waves[one[0]][one[1]]) for one in _waves(project)}
    loaded = warehouse.loaded(project.folder).keys() - {wave}
    shared = files[wave] in {path for one, path in files.items() if one in loaded}
    return (files[wave],) if files[wave].exists() and not shared else ()


def _leftovers() -> Iterator[Path]:
    """Yield the folders that killed readers of ours left behind: answers are in them."""
    old = time.time() - _HOUR
    for path in Path(tempfile.gettempdir()).glob("tryghed-*"):
        if path.is_dir() and not path.is_symlink():
            there = path.stat()
            names = {one.name for one in path.iterdir()}
            if there.st_uid == os.getuid() and there.st_mtime < old and names and names <= FILES:
                yield path
