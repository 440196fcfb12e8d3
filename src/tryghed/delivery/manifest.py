"""Remembers what each file in `out/WAVE/` was made from, so that only what has changed is made again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tryghed.errors import DeliveryError

_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: the fingerprint of what it was made from, and its own checksum."""

    inputs: str
    sha256: str


def read(folder: Path) -> dict[str, Entry]:
    """Return the entries of a folder's manifest by file name; none where there is no manifest.

    Raises:
        DeliveryError: The manifest cannot be read.
    """
    path = folder / _NAME
    if not path.exists():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {name: Entry(**entry) for name, entry in files.items()}
    except (ValueError, KeyError, TypeError):
        raise DeliveryError(
            "not a manifest", where=str(path), hint="delete it; the reports are then made anew"
        ) from None


def write(folder: Path, entries: dict[str, Entry]) -> None:
    """Write the manifest in one step.

    Raises:
        DeliveryError: The disk refuses.
    """
    text = json.dumps(
        {"files": {name: asdict(entries[name]) for name in sorted(entries)}}, indent=2, ensure_ascii=False
    )
    part = folder / f".{_NAME}.part"
    try:
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(folder / _NAME)
    except OSError as error:
        raise DeliveryError(f"cannot be written: {error.strerror}", where=str(folder / _NAME)) from None
    finally:
        part.unlink(missing_ok=True)


def is_current(path: Path, inputs: str, entries: dict[str, Entry]) -> bool:
    """Return whether a file is there, unchanged, and made from `inputs`."""
    entry = entries.get(path.name)
    return entry is not None and entry.inputs == inputs and path.exists() and checksum(path) == entry.sha256


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(parts: Iterable[str | bytes]) -> str:
    """Return one checksum of several texts or contents, in order."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()
