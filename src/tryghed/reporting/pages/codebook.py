"""The codebook of a survey: what was asked in each wave, of whom, and the shares that releases have printed of it.

The team's own has counts of answers too, and says on every page that they are unreleased.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tryghed.definitions.comparability import DECLARED_BREAK, Comparability, Comparison, Comparisons
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import MISSING_CODES, Indicator, Item, MissingKind, Range, Survey
from tryghed.release.released import Share, Withheld
from tryghed.reporting import danish
from tryghed.reporting.pages.parts import Sheet
from tryghed.reporting.pages.unverified import unverified

#: Waves that have a column in the tables; more do not fit on a page, and the newest are shown.
MOST_WAVES: Final = 8

#: What each kind of missing means.
KINDS: Final[Mapping[MissingKind, str]] = {
    "ved ikke": "svarede »ved ikke«",
    "vil ikke svare": "ønskede ikke at svare",
    "ikke stillet": "fik ikke spørgsmålet, for eksempel fordi kun en del af stikprøven fik det",
    "filtreret fra": "fik ikke spørgsmålet, fordi et tidligere svar gjorde det overflødigt",
    "mangler": "intet svar, og ingen grund kendes",
}
_NOT_COUNTED: Final = "Andelene er dem, der er udgivet i rapporterne; kodebogen fortæller ikke andet om svarene."
_COUNTED: Final = (
    "Andelene er dem, der er udgivet i rapporterne. Antallene er uvægtede svar i hele stikprøven. De er ikke udgivet "
    "og kan ikke bruges som andele af befolkningen."
)
_SHORT: Final = {Comparability.COMPARABLE: "ja", Comparability.CAVEAT: "forb.", Comparability.BREAK: "brud"}

#: Shares of the whole sample as releases print them, by wave and indicator.
Printed = Mapping[tuple[str, str], Share]
#: Answers by wave, item and code as stored; None is all numbers together.
Counts = Mapping[tuple[str, str, int | None], int]


@dataclass(frozen=True, slots=True)
class WaveLine:
    """How one wave was measured."""

    name: str  #: the wave
    period: str  #: when
    how: str  #: mode and provider, and whether the file is unverified
    invited: str  #: people drawn
    answered: str  #: people who answered
    response: str  #: response rate
    kish: str  #: design effect of the weights


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of missing and what it means."""

    name: str  #: the kind
    meaning: str  #: what it means


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer, or a kind of missing."""

    code: str  #: in the file, empty for blanks and numbers
    label: str  #: the answer
    missing: bool  #: whether it is no answer
    counts: Sequence[str]  #: how many gave it in each wave; empty where answers are not counted


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """What releases have printed of one indicator or answer."""

    label: str  #: the indicator or the answer
    shares: Sequence[str]  #: one per wave


@dataclass(frozen=True, slots=True)
class Worded:
    """A wording and the waves that had it."""

    waves: str  #: the waves
    text: str  #: the question


@dataclass(frozen=True, slots=True)
class Scored:
    """An indicator scored from a question."""

    name: str  #: in the definitions
    label: str  #: in reports
    counts: str  #: what counts, out of what


@dataclass(frozen=True, slots=True)
class Variable:
    """One question over all waves."""

    name: str  #: of the item
    asks: Sequence[Worded]  #: wordings
    columns: Sequence[Worded]  #: names of the column in the files
    asked: Sequence[Worded]  #: who was asked, where not everybody
    waves: Sequence[str]  #: heads of shares and counts
    answers: Sequence[AnswerLine]  #: answers and kinds of missing
    printed: Sequence[PrintedLine]  #: what releases have printed of the whole sample
    indicators: Sequence[Scored]  #: scored from it


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one earlier wave may be compared with the newest."""

    word: str  #: ja, forb. or brud, empty where it was not asked
    name: str  #: the whole word


@dataclass(frozen=True, slots=True)
class Compared:
    """Indicators with the same verdicts."""

    labels: Sequence[str]  #: the indicators
    since: str  #: the newest wave that asked them
    verdicts: Sequence[Verdict]  #: one per earlier wave
    why: Sequence[str]  #: the reasons


