"""Which further numbers must be hidden so that no hidden one can be worked out from the others.

A reader knows every printed number up to its rounding and that each is a sum of atoms, of which none is negative. What
he can learn of a count is then the range between the smallest and the largest it can be: two linear programmes. A count
is protected when its range reaches far enough. Where it does not, an elastic programme finds the cheapest numbers to
open; when all are protected, the dearest of those are shown again if nothing is lost (drop pass).

Exact minimisation (Fischetti and Salazar 2001, Management Science 47:1008) is in the tests, as the judge of small
tables. The order of everything is fixed and the simplex method of HiGHS is deterministic: the same table hides the same
cells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack

Vector = NDArray[np.float64]
_TOLERANCE = 1e-6

#: What is shown of a cell.
NOTHING, ONLY_N, ALL = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Table:
    """Cells over atoms, and what must not be learned.

    Attributes:
        base: Cells × atoms: 1 where the atom is in the cell's base.
        counts: Cells × atoms: 1 where the atom counts.
        n: Cells × 2: what a reader of the printed n knows, lowest and highest.
        share: Cells × 2: what a reader of the printed share knows, lowest and highest (0-1).
        shown: What is shown of each cell before anything further is hidden.
        fixed: Cells that cannot be hidden, because an earlier release showed them.
        unit: Cells with the same number are hidden together.
        cost: Harm of hiding each cell.
        targets: Targets × atoms: the counts that must not be learned.
        reach: What the largest possible value of each target must at least be (nan: no such demand).
        depth: What the smallest possible value of each target must at most be (nan: no such demand).
    """

    base: csr_array
    counts: csr_array
    n: Vector
    share: Vector
    shown: NDArray[np.int8]
    fixed: NDArray[np.bool_]
    unit: NDArray[np.int64]
    cost: Vector
    targets: csr_array
    reach: Vector
    depth: Vector


@dataclass(frozen=True)
class Protection:
    """What to hide, in order, and the targets that stay unprotected whatever is hidden."""

    hidden: tuple[int, ...]
    exposed: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Demand:
    """One side of one target: `sign` times its value must be able to reach `least`."""

    target: int
    sign: int
    least: float


def protect(table: Table) -> Protection:
    """Return the cells to hide beside those that are hidden already."""
    return _Search(table).run()


def ranges(table: Table, hidden: Sequence[int] = ()) -> Vector:
    """Return the smallest and largest value each target can have for a reader: targets × 2."""
    search = _Search(table)
    for cell in hidden:
        search.shown[cell] = NOTHING
    sides = [[sign * search.furthest(row, sign)[0] for sign in (-1, 1)] for row in table.targets.toarray()]
    return np.array(sides, dtype=np.float64).reshape(-1, 2)


class _Search:
    """The search for one table; `shown` and the witnesses change while it runs.

    A witness is a way the atoms could be, given what is shown, that meets a demand. Hiding more never spoils one.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.shown = table.shown.copy()
        self.rows, self.low, self.high, self.cell, self.level = _knowledge(table)
        self.demands = [
            _Demand(at, sign, sign * wanted)
            for at in range(len(table.reach))
            for sign, wanted in ((1, table.reach[at]), (-1, table.depth[at]))
            if not np.isnan(wanted)
        ]
        self.many = 10 * table.n.max(initial=0) + 1000  # no atom is larger: keeps every programme bounded
        self.witness: list[Vector | None] = [None] * len(self.demands)

    def run(self) -> Protection:
        exposed = []
        self._try_together(range(len(self.demands)))
        for at, demand in enumerate(self.demands):
            if self.witness[at] is None and not self._meet(at, demand):
                exposed.append(demand.target)
        self._show_again()
        hidden = np.flatnonzero((self.shown == NOTHING) & (self.table.shown != NOTHING))
        return Protection(tuple(int(cell) for cell in hidden), tuple(dict.fromkeys(exposed)))

    def furthest(self, target: Vector, sign: int) -> tuple[float, Vector | None]:
        """Return the largest value of `sign` times a target that what is shown allows, and the atoms that give it."""
        visible = self._visible()
        solved = _solve(-sign * target, self.rows[visible], self.low[visible], self.high[visible], upper=self.many)
        return (-np.inf, None) if solved is None else (float(sign * (target @ solved)), solved)

    def _visible(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.shown[self.cell] >= self.level)

    def _try_together(self, demands: Iterable[int]) -> None:
        """Look for ways that meet as many demands as possible at once: those upwards, those downwards, what is left."""
        for sign in (1, -1):
            left = [at for at in demands if self.witness[at] is None and self.demands[at].sign == sign]
            tried = len(left) + 1
            while 1 < len(left) < tried:
                tried = len(left)
                self._meet_most([self.demands[at] for at in left])
                left = [at for at in left if self.witness[at] is None]

    def _meet_most(self, demands: Sequence[_Demand]) -> None:
        """Look for one way that meets as many of some demands as possible."""
        visible, count = self._visible(), len(demands)
        atoms = self.rows.shape[1]
        signs = np.array([one.sign for one in demands], dtype=np.float64)
        signed = diags_array(signs) @ self.table.targets[[one.target for one in demands]]
        rows = vstack([
            hstack([self.rows[visible], csr_array((len(visible), count))]),
            hstack([signed, -eye_array(count)]),
        ])  # fmt: skip
        low = np.concatenate([self.low[visible], np.zeros(count)])
        high = np.concatenate([self.high[visible], np.full(count, np.inf)])
        least = np.array([one.least for one in demands])
        lower = np.concatenate([np.zeros(atoms), np.full(count, -np.inf)])
        upper = np.concatenate([np.full(atoms, self.many), least])
        goal = np.concatenate([np.zeros(atoms), -np.ones(count)])
        solved = _solve(goal, rows, low, high, lower=lower, upper=upper)
        if solved is not None:
            self._keep(solved[:atoms])

    def _keep(self, atoms: Vector) -> None:
        """Note every demand that a way meets."""
        values = self.table.targets @ atoms
        for at, demand in enumerate(self.demands):
            if self.witness[at] is None and demand.sign * values[demand.target] >= demand.least - _TOLERANCE:
                self.witness[at] = atoms

    def _meet(self, at: int, demand: _Demand) -> bool:
        target = _row(self.table, demand.target)
        reached, atoms = self.furthest(target, demand.sign)
        if reached < demand.least - _TOLERANCE:
            atoms = self._open(target, demand)
        if atoms is None:
            return False
        self._keep(atoms)
        return self.witness[at] is not None

    def _open(self, target: Vector, demand: _Demand) -> Vector | None:
        """Hide the cheapest cells that let a target go as far as demanded; None where none would do."""
        table, visible = self.table, self._visible()
        bends = np.flatnonzero(~table.fixed[self.cell[visible]])
        atoms, count = self.rows.shape[1], len(bends)
        give = csr_array((np.ones(count), (bends, np.arange(count))), shape=(len(visible), count))
        rows = vstack([
            hstack([self.rows[visible], give, -give]),
            hstack([csr_array((demand.sign * target)[None, :]), csr_array((1, 2 * count))]),
        ])  # fmt: skip
        low = np.append(self.low[visible], demand.least)
        high = np.append(self.high[visible], np.inf)
        price = table.cost[self.cell[visible[bends]]]
        solved = _solve(np.concatenate([np.zeros(atoms), price, price]), rows, low, high)
        if solved is None:
            return None
        bent = solved[atoms : atoms + count] + solved[atoms + count :] > _TOLERANCE
        units = np.unique(table.unit[self.cell[visible[bends[bent]]]])
        self.shown[np.isin(table.unit, units) & ~table.fixed] = NOTHING
        return solved[:atoms]

    def _show_again(self) -> None:
        """Show hidden cells again, dearest first, where every demand can still be met."""
        table = self.table
        hidden = np.flatnonzero((self.shown == NOTHING) & (table.shown != NOTHING))
        units = np.unique(table.unit[hidden])
        price = [table.cost[table.unit == unit].sum() for unit in units]
        for unit in [unit for _, unit in sorted(zip(price, units, strict=True), key=lambda one: (-one[0], one[1]))]:
            self._try_showing(np.flatnonzero((table.unit == unit) & (table.shown != NOTHING)))

    def _try_showing(self, cells: NDArray[np.int64]) -> None:
        before, kept = self.shown.copy(), list(self.witness)
        self.shown[cells] = self.table.shown[cells]
        again = np.flatnonzero(np.isin(self.cell, cells) & (self.shown[self.cell] >= self.level))
        spoiled = list(self._spoiled(again))
        for at in spoiled:
            self.witness[at] = None
        self._try_together(spoiled)
        for at in spoiled:
            if self.witness[at] is None:
                demand = self.demands[at]
                reached, atoms = self.furthest(_row(self.table, demand.target), demand.sign)
                if reached < demand.least - _TOLERANCE or atoms is None:
                    self.shown, self.witness = before, kept
                    return
                self._keep(atoms)

    def _spoiled(self, rows: NDArray[np.int64]) -> Iterator[int]:
        """Yield the demands whose witness contradicts some rows."""
        verdicts: dict[int, bool] = {}
        for at, atoms in enumerate(self.witness):
            if atoms is not None:
                if id(atoms) not in verdicts:
                    values = self.rows[rows] @ atoms
                    outside = (values < self.low[rows] - _TOLERANCE) | (values > self.high[rows] + _TOLERANCE)
                    verdicts[id(atoms)] = bool(outside.any())
                if verdicts[id(atoms)]:
                    yield at


