"""Comparisons of shares: an area against the rest, a wave against an earlier one, a category against another.

A difference is this side's share minus the other's, its variance V + V' - 2 Cov with the covariance of the design,
its interval a pointwise 95 % t interval, on the degrees of freedom of both domains together. Where a side is 0 % or
100 %, whose variance is no measure of how unsure it is, the interval is made of those of the two shares.

`p` is the two-sided t test of the difference of log odds, whose variance follows with the delta method: each side's
influence is divided by p(1-p). The t test of the difference itself is not used for claims, because a small share that
comes out low has a small variance too: at the levels a release is corrected to, 380 people and a share of 5 % are
called different 28 times too often, on log odds as often as they should be (`bench/tails.py`).

A share of 0 % or 100 % has neither log odds nor an estimated variance. Against a share between them it is tested by the
score test, whose variance is that of one common share, p(1-p)(1/n + 1/n') with p pooled and each n divided by the
design effect of the side that has one (at least 1); its `log_odds_se` and `detectable` are null. With both sides at 0 %
or 100 %, `p` is null, which later counts as p = 1.

`detectable` is (t(0.975) + t(power)) times the standard error: the smallest true difference that a test at 5 % finds
with that power; `families.correct` moves it to the level and the scale the release in fact tests at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.errors import DesignError
from tryghed.frames import CONTRAST, EVERYBODY, conform
from tryghed.statistics import estimate, folding
from tryghed.statistics.estimate import Description
from tryghed.statistics.folding import Cross, Sums
from tryghed.statistics.intervals import Method, Numbers, limits, t_quantile, t_two_sided
from tryghed.statistics.totals import Domain, Totals

#: What `against` says where the other side is everybody but the area.
REST = "rest"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides, the variances and the covariance of their shares, and the degrees of freedom of both together.

    `variances` are those of the sides, but where a stratum with one PSU takes the average of the others: of all strata
    that both sides have together, instead of each side's own.
    """

    one: Description
    other: Description
    variances: tuple[Numbers, Numbers]
    covariance: Numbers
    df: Numbers


@dataclass(frozen=True)
class Paired:
    """The variances and the covariance of the shares of two waves that asked some of the same people."""

    variance: float
    other: float
    covariance: float
    df: float


#: How the shares of a domain vary together, by the domain and the indicator; None where one of them has no answers.
Pairing = Callable[[Domain, str], Paired | None]


def against_rest(totals: Totals, *, power: float, interval: Method = "korn-graubard") -> pl.DataFrame:
    """Return `frames.CONTRAST` of every area with everybody outside it, of the same category.

    The two sides share no respondents, but may share PSUs; their covariance is in the standard error.

    Args:
        totals: What to compare.
        power: The chance of finding a difference called detectable, above 0.5.
        interval: Of the other side's share.
    """
    at = totals.positions
    domains = tuple(domain for domain in totals.domains if domain[1] != EVERYBODY)
    parts, wholes = [at[domain] for domain in domains], [at[_everybody(domain)] for domain in domains]
    shared = totals.crossings(parts, wholes)
    compared = [
        _part_and_rest(totals, totals.of(parts, index), totals.of(wholes, index), shared.of(index))
        for index in range(len(totals.indicators))
    ]
    return _frame("rest", totals, domains, [REST] * len(domains), compared, power, interval)


