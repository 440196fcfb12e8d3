"""The least and the most that a count can be, given everything published: linear programmes over kinds of people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from tryghed.errors import ReleaseError

Numbers = NDArray[np.float64]
_SLIGHT = 1e-6
#: How much farther the shares may be off than the least with which they fit: there, counts would seem exact.
_ROOM = 2.0


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
        if any(way @ count >= wanted for way in self.ways):
            return None
        most = self.most(count)
        return None if most >= wanted else most


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
