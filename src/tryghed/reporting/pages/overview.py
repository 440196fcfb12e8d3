"""Page 1 of an area's report: the level, the change, the comparison, and what the survey can show for sure."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tryghed.release.released import Difference, Share
from tryghed.reporting import corrections, danish, figures, words
from tryghed.reporting.pages import locator
from tryghed.reporting.pages.parts import Fact, Figure, Findings, Note, Question, Sentence
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.view import View, caption, drawn, n_of
from tryghed.reporting.words import Claim

_SHORT_NAME = 16


@dataclass(frozen=True, slots=True)
class Overview:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    eyebrow: str  #: above the name
    name: str  #: of the area
    lead: str  #: three sentences
    place: Markup  #: map of where the area lies; empty without outlines
    about: Note  #: what the area is
    asks: str  #: the first question
    large: str  #: the headline share; empty where it is withheld
    withheld: str  #: why the headline is not shown, else empty
    says: str  #: what those counted say
    uncertainty: str  #: interval and n
    level: Figure | None  #: the share beside the rest
    reading: Sequence[Note]  #: how the figure is read
    questions: Sequence[Question]  #: change and comparison
    facts: Sequence[Fact]  #: how the measurement was made
    findings: Findings  #: the sure sentences


def overview(view: View, code: str, register: Register) -> Overview:
    """Return page 1 without its sure sentences, which later pages provide (see `with_findings`)."""
    name, headline = view.areas[code].name, view.report.headline
    share, rest, since = view.share(headline, code), view.rest(headline, code), view.since(headline)
    change = view.change(headline, code, since=since) if since else None
    level = _level(view, code, register)
    return Overview(
        id=register.text,
        subject="Overblik",
        eyebrow=f"{view.report.title} · {view.survey.title} {view.wave}",
        name=name,
        lead=_lead(view, share, rest, change),
        place=locator.locator(view, code),
        about=_about(view, code),
        asks=f"Hvor mange {view.phrase(headline)}?",
        large="" if share.share is None else danish.decimal(share.share, 0 if share.sensitive else 1),
        withheld=danish.capital(words.withheld(share)) if share.share is None else "",
        says=f"{view.phrase(headline)}.",
        uncertainty=_uncertainty(share),
        level=level,
        reading=(*edition_notes(view, code), *_reading(view, level)),
        questions=tuple(_questions(view, code, change, rest, register)),
        facts=facts(view, share),
        findings=Findings("", (), ""),
    )


def findings(view: View, claims: Sequence[Claim], register: Register) -> Findings:
    """Return the surest of the claims the other pages have earned, with a heading that counts them."""
    chosen = words.surest(claims)
    if not chosen:
        none = "Undersøgelsen kan ikke påvise sikre forskelle eller ændringer ud over svarene ovenfor."
        return Findings("Hvad undersøgelsen kan vise", (), none)
    things = "ting, undersøgelsen kan vise"
    sentences = tuple(
        Sentence(
            register.sentence(_about_what(view, one), one.reference, one.difference),
            one.before, one.verb, one.after, one.reference,
        )
        for one in chosen
    )  # fmt: skip
    count = danish.capital(danish.numeral(len(chosen)))
    return Findings(f"{count} {things}", sentences, "")


def _about_what(view: View, claim: Claim) -> str:
    """Return what a sentence is about, for the index: the indicator, or the groups it compares."""
    return view.label(claim.about) if claim.about in view.survey.scores else danish.capital(claim.about)


def facts(view: View, share: Share | None) -> tuple[Fact, ...]:
    """Return how the wave was measured; `share` is that of the area, whose n is told."""
    known = view.facts
    found = [Fact("Bølge", view.wave)]
    if known and known.start and known.end:
        found.append(Fact("Periode", danish.short_months(known.start, known.end)))
    if share is not None and share.n is not None:
        found.append(Fact(f"Svar i {view.words.the}", danish.number(share.n)))
    if known:
        found.append(Fact("Svar i alt", danish.number(known.answered)))
        if known.invited is not None and known.response_rate is not None:
            found.append(Fact("Inviterede", danish.number(known.invited)))
            found.append(Fact("Svarprocent", danish.percent(known.response_rate)))
        if known.mode:
            found.append(Fact("Form", ", ".join(known.mode)))
    return tuple(found)


def edition_notes(view: View, code: str) -> tuple[Note, ...]:
    """Return what page 1 says of a corrected edition; nothing in a first one."""
    headline = view.cell(view.report.headline, code)
    told = corrections.brief(view.released.edition, view.project, view.changes(code), headline)
    return (Note("Rettet udgave", told),) if told else ()


def _lead(view: View, share: Share, rest: Difference, change: Difference | None) -> str:
    sentences = [words.level(view.phrase(view.report.headline), share)]
    if share.share is not None:
        sentences.append(words.short_rest(rest, view.words.rest))
        if change is not None:
            sentences.append(words.short_change(change))
    return " ".join(sentences)


def _about(view: View, code: str) -> Note:
    area, many = view.areas[code], view.words.many
    one = view.numeral(1)
    text = f"er {one} af {danish.numeral(len(view.areas))} {many}."
    if area.population:
        text += f" {danish.number(area.population)} indbyggere."
    enclave = view.project.area_sets[view.report.area_set].enclave
    if enclave and view.project.area_sets[view.report.area_set].outlines:
        text += f" Det hvide felt er {enclave}."
    return Note(area.name, text)


def _uncertainty(share: Share) -> str:
    if share.lower is None or share.upper is None or share.n is None:
        return ""
    limits = danish.percent_interval(share.lower, share.upper, sensitive=share.sensitive)
    return f"95{danish.NBSP}%-interval {limits}, {danish.n_is(share.n)}"


def _level(view: View, code: str, register: Register) -> Figure | None:
    name = view.areas[code].name
    if view.share(view.report.headline, code).share is None:
        return None
    with register.figure("Niveau") as identity:
        share, rest = view.share(view.report.headline, code), view.rest(view.report.headline, code)
    n = "" if share.n is None else f"{danish.n_is(share.n)} i {view.words.the}"
    n_rest = "" if rest.other.n is None else f"{danish.number(rest.other.n)} i {view.words.rest}"
    title = f"{name}: {words.estimate(share)}. {danish.capital(view.words.rest)}: {words.estimate(rest.other)}."
    svg = figures.level(
        figures.Level(name, share), figures.Level(danish.capital(view.words.rest), rest.other, "rest"),
        title=title, prefix=identity.lower(),
    )  # fmt: skip
    base = ", ".join(part for part in (n, n_rest) if part)
    return Figure(identity, register.code, "", caption(f"Pct., {view.wave}", base), drawn(svg))


def _reading(view: View, level: Figure | None) -> tuple[Note, ...]:
    if level is None:
        return ()
    owner = danish.possessive(view.words.the)
    text = (
        f"Prikken er {owner} andel. Stregen er 95{danish.NBSP}%-intervallet: den usikkerhed, der følger af, "
        "at kun et udsnit er spurgt."
    )
    return (Note("Sådan læses figuren", text),)


def _questions(
    view: View, code: str, change: Difference | None, rest: Difference, register: Register
) -> list[Question]:
    found = []
    if change is not None:
        found.append(_change(view, code, change, register))
    found.append(_comparison(view, code, rest, 2 + len(found), register))
    return found


def _change(view: View, code: str, change: Difference, register: Register) -> Question:
    headline = view.report.headline
    waves = view.comparable(headline)
    figure = None
    if any(point.share.share is not None for point in view.points(headline, code, waves)):
        with register.figure("Ændring") as identity:
            points = view.points(headline, code, waves)
        title = f"{view.headline.label}, {view.areas[code].name}. {series_in_words(points)}"
        svg = figures.trend(points, title=title, prefix=identity.lower())
        n = n_of([point.share for point in points if point.share.share is not None])
        figure = Figure(identity, register.code, "", caption("Pct", f"{n} pr. bølge" if n else ""), drawn(svg))
    asks = f"Er det ændret siden {change.against}?"
    text = _change_words(change)
    if view.is_caveat(headline, change.against):
        text = f"{text} Med forbehold, se under Udvikling."
    return Question(2, asks, words.change_answer(change), text, figure)


def _change_words(change: Difference) -> str:
    if change.withheld or change.direction or change.difference is None:
        return words.change_text(change)
    limits = danish.signed_interval(change.lower or 0.0, change.upper or 0.0, sensitive=change.this.sensitive)
    found = f"{danish.signed(change.difference, sensitive=change.this.sensitive)} procentpoint"
    if words.stricter_than_interval(change):
        return (
            f"{found} ({limits}), men ikke sikkert efter rettelse for mange prøver. {words.detectable_change(change)}"
        )
    return f"{found}, men usikkerheden går fra {limits}. {words.detectable_change(change)}".strip()


def _comparison(view: View, code: str, rest: Difference, number: int, register: Register) -> Question:
    name = view.areas[code].name
    figure = None
    if view.places(code) is not None:
        with register.figure("Plads") as identity:
            places = view.places(code)
            assert places is not None
        svg = figures.place_pill(
            name, places, most="flest", least="færrest", title=f"{words.rank(name, places)} af {places.areas}.",
            prefix=identity.lower(),
        )  # fmt: skip
        figure = Figure(identity, register.code, "", f"Plads 1{danish.DASH}{places.areas}, {view.wave}", drawn(svg))
    asks = f"I forhold til {view.words.rest}?"
    return Question(number, asks, words.rest_answer(rest), _rest_words(rest), figure)


def _rest_words(rest: Difference) -> str:
    if rest.withheld or rest.this.share is None or rest.other.share is None:
        return words.rest_text(rest)
    sensitive = rest.this.sensitive
    one, other = (danish.decimal(side, 0 if sensitive else 1) for side in (rest.this.share, rest.other.share))
    against = f"{one} mod {other}{danish.NBSP}%"
    if rest.direction:
        sure = f"{against}: en forskel på {words.size(rest, named=True)}. Den er statistisk sikker."
        return f"{sure} {words.precise(rest)}".strip()
    return f"{against}. {words.rest_text(rest)}"


def series_in_words(points: Sequence[figures.Point]) -> str:
    """Return the values of a series for those who cannot see it."""
    return "; ".join(f"{point.label}: {words.estimate(point.share)}" for point in points) + "."
