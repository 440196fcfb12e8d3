"""The weight on every answer to one or two variables, in every PSU of a domain, read from the store.

Distributions, means, totals, ratios and quantiles are all made of it (`functionals`). A *point* is an answer, or a pair
of answers where there are two variables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tryghed.statistics import origin, residuals, respondents, totals
from tryghed.statistics.folding import Design, degrees_of_freedom
from tryghed.statistics.intervals import Numbers
from tryghed.statistics.origin import Origin
from tryghed.statistics.replication import Replication, weights_of
from tryghed.statistics.respondents import Domain, Respondents
from tryghed.statistics.totals import Indices
from tryghed.store.query import Query, names_pattern
from tryghed.store.reader import Reader

Place = tuple[str, str]  # area, category
#: Which answers are in the base, from those to both variables.
Belongs = Callable[[Numbers, Numbers], NDArray[np.bool_]]

#: A variance this small beside the squares it is the difference of is rounding, and stands for 0.
_ROUNDING = 1e-13


def _every(value: Numbers, other: Numbers) -> NDArray[np.bool_]:
    return np.isfinite(value) & np.isfinite(other)


@dataclass(frozen=True, eq=False)
class Statistic:
    """A number, or a row of them, made of the weight on each point.

    Attributes:
        of: From weights (points × anything) to statistics (statistics × anything).
        influence: From weights (points) to the influence of a unit of weight (points × statistics).
    """

    of: Callable[[Numbers], Numbers]
    influence: Callable[[Numbers], Numbers]


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Everybody of waves of which some have calibrated weights: the variance is that of residuals, which all have.

    Attributes:
        everybody: The respondents, also those outside the domain.
        point: Of each, as an index of the domain's points; -1 outside the domain or its base.
    """

    everybody: Respondents
    point: Indices

    def covariance(self, influence: Numbers) -> tuple[Numbers, Numbers]:
        """Return the covariance of statistics from influences at points, and the products it is the difference of."""
        each = np.where(self.point[:, None] >= 0, influence[self.point], 0.0)
        return self.everybody.covariance(residuals.weighted(self.everybody.rows, each.T), self.point >= 0)


@dataclass(frozen=True, eq=False)
class Points:
    """What is known of one domain.

    Attributes:
        value: Answer of each point.
        other: Answer to the second variable.
        n: Unweighted respondents of each point.
        weight: Their weight.
        point: Of each part of a PSU whose respondents answered alike, as an index of `value`.
        cluster: PSU of each part, counted within the domain.
        part: Weight of each part.
        stratum: Of each PSU with an answer, as an index of `design.strata`.
        design: The strata of the whole sample, also those without anybody of the domain.
        df: PSUs with an answer less strata with one; of replicate weights, their rank less one.
        replicates: Points × replicates: the weight of each point under every replicate, where any were delivered.
        calibrated: Everybody of the waves, where weights were calibrated here and there are no replicates.
    """

    value: Numbers
    other: Numbers
    n: Numbers
    weight: Numbers
    point: Indices
    cluster: Indices
    part: Numbers
    stratum: Indices
    design: Design
    df: float
    replicates: Numbers | None = None
    calibrated: Calibrated | None = None

    @property
    def lonely(self) -> tuple[str, ...]:
        """How strata with one PSU were treated in which somebody of the domain answered."""
        return tuple(sorted({self.design.lonely[one] for one in self.stratum} - {""}))

    def covariance(self, statistic: Statistic) -> Numbers:
        """Return the covariance of statistics; exactly 0 where there is only rounding."""
        replication = self.design.replication
        if replication is not None and self.replicates is not None:
            with np.errstate(invalid="ignore", divide="ignore"):  # nobody is left under some replicates
                replicates = statistic.of(self.replicates)
            return replication.covariance(replicates, statistic.of(self.weight))
        influence = statistic.influence(self.weight)
        if self.calibrated is not None:
            return _without_rounding(*self.calibrated.covariance(influence))
        strata, size = len(self.design.psus), influence.shape[1]
        scores, sums = np.zeros((len(self.stratum), size)), np.zeros((strata, size))
        np.add.at(scores, self.cluster, self.part[:, None] * influence[self.point])
        np.add.at(sums, self.stratum, scores)
        factor, centre = self.design.factor, self.design.centre
        products = (scores * factor[self.stratum, None]).T @ scores
        found = products - (sums * (factor * centre)[:, None]).T @ sums
        present = np.isin(np.arange(strata), self.stratum).reshape(1, -1)
        return _without_rounding(found, products) * self.design.inflation(present)


@dataclass(frozen=True, eq=False)
class Values:
    """The sample's design, the points of every domain where somebody answered, and where they come from."""

    design: Design
    points: Mapping[Place, Points]
    origin: Origin


