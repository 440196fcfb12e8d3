"""Synthetic frequency tables of a city: nested and overlapping areas, remainders, two editions.

A table is what a release of counts would be, printed exactly: districts, vulnerable areas inside one or across two of
them, the city, by category and in all. The second edition has a few people more. `protected` hides what the project
hides, `attacked` lets the attacker loose on what is left; neither sees the other's code.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.sparse import csr_array

from tryghed.attack.bounds import Limits, Puzzle
from tryghed.release.suppression import NOTHING, ONLY_N, Protection, Table, protect

FEW = 5


@dataclass(frozen=True, eq=False)
class City:
    """A made-up city.

    Attributes:
        people: How many there are of each atom.
        cells: Printed counts × atoms; the first half is the first edition, the second half the second.
        left: What subtraction could tell of (remainders, overlaps, those who came late) × atoms.
    """

    people: np.ndarray
    cells: np.ndarray
    left: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        return self.cells @ self.people

    @property
    def small(self) -> np.ndarray:
        """The printed counts that are too small to print."""
        return (self.counts > 0) & (self.counts < FEW)

    @property
    def small_left(self) -> np.ndarray:
        """What is left over of too few people."""
        left = self.left @ self.people
        return self.left[(left > 0) & (left < FEW)]


def city(seed: int, *, districts: int = 13, categories: int = 6, size: float = 120, late: float = 0.01) -> City:
    chance = np.random.default_rng(seed)
    parts = _parts(chance, districts)
    shares = chance.dirichlet(np.sort(chance.uniform(0.3, 4, categories))[::-1], size=len(parts))
    weight = np.array([0.2 if areas else 1.0 for _, areas in parts]) * chance.lognormal(0, 0.4, len(parts))
    mean = size * districts * weight / weight.sum()
    counts = chance.poisson(mean[:, None] * shares)
    came_late = chance.binomial(counts, late)
    people = np.concatenate([(counts - came_late).ravel(), came_late.ravel()])
    atoms = [(*part, category, edition) for edition in (1, 2) for part in parts for category in range(categories)]
    places = [("city", 0), *(("district", one) for one in range(districts)),
              *sorted({("vulnerable", one) for _, areas in parts for one in areas})]  # fmt: skip
    spans = [*range(categories), None]
    cells = [[_lies(atom, place, span, edition) for atom in atoms]
             for edition in (1, 2) for place, span in product(places, spans)]  # fmt: skip
    left = []
    for one, other in product(places[1:], repeat=2):
        if one[0] == "district" and other[0] == "vulnerable":
            for span, edition in product(spans, (1, 2)):
                inside, within = ([_lies(atom, place, span, edition) for atom in atoms] for place in (one, other))
                left += [np.array(inside) & np.array(within), np.array(inside) & ~np.array(within),
                         ~np.array(inside) & np.array(within)]  # fmt: skip
    for place, span in product(places, spans):
        left.append(np.array([atom[-1] == 2 and _lies(atom, place, span, 2) for atom in atoms]))
    return City(people, np.array(cells, dtype=float), np.unique(np.array(left, dtype=float), axis=0))


def protected(made: City) -> tuple[np.ndarray, Protection]:
    """Return what is shown of both editions after the second is out; the first could not foresee it."""
    half = len(made.cells) // 2
    first = _shown(made, np.arange(half), fixed=0, shown=~made.small[:half])
    shown = np.concatenate([first[0], ~made.small[half:]])
    return _shown(made, np.arange(2 * half), fixed=half, shown=shown)


def _shown(
    made: City, cells: np.ndarray, *, fixed: int, shown: np.ndarray
) -> tuple[np.ndarray, Protection]:  # fmt: skip
    small = made.cells[cells][made.small[cells]]
    left = made.small_left
    if not fixed:  # nobody is late yet
        left = left[(left[:, : left.shape[1] // 2] > 0).any(axis=1) & ~(left[:, left.shape[1] // 2 :] > 0).any(axis=1)]
    n = made.counts[cells]
    table = Table(
        base=csr_array(made.cells[cells]), counts=csr_array(np.zeros((len(cells), made.cells.shape[1]))),
        n=np.column_stack([n, n]), share=np.tile([0.0, 1.0], (len(cells), 1)),
        shown=np.where(shown, ONLY_N, NOTHING).astype(np.int8),
        fixed=np.arange(len(cells)) < fixed, unit=np.arange(len(cells)), cost=n + 1 + np.arange(len(cells)) * 1e-6,
        targets=csr_array(np.vstack([small, left])),
        reach=np.full(len(small) + len(left), float(FEW)),
        depth=np.concatenate([np.zeros(len(small)), np.full(len(left), np.nan)]),
    )  # fmt: skip
    found = protect(table)
    after = shown.copy()
    after[list(found.hidden)] = False
    return after, found


def attacked(made: City, shown: np.ndarray) -> tuple[int, int, int, int]:
    """Return how many small counts there are, how many fall, how many exactly, and how many left-overs fall.

    A small count falls where its range is narrower than 5 or ends below 5; a left-over where it is 1 to 4 for certain.
    """
    puzzle = Puzzle(made.cells.shape[1])
    for line, count in zip(made.cells[shown], made.counts[shown], strict=True):
        puzzle.know(line > 0, count, count)
    limits = puzzle.ready()
    small = made.cells[made.small]
    fallen = [one for one in small if not (limits.reaches(one, FEW - 1e-3) and _is_wide(limits, one))]
    exact = sum(limits.most(one) - limits.least(one) < 1e-3 for one in fallen)
    over = sum(
        not limits.reaches(one, FEW - 1e-3) and limits.least(one) > 1e-3 for one in made.small_left
    )  # fmt: skip
    return len(small), len(fallen), exact, over


def _is_wide(limits: Limits, count: np.ndarray) -> bool:
    values = [way @ count for way in limits.ways]
    return max(values) - min(values) >= FEW - 1e-3 or limits.most(count) - limits.least(count) >= FEW - 1e-3


def _parts(chance: np.random.Generator, districts: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return the parts of the city: a district, and the vulnerable areas that the part lies in.

    Area 0 lies within one district, area 1 overlaps it and lies across a border; the others as chance has it.
    """
    parts: dict[tuple[int, tuple[int, ...]], None] = dict.fromkeys((one, ()) for one in range(districts))
    start = int(chance.integers(districts))
    parts |= dict.fromkeys([(start, (0,)), (start, (0, 1)), (start, (1,)), ((start + 1) % districts, (1,))])
    for area in range(2, districts // 2):
        first = int(chance.integers(districts))
        parts[first, (area,)] = None
        if chance.random() < 0.5:  # across a border
            parts[(first + 1) % districts, (area,)] = None
        if chance.random() < 0.3:  # overlaps the one before
            parts[first, (area - 1, area)] = None
    return list(parts)


def _lies(atom: tuple, place: tuple[str, int], span: int | None, edition: int) -> bool:
    district, areas, category, came = atom
    there = {"city": True, "district": district == place[1], "vulnerable": place[1] in areas}[place[0]]
    return there and span in (None, category) and came <= edition