def _knowledge(table: Table) -> tuple[csr_array, Vector, Vector, NDArray[np.int64], NDArray[np.int8]]:
    """Return what each cell tells when shown: rows over atoms, their limits, their cell, and how much must be shown.

    The n of a cell lies within its limits; its count lies between the lowest and the highest share of its n.
    """
    cells = np.arange(table.base.shape[0])
    exact = table.n[:, 0] == table.n[:, 1]
    some, none = cells[exact], cells[~exact]
    least = np.ceil(table.n[some, 0] * table.share[some, 0] - _TOLERANCE)
    most = np.floor(table.n[some, 1] * table.share[some, 1] + _TOLERANCE)
    below = table.counts[none] - diags_array(table.share[none, 1]) @ table.base[none]
    above = table.counts[none] - diags_array(table.share[none, 0]) @ table.base[none]
    rows = csr_array(vstack([table.base, table.counts[some], below, above]))
    low = np.concatenate([table.n[:, 0], least, np.full(len(none), -np.inf), np.zeros(len(none))])
    high = np.concatenate([table.n[:, 1], most, np.zeros(len(none)), np.full(len(none), np.inf)])
    level = np.concatenate([np.full(len(cells), ONLY_N), np.full(len(some) + 2 * len(none), ALL)]).astype(np.int8)
    return rows, low, high, np.concatenate([cells, some, none, none]), level


def _row(table: Table, target: int) -> Vector:
    return np.asarray(table.targets[[target]].todense(), dtype=np.float64).ravel()


def _solve(
    goal: Vector, rows: csr_array, low: Vector, high: Vector, *, lower: Vector | float = 0.0,
    upper: Vector | float = np.inf,
) -> Vector | None:  # fmt: skip
    """Return the point that minimises `goal`, None where none exists or it has no end."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = milp(goal, constraints=LinearConstraint(rows, low, high), bounds=Bounds(lower, upper))
    return None if found.x is None else np.asarray(found.x)
