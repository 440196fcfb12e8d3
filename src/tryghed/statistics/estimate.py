"""Shares per domain with standard error, degrees of freedom and interval."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from tryghed.frames import ESTIMATE, conform
from tryghed.statistics import folding
from tryghed.statistics.folding import Design, Sums
from tryghed.statistics.intervals import Method, Numbers, effective_n, limits
from tryghed.statistics.totals import Domain, Totals

#: What a design effect is held against: a simple random sample without or with replacement.
Reference = Literal["without", "with"]


@dataclass(frozen=True, eq=False)
class Description:
    """What is known of the share of each of a row of domains; `variance`, `share` are nan where nobody answered."""

    n: Numbers
    positives: Numbers
    share: Numbers
    variance: Numbers
    df: Numbers


def shares(totals: Totals, *, interval: Method = "korn-graubard", level: float = 0.95) -> pl.DataFrame:
    """Return `frames.ESTIMATE`: one row per domain with respondents and indicator.

    Domains where nobody is in the base of an indicator have n = 0 and null for what cannot be computed.

    Args:
        totals: What to estimate from.
        interval: Which confidence interval; Korn-Graubard's at 0 and 1 in place of a logit one.
        level: Its confidence.
    """
    everything = range(len(totals.domains))
    parts = [describe(totals.of(everything, index), totals.design) for index in range(len(totals.indicators))]
    rows = keys(totals, totals.domains).with_columns(pl.lit(totals.wave).alias("wave"))
    return conform(rows.with_columns(columns(stacked(parts), interval, level)), ESTIMATE, where="statistics.estimate")


def effects_of(totals: Totals, deff: Reference = "with") -> list[pl.Series]:
    """Return `deff` and `cv` of the rows of `shares`."""
    everything, known, bases = range(len(totals.domains)), [], []
    for index in range(len(totals.indicators)):
        sums = totals.of(everything, index)
        known.append(describe(sums, totals.design))
        bases.append(sums.a.sum(axis=1))
    return effects(stacked(known), np.stack(bases, axis=1).ravel(), deff)


def effects(found: Description, base: Numbers, deff: Reference = "with") -> list[pl.Series]:
    """Return `deff` and `cv` of shares: design effects and coefficients of variation.

    The design effect is V over p(1-p)/(n-1), times (1 - n/A) without replacement (R: `svymean(deff = TRUE)`, with
    replacement `deff = "replace"`); null where the weights A sum to less than n, and at 0 and 1.

    Args:
        found: The shares.
        base: A, the weight of those who answered.
        deff: What design effects are held against.
    """
    reference = found.share * (1 - found.share) / np.maximum(found.n - 1, 1)
    if deff == "without":
        reference = reference * np.where(base >= found.n, 1 - found.n / np.maximum(base, 1), np.nan)
    some = reference > 0
    effect = np.where(some, found.variance / np.where(some, reference, 1.0), np.nan)
    variation = np.where(found.share > 0, np.sqrt(found.variance) / np.where(found.share > 0, found.share, 1.0), np.nan)
    return [pl.Series("deff", effect).fill_nan(None), pl.Series("cv", variation).fill_nan(None)]


def describe(sums: Sums, design: Design) -> Description:
    """Return shares with their variances, from sums of one indicator."""
    return Description(
        sums.n.sum(axis=1), sums.positives.sum(axis=1), folding.share(sums), folding.variance(sums, design),
        folding.freedom(sums),
    )  # fmt: skip


def stacked(parts: list[Description]) -> Description:
    """Return one description of domains × indicators, indicators varying fastest, from one per indicator."""
    names = ("n", "positives", "share", "variance", "df")
    return Description(*(np.stack([getattr(part, name) for part in parts], axis=1).ravel() for name in names))


def keys(totals: Totals, domains: tuple[Domain, ...]) -> pl.DataFrame:
    """Return the key columns of `domains` × indicators, indicators varying fastest, without the wave."""
    names = ("area_set", "area", "dimension", "category")
    repeats = len(totals.indicators)
    columns = {name: [domain[place] for domain in domains for _ in range(repeats)] for place, name in enumerate(names)}
    return pl.DataFrame(
        {"survey": [totals.survey] * (len(domains) * repeats), **columns,
         "indicator": list(totals.indicators) * len(domains)},
        schema=dict.fromkeys(("survey", *names, "indicator"), pl.String),
    )  # fmt: skip


def columns(known: Description, interval: Method = "korn-graubard", level: float = 0.95) -> list[pl.Series]:
    """Return the number columns of `frames.ESTIMATE`; nan becomes null."""
    lower, upper = limits(interval, known.share, known.variance, known.n, known.df, level)
    numbers = {
        "share": known.share, "se": np.sqrt(known.variance),
        "n_eff": np.where(known.n > 0, effective_n(known.share, known.variance, known.n), np.nan),
        "lower": lower, "upper": upper,
    }  # fmt: skip
    counts = {"n": known.n, "positives": known.positives, "df": known.df}
    return [
        *(pl.Series(name, values.astype(np.int64)) for name, values in counts.items()),
        *(pl.Series(name, values).fill_nan(None) for name, values in numbers.items()),
    ]
