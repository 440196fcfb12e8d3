"""The first pages of the city's report: every area on the headline, where they lie, and how they developed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tryghed.frames import EVERYBODY
from tryghed.release.released import Share, Withheld
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.evening import area_rows, corrected, counted, keys, ranking
from tryghed.reporting.pages.locator import attribution, city_map, map_keys
from tryghed.reporting.pages.overview import edition_notes
from tryghed.reporting.pages.parts import Figure, IntervalTable, Key, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.tables import COMPARED, interval_row, interval_scale
from tryghed.reporting.pages.view import View, broken, caption, drawn, n_of, period

_BESIDE_A_MAP: Final = 79.0
_ALONE: Final = 122.0


@dataclass(frozen=True, slots=True)
class Whole:
    """The first page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: how many areas differ, in lines
    lead: str  #: everybody's share, and which areas differ
    notes: Sequence[Note]  #: in the margin beside the lead
    map: Figure | None  #: where the areas lie, none without outlines
    map_keys: Sequence[Key]  #: what its tints mean
    attribution: str  #: whose map it is
    ranked: Figure  #: every area with its places
    ranked_note: str  #: what the dashed line is
    trends: Figure | None  #: small series, none with one wave


@dataclass(frozen=True, slots=True)
class Side:
    """The second page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: in lines
    lead: str  #: how many areas differ
    notes: Sequence[Note]  #: in the margin beside the lead
    ranked: Figure  #: every area with interval, n and places
    keys: Sequence[Key]  #: what the marks mean
    differences: IntervalTable  #: every area with its difference to the rest


def whole(view: View, register: Register) -> Whole:
    """Return the first page."""
    name = danish.capital(view.words.many)
    drawing = city_map(view, register)
    return Whole(
        id=register.text,
        subject=f"{name} i overblik",
        title=broken(*_title(view)),
        lead=_lead(view),
        notes=(*edition_notes(view, EVERYBODY), _one_against_the_rest(view)),
        map=drawing,
        map_keys=map_keys(drawing.id.lower()) if drawing else (),
        attribution=attribution(view, view.report.area_set),
        ranked=_ranked(view, register, width=_BESIDE_A_MAP if drawing else _ALONE),
        ranked_note=_dashed(view),
        trends=_trends(view, register),
    )


def side(view: View, register: Register) -> Side:
    """Return the second page."""
    ranked = ranking(view, None, register)
    subject = f"{danish.capital(view.words.many)} side om side"
    return Side(
        id=register.text,
        subject=subject,
        title=broken("Pladser angives som intervaller,", "fordi tallene er usikre") if view.placed else (subject,),
        lead=counted(view, view.report.headline),
        notes=(_places_note(view),) if view.placed else (),
        ranked=ranked,
        keys=keys(view, ranked.id.lower()),
        differences=_differences(view, register),
    )


def _sides(view: View) -> tuple[list[str], list[str]]:
    """Return the codes of the areas surely below and surely above the rest."""
    found: dict[int, list[str]] = {-1: [], 0: [], 1: []}
    for code in view.ordered(view.report.headline):
        found[view.rest(view.report.headline, code).direction].append(code)
    return found[-1], found[1]


def _title(view: View) -> tuple[str, ...]:
    lower, higher = (len(one) for one in _sides(view))
    phrase = view.phrase(view.report.headline)
    rest = view.words.rest
    if lower:
        last = f", flere i {view.counted(higher)}" if higher else ""
        return (f"Færre {phrase}", f"i {view.counted(lower)}", f"end i {rest}{last}")
    if higher:
        return (f"Flere {phrase}", f"i {view.counted(higher)}", f"end i {rest}")
    if all(view.rest(view.report.headline, code).withheld for code in view.areas):
        return (f"{view.headline.label}:", f"{view.words.many} kan ikke sammenlignes")
    return ("Der kan ikke påvises forskelle", f"mellem {view.words.many}")


def _lead(view: View) -> str:
    share, rest = view.share(view.report.headline), view.words.rest
    sentences = [f"{danish.capital(view.words.whole)}: {_everybody(view, share)}"]
    lower, higher = _sides(view)
    if lower:
        sentences.append(f"{danish.capital(view.named(lower))} ligger lavere end {rest}.")
    if higher:
        sentences.append(f"{danish.capital(view.named(higher))} ligger højere.")
    unanswered = [code for code in view.areas if view.share(view.report.headline, code).withheld is Withheld.MISSING]
    known = [view.rest(view.report.headline, code) for code in view.areas if code not in unanswered]
    undecided = sum(one.withheld is None and not one.direction for one in known)
    hidden = sum(one.withheld is not None for one in known)
    if undecided:
        sentences.append(words.undecided(undecided, len(known), view.counted(undecided), all_known=not hidden))
    if hidden:
        sentences.append(f"For {view.counted(hidden)} vises sammenligningen ikke.")
    if unanswered and share.withheld is not Withheld.MISSING:
        sentences.append(f"Tallene er uden {view.named(unanswered)}, hvor ingen har svaret.")
    return " ".join(sentences)


def _everybody(view: View, share: Share) -> str:
    if share.share is None:
        return f"{words.withheld(share)}."
    limits = f" (95{danish.NBSP}%-interval {words.interval(share)})" if words.interval(share) else ""
    shown = danish.percent(share.share, sensitive=share.sensitive)
    return f"{shown} {view.phrase(view.report.headline)}{limits}."


def _one_against_the_rest(view: View) -> Note:
    return Note(danish.capital(view.counted(1)), f"sammenlignes med {view.words.rest} under ét. {corrected(view)}")


def _ranked(view: View, register: Register, *, width: float) -> Figure:
    headline = view.report.headline
    with register.figure(f"{danish.capital(view.words.many)}, plads") as identity:
        rows = area_rows(view, None)
        whole = view.share(headline)
    first = [row.name for row in rows if row.places is not None and row.places.last == 1]
    title = (
        f"Kun {first[0]} kan være nr. 1" if len(first) == 1 else f"{danish.capital(_none(view))} kan kåres som nr. 1"
    )
    if not any(row.places for row in rows):
        title = f"{danish.capital(view.words.many)} har ingen pladser"
    alt = "; ".join(f"{row.name}: {words.estimate(row.share)}" for row in rows)
    everybody = figures.Level(danish.capital(view.words.whole), whole, "whole")
    svg = figures.ranked_short(
        rows, everybody, head=danish.capital(view.words.one), title=f"{title}. {alt}.", prefix=identity.lower(),
        width=width,
    )  # fmt: skip
    n = n_of([row.share for row in rows])
    line = caption(f"Pct., 95{danish.NBSP}%-interval, {view.wave}", f"{n} pr. {view.words.one}" if n else "")
    return Figure(identity, register.code, title, line, drawn(svg))


def _none(view: View) -> str:
    return f"{'intet' if view.words.the.endswith('et') else 'ingen'} {view.words.one}"


def _dashed(view: View) -> str:
    share = view.share(view.report.headline)
    if share.share is None:
        return ""
    shown = danish.percent(share.share, sensitive=share.sensitive)
    return (
        f"Stiplet linje: {view.words.whole}, {shown}. Trekant: sikkert højere eller lavere end {view.words.rest}. "
        "Ring: ingen påvist forskel."
    )


def _trends(view: View, register: Register) -> Figure | None:
    headline = view.report.headline
    since = view.since(headline)
    if since is None:
        return None
    waves = view.comparable(headline)
    with register.figure("Udvikling efter område") as identity:
        changes = {code: view.change(headline, code, since=since) for code in view.areas}
        panels = [
            figures.AreaTrend(
                view.areas[code].short or view.areas[code].name, view.points(headline, code, waves),
                words.trend_answer(change).lower() if change.direction else "",
                view.areas[code].column, view.areas[code].row,
            )
            for code, change in changes.items()
        ]  # fmt: skip
    moved = {code: change for code, change in changes.items() if change.direction}
    title = f"Ændringerne siden {since} vises ikke"
    if not all(one.withheld for one in changes.values()):
        title = _trends_title(
            {view.areas[code].name: words.trend_answer(one) for code, one in moved.items()}, since, _none(view)
        )
    alt = "; ".join(f"{panel.name}: {words.estimate(panel.points[-1].share)}" for panel in panels)
    placed = all(panel.column is not None and panel.row is not None for panel in panels)
    svg = figures.placed_trends(panels, _enclave(view), title=f"{title}. {view.wave}: {alt}.", prefix=identity.lower())
    n = n_of([point.share for panel in panels for point in panel.points])
    line = caption(
        f"{view.headline.label}, pct., {period(waves)}",
        f"Flade: 95{danish.NBSP}%-interval",
        n,
        "Ligger som på kortet" if placed else "",
        view.caveats([headline]),
    )
    return Figure(identity, register.code, title, line, drawn(svg))


def _enclave(view: View) -> tuple[figures.PlaceName, ...]:
    """Return the name of the hole in the city and where it lies among the small series."""
    areas = view.project.area_sets[view.report.area_set]
    return (figures.PlaceName(areas.enclave, *areas.enclave_at),) if areas.enclave and areas.enclave_at else ()


def _trends_title(moved: dict[str, str], since: str, none: str) -> str:
    if not moved:
        return f"I {none} kan der påvises en ændring siden {since}"
    parts = []
    for verdict in ("Steget", "Faldet"):
        names = [name for name, one in moved.items() if one == verdict]
        if names:
            parts.append(f"{danish.join(names)}: {verdict.lower()} siden {since}")
    return f"{'; '.join(parts)}; ellers kan der ikke påvises en ændring"


def _places_note(view: View) -> Note:
    text = f"de pladser, som hver {view.words.one} kan have, når usikkerheden i {view.among()} regnes med."
    return Note("Pladsinterval:", text)


def _differences(view: View, register: Register) -> IntervalTable:
    headline = view.report.headline
    codes = view.ordered(headline)
    with register.table("Forskel til resten") as identity:
        everybody = view.share(headline)
        shares = {code: view.share(headline, code) for code in codes}
        rests = {code: view.rest(headline, code) for code in codes}
    scale = interval_scale([*shares.values(), everybody], everybody.share)
    rows = [
        interval_row(view.areas[code].name, share, scale, f"{identity}r{code}", difference=rests[code])
        for code, share in shares.items()
    ]
    rows.append(interval_row(danish.capital(view.words.whole), everybody, scale, f"{identity}alle", context=True))
    line = caption(f"{view.headline.label}, pct., {view.wave}", COMPARED)
    title = f"Forskellen til {view.words.rest}, {view.words.one} for {view.words.one}"
    head = danish.capital(view.words.one)
    return IntervalTable(identity, register.code, title, line, head, rows, compared=True)
