"""What differs between two waves of a survey as one page, in Danish."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tryghed.definitions.comparability import Comparability, Comparison, verdict_on
from tryghed.definitions.differences import Difference, differences
from tryghed.definitions.project import Project
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import Survey
from tryghed.definitions.wave import DifferenceKind
from tryghed.reporting import danish
from tryghed.reporting.pages.parts import Sheet
from tryghed.reporting.pages.unverified import unverified

#: What each kind of difference is called, in the order of the page.
KINDS: Final[dict[DifferenceKind, str]] = {
    "wording": "Ny ordlyd", "answers": "Andre svarmuligheder", "no_answer": "Andre måder ikke at svare på",
    "filter": "Stillet til andre", "split": "Stillet til en del af stikprøven", "order": "Flyttet i skemaet",
    "declared_missing": "Andre koder meldt som manglende", "punctuation": "Anden tegnsætning",
    "name": "Nyt kolonnenavn", "new": "Nye spørgsmål", "gone": "Udgåede spørgsmål",
}  # fmt: skip
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: kept, taken out or put in."""

    text: str  #: the words
    change: Literal["", "del", "ins"]  #: the element that marks it, none for what is kept


@dataclass(frozen=True, slots=True)
class Fact:
    """One line on how the two waves were measured."""

    name: str  #: what it is
    before: str  #: in the earlier wave
    after: str  #: in the later one
    differs: bool  #: whether the two are not the same


@dataclass(frozen=True, slots=True)
class Changed:
    """One question that differs."""

    item: str  #: name of the item
    before: Sequence[Span]  #: in the earlier wave
    after: Sequence[Span]  #: in the later one
    alike: str  #: how alike two wordings are, empty for other differences


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences of one kind."""

    title: str  #: what they are
    verdict: str  #: what they lead to: sammenlignelig, forbehold, brud
    rows: Sequence[Changed]  #: one per question


@dataclass(frozen=True, slots=True)
class Judged:
    """Indicators that may not be compared freely, for the same reasons."""

    label: str  #: the indicators
    verdict: str  #: forbehold or brud
    why: str  #: the reasons as sentences


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """The page's values."""

    title: str  #: survey and waves
    lead: str  #: how many indicators may be compared
    mark: str  #: that the data are made up, empty for real ones
    before: str  #: name of the earlier wave
    after: str  #: name of the later one
    facts: Sequence[Fact]  #: how they were measured
    changes: Sequence[Changes]  #: what differs in the questions
    judged: Sequence[Judged]  #: indicators with a caveat or a break
    source: str  #: where it comes from


def wave_difference(project: Project, before: Round, after: Round, comparisons: Sequence[Comparison]) -> Sheet:
    """Return the page on two waves of a survey: how people were asked, and nothing of what they answered.

    Args:
        project: The project, for its rules.
        before: The earlier wave.
        after: The later wave.
        comparisons: The verdicts on the indicators both asked.
    """
    found = differences(before, after)
    survey, names = after.survey, (before.wave.wave, after.wave.wave)
    worse = [one for one in comparisons if one.verdict > Comparability.COMPARABLE]
    return Sheet(
        "wave_difference.html",
        DifferencePage(
            title=f"{survey.title}: hvad er ændret fra {names[0]} til {names[1]}?",
            lead=" ".join(filter(None, (_lead(comparisons), unverified((before, after))))),
            mark="Syntetiske data" if survey.synthetic else "",
            before=names[0],
            after=names[1],
            facts=tuple(_facts(before, after)),
            changes=tuple(_changes(project, found, after)),
            judged=tuple(_judged(survey, worse)),
            source=_source(before, after),
        ),
    )


def _judged(survey: Survey, worse: Sequence[Comparison]) -> Iterator[Judged]:
    """Yield the indicators with a verdict and its reasons, the breaks first; those with the same ones together."""
    groups: dict[tuple[Comparability, str], list[str]] = {}
    for one in sorted(worse, key=lambda one: -one.verdict):
        why = " ".join(reason.why for reason in one.reasons)
        groups.setdefault((one.verdict, why), []).append(survey.scores[one.indicator].label)
    for (verdict, why), labels in groups.items():
        yield Judged("; ".join(labels), verdict.danish, why)