def against_wave(
    totals: Totals, earlier: Totals, *, power: float, interval: Method = "korn-graubard", pairing: Pairing | None = None
) -> pl.DataFrame:
    """Return `frames.CONTRAST` of every domain with the same domain in an earlier wave (or waves, pooled).

    The waves are independent samples, unless `pairing` says how their shares vary together: the variances add, and so
    do the degrees of freedom. A domain without respondents in the earlier wave has a row without a difference, so that
    it stays in its family of tests.

    Raises:
        DesignError: The two have a wave in common, or are of different surveys or indicators.
    """
    common = sorted(set(totals.waves) & set(earlier.waves))
    if common or totals.survey != earlier.survey or totals.indicators != earlier.indicators:
        raise DesignError(
            f"cannot compare wave {totals.wave} with {earlier.wave}: "
            + (f"both hold {', '.join(common)}" if common else "other survey or other indicators"),
            where=f"survey {totals.survey}",
        )
    found = [earlier.positions.get(domain) for domain in totals.domains]
    everything = range(len(totals.domains))
    compared = [
        _independent(totals.of(everything, index), totals, _earlier(earlier, found, index), earlier)
        for index in range(len(totals.indicators))
    ]
    if pairing is not None:
        compared = [
            _together(one, [pairing(domain, indicator) for domain in totals.domains])
            for one, indicator in zip(compared, totals.indicators, strict=True)
        ]
    return _frame("wave", totals, totals.domains, [earlier.wave] * len(found), compared, power, interval)


def between_categories(
    totals: Totals, *, pairs: Sequence[tuple[str, str, str]], power: float, interval: Method = "korn-graubard"
) -> pl.DataFrame:
    """Return `frames.CONTRAST` of two categories of a dimension, in every area that has both.

    Args:
        totals: What to compare.
        pairs: Dimension, category and other category.
        power: The chance of finding a difference called detectable, above 0.5.
        interval: Of the other side's share.
    """
    at = totals.positions
    places = list(dict.fromkeys(domain[:2] for domain in totals.domains))
    compared_domains = [
        ((*place, dimension, category), (*place, dimension, other))
        for dimension, category, other in dict.fromkeys(pairs)
        for place in places
        if (*place, dimension, category) in at and (*place, dimension, other) in at
    ]
    one = [at[domain] for domain, _ in compared_domains]
    other = [at[domain] for _, domain in compared_domains]
    shared = totals.crossings(one, other)
    compared = [
        _dependent(totals, totals.of(one, index), totals.of(other, index), shared.of(index))
        for index in range(len(totals.indicators))
    ]
    against = [domain[3] for _, domain in compared_domains]
    return _frame(
        "category", totals, tuple(domain for domain, _ in compared_domains), against, compared, power, interval
    )


def between(totals: Totals, one: Sequence[int], other: Sequence[int], indicator: int) -> Comparison:
    """Return the comparison of each pair of domains of the same waves, for one indicator."""
    this, that = totals.of(one, indicator), totals.of(other, indicator)
    return _dependent(totals, this, that, totals.crossings(one, other).of(indicator))


@dataclass(frozen=True, eq=False)
class Difference:
    """Differences with their standard errors, those of the log odds, and p values; nan where there is none."""

    gap: Numbers
    se: Numbers
    log_odds_se: Numbers
    p: Numbers


def difference(compared: Comparison) -> Difference:
    """Return the difference of each pair and its test on log odds.

    With the shares p and q the log odds differ by log(p/(1-p)) - log(q/(1-q)), with variance
    V/(p(1-p))² + V'/(q(1-q))² - 2 Cov/(p(1-p) q(1-q)). R: `svycontrast` of that expression.
    """
    one, other = compared.one, compared.other
    variance, other_variance = compared.variances
    certain = (variance == 0) & (other_variance == 0)
    se = _spread(variance, other_variance, np.where(certain, 0.0, compared.covariance))
    inner = _inner(one.share) & _inner(other.share)
    p, q = np.where(inner, one.share, 0.5), np.where(inner, other.share, 0.5)
    to_odds, other_to_odds = 1 / (p * (1 - p)), 1 / (q * (1 - q))
    log_odds_se = _spread(
        variance * to_odds**2, other_variance * other_to_odds**2, compared.covariance * to_odds * other_to_odds
    )
    testable = inner & (log_odds_se > 0) & (compared.df > 0)
    gap = np.log(p / (1 - p)) - np.log(q / (1 - q))
    statistic = np.where(testable, gap, 0.0) / np.where(testable, log_odds_se, 1.0)
    found = t_two_sided(statistic, np.where(testable, compared.df, 1.0))
    return Difference(
        one.share - other.share,
        se,
        np.where(testable, log_odds_se, np.nan),
        np.where(testable, found, _score(compared)),
    )


