"""A page of the city's report on several indicators: the whole city with intervals, and every area with verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tryghed.release.released import Difference, Share
from tryghed.reporting import danish, figures, words
from tryghed.reporting.pages.health import health_rest, health_wave, not_standardised
from tryghed.reporting.pages.parts import IntervalTable, Key, Note, Table
from tryghed.reporting.pages.people import withheld_keys
from tryghed.reporting.pages.register import Register
from tryghed.reporting.pages.tables import interval_row, interval_scale, verdict_rows
from tryghed.reporting.pages.view import View, broken, caption, drawn, n_of, phrase

#: More areas than this are told by their number in a title.
_NAMED: Final = 3
#: So many lines a title has room for above two tables.
_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """The page's values."""

    id: str  #: of the page's text
    subject: str  #: in the header
    title: Sequence[str]  #: how many comparisons are sure, in lines
    lead: str  #: what is compared
    notes: Sequence[Note]  #: in the margin beside the lead
    whole: IntervalTable  #: everybody on each indicator
    areas: Table  #: every area on each indicator
    keys: Sequence[Key]  #: the signs in use


@dataclass(frozen=True, slots=True)
class Noun:
    """What a page's indicators are called, one and several of them."""

    one: str
    many: str
    neuter: bool = False


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a comparison is about, whichever survey it comes from; `measure` is what the shares are of."""

    name: str
    noun: Noun
    measure: str
    indicators: Mapping[str, str]
    phrases: Mapping[str, str]
    areas: Mapping[str, str]
    share: Callable[[str], Share]
    rest: Callable[[str, str], Difference]
    period: str

    @property
    def unit(self) -> str:
        """What stands first under a table: `Pct. utrygge`."""
        return f"Pct. {self.measure}" if self.measure else "Pct."


def comparison(
    view: View, name: str, noun: Noun, measure: str, indicators: Sequence[str], register: Register
) -> Comparison | None:
    """Return the page on some indicators of the report's survey, None where the release has none of them.

    Args:
        view: The release as the report sees it.
        name: What the page is about, for the header.
        noun: What its indicators are called ("bekymring").
        measure: What their shares are of ("bekymrede"); empty where the labels say so.
        indicators: Names.
        register: Gives out table ids.
    """
    asked = view.asked(indicators)
    if not asked:
        return None
    subject = _Subject(
        name, noun, measure, {one: view.label(one) for one in _from_the_highest(asked, view.share)},
        {one: view.phrase(one) for one in asked},
        {code: area.name for code, area in view.areas.items()},
        view.share, view.rest, view.wave,
    )  # fmt: skip
    return _page(view, subject, register)


def health_comparison(view: View, register: Register) -> Comparison | None:
    """Return the page on the other survey, None where the release has nothing of it."""
    part, wave = view.report.health, health_wave(view)
    if part is None or wave is None:
        return None
    survey = view.project.surveys[part.survey]

    def share(name: str) -> Share:
        return view.released.share(name, survey=part.survey, wave=wave, area_set=part.area_set)

    def rest(name: str, area: str) -> Difference:
        return health_rest(view, name, area)

    labels = {
        name: survey.indicators[name].short or survey.indicators[name].label
        for name in _from_the_highest(part.indicators, share)
    }
    phrases = {name: phrase(survey.indicators[name]) for name in part.indicators}
    areas = {code: area.name for code, area in view.project.area_sets[part.area_set].areas.items()}
    subject = _Subject(
        "Sundhed",
        Noun("sundhedsforhold", "sundhedsforhold", neuter=True),
        "",
        labels,
        phrases,
        areas,
        share,
        rest,
        f"{survey.short} {wave}",
    )
    return _page(view, subject, register, not_standardised(view))


def _from_the_highest(indicators: Sequence[str], share: Callable[[str], Share]) -> list[str]:
    """Return indicators by everybody's share, those not shown last."""
    return sorted(indicators, key=lambda one: -(share(one).share or 0.0))


def _page(view: View, subject: _Subject, register: Register, more: str = "") -> Comparison:
    indicators = list(subject.indicators)
    count = len(indicators)
    whole = _whole(view, subject, register)
    everybody = (danish.capital(view.words.whole), subject.share)
    with register.table(f"{subject.name}, {view.words.many}") as identity:
        rows = verdict_rows(subject.areas, indicators, everybody, subject.rest, identity.lower())
    rests = [subject.rest(one, area) for one in indicators for area in subject.areas]
    sure, shown = sum(bool(one.direction) for one in rests), sum(one.withheld is None for one in rests)
    areas = Table(
        identity, register.code, _areas_title(view, sure, shown),
        caption(f"{subject.unit}, {subject.period}", _per_area(view, [one.this for one in rests])),
        danish.capital(view.words.one), list(subject.indicators.values()), rows, wide=24 if count > 4 else 30,  # noqa: PLR2004
    )  # fmt: skip
    hidden = any(cell.sign and not cell.text for row in rows for cell in row.cells)
    return Comparison(
        id=register.text,
        subject=subject.name,
        title=broken(*_title(view, subject, shown)),
        lead=f"{_lead(view, sure, shown)} {more}".strip(),
        notes=(_corrected(subject),),
        whole=whole,
        areas=areas,
        keys=(*_marks(view, identity), *(withheld_keys(identity.lower()) if hidden else ())),
    )


