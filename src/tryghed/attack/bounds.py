"""The least and the most that a count can be, given everything published: linear programmes over kinds of people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from tryghed.attack import sums
from tryghed.attack.sums import Flags, Sum
from tryghed.errors import ReleaseError

Numbers = NDArray[np.float64]
_SLIGHT = 1e-6
#: How much farther the shares may be off than the least with which they fit: there, counts would seem exact.
_ROOM = 2.0
#: How much more than wanted is looked for, so that the simplex method's own tolerance does not lose it.
_BEYOND = 1e-6
#: One more programme for many sums at once is worth it where the last one found this many: it spares one for each.
_WORTH_IT = 2


@dataclass(eq=False)
class Puzzle:
    """What is known of some counts: how many there are of some kinds together, and which part of others they are.

    Each line says that some sums are between two limits together. `give` says how far its limits move for each unit
    that the weights may have moved the shares.
    """

    size: int
    lines: list[tuple[Sum, ...]] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    give: list[float] = field(default_factory=list)

    def know(self, count: Flags, least: float, most: float) -> None:
        """Add that there are so many of some kinds."""
        self._add((Sum(count),), least, most, 0.0)

    def know_share(self, part: Flags, whole: Flags, low: float, high: float, give: float) -> None:
        """Add that some kinds are between two shares of others."""
        self._add((Sum(part), Sum(whole, -high)), -np.inf, 0.0, give)
        self._add((Sum(part), Sum(whole, -low)), 0.0, np.inf, give)

    def _add(self, line: tuple[Sum, ...], least: float, most: float, give: float) -> None:
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
        lines, made = sums.written(self.lines, self.size)
        least, most, give = (np.array(one, dtype=np.float64) for one in (self.least, self.most, self.give))
        off = _least_off(lines, made, least, most, give)
        least, most = least - off * give, most + off * give
        ceiling = 10 * np.nanmax(np.where(np.isfinite(most), most, 0), initial=0) + 1000
        above, below = np.isfinite(most), np.isfinite(least)
        rows = _stacked(lines[above], -lines[below])
        limits = np.concatenate([most[above] + _SLIGHT, -least[below] + _SLIGHT])
        return Limits(self.size, rows, limits, made, float(ceiling))

    def solved(self, counts: Sequence[Numbers]) -> list[tuple[float, float]]:
        """Return the least and the most of each count."""
        limits = self.ready()
        return [(limits.least(one), limits.most(one)) for one in counts]


@dataclass(frozen=True, eq=False)
class Limits:
    """Every published number as a limit: no row may exceed its limit, and no kind a ceiling.

    Rows are over the kinds and, after them, the sums that were printed; each line of `made` says that a sum is what it
    is made of. `ways` are all ways the kinds were found to be; each of them shows what some sums can be, without a
    programme.
    """

    size: int
    rows: csr_array
    limits: Numbers
    made: csr_array
    ceiling: float
    ways: list[Numbers] = field(default_factory=list)

    def least(self, count: Numbers) -> float:
        """Return the least that a sum over kinds can be."""
        if not count.any():
            return 0.0  # of nobody
        way = self._way(count, csr_array((0, self.size)))
        return -float("inf") if way is None else float(way @ count)

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

    def least_above(self, count: Numbers, wanted: float) -> float | None:
        """Return the least that a sum over kinds can be, None where it can be that little or less."""
        if any(way @ count <= wanted for way in reversed(self.ways)):
            return None
        least = self.least(count)
        return None if least <= wanted else least

    def look_for(self, wanted_sums: Sequence[Numbers], wanted: float) -> None:
        """Look for ways in which as many of some sums as possible are that much or more, for `most_below` to find.

        One programme looks for all of them, another for those it left out, until one finds hardly any. What none of
        them finds is not known to be impossible.
        """
        counts = csr_array(np.array(wanted_sums))
        known = np.zeros(counts.shape[0], dtype=np.bool_)
        for way in self.ways:
            known |= counts @ way >= wanted
        found = _WORTH_IT
        while found >= _WORTH_IT and not known.all():
            best = self._way(np.zeros(self.size), counts[np.flatnonzero(~known)], wanted + _BEYOND)
            reached = known if best is None else known | (counts @ best >= wanted)
            found, known = int((reached & ~known).sum()), reached

    def seen(self, count: Numbers) -> tuple[float, float]:
        """Return the least and the most that a sum is in the ways that were found: it can be that, and maybe more."""
        values = [float(way @ count) for way in self.ways]
        return min(values, default=float("inf")), max(values, default=-float("inf"))

    def _way(self, goal: Numbers, more: csr_array, enough: float = 0.0) -> Numbers | None:
        """Return the way with the least of a goal and the most of further sums, each up to what is enough; note it."""
        from scipy.optimize import linprog

        (told, width), many = self.rows.shape, more.shape[0]
        printed = width - self.size
        beyond = hstack([-more, csr_array((many, printed)), eye_array(many)])
        found = linprog(
            np.concatenate([goal, np.zeros(printed), -np.ones(many)]),
            A_ub=vstack([hstack([self.rows, csr_array((told, many))]), beyond]).tocsr(),
            b_ub=np.append(self.limits, np.zeros(many)),
            A_eq=hstack([self.made, csr_array((printed, many))]).tocsr(), b_eq=np.zeros(printed),
            bounds=[*[(0, self.ceiling)] * self.size, *[(0, None)] * printed, *[(None, enough)] * many],
            method="highs",
        )  # fmt: skip
        if found.x is None:
            return None
        self.ways.append(np.asarray(found.x[: self.size]))
        return self.ways[-1]


def _least_off(lines: csr_array, made: csr_array, least: Numbers, most: Numbers, give: Numbers) -> float:
    """Return the smallest movement of the shares with which some counts fit."""
    from scipy.optimize import linprog

    slack = csr_array(give[:, None])
    above, below = np.isfinite(most), np.isfinite(least)
    rows = _stacked(hstack([lines, -slack]).tocsr()[above], hstack([-lines, -slack]).tocsr()[below])
    printed, width = made.shape
    found = linprog(
        np.append(np.zeros(width), 1.0), A_ub=rows, b_ub=np.concatenate([most[above], -least[below]]),
        A_eq=hstack([made, csr_array((printed, 1))]).tocsr(), b_eq=np.zeros(printed), method="highs",
    )  # fmt: skip
    if found.x is None:
        raise ReleaseError("the published numbers of answers contradict one another")
    off = float(found.x[-1])
    return _ROOM * off if off > _SLIGHT else 0.0


def _stacked(one: csr_array, other: csr_array) -> csr_array:
    return csr_array(vstack([one, other]))
