"""Whether an answer and a division of people have to do with each other: tests of a two-way table.

Rao & Scott's second-order correction (1984, Annals of Statistics 12:46) divides Pearson's X² of the weighted shares by
the trace of the design effects of the interaction, and refers it to F; the adjusted Wald test (Thomas & Rao 1990) is
of the differences from independence. Golden and R: `svychisq(statistic = "F")` and `"adjWald"`. Pearson's test on
weighted counts, which takes people sampled in clusters for independent ones, is not offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.moments import Moments

_FEWEST = 2


@dataclass(frozen=True, eq=False)
class Table:
    """A two-way table of weighted counts.

    Attributes:
        cells: Weighted counts, rows × columns.
        covariance: Of the cells, row by row.
        n: Unweighted answers in all of it.
        df: Degrees of freedom of the design of those who answered.
        replicated: Covariance of the cells' shares of the table under replicate weights, where any were delivered.
    """

    cells: Numbers
    covariance: Numbers
    n: float
    df: float
    replicated: Numbers | None = None

    @property
    def share_covariance(self) -> Numbers:
        """Covariance of the cells' shares T/ΣT: that of the replicated shares, or by their derivatives."""
        if self.replicated is not None:
            return self.replicated
        total = self.cells.sum()
        slopes = (np.eye(self.cells.size) - (self.cells / total).reshape(-1, 1)) / total
        return np.asarray(slopes @ self.covariance @ slopes.T, dtype=np.float64)


@dataclass(frozen=True)
class Tested:
    """A test of independence: F on `numerator_df` and `denominator_df`, and its p; `x2` is Pearson's, uncorrected."""

    x2: float
    f: float
    numerator_df: float
    denominator_df: float
    p: float


def table(categories: Moments) -> Table:
    """Return the table of those who count and those who do not (rows) by category (columns).

    Args:
        categories: The categories of one division; categories where nobody answered are left out.
    """
    some, replicated = np.flatnonzero(categories.n > 0), categories.replicated
    size = len(categories.n)
    counted = np.hstack([np.zeros((len(some), size)), np.eye(size)[some]])
    rest = np.hstack([np.eye(size)[some], -np.eye(size)[some]])
    matrix = np.vstack([counted, rest])
    sums = np.concatenate([categories.base, categories.counted])
    return Table(
        (matrix @ sums).reshape(2, -1), matrix @ categories.covariance @ matrix.T,
        float(categories.n.sum()), categories.df,
        None if replicated is None else replicated.parts_covariance(matrix),
    )  # fmt: skip


def rao_scott(known: Table) -> Tested:
    """Return Rao & Scott's second-order corrected test.

    X² = n Σ (π - π_r π_c)² / (π_r π_c); with C the interaction columns orthogonal to the main effects and D = diag π,
    Δ = (C'D⁻¹C/n)⁻¹ (C'D⁻¹VD⁻¹C), F = X²/trΔ on d = (trΔ)²/tr(Δ²) and d·df. V is the covariance of the shares: under
    replicate weights that of the shares of each replicate, not of its sums.

    Raises:
        DesignError: A row or a column is empty, there are fewer than two of each, or df is 0 or less.
    """
    _expect_testable(known)
    shape = known.cells.shape
    shares = known.cells / known.cells.sum()
    pi, expected = shares.ravel(), _independent(shares).ravel()
    x2 = float(known.n * ((pi - expected) ** 2 / expected).sum())
    inverse = np.where(pi > 0, 1 / np.where(pi > 0, pi, 1.0), 0.0)
    columns = _interaction(shape)
    weighted = inverse[:, None] * columns
    delta = np.linalg.solve(columns.T @ weighted / known.n, weighted.T @ known.share_covariance @ weighted)
    trace, squares = float(np.trace(delta)), float(np.trace(delta @ delta))
    if trace <= 0:
        raise DesignError("the table has no sampling variance, so its independence cannot be tested")
    freedom = trace**2 / squares
    return _tested(x2, x2 / trace, freedom, freedom * known.df)


def adjusted_wald(known: Table) -> Tested:
    """Return the adjusted Wald test of the differences Y = T - T_r T_c / T in all rows and columns but the first.

    F = (ν-k+1)/(kν) Y'V⁻¹Y on k and ν-k+1, with k = (rows-1)(columns-1) and ν the design's degrees of freedom.

    Raises:
        DesignError: As for `rao_scott`, or there are not enough degrees of freedom for so many cells.
    """
    _expect_testable(known)
    rows, columns = known.cells.shape
    parameters = (rows - 1) * (columns - 1)
    left = known.df - parameters + 1
    if left <= 0:
        raise DesignError(f"{known.df:g} degrees of freedom are too few for a Wald test of {parameters} parameters")
    total = known.cells.sum()
    by_row, by_column = known.cells.sum(axis=1), known.cells.sum(axis=0)
    row, column = (places.ravel() for places in np.indices(known.cells.shape))
    slopes = (
        np.eye(rows * columns)
        - (row[:, None] == row) * by_column[column][:, None] / total
        - (column[:, None] == column) * by_row[row][:, None] / total
        + (by_row[row] * by_column[column])[:, None] / total**2
    )
    gaps = (known.cells - total * _independent(known.cells / total)).ravel()
    covariance = slopes @ known.covariance @ slopes.T
    used = np.flatnonzero((row > 0) & (column > 0))
    statistic = float(gaps[used] @ np.linalg.solve(covariance[np.ix_(used, used)], gaps[used]))
    pi = known.cells / total
    x2 = float(known.n * ((pi - _independent(pi)) ** 2 / _independent(pi)).sum())
    return _tested(x2, statistic * left / (parameters * known.df), parameters, left)


def _independent(pi: Numbers) -> Numbers:
    return np.asarray(np.outer(pi.sum(axis=1), pi.sum(axis=0)), dtype=np.float64)


def _interaction(shape: Sequence[int]) -> Numbers:
    """Return the columns of the interaction, orthogonal to those of rows and columns."""
    row, column = (places.ravel() for places in np.indices(shape))
    rows = (row[:, None] == np.arange(1, shape[0])).astype(np.float64)
    columns = (column[:, None] == np.arange(1, shape[1])).astype(np.float64)
    main = np.hstack([np.ones((len(row), 1)), rows, columns])
    both = (rows[:, :, None] * columns[:, None, :]).reshape(len(row), -1)
    return np.asarray(both - main @ np.linalg.lstsq(main, both, rcond=None)[0], dtype=np.float64)


def _expect_testable(known: Table) -> None:
    if min(known.cells.shape) < _FEWEST or (known.cells.sum(axis=0) <= 0).any() or (known.cells.sum(axis=1) <= 0).any():
        raise DesignError(
            f"a table of {known.cells.shape[0]} × {known.cells.shape[1]} with "
            f"{int((known.cells.sum(axis=0) <= 0).sum() + (known.cells.sum(axis=1) <= 0).sum())} empty rows and "
            "columns cannot be tested for independence",
            hint="leave out what nobody answered; where everybody answers alike there is nothing to test",
        )
    if not known.df > 0:
        raise DesignError(f"{known.df:g} degrees of freedom: independence cannot be tested")


def _tested(x2: float, f: float, numerator_df: float, denominator_df: float) -> Tested:
    from scipy.special import fdtrc

    return Tested(x2, f, numerator_df, denominator_df, float(fdtrc(numerator_df, denominator_df, f)))