def _whole(view: View, subject: _Subject, register: Register) -> IntervalTable:
    place = danish.capital(view.words.whole)
    with register.table(f"{subject.name}, {view.words.whole}") as identity:
        shares = {name: subject.share(name) for name in subject.indicators}
    scale = interval_scale(list(shares.values()))
    rows = [
        interval_row(subject.indicators[name], share, scale, f"{identity}r{at}")
        for at, (name, share) in enumerate(shares.items())
    ]
    line = caption(f"{subject.unit}, {subject.period}", n_of(list(shares.values())))
    title = f"{place}, {_counted(subject)}"
    head = f"Andel {subject.measure}".strip()
    return IntervalTable(identity, register.code, title, line, head, rows, compared=False)


def _counted(subject: _Subject) -> str:
    """Return how many indicators there are: `syv bekymringer`, `ét sted`."""
    count, noun = len(subject.indicators), subject.noun
    return f"{danish.numeral(count, neuter=noun.neuter)} {noun.one if count == 1 else noun.many}"


def _title(view: View, subject: _Subject, shown: int) -> tuple[str, ...]:
    """Return the page's surest difference, with the areas that differ surely, each way."""
    if not shown:
        return (f"{subject.name}:", "tallene vises ikke")
    name = words.surest_of({name: [subject.rest(name, area) for area in subject.areas] for name in subject.indicators})
    if name is None:
        return (f"{subject.name}:", f"ingen påviste forskelle til {view.words.rest}")
    rests = {label: subject.rest(name, area) for area, label in subject.areas.items()}
    direction = words.surest_difference(rests.values()).direction
    there = [label for label, one in rests.items() if one.direction == direction]
    opposite = sum(one.direction == -direction for one in rests.values())
    if view.of_groups:
        there = [f"{label[:1].lower()}{label[1:]}" for label in there]
    more, less = ("flere", "færre") if direction > 0 else ("færre", "flere")
    named = (f"{danish.capital(danish.join(there))}:", f"{more} {subject.phrases[name]}", f"end i {view.words.rest}")
    if not opposite and len(there) <= _NAMED and len(broken(*named)) <= _LINES:
        return named
    last = f", {less} i {view.numeral(opposite)}" if opposite else ""
    where = f"i {view.counted(len(there))} end i {view.words.rest}{last}"
    return (f"{danish.capital(more)} {subject.phrases[name]}", where)


def _areas_title(view: View, sure: int, shown: int) -> str:
    if not shown:
        return f"{danish.capital(view.words.many)} kan ikke sammenlignes"
    if not sure:
        return f"Ingen {view.words.one} adskiller sig sikkert fra {view.words.rest}"
    return f"Hvor {view.words.many} adskiller sig sikkert fra {view.words.rest}"


def _lead(view: View, sure: int, shown: int) -> str:
    rest = view.words.rest
    found = (
        f"{danish.capital(danish.numeral(sure))} af {danish.numeral(shown)} sammenligninger er sikre. " if sure else ""
    )
    return (
        f"{found}En trekant viser, at andelen er sikkert højere eller lavere end i {rest}; uden trekant kan der ikke "
        f"påvises en forskel. Under andelene står 95{danish.NBSP}%-intervallerne."
    )


def _corrected(subject: _Subject) -> Note:
    text = f"Der er rettet for det store antal sammenligninger. {words.NO_JUDGEMENT}"
    return Note(f"{danish.capital(_counted(subject))}.", text)


def _per_area(view: View, shares: Sequence[Share]) -> str:
    n = n_of(shares)
    return f"{n} pr. {view.words.one}" if n else ""


def _marks(view: View, identity: str) -> tuple[Key, ...]:
    prefix, rest = identity.lower(), view.words.rest
    return (
        Key(drawn(figures.mark("higher", title="Trekant op", prefix=f"{prefix}m1")), f"højere end {rest}"),
        Key(drawn(figures.mark("lower", title="Trekant ned", prefix=f"{prefix}m2")), f"lavere end {rest}"),
    )
