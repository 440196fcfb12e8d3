"""Weighted sums of several domains with their joint covariance: what any combination of shares is made of.

With A the weight in the base and Y the weight that counts, the covariance of two sums over the same sample is

    Cov(T, T') = Σ_h (1-f) m/(m-1) [ Σ_j t_j t'_j - (Σ_j t_j)(Σ_j t'_j)/m ],

and that of anything made of them follows by its derivatives (Wolter 2007, chapter 6): of shares p = Y/A here, of the
cells of a table in `independence`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tryghed.errors import DesignError
from tryghed.frames import EVERYBODY
from tryghed.statistics import folding
from tryghed.statistics.folding import Cross, Sums
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.replication import Replicas, ReplicatedSums, side_by_side
from tryghed.statistics.totals import Domain, Totals


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums of domains for one indicator.

    Attributes:
        n: Unweighted answers of each domain.
        positives: Those that count.
        base: A, the weight in the base.
        counted: Y, the weight that counts.
        covariance: Of the base of every domain, then what counts in every domain: twice as many rows as domains.
        df: Degrees of freedom of all domains together.
        replicated: The sums under replicate weights, where any were delivered.
    """

    n: Numbers
    positives: Numbers
    base: Numbers
    counted: Numbers
    covariance: Numbers
    df: float
    replicated: ReplicatedSums | None = None

    @property
    def share(self) -> Numbers:
        """Y/A of each domain, nan where nobody answered; exactly 0 or 1 where nobody or everybody counts."""
        answered = np.where(self.n > 0, self.n, np.nan)
        counted = self.positives / answered
        plain = self.counted / np.where(self.n > 0, self.base, np.nan)
        return np.asarray(np.where((counted == 0) | (counted == 1), counted, plain), dtype=np.float64)

    @property
    def share_covariance(self) -> Numbers:
        """Covariance of the shares; exactly 0 in the row and column of a share of 0 or 1, nan where nobody answered."""
        p = self.share
        if self.replicated is not None:
            return self.replicated.covariance(p)
        known = ~np.isnan(p)
        base = np.where(known, self.base, 1.0)
        slopes = np.hstack([np.diag(-np.where(known, p, 0.0) / base), np.diag(1 / base)])
        found = slopes @ self.covariance @ slopes.T
        certain = (p == 0) | (p == 1)
        found = np.where(certain[:, None] | certain, 0.0, found)
        return np.asarray(np.where(known[:, None] & known, found, np.nan), dtype=np.float64)

    def regrouped(self, matrix: Numbers) -> "Moments":
        """Return the moments of domains that are sums and differences of these: a row of +1, 0 and -1 for each."""
        both = np.kron(np.eye(2), matrix)
        replicated = self.replicated and self.replicated.regrouped(matrix)
        return Moments(
            matrix @ self.n, matrix @ self.positives, matrix @ self.base, matrix @ self.counted,
            both @ self.covariance @ both.T, self.df, replicated,
        )  # fmt: skip


def of(totals: Totals, domains: Sequence[Domain], indicator: str) -> Moments:
    """Return the moments of `domains`, with the covariance of each pair.

    The domains may overlap. `df` counts the PSUs of all of them together, once each.

    Raises:
        DesignError: A domain has no respondents.
    """
    _expect_known(totals, domains)
    at = [totals.positions[domain] for domain in domains]
    index = totals.indicators.index(indicator)
    one, other = (places.ravel() for places in np.meshgrid(at, at, indexing="ij"))
    own = totals.of(at, index)
    sums = {name: getattr(own, name).sum(axis=1) for name in ("n", "positives", "a", "y")}
    if own.replicas is not None:
        return _of_replicas(own.replicas, sums)
    cross = totals.crossings(one.tolist(), other.tolist()).of(index)
    df = float(folding.degrees_of_freedom(totals.together(at, index)[None, :])[0])
    return Moments(sums["n"], sums["positives"], sums["a"], sums["y"], _covariance(totals, own, cross), df)


def with_rest(totals: Totals, area: Domain, indicator: str) -> Moments:
    """Return the moments of an area and of everybody outside it, of the same category.

    Raises:
        DesignError: The area or everybody has no respondents.
    """
    both = of(totals, [area, (area[0], EVERYBODY, area[2], area[3])], indicator)
    return both.regrouped(np.array([[1.0, 0.0], [-1.0, 1.0]]))


def independent(parts: Sequence[Moments]) -> Moments:
    """Return the moments of samples drawn independently (waves), one after another: df adds, no covariance."""
    sizes = [len(part.n) for part in parts]
    ends = np.cumsum([0, *sizes])
    covariance = np.zeros((2 * ends[-1], 2 * ends[-1]))
    for part, start, size in zip(parts, ends, sizes, strict=False):
        places = np.concatenate([start + np.arange(size), ends[-1] + start + np.arange(size)])
        covariance[np.ix_(places, places)] = part.covariance
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in ("n", "positives", "base", "counted")
    }
    replicated = [part.replicated for part in parts]
    together = side_by_side([one for one in replicated if one]) if all(replicated) else None
    return Moments(**joined, covariance=covariance, df=sum(part.df for part in parts), replicated=together)


def _of_replicas(replicas: Replicas, sums: Mapping[str, Numbers]) -> Moments:
    """Return the moments of domains from delivered replicate weights."""
    found = ReplicatedSums(replicas.sample.replication, replicas.a, replicas.y, sums["a"], sums["y"])
    df = replicas.sample.df(np.asarray(replicas.answered.any(axis=0), dtype=np.bool_))
    return Moments(sums["n"], sums["positives"], sums["a"], sums["y"], found.sums_covariance(), df, found)


def _expect_known(totals: Totals, domains: Sequence[Domain]) -> None:
    absent = [domain for domain in domains if domain not in totals.positions]
    if absent:
        raise DesignError(
            "; ".join(f"no respondents in {' '.join(domain)}" for domain in absent),
            where=f"survey {totals.survey}, wave {totals.wave}",
        )  # fmt: skip


def _covariance(totals: Totals, own: Sums, cross: Cross) -> Numbers:
    size = len(own.n)
    inflation = totals.design.inflation(np.asarray(own.psus.sum(axis=0) > 0).reshape(1, -1))

    def block(products: Numbers, one: Numbers, other: Numbers) -> Numbers:
        within = products.reshape(size, size, -1) - one[:, None] * other[None, :] * totals.design.centre
        return np.asarray(within @ totals.design.factor * inflation, dtype=np.float64)

    base_counted = block(cross.ay, own.a, own.y)
    return np.block([[block(cross.aa, own.a, own.a), base_counted], [base_counted.T, block(cross.yy, own.y, own.y)]])
