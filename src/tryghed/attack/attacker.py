"""Attacks a release: can a number that is withheld, or was never printed, be worked out to be about too few people?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from tryghed.attack import public
from tryghed.attack.bounds import Limits, Numbers, Puzzle
from tryghed.attack.public import Flags, Kinds
from tryghed.attack.published import GONE, LATE, OUTSIDE, Number
from tryghed.definitions.project import Project
from tryghed.definitions.survey import Survey
from tryghed.errors import ReleaseError
from tryghed.frames import EVERYBODY

_SLIGHT = 1e-4
_SIDES = ("n", "positives", "negatives")
_ONE_EDITION = {
    LATE: ", those who are not in the earlier edition", GONE: ", those who are in the earlier edition only",
}  # fmt: skip


class Target(NamedTuple):
    """People whose answers somebody might want to know: in all areas of one list and in none of another."""

    survey: str
    waves: tuple[str, ...]
    inside: tuple[tuple[str, str], ...]
    outside: tuple[tuple[str, str], ...]
    group: tuple[str, str]
    indicator: str

    @property
    def between_editions(self) -> bool:
        """Whether they are in one of two editions only."""
        return bool({LATE, GONE} & set(self.inside))

    def __str__(self) -> str:
        within = " and ".join(f"{name} {area}" for name, area in self.inside if (name, area) not in _ONE_EDITION)
        without = f" outside {', '.join(area for _, area in self.outside)}" if self.outside else ""
        group = "" if self.group[1] == EVERYBODY else f", {self.group[0]} {self.group[1]}"
        late = "".join(_ONE_EDITION.get(one, "") for one in self.inside)
        return f"{self.survey} {'+'.join(self.waves)} {self.indicator}, {within}{without}{group}{late}"


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most a reader finds of a target's people, and of both sides of its share."""

    n: tuple[float, float]
    positives: tuple[float, float]
    negatives: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Learned:
    """Something the attacker knows that he should not."""

    target: Target
    what: str

    def __str__(self) -> str:
        return f"{self.target}: {self.what}"


def attack(
    project: Project, numbers: Sequence[Number], min_count: int, *, also: Sequence[Target] = ()
) -> tuple[Learned, ...]:
    """Return what can be worked out from published numbers that must not be.

    Attacked are the withheld numbers, what is left of each area outside another and outside itself, what two areas
    have in common, and `also` whatever else is protected. Where an earlier edition is read beside the newest, both are
    one problem: everybody of the earlier one is in the newest, and attacked are the withheld numbers and those who came
    late to each number; or the other way round, and attacked are those who were taken out. Numbers that allow neither
    (people came and others went) tell nothing certain of either.

    Args:
        project: Definitions, which are public.
        numbers: Everything published, an earlier edition among it or not.
        min_count: Fewer people than this must not be told of.
        also: Further people to look for.

    Raises:
        ReleaseError: The published numbers contradict one another.
    """
    items = {(name, key): one.item for name, survey in project.surveys.items() for key, one in survey.scores.items()}
    by_item: dict[tuple[str, str], list[Number]] = defaultdict(list)
    for number in numbers:
        by_item[number.survey, items[number.survey, number.indicator]].append(number)
    found: list[Learned] = []
    for (name, item), numbers_of_item in sorted(by_item.items()):
        of_item = [one for one in also if one.survey == name and items[name, one.indicator] == item]
        for part in _connected(numbers_of_item):
            waves = {wave for one in part for wave in one.waves}
            mine = [one for one in of_item if waves & set(one.waves)]
            found += _attack_editions(project, project.surveys[name], part, min_count, mine)
    return tuple(found)


def _attack_editions(
    project: Project, survey: Survey, numbers: Sequence[Number], min_count: int, also: Sequence[Target]
) -> list[Learned]:
    newest = [one for one in numbers if not one.before]
    if len(newest) == len(numbers):
        return list(_attack_item(project, survey, newest, min_count, also))
    told = {_target(one): one for one in newest if one.n is not None}
    earlier = [replace(one, before=False) for one in numbers if one.before]
    sets, before = {one.area_set for one in newest}, {_target(one): one for one in earlier}
    if told.keys() <= before.keys() and all(
        one.area_set in sets and _alike(one, told.get(target)) for target, one in before.items()
    ):
        return []  # nobody came or went, as far as anybody can tell
    found: list[Learned] = []
    for whole, part, only in ((newest, earlier, LATE), (earlier, newest, GONE)):
        try:
            learned = list(
                _attack_item(project, survey, [*whole, *(replace(one, before=True) for one in part)], min_count, also)
            )
        except ReleaseError:  # not everybody of the one edition is in the other
            continue
        found += [replace(one, target=_only(one.target, only)) for one in learned]
    return list(dict.fromkeys(found))


