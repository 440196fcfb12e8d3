"""The least and the most that a count can be, given everything published: linear programmes over kinds of people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, eye_array, hstack, vstack

from tryghed.errors import ReleaseError

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
_SLIGHT = 1e-6
#: How much farther the shares may be off than the least with which they fit: there, counts would seem exact.
_ROOM = 2.0
#: How much more than wanted is looked for, so that the simplex method's own tolerance does not lose it.
_BEYOND = 1e-6
#: One more programme for many sums at once is worth it where the last one left at most this part of them.
_WORTH_IT = 0.8
#: A small programme is one of at most this part of the kinds.
_MOST = 0.5


@dataclass(eq=False)
class Puzzle:
    """What is known of some counts: each line says that a sum over kinds lies between two limits.

    `give` says how far a line's limits move for each unit that the weights may have moved the shares.
    """

    size: int
    lines: list[Numbers] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    give: list[float] = field(default_factory=list)

    def know(self, line: Numbers, least: float, most: float, give: float = 0.0) -> None:
        """Add that the sum of a line lies between two limits."""
        self.lines.append(line)
        self.least.append(least)
        self.most.append(most)
        self.give.append(give)

    def ready(self) -> "Limits":
        """Return the limits that sums over kinds have, ready to be asked.

        Weighted shares times unweighted answers need not add up: where no counts fit, every share is allowed to be off
        by as little as makes them fit, and as much again.

        Raises:
            ReleaseError: The numbers of answers contradict one another.
        """
        lines = csr_array(np.array(self.lines)) if self.lines else csr_array((0, self.size))
        least, most, give = (np.array(one, dtype=np.float64) for one in (self.least, self.most, self.give))
        off = _least_off(lines, least, most, give)
        least, most = least - off * give, most + off * give
        ceiling = 10 * np.nanmax(np.where(np.isfinite(most), most, 0), initial=0) + 1000
        above, below = np.isfinite(most), np.isfinite(least)
        rows = _stacked(lines[above], -lines[below])
        return Limits(rows, np.concatenate([most[above] + _SLIGHT, -least[below] + _SLIGHT]), float(ceiling))

    def solved(self, counts: Sequence[Numbers]) -> list[tuple[float, float]]:
        """Return the least and the most of each count."""
        limits = self.ready()
        return [(limits.least(one), limits.most(one)) for one in counts]


@dataclass(frozen=True, eq=False)
class Limits:
    """Every published number as a limit: no row of kinds may exceed its limit, and no kind a ceiling.

    `ways` are all ways the kinds were found to be; each of them shows what some sums can be, without a programme.
    """

    rows: csr_array
    limits: Numbers
    ceiling: float
    ways: list[Numbers] = field(default_factory=list)

    def least(self, count: Numbers) -> float:
        """Return the least that a sum over kinds can be."""
        from scipy.optimize import linprog

        found = linprog(count, A_ub=self.rows, b_ub=self.limits, bounds=(0, self.ceiling), method="highs")
        if found.x is None:
            return -float("inf")
        self.ways.append(np.asarray(found.x))
        return float(found.fun)

    def most(self, count: Numbers) -> float:
        """Return the most that a sum over kinds can be."""
        return -self.least(-count)

    def reaches(self, count: Numbers, wanted: float) -> bool:
        """Return whether a sum over kinds can be that much or more."""
        return self.most_below(count, wanted) is None

    def most_below(self, count: Numbers, wanted: float) -> float | None:
        """Return the most that a sum over kinds can be, None where it can be that much or more."""
        if any(way @ count >= wanted for way in reversed(self.ways)):
            return None
        most = self.most(count)
        return None if most >= wanted else most

    def look_for(self, sums: Sequence[Numbers], wanted: float, near: Sequence[Flags] = ()) -> None:
        """Look for ways in which as many of some sums as possible are that much or more, for `most_below` to find.

        One programme looks for all of them, another for those it left out, until one finds few more. For each of the
        others a small programme follows, in which only the kinds `near` it are others than in the mean way. What none
        of them finds is not known to be impossible.
        """
        counts = csr_array(np.array(sums))
        known = self._reached(counts, wanted, self.ways)
        tried = 2 * len(known)
        while 1 < (left := int((~known).sum())) < _WORTH_IT * tried:
            tried = left
            known |= self._reached(counts, wanted, self._look_once(counts[np.flatnonzero(~known)], wanted))
        mean = np.mean(self.ways, axis=0) if self.ways else None
        for at, flags in enumerate(near):
            if mean is not None and not known[at] and flags.mean() < _MOST:
                known |= self._reached(counts, wanted, self._look_near(sums[at], mean, flags))

    def seen(self, count: Numbers) -> tuple[float, float]:
        """Return the least and the most that a sum is in the ways that were found: it can be that, and maybe more."""
        values = [float(way @ count) for way in self.ways]
        return min(values, default=float("inf")), max(values, default=-float("inf"))

    def _reached(self, counts: csr_array, wanted: float, ways: Sequence[Numbers]) -> Flags:
        found = np.zeros(counts.shape[0], dtype=np.bool_)
        for way in ways:
            found |= counts @ way >= wanted
        return found

    def _look_once(self, counts: csr_array, wanted: float) -> list[Numbers]:
        """Return a way in which as many sums as possible are that much; it is noted."""
        from scipy.optimize import linprog

        (many, size), told = counts.shape, self.rows.shape[0]
        rows = vstack([hstack([self.rows, csr_array((told, many))]), hstack([-counts, eye_array(many)])])
        found = linprog(
            np.append(np.zeros(size), -np.ones(many)), A_ub=csr_array(rows),
            b_ub=np.append(self.limits, np.zeros(many)),
            bounds=[*[(0, self.ceiling)] * size, *[(None, wanted + _BEYOND)] * many], method="highs",
        )  # fmt: skip
        return [] if found.x is None else self._noted(np.asarray(found.x[:size]))

    def _look_near(self, count: Numbers, mean: Numbers, near: Flags) -> list[Numbers]:
        """Return a way in which a sum is as much as it can be with only some kinds other than in the mean way."""
        from scipy.optimize import linprog

        columns = csr_array(self._columns[:, np.flatnonzero(near)])
        bound = np.flatnonzero(np.diff(columns.indptr))
        room = self.limits[bound] - (self.rows[bound] @ mean - columns[bound] @ mean[near])
        found = linprog(-count[near], A_ub=columns[bound], b_ub=room, bounds=(0, self.ceiling), method="highs")
        if found.x is None:
            return []
        way = mean.copy()
        way[near] = found.x
        return self._noted(way)

    def _noted(self, way: Numbers) -> list[Numbers]:
        self.ways.append(way)
        return [way]

    @cached_property
    def _columns(self) -> csc_array:
        return csc_array(self.rows)


def _least_off(lines: csr_array, least: Numbers, most: Numbers, give: Numbers) -> float:
    """Return the smallest movement of the shares with which some counts fit."""
    from scipy.optimize import linprog

    slack = csr_array(give[:, None])
    above, below = np.isfinite(most), np.isfinite(least)
    rows = _stacked(hstack([lines, -slack]).tocsr()[above], hstack([-lines, -slack]).tocsr()[below])
    goal = np.append(np.zeros(lines.shape[1]), 1.0)
    found = linprog(goal, A_ub=rows, b_ub=np.concatenate([most[above], -least[below]]), method="highs")
    if found.x is None:
        raise ReleaseError("the published numbers of answers contradict one another")
    off = float(found.x[-1])
    return _ROOM * off if off > _SLIGHT else 0.0


def _stacked(one: csr_array, other: csr_array) -> csr_array:
    return csr_array(vstack([one, other]))
