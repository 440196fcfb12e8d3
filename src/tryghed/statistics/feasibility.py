"""Whether weights within bounds can meet the margins at all, and what stands in the way where they cannot.

Both questions are linear programmes in the factor g of each cell: the smallest t for which every total is met to
within t of itself; and the smallest widening s of the bounds, to [1 - s(1-L), 1 + s(U-1)], for which all are met.
"""

import math
from collections.abc import Iterator

import numpy as np

from tryghed.errors import DesignError
from tryghed.statistics.auxiliaries import Auxiliaries, Numbers

#: A difference this small, relatively, is the solver's rounding.
_MET = 1e-7
_SOLVER = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
_NAMED = 8


def expect_feasible(cells: Numbers, known: Auxiliaries, limits: tuple[float, float]) -> None:
    """Refuse margins that no factors within `limits` meet.

    Args:
        cells: Design weight of each cell.
        known: Auxiliaries and totals.
        limits: The least and most a factor may be; infinite where there is no bound.

    Raises:
        DesignError: With the categories in the way, how far off they stay, and the narrowest bounds that would do.
    """
    sums = (known.values * cells[:, None]).T / known.scale(cells)[:, None]
    wanted = known.totals / known.scale(cells)
    off, factors, binding = _least_off(sums, wanted, limits)
    if off <= _MET:
        return
    bounded = math.isfinite(limits[1])
    widened = _widened(sums, wanted, limits) if bounded else None
    within = f"with factors between {limits[0]:g} and {limits[1]:g} " if bounded else ""
    if widened is None:
        hint = "the margins contradict each other or the sample: look at these categories"
    else:
        hint = f"the narrowest such bounds are [{widened[0]:g}, {widened[1]:g}]; or unite categories"
    raise DesignError(
        f"no weights meet the margins: {within}they stay {100 * off:.2g} % off\n"
        + "\n".join(_described(known, cells, factors, binding)),
        hint=hint,
    )


def _least_off(
    sums: Numbers, wanted: Numbers, limits: tuple[float, float]
) -> tuple[float, Numbers, list[tuple[int, float]]]:
    """Return the smallest t, factors with it, and the columns that keep t from being smaller, with how much they do."""
    from scipy.optimize import linprog

    columns, cells = sums.shape
    off = np.ones((columns, 1))
    found = linprog(
        np.append(np.zeros(cells), 1.0),
        A_ub=np.block([[sums, -off], [-sums, -off]]), b_ub=np.concatenate([wanted, -wanted]),
        bounds=[*(limits for _ in range(cells)), (0, None)], method="highs", options=_SOLVER,
    )  # fmt: skip
    prices = found.ineqlin.marginals
    price = -prices[:columns] - prices[columns:]
    binding = [(int(place), float(price[place])) for place in np.flatnonzero(price > _MET)]
    return float(found.fun), np.asarray(found.x[:-1], dtype=np.float64), binding


def _widened(sums: Numbers, wanted: Numbers, limits: tuple[float, float]) -> tuple[float, float] | None:
    """Return the narrowest bounds of the same shape that do, rounded outwards; None where none do."""
    from scipy import sparse
    from scipy.optimize import linprog

    lower, upper = limits
    columns, cells = sums.shape
    each = sparse.eye_array(cells)
    found = linprog(
        np.append(np.zeros(cells), 1.0),
        A_ub=sparse.block_array([[each, np.full((cells, 1), 1 - upper)], [-each, np.full((cells, 1), lower - 1)]]),
        b_ub=np.concatenate([np.ones(cells), -np.ones(cells)]),
        A_eq=np.hstack([sums, np.zeros((columns, 1))]), b_eq=wanted,
        bounds=[*((0, None) for _ in range(cells)), (0, None)], method="highs", options=_SOLVER,
    )  # fmt: skip
    if not found.success:
        return None
    wider = float(found.fun)
    return max(0.0, math.floor(1000 * (1 - wider * (1 - lower)) - 0.5) / 1000), (
        math.ceil(1000 * (1 + wider * (upper - 1)) + 0.5) / 1000
    )


def _described(known: Auxiliaries, cells: Numbers, factors: Numbers, binding: list[tuple[int, float]]) -> Iterator[str]:
    before, after = known.values.T @ cells, known.values.T @ (cells * factors)
    order = sorted(binding, key=lambda one: -one[1])
    for place, _ in order[:_NAMED]:
        margin, category = known.columns[place]
        yield (
            f"  {margin} {category}: {known.totals[place]:,.6g} wanted, {before[place]:,.6g} by design, "
            f"{after[place]:,.6g} at best"
        )
    if len(order) > _NAMED:
        yield f"  and {len(order) - _NAMED} more"