def _alike(one: Number, other: Number | None) -> bool:
    """Whether two editions of a number tell the same, as far as both are printed."""
    if other is None or one.n is None:
        return True
    return one.n == other.n and (None in (one.percent, other.percent) or one.percent == other.percent)


def _only(target: Target, edition: tuple[str, str]) -> Target:
    return target._replace(inside=tuple(edition if one == LATE else one for one in target.inside))


def _connected(numbers: Sequence[Number]) -> list[list[Number]]:
    """Return the numbers in parts that share no wave: waves that were never pooled tell nothing of each other."""
    parts: list[tuple[set[str], list[Number]]] = []
    for number in numbers:
        touched = [part for part in parts if part[0] & set(number.waves)]
        merged = (set(number.waves).union(*(part[0] for part in touched)), [one for part in touched for one in part[1]])
        merged[1].append(number)
        parts = [part for part in parts if part not in touched] + [merged]
    return [part for _, part in parts]


def refuse(learned: Sequence[Learned]) -> None:
    """Refuse a release of which something can be learned.

    Raises:
        ReleaseError: Anything was learned; every cell is listed with what is known of it.
    """
    if learned:
        lines = "\n".join(f"  {one}" for one in learned)
        counted = f"{len(learned)} protected number{'s' if len(learned) > 1 else ''}"
        raise ReleaseError(
            f"{counted} can be worked out from what would be published\n{lines}",
            hint="nothing was written; slå kategorier sammen: merge categories, or leave an area set or a group out",
        )


def ranges(project: Project, numbers: Sequence[Number], targets: Sequence[Target]) -> dict[Target, Range]:
    """Return what a reader of an item's numbers can work out about some people."""
    survey = project.surveys[targets[0].survey]
    reader = _Reader(public.kinds(project, survey, numbers), numbers, targets, survey)
    return {one: Range(*(reader.both(one, side) for side in _SIDES)) for one in targets}


def _attack_item(
    project: Project, survey: Survey, numbers: Sequence[Number], min_count: int, also: Sequence[Target]
) -> Iterator[Learned]:
    kinds = public.kinds(project, survey, numbers)
    newest = [one for one in numbers if not one.before]
    earlier = [one for one in numbers if one.before and one.n is not None]
    withheld = {_target(one) for one in newest if one.secret}
    printed = {_target(one): one for one in newest if one.n is not None}
    left = [one for one in _left_over(kinds, newest) if one not in printed and one not in withheld]
    others = (
        [*_came_late(kinds, earlier), *_moved(kinds, newest, earlier)] if earlier
        else [*left, *(one for one in also if one not in left)]
    )  # fmt: skip
    targets = [*sorted(withheld), *(one for one in others if one not in withheld)]
    targets = [one for one in targets if not _obviously_many(one, printed, min_count)]
    if not targets:
        return
    everybody = [
        Target(survey.name, kinds.waves, (LATE,), (), (EVERYBODY, EVERYBODY), indicator)
        for indicator in sorted({one.indicator for one in earlier})
    ]  # fmt: skip
    reader = _Reader(kinds, numbers, [*targets, *everybody], survey)
    late = [one for one in everybody if reader.may_be_many(one, _SLIGHT)]
    for one in late:
        reader.least(one, "n")  # the ways with the fewest late people: whom they leave out are not certain to be there
    told_of = {one.indicator for one in late}
    reader.look_for(targets, min_count)
    if late:
        reader.look_for_late([one for one in targets if LATE in one.inside])
    for target in targets:
        if LATE in target.inside and (
            target.indicator not in told_of or reader.may_be_nobody(target) or not reader.may_be_many(target, _SLIGHT)
        ):
            continue
        what = (
            _learned_of_few(reader, target, min_count, withheld=target in withheld)
            if target.indicator in reader.sensitive
            else _learned_of_base(reader, target, min_count)
        )  # fmt: skip
        if what:
            yield Learned(target, what)


