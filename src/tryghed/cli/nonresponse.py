"""Who did not answer: of those invited, and of those asked a question."""

from pathlib import Path

import click
import polars as pl

from tryghed.cli.adhoc import with_unverified
from tryghed.cli.options import open_project, project_option, quiet_option, say
from tryghed.definitions.project import Project
from tryghed.delivery import exports
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY
from tryghed.pipeline import named_waves
from tryghed.store import query as query_files
from tryghed.store.reader import open_reader

_UNRELEASED = "unweighted counts of the sample; unreleased: for analysis, not for publication"
_NOT_INVITED = "invited_by is not in the wave's definition: who did not answer at all cannot be told by group"


@click.command()
@click.argument("wave", metavar="SURVEY/WAVE")
@click.option("--item", "items", multiple=True, metavar="ITEM", help="Only these questions; may be repeated.")
@click.option("--areas", metavar="SET", default="", help="Area set. Default: the districts of the reports.")
@project_option
@quiet_option
def nonresponse(wave: str, items: tuple[str, ...], areas: str, project: Path | None, quiet: bool) -> None:
    """Tell who did not answer, by district, sex and age.

    Unit nonresponse is out of those invited, as the institute counted them (invited_by in the wave's definition). Item
    nonresponse is out of those asked: UNANSWERED will not say or left it blank; who does not know is told beside. The
    same numbers come as files from `tryghed query unit_nonresponse` and `tryghed query item_nonresponse`.

    \b
    Example: tryghed nonresponse tryghed/2025
             tryghed nonresponse tryghed/2025 --item safe_evening
    """
    opened = open_project(project)
    (survey, name), *others = named_waves(opened, [wave])
    if others:
        raise UsageError(f"{wave} has {1 + len(others)} waves", hint=f"name one: {survey}/{name}")
    unknown = [item for item in items if item not in opened.wave(survey, name).columns]
    if unknown:
        raise UsageError(f"{wave} did not ask {', '.join(unknown)}", hint="items are named in survey.toml")
    shelf = query_files.Shelf(opened.queries)
    with open_reader(opened.folder, survey) as reader:
        units = reader.run(shelf["analysis/unit_nonresponse"], wave=name)
        given = reader.run(
            shelf["analysis/item_nonresponse"], wave=name, items=list(items), area_set=_set(opened, survey, areas)
        )
    click.echo("\n\n".join(filter(None, [_units(opened, survey, units), *_items(opened, survey, given)])))
    for line in filter(None, ["" if units.height > 1 else _NOT_INVITED, with_unverified(opened, "", survey, [name])]):
        say(line, quiet=quiet)
    say(_UNRELEASED, quiet=quiet)


def _set(project: Project, survey: str, name: str) -> str:
    """Return the area set meant: the one named, else the reports', else the first of the survey.

    Raises:
        UsageError: The survey has no such set.
    """
    sets = project.surveys[survey].area_sets
    if name and name not in sets:
        raise UsageError(f"no area set {name!r} in {survey}", hint=f"area sets: {', '.join(sets)}")
    about = [report.area_set for report in project.reports.values() if report.survey == survey]
    return name or next(iter([*about, *sets]), EVERYBODY)


def _units(project: Project, survey: str, units: pl.DataFrame) -> str:
    """Return who answered of those invited."""
    shown = _labelled(project, survey, units).select(
        "division", "category", "invited", "answered", _percent("response_rate", "rate, %")
    )
    return exports.table(shown).rstrip("\n") if shown.height else ""


def _items(project: Project, survey: str, given: pl.DataFrame) -> list[str]:
    """Return who gave no answer: by question, and over all questions by district, sex and age."""
    if not given.height:
        return []
    whole = given.filter(division=EVERYBODY).select(
        "item", "asked", "ved_ikke", "vil_ikke_svare", "mangler", _percent("share_unanswered", "unanswered, %"),
        _percent("share_ved_ikke", "ved ikke, %"),
    )  # fmt: skip
    unanswered = pl.col("vil_ikke_svare") + pl.col("mangler")
    parts = (
        given.sort("share_unanswered", descending=True)
        .group_by("division", "category", maintain_order=True)
        .agg(
            (100 * unanswered.sum() / pl.col("asked").sum()).round(1).alias("unanswered, %"),
            (100 * pl.col("ved_ikke").sum() / pl.col("asked").sum()).round(1).alias("ved ikke, %"),
            pl.col("item").first().alias("most often"),
            (100 * pl.col("share_unanswered").first()).round(1).alias("there, %"),
        )
    )
    order = given.select("division", "category").unique(maintain_order=True)
    parts = order.join(parts, on=["division", "category"], how="left", maintain_order="left")
    tables = [whole.sort("unanswered, %", descending=True), _labelled(project, survey, parts)]
    return [exports.table(one).rstrip("\n") for one in tables]


def _percent(column: str, name: str) -> pl.Expr:
    return (100 * pl.col(column)).round(1).alias(name)


def _labelled(project: Project, survey: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with areas and categories by name, in the order of the definitions."""
    groups = {name: {code: one.label for code, one in group.categories.items()}
              for name, group in project.surveys[survey].groups.items()}  # fmt: skip
    sets = {name: {code: area.name for code, area in project.area_sets[name].areas.items()}
            for name in project.surveys[survey].area_sets}  # fmt: skip
    names = {(division, code): label for division, table in (sets | groups).items() for code, label in table.items()}
    places = {key: place for place, key in enumerate(names)}
    pairs = list(rows.select("division", "category").iter_rows())
    return (
        rows.with_columns(
            pl.Series("category", [names.get(pair, pair[1]) for pair in pairs], dtype=pl.String),
            pl.Series("place", [places.get(pair, -1) for pair in pairs], dtype=pl.Int64),
        )
        .sort("place", maintain_order=True)
        .drop("place")
    )
