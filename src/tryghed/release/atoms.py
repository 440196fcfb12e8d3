"""Atoms: people alike in wave, areas, groups and answers to one item. Every number of a release is a sum of atoms.

Everything that can be added or subtracted to learn more than a page says follows from which atoms a number holds:
overlapping areas, what is left of a district outside a vulnerable area, the rest of the city, both sides of a share,
pooled waves against their parts, answers that add up to an indicator.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY
from tryghed.release.domains import Domain, Side, is_everybody
from tryghed.release.released import REST, CellKey
from tryghed.store.query import Query, names_pattern
from tryghed.store.reader import Reader

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Atoms:
    """The atoms of one item of a survey, also those that nobody is in: a reader does not know which are empty.

    Attributes:
        survey: Name of the survey.
        indicators: Indicators scored from the item.
        places: Every combination of areas that somebody lies in, as `set/area`.
        kinds: Every combination of categories that somebody has, as `dimension/category`.
        wave: Wave of each atom.
        place: Index in `places` of each atom.
        kind: Index in `kinds` of each atom.
        scores: Atoms × indicators: 1 counts, 0 does not, -1 is outside the base.
        people: Respondents of each atom.
        marks: Checksum over waves and pseudonyms of each atom's people: a person is another one in another wave.
    """

    survey: str
    indicators: tuple[str, ...]
    places: tuple[frozenset[str], ...]
    kinds: tuple[frozenset[str], ...]
    wave: NDArray[np.str_]
    place: Indices
    kind: Indices
    scores: NDArray[np.int8]
    people: Indices
    marks: tuple[int, ...]

    def holds(self, domain: Domain) -> Mask:
        """Return which atoms lie in a domain, whatever they answered."""
        there = [places.issuperset(domain.inside) and places.isdisjoint(domain.outside) for places in self.places]
        alike = [domain.kind in kinds for kinds in self.kinds]
        placed, like = np.array(there, dtype=np.bool_), np.array(alike, dtype=np.bool_)
        within = np.isin(self.wave, domain.wave.split("+"))
        return np.asarray(within & placed[self.place] & like[self.kind], dtype=np.bool_)

    def side(self, indicator: str, side: Side) -> Mask:
        """Return which atoms are in the base of an indicator, count, or do not count."""
        scores = self.scores[:, self.indicators.index(indicator)]
        if side == "n":
            return np.asarray(scores >= 0, dtype=np.bool_)
        return np.asarray(scores == (1 if side == "positives" else 0), dtype=np.bool_)

    def base(self, cell: CellKey) -> Mask:
        """Return which atoms are in the base of a cell."""
        return self.holds(domain(cell)) & self.side(cell.indicator, "n")

    def count(self, held: Mask) -> int:
        """Return the people in some atoms."""
        return int(self.people[held].sum())

    def checksum(self, held: Mask) -> str:
        """Return a checksum over the waves and pseudonyms of the people in some atoms."""
        together = 0
        for at in np.flatnonzero(held):
            together ^= self.marks[at]
        return f"{together:032x}"

    @cached_property
    def overlaps(self) -> tuple[tuple[str, str], ...]:
        """Pairs of areas that share people and of which neither is everybody, in order."""
        named = [[place for place in places if not is_everybody(place)] for places in self.places]
        return tuple(sorted({pair for places in named for pair in combinations(sorted(places), 2)}))


def domain(cell: CellKey) -> Domain:
    """Return the people a cell is about."""
    kind = f"{cell.dimension}/{cell.category}"
    everybody = f"{cell.area_set}/{EVERYBODY}"
    if cell.area.startswith(REST):
        return Domain(cell.wave, (everybody,), (f"{cell.area_set}/{cell.area.removeprefix(REST)}",), kind)
    return Domain(cell.wave, (f"{cell.area_set}/{cell.area}",), (), kind)


def read(reader: Reader, query: Query, survey: Survey, cells: Iterable[CellKey]) -> tuple[Atoms, ...]:
    """Return the atoms behind some cells of a survey, one for each item they are scored from.

    Args:
        reader: Opened for the survey.
        query: `release/atoms`.
        survey: The survey.
        cells: What is shown now, and what earlier releases showed.
    """
    by_item: dict[str, list[CellKey]] = defaultdict(list)
    for cell in cells:
        if cell.indicator in survey.scores:
            by_item[survey.scores[cell.indicator].item].append(cell)
    return tuple(_read_item(reader, query, survey.name, wanted) for _, wanted in sorted(by_item.items()))


def _read_item(reader: Reader, query: Query, survey: str, cells: Sequence[CellKey]) -> Atoms:
    indicators = tuple(sorted({cell.indicator for cell in cells}))
    rows = reader.run(
        query,
        waves=sorted({wave for cell in cells for wave in cell.wave.split("+")}),
        area_sets=sorted({cell.area_set for cell in cells}),
        dimensions=sorted({EVERYBODY, *(cell.dimension for cell in cells)}),
        pattern=names_pattern(indicators),
    )
    scores = rows.select([f"s_{name}" for name in indicators]).fill_null(-1).to_numpy().astype(np.int8)
    answered = np.flatnonzero((scores >= 0).any(axis=1))
    rows = rows[answered]
    return completed(
        survey, indicators, list(rows["wave"]), [frozenset(one) for one in rows["places"].to_list()],
        [frozenset(one) for one in rows["kinds"].to_list()], scores[answered], rows["people"].to_numpy(),
        [int(mark) for mark in rows["mark"]],
    )  # fmt: skip


def completed(
    survey: str, indicators: tuple[str, ...], wave: Sequence[str], places: Sequence[frozenset[str]],
    kinds: Sequence[frozenset[str]], scores: NDArray[np.int8], people: Indices, marks: Sequence[int],
) -> Atoms:  # fmt: skip
    """Return atoms with those that nobody is in: any place with any kind and, of the wave, any answer.

    Args:
        survey: Name of the survey.
        indicators: Indicators scored from the item.
        wave: Wave of each row; rows are alike in nothing else than all that follows.
        places: Areas of each row, as `set/area`.
        kinds: Categories of each row, as `dimension/category`.
        scores: Rows × indicators: 1 counts, 0 does not, -1 is outside the base.
        people: Respondents of each row.
        marks: Checksum over their waves and pseudonyms.
    """
    distinct_places, distinct_kinds = (tuple(sorted(set(one), key=sorted)) for one in (places, kinds))
    answers: dict[str, set[tuple[int, ...]]] = defaultdict(set)
    for name, row in zip(wave, scores.tolist(), strict=True):
        answers[name].add(tuple(row))
        if len(indicators) == 1:
            answers[name] |= {(0,), (1,)}
    found = dict.fromkeys(
        product([(name, answer) for name in sorted(answers) for answer in sorted(answers[name])],
                range(len(distinct_places)), range(len(distinct_kinds))),
        (0, 0),
    )  # fmt: skip
    place_of = {one: at for at, one in enumerate(distinct_places)}
    kind_of = {one: at for at, one in enumerate(distinct_kinds)}
    for name, place, kind, row, count, mark in zip(wave, places, kinds, scores.tolist(), people, marks, strict=True):
        at = ((name, tuple(row)), place_of[place], kind_of[kind])
        found[at] = (found[at][0] + int(count), found[at][1] ^ mark)
    return Atoms(
        survey, indicators, distinct_places, distinct_kinds,
        np.array([name for (name, _), _, _ in found], dtype=np.str_),
        np.array([place for _, place, _ in found], dtype=np.int64),
        np.array([kind for _, _, kind in found], dtype=np.int64),
        np.array([answer for (_, answer), _, _ in found], dtype=np.int8).reshape(-1, len(indicators)),
        np.array([count for count, _ in found.values()], dtype=np.int64),
        tuple(mark for _, mark in found.values()),
    )  # fmt: skip
