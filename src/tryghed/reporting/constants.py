"""Numbers that may stand on a page without being released: of waves, rules, definitions, and facts of the fieldwork."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.frames import EVERYBODY
from tryghed.release.released import Released
from tryghed.reporting import corrections, danish
from tryghed.reporting.pages.view import View
from tryghed.reporting.written import NUMBER


def constants(released: Released, project: Project, report: Report) -> dict[str, str]:
    """Return each number that needs no cell, as it is written, with where it comes from."""
    found: dict[str, str] = {}
    for source, texts in _sources(released, project, report).items():
        for text in texts:
            for number in NUMBER.findall(text):
                found.setdefault(number, source)
    return found


def _sources(released: Released, project: Project, report: Report) -> Mapping[str, Iterable[str]]:
    surveys = [name for name in project.surveys if any(name == survey for survey, _ in released.facts)]
    sets = dict.fromkeys(name for survey in surveys for name in project.surveys[survey].area_sets)
    return {
        "wave": (f"{wave} {one.year}" for name in surveys for wave, one in project.waves[name].items()),
        "rule": _rules(project),
        "fieldwork": _fieldwork(released),
        "definition": chain(
            _questionnaires(project, surveys), _areas(project, [*sets, report.area_set, report.inside or ""]),
            (report.title, report.contact, *report.words.model_dump().values()),
        ),
        "edition": _edition(released, project, report),
        "release": (" ".join(released.release_id[at : at + 4] for at in range(0, len(released.release_id), 4)),),
    }  # fmt: skip


def _edition(released: Released, project: Project, report: Report) -> Iterator[str]:
    """Yield what is printed of a correction and of exemptions: old values, and how many there are."""
    view = View(released, project, report)
    for code in (*view.areas, EVERYBODY) if released.edition else ():
        headline = view.cell(report.headline, code)
        yield corrections.brief(released.edition, project, view.changes(code), headline)
        yield corrections.listed(released.edition, project, view.changes(code))
    yield corrections.exemptions(released.edition, project)
    yield view.edition


def _rules(project: Project) -> Iterator[str]:
    rules = project.rules
    yield f"95 {rules.version}"
    yield "0 100"  # the ends of every share
    yield danish.number(rules.secrecy.min_base)
    yield danish.number(rules.reliability.min_effective_n)
    limits = rules.reliability
    widths = (limits.always_show_width, limits.max_width, limits.max_relative_width)
    for share in (*widths, rules.power, rules.families.total):
        yield danish.number(100 * share)


def _fieldwork(released: Released) -> Iterator[str]:
    for facts in released.facts.values():
        yield from (danish.number(facts.answered), danish.decimal(facts.kish, 2), f"{facts.revision} {facts.accepted}")
        yield from (danish.number(shared) for _, shared in facts.again)
        if facts.invited is not None and facts.response_rate is not None:
            yield from (danish.number(facts.invited), danish.percent(facts.response_rate))
        if facts.start is not None and facts.end is not None:
            yield from (danish.months(facts.start, facts.end), danish.short_months(facts.start, facts.end))


def _questionnaires(project: Project, surveys: Iterable[str]) -> Iterator[str]:
    for name in surveys:
        survey = project.surveys[name]
        yield from (survey.title, survey.short, survey.population)
        for indicator in survey.scores.values():
            yield from (indicator.label, indicator.short, indicator.phrase)
        for item in survey.items.values():
            yield from (item.asks, *item.codes.values())
        for group in survey.groups.values():
            yield from (group.label, *(category.label for category in group.categories.values()))
        for wave in project.waves[name].values():
            yield from (*wave.wording.values(), *(one.why for one in wave.breaks.values()))


def _areas(project: Project, names: Iterable[str]) -> Iterator[str]:
    for area_set in (project.area_sets[name] for name in dict.fromkeys(names) if name in project.area_sets):
        yield from (area_set.label, area_set.version, area_set.attribution, area_set.enclave)
        yield danish.number(len(area_set.areas))
        for area in area_set.areas.values():
            yield from (area.name, area.short)
            if area.population:
                yield danish.number(area.population)
