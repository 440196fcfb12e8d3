"""Who belongs where: the dimensions respondents are divided by, and the areas they are members of."""

import polars as pl

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.survey import Survey
from tryghed.frames import EVERYBODY, GROUPING, MEMBERSHIP
from tryghed.intake.scores import belongs


def grouped(answers: pl.DataFrame, survey: Survey) -> pl.DataFrame:
    """Return `frames.GROUPING`: every group that was asked about, the crossings, and everybody."""
    single = {name: _categories(answers, survey, name) for name in survey.groups}
    crossed = {"*".join(names): _crossed([single[name] for name in names]) for names in survey.crossings}
    parts = [
        _tagged(rows, "dimension", name).select("respondent", "dimension", "category")
        for name, rows in (single | crossed).items()
    ]
    return pl.concat([*parts, _everybody(answers, GROUPING, "dimension")])


def placed(
    answers: pl.DataFrame, units: pl.Series, unit_set: str | None, survey: Survey, area_sets: dict[str, AreaSet]
) -> pl.DataFrame:
    """Return `frames.MEMBERSHIP` of every area set of the survey.

    Args:
        answers: The answers, with `respondent`.
        units: The smallest area of each respondent, null where unknown.
        unit_set: The area set the units belong to.
        survey: The survey.
        area_sets: All area sets of the project.
    """
    parts: list[pl.DataFrame] = []
    for name in survey.area_sets:
        one = area_sets[name]
        rows = _by_answer(answers, survey, one) if one.groups else _by_unit(answers, units, unit_set, one)
        everybody = answers.select("respondent", pl.lit(EVERYBODY).alias("area"))
        both = _tagged(pl.concat([rows, everybody]), "area_set", name)
        parts.append(both.select("respondent", "area_set", "area"))
    return pl.concat(parts) if parts else pl.DataFrame(schema=MEMBERSHIP)


def areas_of(unit: str, unit_set: str | None, area_set: AreaSet) -> tuple[str, ...]:
    """Return the areas of the set that a unit lies in; a unit that is an area of the set lies in itself."""
    within = area_set.members.get(unit, ()) if area_set.unit_set in (unit_set, None) else ()
    itself = (unit,) if unit in area_set.areas else ()
    return tuple(dict.fromkeys((*within, *itself)))


def _by_unit(answers: pl.DataFrame, units: pl.Series, unit_set: str | None, area_set: AreaSet) -> pl.DataFrame:
    known = units.drop_nulls().unique().sort().to_list()
    pairs = [(unit, area) for unit in known for area in areas_of(unit, unit_set, area_set)]
    lookup = pl.DataFrame(pairs, schema={"unit": pl.String, "area": pl.String}, orient="row")
    located = answers.select("respondent", units.alias("unit"))
    return located.join(lookup, on="unit", how="inner", maintain_order="left_right").select("respondent", "area")


def _by_answer(answers: pl.DataFrame, survey: Survey, area_set: AreaSet) -> pl.DataFrame:
    parts = [
        answers.filter(belongs(group.item, survey.items[group.item], group)).select(
            "respondent", pl.lit(code).alias("area")
        )
        for code, group in area_set.groups.items()
        if group.item in answers.columns
    ]
    return pl.concat([pl.DataFrame(schema={"respondent": pl.String, "area": pl.String}), *parts])


def _categories(answers: pl.DataFrame, survey: Survey, name: str) -> pl.DataFrame:
    """Return `respondent, category`; empty where the wave did not ask the group's item."""
    group = survey.groups[name]
    if group.item not in answers.columns:
        return pl.DataFrame(schema={"respondent": pl.String, "category": pl.String})
    item = survey.items[group.item]
    chosen = pl.coalesce(
        pl.when(belongs(group.item, item, one)).then(pl.lit(code)) for code, one in group.categories.items()
    )
    return answers.select("respondent", chosen.alias("category")).drop_nulls()


def _crossed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    first, *others = parts
    for other in others:
        joined = first.join(other, on="respondent", how="inner", suffix="_2", maintain_order="left")
        first = joined.select("respondent", pl.concat_str("category", "category_2", separator="*").alias("category"))
    return first


def _tagged(rows: pl.DataFrame, column: str, value: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(value).alias(column))


def _everybody(answers: pl.DataFrame, schema: pl.Schema, column: str) -> pl.DataFrame:
    row = {column: EVERYBODY, "category": EVERYBODY}
    return answers.select("respondent", *(pl.lit(value).alias(name) for name, value in row.items())).select(*schema)