def reaches(sides: Sequence[Description], signs: Sequence[int], interval: Method) -> tuple[Numbers, Numbers]:
    """Return how far intervals of sums and differences of shares reach below and above them, from those of the shares.

    The distances of the shares from their own limits are put together as squares (Newcombe 1998, Statistics in Medicine
    17:873, method 10; Zou & Donner 2008): for combinations with a share of 0 or 1, which has limits and no variance.
    """
    below, above = [], []
    for side, sign in zip(sides, signs, strict=True):
        low, high = limits(interval, side.share, side.variance, side.n, side.df)
        reach = (side.share - low, high - side.share)
        below.append(reach[0] if sign > 0 else reach[1])
        above.append(reach[1] if sign > 0 else reach[0])
    return np.sqrt(np.sum(np.square(below), axis=0)), np.sqrt(np.sum(np.square(above), axis=0))


def _score(compared: Comparison) -> Numbers:
    """Return p of the score test of the pairs with one share of 0 or 1 and one between, nan of the others.

    Without weights, strata and clusters it is R's `prop.test(correct = FALSE)`, but for m/(m-1) and t for normal.
    """
    one, other = compared.one, compared.other
    inner, other_inner = _inner(one.share), _inner(other.share)
    testable = (inner != other_inner) & (one.n > 0) & (other.n > 0) & (compared.df > 0)
    p, q = np.where(testable, one.share, 0.0), np.where(testable, other.share, 0.5)
    variance, other_variance = compared.variances
    known = np.where(testable & (inner | other_inner), np.where(inner, p, q), 0.5)
    spread, people = np.where(inner, variance, other_variance), np.where(inner, one.n, other.n)
    effect = np.where(testable, np.maximum(1.0, spread * people / (known * (1 - known))), 1.0)
    n, m = (np.where(testable, side.n, 1.0) / effect for side in (one, other))
    common = (n * p + m * q) / (n + m)
    se = np.sqrt(common * (1 - common) * (1 / n + 1 / m))
    found = t_two_sided(
        np.where(testable, (p - q) / np.where(se > 0, se, 1.0), 0.0), np.where(testable, compared.df, 1.0)
    )
    return np.where(testable, found, np.nan)


def _spread(one: Numbers, other: Numbers, covariance: Numbers) -> Numbers:
    return np.asarray(np.sqrt(np.maximum(one + other - 2 * covariance, 0.0)), dtype=np.float64)


def _inner(share: Numbers) -> NDArray[np.bool_]:
    return np.asarray((share > 0) & (share < 1), dtype=np.bool_)


def _everybody(domain: Domain) -> Domain:
    return (domain[0], EVERYBODY, domain[2], domain[3])


def _part_and_rest(totals: Totals, part: Sums, whole: Sums, shared: Cross) -> Comparison:
    rest = folding.remainder(whole, part, shared)
    return _dependent(totals, part, rest, folding.with_remainder(part, shared))


def _dependent(totals: Totals, one: Sums, other: Sums, cross: Cross) -> Comparison:
    this, that = estimate.describe(one, totals.design), estimate.describe(other, totals.design)
    own, others, covariance = folding.joint(one, other, cross, totals.design)
    return Comparison(this, that, (own, others), covariance, folding.joint_freedom(one, other, cross))


def _independent(one: Sums, totals: Totals, other: Sums, earlier: Totals) -> Comparison:
    this, that = estimate.describe(one, totals.design), estimate.describe(other, earlier.design)
    return Comparison(this, that, (this.variance, that.variance), np.zeros(len(this.n)), this.df + that.df)


