"""Statistics of the answers of a domain: distributions, means, totals, ratios and quantiles.

Each is a function of the weight on every point. Its variance is that of Σ w u, u being the influence of a unit of
weight at a point: (x - mean) / Σw of a mean, x of a total, (x - R o) / Σ w o of a ratio R, (1[x = k] - p_k) / Σw of the
share of an answer (Särndal, Swensson & Wretman 1992, §5). Quantiles have Woodruff's interval.

The design effect is the variance over that of a simple random sample of n, S² N² (1 - n/N) / n without replacement and
without the bracket with replacement, S² being the weighted variance of u times n/(n-1) and N the sum of weights (R:
`deff = TRUE`, `deff = "replace"`). Effective n is the sample with replacement that would be as sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tryghed.statistics.estimate import Reference
from tryghed.statistics.intervals import Numbers, t_quantile
from tryghed.statistics.points import Points, Statistic


@dataclass(frozen=True, eq=False)
class Estimated:
    """Statistics of one domain with their joint covariance.

    Attributes:
        estimate: The statistics.
        covariance: Of all of them.
        n: Unweighted respondents.
        df: Degrees of freedom.
        deff: Design effects; nan where the weights sum to less than n and the reference is without replacement.
        n_eff: Effective n; nan where there is no variance.
    """

    estimate: Numbers
    covariance: Numbers
    n: float
    df: float
    deff: Numbers
    n_eff: Numbers

    @property
    def se(self) -> Numbers:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def cv(self) -> Numbers:
        """Coefficients of variation: standard error over the size of the estimate; nan at 0."""
        size = np.abs(self.estimate)
        return np.asarray(np.where(size > 0, self.se / np.where(size > 0, size, 1.0), np.nan), dtype=np.float64)

    def limits(self, level: float = 0.95) -> tuple[Numbers, Numbers]:
        """Return the t interval of each statistic; nan where df is 0 or less."""
        half = t_quantile(self.df if self.df > 0 else np.nan, level) * self.se
        return self.estimate - half, self.estimate + half


def mean(points: Points) -> Statistic:
    """Return the mean of the value. R: `svymean`."""
    return _ratio(points.value, np.ones_like(points.value))


def total(points: Points) -> Statistic:
    """Return the total of the value. R: `svytotal`."""
    value = points.value
    return Statistic(lambda weight: (value @ weight)[None], lambda _: value[:, None])


def ratio(points: Points) -> Statistic:
    """Return the total of the value over the total of the other. R: `svyratio`."""
    return _ratio(points.value, points.other)


def distribution(points: Points, answers: Sequence[float]) -> Statistic:
    """Return the share of each answer. R: `svymean` of a factor."""
    gave = (points.value[:, None] == np.array(answers)).astype(np.float64)
    return Statistic(
        lambda weight: gave.T @ weight / weight.sum(axis=0),
        lambda weight: (gave - gave.T @ weight / weight.sum()) / weight.sum(),
    )


def estimate(points: Points, statistic: Statistic, *, deff: Reference = "with") -> Estimated:
    """Return statistics of a domain with covariance, degrees of freedom, design effect and effective n."""
    influence = statistic.influence(points.weight)
    covariance = points.covariance(statistic)
    n, population = float(points.n.sum()), float(points.weight.sum())
    mean_influence = points.weight @ influence / population
    spread = points.weight @ (influence - mean_influence) ** 2 / population * population**2
    reference = spread / max(n - 1, 1)
    if deff == "without":
        reference = reference * (1 - n / population) if population >= n else np.full_like(reference, np.nan)
    variance = np.diag(covariance)
    some = variance > 0
    return Estimated(
        statistic.of(points.weight), covariance, n, points.df,
        np.where(reference > 0, variance / np.where(reference > 0, reference, 1.0), np.nan),
        np.where(some, spread / np.where(some, variance, 1.0), np.nan),
    )  # fmt: skip


@dataclass(frozen=True)
class Quantile:
    """A quantile with Woodruff's interval; nan where it cannot be computed."""

    estimate: float
    se: float
    lower: float
    upper: float


def quantile(points: Points, p: float, level: float = 0.95) -> Quantile:
    """Return the smallest value up to which at least `p` of the weight lies.

    The interval is that of the share up to it on the logit scale, taken back through the same rule; its standard error
    is its width over twice t (Woodruff 1952). R: `svyquantile(qrule = "math", interval.type = "xlogit")`.
    """
    found = _value_at(points, p)
    below = _ratio((points.value <= found).astype(np.float64), np.ones_like(points.value))
    share, variance = float(below.of(points.weight)[0]), float(points.covariance(below)[0, 0])
    if not (0 < share < 1 and points.df > 0):
        return Quantile(found, np.nan, np.nan, np.nan)
    t = float(t_quantile(points.df, level))
    half, centre = t * np.sqrt(variance) / (share * (1 - share)), np.log(share / (1 - share))
    lower, upper = (_value_at(points, float(1 / (1 + np.exp(-(centre + sign * half))))) for sign in (-1, 1))
    return Quantile(found, (upper - lower) / (2 * t), lower, upper)


def _ratio(value: Numbers, other: Numbers) -> Statistic:
    def of(weight: Numbers) -> Numbers:
        return np.asarray((value @ weight / (other @ weight))[None], dtype=np.float64)

    def influence(weight: Numbers) -> Numbers:
        return np.asarray(((value - of(weight) * other) / (other @ weight))[:, None], dtype=np.float64)

    return Statistic(of, influence)


def _value_at(points: Points, p: float) -> float:
    order = np.argsort(points.value, kind="stable")
    up_to = np.cumsum(points.weight[order]) / points.weight.sum()
    return float(points.value[order][np.searchsorted(up_to, p - 1e-12).clip(max=len(order) - 1)])
