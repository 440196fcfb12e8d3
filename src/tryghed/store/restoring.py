"""The way back from a backup: its store becomes the next generation, once every byte of it has been verified."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tryghed.errors import StoreError
from tryghed.store import audit, backup, content, disk, erasure, generations, layout, loading, warehouse
from tryghed.store.backup import Manifest
from tryghed.store.erasure import Tombstone, Wave
from tryghed.store.generations import Generation


@dataclass(frozen=True)
class Restored:
    """The generation now in force, the backup it came from, and the waves left out because they were erased."""

    generation: Generation
    manifest: Manifest
    left_out: tuple[str, ...]


def restore(folder: Path, place: Path, *, replace: bool = False) -> Restored:
    """Make a verified backup the next generation. What is recorded and released stays, and what was erased stays so.

    The audit log and the releases are put back only where they are missing. Waves that have been erased since the
    backup was made are left out.

    Args:
        folder: The project folder.
        place: A backup.
        replace: The store may hold what the backup lacks.

    Raises:
        StoreError: The backup is not whole, the store holds what it lacks (all is listed), or the disk is full. What
            was in force still is.
    """
    manifest = backup.read(place)
    with generations.writing(folder, damaged=True) as store:
        before = generations.latest(folder)
        if not replace:
            _refuse_loss(folder, before, manifest)
        gone = {wave: stone for wave, stone in _erased(folder).items() if manifest.holds(wave)}
        source = place / manifest.store
        try:
            disk.require_space(store, 3 * source.stat().st_size)
            _put_back(folder, place, manifest, gone)
            generation = generations.advance(store, before, lambda target: _take(target, source, gone))
        except (OSError, duckdb.Error) as error:
            raise StoreError(f"could not restore: {error}; what was in force still is", where=str(place)) from None
        audit.record(folder, "restore", target=str(place), rows=len(manifest.waves) - len(gone))
        generations.retire(store, generation.number)
    return Restored(generation, manifest, tuple("/".join(wave) for wave in gone))


def _refuse_loss(folder: Path, before: Generation | None, manifest: Manifest) -> None:
    try:
        there = warehouse.loaded(folder) if before is not None else {}
    except StoreError:
        return  # what cannot be read cannot be lost
    lost = [
        f"{'/'.join(wave)} (revision {one.revision.number}, loaded from {one.file})"
        for wave, one in there.items()
        if manifest.waves.get("/".join(wave), {}).get("sha256") != one.sha256
    ]
    if lost:
        raise StoreError(
            f"the store holds what the backup of {manifest.made_at} lacks: {'; '.join(lost)}",
            where=str(folder / "store"), hint="give --replace, and load it again afterwards",
        )  # fmt: skip


def _erased(folder: Path) -> dict[Wave, Tombstone]:
    """Return what was erased and not loaded again: the audit log knows it, also where the store cannot be read."""
    found: dict[Wave, Tombstone] = {}
    for one in audit.read(folder):
        if one.command == "erase" and one.outcome != "refused":
            found[one.survey, one.wave] = Tombstone(one.because, one.target)
        elif one.command == "ingest" and one.outcome != "refused":
            found.pop((one.survey, one.wave), None)
    return found


def _take(target: Path, source: Path, gone: Mapping[Wave, Tombstone]) -> None:
    """Write `target` from a backup's store, brought up to this layout, without the waves gone."""
    if gone:
        erasure.without(target, source, gone)
    elif not layout.is_current(source):
        loading.change(target, source, lambda _: None)
    else:
        backup.copy(source, target)
    content.examine(target)


def _put_back(folder: Path, place: Path, manifest: Manifest, gone: Collection[Wave]) -> None:
    """Put the audit log, what people wrote and what was released where they are missing; nothing of waves gone."""
    for name in manifest.files:
        erased = any(backup.is_text_of(name, wave) for wave in gone)
        if name != manifest.store and not erased and not (target := backup.place_of(folder, name)).exists():
            backup.copy(place / name, target)