@dataclass(frozen=True, slots=True)
class CodebookPage:
    """The codebook's values."""

    title: str  #: the survey
    lead: str  #: what it holds
    mark: str  #: that the data are made up, empty for real ones
    waves: Sequence[WaveLine]  #: every wave
    kinds: Sequence[Kind]  #: kinds of missing
    earlier: Sequence[str]  #: waves the newest is compared with
    compared: Sequence[Compared]  #: which waves may be compared
    variables: Sequence[Variable]  #: every question
    counted: bool  #: whether answers are counted
    source: str  #: where it comes from


def codebook(
    survey: Survey, rounds: Sequence[Round], printed: Printed, comparisons: Comparisons, counts: Counts | None = None
) -> Sheet:
    """Return the codebook of a survey.

    Args:
        survey: The survey.
        rounds: Its waves in order, with what their files asked where they are loaded.
        printed: What releases have printed of the whole sample.
        comparisons: Verdicts on pairs of waves.
        counts: Answers, where they are to be counted.
    """
    shown = rounds[-MOST_WAVES:]
    names = [one.wave.wave for one in rounds]
    return Sheet(
        "codebook.html",
        CodebookPage(
            title=f"Kodebog: {survey.title}",
            lead=" ".join(filter(None, (_lead(survey, names), unverified(rounds)))),
            mark="Syntetiske data" if survey.synthetic else "",
            waves=tuple(map(_wave, rounds)),
            kinds=tuple(Kind(name, meaning) for name, meaning in KINDS.items()),
            earlier=tuple(names[:-1][-MOST_WAVES:]),
            compared=tuple(_compared(survey, rounds, comparisons)),
            variables=tuple(_variable(survey, item, shown, printed, counts) for item in survey.items
                            if any(item in one.wave.columns for one in shown)),
            counted=counts is not None,
            source=f"{_NOT_COUNTED if counts is None else _COUNTED} "
            "Ordlyd og svarmuligheder er dem, der stod i de leverede filer.",
        ),
    )  # fmt: skip


def _lead(survey: Survey, names: Sequence[str]) -> str:
    waves = f"{danish.numeral(len(names))} bølger, {names[0]}{danish.DASH}{names[-1]}" if len(names) > 1 else "én bølge"
    return f"{danish.capital(waves)}. Målgruppe: {survey.population}."


def _wave(one: Round) -> WaveLine:
    fieldwork, weights = one.wave.fieldwork, one.weights
    start, end = fieldwork.start, fieldwork.end
    modes, mark = danish.join(fieldwork.mode) if fieldwork.mode else "", "uverificeret" if one.unverified else ""
    how = ", ".join(filter(None, [modes, fieldwork.provider, mark]))
    return WaveLine(
        one.wave.wave, f"{danish.day(start)} til {danish.day(end)}" if start and end else "–", how or "–",
        danish.number(fieldwork.invited) if fieldwork.invited else "–",
        danish.number(weights.respondents) if weights else "ikke indlæst",
        danish.percent(100 * one.response) if one.response is not None else "–",
        danish.decimal(weights.kish, 2) if weights else "–",
    )  # fmt: skip


def _compared(survey: Survey, rounds: Sequence[Round], comparisons: Comparisons) -> Iterator[Compared]:
    """Yield the indicators in groups that have the same verdicts and reasons."""
    names = [one.wave.wave for one in rounds]
    earlier = names[:-1][-MOST_WAVES:]
    groups: dict[tuple[str, tuple[Verdict, ...], tuple[str, ...]], list[str]] = {}
    for name, indicator in survey.indicators.items():
        asked = [one.wave.wave for one in rounds if indicator.item in one.wave.columns]
        if len(asked) > 1:
            found = [comparisons.get((survey.name, asked[-1], wave, name)) for wave in earlier]
            why = {reason.code: reason.why for one in found if one for reason in one.reasons}
            if DECLARED_BREAK in why:
                why.pop("wording", None)  # a declared break says better what was worded anew
            key = (asked[-1], tuple(map(_verdict, found)), tuple(why.values()))
            groups.setdefault(key, []).append(indicator.label)
    for (since, verdicts, reasons), labels in groups.items():
        yield Compared(labels, since, verdicts, reasons)


def _verdict(one: Comparison | None) -> Verdict:
    return Verdict(_SHORT[one.verdict], one.verdict.danish) if one else Verdict("", "")


