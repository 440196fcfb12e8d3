"""What an analyst asks: survey, waves, indicators, and the areas and groups to divide by, every name known to exist."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from tryghed.definitions.project import Project
from tryghed.errors import UsageError, all_at_once
from tryghed.frames import EVERYBODY

_DISTRICT: Final = "district"


@dataclass(frozen=True)
class Question:
    """What is asked, with every name known to exist.

    `waves` with several names are pooled. `area_set` is None where the whole city is meant; `area` restricts it to one
    area. `dimension` is a group, a crossing of groups ("sex*age") or `EVERYBODY`; `groups` are its parts in order, and
    `within` the categories asked for of some of them.
    """

    survey: str
    waves: tuple[str, ...]
    indicators: tuple[str, ...]
    area_set: str | None
    area: str | None
    dimension: str
    groups: tuple[str, ...]
    within: tuple[tuple[str, str], ...]

    @property
    def wave(self) -> str:
        """The waves as they are called in tables: "2023+2024"."""
        return "+".join(self.waves)


def question(
    project: Project, survey: str, waves: Sequence[str], indicators: Sequence[str], *, by: Sequence[str],
    where: Mapping[str, str], known: Collection[str] | None = None,
) -> Question:  # fmt: skip
    """Return a question whose names are all known.

    Args:
        project: The project.
        survey: Survey.
        waves: One wave, or several to be pooled.
        indicators: Names.
        by: Area sets (or "district", the set the reports are about) and groups to divide by.
        where: Group or area set and the category or area wanted of it.
        known: What `indicators` may name; by default the survey's indicators.

    Raises:
        UsageError: Names that do not exist, or a division the survey does not have; all problems are listed.
    """
    definition = project.surveys.get(survey)
    if definition is None:
        raise UsageError(f"no survey {survey!r}", hint=f"surveys here: {', '.join(project.surveys)}")
    problems = [
        *(UsageError(f"no wave {one!r}", hint=f"waves: {', '.join(project.waves[survey])}")
          for one in waves if one not in project.waves[survey]),
        *(UsageError(f"wave {one!r} is named {waves.count(one)} times") for one in dict.fromkeys(waves)
          if waves.count(one) > 1),
        *(UsageError(f"nothing called {one!r} to estimate" if known else f"no indicator {one!r}",
                     hint=f"{'items and ' if known else ''}indicators: {', '.join(known or definition.scores)}")
          for one in indicators if one not in (known or definition.scores)),
    ]  # fmt: skip
    said_of = {_set_meant(project, survey, one): one for one in (*by, *where)}
    sets = [one for one in said_of if one in definition.area_sets]
    groups = tuple(one for one in said_of if one in definition.groups)
    unknown = [said for one, said in said_of.items() if one not in sets and one not in groups]
    divisions = f"area sets: {', '.join(definition.area_sets)}; groups: {', '.join(definition.groups)}"
    problems += [UsageError(f"nothing called {one!r} to divide by", hint=divisions) for one in unknown]
    if len(sets) > 1:
        problems.append(UsageError(f"one area set at a time, not {' and '.join(sets)}"))
    wanted = {_set_meant(project, survey, one): value for one, value in where.items()}
    for one, value in wanted.items():
        there = list(project.area_sets[one].areas) if one in sets else list(
            definition.groups[one].categories if one in groups else [])  # fmt: skip
        if one not in unknown and value not in there:
            problems.append(UsageError(f"no {value!r} in {one}", hint=", ".join(there)))
    dimension = _dimension(definition.crossings, groups)
    if dimension is None:
        crossed = ", ".join("*".join(one) for one in definition.crossings) or "none"
        problems.append(
            UsageError(
                f"{' and '.join(groups)} are not crossed in survey {survey}",
                hint=f"crossings: {crossed}; add one in survey.toml and ingest again",
            )
        )
    all_at_once(UsageError, problems)
    parts = tuple((dimension or EVERYBODY).split("*")) if groups else ()
    in_order = tuple(one for one in project.waves[survey] if one in waves)
    return Question(
        survey, in_order, tuple(indicators), sets[0] if sets else None, wanted.get(sets[0]) if sets else None,
        dimension or EVERYBODY, parts, tuple((one, wanted[one]) for one in parts if one in wanted),
    )  # fmt: skip


def _set_meant(project: Project, survey: str, name: str) -> str:
    """Return the area set that "district" means: the one the reports are about, else the first of that kind."""
    if name != _DISTRICT:
        return name
    about = [report.area_set for report in project.reports.values() if report.survey == survey]
    of_kind = [one for one in project.surveys[survey].area_sets if project.area_sets[one].kind == _DISTRICT]
    return next(iter([*about, *of_kind]), name)


def _dimension(crossings: Sequence[Sequence[str]], groups: Sequence[str]) -> str | None:
    """Return the dimension that crosses the groups, None where the survey has no such crossing."""
    if not groups:
        return EVERYBODY
    if len(groups) == 1:
        return groups[0]
    return next(("*".join(one) for one in crossings if set(one) == set(groups)), None)


def set_in_store(project: Project, asked: Question) -> str:
    """Return the set to read; everybody is an area of every set, so any serves where none is asked for."""
    return asked.area_set or project.surveys[asked.survey].area_sets[0]


def asked_for(rows: pl.DataFrame, asked: Question) -> pl.DataFrame:
    """Return the rows the question is about, everybody of the set left out where areas are asked for."""
    area = pl.col("area")
    wanted = area == (asked.area or EVERYBODY) if asked.area or not asked.area_set else area != EVERYBODY
    parts = pl.col("category").str.split("*")
    for at, group in enumerate(asked.groups):
        value = dict(asked.within).get(group)
        if value is not None:
            wanted &= parts.list.get(at, null_on_oob=True) == value
    return rows.filter(wanted & (pl.col("dimension") == asked.dimension)).sort(
        "indicator", maintain_order=True
    )  # fmt: skip


def named(asked: Question) -> list[str]:
    """Return the columns that say what a row is about."""
    area = [asked.area_set] if asked.area_set else []
    return [*(["indicator"] if len(asked.indicators) > 1 or not (area or asked.groups) else []), *area, *asked.groups]


def labelled(project: Project, rows: pl.DataFrame, asked: Question) -> pl.DataFrame:
    """Return the rows with areas and categories by name, each in a column called as the set or the group."""
    survey = project.surveys[asked.survey]
    parts = pl.col("category").str.split("*")
    named = [
        parts.list.get(at, null_on_oob=True)
        .replace({code: one.label for code, one in survey.groups[group].categories.items()})
        .alias(group)
        for at, group in enumerate(asked.groups)
    ]
    if asked.area_set:
        areas = {code: one.name for code, one in project.area_sets[asked.area_set].areas.items()}
        named.append(pl.col("area").replace(areas).alias(asked.area_set))
    if "against" in rows.columns and len(asked.groups) == 1:
        labels = {code: one.label for code, one in survey.groups[asked.groups[0]].categories.items()}
        named.append(pl.col("against").replace(labels))
    return rows.with_columns(named)


def only(project: Project, asked: Question) -> str:
    """Return what the answer is restricted to, in words."""
    survey = project.surveys[asked.survey]
    limits = [f"{group} = {survey.groups[group].categories[value].label}" for group, value in asked.within]
    if asked.area_set and asked.area:
        limits.insert(0, f"{asked.area_set} = {project.area_sets[asked.area_set].areas[asked.area].name}")
    return f"; only {', '.join(limits)}" if limits else ""
