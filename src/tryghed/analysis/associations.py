"""Whether an answer has to do with a group, or with another answer: tests of two-way tables with the design."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

import polars as pl

from tryghed.analysis.question import Question, areas_of, categories_of, labelled, only
from tryghed.analysis.reading import held, read_respondents, sampled_as
from tryghed.analysis.remarks import CELL, CORRECTIONS, LEVEL, Correction, caveats, counted, flags
from tryghed.definitions.pairing import expect_poolable
from tryghed.definitions.project import Project
from tryghed.delivery.answered import Answered, provenance
from tryghed.delivery.rscript import Line
from tryghed.errors import DesignError, UsageError
from tryghed.statistics import estimate, independence
from tryghed.statistics.respondents import Domain, Sampled
from tryghed.store import rounds

_ROW: Final = pl.Schema(
    {
        **dict.fromkeys(("survey", "area", "category", "indicator", "with"), pl.String()),
        "n": pl.Int64(),
        **dict.fromkeys(("f", "numerator_df", "denominator_df", "p", "x2"), pl.Float64()),
        "flags": pl.String(),
    }
)


def associations(project: Project, asked: Question, *, correction: Correction) -> Answered:
    """Return a test of independence for every indicator with the groups asked for, or of every pair of indicators.

    The test is Rao and Scott's second-order corrected one. With an area set there is one for each area.

    Raises:
        UsageError: There is nothing to hold an indicator against.
        StoreError: There is no store, or it cannot be read.
        DesignError: The sample design cannot support an estimate.
    """
    if not asked.groups and len(asked.indicators) == 1:
        raise UsageError("nothing to hold it against", hint="name a second indicator, or --by a group")
    project = rounds.informed(project)
    expect_poolable(project, asked.survey, asked.indicators, asked.waves)
    sampled = read_respondents(project, asked, [asked.waves])
    found, lines = [], []
    for indicator, other in _tables(asked):
        for area in areas_of(project, asked):
            columns = _columns(project, asked, area, other)
            row = {"survey": asked.survey, "area": area, "category": "", "indicator": indicator, "with": other}
            found.append(row | _tested(project, sampled, row, columns))
            if found[-1].get("f") is not None:
                lines.append(Line(f"{indicator} with {other} {area}", indicator, columns[0], columns=tuple(columns)))
    rows = pl.DataFrame(found, schema=_ROW)
    correcting = CORRECTIONS[correction]
    adjusted = pl.Series("p_adjusted", correcting.over(rows["p"]), dtype=pl.Float64)
    judged = rows.with_columns(
        adjusted,
        verdict=pl.when(pl.col("f").is_null())
        .then(pl.lit("no test"))
        .when(pl.Series(adjusted < LEVEL))
        .then(pl.lit("associated"))
        .otherwise(pl.lit("not shown")),
    )
    subject = [asked.area_set] if asked.area_set else []
    shown = [
        "indicator", "with", *subject, "n", "f", "numerator_df", "denominator_df", "p", "p_adjusted", "verdict", "x2",
        "flags",
    ]  # fmt: skip
    says = (
        f"{counted(rows.height, 'table')}, each answer against {' × '.join(asked.groups) or 'another answer'}; tests "
        f"of independence at 5 %, Rao and Scott's second-order correction of Pearson's X² (F), {correcting.name} over "
        f"{rows.height}; which categories differ is told by tryghed compare; {sampled_as(asked, sampled, None)}"
        f"{only(project, asked)}{caveats(project, asked.survey, dict.fromkeys(asked.indicators, held(asked, None)))}"
    )
    return Answered(
        labelled(project, judged, asked).select(shown), says, tuple(lines),
        provenance([sampled.origin], says), followed=sampled.followed,
    )  # fmt: skip


def _tables(asked: Question) -> list[tuple[str, str]]:
    """Return what is held against what."""
    if asked.groups:
        return [(one, " × ".join(asked.groups)) for one in asked.indicators]
    return list(combinations(asked.indicators, 2))


def _columns(project: Project, asked: Question, area: str, other: str) -> list[Domain]:
    """Return the columns of a table: categories, or those who count and those who do not for another indicator."""
    if asked.groups:
        return [Domain(asked.waves, area, category) for category in categories_of(project, asked)]
    return [Domain(asked.waves, area, answers=((other, score),)) for score in (1, 0)]


def _tested(project: Project, sampled: Sampled, row: Mapping[str, str], columns: list[Domain]) -> dict[str, Any]:
    known = sampled.moments(row["indicator"], columns)
    told = _flags(project, sampled, row, columns)
    try:
        found = independence.rao_scott(independence.table(known))
    except DesignError as error:
        return {"n": int(known.n.sum()), "flags": "; ".join(filter(None, [f"no test: {error.message}", told]))}
    return {
        "n": int(known.n.sum()), "f": found.f, "numerator_df": found.numerator_df,
        "denominator_df": found.denominator_df, "p": found.p, "x2": found.x2, "flags": told,
    }  # fmt: skip


def _flags(project: Project, sampled: Sampled, row: Mapping[str, str], columns: list[Domain]) -> str:
    """Return the flags of the share in every column, each with what it is of."""
    described = sampled.described(row["indicator"], columns)
    known = {one.name: one for one in estimate.columns(described, project.rules.interval)}
    found = []
    for place, column in enumerate(columns):
        cell = {name: known[name][place] for name in (*CELL, "df")}
        told = flags(project, {**row, **cell}, sampled.lonely(row["indicator"], column))
        name = " ".join(f"{one} {'yes' if score else 'no'}" for one, score in column.answers) or column.category
        found += [f"{name}: {told}"] if told else []
    return "; ".join(found)
