"""Backups of the store: one folder each, whole or not there, and the way back.

    TARGET/tryghed-PROJECT-20261126T031500Z/
        manifest.json     what is in it: generation, waves, and every file with its size and SHA-256; written last
        store.duckdb      the current generation, checkpointed and verified
        audit.jsonl       the audit log as it was
        free-text/…       what people wrote in their own words
        releases/…        what was released

Keys are not in it: whoever has the rows and the key can tell who answered what. They are kept elsewhere.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from tryghed import __version__
from tryghed.errors import StoreError
from tryghed.store import audit, content, disk, erasure, generations, warehouse
from tryghed.store.erasure import Tombstone, Wave
from tryghed.store.generations import Generation

MANIFEST = "manifest.json"

#: Folders that go into a backup under their last name, and are put back only where files are missing.
KEPT = ("store/free-text", "releases")

_FORMAT = 1
_PART = ".part-"
_HALF = "it is not a whole backup; take another"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `waves` are "survey/wave" with revision and checksum; `files` size and SHA-256 by path."""

    format: int
    software: str
    made_at: str
    generation: int
    store: str
    waves: dict[str, dict[str, str | int]]
    files: dict[str, dict[str, str | int]]

    def holds(self, wave: Wave) -> bool:
        """Whether the backup has answers of a wave."""
        return "/".join(wave) in self.waves


@dataclass(frozen=True)
class Backup:
    """A finished backup, and the SHA-256 of its manifest."""

    folder: Path
    manifest: Manifest
    sha256: str


def make(folder: Path, target: Path) -> Backup:
    """Copy the current generation, verified, with the audit log and the releases, to a new folder in `target`.

    Raises:
        StoreError: The store is empty or damaged, `target` cannot be written or is full, or the copy is not what was
            copied. No backup is left behind then.
    """
    warehouse.readable(folder)
    with generations.writing(folder):
        generation = generations.required(folder)
        warehouse.verify(generation)
        moment = datetime.now(UTC)
        place = target.resolve() / f"{_prefix(folder)}{moment:%Y%m%dT%H%M%SZ}"
        part = place.with_name(f"{_PART}{place.name}")
        try:
            sweep(target, folder)
            audit.record(folder, "backup", outcome="begun", target=str(place))
            part.mkdir(parents=True)
            size = sum(path.stat().st_size for _, path in _sources(folder, generation))
            disk.require_space(part, size, kept="no backup was made")
            for name, path in _sources(folder, generation):
                copy(path, part / name)
            content.examine(part / "store.duckdb")
            manifest = Manifest(
                _FORMAT, __version__, f"{moment:%Y-%m-%dT%H:%M:%SZ}", generation.number, "store.duckdb",
                _waves(folder), _files(part),
            )  # fmt: skip
            checksum = _write(part, manifest)
            part.rename(place)
            disk.sync(place.parent)
            audit.record(folder, "backup", sha256=checksum, target=str(place))
        except OSError as error:
            raise StoreError(f"no backup was made: {error.strerror}", where=str(error.filename or target)) from None
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return Backup(place, manifest, checksum)


def find(source: Path) -> Path:
    """Return the backup meant by a folder: itself, or the newest whole one in it.

    Raises:
        StoreError: There is none, or they are of several projects.
    """
    if (source / MANIFEST).exists():
        return source
    there = sorted(path.parent for path in source.glob(f"tryghed-*/{MANIFEST}"))
    if not there:
        hint = "name a folder that tryghed backup has made; one without manifest.json is not whole"
        raise StoreError("no backup there", where=str(source), hint=hint)
    if len({path.name.rpartition("-")[0] for path in there}) > 1:
        hint = f"name one of them, such as {there[-1]}"
        raise StoreError("holds backups of several projects", where=str(source), hint=hint)
    return there[-1]


def read(place: Path) -> Manifest:
    """Return the manifest of a backup whose files are all what it says they are.

    Raises:
        StoreError: The manifest cannot be read, or files are missing or different; all are listed.
    """
    manifest = manifest_of(place)
    wrong = [
        f"{name} is {'missing' if not (place / name).is_file() else 'not what was copied'}"
        for name, about in manifest.files.items()
        if not (place / name).is_file() or _about(place / name) != about
    ]
    if wrong:
        raise StoreError("; ".join(wrong), where=str(place), hint=_HALF)
    return manifest


