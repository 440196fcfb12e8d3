"""The weights of a wave whose definition says that they are calibrated here, on their way into the store.

The store then holds the calibrated weights, from which every estimate is made; beside them the delivered ones, and the
categories that they were calibrated to, from which the residuals of its variance are made (`residuals`). Replicate
weights are calibrated one by one, each from its own weights to the same margins (R: `calibrate` of a `svrepdesign`):
their variance then holds what calibration does to it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tryghed.definitions.calibration import STRATUM, Calibration, Distance, Margin, read_margins
from tryghed.definitions.project import Project
from tryghed.errors import DesignError
from tryghed.frames import EVERYBODY, Accepted, CalibratedWeights
from tryghed.statistics import auxiliaries, weighting
from tryghed.statistics.auxiliaries import Auxiliaries, Numbers
from tryghed.statistics.calibration import Calibrated, calibrate
from tryghed.statistics.weighting import Verdict

_WEIGHT = pl.Decimal(18, 9)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Calibrated weights, with what weights that summed to answers were multiplied with, and the replicates."""

    calibrated: Calibrated
    scale: float
    replicates: Numbers | None = None


def calibrated_by(distance: Distance, margins: Sequence[Margin]) -> str:
    """Return how weights are calibrated, in words."""
    return f"{distance.method} to {', '.join(margin.name for margin in margins)}"


def fit(
    weights: Numbers, known: Auxiliaries, margins: Sequence[Margin], distance: Distance,
    replicates: Numbers | None = None,
) -> Fitted:  # fmt: skip
    """Return weights calibrated to margins, and every replicate to the same.

    Weights that sum to the answers are first scaled to people, so that bounds are about what calibration does; so are
    their replicates, by the same factor. Who has a weight of 0 under a replicate keeps it.

    Args:
        weights: One per respondent, above 0.
        known: The respondents' categories.
        margins: What these are joined from.
        distance: How weights may move.
        replicates: Respondents × replicates.

    Raises:
        DesignError: The margins cannot be met; where by a replicate only, it is named.
    """
    scale = weighting.to_people(weights, margins[0].population)
    found = calibrate(weights * scale, known, distance)
    if replicates is None:
        return Fitted(found, scale)
    columns = [_replicate(place, column * scale, known, distance) for place, column in enumerate(replicates.T, start=1)]
    return Fitted(found, scale, np.stack(columns, axis=1))


def _replicate(place: int, weights: Numbers, known: Auxiliaries, distance: Distance) -> Numbers:
    some = weights > 0
    part = replace(known, cell=known.cell[some])
    try:
        return _into(some, calibrate(weights[some], part, distance).weights)
    except DesignError as problem:
        raise DesignError(
            f"replicate {place} cannot be calibrated: {problem.message}",
            hint="unite small categories, so that every replicate has people in them; or leave estimates = false",
        ) from None


def _into(some: np.ndarray, values: Numbers) -> Numbers:
    found = np.zeros(len(some))
    found[some] = values
    return found


@dataclass(frozen=True, eq=False)
class Adopted:
    """A wave with the weights that estimates use; `broken` are the rules that weights calibrated here break."""

    accepted: Accepted
    broken: tuple[Verdict, ...] = ()


def adopt(project: Project, accepted: Accepted) -> Adopted:
    """Return a wave with calibrated weights where its definition says so, any other wave as it is.

    Raises:
        DefinitionError: The margins' files do not hold.
        DesignError: The weights cannot be calibrated.
    """
    calibration = project.wave(accepted.survey, accepted.wave).design.calibration
    if calibration is None or not calibration.estimates:
        return Adopted(accepted)
    margins = read_margins(project.folder, calibration, project.surveys[accepted.survey], project.area_sets)
    try:
        return _adopted(accepted, calibration, margins)
    except DesignError as problem:
        where = f"{accepted.survey}/{accepted.wave} [design.calibration]"
        raise DesignError(problem.message, where=where, hint=problem.hint) from None