class _Reader:
    """Somebody with all published numbers of an item before him, and the kinds of people that could be behind them."""

    def __init__(self, kinds: Kinds, numbers: Sequence[Number], targets: Sequence[Target], survey: Survey) -> None:
        self.kinds = kinds
        told = [(_target(one), one) for one in numbers if one.n is not None]
        flags = {one: self._flags(one) for one in dict.fromkeys([*(one for one, _ in told), *targets])}
        packed = np.packbits(np.array(list(flags.values())), axis=0)
        _, first = np.unique(packed, axis=1, return_index=True)  # kinds that nothing tells apart are one
        self.people = {one: flag[first] for one, flag in flags.items()}
        self.kinds_of_people = len(first)
        self.told = told
        self.sensitive = frozenset(name for name, one in survey.scores.items() if one.sensitive)

    @cached_property
    def limits(self) -> Limits:
        """Everything printed, as limits on how many of each kind there are."""
        puzzle = Puzzle(self.kinds_of_people * len(self.kinds.answers))
        for target, one in self.told:
            self._tell(puzzle, target, one)
        return puzzle.ready()

    @cached_property
    def limits_of_n(self) -> Limits:
        """The printed numbers of answers alone, which say how many people a base can have."""
        puzzle = Puzzle(self.kinds_of_people * len(self._bases))
        for target, one in self.told:
            puzzle.know(self._base(target) > 0, *self._people(one))
        return puzzle.ready()

    def may_be_many(self, target: Target, many: float) -> bool:
        """Return whether a target's base can have that many people, from the numbers of answers alone."""
        return self.limits_of_n.reaches(self._base(target), many)

    def most_people(self, target: Target) -> float:
        """Return the most that a target's base can have, from the numbers of answers alone."""
        return self.limits_of_n.most(self._base(target))

    def least_people(self, target: Target) -> float:
        """Return the least that a target's base can have, from the numbers of answers alone."""
        return self.limits_of_n.least(self._base(target))

    def least(self, target: Target, side: str) -> float:
        """Return the least that one side of a target can be."""
        return self.limits.least(self._sum(target, side))

    def most(self, target: Target, side: str) -> float:
        """Return the most that one side of a target can be."""
        return self.limits.most(self._sum(target, side))

    def most_below(self, target: Target, side: str, wanted: float) -> float | None:
        """Return the most that one side of a target can be, None where it can be that much or more."""
        return self.limits.most_below(self._sum(target, side), wanted)

    def least_above(self, target: Target, side: str, wanted: float) -> float | None:
        """Return the least that one side of a target can be, None where it can be that little or less."""
        return self.limits.least_above(self._sum(target, side), wanted)

    def look_for(self, targets: Sequence[Target], min_count: int) -> None:
        """Look for ways that show many targets at once to be of many people: each of them is a programme less."""
        sensitive = [one for one in targets if one.indicator in self.sensitive]
        for side in ("positives", "negatives") if sensitive else ():
            self.limits.look_for([self._sum(one, side) for one in sensitive], min_count - _SLIGHT)
        others = [one for one in targets if one.indicator not in self.sensitive]
        if others:
            self.limits_of_n.look_for([self._base(one) for one in others], min_count - 1 + _SLIGHT)

    def look_for_late(self, targets: Sequence[Target]) -> None:
        """Look for ways in which somebody among the targets counts, and for such in which somebody does not."""
        for side in ("positives", "negatives"):
            self.limits.look_for([self._sum(one, side) for one in targets], 1.0)

    def is_open(self, target: Target) -> bool:
        """Return whether the ways that were found already differ in what a target's people answered."""
        least, most = self.limits.seen(self._sum(target, "positives"))
        return most - least >= 1 and floor(most + _SLIGHT) - ceil(least - _SLIGHT) >= 1

    def may_be_nobody(self, target: Target) -> bool:
        """Return whether some way that was found leaves a target without people: then nothing is certain of it."""
        people = self._sum(target, "n")
        return any(way @ people <= _SLIGHT for way in self.limits.ways)

    def both(self, target: Target, side: str) -> tuple[float, float]:
        """Return the least and the most."""
        return self.least(target, side), self.most(target, side)

    @cached_property
    def _bases(self) -> list[frozenset[str]]:
        return list(dict.fromkeys(base for base, _ in self.kinds.answers))

    def _base(self, target: Target) -> Numbers:
        chosen = np.array([target.indicator in base for base in self._bases])
        return np.asarray((self.people[target][:, None] & chosen[None, :]).ravel(), dtype=np.float64)

    def _flags(self, target: Target) -> Flags:
        return self.kinds.people(target.waves, target.inside, target.outside, target.group)

    def _sum(self, target: Target, side: str) -> Numbers:
        base, counts = self.kinds.answering(target.indicator)
        chosen = {"n": base, "positives": counts, "negatives": base & ~counts}[side]
        return (self.people[target][:, None] & chosen[None, :]).ravel().astype(np.float64)

    def _people(self, one: Number) -> tuple[int, int]:
        """Return the fewest and the most people that a printed number of answers can stand for."""
        assert one.n is not None
        return (one.n - 5, one.n + 4) if one.indicator in self.sensitive else (one.n, one.n)

    def _tell(self, puzzle: Puzzle, target: Target, one: Number) -> None:
        base = self._sum(target, "n") > 0
        puzzle.know(base, *self._people(one))
        if one.percent is not None and one.n is not None:
            half = 0.5 if one.indicator in self.sensitive else 0.05
            low, high = max(one.percent - half, 0) / 100, min(one.percent + half, 100) / 100
            puzzle.know_share(self._sum(target, "positives") > 0, base, low, high, give=one.n)