def manifest_of(place: Path) -> Manifest:
    """Return the manifest of a backup, its files unseen.

    Raises:
        StoreError: It cannot be read, or is of a later version.
    """
    try:
        parts = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        sealed = parts.pop("sha256")
        manifest = Manifest(**parts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StoreError("the manifest cannot be read", where=str(place / MANIFEST), hint=_HALF) from None
    if manifest.format > _FORMAT:
        hint = f"made by tryghed {manifest.software}: install that version"
        raise StoreError(f"is of format {manifest.format}, this knows {_FORMAT}", where=str(place), hint=hint)
    if sealed != _seal(manifest):
        raise StoreError("the manifest was changed", where=str(place / MANIFEST), hint=_HALF)
    return manifest


def managed(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the backups of this project that are where they were put, and those that are not.

    Raises:
        StoreError: The audit log, which tells where they were put, is damaged.
    """
    made = [one for one in audit.read(folder) if one.command == "backup"]
    there = [path for path in dict.fromkeys(Path(one.target) for one in made) if (path / MANIFEST).exists()]
    done = dict.fromkeys(Path(one.target) for one in made if one.outcome == "done")
    return there, [path for path in done if path not in there]


def forget(folder: Path, wave: Wave, stone: Tombstone) -> list[StoreError]:
    """Erase a wave from every backup that can be reached, and remove what interrupted backups left beside them.

    Returns:
        What could not be done.

    Raises:
        StoreError: The audit log, which tells where backups were put, is damaged.
    """
    problems: list[StoreError] = []
    for target in dict.fromkeys(Path(one.target).parent for one in audit.read(folder) if one.command == "backup"):
        sweep(target, folder)
    for place in managed(folder)[0]:
        try:
            drop(place, wave, stone)
        except StoreError as problem:
            problems.append(problem)
    return problems


def sweep(target: Path, folder: Path) -> None:
    """Remove what interrupted backups of a project left in a folder of backups; its store must be held."""
    for path in target.glob(f"{_PART}{_prefix(folder)}*"):
        shutil.rmtree(path, ignore_errors=True)


def _prefix(folder: Path) -> str:
    """Return what the names of a project's backups begin with: several projects may share a folder for them."""
    return f"tryghed-{folder.resolve().name}-"


def drop(place: Path, wave: Wave, stone: Tombstone) -> None:
    """Write a backup's store anew without a wave, and remove whatever the manifest does not name.

    The manifest is replaced in one rename between the two: a kill leaves a whole backup, and doing it again completes.

    Raises:
        StoreError: The backup is not whole, or cannot be written.
    """
    manifest = read(place)
    try:
        with generations.private():
            if manifest.holds(wave):
                manifest = _rewritten(place, manifest, wave, stone)
            for path in (path for path in place.rglob("*") if path.is_file()):
                name = path.relative_to(place).as_posix()
                if name != MANIFEST and name not in manifest.files:
                    path.unlink()
            disk.sync(place)
    except (OSError, duckdb.Error) as error:
        raise StoreError(f"still holds {'/'.join(wave)}: {error}", where=str(place), hint=erasure.AGAIN) from None


def _rewritten(place: Path, manifest: Manifest, wave: Wave, stone: Tombstone) -> Manifest:
    new = f"store-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.duckdb"
    erasure.without(place / new, place / manifest.store, {wave: stone})
    disk.sync(place / new)
    files = {
        name: about for name, about in manifest.files.items() if name != manifest.store and not is_text_of(name, wave)
    }
    waves = {name: about for name, about in manifest.waves.items() if name != "/".join(wave)}
    changed = replace(manifest, store=new, waves=waves, files=files | {new: _about(place / new)})
    _write(place, changed)
    return changed


def place_of(folder: Path, name: str) -> Path:
    """Return where in a project a file of a backup belongs."""
    if name == audit.NAME:
        return folder / "store" / name
    return next(folder / one / Path(*Path(name).parts[1:]) for one in KEPT if name.startswith(f"{Path(one).name}/"))


def is_text_of(name: str, wave: Wave) -> bool:
    """Whether a file of a backup, or one in `store/`, is what people wrote in a wave."""
    return fnmatch(name, f"free-text/*{wave[0]}-{wave[1]}.parquet*")


def _sources(folder: Path, generation: Generation) -> list[tuple[str, Path]]:
    """Return what goes into a backup, by its name there."""
    log = folder / "store" / audit.NAME
    kept = [(name, path) for name in KEPT for path in sorted((folder / name).rglob("*")) if path.is_file()]
    return [
        ("store.duckdb", generation.path),
        *([(audit.NAME, log)] if log.exists() else []),
        *((path.relative_to((folder / name).parent).as_posix(), path) for name, path in kept),
    ]


def copy(source: Path, target: Path) -> None:
    """Copy a file, and have the copy on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    disk.sync(target)
    disk.sync(target.parent)


def _waves(folder: Path) -> dict[str, dict[str, str | int]]:
    return {
        "/".join(wave): {"revision": one.revision.number, "sha256": one.sha256}
        for wave, one in warehouse.loaded(folder).items()
    }


def _files(place: Path) -> dict[str, dict[str, str | int]]:
    paths = (path for path in sorted(place.rglob("*")) if path.is_file())
    return {path.relative_to(place).as_posix(): _about(path) for path in paths}


def _about(path: Path) -> dict[str, str | int]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _seal(manifest: Manifest) -> str:
    return hashlib.sha256(json.dumps(asdict(manifest), sort_keys=True).encode()).hexdigest()


def _write(place: Path, manifest: Manifest) -> str:
    """Write the manifest in one rename, and return its seal."""
    temporary = place / f"{MANIFEST}.tmp"
    temporary.write_text(json.dumps(asdict(manifest) | {"sha256": _seal(manifest)}, indent=1), encoding="utf-8")
    disk.sync(temporary)
    temporary.rename(place / MANIFEST)
    disk.sync(place)
    return _seal(manifest)
