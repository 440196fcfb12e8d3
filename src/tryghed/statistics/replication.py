"""Variances from replicate weights that an institute has delivered: jackknife, BRR, Fay and bootstrap.

With θ_r the estimate under replicate r, c_r its factor (scale × rscale) and θ̄ the mean of the θ_r with c_r > 0 (or the
estimate itself, where the definition says `mse`), Cov(θ, θ') = Σ_r c_r (θ_r - θ̄)(θ'_r - θ̄'). R: `svrepdesign`,
`vcov`. A replicate under which an estimate does not exist, because nobody is left in the domain, is left out (so in R).

Degrees of freedom are the rank of the weights of those who answered, less one (R: `degf(subset(...))`). Pooled waves
are independent samples: a replicate of one wave leaves the others at their final weights, and df adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.errors import DesignError
from tryghed.statistics.intervals import Numbers
from tryghed.store.query import Query
from tryghed.store.reader import Reader

Indices = NDArray[np.int64]

#: Singular values this small beside the largest are taken for 0 (R: `qr(tol = 1e-5)`).
_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Replication:
    """How replicates become a variance.

    Attributes:
        waves: The waves pooled.
        kinds: How each wave's replicates were made.
        factor: c of each replicate.
        block: The wave of each replicate, counted from 0.
        mse: Of each wave, whether distances are from the estimate.
    """

    waves: tuple[str, ...]
    kinds: tuple[str, ...]
    factor: Numbers
    block: Indices
    mse: tuple[bool, ...]

    def covariance(self, replicates: Numbers, estimates: Numbers) -> Numbers:
        """Return the covariance of estimates (in a row) from their replicates (estimates × replicates)."""
        usable = np.isfinite(replicates).all(axis=0)
        found = np.zeros((len(estimates), len(estimates)))
        for block, mse in enumerate(self.mse):
            own = usable & (self.block == block)
            averaged = own & (self.factor > 0)
            if not averaged.any():
                return np.full_like(found, np.nan)
            centre = estimates if mse else replicates[:, averaged].mean(axis=1)
            gaps = replicates[:, own] - centre[:, None]
            found += gaps * self.factor[own] @ gaps.T
        return found

    def variances(self, replicates: Numbers, estimates: Numbers) -> Numbers:
        """Return the variance of each estimate, nan where it does not exist."""
        found = [
            self.covariance(one[None], np.array([of]))[0, 0] for one, of in zip(replicates, estimates, strict=True)
        ]
        return np.where(np.isnan(estimates), np.nan, np.array(found, dtype=np.float64))

    def df(self, weights: Numbers, wave: Indices) -> float:
        """Return the rank of respondents' weights under the replicates, less one, added over the waves."""
        return float(sum(
            _rank(weights[np.ix_(wave == block, self.block == block)]) - 1
            for block in range(len(self.kinds)) if (wave == block).any()
        ))  # fmt: skip


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str]
) -> Replication | None:  # fmt: skip
    """Return how the waves' replicates become a variance; None where no wave has any.

    Raises:
        DesignError: Some of the waves have replicate weights, and some have not.
    """
    rows = reader.run(queries["estimate/replicate_design"], waves=list(waves)).to_dicts()
    if not rows:
        return None
    without = [one for one in waves if one not in {row["wave"] for row in rows}]
    if without:
        raise DesignError(
            f"wave {', '.join(without)} has no replicate weights and cannot be pooled with waves that have",
            where=f"survey {survey}", hint="compare the waves (tryghed compare --since) instead of pooling them",
        )  # fmt: skip
    factors = [np.array(row["factors"], dtype=np.float64) for row in rows]
    return Replication(
        tuple(row["wave"] for row in rows), tuple(row["kind"] for row in rows), np.concatenate(factors),
        np.repeat(np.arange(len(rows)), list(map(len, factors))), tuple(row["mse"] for row in rows),
    )  # fmt: skip


def respondents(
    rows: pl.DataFrame, replication: Replication, indicators: Sequence[str], domains: Sequence[tuple[str, ...]]
) -> "Replicated":
    """Return the respondents of `estimate/member_rows` as members of `domains`, which are those of `totals`."""
    weights, wave = weights_of(rows, replication)
    scores = np.stack([rows[f"y_{one}"].cast(pl.Float64).fill_null(np.nan).to_numpy() for one in indicators], axis=1)
    return Replicated(replication, weights, wave, scores, members(rows, domains), {})


