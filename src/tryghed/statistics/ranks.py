"""The places an area may have among the areas of its set, all of them at once.

An area's place lies between one more than the areas that are surely above it and as many as are not surely below it
(Klein, Wright & Wieczorek 2020; Mogstad, Romano, Shaikh & Wilhelm 2024), where "surely" is a test of the difference,
corrected with Holm's method over every pair of areas and every indicator asked for.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl

from tryghed.frames import EVERYBODY, RANK, conform
from tryghed.statistics import contrasts, estimate
from tryghed.statistics.families import holm
from tryghed.statistics.totals import Totals


def ranks(totals: Totals, *, area_set: str, indicators: Sequence[str], alpha: float) -> pl.DataFrame:
    """Return `frames.RANK`: first and last place of every area somebody answered in, 1 being the highest share.

    Args:
        totals: Must hold dimension `frames.EVERYBODY` of `area_set`.
        area_set: The areas to rank; everybody is not one of them.
        indicators: The ones to rank by; the chance that any place of any of them is wrong is at most `alpha`.
        alpha: See above.
    """
    at = totals.positions
    domains = tuple(
        domain for domain in totals.domains
        if domain[0] == area_set and domain[1] != EVERYBODY and domain[2] == EVERYBODY
    )  # fmt: skip
    pairs = np.array(list(combinations(range(len(domains)), 2)), dtype=np.int64).reshape(-1, 2)
    places = np.array([at[domain] for domain in domains], dtype=np.int64)
    one, other = places[pairs[:, 0]], places[pairs[:, 1]]
    chosen = [name for name in totals.indicators if name in indicators]
    tested = [
        contrasts.difference(contrasts.between(totals, one.tolist(), other.tolist(), totals.indicators.index(name)))
        for name in chosen
    ]
    gaps = np.array([np.nan_to_num(one.gap) for one in tested]).reshape(len(chosen), -1)
    adjusted = holm(np.array([np.nan_to_num(one.p, nan=1.0) for one in tested]).ravel()).reshape(gaps.shape)
    sure = np.where(adjusted < alpha, np.sign(gaps), 0)
    above, below = np.zeros((len(domains), len(chosen))), np.zeros((len(domains), len(chosen)))
    for (first, second), signs in zip(pairs, sure.T, strict=True):
        below[first] += signs > 0
        above[first] += signs < 0
        below[second] += signs < 0
        above[second] += signs > 0
    answered = np.stack(
        [totals.of(places.tolist(), totals.indicators.index(name)).n.sum(axis=1) > 0 for name in chosen], axis=1
    )
    areas = np.broadcast_to(answered.sum(axis=0), answered.shape)
    keys = estimate.keys(totals, domains).filter(pl.col("indicator").is_in(chosen))
    ranked = keys.with_columns(
        pl.lit(totals.wave).alias("wave"),
        pl.Series("first", (1 + above).ravel().astype(np.int64)),
        pl.Series("last", (areas - below).ravel().astype(np.int64)),
        pl.Series("areas", areas.ravel().astype(np.int64)),
    )
    return conform(ranked.filter(pl.Series(answered.ravel())), RANK, where="statistics.ranks")