def _target(number: Number) -> Target:
    inside, outside = public.place(number)
    return Target(number.survey, number.waves, inside, outside, (number.dimension, number.category), number.indicator)


def _came_late(kinds: Kinds, before: Sequence[Number]) -> list[Target]:
    """Return those of each number, and of what is left over beside it, who are in the newest edition only."""
    shown = [replace(one, before=False) for one in before]
    whole = [*(_target(one) for one in shown), *_left_over(kinds, shown)]
    return sorted({one._replace(inside=(*one.inside, LATE)) for one in whole})


def _moved(kinds: Kinds, newest: Sequence[Number], earlier: Sequence[Number]) -> list[Target]:
    """Return what lies between areas of two editions whose boundaries are not the same."""
    one, other = ({number.area_set for number in side} for side in (newest, earlier))
    every = _left_over(kinds, [*newest, *(replace(number, before=False) for number in earlier)])
    sets = [(target, {name for name, _ in (*target.inside, *target.outside)}) for target in every]
    return [target for target, names in sets if names & (one - other) and names & (other - one)]


def _left_over(kinds: Kinds, numbers: Sequence[Number]) -> list[Target]:
    """Return what subtraction could tell of: the rest of the city, an area outside another, what two have in common."""
    areas: dict[tuple[str, tuple[str, ...], tuple[str, str], str], set[tuple[str, str]]] = defaultdict(set)
    for number in numbers:
        if number.area != EVERYBODY and not number.area.startswith(OUTSIDE):
            group = number.dimension, number.category
            areas[number.survey, number.waves, group, number.indicator].add((number.area_set, number.area))
    found = []
    for (survey, waves, group, indicator), there in areas.items():
        for one in sorted(there):
            found.append(Target(survey, waves, ((one[0], EVERYBODY),), (one,), group, indicator))
            for other in sorted(there):
                if one != other and any({one, other} <= place for place in kinds.places):
                    found.append(Target(survey, waves, (one,), (other,), group, indicator))
                    if one < other:
                        found.append(Target(survey, waves, (one, other), (), group, indicator))
    return found


def _obviously_many(target: Target, printed: Mapping[Target, Number], min_count: int) -> bool:
    """Whether a plain subtraction of two printed numbers leaves many on either side: no programme is needed."""
    if len(target.inside) != 1 or len(target.outside) != 1 or target.inside[0][1] != EVERYBODY:
        return False
    whole, part = (printed.get(target._replace(inside=(one,), outside=()))
                   for one in (target.inside[0], target.outside[0]))  # fmt: skip
    if whole is None or part is None or whole.n is None or part.n is None:
        return False
    if whole.percent is None or part.percent is None:
        return False
    margin = 0.02 * whole.n + 20  # more than rounding and weights can hide
    sides = ((whole.percent, part.percent), (100 - whole.percent, 100 - part.percent))
    left = [(whole.n * of_whole - part.n * of_part) / 100 for of_whole, of_part in sides]
    return min(left) - margin > min_count


def _learned_of_base(reader: _Reader, target: Target, min_count: int) -> str:
    """Return what is learned of people whose answers are not of a sensitive topic: all answers of too few."""
    if reader.may_be_many(target, min_count - 1 + _SLIGHT) or reader.is_open(target):
        return ""
    most = reader.most_people(target)
    if not _SLIGHT < most < min_count - 1 + _SLIGHT or reader.least_people(target) < _SLIGHT:
        return ""
    fewest, most_positive = reader.both(target, "positives")
    if floor(most_positive + _SLIGHT) - ceil(fewest - _SLIGHT) >= 1:
        return ""
    return f"what all {most:.0f} people answered is known"


def _learned_of_few(reader: _Reader, target: Target, min_count: int, *, withheld: bool) -> str:
    """Return what is learned of people on a sensitive topic: that too few are on a side of the share, or nobody."""
    for side, words in (("positives", "count"), ("negatives", "do not count")):
        most = reader.most_below(target, side, min_count - _SLIGHT)
        if most is None:
            continue
        least = reader.least_above(target, side, _SLIGHT)
        if withheld or least is not None:
            return f"between {least or 0:.1f} and {most:.1f} people {words}, fewer than {min_count} for certain"
        if most < 1 - _SLIGHT and reader.least(target, "n") > min_count - _SLIGHT:
            return f"nobody of at least {min_count} people {words}"
    return ""
