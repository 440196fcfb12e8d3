"""An analyst's questions between the reports: shares and developments with the design's uncertainty.

What is answered here has not passed the gate; the answers carry the gate's verdict as a flag and nothing is hidden.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import polars as pl

from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.errors import UsageError, all_at_once
from tryghed.question import Question, asked_for, labelled, named, only
from tryghed.reading import line, read_totals
from tryghed.remarks import CORRECTIONS, LEVEL, Correction, caveats, counted, described, flags, origins
from tryghed.statistics import estimate, intervals, totals, trends
from tryghed.statistics.functionals import Reference
from tryghed.statistics.intervals import Method
from tryghed.statistics.respondents import Domain
from tryghed.store import rounds


def shares(project: Project, asked: Question, *, interval: Method, deff: Reference = "with") -> Answered:
    """Return every share asked for with standard error, interval, design effect, coefficient of variation and flags.

    Args:
        project: The project.
        asked: Names indicators.
        interval: Which confidence interval.
        deff: What design effects are held against.

    Raises:
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    sums = read_totals(project, asked, asked.waves)
    effects = estimate.effects(sums, deff)
    rows = asked_for(estimate.shares(sums, interval=interval).with_columns(effects), asked)
    told = [flags(project, row, sums.lonely(_cell(row), row["indicator"])) for row in rows.iter_rows(named=True)]
    shown = rows.with_columns(pl.Series("flags", told, dtype=pl.String))
    columns = [*named(asked), "n", "share", "lower", "upper", "deff", "cv", "n_eff", "flags", "se", "df"]
    says = (
        f"not tested; 95 % {intervals.NAMES[interval]} intervals, each by itself; design effects against a simple "
        f"random sample {deff} replacement; {described(sums.design, sums.wave)}{only(project, asked)}"
    )
    pooled = dict.fromkeys(asked.indicators, tuple(combinations(dict.fromkeys(asked.waves), 2)))
    says += caveats(project, asked.survey, pooled)
    lines = tuple(line(row, _domain(row, asked.waves)) for row in rows.iter_rows(named=True))
    return Answered(labelled(project, shown, asked).select(columns), says, lines, provenance(origins([sums]), says))


def developments(project: Project, asked: Question, *, correction: Correction) -> Answered:
    """Return the straight line through the comparable waves of every domain, tested and corrected together.

    Raises:
        UsageError: Waves are pooled, or an indicator has only one comparable wave.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    if len(asked.waves) > 1:
        raise UsageError("a line goes through single waves, not pooled ones", hint="name the last wave only")
    project = rounds.informed(project)
    comparable = {one: project.comparable(asked.survey, one, asked.wave) for one in asked.indicators}
    alone = [one for one, waves in comparable.items() if len(waves) < 2]  # noqa: PLR2004 (a line has two points)
    all_at_once(UsageError, [UsageError(f"{one}: no earlier wave is comparable with {asked.wave}") for one in alone])
    waves = [one for one in project.waves[asked.survey] if any(one in known for known in comparable.values())]
    read = [read_totals(project, asked, (one,)) for one in waves]
    parts = [asked_for(estimate.shares(one), asked) for one in read]
    years = {one: float(project.wave(asked.survey, one).year) for one in waves}
    rows = trends.trends(pl.concat(parts), years=years, comparable=comparable)
    correcting = CORRECTIONS[correction]
    adjusted = correcting.over(rows["p"])
    filled = rows.with_columns(
        pl.Series("p_adjusted", adjusted, dtype=pl.Float64),
        verdict=pl.when(~pl.col("named")).then(pl.lit(f"under {trends.FEWEST_WAVES} waves"))
        .when(pl.Series(adjusted >= LEVEL)).then(pl.lit("not shown"))
        .when(pl.col("slope") > 0).then(pl.lit("rising")).otherwise(pl.lit("falling")),
        flags=pl.when(pl.col("q_p") < LEVEL).then(pl.lit("not a straight line")).otherwise(pl.lit("")),
    )  # fmt: skip
    columns = [
        *named(asked), "first", "last", "waves", "slope", "lower", "upper", "p", "p_adjusted", "verdict", "q_p",
        "flags", "se", "chi2", "q", "q_df",
    ]  # fmt: skip
    held = {one: [(wave, asked.wave) for wave in known] for one, known in comparable.items()}
    says = (
        f"{counted(rows.height, 'line')} through comparable waves, change of the share per year; chi-square tests at "
        f"5 %, {correcting.name} over {rows.height}; pointwise 95 % intervals; q_p tests that it is a straight line"
        f"{only(project, asked)}{caveats(project, asked.survey, held)}"
    )
    series = pl.concat(parts).iter_rows(named=True)
    lines = tuple(
        line(row, _domain(row, (row["wave"],)), prefix=row["wave"])
        for row in series if row["wave"] in comparable[row["indicator"]]
    )  # fmt: skip
    return Answered(labelled(project, filled, asked).select(columns), says, lines, provenance(origins(read), says))


def _domain(row: Mapping[str, Any], waves: tuple[str, ...]) -> Domain:
    return Domain(waves, row["area"], row["category"])


def _cell(row: Mapping[str, Any]) -> totals.Domain:
    return row["area_set"], row["area"], row["dimension"], row["category"]
