"""The families of tests of a release: adjusted p values and the verdicts they allow.

A release makes hundreds of comparisons. Its chance of a false claim is divided over two families of contrasts:
the headline ones (Holm, so that the chance of any false claim among them is bounded) and all others
(Benjamini-Hochberg, so that the expected share of false claims among the claims is bounded, and the chance of any
when nothing differs; or Benjamini-Yekutieli, which needs nothing to be known of how the tests hang together). The rank
sets are a third family with a bound of its own (`ranks`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from tryghed.definitions.policy import Families
from tryghed.frames import CONTRAST, conform
from tryghed.statistics.intervals import Numbers, t_quantile

HEADLINE, OTHER = "headline", "other"


def correct(contrasts: pl.DataFrame, headline: pl.Expr | Sequence[bool], rules: Families) -> pl.DataFrame:
    """Return `contrasts` with `family`, `tests`, `p_adjusted` and `direction` filled in, in the same order.

    A contrast that could not be tested (p is null) stays in its family as a test with p = 1, so that the size of the
    family is fixed by what the report declares and not by what the data allow. `direction` is the sign of the
    difference where the adjusted p is below the family's level and the pointwise interval leaves out zero, else 0.
    `detectable` is moved from the pointwise 5 % to the level the correction in fact applied to that contrast, and to
    log odds: a difference at least as large as `detectable` therefore always has a direction.

    Args:
        contrasts: `frames.CONTRAST`, every contrast the release makes, those later withheld included.
        headline: Which rows belong to the headline family; the rest belong to the other.
        rules: The level of each family.
    """
    marks = (
        contrasts.select(headline).to_series()
        if isinstance(headline, pl.Expr)
        else pl.Series(headline, dtype=pl.Boolean)
    )
    chosen = marks.fill_null(value=False).to_numpy()
    p = contrasts["p"].fill_null(1.0).to_numpy()
    adjusted, levels = np.ones(len(p)), np.zeros(len(p))
    others = _OTHERS[rules.other_correction]
    for members, adjust, alpha in ((chosen, holm, rules.headline), (~chosen, others, rules.other)):
        adjusted[members] = adjust(p[members])
        level = alpha / harmonic(int(members.sum())) if adjust is benjamini_yekutieli and members.any() else alpha
        levels[members] = _level_in_force(adjusted[members] < alpha, level, stepwise_down=adjust is holm)
    alphas = np.where(chosen, rules.headline, rules.other)
    filled = contrasts.with_columns(
        pl.Series("family", np.where(chosen, HEADLINE, OTHER), dtype=pl.String),
        pl.Series("tests", np.where(chosen, chosen.sum(), (~chosen).sum()), dtype=pl.Int64),
        pl.Series("p_adjusted", adjusted, dtype=pl.Float64),
        pl.Series("direction", directions(contrasts, adjusted, alphas), dtype=pl.Int8),
        _detectable(contrasts, levels),
    )
    return conform(filled, CONTRAST, where="statistics.families")


def directions(contrasts: pl.DataFrame, adjusted: Numbers, alpha: Numbers | float) -> Numbers:
    """Return the verdicts: the sign of a difference that is sure, 0 for the others.

    Sure is a difference whose adjusted p is below the level and whose pointwise interval leaves out zero: the test is
    on log odds, and near 0 and 100 % the two can part (docs/decisions/log_odds.md).

    Args:
        contrasts: Rows with `difference`, `lower` and `upper`.
        adjusted: The p value of each after correction.
        alpha: The level, one for all or one for each.
    """
    clear = (contrasts["lower"].fill_null(1.0) > 0) | (contrasts["upper"].fill_null(-1.0) < 0)
    sign = np.sign(contrasts["difference"].fill_null(0.0).to_numpy())
    return np.asarray(np.where(clear.to_numpy() & (adjusted < alpha), sign, 0.0), dtype=np.float64)


def holm(p: Numbers) -> Numbers:
    """Return Holm's adjusted p values: max over smaller ones of min(1, (m-i+1) p(i))."""
    order = np.argsort(p, kind="stable")
    steps = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps * p[order])) if len(p) else p
    return adjusted


def benjamini_hochberg(p: Numbers) -> Numbers:
    """Return Benjamini and Hochberg's adjusted p values: min over larger ones of min(1, m/i p(i))."""
    order = np.argsort(-p, kind="stable")
    steps = len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps * p[order])) if len(p) else p
    return adjusted


def benjamini_yekutieli(p: Numbers) -> Numbers:
    """Return Benjamini and Yekutieli's (2001) adjusted p values: Hochberg's times Σ 1/i, whatever the dependence."""
    return np.asarray(np.minimum(1.0, benjamini_hochberg(p) * harmonic(len(p))), dtype=np.float64)


def harmonic(tests: int) -> float:
    """Return Σ 1/i up to the number of tests: what any dependence between them costs."""
    return float((1 / np.arange(1, tests + 1)).sum())


_OTHERS: Final = {"Benjamini-Hochberg": benjamini_hochberg, "Benjamini-Yekutieli": benjamini_yekutieli}


def _level_in_force(
    claimed: np.ndarray[tuple[int], np.dtype[np.bool_]], alpha: float, *, stepwise_down: bool
) -> Numbers:
    """Return the unadjusted level each test was held to, given how many others of its family were claimed."""
    tests, claims = len(claimed), int(claimed.sum())
    others = claims - claimed.astype(np.int64)
    if stepwise_down:
        return np.asarray(alpha / (tests - others), dtype=np.float64)
    return np.asarray(alpha * (others + 1) / tests, dtype=np.float64)


def _detectable(contrasts: pl.DataFrame, levels: Numbers) -> pl.Series:
    freedom = contrasts["df"].fill_null(0).to_numpy()
    known = freedom > 0
    safe = np.where(known, freedom, 1.0)
    further = np.where(known, t_quantile(safe, 1 - np.where(known, levels, 0.5)) - t_quantile(safe, 0.95), 0.0)
    detectable, se = (contrasts[name].fill_null(np.nan).to_numpy() for name in ("detectable", "se"))
    other, log_odds_se = (contrasts[name].fill_null(np.nan).to_numpy() for name in ("other_share", "log_odds_se"))
    on_log_odds = np.isfinite(log_odds_se) & (se > 0)
    steps = detectable / np.where(se > 0, se, np.nan) + further  # t of the level, and t of the power
    moved = np.where(on_log_odds, np.fmax(detectable, _reach(other, steps * log_odds_se)), detectable + se * further)
    return pl.Series("detectable", moved).fill_nan(None)


def _reach(share: Numbers, log_odds: Numbers) -> Numbers:
    """Return how far from a share the log odds reach, on the side where it is further."""
    inner = np.where((share > 0) & (share < 1), share, np.nan)
    odds = inner / (1 - inner)
    above, below = odds * np.exp(log_odds), odds * np.exp(-log_odds)
    return np.asarray(np.fmax(above / (1 + above) - inner, inner - below / (1 + below)), dtype=np.float64)