def _adopted(accepted: Accepted, calibration: Calibration, margins: Sequence[Margin]) -> Adopted:
    people = accepted.respondents.filter(pl.col("weight") > 0)
    known = auxiliaries.join(_variables(accepted, people, margins), margins)
    delivered, replicates = people.select("respondent"), None
    if accepted.replicates is not None:
        delivered = delivered.join(accepted.replicates.weights, on="respondent", how="left", maintain_order="left")
        replicates = np.array(delivered["weights"].cast(pl.List(pl.Float64)).to_list(), dtype=np.float64)
    fitted = fit(people["weight"].cast(pl.Float64).to_numpy(), known, margins, calibration, replicates)
    rows = people.select(
        "respondent",
        pl.col("weight").alias("delivered"),
        pl.Series("known", categories(known), dtype=pl.List(pl.String)),
        delivered["weights"].alias("replicates") if replicates is not None
        else pl.lit(None, dtype=pl.List(_WEIGHT)).alias("replicates"),
    )  # fmt: skip
    says = calibrated_by(calibration, margins)
    changed = replace(
        accepted,
        respondents=_weighted(accepted.respondents, people, fitted.calibrated.weights),
        definition_sha256=_fingerprint(accepted.definition_sha256, margins),
        calibrated=CalibratedWeights(says, rows),
    )
    verdicts = weighting.verdicts(weighting.spread(fitted.calibrated.weights), margins[0].population)
    broken = tuple(one for one in verdicts if one.stops)
    if accepted.replicates is None or fitted.replicates is None:
        return Adopted(changed, broken)
    columns = [pl.Series(f"r{place}", column) for place, column in enumerate(fitted.replicates.T)]
    lists = pl.DataFrame(columns).select(pl.concat_list(pl.all().round(9).cast(_WEIGHT)).alias("weights"))
    calibrated = pl.concat([people.select("respondent"), lists], how="horizontal")
    others = accepted.replicates.weights.join(people, on="respondent", how="anti")
    replicated = replace(accepted.replicates, weights=pl.concat([calibrated, others]))
    return Adopted(replace(changed, replicates=replicated), broken)


def _variables(accepted: Accepted, people: pl.DataFrame, margins: Sequence[Margin]) -> pl.DataFrame:
    """Return a column per variable of the margins for the respondents, null where they have no category."""
    found = people.select("respondent", STRATUM)
    for name in dict.fromkeys(name for margin in margins for name in margin.by if name != STRATUM):
        groups = accepted.grouping.filter(pl.col("dimension") == name).select("respondent", "category")
        areas = accepted.membership.filter(pl.col("area_set") == name, pl.col("area") != EVERYBODY)
        one = pl.concat([groups, areas.select("respondent", pl.col("area").alias("category"))])
        found = found.join(one.rename({"category": name}), on="respondent", how="left", validate="1:1",
                           maintain_order="left")  # fmt: skip
    return found.drop("respondent")


def categories(known: Auxiliaries) -> list[list[str]]:
    """Return the categories of each respondent, each as "margin=category"."""
    names = [f"{margin}={category}" for margin, category in known.columns]
    cells = [[name for name, inside in zip(names, row, strict=True) if inside] for row in known.values.tolist()]
    return [cells[cell] for cell in known.cell.tolist()]


def _weighted(respondents: pl.DataFrame, people: pl.DataFrame, weights: Numbers) -> pl.DataFrame:
    """Return the respondents with new weights; who has none keeps 0."""
    own = people.select("respondent", pl.Series("calibrated", weights).round(9).cast(_WEIGHT))
    joined = respondents.join(own, on="respondent", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("calibrated", "weight").alias("weight")).drop("calibrated")


def _fingerprint(definition: str, margins: Sequence[Margin]) -> str:
    """Return the checksum of the definition together with the numbers of its margins, which stand in other files."""
    numbers = [f"{margin.name}:{category}:{total!r}" for margin in margins for category, total in margin.totals.items()]
    return hashlib.sha256("\n".join([definition, *numbers]).encode()).hexdigest()
