"""Sums become shares, variances and covariances: Taylor linearisation over strata and PSUs.

With A the weight in the base and Y the weight that counts, a domain's share is p = ΣY/ΣA, and the linearised total
of PSU j is z_j = (Y_j - p A_j) / ΣA. Over the strata h, with m PSUs sampled and sampling fraction f,

    Cov(p, q) = Σ_h (1-f) m/(m-1) [ Σ_j z_j z'_j - (Σ_j z_j)(Σ_j z'_j)/m ],

which needs only the sums over PSUs of A, Y and their products. PSUs without an answer have z = 0 and count in m.

A stratum of which one of several PSUs was drawn (lonely) has no variance of its own. The definition's strategy, named
as in R's `survey.lonely.psu`, decides: "certainty" and "remove" count it as 0, "adjust" as (1-f) z z', around zero
instead of the stratum's mean, and "average" as the mean of the strata of the estimate that have one.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tryghed.statistics.intervals import Numbers
from tryghed.statistics.replication import Replicas, Replication

#: A variance this small beside the squares it is the difference of is rounding, and stands for 0.
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Design:
    """The strata of one or several waves.

    Attributes:
        strata: Wave and stratum.
        psus: m, the PSUs sampled.
        factor: (1-f) m/(m-1).
        centre: 1/m; 0 where PSUs are not held against the mean of their stratum.
        clustered: Whether the wave was sampled in clusters.
        lonely: How a stratum with one PSU was treated; empty for all others.
        replication: How delivered replicate weights become a variance, in place of strata and PSUs.
        calibration: How weights were calibrated here, in words; empty where they are as delivered.
    """

    strata: tuple[tuple[str, ...], ...]
    psus: Numbers
    factor: Numbers
    centre: Numbers
    clustered: NDArray[np.bool_]
    lonely: tuple[str, ...]
    replication: Replication | None = None
    calibration: str = ""

    def inflation(self, present: NDArray[np.bool_]) -> Numbers:
        """Return what a variance is multiplied by for strata whose own is taken as the others' average.

        Args:
            present: Estimates × strata: whether anybody of the estimate answered there.
        """
        left_out = np.array([one == "average" for one in self.lonely], dtype=np.bool_)
        if not left_out.any():
            return np.ones(len(present))
        known = (present & ~left_out).sum(axis=1)
        whole = np.where(known > 0, present.sum(axis=1), np.nan)
        return np.asarray(whole / np.maximum(known, 1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of domains (rows) in strata (columns), for one indicator.

    `n`, `positives` unweighted answers; `psus` PSUs with an answer; `a`, `y` weights; `aa`, `ay`, `yy` sums over
    PSUs of products of PSU totals; `replicas` the same domains under replicate weights, where any were delivered.
    """

    n: Numbers
    positives: Numbers
    psus: Numbers
    a: Numbers
    y: Numbers
    aa: Numbers
    ay: Numbers
    yy: Numbers
    replicas: Replicas | None = None


@dataclass(frozen=True, eq=False)
class Cross:
    """Sums over the PSUs two domains share, for pairs of domains (rows) in strata (columns), for one indicator.

    `psus` those with answers from both; `only` those of them where the first has as many answers as the second; `ay` is
    the first's A times the second's Y, `ya` the first's Y times the second's A.
    """

    psus: Numbers
    only: Numbers
    aa: Numbers
    ay: Numbers
    ya: Numbers
    yy: Numbers


SUMMED = tuple(field.name for field in fields(Sums) if field.name != "replicas")
CROSSED = tuple(field.name for field in fields(Cross))


def share(sums: Sums) -> Numbers:
    """Return ΣY/ΣA of each domain, nan where nobody answered; exactly 0 or 1 where nobody or everybody counts."""
    base = sums.n.sum(axis=1)
    answered = np.where(base > 0, base, np.nan)
    plain = sums.y.sum(axis=1) / np.where(base > 0, sums.a.sum(axis=1), np.nan)
    counted = sums.positives.sum(axis=1) / answered
    return np.asarray(np.where((counted == 0) | (counted == 1), counted, plain), dtype=np.float64)