def _lead(comparisons: Sequence[Comparison]) -> str:
    count = {verdict: sum(one.verdict is verdict for one in comparisons) for verdict in Comparability}
    return (
        f"{danish.capital(danish.numeral(len(comparisons)))} indikatorer er med i begge bølger. "
        f"{danish.capital(danish.numeral(count[Comparability.COMPARABLE]))} kan sammenlignes frit, "
        f"{danish.numeral(count[Comparability.CAVEAT])} med forbehold, og for "
        f"{danish.numeral(count[Comparability.BREAK])} er der brud: tal før og efter kan ikke sammenlignes."
    )


def _source(before: Round, after: Round) -> str:
    known = [one.wave.wave for one in (before, after) if not one.questions]
    told = "Spørgsmål og svarmuligheder er dem, der stod i de leverede filer"
    return f"{told}; {' og '.join(known)} kendes kun af definitionen." if known else f"{told}."


def _facts(before: Round, after: Round) -> Iterator[Fact]:
    sides = [_measured(one) for one in (before, after)]
    for name in sides[0]:
        one, other = sides[0][name], sides[1][name]
        yield Fact(name, one or "–", other or "–", one != other)


def _measured(one: Round) -> dict[str, str]:
    fieldwork, weights = one.wave.fieldwork, one.weights
    start, end = fieldwork.start, fieldwork.end
    dated = start is not None and end is not None
    return {
        "Indsamlet": f"{danish.day(start)} til {danish.day(end)}" if start and end else "",
        "Varighed, uger": danish.decimal((end - start).days / 7, 1) if dated and start and end else "",
        "Svarmetode": danish.join(fieldwork.mode) if fieldwork.mode else "",
        "Indsamlet af": fieldwork.provider,
        "Antal spørgsmål i brug": danish.number(len(one.wave.columns)),
        "Inviterede": danish.number(fieldwork.invited) if fieldwork.invited else "",
        "Besvarelser": danish.number(weights.respondents) if weights else "ikke indlæst",
        "Svarprocent": danish.percent(100 * one.response) if one.response is not None else "",
        "Vægte, sum": danish.decimal(weights.total, 1) if weights else "",
        "Vægte, mindste og største": f"{danish.decimal(weights.smallest, 3)} og {danish.decimal(weights.largest, 3)}"
        if weights else "",
        "Vægtenes designeffekt (Kish)": danish.decimal(weights.kish, 3) if weights else "",
    }  # fmt: skip


def _changes(project: Project, found: Sequence[Difference], after: Round) -> Iterator[Changes]:
    for kind, title in KINDS.items():
        of_kind = [one for one in found if one.kind == kind]
        if of_kind:
            worst = max(verdict_on(one, project.comparability, after.survey) for one in of_kind)
            yield Changes(title, worst.danish, tuple(map(_changed, of_kind)))


def _changed(one: Difference) -> Changed:
    before, after = (_spans(one.before, one.after) if one.kind in ("wording", "punctuation") else
                     ((Span(one.before or "–", ""),), (Span(one.after or "–", ""),)))  # fmt: skip
    alike = danish.percent(100 * one.size).replace(",0", "") if one.kind == "wording" and one.size is not None else ""
    return Changed(one.item, before, after, alike)


def _spans(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return two texts with the words marked that were taken out of the one and put into the other."""
    one, other = (_WORDS.findall(text) for text in (before, after))
    removed: list[Span] = []
    added: list[Span] = []
    for kind, start, end, start_too, end_too in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        kept = kind == "equal"
        if end > start:
            removed.append(Span("".join(one[start:end]), "" if kept else "del"))
        if end_too > start_too:
            added.append(Span("".join(other[start_too:end_too]), "" if kept else "ins"))
    return tuple(removed), tuple(added)
