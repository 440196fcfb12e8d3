"""Publishes waves: every import makes a new generation of the store (`generations.py`).

A wave is loaded from one file. The same file again changes nothing, a changed definition reads the same file anew, and
another file is a revision, which somebody has to want and give a reason for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tryghed.errors import DataError, StoreError
from tryghed.frames import Accepted
from tryghed.store import content, disk, generations, layout, loading, sandbox
from tryghed.store.generations import Generation, current, required
from tryghed.store.loading import Revision

__all__ = ["Generation", "current", "erased", "loaded", "publish", "readable", "required", "unverified", "verify"]

_UNTOUCHED = "what was loaded before is untouched"


@dataclass(frozen=True)
class Loaded:
    """What is loaded of a wave: checksums of delivery and definition, the file's name, and which revision it is.

    `verified` says that the definition had the file's checksum and its number of rows.
    """

    sha256: str
    definition_sha256: str
    file: str
    verified: bool
    revision: Revision


@dataclass(frozen=True)
class State:
    """What a generation says of its waves: those loaded, and the day (YYYY-MM-DD) others were erased."""

    loaded: Mapping[tuple[str, str], Loaded]
    erased: Mapping[tuple[str, str], str]


def state(folder: Path) -> State:
    """Return what the current generation says of its waves; nothing before the first import.

    Raises:
        StoreError: It cannot be read, or a newer version of the software has written it.
    """
    generation = current(folder)
    return State({}, {}) if generation is None else _state(generation.path)


def loaded(folder: Path) -> Mapping[tuple[str, str], Loaded]:
    """Return what is loaded of every (survey, wave)."""
    return state(folder).loaded


def erased(folder: Path) -> Mapping[tuple[str, str], str]:
    """Return the (survey, wave) pairs that were erased and not loaded again since, with the day (YYYY-MM-DD)."""
    return state(folder).erased


def expect_not_erased(gone: Mapping[tuple[str, str], str], survey: str, wave: str, *, again: str = "") -> None:
    """Refuse a wave that was erased, unless there is a reason to load it again.

    Raises:
        DataError: It is among those `erased`, and `again` is empty.
    """
    if (survey, wave) in gone and not again:
        name = f"{survey}/{wave}"
        raise DataError(
            f"was erased on {gone[survey, wave]}", where=name,
            hint=f'if it may be loaded again: tryghed ingest {name} --again --because "who allows it, and why"',
        )  # fmt: skip


def unverified(folder: Path) -> set[tuple[str, str]]:
    """Return every loaded (survey, wave) whose delivery nobody has confirmed: checksum or rows were not declared."""
    return {wave for wave, one in loaded(folder).items() if not one.verified}


def publish(folder: Path, accepted: Accepted, *, because: str = "", again: str = "") -> tuple[Generation, bool]:
    """Put one wave into the store, replacing what was loaded of it before.

    Args:
        folder: The project folder.
        accepted: The wave.
        because: Why another file replaces the one that is loaded; without a reason that is refused.
        again: Why a wave that was erased is loaded again; without a reason that is refused.

    Returns:
        The current generation, and whether it is new: False when the same file with the same definition was
        loaded already.

    Raises:
        DataError: The wave is loaded from another file and `because` is empty, or it was erased.
        StoreError: Another command writes, the disk is full, or the file does not verify. What was current still is.
    """
    loading.refuse_unusable(accepted)
    wave = (accepted.survey, accepted.wave)
    with generations.writing(folder) as store:
        before, there = current(folder), state(folder)
        known = there.loaded.get(wave)
        same = known is not None and known.sha256 == accepted.source.sha256
        if before is not None and known is not None and same and known.definition_sha256 == accepted.definition_sha256:
            return before, False
        expect_not_erased(there.erased, *wave, again=again)
        revision = _revision(known, accepted, because)
        old = before.path if before else None
        try:
            disk.require_space(store, 3 * (old.stat().st_size if old else 0) + loading.size(accepted))
            generation = generations.advance(
                store, before, lambda target: loading.write(target, old, accepted, revision)
            )
        except (OSError, duckdb.Error) as error:
            raise StoreError(
                f"could not publish {accepted.survey} {accepted.wave}: {error}; {_UNTOUCHED}", where=str(store)
            ) from None
        generations.retire(store, generation.number)
    return generation, True


def readable(folder: Path) -> Generation:
    """Return the generation to read, brought up to this software's layout where an earlier one has written it.

    Raises:
        StoreError: Nothing has been imported yet, or the file is older and cannot be brought up now.
    """
    generation = required(folder)
    return generation if layout.is_current(generation.path) else _brought_up(folder)


def verify(generation: Generation) -> content.Content:
    """Read every value of a generation and hold it against what was recorded when it was made.

    Raises:
        StoreError: The file is damaged.
    """
    return content.examine(generation.path)


def _brought_up(folder: Path) -> Generation:
    with generations.writing(folder) as store:
        before = required(folder)
        if layout.is_current(before.path):  # somebody was faster
            return before
        try:
            disk.require_space(store, 3 * before.path.stat().st_size)
            generation = generations.advance(store, before, lambda target: _copy_up(target, before.path))
        except (OSError, duckdb.Error) as error:
            raise StoreError(
                f"is of an earlier version and could not be brought up: {error}; {_UNTOUCHED}", where=str(store)
            ) from None
        generations.retire(store, generation.number)
    return generation


def _copy_up(target: Path, before: Path) -> None:
    loading.change(target, before, lambda _: None)
    content.examine(target)


def _revision(known: Loaded | None, accepted: Accepted, because: str) -> Revision:
    if known is None:
        return Revision()
    if known.sha256 == accepted.source.sha256:
        return known.revision
    wave = f"{accepted.survey}/{accepted.wave}"
    if not because:
        raise DataError(
            f"is not the file that is loaded: its SHA-256 is {accepted.source.sha256[:12]}…, that of the loaded "
            f"{known.file} is {known.sha256[:12]}…",
            where=f"{wave} ({accepted.source.file})",
            hint=f'if it is to replace it: tryghed ingest {wave} --revision --because "what changed, and who says so"',
        )
    return Revision(known.revision.number + 1, because)


def _state(path: Path) -> State:
    connection = sandbox.connect(path)
    try:
        first = layout.known(connection, "store", path) == 1
        deliveries = connection.execute(_DELIVERIES_OF_LAYOUT_1 if first else _DELIVERIES).fetchall()
        erasures = [] if first else connection.execute(_ERASURES).fetchall()
    except duckdb.Error as error:
        raise StoreError(f"damaged: {error}", where=str(path), hint="tryghed doctor examines the store") from None
    finally:
        connection.close()
    return State(
        {
            (survey, wave): Loaded(sha256, definition, file, verified, Revision(number, because))
            for survey, wave, sha256, definition, file, verified, number, because in deliveries
        },
        {(survey, wave): day for survey, wave, day in erasures},
    )


_DELIVERIES = """
    select survey, wave, sha256, definition_sha256, file, verified, revision, because from delivery order by all
"""
_DELIVERIES_OF_LAYOUT_1 = """
    select survey, wave, sha256, definition_sha256, file, verified, 1, '' from delivery order by all
"""
_ERASURES = "select survey, wave, erased_at::date::varchar from erasure"