def _together(apart: Comparison, known: Sequence[Paired | None]) -> Comparison:
    """Return the comparisons with the variances, covariances and degrees of freedom that are known of both waves."""

    def known_or(name: str, otherwise: Numbers) -> Numbers:
        found = [kept if one is None else getattr(one, name) for one, kept in zip(known, otherwise, strict=True)]
        return np.array(found, dtype=np.float64)

    variance, other = apart.variances
    return replace(
        apart,
        variances=(known_or("variance", variance), known_or("other", other)),
        covariance=known_or("covariance", apart.covariance),
        df=known_or("df", apart.df),
    )


def _earlier(earlier: Totals, found: Sequence[int | None], indicator: int) -> Sums:
    """Return the sums of the found domains, 0 for those the earlier wave does not have."""
    known = np.array([one is not None for one in found])[:, None]
    sums = earlier.of([one or 0 for one in found], indicator)
    summed = {name: np.where(known, getattr(sums, name), 0.0) for name in folding.SUMMED}
    return Sums(**summed, replicas=sums.replicas)


def _stacked(parts: Sequence[Comparison]) -> Comparison:
    return Comparison(
        estimate.stacked([part.one for part in parts]),
        estimate.stacked([part.other for part in parts]),
        (_side_by_side([part.variances[0] for part in parts]), _side_by_side([part.variances[1] for part in parts])),
        _side_by_side([part.covariance for part in parts]),
        _side_by_side([part.df for part in parts]),
    )


def _side_by_side(parts: Sequence[Numbers]) -> Numbers:
    return np.stack(parts, axis=1).ravel()


def _frame(
    kind: str, totals: Totals, domains: tuple[Domain, ...], against: Sequence[str], parts: Sequence[Comparison],
    power: float, interval: Method,
) -> pl.DataFrame:  # fmt: skip
    keys = estimate.keys(totals, domains).with_columns(
        pl.lit(kind).alias("kind"),
        pl.lit(totals.wave).alias("wave"),
        pl.Series("against", [one for one in against for _ in totals.indicators], dtype=pl.String),
    )
    return framed(keys, _stacked(parts), power=power, interval=interval)


def framed(keys: pl.DataFrame, compared: Comparison, *, power: float, interval: Method) -> pl.DataFrame:
    """Return `frames.CONTRAST` of comparisons, one row for each of `keys`.

    Args:
        keys: The columns of `frames.CONTRAST` up to `against`.
        compared: In the same order.
        power: The chance of finding a difference called detectable, above 0.5.
        interval: Of the other side's share.
    """
    found = difference(compared)
    freedom = np.where(compared.df > 0, compared.df, np.nan)
    half = t_quantile(freedom, 0.95) * found.se
    inner = _inner(compared.one.share) & _inner(compared.other.share)
    below, above = (
        np.where(inner, half, reach) for reach in reaches([compared.one, compared.other], [1, -1], interval)
    )
    numbers = {
        "difference": found.gap, "se": found.se, "lower": found.gap - below, "upper": found.gap + above,
        "log_odds_se": found.log_odds_se, "p": found.p,
        "detectable": np.where(
            _inner(compared.one.share) == _inner(compared.other.share),
            half + t_quantile(freedom, 2 * power - 1) * found.se, np.nan,
        ),
    }  # fmt: skip
    other = {column.name: column for column in estimate.columns(compared.other, interval)}
    rows = keys.with_columns(
        *(other[name].alias(f"other_{name}") for name in ("share", "lower", "upper", "n", "positives", "n_eff")),
        *(pl.Series(name, values).fill_nan(None) for name, values in numbers.items()),
        pl.Series("df", compared.df.astype(np.int64)),
        family=pl.lit(""), tests=None, p_adjusted=None, direction=None,
    )  # fmt: skip
    return conform(rows, CONTRAST, where="statistics.contrasts")
