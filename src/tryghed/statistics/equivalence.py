"""Whether a difference is too small to matter: two one-sided tests against a declared margin.

"På niveau med" is a claim and needs a test of its own; a difference that is not significant is no proof of equality.
Both one-sided tests reject |θ| ≥ δ at level α exactly where the (1-2α) interval lies within (-δ, δ) (Schuirmann 1987,
J. Pharmacokinetics and Biopharmaceutics 15:657). The smallest change a comparison can detect is `detectable` of
`frames.CONTRAST` (see `contrasts`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers, t_quantile


@dataclass(frozen=True, eq=False)
class Equivalence:
    """The verdict on differences; nan and False where a difference has no variance or no degrees of freedom.

    Attributes:
        margin: What was declared too small to matter.
        lower: End of the (1-2α) interval.
        upper: The other end.
        p: The larger of the two one-sided p values.
        equivalent: Whether p is below α.
        needed: The smallest margin this difference would have been called equivalent with.
        attainable: Whether even a difference of exactly 0 could have been called equivalent.
    """

    margin: float
    lower: Numbers
    upper: Numbers
    p: Numbers
    equivalent: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    needed: Numbers
    attainable: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def two_one_sided(
    difference: ArrayLike, se: ArrayLike, df: ArrayLike, *, margin: float, alpha: float = 0.05
) -> Equivalence:
    """Return the verdict of two one-sided t tests.

    Args:
        difference: On the scale of the margin (shares, 0-1).
        se: Standard errors; 0, which is no test, proves nothing.
        df: Degrees of freedom.
        margin: δ, declared before the data are seen.
        alpha: Level of each one-sided test.

    Raises:
        DesignError: The margin is not above 0, or the level not between 0 and 0.5.
    """
    from scipy.special import stdtr

    if not (margin > 0 and 0 < alpha < 1 / 2):
        raise DesignError(f"margin {margin:g} and level {alpha:g}: a margin is above 0, a level between 0 and 0.5")
    gap, error, freedom = (np.asarray(one, dtype=np.float64) for one in (difference, se, df))
    known = np.isfinite(gap) & (error > 0) & (freedom > 0)
    error, freedom = np.where(known, error, np.nan), np.where(known, freedom, np.nan)
    half = t_quantile(freedom, 1 - 2 * alpha) * error
    p = np.asarray(stdtr(freedom, (np.abs(gap) - margin) / error), dtype=np.float64)
    needed = np.abs(gap) + half
    return Equivalence(margin, gap - half, gap + half, p, p < alpha, needed, half < margin)
