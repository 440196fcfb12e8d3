"""What earlier releases have told already: cells that are still known, and conflicts with what is released now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release import rounding
from tryghed.release.atoms import Atoms
from tryghed.release.ledger import Entry, Ledger
from tryghed.release.released import CellKey, Conflict, Withheld
from tryghed.release.rules import Verdict

_VERDICTS = {
    "": Verdict.SHOW, Withheld.UNRELIABLE.name: Verdict.UNRELIABLE, Withheld.DECIDED.name: Verdict.DECIDED,
}  # fmt: skip
_NAMED = 4  # of the cells a conflict is about


@dataclass(frozen=True)
class Known:
    """What earlier releases showed of one item.

    Attributes:
        cells: Cells of the very same people, with what was shown of them.
        changed: Cells whose people are others now: the delivery was revised, or the boundaries moved under their name.
        gone: Cells of waves that the store no longer holds.
    """

    cells: Mapping[CellKey, Verdict]
    changed: tuple[Entry, ...]
    gone: tuple[Entry, ...]


def touching(ledger: Ledger, survey: str, waves: Iterable[str]) -> tuple[Entry, ...]:
    """Return what earlier releases showed or withheld of some waves, alone or pooled with others."""
    wanted = set(waves)
    return tuple(
        entry for entry in ledger.entries
        if entry.cell.survey == survey and wanted & set(entry.cell.wave.split("+"))
    )  # fmt: skip


def known(atoms: Atoms, entries: Iterable[Entry]) -> Known:
    """Return which of the ledger's cells of an item the atoms can say, and which they cannot."""
    cells: dict[CellKey, Verdict] = {}
    changed: list[Entry] = []
    gone: list[Entry] = []
    held = set(atoms.wave)
    for entry in entries:
        verdict = _VERDICTS.get(entry.withheld)
        if verdict is None or entry.cell.indicator not in atoms.indicators:
            continue
        if not set(entry.cell.wave.split("+")) <= held:
            gone.append(entry)
        elif atoms.checksum(atoms.base(entry.cell)) != entry.people:
            changed.append(entry)
        else:
            cells[entry.cell] = min(verdict, cells.get(entry.cell, verdict))
    return Known(cells, tuple(changed), tuple(gone))


def reveals(entry: Entry, n: int, positives: int, survey: Survey, min_count: int) -> bool:
    """Whether an earlier edition of a cell beside the new one tells of fewer than `min_count` people alike.

    The difference of two editions is those who came late or were taken out. A reader finds it from the ranges that both
    printed numbers leave.
    """
    sensitive = survey.scores[entry.cell.indicator].sensitive
    if entry.n is None or entry.share is None or not n or not sensitive:
        return False
    printed = rounding.percent(float(positives / n), sensitive=sensitive) or 0.0
    now_n = rounding.people(n, sensitive=sensitive)
    for before, after in ((entry.share, printed), (100 - entry.share, 100 - printed)):
        old = rounding.possible_counts(before, entry.n, sensitive=sensitive)
        new = rounding.possible_counts(after, now_n, sensitive=sensitive)
        least, most = new[0] - old[1], new[1] - old[0]
        if (least > 0 and most < min_count) or (most < 0 and least > -min_count):
            return True
    return False


def conflicts(known: Sequence[Known], apart: Iterable[CellKey], secret: Iterable[CellKey]) -> Iterator[Conflict]:
    """Yield what is in the way of what earlier releases showed.

    Args:
        known: What they showed, by item.
        apart: Cells that are withheld because both editions would tell of too few people.
        secret: Cells that people decided to keep secret, and that are known already.
    """
    for release, cells in _by_release(one for part in known for one in part.changed):
        yield Conflict("others", release, cells)
    for release, cells in _by_release(one for part in known for one in part.gone):
        yield Conflict("gone", release, cells)
    if hidden := tuple(sorted(apart)):
        yield Conflict("apart", "", hidden)
    if kept := tuple(sorted(secret)):
        yield Conflict("known", "", kept)


def told(conflict: Conflict) -> str:
    """Return a conflict in words."""
    cells = conflict.cells
    alone = len(cells) == 1
    numbers, are, they = ("1 number", "is", "it") if alone else (f"{len(cells)} numbers", "are", "they")
    counted = f"{numbers} of release {conflict.release} on {cells[0].survey} {cells[0].wave}"
    match conflict.kind:
        case "others":
            return (
                f"{counted} {are} about other people now ({_first(cells)}): the delivery was revised, or an area or "
                "group changed under its name. Say so in the new release; give changed boundaries a name of their own"
            )
        case "gone":
            return f"{counted} cannot be checked ({_first(cells)}): the store has not got it"
        case "apart":
            return (
                f"{numbers} {are} withheld ({_first(cells)}): beside an earlier edition {they} would tell of a few "
                "people who are in one of the two only. Where the error is small, leave the earlier edition in force, "
                "and correct it together with more; where not, correct the delivery without adding anybody or taking "
                "anybody out, and nothing has to be withheld"
            )
        case "known":
            what = "withheld as decided, and not told by this release alone, but by earlier ones all the same"
    return f"{numbers} {are} {what} ({'; '.join(map(named, cells))})"


def _by_release(entries: Iterable[Entry]) -> list[tuple[str, tuple[CellKey, ...]]]:
    """Return the cells of entries by release, and of each by survey and wave, all in order."""
    found: dict[tuple[str, str, str], list[CellKey]] = defaultdict(list)
    for one in entries:
        found[one.release, one.cell.survey, one.cell.wave].append(one.cell)
    return [(release, tuple(sorted(cells))) for (release, _, _), cells in sorted(found.items())]


def _first(cells: Sequence[CellKey]) -> str:
    """Return the first of some cells by name, and that there are more."""
    names = [f"{one.indicator} {one.area}" + _group(one) for one in cells[:_NAMED]]
    return ", ".join(names) + (", …" if len(cells) > _NAMED else "")


def named(cell: CellKey) -> str:
    """Return a cell's name in a message."""
    return f"{cell.survey} {cell.wave} {cell.indicator}, {cell.area_set} {cell.area}{_group(cell)}"


def _group(cell: CellKey) -> str:
    return "" if cell.category == EVERYBODY else f", {cell.dimension} {cell.category}"
