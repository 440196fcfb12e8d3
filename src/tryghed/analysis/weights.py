"""A wave's weights: held against the population, trimmed and calibrated where asked for, and what that changes.

What is made here is for the analyst: to see whether the delivered weights do what they should, and to hand over better
ones. Estimates and reports use them only where the wave's definition says so (`statistics.adopting`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from tryghed.analysis.question import named_twice
from tryghed.definitions.calibration import STRATUM, Calibration, Margin, read_margins
from tryghed.definitions.project import Project
from tryghed.definitions.wave import Wave
from tryghed.delivery import recalibration
from tryghed.delivery.recalibration import Recalibration
from tryghed.delivery.weightscript import Audited, Replicated
from tryghed.errors import DesignError, StoreError, UsageError, all_at_once
from tryghed.frames import EVERYBODY
from tryghed.statistics import adopting, auxiliaries, sample, totals, weighting
from tryghed.statistics import replication as replicating
from tryghed.statistics.adopting import Fitted
from tryghed.statistics.auxiliaries import Auxiliaries, Numbers
from tryghed.statistics.calibration import untouched
from tryghed.statistics.replication import Replication
from tryghed.statistics.sample import Sample
from tryghed.statistics.totals import Totals
from tryghed.statistics.weighting import Trimmed, Verdict
from tryghed.store import query as queries
from tryghed.store.query import names_pattern
from tryghed.store.reader import Reader, open_reader

#: Columns of the audit as one table: `part` says what a row is about.
AUDIT: Final = pl.Schema(
    {
        "part": pl.String, "name": pl.String, "category": pl.String, "n": pl.Int64, "population": pl.Float64,
        "unweighted": pl.Float64, "delivered": pl.Float64, "final": pl.Float64, "off_delivered": pl.Float64,
        "off_final": pl.Float64, "limit": pl.Float64,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Weighed:
    """The audit of a wave's weights.

    Attributes:
        audit: Parts "weights" (measures with their limits), "margin" (shares of the population and of the sample, 0
            to 1), "trimmed" (by stratum: `n` respondents cut, `final` the weight given to others) and "indicator"
            (share and its standard error).
        respondents: `respondent` (pseudonym), `delivered`, `factor`, `weight`.
        verdicts: What the rules say of the final weights.
        changed: Whether the final weights are others than the delivered ones.
        says: In one line, what was done.
        again: What R needs to make the weights again.
    """

    audit: pl.DataFrame
    respondents: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    changed: bool
    says: str
    again: Audited


@dataclass(frozen=True, eq=False)
class Replicates:
    """Replicate weights as delivered (respondents × replicates), and how they become a variance."""

    weights: Numbers
    how: Replication


@dataclass(frozen=True, eq=False)
class _Scored:
    """Scores by respondent, a column `score_…` per indicator, and their sums under the delivered weights."""

    rows: pl.DataFrame
    sums: Totals


def weigh(
    project: Project, survey: str, wave: str, *, medians: float | None = None, indicators: Sequence[str] = ()
) -> Weighed:
    """Return the audit of a wave's weights, trimmed and calibrated first where that is asked for.

    Weights are trimmed, then calibrated to the margins of `[design.calibration]`, so that the margins hold in the end.
    Weights that sum to the answers are first scaled to people, so that bounds are about what calibration does. A wave
    without margins is held against the population of its strata.

    Args:
        project: The project.
        survey: Survey.
        wave: Wave; it must be in the store.
        medians: The largest weight, in medians, within strata; None trims nothing.
        indicators: Whose shares are wanted under both weights.

    Raises:
        UsageError: No such wave or indicator, or indicators where nothing is calibrated; all problems are listed.
        DefinitionError: The margins' files do not hold.
        StoreError: There is no store, or the wave is not in it.
        DesignError: Trimming or calibration cannot be done, or the design cannot support the estimates.
    """
    defined = project.wave(survey, wave)
    calibration = defined.design.calibration
    _expect_indicators(project, survey, indicators, calibrated=calibration is not None)
    margins = _margins(project, survey, wave)
    variables = sorted({name for margin in margins for name in margin.by})
    shelf = queries.Shelf(project.queries)
    with open_reader(project.folder, survey) as reader:
        replication = replicating.read(reader, shelf, survey=survey, waves=[wave])
        delivered_replicates = reader.run(shelf["weights/replicates"], wave=wave) if replication else None
        people = reader.run(shelf["weights/respondents"], wave=wave)
        if not people.height:
            raise StoreError(f"wave {wave!r} is not in the store", hint=f"tryghed ingest {survey}/{wave}")
        placed = reader.run(shelf["weights/categories"], wave=wave, variables=variables)
        scored = _scored(reader, shelf, project, survey, wave, indicators) if indicators else None
    delivered = people["weight"].cast(pl.Float64).to_numpy()
    known = auxiliaries.join(_wide(people, placed, variables), margins) if margins else None
    replicates = _replicates(replication, delivered_replicates)
    _expect_untrimmed(replicates, medians, wave)
    trimmed = weighting.trim(delivered, people[STRATUM].to_list(), medians=medians) if medians is not None else None
    final = trimmed.weights if trimmed else delivered
    own = replicates.weights if replicates else None
    fitted = adopting.fit(final, known, margins, calibration, own) if calibration and known else None
    final = fitted.calibrated.weights if fitted else final
    parts = [
        _measures(delivered, final, margins),
        *([_balance(known, delivered, final)] if known else []),
        *([_trimming(trimmed)] if trimmed else []),
        *([_indicators(people, scored, fitted, replicates)] if fitted and scored else []),
    ]
    weights = {"delivered": people["weight"], "factor": final / delivered, "weight": final}
    return Weighed(
        pl.concat([pl.DataFrame(schema=AUDIT), *parts], how="diagonal").select(*AUDIT),
        people.select("respondent").with_columns(pl.Series(name, values) for name, values in weights.items()),
        weighting.verdicts(weighting.spread(final), margins[0].population if margins else None),
        changed=trimmed is not None or fitted is not None,
        says=_says(people, margins, trimmed, fitted, calibration),
        again=_audited(defined, people, margins, known, fitted, scored, final, replicates),
    )


def _audited(
    defined: Wave, people: pl.DataFrame, margins: Sequence[Margin], known: Auxiliaries | None, fitted: Fitted | None,
    scored: _Scored | None, weights: Numbers, replicates: Replicates | None,
) -> Audited:  # fmt: skip
    """Return what R makes the weights and the audit again from."""
    design, scale = defined.design, fitted.scale if fitted else 1.0
    parts = [
        people.select(
            STRATUM, "psu", pl.col(STRATUM).replace_strict(design.population, default=None).alias("size"),
            pl.Series("weight", fitted.calibrated.design if fitted else weights), pl.Series("calibrated", weights),
            pl.Series("known", adopting.categories(known) if known else [[]] * people.height, pl.List(pl.String)),
        ),
        *([pl.DataFrame({f"rep_{place}": scale * one for place, one in enumerate(replicates.weights.T, start=1)})]
          if replicates else []),
        *([people.select("respondent").join(scored.rows, on="respondent", how="left", maintain_order="left")
           .drop("respondent")] if scored else []),
    ]  # fmt: skip
    named: dict[str, tuple[str, ...]] = {}
    for margin, category in known.columns if known else ():
        named[margin] = (*named.get(margin, ()), category)
    calibration = design.calibration if fitted else None
    return Audited(
        pl.concat(parts, how="horizontal"), defined.wave, named,
        Recalibration(defined.wave, calibration, recalibration.totals(margins)) if calibration else None,
        design.lonely_psu,
        Replicated(tuple(replicates.how.factor.tolist()), replicates.how.mse[0]) if replicates else None,
    )  # fmt: skip


def _expect_indicators(project: Project, survey: str, indicators: Sequence[str], *, calibrated: bool) -> None:
    scores = project.surveys[survey].scores
    problems = [
        UsageError(f"no indicator {one!r}", hint=f"indicators: {', '.join(scores)}")
        for one in indicators
        if one not in scores
    ]
    problems += named_twice(indicators)
    if indicators and not calibrated:
        problems.append(UsageError("nothing to compare shares with: the wave has no [design.calibration]"))
    all_at_once(UsageError, problems)


def _margins(project: Project, survey: str, wave: str) -> tuple[Margin, ...]:
    """Return the margins declared, or else the population of the strata where people were sampled directly."""
    design = project.wave(survey, wave).design
    if design.calibration:
        return read_margins(project.folder, design.calibration, project.surveys[survey], project.area_sets)
    if design.population and design.unit is None:
        return (Margin((STRATUM,), {(stratum,): size for stratum, size in design.population.items()}),)
    return ()


def _replicates(how: Replication | None, rows: pl.DataFrame | None) -> Replicates | None:
    if how is None or rows is None:
        return None
    return Replicates(np.array(rows["weights"].to_list(), dtype=np.float64), how)


def _expect_untrimmed(replicates: Replicates | None, medians: float | None, wave: str) -> None:
    if replicates is not None and medians is not None:
        raise DesignError(
            f"{replicates.weights.shape[1]} replicate weights were delivered, and do not know of weights cut here",
            where=f"wave {wave}",
            hint="leave out --trim, or ask the institute for trimmed weights with replicates of their own",
        )


def _scored(
    reader: Reader, shelf: Mapping[str, queries.Query], project: Project, survey: str, wave: str,
    indicators: Sequence[str],
) -> _Scored:  # fmt: skip
    rows = reader.run(shelf["weights/scores"], wave=wave, pattern=names_pattern(indicators))
    sums = totals.read(
        reader, shelf, survey=survey, waves=[wave], area_sets=project.surveys[survey].area_sets[:1],
        dimensions=[EVERYBODY], indicators=indicators,
    )  # fmt: skip
    return _Scored(rows, sums)


def _wide(people: pl.DataFrame, placed: pl.DataFrame, variables: Sequence[str]) -> pl.DataFrame:
    """Return a column per variable for the respondents, null where they have no category."""
    found = people.select("respondent", STRATUM)
    for name in variables:
        if name != STRATUM:
            one = placed.filter(variable=name).select("respondent", pl.col("category").alias(name))
            found = found.join(one, on="respondent", how="left", validate="1:1", maintain_order="left")
    return found.drop("respondent")


def _measures(delivered: Numbers, final: Numbers, margins: Sequence[Margin]) -> pl.DataFrame:
    before, after = weighting.spread(delivered), weighting.spread(final)
    rules = weighting.verdicts(before, None)
    limits = {rule.measure: rule.limit for rule in rules}
    names = {
        "smallest": "smallest", "median": "median", "largest": "largest", "largest / median": "medians",
        "deff": "deff", "effective n": "n_eff", "sum": "total",
    }  # fmt: skip
    population = margins[0].population if margins else None
    rows = [
        {"part": "weights", "name": name, "delivered": float(getattr(before, field)),
         "final": float(getattr(after, field)), "limit": limits.get(name)}
        for name, field in names.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides=_columns("part", "name", "delivered", "final", "limit")).with_columns(
        pl.when(pl.col("name") == "sum").then(pl.lit(population, dtype=pl.Float64)).alias("population"),
        pl.lit(before.n, dtype=pl.Int64).alias("n"),
    )


def _balance(known: Auxiliaries, delivered: Numbers, final: Numbers) -> pl.DataFrame:
    names = {"margin": "name", "before": "delivered", "after": "final", "off_before": "off_delivered",
             "off_after": "off_final"}  # fmt: skip
    return weighting.balance(known, delivered, final).rename(names).with_columns(pl.lit("margin").alias("part"))


def _trimming(trimmed: Trimmed) -> pl.DataFrame:
    return trimmed.report.select(
        pl.lit("trimmed").alias("part"), pl.lit(STRATUM).alias("name"), pl.col("group").alias("category"),
        pl.col("cut").alias("n"), pl.col("moved").alias("final"), pl.lit(trimmed.limit).alias("limit"),
    )  # fmt: skip


def _indicators(
    people: pl.DataFrame, scored: _Scored, fitted: Fitted, replicates: Replicates | None
) -> pl.DataFrame:  # fmt: skip
    """Return share and standard error of everybody under the delivered and the calibrated weights."""
    sums = scored.sums
    own = people.select("respondent").join(scored.rows, on="respondent", how="left", maintain_order="left")
    values = own.select(pl.col(f"score_{name}").cast(pl.Float64).fill_null(np.nan) for name in sums.indicators)
    scores, place = values.to_numpy(), _sampled(people, sums)
    calibrated = fitted.calibrated
    before, after = (sample.shares(one, place, scores) for one in (untouched(calibrated.design), calibrated))
    variances = [before.variance, after.variance]
    if replicates is not None and fitted.replicates is not None:
        variances = [
            sample.replicated(replicates.how, weights, scores, known.share)
            for weights, known in ((replicates.weights, before), (fitted.replicates, after))
        ]
    rows = []
    for place_of, name in enumerate(sums.indicators):
        both = {
            "share": (before.share[place_of], after.share[place_of]),
            "se": tuple(np.sqrt(one[place_of]) for one in variances),
        }
        rows += [
            {"part": "indicator", "name": name, "category": what, "n": int(before.n[place_of]), "delivered": first,
             "final": last}
            for what, (first, last) in both.items()
        ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides=_columns("part", "name", "category", "n", "delivered", "final"))


def _columns(*names: str) -> pl.Schema:
    return pl.Schema({name: AUDIT[name] for name in names})


def _sampled(people: pl.DataFrame, sums: Totals) -> Sample:
    strata = {stratum: place for place, (_, stratum) in enumerate(sums.design.strata)}
    psus = {key: place for place, key in enumerate(dict.fromkeys(_psus(people)))}
    return Sample(
        sums.design,
        np.array([strata[one] for one in people[STRATUM]], dtype=np.int64),
        np.array([psus[key] for key in _psus(people)], dtype=np.int64),
    )


def _psus(people: pl.DataFrame) -> list[tuple[str, ...]]:
    """Return the stratum and the PSU of each respondent; whoever was sampled directly is one."""
    return list(people.select(STRATUM, "psu", pl.when(pl.col("psu").is_null()).then("respondent")).iter_rows())


def _says(
    people: pl.DataFrame, margins: Sequence[Margin], trimmed: Trimmed | None, fitted: Fitted | None,
    calibration: Calibration | None,
) -> str:  # fmt: skip
    told = [f"{people.height:,} respondents with a weight"]
    if trimmed:
        cut = int(trimmed.cut.sum())
        told.append(f"{cut:,} weights cut at {trimmed.limit:.4g} and shared out within their strata")
    if fitted and fitted.scale != 1:
        told.append(f"weights summed to the answers and are scaled to people, by {fitted.scale:,.4g}")
    if fitted and calibration:
        names = ", ".join(margin.name for margin in margins)
        low, high = fitted.calibrated.factors.min(), fitted.calibrated.factors.max()
        told.append(f"calibrated by {calibration.method} to {names}, factors from {low:.3f} to {high:.3f}")
        if fitted.replicates is not None:
            told.append(f"so were {fitted.replicates.shape[1]:,} replicate weights, each to the same margins")
        told.append(
            "estimates use them once the wave is ingested" if calibration.estimates
            else "estimates use the weights as delivered"
        )  # fmt: skip
    elif margins:
        told.append(f"held against the population by {margins[0].name}; not calibrated")
    else:
        told.append("no margins: give [design.calibration], or [design.population] where people were sampled directly")
    return "; ".join(told)
