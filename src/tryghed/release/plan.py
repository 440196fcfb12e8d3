"""What a release wants to show: read from the report definitions, before any answer is looked at.

The families of tests follow from the plan alone, so that no result can decide what is tested.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from tryghed.definitions.project import Project
from tryghed.definitions.report import Groups, Health, Report
from tryghed.definitions.survey import answer_indicator
from tryghed.errors import UsageError
from tryghed.frames import EVERYBODY


@dataclass(frozen=True)
class Request:
    """Shares to estimate: indicators in every area of some sets and category of some dimensions.

    `waves` with more than one name are pooled. `against_rest` asks for each area against the rest of the city:
    "test" as claims of the release, "show" for the other side's share only. `since` names the earlier waves this one
    is compared with, `pairs` the categories compared within each area, as (dimension, category, other category).
    `ranked` are the indicators whose areas are ranked.
    """

    survey: str
    waves: tuple[str, ...]
    area_sets: tuple[str, ...]
    dimensions: tuple[str, ...]
    indicators: tuple[str, ...]
    against_rest: str = ""
    since: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str, str], ...] = ()
    ranked: tuple[str, ...] = ()

    @property
    def wave(self) -> str:
        """The wave label of the estimates."""
        return "+".join(self.waves)


@dataclass(frozen=True)
class Headline:
    """The contrasts declared as headline: one indicator, each area, against the rest and since one wave."""

    survey: str
    wave: str
    area_set: str
    indicator: str
    since: str


@dataclass(frozen=True)
class Plan:
    """All requests of a release, and which of its contrasts are headline."""

    survey: str
    wave: str
    area_set: str
    requests: tuple[Request, ...]
    headlines: tuple[Headline, ...]

    @property
    def rankings(self) -> int:
        """How many rankings the release prints: one for each indicator ranked in each area set."""
        return len({
            (request.survey, request.waves, area_set, indicator)
            for request in self.requests for area_set in request.area_sets for indicator in request.ranked
        })  # fmt: skip


def plan(project: Project, survey: str, wave: str) -> Plan:
    """Return what the project's reports on a survey want to show of one wave.

    Raises:
        UsageError: The wave is unknown, or no report is about the survey.
    """
    year = project.wave(survey, wave).year
    reports = [report for report in project.reports.values() if report.survey == survey]
    if not reports:
        raise UsageError(f"no report is about survey {survey!r}", hint="reports are defined in reports/*.toml")
    requests = dict.fromkeys(request for report in reports for request in _requests(project, report, wave, year))
    headlines = dict.fromkeys(_headline(project, report, wave) for report in reports)
    return Plan(survey, wave, reports[0].area_set, tuple(requests), tuple(headlines))


def asked(project: Project, survey: str, wave: str, indicators: Iterable[str]) -> tuple[str, ...]:
    """Return the indicators whose item the wave asked, in the order given and each once."""
    scores, columns = project.surveys[survey].scores, project.waves[survey][wave].columns
    return tuple(name for name in dict.fromkeys(indicators) if scores[name].item in columns)


def empty(project: Project, survey: str, wave: str) -> tuple[str, ...]:
    """Return in words what the reports on a survey name and a wave's release has no number of: where, what and hint."""
    year = project.wave(survey, wave).year
    reports = [report for report in project.reports.values() if report.survey == survey]
    return tuple(
        f"reports/{report.name}.toml: {one}" for report in reports for one in _empty(project, report, wave, year)
    )


def _empty(project: Project, report: Report, wave: str, year: int) -> Iterator[str]:
    sets = {"area_set": (report.survey, report.area_set), "inside": (report.survey, report.inside)}
    if report.health is not None:
        sets["health.area_set"] = (report.health.survey, report.health.area_set)
    for key, (survey, area_set) in sets.items():
        reported = project.surveys[survey].area_sets if survey in project.surveys else []
        if area_set is not None and reported and area_set not in reported:
            yield (
                f"{key}: {area_set!r} has no numbers (surveys/{survey}/survey.toml: area_sets says which have: "
                f"{', '.join(reported)})"
            )
    named = dict.fromkeys([report.headline, *_themes(report)])
    yield from _unasked(project, "", report.survey, wave, named)
    if report.groups is not None and _crossing(project, report.survey, report.groups) is None:
        yield (
            f"groups: {report.groups.rows} by {report.groups.columns} has no numbers, only {report.groups.columns} "
            f"alone (surveys/{report.survey}/survey.toml: crossings must have both)"
        )
    if report.health is not None:
        latest = _health_wave(project, report.health, year)
        if latest is None:
            yield (
                f"health: {report.health.survey!r} has no wave of {year} or before, and is left out "
                f"(surveys/{report.health.survey}/ has its waves)"
            )
        else:
            yield from _unasked(project, "health.", report.health.survey, latest, report.health.indicators)


