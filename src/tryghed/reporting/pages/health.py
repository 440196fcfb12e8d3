"""The part from another survey: health, for the area's parent in that survey's area set."""

from collections.abc import Sequence
from dataclasses import dataclass

from tryghed.definitions.report import Health as HealthPart
from tryghed.definitions.survey import Survey
from tryghed.release.released import Difference, Withheld
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.evening import compared_in_words, differing
from tryghed.reporting.pages.parts import Figure, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, broken, caption, drawn, fits, n_of, phrase
from tryghed.reporting.pages.vulnerable import within


@dataclass(frozen=True, slots=True)
class Health:
    """The part's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: what differs, as a sentence in lines
    lead: str  #: what is higher and lower
    notes: Sequence[Note]  #: in the margin beside the lead
    figure: Figure  #: differences to the rest


def health_wave(view: View) -> str | None:
    """Return the latest released wave of the other survey, None where there is none."""
    part = view.report.health
    waves = view.released.waves(part.survey) if part else ()
    return waves[-1] if waves else None


def health_rest(view: View, name: str, area: str) -> Difference:
    """Return an area of the other survey against its rest."""
    part = _part(view)
    return view.released.rest(name, area, survey=part.survey, wave=health_wave(view), area_set=part.area_set)


def _part(view: View) -> HealthPart:
    assert view.report.health is not None
    return view.report.health


def asked(view: View, area: str) -> tuple[str, ...]:
    """Return the other survey's indicators that the release knows of."""
    if view.report.health is None or health_wave(view) is None:
        return ()
    return tuple(
        name for name in view.report.health.indicators if health_rest(view, name, area).withheld is not Withheld.MISSING
    )


def health(view: View, code: str, register: Register) -> Health | None:
    """Return the part, None where the release has nothing of it for this area."""
    parent = view.areas[code].parent
    names = asked(view, parent) if parent else ()
    if not names:
        return None
    part = _part(view)
    survey = view.project.surveys[part.survey]
    place = view.project.area_sets[part.area_set].areas[parent].name
    with register.figure("Sundhed") as identity:
        rows = [figures.ComparedRow(_label(survey, name), health_rest(view, name, parent)) for name in names]
    figure = _figure(view, survey, place, rows, (identity, register.code))
    return Health(
        id=register.text,
        subject=f"Sundhed og {view.inside_label}" if view.inside_label and within(view, code) else "Sundhed",
        title=broken(*_title(view, survey, place, parent, names)),
        lead=_lead(view, survey, parent, names),
        notes=(*_whole_place(view, parent, place, survey), *_none_inside(view, code)),
        figure=figure,
    )


def _label(survey: Survey, name: str) -> str:
    one = survey.indicators[name]
    return one.short or one.label


def _figure(
    view: View, survey: Survey, place: str, rows: Sequence[figures.ComparedRow], ids: tuple[str, str]
) -> Figure:
    title = differing(rows, "forhold", view.words.rest, neuter=True)
    svg = figures.differences(
        rows, head="Pct.", area=place, rest="resten", less="lavere andel", more="højere andel",
        title=f"{title}. {compared_in_words(rows)}", prefix=ids[0].lower(),
    )  # fmt: skip
    n, other = (n_of([getattr(row.difference, side) for row in rows]) for side in ("this", "other"))
    bases = ", ".join(f"{name} {base}" for name, base in ((place, n), (view.words.rest, other)) if base)
    return Figure(*ids, title, _caption(view, survey, rows, bases), drawn(svg))


def _caption(view: View, survey: Survey, rows: Sequence[figures.ComparedRow], bases: str) -> str:
    precise = words.precise(*(row.difference for row in rows)).rstrip(".")
    return caption(
        f"{survey.title} {health_wave(view)}, {survey.population[:1].lower()}{survey.population[1:]}", bases, precise
    )


def _title(view: View, survey: Survey, place: str, parent: str, names: Sequence[str]) -> tuple[str, ...]:
    found = _directions(view, parent, names)
    if _hidden(view, parent, names) == len(names):
        return (f"{place}:", f"forskellene til {view.words.rest} vises ikke")
    if not found[1] and not found[-1]:
        return (f"{place}:", "ingen påviste forskelle i sundhed")
    parts = [
        f"{more} {phrase(survey.indicators[found[direction][0]])}"
        for direction, more in ((-1, "færre"), (1, "flere"))
        if len(found[direction]) == 1
    ]
    sure = len(found[1]) + len(found[-1])
    told = " og ".join(parts)
    if len(parts) != sure or not fits(told):
        count = f"{danish.numeral(sure, neuter=True)} af {danish.numeral(len(names))} sundhedsforhold"
        return (f"{place}:", count, f"adskiller sig fra {view.words.rest}")
    return (f"{place}:", told, f"end i {view.words.rest}")


def _directions(view: View, parent: str, names: Sequence[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {-1: [], 0: [], 1: []}
    for name in names:
        found[health_rest(view, name, parent).direction].append(name)
    return found


def _lead(view: View, survey: Survey, parent: str, names: Sequence[str]) -> str:
    found = _directions(view, parent, names)
    sentences = [
        f"{more} end i {view.words.rest} {danish.join([phrase(survey.indicators[name]) for name in found[direction]])}."
        for direction, more in ((-1, "Færre"), (1, "Flere"))
        if found[direction]
    ]
    hidden = _hidden(view, parent, names)
    open_count = len(found[0]) - hidden
    if open_count:
        counted = f"{danish.numeral(open_count, neuter=True)} forhold"
        sentences.append(words.undecided(open_count, len(names), counted, all_known=not hidden))
    if hidden:
        sentences.append(f"For {danish.numeral(hidden)} forhold vises sammenligningen ikke.")
    return " ".join([*sentences, not_standardised(view)])


def _hidden(view: View, parent: str, names: Sequence[str]) -> int:
    return sum(health_rest(view, name, parent).withheld is not None for name in names)


def not_standardised(view: View) -> str:
    """Return what a difference in health may come from: the shares are not standardised for age."""
    one = f"{'et' if view.words.the.endswith('et') else 'en'} {view.words.one}"
    return (
        f"Tallene er ikke korrigeret for alder: {one} med mange unge eller ældre kan adskille sig alene af den grund."
    )


def _none_inside(view: View, code: str) -> tuple[Note, ...]:
    """Return that no area lies inside, where others have some."""
    if not view.inside_label or within(view, code):
        return ()
    return (Note(f"{danish.capital(view.inside_label)}.", f"Der ligger ingen i {view.words.the}."),)


def _whole_place(view: View, parent: str, place: str, survey: Survey) -> tuple[Note, ...]:
    together = [area.name for area in view.areas.values() if area.parent == parent]
    if len(together) == 1:
        return (Note("Følsomme oplysninger", "vises uden decimaler, og antal svar er afrundet til nærmeste ti."),)
    text = (
        f"{survey.title} opgøres for {danish.numeral(len(view.project.area_sets[_part(view).area_set].areas))} "
        f"{view.words.many}, så {danish.join(together)} er slået sammen. Tallene vises uden decimaler."
    )
    return (Note(f"Gælder hele {place}.", text),)
