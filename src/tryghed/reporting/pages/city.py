"""The report of the whole city, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.frames import EVERYBODY
from tryghed.release.released import Released
from tryghed.reporting import danish
from tryghed.reporting.pages.comparison import Comparison, Noun, comparison, health_comparison
from tryghed.reporting.pages.development import Development, development
from tryghed.reporting.pages.method import Method, method
from tryghed.reporting.pages.parts import Head, IntervalTable, Key, Note, Page
from tryghed.reporting.pages.people import People, people, withheld_keys
from tryghed.reporting.pages.register import Register, report_code
from tryghed.reporting.pages.tables import COMPARED, interval_row, interval_scale
from tryghed.reporting.pages.view import View, broken, caption
from tryghed.reporting.pages.vulnerable import inside_set, rest_of, share_of, sure_title
from tryghed.reporting.pages.whole import Side, Whole, side, whole


@dataclass(frozen=True, slots=True)
class Inside:
    """The page on the areas inside the areas."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: how many differ, in lines
    lead: str  #: what they are
    notes: Sequence[Note]  #: in the margin beside the lead
    table: IntervalTable  #: every one of them
    keys: Sequence[Key]  #: the signs in use


@dataclass(frozen=True, slots=True)
class City:
    """What `city.html` prints. A section the release has nothing for is None and leaves no page behind."""

    head: Head  #: above and below every page
    whole: Whole  #: page 1
    side: Side  #: every area with interval and n
    development: Development | None  #: needs an earlier wave that may be compared
    people: People | None  #: needs groups or answers
    comparisons: Sequence[Comparison]  #: levels, worries, places, attractiveness, health
    inside: Inside | None  #: needs areas inside
    method: Method  #: reading, method, index


def city(released: Released, project: Project, report: Report) -> Page:
    """Return the report of the whole city.

    Args:
        released: What may be shown.
        project: Definitions: labels, areas, waves.
        report: What the report shows.
    """
    register = Register(report_code(released, project, report, ""))
    view = View(register.watch(released), project, report)
    first = whole(view, register)
    register.page += 1
    second = side(view, register)
    register.page += 1
    developed, _ = development(view, EVERYBODY, register)
    register.page += developed is not None
    grouped, _ = people(view, EVERYBODY, register)
    register.page += grouped is not None
    comparisons = _comparisons(view, register)
    within = _inside(view, register)
    register.page += within is not None
    context = City(
        head=view.head(report.words.place, register.code), whole=first, side=second, development=developed,
        people=grouped, comparisons=comparisons, inside=within, method=method(view, EVERYBODY, register),
    )  # fmt: skip
    return Page(context.head.title, "city.html", context, register)


def _comparisons(view: View, register: Register) -> list[Comparison]:
    report, found = view.report, []
    wanted = [
        ("Niveauer", Noun("andel", "andele"), _level_measure(report.levels), report.levels),
        ("Bekymringer", Noun("bekymring", "bekymringer"), "bekymrede", report.worries),
        ("Steder", Noun("sted", "steder", neuter=True), "utrygge", report.places),
        ("Attraktivitet", Noun("forhold", "forhold", neuter=True), "tilfredse", report.attractiveness),
    ]
    for name, noun, measure, indicators in wanted:
        page = comparison(view, name, noun, measure, indicators, register)
        if page is not None:
            found.append(page)
            register.page += 1
    healthy = health_comparison(view, register)
    if healthy is not None:
        found.append(healthy)
        register.page += 1
    return found


def _level_measure(levels: Sequence[str]) -> str:
    """Return what levels are of, where they are of safety; others say it in their labels."""
    return "trygge" if levels and all(name.startswith("tryg") for name in levels) else ""


def _inside(view: View, register: Register) -> Inside | None:
    found = inside_set(view)
    if found is None:
        return None
    name = danish.capital(view.inside_label)
    with register.table(name) as identity:
        everybody = view.share(view.report.headline)
        shares = {code: share_of(view, code) for code in found.areas}
        rests = {code: rest_of(view, code) for code in found.areas}
    scale = interval_scale([*shares.values(), everybody], everybody.share)
    rows = [
        interval_row(found.areas[code].name, share, scale, f"{identity}r{code}", difference=rests[code])
        for code, share in shares.items()
    ]
    rows.append(interval_row(danish.capital(view.words.whole), everybody, scale, f"{identity}alle", context=True))
    line = caption(f"{view.headline.label}, pct., {view.wave}", COMPARED)
    return Inside(
        id=register.text,
        subject=name,
        title=broken(*sure_title(view, found.areas)),
        lead=(
            f"Hvert område sammenlignes med {view.words.rest}. Områderne er små, så mange tal er usikre, og nogle "
            "vises ikke. Stiplet linje i tabellen: "
            f"{view.words.whole}."
        ),
        notes=(Note("Afgrænsning.", f"{found.label}."),),
        table=IntervalTable(identity, register.code, name, line, "Område", rows, compared=True),
        keys=withheld_keys(identity.lower()) if any(row.reason for row in rows) else (),
    )