def read(
    reader: Reader, queries: Mapping[str, Query], *, survey: str, waves: Sequence[str], area_set: str,
    areas: Sequence[str], dimension: str, value: str, other: str | None = None,
    belongs: Belongs = _every,
) -> Values:  # fmt: skip
    """Return the points of every domain that has answers.

    Args:
        reader: Opened for `survey`.
        queries: The project's queries, by name.
        survey: Name of the survey.
        waves: One wave, or several to be pooled.
        area_set: Set the areas are of.
        areas: Areas wanted; `frames.EVERYBODY` may be one.
        dimension: Dimension whose categories are wanted, or `frames.EVERYBODY`.
        value: Item or indicator.
        other: The second variable.
        belongs: Which answers are in the base, from those to both variables.

    Raises:
        DesignError: A wave has no respondents, or a stratum only one PSU and no strategy for that; all are listed.
    """
    design = totals.read_design(reader, queries, survey=survey, waves=waves)
    asked: dict[str, object] = {
        "waves": list(waves), "area_set": area_set, "areas": list(areas), "dimension": dimension,
        "value": value, "other": other or value,
    }  # fmt: skip
    rows = reader.run(queries["estimate/value_totals"], **asked)
    kept = _in_base(rows, belongs)
    strata = {stratum: index for index, stratum in enumerate(design.strata)}
    found = {
        (str(area), str(category)): _points(part, design, strata)
        for (area, category), part in kept.group_by("area", "category", maintain_order=True)
    }
    if design.replication:
        people = reader.run(queries["estimate/value_replicates"], **asked)
        chosen = _in_base(people, belongs)
        for (area, category), part in chosen.group_by("area", "category", maintain_order=True):
            place = (str(area), str(category))
            found[place] = _replicated(found[place], part, design.replication)
    used: dict[str, dict[str, object]] = {"estimate/strata": {"waves": list(waves)}, "estimate/value_totals": asked}
    used |= {"estimate/value_replicates": asked} if design.replication else {}
    if design.calibration and design.replication is None:
        pattern = names_pattern([value, other] if other else [value])
        everybody: dict[str, object] = {
            "waves": list(waves), "area_set": area_set, "dimension": dimension, "pattern": pattern
        }  # fmt: skip
        people = reader.run(queries["estimate/respondent_rows"], **everybody)
        used["estimate/respondent_rows"] = everybody
        found = _calibrated(found, people, design, waves, belongs, (value, other or value))
    return Values(design, found, origin.of(reader, queries, used, waves))


def _in_base(rows: pl.DataFrame, belongs: Belongs) -> pl.DataFrame:
    return rows.filter(pl.Series(belongs(rows["value"].to_numpy(), rows["other"].to_numpy()), dtype=pl.Boolean))


def _replicated(known: Points, people: pl.DataFrame, replication: Replication) -> Points:
    weights, wave = weights_of(people, replication)
    of_pair = {pair: index for index, pair in enumerate(zip(known.value, known.other, strict=True))}
    replicates = np.zeros((len(known.value), weights.shape[1]))
    np.add.at(replicates, [of_pair[pair] for pair in people.select("value", "other").iter_rows()], weights)
    return replace(known, replicates=replicates, df=replication.df(weights, wave))


def _calibrated(
    known: Mapping[Place, Points], rows: pl.DataFrame, design: Design, waves: Sequence[str], belongs: Belongs,
    names: tuple[str, str],
) -> dict[Place, Points]:  # fmt: skip
    """Return the points of each domain with everybody of the waves, its own and all others."""
    everybody = respondents.of(rows, design)
    value, other = (rows[f"y_{name}"].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names)
    answered = np.isfinite(value) & np.isfinite(other) & (rows["weight"] > 0).to_numpy() & belongs(value, other)
    found = {}
    for (area, category), one in known.items():
        of_pair = {pair: at for at, pair in enumerate(zip(one.value, one.other, strict=True))}
        inside = np.flatnonzero(answered & Domain(tuple(waves), area, category).members(rows))
        point = np.full(len(value), -1, dtype=np.int64)
        point[inside] = [of_pair[pair] for pair in zip(value[inside], other[inside], strict=True)]
        found[area, category] = replace(one, calibrated=Calibrated(everybody, point))
    return found


def _without_rounding(found: Numbers, products: Numbers) -> Numbers:
    """Return a covariance with exactly 0 where there is only rounding of the products it is the difference of."""
    none = np.diag(found) <= _ROUNDING * np.diag(products)
    return np.where(none[:, None] | none, 0.0, found)


def _points(rows: pl.DataFrame, design: Design, strata: Mapping[tuple[str, ...], int]) -> Points:
    pairs = rows.group_by("value", "other").agg(pl.col("n").sum(), pl.col("weight").sum()).sort("value", "other")
    psus = rows.select("wave", "stratum", "psu").unique(maintain_order=True)
    of_pair = {pair: index for index, pair in enumerate(pairs.select("value", "other").iter_rows())}
    of_psu = {psu: index for index, psu in enumerate(psus["psu"])}
    value, other, n, weight = (pairs[name].cast(pl.Float64).to_numpy() for name in ("value", "other", "n", "weight"))
    stratum = np.array([strata[one] for one in psus.select("wave", "stratum").iter_rows()], dtype=np.int64)
    counted = np.bincount(stratum, minlength=len(strata)).astype(np.float64)
    return Points(
        value, other, n, weight,
        point=np.array([of_pair[pair] for pair in rows.select("value", "other").iter_rows()], dtype=np.int64),
        cluster=np.array([of_psu[psu] for psu in rows["psu"]], dtype=np.int64),
        part=rows["weight"].to_numpy(),
        stratum=stratum, design=design, df=float(degrees_of_freedom(counted[None, :])[0]),
    )  # fmt: skip
