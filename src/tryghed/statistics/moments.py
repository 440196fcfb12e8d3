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

    The store sums the products of PSU totals for pairs that are compared: an area with everybody of its category, the
    categories of an area, areas of a set for everybody. Only such pairs may stand together here.

    `df` counts the PSUs of all domains together, once each. Where PSUs hold several of more than two domains, and these
    are not all categories of an area, that takes a count of its own: name them in `totals.read(..., together=[...])`.

    Raises:
        DesignError: A domain has no respondents, no sums of products were read for a pair, or the PSUs of domains that
            share some were not counted together.
    """
    _expect_known(totals, domains)
    at = [totals.positions[domain] for domain in domains]
    index = totals.indicators.index(indicator)
    one, other = (places.ravel() for places in np.meshgrid(at, at, indexing="ij"))
    own = totals.of(at, index)
    sums = {name: getattr(own, name).sum(axis=1) for name in ("n", "positives", "a", "y")}
    if own.replicas is not None:
        return _of_replicas(own.replicas, sums)
    cross = _with_parts(totals, domains, own, totals.cross(one.tolist(), other.tolist(), index))
    return Moments(
        sums["n"], sums["positives"], sums["a"], sums["y"], _covariance(totals, own, cross),
        _degrees_of_freedom(totals, domains, index, own, cross),
    )  # fmt: skip


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
    apart = [
        (one, other)
        for place, one in enumerate(domains)
        for other in domains[place + 1 :]
        if not _summed_together(one, other)
    ]
    problems = [f"no respondents in {_named(domain)}" for domain in absent]
    problems += [f"no sums of products of {_named(one)} and {_named(other)}" for one, other in apart]
    if problems:
        raise DesignError(
            "; ".join(problems), where=f"survey {totals.survey}, wave {totals.wave}",
            hint="combine categories of one area, areas of one set, or an area with everybody",
        )  # fmt: skip


def _summed_together(one: Domain, other: Domain) -> bool:
    same_set, same_area, same_dimension, same_category = (a == b for a, b in zip(one, other, strict=True))
    if not (same_set and same_dimension) or one == other:
        return False
    if same_area:
        return True
    return same_category and (EVERYBODY in (one[1], other[1]) or one[2] == EVERYBODY)


def _named(domain: Domain) -> str:
    return " ".join(domain)


def _with_parts(totals: Totals, domains: Sequence[Domain], own: Sums, cross: Cross) -> Cross:
    """Fill in the pairs that are a domain with itself, or a part with everybody where people were sampled directly."""
    size = len(domains)
    fields = {name: getattr(cross, name).reshape(size, size, -1).copy() for name in folding.CROSSED}
    direct = ~totals.design.clustered
    for place, one in enumerate(domains):
        for other_place, other in enumerate(domains):
            part = place if one[1] != EVERYBODY else other_place
            if place == other_place:
                strata = np.ones_like(direct)
            elif one[1] != other[1] and EVERYBODY in (one[1], other[1]):
                strata = direct
            else:
                continue
            for name, values in _own(own, part).items():
                fields[name][place, other_place] = np.where(strata, values, fields[name][place, other_place])
    return Cross(**{name: values.reshape(size * size, -1) for name, values in fields.items()})


def _own(own: Sums, place: int) -> Mapping[str, Numbers]:
    """Return a domain's crossing with whatever holds it wholly."""
    names = {"psus": "psus", "only": "psus", "aa": "aa", "ay": "ay", "ya": "ay", "yy": "yy"}
    return {name: getattr(own, source)[place] for name, source in names.items()}


def _covariance(totals: Totals, own: Sums, cross: Cross) -> Numbers:
    size = len(own.n)
    inflation = totals.design.inflation(np.asarray(own.psus.sum(axis=0) > 0).reshape(1, -1))

    def block(products: Numbers, one: Numbers, other: Numbers) -> Numbers:
        within = products.reshape(size, size, -1) - one[:, None] * other[None, :] * totals.design.centre
        return np.asarray(within @ totals.design.factor * inflation, dtype=np.float64)

    base_counted = block(cross.ay, own.a, own.y)
    return np.block([[block(cross.aa, own.a, own.a), base_counted], [base_counted.T, block(cross.yy, own.y, own.y)]])


def _degrees_of_freedom(totals: Totals, domains: Sequence[Domain], indicator: int, own: Sums, cross: Cross) -> float:
    size = len(domains)
    shared = cross.psus.reshape(size, size, -1)
    whole = _whole(totals, domains, indicator, own)
    holding = [place for place in range(size) if (shared[place] == own.psus).all()]
    pairs = 2
    if whole is not None or holding:
        psus = own.psus[holding[0]] if whole is None else whole.psus[0]
    elif size == pairs or not shared[np.triu_indices(size, 1)].any():
        psus = own.psus.sum(axis=0) - shared[np.triu_indices(size, 1)].sum(axis=0)
    elif frozenset(domains) in totals.unions:
        psus = totals.unions[frozenset(domains)][:, indicator]
    else:
        raise DesignError(
            f"PSUs hold several of {size} domains, and were not counted together: {'; '.join(map(_named, domains))}",
            where=f"survey {totals.survey}, wave {totals.wave}", hint="name the domains in totals.read(together=...)",
        )  # fmt: skip
    return float(folding.degrees_of_freedom(psus[None, :])[0])


def _whole(totals: Totals, domains: Sequence[Domain], indicator: int, own: Sums) -> Sums | None:
    """Return the area that the categories make up, None where somebody in it is in none of them."""
    area_set, area, dimension, _ = domains[0]
    at = totals.positions.get((area_set, area, EVERYBODY, EVERYBODY))
    if at is None or any(domain[:3] != (area_set, area, dimension) for domain in domains):
        return None
    whole = totals.of([at], indicator)
    return whole if (own.n.sum(axis=0) == whole.n[0]).all() else None
