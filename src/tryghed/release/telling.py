"""Frozen releases that the ledger lacks, and what the store's log knows of them.

A build freezes a release and tells the ledger afterwards. One that was killed between the two leaves a release that
nobody has; a ledger that was lost lacks all of them, and the log still has the checksum of each.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tryghed.errors import ReleaseError
from tryghed.release import archive, ledger
from tryghed.release.archive import Entry
from tryghed.store import audit

_BUILD = "release build"


def untold(folder: Path) -> list[Entry]:
    """Return the frozen releases that the ledger lacks, in the order they were built.

    Raises:
        ReleaseError: A release has been edited, or the ledger cannot be read.
        StoreError: The log is damaged.
    """
    known = ledger.read(folder / archive.FOLDER).releases
    missing = [one for one in archive.entries(folder) if one.name not in known]
    built = list(_noted(folder)) if missing else []
    return sorted(missing, key=lambda one: (built.index(one.name) if one.name in built else len(built), one.number))


def expect(folder: Path, names: Sequence[str] = ()) -> None:
    """Refuse to go on while the ledger lacks releases: those of some names, or any.

    Raises:
        ReleaseError: It does; the hint says how they get there.
    """
    missing = [one for one in untold(folder) if not names or one.name in names]
    if missing:
        last = missing[-1]
        raise ReleaseError(
            f"not in the ledger: {', '.join(one.name for one in missing)}; "
            "what was released before decides what may be released now",
            where=str(folder / archive.FOLDER / ledger.NAME),
            hint=f"tryghed release build --survey {last.survey} --wave {last.wave} puts there what nobody has edited",
        )


def is_noted(folder: Path, entry: Entry) -> bool:
    """Return whether the log knows that a release was built, and not withdrawn since.

    Raises:
        ReleaseError: It was built with other files.
    """
    known = _noted(folder).get(entry.name)
    if known is not None and known.sha256 != archive.checksum(folder, entry.name):
        raise ReleaseError(
            f"has been edited since it was built on {known.at[:10]}, and the ledger lacks it", where=str(entry.folder),
            hint=f"restore the folder from a backup; where nobody has it: {_withdrawal(folder, entry)}",
        )  # fmt: skip
    return known is not None


def unproven(folder: Path, entry: Entry) -> ReleaseError:
    """Return that nothing tells whether a release is as it was built."""
    return ReleaseError(
        "neither the ledger nor the store's log knows it, and its definitions and deliveries give other numbers now",
        where=str(entry.folder),
        hint=f"where nobody has it: {_withdrawal(folder, entry)}; "
        f"where somebody has, restore {ledger.NAME} from a backup",
    )


def note(folder: Path, command: str, entry: Entry, because: str, then: str = "") -> None:
    """Write down in the store's log who did what to a release, and what came of it where that is not the rule."""
    sums = archive.checksum(folder, entry.name) if entry.folder.exists() else ""
    audit.record(
        folder, command, survey=entry.survey, wave=entry.wave, sha256=sums, because=because,
        target=f"{archive.FOLDER}/{entry.name}", outcome=f"release {entry.release_id}{then}",
    )  # fmt: skip


def said(names: Sequence[str]) -> Iterator[str]:
    """Yield that a build has put releases into the ledger; nothing where it has not."""
    if names:
        yield (
            f"the ledger lacked {', '.join(names)}: put there from {archive.FOLDER}/. Where the file was lost, what "
            "was entered in it by hand is in a backup only"
        )


def _noted(folder: Path) -> dict[str, audit.Entry]:
    """Return the log's last word on each release that was built and not withdrawn, in the order they were."""
    last = {one.target: one for one in audit.read(folder) if one.target.startswith(f"{archive.FOLDER}/")}
    built = sorted((one for one in last.values() if one.command == _BUILD), key=lambda one: one.number)
    return {one.target.removeprefix(f"{archive.FOLDER}/"): one for one in built}


def _withdrawal(folder: Path, entry: Entry) -> str:
    newest = archive.newest(folder, entry.survey, entry.wave)  # what a later edition corrects cannot be withdrawn first
    return f'tryghed release withdraw {newest.name if newest else entry.name} --because "..."'