def _unasked(project: Project, part: str, survey: str, wave: str, indicators: Iterable[str]) -> Iterator[str]:
    there = asked(project, survey, wave, indicators)
    missing = [name for name in indicators if name not in there]
    if missing:
        yield (
            f"{part}indicators: {', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no numbers "
            f"(surveys/{survey}/{wave}.toml: columns has no such question)"
        )


def _headline(project: Project, report: Report, wave: str) -> Headline:
    since = project.comparable(report.survey, report.headline, wave)[0]
    return Headline(report.survey, wave, report.area_set, report.headline, since)


def _requests(project: Project, report: Report, wave: str, year: int) -> list[Request]:
    return [
        _current(project, report, wave),
        *_inside(project, report, wave),
        *_changes(project, report, wave),
        *_earlier(project, report, wave),
        *_groups(project, report, wave),
        *_health(project, report, year),
    ]


def _current(project: Project, report: Report, wave: str) -> Request:
    survey = project.surveys[report.survey]
    distribution = [
        name
        for name in survey.scores
        if report.answers and name.startswith(answer_indicator(report.answers, 0).removesuffix("0"))
    ]
    shown = [report.headline, *_themes(report), *distribution]
    return Request(
        report.survey, (wave,), (report.area_set,), (EVERYBODY,), asked(project, report.survey, wave, shown),
        against_rest="test", ranked=(report.headline,),
    )  # fmt: skip


def _themes(report: Report) -> list[str]:
    """Return the indicators of a report beside its headline, in order of its sections."""
    return [*report.levels, *report.development, *report.worries, *report.places, *report.attractiveness]


def _inside(project: Project, report: Report, wave: str) -> list[Request]:
    if report.inside is None or report.inside not in project.surveys[report.survey].area_sets:
        return []
    return [Request(report.survey, (wave,), (report.inside,), (EVERYBODY,), (report.headline,), against_rest="test")]


def _changes(project: Project, report: Report, wave: str) -> list[Request]:
    """Return the comparisons with earlier waves, one request for the indicators that share the same waves."""
    by_waves: dict[tuple[str, ...], list[str]] = {}
    for indicator in asked(project, report.survey, wave, [report.headline, *report.levels, *report.development]):
        earlier = project.comparable(report.survey, indicator, wave)[:-1]
        if earlier:
            by_waves.setdefault(earlier, []).append(indicator)
    return [
        Request(report.survey, (wave,), (report.area_set,), (EVERYBODY,), tuple(indicators), since=earlier)
        for earlier, indicators in by_waves.items()
    ]


def _earlier(project: Project, report: Report, wave: str) -> list[Request]:
    """Return the points of the series: each earlier wave, comparable or not, with the rest beside the areas."""
    names = list(project.waves[report.survey])
    series = [report.headline, *report.levels, *report.development]
    return [
        Request(
            report.survey, (name,), (report.area_set,), (EVERYBODY,), asked(project, report.survey, name, series),
            against_rest="show",
        )
        for name in names[: names.index(wave)]
    ]  # fmt: skip


def _groups(project: Project, report: Report, wave: str) -> list[Request]:
    if report.groups is None:
        return []
    survey, rows, columns = project.surveys[report.survey], report.groups.rows, report.groups.columns
    pooled = project.pooled(report.survey, report.headline, wave, report.groups.pooled_waves)
    crossing = _crossing(project, report.survey, report.groups)
    across = list(survey.groups[columns].categories)
    pairs = [(columns, across[0], other) for other in across[1:]]
    dimensions = [EVERYBODY, columns]
    if crossing is not None:
        name = "*".join(crossing)
        dimensions.append(name)
        for row, other in product(survey.groups[rows].categories, across[1:]):
            one, two = ({columns: category, rows: row} for category in (across[0], other))
            pairs.append((name, "*".join(one[part] for part in crossing), "*".join(two[part] for part in crossing)))
    return [
        Request(report.survey, pooled, (report.area_set,), tuple(dimensions), (report.headline,), pairs=tuple(pairs))
    ]


def _crossing(project: Project, survey: str, groups: Groups) -> Sequence[str] | None:
    """Return the crossing that tells rows by columns, in its own order; None where the survey has none."""
    crossings = project.surveys[survey].crossings
    return next((one for one in crossings if set(one) == {groups.rows, groups.columns}), None)


def _health(project: Project, report: Report, year: int) -> list[Request]:
    latest = None if report.health is None else _health_wave(project, report.health, year)
    if report.health is None or latest is None:
        return []
    name, area_sets = report.health.survey, (report.health.area_set,)
    indicators = asked(project, name, latest, report.health.indicators)
    return [Request(name, (latest,), area_sets, (EVERYBODY,), indicators, against_rest="test")]


def _health_wave(project: Project, health: Health, year: int) -> str | None:
    """Return the newest wave of the other survey that was there by a year."""
    past = [name for name, one in project.waves.get(health.survey, {}).items() if one.year <= year]
    return past[-1] if past else None
