"""Worries, places and attractiveness: an area against the rest on many indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tryghed.reporting import danish, figures, theme, words
from tryghed.reporting.pages.evening import compared_in_words, differing, rest_claims
from tryghed.reporting.pages.parts import Figure, Key, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, broken, caption, drawn, fits, n_of
from tryghed.reporting.words import Claim

_HALF_THE_PAGE: Final = 82.5 * theme.POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class Themes:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: what differs, as a sentence in lines
    lead: str  #: what is higher and what is lower
    notes: Sequence[Note]  #: in the margin beside the lead
    lists: Sequence[Figure]  #: worries and places, side by side
    keys: Sequence[Key]  #: what the marks mean
    spine: Figure | None  #: attractiveness
    spine_keys: Sequence[Key]  #: what its boxes mean


def themes(view: View, code: str, register: Register) -> tuple[Themes | None, list[Claim]]:
    """Return the page, None where the release has none of its indicators, and the claims it has earned."""
    report = view.report
    parts = [view.asked(names, code) for names in (report.worries, report.places, report.attractiveness)]
    names = [name for part in parts for name in part]
    if not names:
        return None, []
    found = [
        _list(view, code, part, head, register)
        for part, head in ((parts[0], "Bekymret for"), (parts[1], "Utryg ved"))
        if part
    ]
    claims = [
        claim
        for figure, part in zip(found, [one for one in parts[:2] if one], strict=True)
        for claim in rest_claims(view, code, part, figure.id)
    ]
    spine = _spine(view, code, parts[2], register) if parts[2] else None
    if spine is not None:
        claims += rest_claims(view, code, parts[2], spine.id)
    subjects = [name for name, part in zip(("bekymringer", "steder", "attraktivitet"), parts, strict=True) if part]
    return Themes(
        id=register.text,
        subject=danish.capital(danish.join(subjects)),
        title=broken(*_title(view, code, names)),
        lead=_lead(view, code, names),
        notes=(_corrected(view, code, names),),
        lists=found,
        keys=_keys(view) if found else (),
        spine=spine,
        spine_keys=_spine_keys(view, code) if spine else (),
    ), claims


def _directions(view: View, code: str, names: Sequence[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {-1: [], 0: [], 1: []}
    for name in names:
        found[view.rest(name, code).direction].append(name)
    return found


def _title(view: View, code: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the page's surest difference, or how many there are where that is too long; the lead has them all."""
    shown = sum(view.rest(name, code).withheld is None for name in names)
    rest = view.words.rest
    if not shown:
        return ("Forskellene", f"til {rest} vises ikke")
    surest = words.surest_of({name: [view.rest(name, code)] for name in names})
    if surest is None:
        return ("Der kan ikke påvises forskelle", f"til {rest}")
    more = "Flere" if view.rest(surest, code).direction > 0 else "Færre"
    named = (f"{more} {view.phrase(surest)}", f"end i {rest}")
    if all(fits(part) for part in named):
        return named
    sure = sum(bool(view.rest(name, code).direction) for name in names)
    return (f"{danish.capital(danish.numeral(sure))} af {danish.numeral(shown)} forhold", f"adskiller sig fra {rest}")


def _lead(view: View, code: str, names: Sequence[str]) -> str:
    found = _directions(view, code, names)
    sentences = [
        f"{more} end i {view.words.rest} {_phrases(view, found[direction])}."
        for direction, more in ((1, "Flere"), (-1, "Færre"))
        if found[direction]
    ]
    hidden = sum(view.rest(name, code).withheld is not None for name in names)
    open_count = len(found[0]) - hidden
    if open_count:
        counted = f"{danish.numeral(open_count, neuter=True)} forhold"
        sentences.append(words.undecided(open_count, len(names), counted, all_known=not hidden))
    if hidden:
        sentences.append(f"For {danish.numeral(hidden)} forhold vises sammenligningen ikke.")
    return " ".join(sentences)


def _phrases(view: View, names: Sequence[str]) -> str:
    """Return phrases as one list, the words they begin with said once: `er bekymrede for vold og for indbrud`."""
    said = [view.phrase(name) for name in names]
    groups: dict[str, list[str]] = {}
    for one in said:
        start = _beginning(one)
        groups.setdefault(start, []).append(one.removeprefix(start).strip())
    return danish.join([f"{start} {danish.join(rest)}".strip() for start, rest in groups.items()])


def _beginning(phrase: str) -> str:
    """Return the words up to and with the first preposition; everything where there is none."""
    parts = phrase.split(" ")
    place = next((at for at, word in enumerate(parts) if word in {"for", "med", "ved", "på", "i", "over"}), None)
    return phrase if place is None else " ".join(parts[: place + 1])


