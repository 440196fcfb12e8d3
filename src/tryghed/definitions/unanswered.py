"""How the shares without an answer moved between two waves: a filter nobody declared shows in them.

They are counted from answers, so no verdict on comparing waves may follow from them: a person looks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tryghed.definitions.survey import MISSING_CODES, MissingKind

#: Kinds of missing of people who never got the question.
NOT_ASKED: tuple[MissingKind, ...] = ("ikke stillet", "filtreret fra")


@dataclass(frozen=True)
class Unanswered:
    """An item in a wave: how many it is stored for, and how many of them have each kind of missing."""

    respondents: int
    kinds: Mapping[MissingKind, int]

    def share(self, kind: MissingKind) -> float | None:
        """Return the unweighted share with a kind of missing, 0-1: of all, for the other kinds of those asked.

        None where nobody was asked.
        """
        asked = self.respondents - sum(self.kinds.get(one, 0) for one in NOT_ASKED)
        whole = self.respondents if kind in NOT_ASKED else asked
        return self.kinds.get(kind, 0) / whole if whole else None


@dataclass(frozen=True)
class Shift:
    """A kind of missing whose share of an item moved; shares are 0-1."""

    item: str
    kind: MissingKind
    before: float
    after: float


def shifts(before: Mapping[str, Unanswered], after: Mapping[str, Unanswered], points: float) -> tuple[Shift, ...]:
    """Return the shares that moved by more than so many percentage points, the largest moves first.

    Args:
        before: The items of the earlier wave.
        after: The items of the later wave.
        points: Percentage points.
    """
    moved = [one for one in _all(before, after) if 100 * abs(one.after - one.before) > points]
    return tuple(sorted(moved, key=lambda one: -abs(one.after - one.before)))


def _all(before: Mapping[str, Unanswered], after: Mapping[str, Unanswered]) -> Iterator[Shift]:
    for item in before.keys() & after.keys():
        for kind in MISSING_CODES:
            one, other = before[item].share(kind), after[item].share(kind)
            if one is not None and other is not None:
                yield Shift(item, kind, one, other)
