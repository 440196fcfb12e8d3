"""An analyst's questions between the reports: shares and developments with the design's uncertainty.

What is answered here has not passed the gate; the answers carry the gate's verdict as a flag and nothing is hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from typing import Any, Final

import numpy as np
import polars as pl

from tryghed.analysis.question import Question, areas_of, asked_for, categories_of, labelled, named, only, set_in_store
from tryghed.analysis.reading import (
    Found,
    held,
    line,
    moved,
    read_respondents,
    read_scales,
    read_totals,
    sampled_as,
)
from tryghed.analysis.remarks import (
    CORRECTIONS,
    LEVEL,
    Correction,
    caveats,
    counted,
    described,
    effects_told,
    flags,
    lonely_told,
    origins,
)
from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.rscript import Line
from tryghed.errors import UsageError, all_at_once
from tryghed.statistics import estimate, intervals, pooling, totals, trends
from tryghed.statistics.estimate import Reference
from tryghed.statistics.intervals import Method, Numbers
from tryghed.statistics.respondents import Domain, Sampled, described_by
from tryghed.statistics.totals import Totals
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
    scales = read_scales(project, asked.survey, asked.waves)
    found = _shares(project, asked, asked.waves, interval, deff)
    columns = [*named(asked), "n", "share", "lower", "upper", "deff", "cv", "n_eff", "flags", "se", "df"]
    says = (
        f"not tested; 95 % {intervals.NAMES[interval]} intervals, each by itself; "
        f"{effects_told(deff, scales.relative)}; {found.design}{only(project, asked)}"
    )
    says += caveats(project, asked.survey, dict.fromkeys(asked.indicators, held(asked, None)))
    rows = labelled(project, _supported(found.rows, deff, scales.relative), asked).select(columns)
    return Answered(rows, says, found.lines, provenance([*found.origins, scales.origin], says), followed=found.followed)


def rolling(project: Project, asked: Question, length: int, *, interval: Method, deff: Reference = "with") -> Answered:
    """Return the shares of every run of `length` comparable waves up to the wave asked for, each run taken together.

    Raises:
        UsageError: Several waves are named.
        StoreError: There is no store, or it cannot be read.
        DesignError: There are not so many comparable waves, or the sample design cannot support an estimate.
    """
    if len(asked.waves) > 1:
        raise UsageError("runs of waves end with one wave", hint="name the last wave only, or leave out --pool")
    project = rounds.informed(project)
    known = [project.comparable(asked.survey, one, asked.wave) for one in asked.indicators]
    runs = pooling.windows([one for one in known[0] if all(one in waves for waves in known)], length)
    scales = read_scales(project, asked.survey, sorted({one for run in runs for one in run}))
    parts = [_shares(project, asked, run, interval, deff) for run in runs]
    columns = [*named(asked), "wave", "n", "share", "lower", "upper", "deff", "cv", "n_eff", "flags", "se", "df"]
    pairs = list(dict.fromkeys(pair for run in runs for pair in combinations(run, 2)))
    says = (
        f"not tested; {counted(len(runs), 'run')} of {length} waves taken together, each as one sample; runs that have "
        "a wave in common share its answers, so that the change between them is that of the other waves (tryghed trend "
        f"goes through single waves); 95 % {intervals.NAMES[interval]} intervals, each by itself; "
        f"{effects_told(deff, scales.relative)}; {parts[-1].design}{only(project, asked)}"
        f"{caveats(project, asked.survey, dict.fromkeys(asked.indicators, pairs))}"
    )
    rows = pl.concat([one.rows for one in parts]).sort(*_ORDER, maintain_order=True)
    lines = tuple(line for one in parts for line in one.lines)
    answered = pl.concat([one.rows for one in parts]).filter(pl.col("n") > 0)
    order = answered.with_row_index().sort(*_ORDER, maintain_order=True)["index"]
    return Answered(
        labelled(project, _supported(rows, deff, scales.relative), asked).select(columns), says,
        () if parts[-1].followed else tuple(lines[place] for place in order),
        provenance([*(origin for one in parts for origin in one.origins), scales.origin], says),
        followed=parts[-1].followed,
    )  # fmt: skip


_ORDER: Final = ("indicator", "area", "category")


def _supported(rows: pl.DataFrame, deff: Reference, relative: Sequence[str]) -> pl.DataFrame:
    """Return rows without the design effects that take weights which sum to people, where they do not."""
    if deff == "without" and relative:
        return rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("deff"))
    return rows


def _shares(
    project: Project, asked: Question, waves: tuple[str, ...], interval: Method, deff: Reference
) -> Found:  # fmt: skip
    if project.share_panel(asked.survey, waves):
        return _of_people(project, asked, waves, interval, deff)
    sums = read_totals(project, asked, waves)
    effects = estimate.effects_of(sums, deff)
    found = asked_for(estimate.shares(sums, interval=interval).with_columns(effects), asked)
    rows = _with_empty(project, asked, found, sums.wave)
    told = [flags(project, row, sums.lonely(_cell(row), row["indicator"])) for row in rows.iter_rows(named=True)]
    lines = tuple(line(row, _domain(row, waves)) for row in rows.filter(pl.col("n") > 0).iter_rows(named=True))
    return Found(
        rows.with_columns(pl.Series("flags", told, dtype=pl.String)), lines, described(sums.design, sums.wave),
        tuple(origins([sums])),
    )  # fmt: skip


def _with_empty(project: Project, asked: Question, rows: pl.DataFrame, wave: str) -> pl.DataFrame:
    """Return the rows of every area and category asked for: without an answer they have n 0, and no share."""
    places = product(sorted(asked.indicators), areas_of(project, asked), categories_of(project, asked))
    every = pl.DataFrame(
        [
            {"survey": asked.survey, "wave": wave, "area_set": set_in_store(project, asked), "area": area,
             "dimension": asked.dimension, "category": category, "indicator": indicator}
            for indicator, area, category in places
        ]
    )  # fmt: skip
    found = every.join(rows, on=every.columns, how="left", maintain_order="left").select(rows.columns)
    return found.with_columns(pl.col("n", "positives", "df").fill_null(0))


def _of_people(
    project: Project, asked: Question, waves: tuple[str, ...], interval: Method, deff: Reference
) -> Found:  # fmt: skip
    """Return the shares of pooled waves of a panel, in which a person is one sampling unit."""
    pooled = replace(asked, waves=waves)
    sampled = read_respondents(project, pooled, [waves])
    places = [(area, category) for area in areas_of(project, asked) for category in categories_of(project, asked)]
    parts, lines = [], []
    for indicator in asked.indicators:
        domains = [Domain(waves, *place) for place in places]
        alone = [sampled.moments(indicator, [domain]) for domain in domains]
        found, base = described_by(alone), np.array([one.base[0] for one in alone])
        keys = pl.DataFrame(
            [{"survey": asked.survey, "wave": pooled.wave, "area_set": set_in_store(project, asked), "area": area,
              "dimension": asked.dimension, "category": category, "indicator": indicator}
             for area, category in places]
        ).with_columns(*estimate.columns(found, interval), *estimate.effects(found, base, deff))  # fmt: skip
        rows = list(keys.iter_rows(named=True))
        told = [
            flags(project, row, sampled.lonely(indicator, domain)) for row, domain in zip(rows, domains, strict=True)
        ]
        lines += [line(row, domain) for row, domain in zip(rows, domains, strict=True) if row["n"]]
        parts.append(keys.with_columns(pl.Series("flags", told, dtype=pl.String)))
    return Found(
        pl.concat(parts), tuple(lines), sampled_as(pooled, sampled, None), (sampled.origin,), sampled.followed
    )  # fmt: skip


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
    again = project.share_panel(asked.survey, waves)
    people = read_respondents(project, asked, [[one] for one in waves]) if again else None
    followed = people is not None and people.followed
    rows = trends.trends(
        pl.concat(parts), years=years, comparable=comparable,
        covariance=partial(_between_waves, people) if people and followed else None,
    )  # fmt: skip
    answered = pl.concat(parts).drop_nulls("share")
    correcting = CORRECTIONS[correction]
    adjusted = correcting.over(rows["p"])
    filled = rows.with_columns(
        pl.Series("p_adjusted", adjusted, dtype=pl.Float64),
        verdict=pl.when(pl.col("slope").is_null()).then(pl.lit("no line"))
        .when(~pl.col("named")).then(pl.lit(f"under {trends.FEWEST_WAVES} waves"))
        .when(pl.Series(adjusted >= LEVEL)).then(pl.lit("not shown"))
        .when(pl.col("slope") > 0).then(pl.lit("rising")).otherwise(pl.lit("falling")),
        flags=pl.Series(_told_of(rows, read, answered, comparable), dtype=pl.String),
    )  # fmt: skip
    columns = [
        *named(asked), "first", "last", "waves", "slope", "lower", "upper", "p", "p_adjusted", "verdict", "q_p",
        "flags", "se", "chi2", "q", "q_df",
    ]  # fmt: skip
    pairs = {one: [(wave, asked.wave) for wave in known] for one, known in comparable.items()}
    says = (
        f"{counted(rows.height, 'line')} through comparable waves, change of the share per year; chi-square tests at "
        f"5 %, {correcting.name} over {rows.height}; pointwise 95 % intervals; q_p tests that it is a straight line"
        f"{''.join(lonely_told(one.design) for one in read)}"
        f"{_asked_again(people)}{only(project, asked)}{caveats(project, asked.survey, pairs)}"
    )
    series = pl.concat(parts).iter_rows(named=True)
    lines = tuple(
        line(row, _domain(row, (row["wave"],)), prefix=row["wave"])
        for row in series if row["wave"] in comparable[row["indicator"]]
    )  # fmt: skip
    slopes = tuple(
        _slope(row, [one for one in comparable[row["indicator"]] if one in set(own["wave"])], years)
        for row in rows.drop_nulls("slope").iter_rows(named=True)
        for own in [answered.filter(*(pl.col(name) == row[name] for name in ("indicator", "area", "category")))]
    )
    known = [*origins(read), *([people.origin] if people else [])]
    return Answered(
        labelled(project, filled, asked).select(columns), says, slopes + lines, provenance(known, says),
        followed=followed,
    )  # fmt: skip


def _between_waves(people: Sampled, cell: tuple[str, ...], waves: Sequence[str]) -> Numbers:
    """Return the covariance of a domain's shares in waves that asked some of the same people."""
    _, _, area, _, category, indicator = cell
    return people.moments(indicator, [Domain((wave,), area, category) for wave in waves]).share_covariance