def _list(view: View, code: str, names: Sequence[str], head: str, register: Register) -> Figure:
    noun = {"Bekymret for": "bekymringer", "Utryg ved": "steder"}[head]
    with register.figure(danish.capital(noun)) as identity:
        rows = [figures.ComparedRow(view.label(name), view.rest(name, code)) for name in names]
        title = _list_title(view, code, names, rows, noun)
    svg = figures.comparison_list(
        rows, head=head, area=view.words.one, rest="resten", title=f"{title}. {compared_in_words(rows)}",
        prefix=identity.lower(),
    )  # fmt: skip
    n, other = (n_of([getattr(row.difference, side) for row in rows]) for side in ("this", "other"))
    line = caption(f"Pct., {view.wave}", _bases(n, other))
    return Figure(identity, register.code, title, line, drawn(svg))


def _bases(n: str, other: str) -> str:
    number = other.rpartition("=")[2].strip()
    return "; ".join(part for part in (n, f"resten {number}" if number else "") if part)


def _list_title(view: View, code: str, names: Sequence[str], rows: Sequence[figures.ComparedRow], noun: str) -> str:
    sure = [name for name in names if view.rest(name, code).direction]
    if len(sure) == 1:
        more = "Flere" if view.rest(sure[0], code).direction > 0 else "Færre"
        title = f"{more} {view.phrase(sure[0])}"
        if theme.text_width(title, 11.5, 600) <= _HALF_THE_PAGE:
            return title
    return differing(rows, noun, view.words.rest, neuter=noun == "steder", narrow=True)


def _spine(view: View, code: str, names: Sequence[str], register: Register) -> Figure:
    with register.figure("Attraktivitet") as identity:
        rows = [_spine_row(view, code, name) for name in names]
    rows.sort(key=lambda row: (row.difference.difference is None, -(row.difference.difference or 0.0)))
    compared = [figures.ComparedRow(row.label, row.difference) for row in rows]
    title = differing(compared, "forhold", view.words.rest, neuter=True)
    svg = figures.spine(
        rows, head="Andel tilfredse", area=view.words.one, rest="resten", less="færre tilfredse",
        more="flere tilfredse",
        title=f"{title}. {compared_in_words(compared)}", prefix=identity.lower(),
    )  # fmt: skip
    n, other = (n_of([getattr(row.difference, side) for row in rows]) for side in ("this", "other"))
    line = caption(
        f"Pct. og forskel i procentpoint, {view.wave}", _bases(n, other),
        words.precise(*(row.difference for row in rows)).rstrip("."),
    )  # fmt: skip
    return Figure(identity, register.code, title, line, drawn(svg))


def _spine_row(view: View, code: str, name: str) -> figures.SpineRow:
    """Return an area's difference among those of all areas; the middle half lies between the quartiles."""
    own = view.rest(name, code)
    all_of_them = sorted(one.difference for area in view.areas if (one := view.rest(name, area)).difference is not None)
    if len(all_of_them) < 4:  # noqa: PLR2004 (quartiles of fewer than four say nothing)
        return figures.SpineRow(view.label(name), own)
    low, high = (_quantile(all_of_them, share) for share in (0.25, 0.75))
    return figures.SpineRow(view.label(name), own, all_of_them[0], low, high, all_of_them[-1])


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _corrected(view: View, code: str, names: Sequence[str]) -> Note:
    tested = f"er prøvet i {danish.numeral(len(view.areas))} {view.words.many}."
    corrected = words.stricter_note(view.rest(name, code) for name in names) or "Der er rettet for det store antal."
    return Note(f"{danish.capital(danish.numeral(len(names)))} forhold", f"{tested} {corrected} {words.NO_JUDGEMENT}")


def _keys(view: View) -> tuple[Key, ...]:
    return (
        Key(drawn(figures.mark("higher", title="Trekant op", prefix="k6")), "højere"),
        Key(drawn(figures.mark("lower", title="Trekant ned", prefix="k7")), "lavere"),
        Key(drawn(figures.mark("none", title="Ring", prefix="k8")), "ingen påvist forskel"),
        Key(drawn(figures.mark("rest", title="Rude", prefix="k9")), view.words.rest),
    )


def _spine_keys(view: View, code: str) -> tuple[Key, ...]:
    name, one, many = view.areas[code].name, view.words.one, view.words.many
    return (
        Key(drawn(figures.mark("lowest_highest", title="Lyst felt", prefix="k10")), f"fra laveste til højeste {one}"),
        Key(drawn(figures.mark("middle", title="Mørkt felt", prefix="k11")), f"den midterste halvdel af {many}"),
        Key(drawn(figures.mark("ours", title="Prik på streg", prefix="k12")), f"{name} med 95{danish.NBSP}%-interval"),
    )
