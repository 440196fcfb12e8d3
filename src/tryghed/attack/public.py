"""What everybody knows beforehand: which areas overlap, how groups divide people, which answers make an indicator.

From the definitions alone: nothing here has seen an answer. A kind of people is a wave, the areas and categories they
are in, and an answer; how many there are of it is what the attacker wants to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tryghed.attack.published import BEFORE, LATE, OUTSIDE, Number
from tryghed.definitions.project import Project
from tryghed.definitions.survey import Indicator, Item, Range, Survey
from tryghed.frames import EVERYBODY

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of people behind the numbers of one item.

    Attributes:
        waves: The waves; the first axis.
        places: Combinations of areas that exist, as (set, area); the second axis.
        groups: Combinations of categories that exist, as (dimension, category); the third axis.
        answers: For each kind of answer, the indicators it is in the base of, and those it counts for; the last axis.
    """

    waves: tuple[str, ...]
    places: tuple[frozenset[tuple[str, str]], ...]
    groups: tuple[frozenset[tuple[str, str]], ...]
    answers: tuple[tuple[frozenset[str], frozenset[str]], ...]

    def people(
        self, waves: Sequence[str], inside: Sequence[tuple[str, str]], outside: Sequence[tuple[str, str]],
        group: tuple[str, str],
    ) -> Flags:  # fmt: skip
        """Return which waves × places × groups are meant, as a flat array."""
        in_wave = np.array([one in waves for one in self.waves])
        in_place = np.array([
            all(_lies(there, one) for one in inside) and not any(_lies(there, one) for one in outside)
            for there in self.places
        ])  # fmt: skip
        in_group = np.array([group in one or group == (EVERYBODY, EVERYBODY) for one in self.groups])
        found = in_wave[:, None, None] & in_place[None, :, None] & in_group[None, None, :]
        return np.asarray(found.ravel(), dtype=np.bool_)

    def answering(self, indicator: str) -> tuple[Flags, Flags]:
        """Return which answers are in an indicator's base, and which count."""
        base = np.array([indicator in within for within, _ in self.answers], dtype=np.bool_)
        counts = np.array([indicator in yes for _, yes in self.answers], dtype=np.bool_)
        return base, counts


def kinds(project: Project, survey: Survey, numbers: Sequence[Number]) -> Kinds:
    """Return the kinds of people that could be behind the numbers of one item."""
    waves = sorted({wave for one in numbers for wave in one.waves})
    sets = sorted({one.area_set for one in numbers})
    dimensions = sorted({one.dimension for one in numbers} - {EVERYBODY})
    indicators = sorted({one.indicator for one in numbers})
    places = _places(project, survey, waves, sets)
    if any(one.before for one in numbers):
        places = tuple(there | {came} for came in (BEFORE, LATE) for there in places)
    return Kinds(tuple(waves), places, _groups(survey, dimensions), _answers(survey, indicators))


def place(number: Number) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Return the areas that the people of a number are in, and those they are not in."""
    came = (BEFORE,) if number.before else ()
    if number.area.startswith(OUTSIDE):
        return ((number.area_set, EVERYBODY), *came), ((number.area_set, number.area.removeprefix(OUTSIDE)),)
    return ((number.area_set, number.area), *came), ()


def touching(project: Project, area_set: str, code: str) -> frozenset[str]:
    """Return the codes of an area, of the one it is part of, and of all that share a unit with it, in any area set."""
    own = project.area_sets[area_set]
    units = {unit for unit, areas in own.members.items() if code in areas} or {code}
    shared = {area for one in project.area_sets.values() for unit in units for area in one.members.get(unit, ())}
    inside = {name for one in project.area_sets.values() for name, area in one.areas.items() if area.parent == code}
    return frozenset({code, own.areas[code].parent, *shared, *inside} - {""})


def _lies(there: frozenset[tuple[str, str]], wanted: tuple[str, str]) -> bool:
    return wanted[1] == EVERYBODY or wanted in there


def _places(
    project: Project, survey: Survey, waves: Sequence[str], sets: Sequence[str]
) -> tuple[frozenset[tuple[str, str]], ...]:
    """Return the combinations of areas that a unit lies in, and nowhere: the area of some people is not known."""
    defined = project.waves.get(survey.name, {})
    unit_sets = {one.area.set for name, one in defined.items() if name in waves and one.area is not None}
    shown = {name: project.area_sets[name] for name in sets}
    units = {unit for name in unit_sets for unit in project.area_sets[name].areas}
    units |= {unit for one in shown.values() for unit in one.members}
    found = {frozenset[tuple[str, str]]()}
    for unit in units:
        within = {(name, area) for name, one in shown.items() for area in one.members.get(unit, ())}
        found.add(frozenset(within | {(name, unit) for name, one in shown.items() if unit in one.areas}))
    for name, one in shown.items():
        if not any((name, area) in places for places in found for area in one.areas):
            # no units: its areas are groups of people, or all that was delivered
            found |= {places | {(name, area)} for places in found for area in one.areas}
    return tuple(sorted(found, key=sorted))


def _groups(survey: Survey, dimensions: Sequence[str]) -> tuple[frozenset[tuple[str, str]], ...]:
    """Return the combinations of categories; of each dimension a person may also have stated none."""
    single = sorted({part for dimension in dimensions for part in dimension.split("*")})
    choices = [[None, *survey.groups[name].categories] for name in single]
    found = []
    for chosen in product(*choices):
        known = dict(zip(single, chosen, strict=True))
        parts = [(dimension, [known[part] for part in dimension.split("*")]) for dimension in dimensions]
        found.append(frozenset((name, "*".join(filter(None, one))) for name, one in parts if None not in one))
    return tuple(dict.fromkeys(found))


def _answers(survey: Survey, indicators: Sequence[str]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return which indicators an answer is in the base of and counts for, for every answer there is."""
    scores = {name: survey.scores[name] for name in indicators}
    item = survey.items[next(iter(scores.values())).item]
    if any(one.among for one in scores.values()):  # who was asked hangs on another item
        parts = [[(frozenset({name}), frozenset[str]()), (frozenset({name}), frozenset({name})),
                  (frozenset[str](), frozenset[str]())] for name in indicators]  # fmt: skip
        together = [tuple(frozenset().union(*side) for side in zip(*one, strict=True)) for one in product(*parts)]
        return tuple(dict.fromkeys((base, yes) for base, yes in together if base))
    values = [float(one) for one in (*item.codes, *item.missing)] if not item.numeric else _values(scores)
    found = [
        (
            frozenset(name for name, one in scores.items() if _in_base(one, item, value)),
            frozenset(name for name, one in scores.items() if _in_base(one, item, value) and _counts(one, value)),
        )
        for value in values
    ]
    return tuple(dict.fromkeys((base, yes) for base, yes in found if base))


def _values(scores: dict[str, Indicator]) -> list[float]:
    """Return a number within each interval that the indicators tell apart."""
    limits = {limit for one in scores.values() if isinstance(one.counts, Range)
              for limit in (one.counts.min, one.counts.below) if limit is not None}  # fmt: skip
    ordered = sorted(limits)
    return [ordered[0] - 1, *(value for limit in ordered for value in (limit, limit + 1e-6))]


def _in_base(indicator: Indicator, item: Item, value: float) -> bool:
    return item.numeric or value in (indicator.base or item.codes)


def _counts(indicator: Indicator, value: float) -> bool:
    if isinstance(indicator.counts, Range):
        low, below = indicator.counts.min, indicator.counts.below
        return (low is None or value >= low) and (below is None or value < below)
    return value in indicator.counts
