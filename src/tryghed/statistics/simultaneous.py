"""Intervals that hold all at once, for pictures of many areas: Šidák's, and those of the largest |t|.

Pointwise 95 % intervals of 13 areas all hold their true shares about half the time. Šidák's (1967, JASA 62:626) need no
covariance: each is at level (1-α)^(1/m), which never covers too little. Those of the largest |t| use the correlation of
the estimates and are narrower (Hothorn, Bretz & Westfall 2008, Biometrical Journal 50:346; R: `multcomp::glht`). Both
are for display: claims come from the corrected tests of `families`.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers, t_quantile

#: Points the probability is averaged over, a power of 2; a fixed sequence, so the same input gives the same bits.
_POINTS: Final = 2**13
_SEED: Final = 20_240_101
#: Added to the correlation's diagonal, so that estimates that determine one another have a root too.
_REGULAR: Final = 1e-12
_INSIDE: Final = 1e-15
_PRECISE: Final = 1e-9


def sidak_level(intervals: int, level: float = 0.95) -> float:
    """Return the level of each of so many intervals, for all to hold at once with probability `level` or more."""
    return float(level ** (1 / intervals))


def sidak(estimates: ArrayLike, se: ArrayLike, df: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return Šidák's limits, of as many intervals as there are estimates; nan where there is no interval.

    For intervals of shares that stay within 0 and 1, give `sidak_level` to `intervals.korn_graubard_limits`.
    """
    middle, error, freedom = (np.asarray(one, dtype=np.float64) for one in (estimates, se, df))
    half = t_quantile(np.where(freedom > 0, freedom, np.nan), sidak_level(middle.size, level)) * error
    return middle - half, middle + half


def max_t(estimates: ArrayLike, covariance: Numbers, df: float, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return the limits estimate ± c se, c the quantile of the largest |t|; estimates with se 0 have no width.

    Args:
        estimates: One per interval.
        covariance: Of all of them.
        df: Degrees of freedom of the design they share; infinite for the normal.
        level: The probability that all intervals hold at once.

    Raises:
        DesignError: df is 0 or less.
    """
    middle = np.asarray(estimates, dtype=np.float64)
    error = np.sqrt(np.diag(covariance))
    uncertain = np.flatnonzero(error > 0)
    if not len(uncertain):
        return middle, middle
    correlation = covariance[np.ix_(uncertain, uncertain)] / np.outer(error[uncertain], error[uncertain])
    half = max_t_quantile(correlation, df, level) * error
    return middle - half, middle + half


def max_t_quantile(correlation: Numbers, df: float, level: float = 0.95) -> float:
    """Return c with P(max |t_k| ≤ c) = level, t multivariate Student with this correlation.

    The probability is Genz and Bretz's (2009, Computation of Multivariate Normal and t Probabilities, §4): one
    coordinate after another given those before it, averaged over a quasi-random sequence. Measured against quadrature,
    the result is right to 1e-4.

    Raises:
        DesignError: df is 0 or less.
    """
    from scipy.optimize import brentq
    from scipy.stats import qmc

    if not df > 0:
        raise DesignError(f"{df:g} degrees of freedom: there are no intervals")
    size = len(correlation)
    root = np.linalg.cholesky(correlation + _REGULAR * np.eye(size)).astype(np.float64)
    drawn = qmc.Sobol(size + 1, rng=np.random.default_rng(_SEED)).random(_POINTS)
    points: Numbers = np.clip(drawn, _INSIDE, 1 - _INSIDE).astype(np.float64)
    scale = _scale(points[:, 0], df)

    def missing(c: float) -> float:
        return float(np.mean(_within(c * scale, root, points[:, 1:]))) - level

    lowest, highest = (float(t_quantile(df, one)) for one in (level, 1 - (1 - level) / size))
    if missing(lowest) >= 0:  # one interval, or several that are one
        return lowest
    return highest if missing(highest) <= 0 else float(brentq(missing, lowest, highest, xtol=_PRECISE))


def _scale(points: Numbers, df: float) -> Numbers:
    """Return values of the denominator of t: the root of a mean square on df degrees of freedom."""
    from scipy.special import chdtri

    if np.isinf(df):
        return np.ones_like(points)
    return np.asarray(np.sqrt(chdtri(df, points) / df), dtype=np.float64)


def _within(reach: Numbers, root: Numbers, points: Numbers) -> Numbers:
    """Return, per point, the probability that every coordinate of a normal vector is within plus and minus reach."""
    from scipy.special import ndtr, ndtri

    probability = np.ones(len(points))
    drawn = np.zeros((len(points), len(root)))
    for place, row in enumerate(root):
        middle = drawn[:, :place] @ row[:place]
        low, high = ndtr((-reach - middle) / row[place]), ndtr((reach - middle) / row[place])
        probability *= high - low
        inner = low + points[:, place] * (high - low)
        drawn[:, place] = ndtri(np.clip(inner, _INSIDE, 1 - _INSIDE))
    return probability
