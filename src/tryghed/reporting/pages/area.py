"""The report of one area, page by page."""

from dataclasses import dataclass, replace

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.errors import UsageError
from tryghed.release.released import Released
from tryghed.reporting.pages.development import Development, development
from tryghed.reporting.pages.evening import Evening, evening
from tryghed.reporting.pages.health import Health, health
from tryghed.reporting.pages.method import Method, method
from tryghed.reporting.pages.overview import Overview, findings, overview
from tryghed.reporting.pages.parts import Head, Page
from tryghed.reporting.pages.people import People, people
from tryghed.reporting.pages.register import Register, report_code
from tryghed.reporting.pages.themes import Themes, themes
from tryghed.reporting.pages.view import View
from tryghed.reporting.pages.vulnerable import Vulnerable, vulnerable


@dataclass(frozen=True, slots=True)
class District:
    """What `district.html` prints. A section the release has nothing for is None and leaves no page behind."""

    head: Head  #: above and below every page
    overview: Overview  #: page 1
    evening: Evening  #: all areas side by side
    development: Development | None  #: needs an earlier wave that may be compared
    people: People | None  #: needs groups or answers
    themes: Themes | None  #: needs worries, places or attractiveness
    health: Health | None  #: needs the other survey
    vulnerable: Vulnerable | None  #: needs areas inside
    method: Method  #: reading, method, index


def district(released: Released, project: Project, report: Report, code: str) -> Page:
    """Return the report of one area.

    Args:
        released: What may be shown.
        project: Definitions: labels, areas, waves.
        report: What the report shows.
        code: The area.

    Raises:
        UsageError: The report's area set has no such area.
    """
    register = Register(report_code(released, project, report, code))
    view = View(register.watch(released), project, report)
    if code not in view.areas:
        raise UsageError(f"no area {code!r} in {report.area_set}", hint=f"areas: {', '.join(view.areas)}")
    first = overview(view, code, register)
    register.page += 1
    side_by_side, claims = evening(view, code, register)
    register.page += 1
    developed, more = development(view, code, register)
    claims += more
    register.page += developed is not None
    grouped, more = people(view, code, register)
    claims += more
    register.page += grouped is not None
    themed, more = themes(view, code, register)
    claims += more
    register.page += themed is not None
    healthy = health(view, code, register)
    inside = vulnerable(view, code, register)
    register.page += healthy is not None or inside is not None
    head = view.head(view.areas[code].name, register.code)
    first = replace(first, findings=findings(view, claims, register))
    context = District(
        head=head, overview=first, evening=side_by_side, development=developed,
        people=grouped, themes=themed, health=healthy, vulnerable=inside, method=method(view, code, register),
    )  # fmt: skip
    return Page(head.title, "district.html", context, register)
