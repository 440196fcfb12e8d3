"""Exemptions from the rules: decided by one person, agreed to by another, kept in `releases/exemptions.json`.

An exemption can withhold a number that the rules would show, with all that the same people answered to the question;
keep one secret, with that and whatever else it could be worked out from; or show one that is only too uncertain. A
number that could point at a person is never shown. The newest one of a cell that a second person has agreed to is in
force; what was decided before stays in the file.
"""

import json
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tryghed.definitions.survey import Indicator
from tryghed.errors import ReleaseError, UsageError
from tryghed.release import records
from tryghed.release.released import CellKey, Exemption
from tryghed.release.rules import Cell, Verdict

FILE: Final = "exemptions.json"
#: No exemptions at all.
NONE: Final[Mapping[CellKey, Exemption]] = MappingProxyType({})
_VERDICTS: Final = {"withhold": Verdict.DECIDED, "secret": Verdict.SECRET}

Scores = Mapping[str, Mapping[str, Indicator]]


def read(folder: Path) -> tuple[Exemption, ...]:
    """Return every exemption of a project's `releases/` folder, oldest first.

    Raises:
        ReleaseError: The file cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        return tuple(records.exemption(one) for one in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"not a list of exemptions: {error}", where=str(path), hint="restore it") from None


def decide(folder: Path, decided: Exemption) -> Exemption:
    """Write down an exemption; a second person who agrees to one that waits completes it.

    Args:
        folder: The project's `releases/` folder.
        decided: What was decided; with `seconded_by` and without `by` it agrees to the one of its cell that waits.

    Returns:
        The exemption as it now stands.

    Raises:
        UsageError: A name or the reason is missing, both names are one person's, or there is nothing to agree to.
    """
    known = read(folder)
    if not decided.by:
        decided = _agreed(known, decided)
    _expect_complete(decided)
    kept = tuple(one for one in known if one.seconded_by or one.cell != decided.cell)
    _write(folder, (*kept, decided))
    return decided


def in_force(known: Iterable[Exemption]) -> dict[CellKey, Exemption]:
    """Return the newest exemption of each cell that a second person has agreed to; those taken back are left out."""
    newest = {one.cell: one for one in known if one.seconded_by}
    return {cell: one for cell, one in newest.items() if one.verdict != "rules"}


def waiting(known: Iterable[Exemption]) -> tuple[Exemption, ...]:
    """Return the exemptions that nobody has agreed to yet."""
    return tuple(one for one in known if not one.seconded_by)


def exempt(
    verdicts: Mapping[CellKey, Verdict],
    cells: Mapping[CellKey, Cell],
    exemptions: Mapping[CellKey, Exemption],
    scores: Scores,
) -> dict[CellKey, Verdict]:
    """Return the rules' verdicts with exemptions: withheld where somebody decided so, shown where only uncertain.

    What is withheld or secret is so with every other number of the same question and people: its answers add up to it.

    Args:
        verdicts: What the rules say of each cell by itself, before anything is hidden to protect others.
        cells: The numbers; one without an interval cannot be shown.
        exemptions: Those in force.
        scores: The indicators of each survey.
    """
    known = {cell: one.verdict for cell, one in exemptions.items() if cell in cells}
    decided = {shown_side(cell, scores): verdict for cell, verdict in known.items()}
    doubted: dict[CellKey, Verdict] = defaultdict(lambda: Verdict.SHOW)
    for cell, wanted in known.items():
        question = _question(cell, scores)
        doubted[question] = max(doubted[question], _VERDICTS.get(wanted, Verdict.SHOW))
    found = dict(verdicts)
    for cell, verdict in verdicts.items():
        if decided.get(shown_side(cell, scores)) != "show":
            found[cell] = max(verdict, doubted[_question(cell, scores)])
        elif verdict is Verdict.UNRELIABLE and cells[cell].lower is not None:
            found[cell] = Verdict.SHOW
    return found


def kept_secret(
    cells: Collection[CellKey], exemptions: Mapping[CellKey, Exemption], scores: Scores
) -> frozenset[CellKey]:
    """Return the cells that people decided to keep secret, both sides of a pair."""
    known = [cell for cell, one in exemptions.items() if one.verdict == "secret" and cell in cells]
    decided = {shown_side(cell, scores) for cell in known}
    return frozenset(cell for cell in cells if shown_side(cell, scores) in decided)


def shown_side(cell: CellKey, scores: Scores) -> CellKey:
    """Return the side of a complementary pair that is decided for both; a cell without a pair is its own."""
    return cell._replace(indicator=_indicator(cell, scores).pair_of or cell.indicator)


def _question(cell: CellKey, scores: Scores) -> CellKey:
    """Return a cell with the question it is scored from in place of its indicator."""
    return cell._replace(indicator=_indicator(cell, scores).item)


def _indicator(cell: CellKey, scores: Scores) -> Indicator:
    return scores[cell.survey][cell.indicator]


def _agreed(known: Sequence[Exemption], decided: Exemption) -> Exemption:
    found = [one for one in waiting(known) if (one.cell, one.verdict) == (decided.cell, decided.verdict)]
    if not found:
        told = " ".join(decided.cell)
        raise UsageError(f"nobody has decided this of {told}", hint="--by NAME --because REASON decides it")
    return replace(found[0], seconded_by=decided.seconded_by)


def _expect_complete(one: Exemption) -> None:
    if not _alike(one.by) or not one.because.strip():
        raise UsageError("an exemption needs a name and a reason", hint='--by NAME --because "REASON"')
    if one.seconded_by and not _alike(one.seconded_by):
        raise UsageError("nobody seconds it by a name without letters", hint='--seconded-by "NAME"')
    if _alike(one.by) == _alike(one.seconded_by):
        raise UsageError(f"{one.by} cannot second what {one.by} decided", hint="a second person must agree")


def _alike(name: str) -> str:
    """Return a name without what two ways of writing it differ in.

    These are case, blanks, full stops, which part is first, whether Å is one sign or two, and signs that are not seen.
    """
    seen = "".join(one for one in unicodedata.normalize("NFKC", name) if unicodedata.category(one) != "Cf")
    return " ".join(sorted(re.findall(r"[^\s.,]+", seen.casefold())))


def _write(folder: Path, kept: Sequence[Exemption]) -> None:
    lines = ",\n".join(json.dumps(records.plain(one), ensure_ascii=False) for one in kept)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{FILE}.part"
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"[\n{lines}\n]\n")
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(folder / FILE)
    except OSError as error:
        raise ReleaseError(f"cannot be written: {error.strerror}", where=str(folder / FILE)) from None
    finally:
        part.unlink(missing_ok=True)