def members(rows: pl.DataFrame, domains: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Indices]:
    """Return the respondents of each domain, from lists of their `places` and `kinds`."""
    places, kinds = (_belonging(rows[name]) for name in ("places", "kinds"))
    none = np.empty(0, dtype=np.int64)
    return {
        domain: np.intersect1d(places.get(domain[:2], none), kinds.get(domain[2:], none), assume_unique=True)
        for domain in domains
    }


def _belonging(lists: pl.Series) -> dict[tuple[str, ...], Indices]:
    found: dict[tuple[str, ...], list[int]] = {}
    for place, entries in enumerate(lists.to_list()):
        for entry in entries or ():
            found.setdefault(tuple(entry.values()), []).append(place)
    return {key: np.array(places, dtype=np.int64) for key, places in found.items()}


def weights_of(rows: pl.DataFrame, replication: Replication) -> tuple[Numbers, Indices]:
    """Return respondents' weights under every replicate, and the wave of each as an index of `replication.waves`.

    A replicate of one wave leaves respondents of the others at their final weights.
    """
    wave = np.array([replication.waves.index(one) for one in rows["wave"]], dtype=np.int64)
    found = np.repeat(rows["weight"].to_numpy()[:, None], len(replication.factor), axis=1)
    for block in np.unique(wave):
        own = np.flatnonzero(wave == block)
        found[np.ix_(own, replication.block == block)] = rows["replicates"].gather(own).to_list()
    return found, wave


def _rank(weights: Numbers) -> int:
    """Return the rank of weights, rows on one scale and each kind of row once: what it costs to know is small then."""
    largest = weights.max(axis=1, keepdims=True)
    kinds = np.unique((weights / np.where(largest > 0, largest, 1.0)).round(9), axis=0)
    return int(np.linalg.matrix_rank(kinds, tol=_TOLERANCE * np.linalg.norm(kinds, 2))) if kinds.size else 0


