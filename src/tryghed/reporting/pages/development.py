"""How the headline developed, with breaks, what could have been seen, and small series of other indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tryghed.frames import EVERYBODY
from tryghed.release.released import Difference, Share, Withheld
from tryghed.reporting import danish, figures, theme, words
from tryghed.reporting.pages.overview import series_in_words
from tryghed.reporting.pages.parts import Figure, Note
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, broken, caption, drawn, n_of, period
from tryghed.reporting.words import Claim

_WAVES_FOR_A_TENDENCY: Final = 5
_THIRD_OF_THE_PAGE: Final = 52.6 * theme.POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class Development:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: the change as a sentence, in lines
    lead: str  #: both waves, and what could have been seen
    notes: Sequence[Note]  #: in the margin beside the lead
    series: Figure  #: all waves with breaks
    changes: Figure  #: each period against what could have been seen
    change_notes: Sequence[Note]  #: in the margin beside it
    others: Figure | None  #: small series of other indicators


def development(view: View, code: str, register: Register) -> tuple[Development | None, list[Claim]]:
    """Return the page, None where no earlier wave may be compared, and the claims it has earned.

    Args:
        view: The release as the report sees it.
        code: An area, or `EVERYBODY` for the whole city.
        register: Gives out figure ids.
    """
    headline = view.report.headline
    since = view.since(headline)
    if since is None:
        return None, []
    change, earlier = view.change(headline, code, since=since), view.comparable(headline)[:-1]
    title = words.change_title(view.headline.label, view.phrase(headline), change)
    series = _series(view, code, register)
    changes = _changes(view, code, register)
    named = _changed(view, code)
    others, claims = _others(view, code, named, register)
    return Development(
        id=register.text,
        subject="Udvikling",
        title=broken(*title),
        lead=_lead(view, change),
        notes=_few_waves(view, code),
        series=series,
        changes=changes,
        change_notes=_change_notes(
            view, [view.change(headline, code, since=one) for one in earlier], list(named.values())
        ),
        others=others,
    ), claims


def last_break(view: View, indicator: str) -> figures.Break | None:
    """Return the latest break before this wave, None where the series has none."""
    waves, comparable = view.series(indicator), view.comparable(indicator)
    if not comparable or waves[0] == comparable[0]:
        return None
    since = comparable[0]
    return figures.Break(since, f"Brud i {since}", before=f"Før {since}", after=f"Fra {since}")


def area_name(view: View, code: str) -> str:
    """Return an area's name, the city's for everybody."""
    return view.words.place if code == EVERYBODY else view.areas[code].name


def _lead(view: View, change: Difference) -> str:
    one, other = change.this, change.other
    if one.share is None or other.share is None:
        return words.change_text(change)
    shares = [danish.percent(side.share or 0.0, sensitive=side.sensitive) for side in (one, other)]
    phrase = view.phrase(view.report.headline)
    first = f"Andelen, der {phrase}, er {shares[0]} i {view.wave} mod {shares[1]} i {change.against}."
    if change.withheld or change.direction or change.difference is None:
        return f"{first} {words.change_text(change)} {words.precise(change) if change.direction else ''}".strip()
    second = (
        f"Forskellen på {danish.points(change.difference, sensitive=one.sensitive)} er for lille til, "
        "at det kan afgøres, om andelen har ændret sig."
    )
    if words.stricter_than_interval(change):
        second = (
            f"Forskellen på {danish.points(change.difference, sensitive=one.sensitive)} er ikke sikker, når der rettes "
            "for de mange prøver i udgivelsen."
        )
    second = f"{second} {words.precise(change)}".strip()
    if change.detectable is None:
        return f"{first} {second}"
    third = (
        f"Undersøgelsen ville med stor sandsynlighed have set en ændring på ca. {danish.about(change.detectable)} "
        "procentpoint; mindre ændringer kan være sket, uden at den kan vise dem."
    )
    return f"{first} {second} {third}"


def _few_waves(view: View, code: str) -> tuple[Note, ...]:
    headline = view.report.headline
    shares = [view.share(headline, code, wave=wave) for wave in view.comparable(headline)]
    count = sum(share.withheld is not Withheld.MISSING for share in shares)
    if count >= _WAVES_FOR_A_TENDENCY:
        return ()
    text = "med samme ordlyd er for få til at tale om en tendens. Det kræver mindst fem."
    return (Note(f"{danish.capital(danish.numeral(count))} målinger", text),)


def _series(view: View, code: str, register: Register) -> Figure:
    headline = view.report.headline
    waves, cut = view.series(headline), last_break(view, headline)
    rest = None
    with register.figure(f"Udvikling {period(waves)}") as identity:
        own = view.points(headline, code, waves)
        if code != EVERYBODY:
            others = tuple(figures.Point(name, view.outside(headline, code, wave=name)) for name in waves)
            rest = figures.Series(danish.capital(view.words.rest), others)
    name = area_name(view, code)
    title = words.break_title(cut.since) if cut else f"{view.headline.label} {period(waves)}"
    svg = figures.development(
        figures.Series(name, own), rest, cut=cut, title=f"{title}. {name}: {series_in_words(own)}",
        prefix=identity.lower(),
    )  # fmt: skip
    n = n_of([point.share for point in own])
    line = caption(f"{view.headline.label}, pct., {period(waves)}", f"Flade = 95{danish.NBSP}%-interval", _per_wave(n))
    return Figure(identity, register.code, title, line, drawn(svg))


def _per_wave(n: str) -> str:
    return f"{n} pr. bølge" if n else ""


def _changes(view: View, code: str, register: Register) -> Figure:
    headline = view.report.headline
    waves = view.comparable(headline)
    with register.figure("Ændring og påviselighed") as identity:
        rows = [
            figures.ComparedRow(f"{wave}{danish.DASH}{view.wave}", view.change(headline, code, since=wave))
            for wave in reversed(waves[:-1])
        ]
        n = n_of([view.share(headline, code, wave=wave) for wave in waves])
    title = _changes_title([row.difference for row in rows])
    alt = "; ".join(f"{row.label}: {words.signed_size(row.difference) or 'vises ikke'}" for row in rows)
    svg = figures.changes(rows, title=f"{title}. {alt}.", prefix=identity.lower())
    line = caption(f"Ændring i andelen, procentpoint, {area_name(view, code)}", _per_wave(n), view.caveats([headline]))
    return Figure(identity, register.code, title, line, drawn(svg))


def _changes_title(changes: Sequence[Difference]) -> str:
    sure = sum(bool(one.direction) for one in changes)
    shown = sum(one.withheld is None for one in changes)
    if not shown:
        return "Ændringerne vises ikke"
    if not sure:
        return "Ingen af ændringerne kan påvises"
    return f"{danish.capital(danish.numeral(sure))} af {danish.numeral(shown)} ændringer er statistisk sikre"


def _change_notes(view: View, changes: Sequence[Difference], others: Sequence[Difference]) -> tuple[Note, ...]:
    """Return what the break is, what the hatched fields are, and what a ring is, where they are drawn."""
    cut = last_break(view, view.report.headline)
    found = []
    if cut is not None:
        found.append(Note(f"Brud i {cut.since}", _wordings(view, cut.since)))
    if all(one.withheld for one in changes):
        return tuple(found)
    power = danish.number(100 * view.project.rules.power)
    text = (
        "Så små ændringer kan undersøgelsen som regel ikke påvise "
        f"({power}{danish.NBSP}% styrke, efter rettelse for de mange prøver)."
    )
    if any(words.stricter_than_interval(one) for one in (*changes, *others)):
        text += " Intervallet alene afgør det ikke."
    return (*found, Note("Skraveret felt", text))


def _wordings(view: View, since: str) -> str:
    """Return what was asked before and after, where the waves say it."""
    item, waves = view.headline.item, view.project.waves[view.report.survey]
    shown = view.series(view.report.headline)
    last_before = shown[shown.index(since) - 1]
    before, after = (waves[name].wording.get(item) for name in (last_before, since))
    last = "Tal fra før og efter kan ikke sammenlignes."
    if before and after:
        return f"Før {since} blev der spurgt »{before}«, fra {since} »{after}«. {last}"
    verdict = view.project.comparison(view.report.survey, view.report.headline, since, last_before)
    why = verdict.reasons[0].why.rstrip(".") if verdict and verdict.reasons else "Spørgsmålet er ændret"
    return f"{danish.capital(why)}. {last}"


def _changed(view: View, code: str) -> dict[str, Difference]:
    """Return the changes of the other indicators that are shown, those that surely changed first."""
    names = [name for name in view.asked(view.report.development, code) if view.since(name)]
    found = {name: view.change(name, code, since=view.since(name) or "") for name in names}
    order = sorted(names, key=lambda name: (not found[name].direction, names.index(name)))[:3]
    return {name: found[name] for name in order}


def _others(
    view: View, code: str, named: dict[str, Difference], register: Register
) -> tuple[Figure | None, list[Claim]]:
    if not named:
        return None, []
    order = list(named)
    compared = {name: view.comparable(name) for name in order}
    with register.figure(f"{danish.capital(danish.numeral(len(order)))} indikatorer") as identity:
        changes = {name: view.change(name, code, since=one.against) for name, one in named.items()}
        items = [
            figures.Trend(
                _heading(view, name), words.trend_answer(change), change, view.points(name, code, compared[name])
            )
            for name, change in changes.items()
        ]
    shares: list[Share] = [point.share for item in items for point in item.points]
    title = _others_title(view, named, order)
    alt = " ".join(f"{item.heading}: {series_in_words(item.points)}" for item in items)
    svg = figures.trends(items, title=f"{title}. {alt}", prefix=identity.lower())
    line = caption(
        f"Pct. med 95{danish.NBSP}%-interval og ændring i procentpoint",
        f"{area_name(view, code)}, {_per_wave(n_of(shares))}",
        view.caveats(order),
    )
    claims = [
        words.change_claim(
            view.phrase(name),
            view.indicator(name).better,
            name,
            change,
            identity,
            caveat=view.is_caveat(name, change.against),
        )
        for name, change in changes.items()
    ]
    return Figure(identity, register.code, title, line, drawn(svg)), [claim for claim in claims if claim is not None]


def _heading(view: View, name: str) -> str:
    """Return an indicator's full name where it fits above a third of the page, else its short one."""
    full = view.indicator(name).label
    fits = theme.text_width(full, theme.HEADING, 600) <= _THIRD_OF_THE_PAGE
    return full if fits else view.label(name)


def _others_title(view: View, named: dict[str, Difference], order: Sequence[str]) -> str:
    first = named[order[0]]
    if all(one.withheld for one in named.values()):
        return "Ændringerne i andre andele vises ikke"
    if not first.direction or first.withheld:
        return "Der kan ikke påvises ændringer i andre andele"
    moved = words.trend_answer(first).lower()
    return f"Andelen, der {view.phrase(order[0])}, er {moved} siden {first.against}"
