"""Generations of the store file, and the one way to make the next.

    store/current               names the generation to read, replaced in one rename
    store/gen-000123.duckdb     a generation; never written again once it has this name
    store/lock                  who writes, or wrote last: process id and host; the lock is on the folder itself

Whoever writes makes a new file, and moves the pointer when it is whole and on the disk. A crash at any moment leaves
the generation that was current before; readers are never blocked.
"""

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tryghed.errors import StoreError
from tryghed.store import disk

#: Generations kept, the current one included.
KEPT = 3


@dataclass(frozen=True)
class Generation:
    """One published state of the store."""

    number: int
    path: Path


def current(folder: Path) -> Generation | None:
    """Return the generation to read, None before the first import.

    Raises:
        StoreError: The pointer is damaged or names a file that is gone.
    """
    pointer = folder / "store" / "current"
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise StoreError("the pointer is damaged", where=str(pointer), hint=_EARLIER) from None
    number = name.removeprefix("gen-").removesuffix(".duckdb")
    if not number.isdigit():
        raise StoreError(f"the pointer holds {name[:40]!r}, not a generation", where=str(pointer), hint=_EARLIER)
    return Generation(int(number), folder / "store" / name)


_EARLIER = "restore a backup with tryghed restore, or write the name of the newest store/gen-….duckdb into it"


def required(folder: Path) -> Generation:
    """Return the generation to read.

    Raises:
        StoreError: Nothing has been imported yet.
    """
    generation = current(folder)
    if generation is None:
        raise StoreError("the store is empty", where=str(folder / "store"), hint="load a wave with tryghed ingest")
    return generation


def all_of(folder: Path) -> list[Generation]:
    """Return every generation whose file is there, the oldest first."""
    found = [_numbered(path) for path in (folder / "store").glob("gen-*.duckdb")]
    return sorted((one for one in found if one is not None), key=lambda one: one.number)


def latest(folder: Path) -> Generation | None:
    """Return the current generation, or the newest there is where the pointer is damaged or leads nowhere."""
    there = all_of(folder)
    try:
        generation = current(folder)
    except StoreError:
        generation = None
    return generation if generation in there else (there[-1] if there else None)


@contextmanager
def writing(folder: Path, *, damaged: bool = False) -> Iterator[Path]:
    """Hold the store for writing: the lock is ours, new files are for the owner only, what crashes left is gone.

    Args:
        folder: The project folder.
        damaged: Go on where the pointer is damaged: somebody has come to mend it.

    Yields:
        The store's real folder: links to it lead to one lock.

    Raises:
        StoreError: Another process writes, the folder cannot be written, or lies on a network file system.
    """
    store = (folder / "store").resolve()
    disk.require_local(store)
    with private(), _lock(store):
        _sweep(store, latest(folder) if damaged else current(folder))
        yield store


def advance(store: Path, before: Generation | None, build: Callable[[Path], None]) -> Generation:
    """Make the next generation: `build` writes the file it is given, then the pointer moves to it.

    Args:
        store: As `writing` yields it.
        before: The current generation.
        build: Writes and verifies a new file; what it raises leaves everything as it was.
    """
    number = 1 if before is None else before.number + 1
    temporary = store / f"gen-{number:06}.tmp"
    try:
        build(temporary)
        return _point(store, temporary, number)
    finally:
        for path in (temporary, temporary.with_name(temporary.name + ".wal")):
            path.unlink(missing_ok=True)


def retire(store: Path, number: int) -> None:
    """Remove the generations that are more than `KEPT` behind."""
    for path in store.glob("gen-*.duckdb"):
        known = _numbered(path)
        if known is not None and known.number <= number - KEPT:
            path.unlink(missing_ok=True)


@contextmanager
def private() -> Iterator[None]:
    """Make files for the owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _lock(store: Path) -> Iterator[None]:
    """Let one writer at a time in; the lock ends with its process, however that ends."""
    try:
        new = not store.exists()
        store.mkdir(parents=True, exist_ok=True)
        store.chmod(0o700)
        if new:
            disk.sync(store.parent)
        handle = _taken(store)
    except OSError as error:
        hint = "make room or rights; what was published before is unchanged"
        raise StoreError(f"cannot be written: {error.strerror}", where=str(store), hint=hint) from None
    try:
        yield
    finally:
        os.close(handle)


def _taken(store: Path) -> int:
    """Return the opened folder, locked; the file `lock` in it says by whom."""
    handle = os.open(store, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (store / "lock").write_text(f"PID {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
    except BlockingIOError:
        os.close(handle)
        raise StoreError(
            f"another command is writing it ({_holder(store)})",
            where=str(store), hint="wait for it to end and try again",
        ) from None  # fmt: skip
    except OSError:
        os.close(handle)
        raise
    return handle


def _holder(store: Path) -> str:
    try:
        return (store / "lock").read_text(encoding="utf-8", errors="replace")[:200] or "just started"
    except OSError:
        return "just started"


def _sweep(store: Path, before: Generation | None) -> None:
    """Remove what an interrupted writer left: temporary files, and generations the pointer never came to."""
    last = before.number if before else 0
    for path in store.glob("gen-*"):
        known = _numbered(path)
        if known is None or known.number > last:
            path.unlink()
        else:
            path.chmod(0o600)  # a copy made by hand may be open to all
    (store / "current.tmp").unlink(missing_ok=True)


def _numbered(path: Path) -> Generation | None:
    number = path.name.removeprefix("gen-").removesuffix(".duckdb")
    return Generation(int(number), path) if number.isdigit() and path.suffix == ".duckdb" else None


def _point(store: Path, temporary: Path, number: int) -> Generation:
    """Give the finished file its name and make it current, each step on disk before the next."""
    path = temporary.with_suffix(".duckdb")
    disk.sync(temporary)
    temporary.rename(path)
    disk.sync(store)
    pointer = store / "current.tmp"
    pointer.write_text(path.name + "\n", encoding="ascii")
    disk.sync(pointer)
    pointer.rename(store / "current")
    disk.sync(store)
    return Generation(number, path)
