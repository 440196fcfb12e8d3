"""Frozen releases: `releases/NAME/`, written in one step, never changed, and refused once it has been edited.

release.json    which wave, edition, software, rules, deliveries; how each wave was measured
cells.json      every share, comparison and place, as shown or with the reason for withholding it
errata.json     in a correction: what it changed, with old and new values
definitions/    a project folder with all that decided the numbers
SHA256SUMS      of every file above; `sha256sum -c SHA256SUMS` checks them without this software

"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

from tryghed import __version__
from tryghed.definitions import project as projects
from tryghed.definitions.project import Project
from tryghed.errors import ReleaseError, UsageError
from tryghed.release import ledger, records
from tryghed.release.fingerprint import fingerprint
from tryghed.release.released import _SEAL, CellKey, Edition, Released
from tryghed.release.sources import Delivered

FOLDER = "releases"
#: Begins the names of folders of what is not finished: numbers that nobody may have yet. `locked` sweeps them.
PART = ".part-"
_FORMAT = 1
_SUMS, _ABOUT, _CELLS, _ERRATA = "SHA256SUMS", "release.json", "cells.json", "errata.json"
_WAVES, _DEFINITIONS = "waves.json", "definitions"
_WITHDRAWN, _NOTE = "withdrawn", "withdrawn.json"


@dataclass(frozen=True)
class Origin:
    """What a release was made from.

    `inputs` is one checksum of all that decides the numbers: `plan`, `definitions`, the deliveries and the software.
    """

    plan: str
    definitions: str
    inputs: str
    generation: int
    deliveries: tuple[Delivered, ...]


@dataclass(frozen=True)
class Entry:
    """A frozen release as `release.json` tells of it."""

    name: str
    survey: str
    wave: str
    number: int
    created: date
    corrects: str
    because: str
    release_id: str
    software: str
    origin: Origin
    folder: Path


@dataclass(frozen=True)
class Withdrawn:
    """A release that was taken back, and when, by which account and why; empty where that was not written down."""

    entry: Entry
    on: str
    by: str
    because: str


def freeze(released: Released, project: Project, edition: Edition, origin: Origin, files: dict[str, bytes]) -> Entry:
    """Write a release to `releases/NAME/` in one step.

    Args:
        released: What the gate let through.
        project: The project.
        edition: Name and number, and what it corrects.
        origin: What it was made from.
        files: The definitions that decided the numbers, by their path in a project folder.

    Raises:
        ReleaseError: There is a release of this name, or the disk refuses.
    """
    place = project.folder / FOLDER
    target = place / edition.name
    if target.exists():
        raise ReleaseError("there is a release of this name", where=str(target), hint="tryghed release list")
    contents = {f"{_DEFINITIONS}/{name}": content for name, content in files.items()}
    contents[_ABOUT] = _about(released, project, edition, origin).encode()
    contents[_CELLS] = records.cells(released).encode()
    contents[_WAVES] = records.comparisons(project.comparisons).encode()
    if edition.corrects or edition.changes:
        contents[_ERRATA] = records.changes(edition.changes).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))
    part: Path | None = None
    before = os.umask(0o077)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        part = Path(mkdtemp(prefix=PART, dir=place))
        for name, content in {**contents, _SUMS: sums.encode()}.items():
            _write(part / name, content)
        _sync(part)
        part.rename(target)
        _sync(place)
    except OSError as error:
        raise ReleaseError(f"cannot be written: {error.strerror}; nothing was", where=str(target)) from None
    finally:
        os.umask(before)
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
    return entry(project.folder, edition.name)


def entries(folder: Path) -> list[Entry]:
    """Return the frozen releases of a project folder, oldest first; withdrawn ones are not among them."""
    place = folder / FOLDER
    names = sorted(path.parent.name for path in place.glob(f"*/{_ABOUT}") if not path.parent.name.startswith("."))
    found = [entry(folder, name) for name in names]
    return sorted(found, key=lambda one: (one.survey, one.wave, one.number))


def newest(folder: Path, survey: str, wave: str) -> Entry | None:
    """Return the newest edition of a wave, None where there is none."""
    editions = [one for one in entries(folder) if (one.survey, one.wave) == (survey, wave)]
    return editions[-1] if editions else None


def entry(folder: Path, name: str) -> Entry:
    """Return what a release's `release.json` tells of it, after making sure that no file of it has changed.

    Raises:
        UsageError: There is no such release; the hint lists those there are.
        ReleaseError: Files are changed, missing or added, all are listed; or the file does not say what it must.
    """
    return _entry(_place(folder, name))


def _entry(path: Path) -> Entry:
    _expect_untouched(path)
    try:
        about = json.loads((path / _ABOUT).read_text(encoding="utf-8"))
        _expect_format(about)
        made = about["made_from"]
        origin = Origin(
            made["plan"], made["definitions"], made["inputs"], made["generation"],
            tuple(Delivered(**one) for one in made["deliveries"]),
        )  # fmt: skip
        return Entry(
            name=about["name"], survey=about["survey"], wave=about["wave"], number=about["edition"],
            created=date.fromisoformat(about["created"]), corrects=about["corrects"], because=about["because"],
            release_id=about["release_id"], software=about["software"], origin=origin, folder=path,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path / _ABOUT, f"not the description of a release ({error})") from None


def identified(folder: Path, release_id: str) -> Entry:
    """Return the frozen release with a fingerprint, the newest where several have it.

    Raises:
        UsageError: There is none.
    """
    found = [one for one in entries(folder) if one.release_id == release_id]
    if not found:
        raise UsageError(f"no frozen release has the fingerprint {release_id}", hint="tryghed release list")
    return found[-1]


def load(folder: Path, name: str) -> Released:
    """Return a frozen release, after making sure that no file of it has changed, nor what the ledger tells of it.

    Raises:
        UsageError: There is no such release.
        ReleaseError: Files are changed, missing or added, all are listed; or its numbers are not those of its
            fingerprint, or the ledger tells others.
    """
    known = entry(folder, name)
    try:
        about = json.loads((known.folder / _ABOUT).read_text(encoding="utf-8"))
        shares, differences, places = records.read_cells((known.folder / _CELLS).read_text(encoding="utf-8"))
        errata = known.folder / _ERRATA
        changes = records.read_changes(errata.read_text(encoding="utf-8")) if errata.exists() else ()
        exemptions = tuple(records.exemption(one) for one in about["exemptions"])
        conflicts = tuple(records.conflict(one) for one in about["conflicts"])
        held = tuple(CellKey(**one) for one in about.get("held", ()))  # releases made before know of none
        facts = {(one["survey"], one["wave"]): records.facts(one) for one in about["waves"]}
        found_id = fingerprint(shares, differences, places, about["rules"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(known.folder, f"not a release this version of the software can read ({error})") from None
    if found_id != known.release_id:
        raise _damaged(known.folder, f"its numbers and rules are those of release {found_id}, not {known.release_id}")
    found = Released(
        seal=_SEAL, survey=known.survey, wave=known.wave, area_set=about["area_set"], release_id=known.release_id,
        synthetic=about["synthetic"], rules_version=about["rules_version"], facts=facts, shares=shares,
        differences=differences, places=places, people={}, secrets=(), conflicts=conflicts,
        edition=Edition(name, known.number, known.created, known.corrects, known.because, changes, exemptions, held),
    )  # fmt: skip
    _expect_told(folder / FOLDER, name, found)
    return found


def _expect_told(folder: Path, name: str, released: Released) -> None:
    """Hold a release against the ledger, where it is in it: checksums are written anew more easily than both."""
    told = {one.cell: (one.share, one.n, one.withheld) for one in ledger.read(folder).of(name)}
    frozen = {
        one.cell: (one.share, one.n, one.withheld) for one in ledger.entries(name, released)
    }  # fmt: skip
    different = sorted(cell for cell in told.keys() | frozen.keys() if told.get(cell) != frozen.get(cell))
    if told and different:
        raise ReleaseError(
            f"{len(different):,} number{' is another' if len(different) == 1 else 's are others'} in the ledger, "
            f"the first: {' '.join(different[0])}",
            where=str(folder / name), hint=f"it or {ledger.NAME} has been edited: restore both from a backup",
        )  # fmt: skip


def checksum(folder: Path, name: str) -> str:
    """Return the checksum of a release with all its files."""
    return hashlib.sha256((folder / FOLDER / name / _SUMS).read_bytes()).hexdigest()


def frozen_project(project: Project, name: str) -> Project:
    """Return a project with the definitions a release was made with; folder, templates and queries stay today's.

    Queries belong to the version of the software that folds their sums; those frozen with a release are for the record.

    Raises:
        ReleaseError: The release has been edited.
    """
    return definitions_of(project, _place(project.folder, name))


def definitions_of(project: Project, place: Path) -> Project:
    """Return a project with the definitions of a release by the folder it lies in, a withdrawn one too."""
    _expect_untouched(place)
    comparisons = records.read_comparisons((place / _WAVES).read_text(encoding="utf-8"))
    return replace(
        projects.load(place / _DEFINITIONS), folder=project.folder, templates=project.templates,
        queries=project.queries, comparisons=comparisons,
    )  # fmt: skip


def withdraw(folder: Path, name: str, because: str, by: str) -> Path:
    """Take a release away that was never handed out; it is kept in `releases/withdrawn/`. Returns where."""
    known = entry(folder, name)
    place = folder / FOLDER / _WITHDRAWN
    target = place / f"{name}-{known.release_id}"
    number = 2
    while target.exists():
        target = place / f"{name}-{known.release_id}-{number}"
        number += 1
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        known.folder.rename(target)
        note = {"withdrawn": today().isoformat(), "by": by, "because": because}
        _write(target / _NOTE, (json.dumps(note, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise ReleaseError(f"cannot be withdrawn: {error.strerror}", where=str(known.folder)) from None
    return target


def withdrawn(folder: Path, release_id: str) -> Withdrawn | None:
    """Return the release with a fingerprint that was taken back, the last where several were; None where one stands.

    Raises:
        ReleaseError: What is kept of it has been edited.
    """
    kept = sorted((folder / FOLDER / _WITHDRAWN).glob(f"*-{release_id}*/{_ABOUT}"))
    if not kept or any(one.release_id == release_id for one in entries(folder)):
        return None
    return sorted((_withdrawn(path.parent) for path in kept), key=lambda one: one.on)[-1]


def _withdrawn(place: Path) -> Withdrawn:
    note = place / _NOTE
    try:
        told = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        return Withdrawn(_entry(place), *(str(told.get(name, "")) for name in ("withdrawn", "by", "because")))
    except (ValueError, AttributeError) as error:
        raise _damaged(note, f"not the note of a withdrawal ({error})") from None


def today() -> date:
    """Return the date that is written into releases: today's in UTC, or that of SOURCE_DATE_EPOCH."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(given), UTC) if given else datetime.now(UTC)).date()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one release at a time be built or withdrawn; the lock ends with its process.

    What a build left that was killed is removed.

    Raises:
        ReleaseError: Another one is at it, or the folder cannot be written.
    """
    place = folder / FOLDER
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(place / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ReleaseError(f"cannot be written: {error.strerror}", where=str(place)) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in place.glob(f"{PART}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    except BlockingIOError:
        raise ReleaseError("another release is being built", where=str(place), hint="wait for it to end") from None
    finally:
        os.close(handle)


def _place(folder: Path, name: str) -> Path:
    """Return the folder of a release that is there."""
    place = folder / FOLDER
    if "/" in name or name.startswith(".") or not (place / name / _ABOUT).is_file():
        known = ", ".join(sorted(one.parent.name for one in place.glob(f"[!.]*/{_ABOUT}"))) or "none yet"
        raise UsageError(f"no release {name!r}", hint=f"releases here: {known}")
    return place / name


def _about(released: Released, project: Project, edition: Edition, origin: Origin) -> str:
    about = {
        "format": _FORMAT,
        "name": edition.name,
        "survey": released.survey,
        "wave": released.wave,
        "edition": edition.number,
        "created": edition.created,
        "corrects": edition.corrects,
        "because": edition.because,
        "release_id": released.release_id,
        "software": __version__,
        "area_set": released.area_set,
        "synthetic": released.synthetic,
        "rules_version": released.rules_version,
        "rules": project.rules.model_dump(mode="json"),
        "made_from": origin,
        "waves": list(released.facts.values()),
        "exemptions": edition.exemptions,
        "held": edition.held,
        "conflicts": released.conflicts,
    }
    return json.dumps(records.plain(about), ensure_ascii=False, indent=2) + "\n"


def _expect_format(about: dict[str, object]) -> None:
    if about["format"] != _FORMAT:
        raise ValueError(f"format {about['format']}, this version reads {_FORMAT}")


def _expect_untouched(folder: Path) -> None:
    """Raise where a file of a release is not what it was."""
    sums = folder / _SUMS
    if not sums.is_file():
        raise _damaged(sums, "the checksums are gone")
    lines = (line.partition("  ") for line in sums.read_text(encoding="utf-8").splitlines())
    told = {name: known for known, _, name in lines}
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    problems = [f"{name} is gone" for name in told if name not in there]
    problems += [
        f"{name} has been changed"
        for name, known in told.items()
        if name in there and hashlib.sha256(there[name].read_bytes()).hexdigest() != known
    ]
    problems += [
        f"{name} has been added" for name in sorted(set(there) - set(told)) if name.startswith(f"{_DEFINITIONS}/")
    ]
    if problems:
        raise _damaged(folder, "; ".join(problems))


def _damaged(place: Path, message: str) -> ReleaseError:
    hint = "a frozen release cannot be edited: restore it from a backup, or correct it with tryghed release build"
    return ReleaseError(message, where=str(place), hint=hint)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
