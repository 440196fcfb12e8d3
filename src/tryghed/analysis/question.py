"""What an analyst asks: survey, waves, indicators, and the areas and groups to divide by, every name known to exist."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import polars as pl

from tryghed.definitions.project import Project
from tryghed.errors import UsageError, all_at_once
from tryghed.frames import EVERYBODY

_DISTRICT: Final = "district"


@dataclass(frozen=True)
class Question:
    """What is asked, with every name known to exist.

    `waves` with several names are pooled. `area_set` is None where the whole city is meant; `areas` restricts it to
    some of its areas. `dimension` is a group, a crossing of groups ("sex*age") or `EVERYBODY`; `groups` are its parts
    in order, and `within` the categories asked for of some of them.
    """

    survey: str
    waves: tuple[str, ...]
    indicators: tuple[str, ...]
    area_set: str | None
    areas: tuple[str, ...]
    dimension: str
    groups: tuple[str, ...]
    within: tuple[tuple[str, str], ...]

    @property
    def wave(self) -> str:
        """The waves as they are called in tables: "2023+2024"."""
        return "+".join(self.waves)


def question(
    project: Project, survey: str, waves: Sequence[str], indicators: Sequence[str], *, by: Sequence[str],
    where: Mapping[str, str], areas: Sequence[str] = (), known: Collection[str] | None = None, each: int = 1,
) -> Question:  # fmt: skip
    """Return a question whose names are all known.

    Args:
        project: The project.
        survey: Survey.
        waves: One wave, or several to be pooled.
        indicators: Names.
        by: Area sets (or "district", the set the reports are about) and groups to divide by.
        where: Group or area set and the category or area wanted of it, by code or as tables call it.
        areas: Areas wanted, by code or name: of the area set in `by`, else of "district".
        known: What `indicators` may name; by default the survey's indicators.
        each: How many names one estimate takes: 2 for a ratio.

    Raises:
        UsageError: Names that do not exist or are given twice, or a division the survey does not have; all problems
            are listed.
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
        *named_twice(["/".join(indicators[at : at + each]) for at in range(0, len(indicators), each)]),
    ]  # fmt: skip
    said_of = {_set_meant(project, survey, one): one for one in (*by, *where)}
    if areas and not any(one in definition.area_sets for one in said_of):
        said_of[_set_meant(project, survey, _DISTRICT)] = _DISTRICT
    sets = [one for one in said_of if one in definition.area_sets]
    groups = tuple(one for one in said_of if one in definition.groups)
    unknown = [said for one, said in said_of.items() if one not in sets and one not in groups]
    divisions = f"area sets: {', '.join(definition.area_sets)}; groups: {', '.join(definition.groups)}"
    problems += [UsageError(f"nothing called {one!r} to divide by", hint=divisions) for one in unknown]
    if len(sets) > 1:
        problems.append(UsageError(f"one area set at a time, not {' and '.join(sets)}"))
    wanted = {}
    for said, value in where.items():
        one = _set_meant(project, survey, said)
        called = _called(project, survey, one)
        code = next((code for code, names in called.items() if value.casefold() in names), value)
        if one not in unknown and code not in called:
            problems.append(UsageError(f"no {value!r} in {one}", hint=", ".join(called)))
        wanted[one] = code
    dimension = _dimension(definition.crossings, groups)
    if dimension is None:
        crossed = ", ".join("*".join(one) for one in definition.crossings) or "none"
        problems.append(
            UsageError(
                f"{' and '.join(groups)} are not crossed in survey {survey}",
                hint=f"crossings: {crossed}; add one in survey.toml and ingest again",
            )
        )
    chosen, strange = _areas_meant(project, sets, areas)
    all_at_once(UsageError, [*problems, *strange])
    chosen += [wanted[sets[0]]] if sets and sets[0] in wanted else []
    parts = tuple((dimension or EVERYBODY).split("*")) if groups else ()
    in_order = tuple(one for one in project.waves[survey] if one in waves)
    return Question(
        survey, in_order, tuple(indicators), sets[0] if sets else None, tuple(dict.fromkeys(chosen)),
        dimension or EVERYBODY, parts, tuple((one, wanted[one]) for one in parts if one in wanted),
    )  # fmt: skip