def _asked_again(people: Sampled | None) -> str:
    """Return what is known of people in several waves of a line."""
    if people is None or not people.shared:
        return ""
    taken = (
        f"each of them one sampling unit across waves, without finite population correction{moved(people)}"
        if people.followed
        else "which are taken as independent all the same"
    )  # fmt: skip
    return f"; {people.shared:,} people asked in several of the waves, {taken}"


def _slope(row: Mapping[str, Any], waves: Sequence[str], years: Mapping[str, float]) -> Line:
    """Return the line through the waves of a domain that R recomputes."""
    columns = tuple(_domain(row, (one,)) for one in waves)
    return replace(
        line(row, columns[0], prefix="slope"), columns=columns, years=tuple(years[one] for one in waves)
    )  # fmt: skip


def _told_of(
    rows: pl.DataFrame, read: Sequence[Totals], answered: pl.DataFrame, comparable: Mapping[str, Sequence[str]]
) -> list[str]:  # fmt: skip
    """Return the flags of lines: why there is none, whether waves jump, how strata with one PSU were treated."""
    found = []
    for row in rows.iter_rows(named=True):
        how = sorted({one for sums in read for one in sums.lonely(_cell(row), row["indicator"])})
        jumps = ["not a straight line"] if row["q_p"] is not None and row["q_p"] < LEVEL else []
        found.append(
            ", ".join(
                [
                    *_missing(row, answered, comparable[row["indicator"]]),
                    *jumps,
                    *([f"lonely PSU: {', '.join(how)}"] if how else []),
                ]
            )
        )
    return found


def _missing(row: Mapping[str, Any], answered: pl.DataFrame, comparable: Sequence[str]) -> list[str]:
    """Return why a line has no numbers: answers in one wave only, or waves without variance; nothing where it has."""
    if row["slope"] is not None:
        return []
    if row["first"] == row["last"]:
        return [f"answers in {row['first']} only"]
    cell = (pl.col(name) == row[name] for name in ("indicator", "area", "category"))
    own = answered.filter(*cell, pl.col("wave").is_in(comparable), ~(pl.col("se") > 0))
    extreme = own.filter(pl.col("share").is_in([0.0, 1.0]))["wave"].to_list()
    others = [one for one in own["wave"] if one not in extreme]
    told = {"0 or 100 %": extreme, "no variance": others}
    return [f"{what} in {', '.join(waves)}" for what, waves in told.items() if waves]


def _domain(row: Mapping[str, Any], waves: tuple[str, ...]) -> Domain:
    return Domain(waves, row["area"], row["category"])


def _cell(row: Mapping[str, Any]) -> totals.Domain:
    return row["area_set"], row["area"], row["dimension"], row["category"]
