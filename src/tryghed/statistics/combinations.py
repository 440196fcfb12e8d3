"""Linear combinations of shares: any contrast on one covariance, and the difference of two differences.

The estimate is c'p, its variance c'Σc, with Σ the covariance of the design, so that domains that share respondents or
PSUs, or waves that share people, need no case of their own (Särndal, Swensson & Wretman 1992, §5.6). R:
`svycontrast(svyby(..., covmat = TRUE), c)`. The test is of the combination itself; two shares are better compared by
`contrasts`, whose test on log odds keeps its level where shares are small.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers, t_quantile, t_two_sided
from tryghed.statistics.moments import Moments

#: A variance this small beside the terms it is the sum of is rounding, and stands for 0.
_ROUNDING = 1e-13


@dataclass(frozen=True)
class Combination:
    """A combination of shares, with a pointwise t interval.

    Attributes:
        estimate: c'p, nan where a share in it is not known.
        se: Its standard error.
        df: Degrees of freedom.
        lower: nan where df is 0 or less, as `upper` and `p`.
        upper: See above.
        p: Two-sided t test of c'p = 0; nan where there is no variance, which is no test.
    """

    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    p: float


def linear_contrast(
    shares: Numbers, covariance: Numbers, coefficients: Sequence[float], df: float, level: float = 0.95
) -> Combination:
    """Return c'p with its standard error, interval and test.

    Args:
        shares: One per domain (or any estimates).
        covariance: Of all of them.
        coefficients: One per share; a share with coefficient 0 need not be known.
        df: Degrees of freedom of all domains together.
        level: Confidence of the interval.

    Raises:
        DesignError: Numbers of shares, covariances and coefficients differ.
    """
    c = np.asarray(coefficients, dtype=np.float64)
    if not (len(shares) == len(c) and np.shape(covariance) == (len(c), len(c))):
        raise DesignError(f"{len(c)} coefficients for {len(shares)} shares with {np.shape(covariance)} covariances")
    used = c != 0
    terms = np.outer(c[used], c[used]) * np.asarray(covariance)[np.ix_(used, used)]
    spread = float(terms.sum())
    rounding = _ROUNDING * float(np.abs(terms).sum())
    return described(float(c[used] @ np.asarray(shares)[used]), 0.0 if spread <= rounding else spread, df, level)


def described(estimate: float, variance: float, df: float, level: float = 0.95) -> Combination:
    """Return an estimate with its standard error, t interval and two-sided test."""
    se = float(np.sqrt(variance))
    if not df > 0:
        return Combination(estimate, se, df, np.nan, np.nan, np.nan)
    half = float(t_quantile(df, level)) * se
    p = float(t_two_sided(estimate / se, df)) if se > 0 else np.nan
    return Combination(estimate, se, df, estimate - half, estimate + half, p)


def contrast(known: Moments, coefficients: Sequence[float], level: float = 0.95) -> Combination:
    """Return the combination of the shares of `known`, by `linear_contrast`."""
    return linear_contrast(known.share, known.share_covariance, coefficients, known.df, level)