def _called(project: Project, survey: str, name: str) -> dict[str, set[str]]:
    """Return the codes of an area set or a group, each with what it is called in any letters: its code, its title."""
    group = project.surveys[survey].groups.get(name)
    if group is not None:
        return {code: {code.casefold(), one.label.casefold()} for code, one in group.categories.items()}
    areas = project.area_sets.get(name)
    return {code: {code.casefold(), one.name.casefold()} for code, one in areas.areas.items()} if areas else {}


def named_twice(names: Sequence[str]) -> list[UsageError]:
    """Return what is wrong with names given twice: their tests would be doubled, and corrected for as if they were."""
    return [
        UsageError(f"{one} is named {names.count(one)} times", hint="name it once")
        for one in dict.fromkeys(names) if names.count(one) > 1
    ]  # fmt: skip


def _areas_meant(project: Project, sets: Sequence[str], areas: Sequence[str]) -> tuple[list[str], list[UsageError]]:
    """Return the codes of areas that are called so, and what is wrong with the other names."""
    if not sets:
        return [], []
    found = {one: project.area_sets[sets[0]].named(one) for one in areas}
    there = project.area_sets[sets[0]].areas
    problems = [
        UsageError(f"no {one!r} in {sets[0]}", hint=", ".join(there))
        for one, code in found.items()
        if code not in there
    ]
    codes = [found[one] for one in areas]
    problems += [
        UsageError(f"area {code} is named {codes.count(code)} times")
        for code in dict.fromkeys(codes) if code in there and codes.count(code) > 1
    ]  # fmt: skip
    return [code for code in codes if code is not None], problems


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


def areas_of(project: Project, asked: Question) -> list[str]:
    """Return the areas the question is about."""
    if asked.areas or not asked.area_set:
        return list(asked.areas) or [EVERYBODY]
    return sorted(project.area_sets[asked.area_set].areas)


def categories_of(project: Project, asked: Question) -> list[str]:
    """Return the categories of the question's dimension that it is about."""
    groups, within = project.surveys[asked.survey].groups, dict(asked.within)
    parts = [[within[one]] if one in within else list(groups[one].categories) for one in asked.groups]
    return ["*".join(one) for one in product(*parts)] if parts else [EVERYBODY]


def asked_for(rows: pl.DataFrame, asked: Question) -> pl.DataFrame:
    """Return the rows the question is about, everybody of the set left out where areas are asked for."""
    area = pl.col("area")
    wanted = area.is_in(asked.areas or [EVERYBODY]) if asked.areas or not asked.area_set else area != EVERYBODY
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
    if "against" in rows.columns:
        named.append(pl.col("against").replace(_sides(project, asked)))
    return rows.with_columns(named)


def _sides(project: Project, asked: Question) -> dict[str, str]:
    """Return what the other sides of comparisons are called: areas where several are compared, else categories."""
    if asked.area_set and len(asked.areas) > 1:
        return {code: one.name for code, one in project.area_sets[asked.area_set].areas.items()}
    groups = project.surveys[asked.survey].groups
    return {code: one.label for name in asked.groups for code, one in groups[name].categories.items()}


def only(project: Project, asked: Question) -> str:
    """Return what the answer is restricted to, in words."""
    survey = project.surveys[asked.survey]
    limits = [f"{group} = {survey.groups[group].categories[value].label}" for group, value in asked.within]
    if asked.area_set and asked.areas:
        names = " or ".join(project.area_sets[asked.area_set].areas[one].name for one in asked.areas)
        limits.insert(0, f"{asked.area_set} = {names}")
    return f"; only {', '.join(limits)}" if limits else ""
