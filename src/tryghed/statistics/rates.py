"""Directly standardised rates of register counts, with Dobson's limits.

DSR = Σ w x/n / Σw over age groups, x events among n people, w the standard population; Var = Σ w² x/n² / (Σw)². The
limits move those of the count X = Σx to the rate's scale, DSR + √(Var/X) (X_L - X) (Dobson, Kuulasmaa, Eberle &
Scherer 1991, Statistics in Medicine 10:457), with exact Poisson limits of X, or Byar's approximation to them (Breslow &
Day 1987), which is what `PHEindicatormethods::phe_dsr` uses. With fewer than 10 events there is no rate.
"""

from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from tryghed.errors import DataError
from tryghed.statistics.intervals import Numbers

#: With fewer events there is no rate.
FEWEST_EVENTS: Final = 10
Limits = Literal["exact", "byar"]

#: One row per area: `events` and `people` of all its groups, the rate and its limits per `per` people (null below
#: `FEWEST_EVENTS`), `crude` the rate that is not standardised.
RATE = pl.Schema(
    {
        "area": pl.String(),
        "events": pl.Float64(),
        "people": pl.Float64(),
        "per": pl.Float64(),
        "crude": pl.Float64(),
        "rate": pl.Float64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
    }
)
_NAMED = 8


def rates(
    counts: pl.DataFrame, standard: pl.DataFrame, *, per: float = 100_000, level: float = 0.95, limits: Limits = "exact"
) -> pl.DataFrame:
    """Return `RATE` for every area, sorted by area.

    Args:
        counts: Columns `area`, `group`, `events` (0 or more), `people` (above 0); one row per area and group.
        standard: Columns `group`, `people`: the standard population. Joined by the groups' names.
        per: People the rate is per.
        level: Confidence of the limits.
        limits: Of the count: exact Poisson limits, or Byar's.

    Raises:
        DataError: Groups missing from an area or from the standard, rows twice, events or people that are not
            numbers of such. All of it is listed.
    """
    _expect_complete(counts, standard)
    joined = counts.join(standard.select("group", pl.col("people").alias("weight")), on="group", how="left")
    weight, people, events = pl.col("weight").cast(pl.Float64), pl.col("people"), pl.col("events")
    sums = (
        joined.group_by("area")
        .agg(
            events.sum().cast(pl.Float64), people.sum().cast(pl.Float64),
            (weight * events / people).sum().alias("weighted"),
            (weight**2 * events / people**2).sum().alias("squares"),
            weight.sum().alias("whole"),
        )
        .sort("area")
    )  # fmt: skip
    x, rate = sums["events"].to_numpy(), (sums["weighted"] / sums["whole"]).to_numpy()
    variance = (sums["squares"] / sums["whole"] ** 2).to_numpy()
    low, high = _LIMITS[limits](x, level)
    scale = np.sqrt(variance / np.maximum(x, 1))
    numbers = {"rate": rate, "lower": rate + scale * (low - x), "upper": rate + scale * (high - x)}
    shown = x >= FEWEST_EVENTS
    return sums.select(
        "area", "events", "people", pl.lit(per).cast(pl.Float64).alias("per"),
        (per * pl.col("events") / pl.col("people")).alias("crude"),
        *(pl.Series(name, np.where(shown, per * values, np.nan)).fill_nan(None) for name, values in numbers.items()),
    ).match_to_schema(RATE)  # fmt: skip


def poisson_limits(events: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return exact limits of a Poisson count, χ²(α/2; 2x)/2 and χ²(1-α/2; 2x+2)/2 (Garwood 1936); lower 0 at 0."""
    from scipy.special import gammaincinv

    x, alpha = np.asarray(events, dtype=np.float64), (1 - level) / 2
    lower = np.where(x > 0, gammaincinv(np.where(x > 0, x, 1.0), alpha), 0.0)
    return lower, np.asarray(gammaincinv(x + 1, 1 - alpha), dtype=np.float64)


def byar_limits(events: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return Byar's approximation to the limits of a Poisson count, good from about 10 events; lower 0 at 0."""
    from scipy.special import ndtri

    x, z = np.asarray(events, dtype=np.float64), float(ndtri((1 + level) / 2))
    some = np.where(x > 0, x, 1.0)
    lower = np.where(x > 0, some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0.0) ** 3, 0.0)
    more = x + 1
    return lower, np.asarray(more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3, dtype=np.float64)


_LIMITS: Final = {"exact": poisson_limits, "byar": byar_limits}


def _expect_complete(counts: pl.DataFrame, standard: pl.DataFrame) -> None:
    groups = standard["group"].to_list()
    wanted = set(groups)
    problems = []
    twice = counts.filter(counts.select("area", "group").is_duplicated()).select("area", "group").unique()
    if twice.height or len(wanted) < len(groups):
        problems.append(f"groups given twice: {_listed(twice) or 'in the standard'}")
    problems += [
        f"area {area}: " + ", ".join(said)
        for area, there in sorted(counts.group_by("area").agg("group").iter_rows())
        if (said := [*(f"no group {one}" for one in groups if one not in there),
                     *(f"group {one} is not in the standard" for one in sorted(set(there) - wanted))])
    ]  # fmt: skip
    events, people = (pl.col(name).cast(pl.Float64) for name in ("events", "people"))
    sound = (events >= 0) & (people > 0) & events.is_finite() & people.is_finite()
    wrong = counts.filter(~sound.fill_null(value=False))
    if wrong.height:
        problems.append(f"no events of 0 or more among people above 0: {_listed(wrong)}")
    weights = standard.filter(~(pl.col("people").cast(pl.Float64) > 0).fill_null(value=False))
    if weights.height:
        problems.append(f"no people above 0 in the standard's {', '.join(weights['group'])}")
    if problems:
        raise DataError("\n".join(problems), where="register counts", hint="groups are joined by name")


def _listed(rows: pl.DataFrame) -> str:
    names = [" ".join(row) for row in rows.select("area", "group").sort("area", "group").iter_rows()]
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
