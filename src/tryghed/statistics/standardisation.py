"""Shares as they would be if every area had the same ages: direct standardisation of survey estimates.

p = Σ_k c_k p_k over the categories k of an area, with c the standard population's parts; its variance is c'Σc with the
covariance of the categories (Korn & Graubard 1999, §3.6). Golden and R: `svystandardize`, then `svyby`. An area with
nobody in a category has no standardised share: to share its part out among the others would be another standard.
`tryghed.standards` names such categories.
"""

from dataclasses import replace

import numpy as np

from tryghed.statistics import combinations
from tryghed.statistics.combinations import Combination
from tryghed.statistics.intervals import Method, Numbers, limits
from tryghed.statistics.moments import Moments


def standardised_share(known: Moments, parts: Numbers, interval: Method = "korn-graubard") -> Combination:
    """Return Σ c_k p_k of the categories of one area, all of which have an answer.

    Args:
        known: The categories.
        parts: c, of each.
        interval: Which confidence interval, in place of the t interval of other combinations.
    """
    found = combinations.contrast(known, parts.tolist())
    share, variance, n, df = (np.array([one]) for one in (found.estimate, found.se**2, known.n.sum(), found.df))
    lower, upper = limits(interval, share, variance, n, df)
    return replace(found, lower=float(lower[0]), upper=float(upper[0]))
