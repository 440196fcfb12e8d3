"""The audit log: who did what to the data, and when. It is outside the generations, and lines are only ever added.

    store/audit.jsonl           one JSON object per line, for the owner only

Each entry carries the hash of the one before it, so that a line that was changed or taken out is found. The log holds
no personal data: names of surveys, waves and files, checksums, numbers of rows, and the reasons people gave.
"""

import fcntl
import hashlib
import json
import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tryghed.errors import StoreError
from tryghed.store import disk, generations

#: The file, in the folder of the store.
NAME = "audit.jsonl"

_FIRST = "0" * 64

#: Commands that change what the store holds of a wave.
_CHANGING = ("ingest", "erase")


@dataclass(frozen=True)
class Entry:
    """One act. `number` counts from 1; `at` is UTC; `previous` and `chain` link it to the entry before.

    `outcome` is "done", "begun", "refused" or what else the command has to say in a word; `target` is what the act was
    about beside a wave: a folder, a release.
    """

    number: int
    at: str
    user: str
    command: str
    survey: str
    wave: str
    sha256: str
    rows: int | None
    outcome: str
    because: str
    target: str
    previous: str
    chain: str


def record(
    folder: Path,
    command: str,
    *,
    outcome: str = "done",
    survey: str = "",
    wave: str = "",
    sha256: str = "",
    rows: int | None = None,
    because: str = "",
    target: str = "",
) -> Entry:
    """Add an entry to the project's audit log, and return it once it is on the disk.

    Args:
        folder: The project folder.
        command: What was done: "ingest", "revision", "erase", "backup", "restore", "release build" …
        outcome: How it ended.
        survey: The survey, where the act is about one.
        wave: The wave, where it is about one.
        sha256: Checksum of the file it is about: a delivery, a manifest.
        rows: Rows loaded, erased or released.
        because: The reason that was given. Never anything about a respondent.
        target: What else it is about: a folder, a release.

    Raises:
        StoreError: The log is damaged or cannot be written. Nothing was added.
    """
    store = (folder / "store").resolve()
    try:
        with generations.private(), _held(store) as handle:
            last = _last(_whole(handle, store / NAME), store / NAME)
            entry = _chained(
                Entry(
                    last.number + 1 if last else 1, _now(), account(), command, survey, wave, sha256, rows, outcome,
                    because, target, last.chain if last else _FIRST, "",
                )
            )  # fmt: skip
            _append(handle, json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise StoreError(f"the audit log cannot be written: {error.strerror}", where=str(store / NAME)) from None
    return entry


def read(folder: Path) -> list[Entry]:
    """Return every entry, the oldest first; none before the first.

    Raises:
        StoreError: An entry was changed, taken out or cannot be read; the message says which is the first.
    """
    path = folder / "store" / NAME
    try:
        lines = path.read_bytes().split(b"\n")[:-1]  # what comes after the last line end was never finished
    except FileNotFoundError:
        return []
    found: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line, path, number)
        before = found[-1].chain if found else _FIRST
        if entry.number != number or entry.previous != before or entry != _chained(entry):
            raise StoreError(
                f"entry {number} is not what was written: it, or one before it, was changed or taken out",
                where=str(path), hint="compare it with the copy in a backup",
            )  # fmt: skip
        found.append(entry)
    return found


def knows(folder: Path, survey: str, wave: str, sha256: str) -> bool:
    """Return whether the last that was done to a wave was done with this file.

    Raises:
        StoreError: As `read`.
    """
    about = [
        one for one in read(folder)
        if (one.survey, one.wave) == (survey, wave) and one.command in _CHANGING and one.outcome != "refused"
    ]  # fmt: skip
    return bool(about) and about[-1].sha256 == sha256


def as_rows(entries: Sequence[Entry]) -> pl.DataFrame:
    """Return the entries as a table."""
    kinds: dict[str, type[pl.DataType]] = {
        one.name: pl.Int64 if one.name in ("number", "rows") else pl.String for one in fields(Entry)
    }
    return pl.DataFrame([asdict(entry) for entry in entries], schema=kinds)


def _parsed(line: bytes, path: Path, number: int) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        hint = "compare it with the copy in a backup"
        raise StoreError(f"entry {number} cannot be read", where=str(path), hint=hint) from None


def _chained(entry: Entry) -> Entry:
    """Return the entry with the hash of all its other parts."""
    parts = asdict(entry) | {"chain": ""}
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return Entry(**parts | {"chain": hashlib.sha256(text.encode()).hexdigest()})


@contextmanager
def _held(store: Path) -> Iterator[int]:
    """Open the log for adding; another command that adds at the same time waits for us."""
    store.mkdir(parents=True, exist_ok=True)
    new = not (store / NAME).exists()
    handle = os.open(store / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if new:
            disk.sync(store)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _whole(handle: int, path: Path) -> bytes:
    """Return the finished lines; what is left of one whose writing was interrupted is cut off."""
    content = path.read_bytes()
    finished = content[: content.rfind(b"\n") + 1]
    if len(finished) < len(content):
        os.ftruncate(handle, len(finished))
    return finished


def _last(lines: bytes, path: Path) -> Entry | None:
    parts = lines.split(b"\n")[:-1]
    return _parsed(parts[-1], path, len(parts)) if parts else None


def _append(handle: int, line: bytes) -> None:
    """Write a line whole, or take back what was written of it."""
    before = os.fstat(handle).st_size
    try:
        written = os.write(handle, line)
        if written < len(line):
            os.write(handle, line[written:])
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, before)
        raise


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def account() -> str:
    """Return the name of the account that runs this, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
