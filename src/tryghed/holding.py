"""Which new numbers are held back, so that an earlier edition beside them does not tell what a few people answered.

An earlier edition is out and cannot be changed: where the attacker learns what those answered who are in one of two
editions only, new numbers give way. First those about them, in the areas and group where they were found; where that
does not help, every number of these areas that the item tells; then every number of the item that is told otherwise.
"""

from collections.abc import Callable, Mapping, Sequence, Set

from tryghed.attack.attacker import Learned, Target
from tryghed.attack.published import GONE, LATE
from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release.ledger import Entry
from tryghed.release.released import REST, CellKey, Released, Share


def cells(
    released: Released, learned: Sequence[Learned], surveys: Mapping[str, Survey], told: Sequence[Entry]
) -> Set[CellKey]:
    """Return the cells to hold back; none where something was learned that no holding back prevents.

    Args:
        released: The numbers that were attacked.
        learned: What the attacker learned.
        surveys: Definitions, for the items of indicators.
        told: What earlier releases told.
    """
    shown = _otherwise(released, told)
    found: set[CellKey] = set()
    for one in learned:
        near = _nearest(one.target, shown, surveys) if one.target.between_editions else []
        if not near:
            return frozenset()
        found.update(near)
    return found


def _otherwise(released: Released, told: Sequence[Entry]) -> list[CellKey]:
    """Return the printed cells that no earlier release told with the same numbers."""
    before = {(one.cell, one.n, one.share) for one in told}
    now: list[tuple[CellKey, Share]] = [*released.shares(), *released.rests()]
    return [cell for cell, one in now if one.n is not None and (cell, one.n, one.share) not in before]


def _nearest(target: Target, shown: Sequence[CellKey], surveys: Mapping[str, Survey]) -> list[CellKey]:
    """Return the cells nearest to a target that are still printed."""
    scores = surveys[target.survey].scores
    mine = [
        cell for cell in shown
        if cell.survey == target.survey and scores[cell.indicator].item == scores[target.indicator].item
        and set(cell.wave.split("+")) & set(target.waves)
    ]  # fmt: skip
    areas = {place[1] for place in (*target.inside, *target.outside) if place not in (LATE, GONE)}
    own = areas - {EVERYBODY} or {EVERYBODY}
    tries: tuple[Callable[[CellKey], bool], ...] = (
        lambda cell: cell.area in own and cell.indicator == target.indicator
        and (cell.dimension, cell.category) == target.group,
        lambda cell: cell.area.removeprefix(REST) in own,
        bool,
    )  # fmt: skip
    return next((found for wanted in tries if (found := [cell for cell in mine if wanted(cell)])), [])
