"""Whether weights within bounds can meet the margins at all, and what stands in the way where they cannot.

Both questions are linear programmes in the factor g of each cell: the smallest t for which every total is met to
within t of itself; and the narrowest bounds that do, the smallest U - L with L <= g <= U, L <= 1 <= U and all met.
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
    off, factors, binding = _least_off(*_sums(cells, known), limits)
    if off <= _MET:
        return
    bounded = math.isfinite(limits[1])
    narrowest = narrowest_bounds(cells, known) if bounded else None
    within = f"with factors between {limits[0]:g} and {limits[1]:g} " if bounded else ""
    if narrowest is None:
        hint = "the margins contradict each other or the sample: look at these categories"
    else:
        hint = f"the narrowest bounds that do are {_told(narrowest)}; or unite categories"
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


def narrowest_bounds(cells: Numbers, known: Auxiliaries) -> tuple[float, float] | None:
    """Return the least and the most a factor must be able to be, closest together, to meet all totals.

    None where no factors of 0 or more meet them.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    sums, wanted = _sums(cells, known)
    each, one, none = sparse.eye_array(len(cells)), np.ones((len(cells), 1)), np.zeros((len(cells), 1))
    found = linprog(
        np.concatenate([np.zeros(len(cells)), [-1.0, 1.0]]),
        A_ub=sparse.block_array([[each, none, -one], [-each, one, none]]), b_ub=np.zeros(2 * len(cells)),
        A_eq=np.hstack([sums, np.zeros((len(sums), 2))]), b_eq=wanted,
        bounds=[*((0, None) for _ in cells), (0, 1), (1, None)], method="highs", options=_SOLVER,
    )  # fmt: skip
    return (float(found.x[-2]), float(found.x[-1])) if found.success else None


def _told(bounds: tuple[float, float]) -> str:
    """Return bounds in words, rounded outwards to a hair more: logit comes near its bounds and never reaches them."""
    lower = max(0.0, math.floor(1000 * bounds[0] - 0.5) / 1000)
    return f"[{lower:g}, {math.ceil(1000 * bounds[1] + 0.5) / 1000:.10g}]"


def _sums(cells: Numbers, known: Auxiliaries) -> tuple[Numbers, Numbers]:
    """Return what a factor of each cell adds to each total, and the totals, both relative to the totals."""
    scale = known.scale(cells)
    return (known.values * cells[:, None]).T / scale[:, None], known.totals / scale


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