@dataclass(frozen=True, eq=False)
class Replicas:
    """What replicates need to know of a row of domains, for one indicator.

    Attributes:
        a: Domains × replicates: the weight in the base.
        y: The weight that counts.
        answered: Domains × respondents: who is in the base.
        sample: The respondents.
    """

    a: Numbers
    y: Numbers
    answered: NDArray[np.bool_]
    sample: "Replicated"

    @property
    def share(self) -> Numbers:
        """Y/A of each domain under each replicate, nan where nobody is left."""
        some = self.a > 0
        return np.asarray(np.where(some, self.y / np.where(some, self.a, 1.0), np.nan), dtype=np.float64)

    def without(self, part: "Replicas") -> "Replicas":
        """Return what is known of those in these domains and not in their parts."""
        return Replicas(self.a - part.a, self.y - part.y, self.answered & ~part.answered, self.sample)

    def covariances(self, other: "Replicas", shares: Numbers, others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return both variances and the covariance of the shares of each domain and another."""
        found = np.array(
            [
                self.sample.replication.covariance(np.stack(pair[:2]), np.array(pair[2:]))
                for pair in zip(self.share, other.share, shares, others, strict=True)
            ]
        ).reshape(-1, 2, 2)
        known = np.isfinite(shares + others)
        one, two, both = (np.where(known, found[:, row, column], np.nan) for row, column in ((0, 0), (1, 1), (0, 1)))
        return one, two, both

    @property
    def df(self) -> Numbers:
        """Degrees of freedom of each domain."""
        return np.array([self.sample.df(one) for one in self.answered], dtype=np.float64)

    def joint_df(self, other: "Replicas") -> Numbers:
        """Return the degrees of freedom of each domain together with another."""
        return np.array([self.sample.df(one) for one in self.answered | other.answered], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Replicated:
    """The respondents of waves with replicate weights, their scores, and the domains they belong to.

    Attributes:
        replication: How replicates become a variance.
        weights: Respondents × replicates.
        wave: Of each respondent, counted from 0.
        scores: Respondents × indicators; nan is outside the base.
        members: Respondents of each domain.
    """

    replication: Replication
    weights: Numbers
    wave: Indices
    scores: Numbers
    members: Mapping[tuple[str, ...], Indices]
    _known: dict[bytes, float]

    def replicas(self, domains: Sequence[tuple[str, ...]], indicator: int) -> Replicas:
        """Return the replicates of domains for one indicator."""
        scores = self.scores[:, indicator]
        a, y = np.zeros((2, len(domains), self.weights.shape[1]))
        answered = np.zeros((len(domains), len(scores)), dtype=np.bool_)
        for place, domain in enumerate(domains):
            members = self.members[domain]
            base = members[np.isfinite(scores[members])]
            answered[place, base] = True
            a[place] = self.weights[base].sum(axis=0)
            y[place] = self.weights[base[scores[base] == 1]].sum(axis=0)
        return Replicas(a, y, answered, self)

    def df(self, answered: NDArray[np.bool_]) -> float:
        """Return the degrees of freedom of those who answered; what was asked before is remembered."""
        key = np.packbits(answered).tobytes()
        if key not in self._known:
            self._known[key] = self.replication.df(self.weights[answered], self.wave[answered])
        return self._known[key]


@dataclass(frozen=True, eq=False)
class ReplicatedSums:
    """Sums of domains: `a` and `y` under every replicate (domains × replicates), `base` and `counted` as estimated."""

    replication: Replication
    a: Numbers
    y: Numbers
    base: Numbers
    counted: Numbers

    def covariance(self, shares: Numbers) -> Numbers:
        """Return the covariance of the shares Y/A."""
        some = self.a > 0
        replicates = np.where(some, self.y / np.where(some, self.a, 1.0), np.nan)
        known = np.flatnonzero(np.isfinite(shares))
        found = np.full((len(shares), len(shares)), np.nan)
        found[np.ix_(known, known)] = self.replication.covariance(replicates[known], shares[known])
        return found

    def sums_covariance(self) -> Numbers:
        """Return the covariance of the base of every domain, then what counts in every domain."""
        return self.replication.covariance(
            np.concatenate([self.a, self.y]), np.concatenate([self.base, self.counted])
        )  # fmt: skip

    def parts_covariance(self, matrix: Numbers) -> Numbers:
        """Return the covariance of parts θ = T/ΣT of a whole.

        Args:
            matrix: A row for each T, which makes it of the base of every domain, then what counts in every domain.
        """
        replicates = matrix @ np.concatenate([self.a, self.y])
        estimates = matrix @ np.concatenate([self.base, self.counted])
        whole = replicates.sum(axis=0)
        parts = np.where(whole > 0, replicates / np.where(whole > 0, whole, 1.0), np.nan)
        return self.replication.covariance(parts, estimates / estimates.sum())

    def regrouped(self, matrix: Numbers) -> "ReplicatedSums":
        """Return the sums of domains that are sums and differences of these."""
        return ReplicatedSums(
            self.replication, matrix @ self.a, matrix @ self.y, matrix @ self.base, matrix @ self.counted
        )


def side_by_side(parts: Sequence[ReplicatedSums]) -> ReplicatedSums:
    """Return sums of independent samples, one after another: a replicate of one leaves the others as they are."""
    blocks, start = [], 0
    for part in parts:
        blocks.append(part.replication.block + start)
        start += len(part.replication.kinds)
    together = Replication(
        tuple(wave for part in parts for wave in part.replication.waves),
        tuple(kind for part in parts for kind in part.replication.kinds),
        np.concatenate([part.replication.factor for part in parts]), np.concatenate(blocks),
        tuple(mse for part in parts for mse in part.replication.mse),
    )  # fmt: skip
    own = np.concatenate([np.full(len(part.replication.factor), place) for place, part in enumerate(parts)])

    def placed(name: str, estimate: str) -> Numbers:
        found = []
        for place, part in enumerate(parts):
            fixed = np.repeat(getattr(part, estimate)[:, None], len(own), axis=1)
            fixed[:, own == place] = getattr(part, name)
            found.append(fixed)
        return np.concatenate(found)

    return ReplicatedSums(
        together, placed("a", "base"), placed("y", "counted"), np.concatenate([part.base for part in parts]),
        np.concatenate([part.counted for part in parts]),
    )  # fmt: skip
