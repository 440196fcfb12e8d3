"""Confidence intervals for a share from a complex sample: Korn-Graubard, logit and Wilson.

Every function takes the share (0-1), its design-based variance, the unweighted number of answers and the design's
degrees of freedom, as numbers or arrays of one shape; `nan` marks a limit that cannot be computed. Formulas: METHODS
in docs/methods.md; Korn & Graubard 1998 (Survey Methodology 24:193-201) in the form of NCHS Series 2 No. 175;
Franco et al. 2019 (JSSAM) for Wilson.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tryghed.definitions.policy import IntervalMethod

Numbers = NDArray[np.float64]
Limits = tuple[float | None, float | None]
Method = IntervalMethod


def korn_graubard(share: float, variance: float, n: float, df: float, level: float = 0.95) -> Limits:
    """Return the Korn-Graubard interval in the NCHS form: Clopper-Pearson on the effective number of answers.

    The effective number is p(1-p)/V, corrected for the design's degrees of freedom and capped at `n`; at 0 and 1 it
    is `n` itself, so a share of 0 or 1 has an interval too. (None, None) where `df` is 0 or less.
    """
    return _pair(korn_graubard_limits, share, variance, n, df, level)


def logit(share: float, variance: float, n: float, df: float, level: float = 0.95) -> Limits:
    """Return the interval that is symmetric on the logit scale; (None, None) at 0 and 1, where it does not exist."""
    return _pair(logit_limits, share, variance, n, df, level)


def wilson(share: float, variance: float, n: float, df: float, level: float = 0.95) -> Limits:
    """Return the Wilson interval with the effective number of answers and Student's t, as in R survey 4.5."""
    return _pair(wilson_limits, share, variance, n, df, level)


def effective_n(share: ArrayLike, variance: ArrayLike, n: ArrayLike) -> Numbers:
    """Return p(1-p)/V, the answers a simple random sample would need to be as precise; `n` where V is 0."""
    p, v, count = (np.asarray(one, dtype=np.float64) for one in (share, variance, n))
    inside = (p > 0) & (p < 1) & (v > 0)
    return np.where(inside, p * (1 - p) / np.where(inside, v, 1.0), count)


def korn_graubard_limits(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike, df: ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return lower and upper limits as arrays; see `korn_graubard`."""
    from scipy.special import betaincinv

    p, v, count, freedom = _floats(share, variance, n, df)
    known = np.isfinite(p) & (freedom > 0) & (count > 0)
    p, v, count, freedom = (np.where(known, one, 0.5) for one in (p, v, count, freedom))
    some = np.maximum(count - 1, 1)
    adjusted = effective_n(p, v, count) * (t_quantile(some, level) / t_quantile(freedom, level)) ** 2
    size = np.where((p > 0) & (p < 1), np.minimum(count, adjusted), count)
    x, rest, alpha = size * p, size * (1 - p), (1 - level) / 2
    lower = np.where(p > 0, betaincinv(np.maximum(x, 1e-300), rest + 1, alpha), 0.0)
    upper = np.where(p < 1, betaincinv(x + 1, np.maximum(rest, 1e-300), 1 - alpha), 1.0)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def logit_limits(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike, df: ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return lower and upper limits as arrays; see `logit`."""
    p, v, _, freedom = _floats(share, variance, n, df)
    known = (p > 0) & (p < 1) & (freedom > 0)
    p, v, freedom = (np.where(known, one, 0.5) for one in (p, v, freedom))
    half = t_quantile(freedom, level) * np.sqrt(v) / (p * (1 - p))
    centre = np.log(p / (1 - p))
    lower, upper = (1 / (1 + np.exp(-(centre + sign * half))) for sign in (-1, 1))
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def wilson_limits(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike, df: ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return lower and upper limits as arrays; see `wilson`."""
    p, v, count, freedom = _floats(share, variance, n, df)
    known = np.isfinite(p) & (freedom > 0) & (count > 0)
    p, v, count, freedom = (np.where(known, one, 0.5) for one in (p, v, count, freedom))
    size, t = effective_n(p, v, count), t_quantile(freedom, level)
    spread = 1 + t**2 / size
    centre = (p + t**2 / (2 * size)) / spread
    half = t / (2 * size) * np.sqrt(4 * size * p * (1 - p) + t**2) / spread
    lower, upper = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


LIMITS: dict[Method, Callable[..., tuple[Numbers, Numbers]]] = {
    "korn-graubard": korn_graubard_limits,
    "logit": logit_limits,
    "wilson": wilson_limits,
}


#: The methods as they are called in words.
NAMES: Mapping[Method, str] = {"korn-graubard": "Korn-Graubard", "logit": "logit", "wilson": "Wilson"}


def limits(
    method: Method, share: ArrayLike, variance: ArrayLike, n: ArrayLike, df: ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return lower and upper limits; shares of 0 and 1, where a logit interval does not exist, have Korn-Graubard's."""
    own = LIMITS[method](share, variance, n, df, level)
    if method == "korn-graubard":
        return own
    otherwise = korn_graubard_limits(share, variance, n, df, level)
    extreme = np.isin(np.asarray(share, dtype=np.float64), [0.0, 1.0])
    lower, upper = (np.where(extreme, other, one) for one, other in zip(own, otherwise, strict=True))
    return lower, upper


def t_quantile(df: ArrayLike, level: float | Numbers) -> Numbers:
    """Return the two-sided quantile of Student's t: `level` of it lies within plus and minus the result."""
    from scipy.special import stdtrit

    freedom = np.asarray(df, dtype=np.float64)
    if np.ndim(level):
        return np.asarray(stdtrit(freedom, (1 + np.asarray(level)) / 2), dtype=np.float64)
    each, place = np.unique(freedom, return_inverse=True)  # a table has few different ones, and each costs a search
    return np.asarray(stdtrit(each, (1 + level) / 2)[place].reshape(freedom.shape), dtype=np.float64)


def t_two_sided(statistic: ArrayLike, df: ArrayLike) -> Numbers:
    """Return the two-sided p value of a t statistic."""
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(np.asarray(df, dtype=np.float64), -np.abs(np.asarray(statistic))), dtype=np.float64)


def _floats(*values: ArrayLike) -> list[Numbers]:
    return [np.array(one, dtype=np.float64) for one in np.broadcast_arrays(*values)]


def _pair(
    limits: Callable[..., tuple[Numbers, Numbers]], share: float, variance: float, n: float, df: float, level: float
) -> Limits:
    lower, upper = (float(one) for one in limits(share, variance, n, df, level))
    return (None if np.isnan(lower) else lower), (None if np.isnan(upper) else upper)