def _variable(survey: Survey, name: str, rounds: Sequence[Round], printed: Printed, counts: Counts | None) -> Variable:
    item = survey.items[name]
    asking = [one for one in rounds if name in one.wave.columns]
    waves = [one.wave.wave for one in asking]
    filters = [(one.wave.wave, _asked_of(one, name)) for one in asking]
    return Variable(
        name,
        tuple(_runs([(one.wave.wave, one.delivered_text(name) or one.declared_text(name)) for one in asking])),
        tuple(_runs([(one.wave.wave, one.wave.columns[name]) for one in asking])),
        tuple(one for one in _runs(filters) if one.text),
        tuple(waves),
        tuple(_answers(item, name, waves, counts)),
        tuple(_printed(survey, name, waves, printed)),
        tuple(Scored(key, one.label, _scored(item, one)) for key, one in survey.indicators.items() if one.item == name),
    )


def _runs(told: Sequence[tuple[str, str]]) -> Iterator[Worded]:
    """Yield texts with the consecutive waves that share them."""
    for text, members in groupby(told, key=lambda pair: pair[1]):
        waves = [wave for wave, _ in members]
        yield Worded(waves[0] if len(waves) == 1 else f"{waves[0]}{danish.DASH}{waves[-1]}", text)


def _asked_of(one: Round, item: str) -> str:
    routing = one.wave.routing.get(item)
    if routing is None:
        return ""
    named = next((name for name, column in one.wave.columns.items() if column == routing.column), "")
    codes = one.survey.items[named].codes if named else {}
    answers = danish.join([codes.get(code, str(code)) for code in routing.codes[:_LISTED]])
    more = " m.fl." if len(routing.codes) > _LISTED else ""
    return f"de, der har svaret {answers}{more} på {named or routing.column}; de andre: {routing.otherwise}"


_LISTED: Final = 6


def _answers(item: Item, name: str, waves: Sequence[str], counts: Counts | None) -> Iterator[AnswerLine]:
    def line(code: str, label: str, stored: int | None, *, missing: bool) -> AnswerLine:
        found = [counts.get((wave, name, stored)) for wave in waves] if counts is not None else []
        return AnswerLine(code, label, missing, tuple("–" if n is None else danish.number(n) for n in found))

    if item.numeric:
        yield line("", "Et tal", None, missing=False)
    for code, label in item.codes.items():
        yield line(str(code), label, code, missing=False)
    for kind, stored in MISSING_CODES.items():
        codes = {code: one.label for code, one in item.missing.items() if one.kind == kind}
        if codes or any((wave, name, stored) in (counts or {}) for wave in waves):
            labels = danish.join(list(codes.values())) if codes else "blank"
            label = labels if labels.casefold() == kind else f"{labels} ({kind})"
            yield line(", ".join(map(str, codes)), label, stored, missing=True)


def _printed(survey: Survey, item: str, waves: Sequence[str], printed: Printed) -> Iterator[PrintedLine]:
    """Yield the item's indicators and answers of which a release has told in one of the waves."""
    for name, one in survey.scores.items():
        if one.item == item and any((wave, name) in printed for wave in waves):
            yield PrintedLine(one.label, tuple(_share(printed.get((wave, name))) for wave in waves))


def _share(one: Share | None) -> str:
    if one is None or one.withheld is Withheld.MISSING:
        return "–"
    if one.share is None:
        return "vises ikke"
    return danish.number(round(one.share)) if one.sensitive else danish.decimal(one.share, 1)


def _scored(item: Item, indicator: Indicator) -> str:
    """Return what counts and what it is out of, in words."""
    labels = item.codes | {code: one.label for code, one in item.missing.items()}
    among = f", blandt dem med bestemte svar på {indicator.among.item}" if indicator.among else ""
    if isinstance(indicator.counts, Range):
        return f"tæller {_range(indicator.counts)}; ud af alle tal{among}"
    counting = danish.join([labels[code] for code in indicator.counts])
    base = danish.join([labels[code] for code in indicator.base]) if indicator.base else "alle svar"
    return f"tæller {counting}; ud af {base}{among}"


def _range(one: Range) -> str:
    low = f"mindst {one.min:g}".replace(".", ",") if one.min is not None else ""
    high = f"under {one.below:g}".replace(".", ",") if one.below is not None else ""
    return " og ".join(filter(None, [low, high]))
