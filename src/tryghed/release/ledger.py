"""The ledger: every cell that was ever released, as it was shown, so that a new release is checked against all of them.

`releases/ledger.jsonl` has one JSON object per line and cell, oldest release first. It holds released numbers and the
fact that others were withheld, never an answer: `people` is a checksum over the pseudonyms of those the cell is about,
which tells the same people from others and nothing more. Erasing a wave leaves the ledger as it is.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from tryghed.errors import ReleaseError, UsageError
from tryghed.release.released import CellKey, Change, Exemption, Released, Share

NAME = "ledger.jsonl"
#: Key of a line that takes a release back.
_WITHDRAWN = "withdrawn_release"


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of an earlier release.

    Attributes:
        release: Name of the release.
        cell: What the share is of; an area that begins with `rest:` is everybody outside the named area.
        people: Checksum over the pseudonyms of those in the base, empty where it was not known.
        share: Percent as shown, None where it was not.
        n: Answers as shown, None where they were not.
        sensitive: Whether it was shown without decimals and with n to the nearest ten.
        withheld: Why it was not shown (a name of `Withheld`), empty where it was.
        rules: Version of the rules it passed.
        exemption: What people decided about it against the rules, who and why; empty where nobody did.
    """

    release: str
    cell: CellKey
    people: str
    share: float | None
    n: int | None
    sensitive: bool
    withheld: str
    rules: str
    exemption: str = ""


@dataclass(frozen=True)
class Ledger:
    """All earlier releases, oldest first. An empty one is a project that has released nothing."""

    entries: tuple[Entry, ...] = ()

    @property
    def releases(self) -> tuple[str, ...]:
        """Names of the releases, oldest first."""
        return tuple(dict.fromkeys(entry.release for entry in self.entries))

    def cells(self, survey: str, wave: str) -> tuple[Entry, ...]:
        """Return what was released of a survey's wave, or of several pooled ones ("2023+2024+2025")."""
        return tuple(entry for entry in self.entries if (entry.cell.survey, entry.cell.wave) == (survey, wave))

    def before(self, release: str) -> "Ledger":
        """Return what had been released when a release was made; everything where it is not in the ledger."""
        names = self.releases
        known = names[: names.index(release)] if release in names else names
        return Ledger(tuple(entry for entry in self.entries if entry.release in known))

    def restated(self, released: Released) -> tuple[Change, ...]:
        """Return the shares a release tells otherwise than they were told last."""
        last = {entry.cell: entry for entry in self.entries if entry.share is not None}
        found = []
        for cell, share in released.shares():
            entry = last.get(cell)
            if entry is not None and share.share is not None and (entry.share, entry.n) != (share.share, share.n):
                old = Share(entry.share, None, None, entry.n, entry.sensitive)
                found.append(Change("share", cell, "", old, share))
        return tuple(found)

    def of(self, release: str) -> tuple[Entry, ...]:
        """Return what one release showed and withheld."""
        return tuple(entry for entry in self.entries if entry.release == release)


#: The ledger of a project that has released nothing.
NOTHING_YET = Ledger()


def read(folder: Path) -> Ledger:
    """Return the ledger in a project's `releases/` folder; an empty one where there is none.

    Raises:
        ReleaseError: A line cannot be read. A damaged ledger is never taken for an empty one.
    """
    path = folder / NAME
    if not path.exists():
        return NOTHING_YET
    return Ledger(tuple(_entries(path)))


def append(folder: Path, release: str, released: Released, exemptions: Iterable[Exemption] = ()) -> Ledger:
    """Add what a release shows and withholds to the ledger, whole or not at all, and return the new ledger.

    Args:
        folder: The project's `releases/` folder; made where it is missing.
        release: Name of the release.
        released: What the gate let through.
        exemptions: Those that are in force for its cells.

    Raises:
        UsageError: A release of that name is in the ledger already.
        ReleaseError: The ledger cannot be read, or the disk refuses.
    """
    before = read(folder)
    if release in before.releases:
        raise UsageError(f"release {release!r} is in the ledger already", where=str(folder / NAME))
    _add(folder, [_plain(entry) for entry in entries(release, released, exemptions)])
    return read(folder)


def withdraw(folder: Path, release: str, because: str, on: date) -> Ledger:
    """Note that a release was taken back before anybody had it: it stays on record, and counts no more.

    Args:
        folder: The project's `releases/` folder.
        release: Name of the release; another one may have it afterwards.
        because: Why.
        on: When.

    Raises:
        ReleaseError: The ledger cannot be read, or the disk refuses.
    """
    if release in read(folder).releases:
        _add(folder, [{_WITHDRAWN: release, "because": because, "on": on.isoformat()}])
    return read(folder)


def entries(release: str, released: Released, exemptions: Iterable[Exemption] = ()) -> Iterator[Entry]:
    """Yield what the ledger keeps of a release: its shares, and the rest of the city beside each compared area."""
    decided = {one.cell: f"{one.verdict}: {one.because} ({one.by}, {one.seconded_by})" for one in exemptions}
    for cell, share in [*released.shares(), *released.rests()]:
        reason = share.withheld.name if share.withheld else ""
        yield Entry(
            release, cell, released.people(cell), share.share, share.n, share.sensitive, reason,
            released.rules_version, decided.get(cell, ""),
        )  # fmt: skip


def _add(folder: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Write the ledger with more lines at its end, in one step; what is in it is never changed."""
    path = folder / NAME
    part: Path | None = None
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix=f".{NAME}-", delete=False) as stream:
            part = Path(stream.name)
            stream.write(before)
            stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise ReleaseError(
            f"cannot be written: {error.strerror}; it is as it was", where=str(path),
            hint="make room or rights, and run it again: a release that is frozen and not in the ledger is put there",
        ) from None  # fmt: skip
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _plain(entry: Entry) -> dict[str, object]:
    return asdict(entry) | {"cell": list(entry.cell)}


def _entries(path: Path) -> Iterable[Entry]:
    """Return the entries of releases that were not withdrawn."""
    found: list[Entry] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            record = json.loads(line)
            if _WITHDRAWN in record:
                found = [entry for entry in found if entry.release != record[_WITHDRAWN]]
            else:
                found.append(Entry(**(record | {"cell": CellKey(*record["cell"])})))
        except (ValueError, TypeError, KeyError) as error:
            raise ReleaseError(
                f"line {number} is not an entry: {error}", where=str(path),
                hint="restore the file from the backup: what was released before decides what may be released now",
            ) from None  # fmt: skip
    return found