def variance(sums: Sums, design: Design) -> Numbers:
    """Return the variance of each domain's share, nan where nobody answered; exactly 0 where the share is 0 or 1."""
    p = share(sums)
    if sums.replicas is not None:
        found = sums.replicas.sample.replication.variances(sums.replicas.share, p)
        return np.where((p == 0) | (p == 1), 0.0, found)
    q = p[:, None]
    squares = sums.yy - 2 * q * sums.ay + q**2 * sums.aa
    within = _over_strata(squares - (sums.y - q * sums.a) ** 2 * design.centre, design)
    rounding = _ROUNDING * _over_strata(sums.yy + q**2 * sums.aa, design)
    none = (within <= rounding) | (p == 0) | (p == 1)
    result = np.where(none, 0.0, within) / np.where(np.isnan(p), np.nan, sums.a.sum(axis=1)) ** 2
    return np.asarray(result * design.inflation(sums.psus > 0), dtype=np.float64)


def covariance(one: Sums, other: Sums, cross: Cross, design: Design) -> Numbers:
    """Return the covariance of the shares of each pair of domains, before `Design.inflation`."""
    p, q = share(one)[:, None], share(other)[:, None]
    products = cross.yy - p * cross.ay - q * cross.ya + p * q * cross.aa
    within = products - (one.y - p * one.a) * (other.y - q * other.a) * design.centre
    known = ~np.isnan(p[:, 0] + q[:, 0])
    base = np.where(known, one.a.sum(axis=1) * other.a.sum(axis=1), np.nan)
    return np.asarray(_over_strata(within, design) / base, dtype=np.float64)


def degrees_of_freedom(psus: Numbers) -> Numbers:
    """Return PSUs with an answer less strata with one (Korn & Graubard 1999; R: `degf(subset(...))`)."""
    return np.asarray(psus.sum(axis=1) - (psus > 0).sum(axis=1), dtype=np.float64)


def freedom(sums: Sums) -> Numbers:
    """Return the degrees of freedom of each domain."""
    return degrees_of_freedom(sums.psus) if sums.replicas is None else sums.replicas.df


def joint_freedom(one: Sums, other: Sums, cross: Cross) -> Numbers:
    """Return the degrees of freedom of each domain together with another."""
    if one.replicas is None or other.replicas is None:
        return degrees_of_freedom(one.psus + other.psus - cross.psus)
    return one.replicas.joint_df(other.replicas)


def joint(one: Sums, other: Sums, cross: Cross, design: Design) -> tuple[Numbers, Numbers, Numbers]:
    """Return the variances of the shares of each pair of domains, and their covariance.

    The variances are those of `variance`, but for what belongs to both domains together: a stratum that takes the
    average of the others takes it of both domains' strata, and a replicate that leaves one of them empty is left out.
    """
    if one.replicas is not None and other.replicas is not None:
        return one.replicas.covariances(other.replicas, share(one), share(other))
    both = design.inflation(one.psus + other.psus - cross.psus > 0)
    own, others = (variance(sums, design) * both / design.inflation(sums.psus > 0) for sums in (one, other))
    return own, others, covariance(one, other, cross, design) * both


def remainder(whole: Sums, part: Sums, cross: Cross) -> Sums:
    """Return the sums of those in `whole` and not in `part`; `cross` is of part and whole."""
    return Sums(
        n=whole.n - part.n,
        positives=whole.positives - part.positives,
        psus=whole.psus - cross.only,
        a=whole.a - part.a,
        y=whole.y - part.y,
        aa=whole.aa - 2 * cross.aa + part.aa,
        ay=whole.ay - cross.ay - cross.ya + part.ay,
        yy=whole.yy - 2 * cross.yy + part.yy,
        replicas=whole.replicas.without(part.replicas) if whole.replicas and part.replicas else None,
    )


def with_remainder(part: Sums, cross: Cross) -> Cross:
    """Return the crossing of a part with the remainder; `cross` is of part and whole."""
    return Cross(
        psus=part.psus - cross.only, only=np.zeros_like(cross.only),
        aa=cross.aa - part.aa, ay=cross.ay - part.ay, ya=cross.ya - part.ay, yy=cross.yy - part.yy,
    )  # fmt: skip


def _over_strata(within: Numbers, design: Design) -> Numbers:
    return np.asarray((within * design.factor).sum(axis=1), dtype=np.float64)
