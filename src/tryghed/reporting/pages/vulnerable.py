"""The areas inside an area (vulnerable areas of a district): map beside table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tryghed.definitions.areas import AreaRow, AreaSet
from tryghed.release.released import Difference, Share, Withheld
from tryghed.reporting import danish, words
from tryghed.reporting.pages.locator import area_map, attribution
from tryghed.reporting.pages.parts import Figure, IntervalTable, Key
from tryghed.reporting.pages.people import withheld_keys
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.tables import interval_row, interval_scale
from tryghed.reporting.pages.view import View


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """The part's values."""

    id: str  #: of the page's text
    subject: str  #: in the header, where no other part begins the page
    heading: str  #: of the part
    map: Figure | None  #: where the areas lie, none without outlines
    attribution: str  #: whose map it is
    table: IntervalTable  #: each of them, and what to compare with
    keys: Sequence[Key]  #: the signs in use
    notes: Sequence[str]  #: paragraphs below the table


def inside_set(view: View) -> AreaSet | None:
    """Return the set of areas shown within the report's areas, None where the release has nothing of it."""
    name = view.report.inside
    found = view.project.area_sets.get(name) if name else None
    if found is None or all(share_of(view, code).withheld is Withheld.MISSING for code in found.areas):
        return None
    return found


def share_of(view: View, area: str) -> Share:
    """Return the headline in one of the areas inside."""
    return view.released.share(view.report.headline, area, survey=view.report.survey, area_set=view.report.inside)


def rest_of(view: View, area: str) -> Difference:
    """Return one of the areas inside against the rest."""
    return view.released.rest(view.report.headline, area, survey=view.report.survey, area_set=view.report.inside)


def within(view: View, code: str) -> Mapping[str, AreaRow]:
    """Return the areas that lie wholly or partly in an area: those sharing a unit with it, or naming it as parent."""
    found = inside_set(view)
    if found is None:
        return {}
    own = view.project.area_sets[view.report.area_set].members
    units = {unit for unit, areas in own.items() if code in areas}
    shared = {one for unit in units for one in found.members.get(unit, ())}
    return {name: area for name, area in found.areas.items() if name in shared or area.parent == code}


def vulnerable(view: View, code: str, register: Register) -> Vulnerable | None:
    """Return the part, None where no area lies in this one."""
    areas = within(view, code)
    if not areas:
        return None
    letters = dict(zip(areas, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    drawing = area_map(view, code, letters, lambda name: share_of(view, name), register)
    with register.table(danish.capital(view.inside_label)) as identity:
        shares = {name: share_of(view, name) for name in areas}
        context = {name: one for name, one in _compared_with(view, code).items() if one.share is not None}
        title = " ".join(sure_title(view, areas))
    scale = interval_scale([*shares.values(), *context.values()], view.share(view.report.headline).share)
    rows = [
        interval_row(area.name, shares[name], scale, f"{identity}r{name}", letter=letters.get(name, ""))
        for name, area in areas.items()
    ]
    rows += [
        interval_row(name, share, scale, f"{identity}c{at}", context=True)
        for at, (name, share) in enumerate(context.items())
    ]
    return Vulnerable(
        id=register.text,
        subject=danish.capital(view.inside_label),
        heading=f"{danish.capital(view.inside_label)} i {view.words.the}",
        map=drawing,
        attribution=attribution(view, view.report.inside),
        table=IntervalTable(
            identity,
            register.code,
            title,
            f"{view.headline.label}, pct., {view.wave}",
            "Område",
            rows,
            compared=False,
        ),
        keys=withheld_keys(identity.lower()) if any(row.reason for row in rows) else (),
        notes=_notes(view, areas, letters),
    )


def _compared_with(view: View, code: str) -> dict[str, Share]:
    """Return the shares to compare with, the whole area and the whole city: none that could give a hidden cell."""
    whole = view.share(view.report.headline)
    return {
        f"Hele {view.areas[code].name}": view.share(view.report.headline, code),
        danish.capital(view.words.whole): whole,
    }


def sure_title(view: View, areas: Mapping[str, AreaRow]) -> tuple[str, ...]:
    """Return in how many of the areas surely fewer, or more, count than in the rest, as phrases of a title."""
    label, rest = view.headline.label, view.words.rest
    rests = [rest_of(view, code) for code in areas]
    known = [one for one in rests if not one.withheld]
    lower, higher = (sum(one.direction == direction for one in known) for direction in (-1, 1))
    if not known:
        return (f"{label}:", f"{'området' if len(rests) == 1 else 'områderne'} kan ikke sammenlignes", f"med {rest}")
    if not lower and not higher:
        shown = f"i {'det område' if len(known) == 1 else 'de områder'}, der kan vises"
        return (f"{label}:", f"ingen påvist forskel til {rest}", *([shown] if len(known) < len(rests) else []))
    more, count = ("Færre", lower) if lower else ("Flere", higher)
    last = f", flere i {danish.numeral(higher, neuter=True)}" if lower and higher else ""
    where = _which(count, len(known), len(rests))
    return (f"{more} {view.phrase(view.report.headline)}", f"i {where}", f"end i {rest}{last}")


def _which(count: int, shown: int, areas: int) -> str:
    """Return `count` of the shown areas in words: `to af de syv områder, der kan vises,`."""
    if areas == 1:
        return "området"
    if shown == 1:
        return "det område, der kan vises,"
    if count == areas:
        return "begge områder" if count == 2 else "alle områder"  # noqa: PLR2004 (both)
    which = f"{danish.numeral(count, neuter=True)} af de {danish.numeral(shown)} områder"
    return which if shown == areas else f"{which}, der kan vises,"


def _notes(view: View, areas: Mapping[str, AreaRow], letters: Mapping[str, str]) -> tuple[str, ...]:
    whole = view.share(view.report.headline)
    found = []
    if whole.share is not None:
        found.append(f"Stiplet linje: {view.words.whole}, {danish.percent(whole.share, sensitive=whole.sensitive)}.")
    known = {code: rest for code in areas if (rest := rest_of(view, code)).withheld is None}
    if known:
        found.append(_differences(view, known, letters))
    found.append(f"Tal for et område gælder hele området, også den del, der ligger uden for {view.words.the}.")
    return tuple(found)


def _differences(view: View, known: Mapping[str, Difference], letters: Mapping[str, str]) -> str:
    """Return every shown difference to the rest with its verdict, and what could have been seen."""
    each = "; ".join(
        f"{letters.get(code, '')}{danish.NBSP}{words.signed_size(one)}{', statistisk sikker' if one.direction else ''}"
        for code, one in known.items()
    )
    first = f"Forskel til {view.words.rest}, procentpoint: {each}."
    undecided = [one.detectable for one in known.values() if not one.direction and one.detectable is not None]
    if not undecided:
        return first
    low, high = danish.about(min(undecided)), danish.about(max(undecided))
    sizes = low if low == high else f"{low}{danish.DASH}{high}"
    who = "De øvrige forskelle" if len(undecided) < len(known) else "Forskellene" if len(known) > 1 else "Forskellen"
    found = f"{first} {who} kan ikke påvises; undersøgelsen kan påvise forskelle på ca. {sizes} procentpoint."
    return f"{found} {words.stricter_note(known.values())}".strip()
