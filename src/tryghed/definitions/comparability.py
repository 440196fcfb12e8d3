"""Whether an indicator may be compared between two waves: `policy/comparability.toml`, and the verdicts it leads to.

A verdict follows from questionnaires and definitions alone, never from answers, so that a release may plan by it.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field

from tryghed.definitions.differences import Difference, differences
from tryghed.definitions.questionnaire import Round
from tryghed.definitions.survey import Indicator, Survey
from tryghed.definitions.toml import Definition
from tryghed.definitions.wave import Comparable

VerdictName = Literal["sammenlignelig", "forbehold", "brud"]

#: Reason of a verdict that a wave's definition declares as a break.
DECLARED_BREAK = "declared_break"

_MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
    "december",
)  # fmt: skip


class Comparability(IntEnum):
    """What may be done with a pair of waves; the worst of several reasons is in force."""

    COMPARABLE = 0
    CAVEAT = 1
    BREAK = 2

    @property
    def danish(self) -> VerdictName:
        """The verdict as definitions, the store and reports write it."""
        names: tuple[VerdictName, ...] = ("sammenlignelig", "forbehold", "brud")
        return names[self]

    @classmethod
    def named(cls, name: str) -> "Comparability":
        """Return the verdict of a Danish name."""
        return next(one for one in cls if one.danish == name)


class Verdicts(Definition):
    """The verdict each kind of difference leads to: "sammenlignelig", "forbehold" or "brud"."""

    wording: VerdictName = "brud"  #: other words in the question
    punctuation: VerdictName = "sammenlignelig"  #: the same words, other signs or blanks
    answers: VerdictName = "brud"  #: other answers, or other labels for them
    no_answer_in_base: VerdictName = "brud"  #: another way not to answer, which an indicator counts in its base
    no_answer: VerdictName = "forbehold"  #: another way not to answer, outside the base
    declared_missing: VerdictName = "sammenlignelig"  #: the file declares other codes as missing
    filter: VerdictName = "brud"  #: other people are asked, by their answer to another question
    split: VerdictName = "forbehold"  #: another part of the sample is asked
    name: VerdictName = "sammenlignelig"  #: another name of the column
    order: VerdictName = "forbehold"  #: the question stands among others
    mode: VerdictName = "forbehold"  #: web, telephone, paper, interview
    provider: VerdictName = "forbehold"  #: who collected the answers
    period: VerdictName = "forbehold"  #: another time of the year, beyond the limit
    length: VerdictName = "forbehold"  #: a longer or shorter fieldwork, beyond the limit
    response: VerdictName = "forbehold"  #: another response rate, beyond the limit
    weights: VerdictName = "sammenlignelig"  #: weights that vary more or less, beyond the limit


class Limits(Definition):
    """How large a difference must be before it counts."""

    period_weeks: Annotated[float, Field(ge=0)] = 6  #: weeks between the middles of the periods, within the year
    length_weeks: Annotated[float, Field(ge=0)] = 8  #: weeks by which fieldwork is longer or shorter
    response_points: Annotated[float, Field(ge=0)] = 10  #: percentage points between the response rates
    weights_ratio: Annotated[float, Field(ge=1)] = 1.5  #: larger design effect of the weights over the smaller
    #: percentage points by which a share without an answer moves before `tryghed wave diff` tells it, without a verdict
    missing_points: Annotated[float, Field(ge=0)] = 5


class ComparabilityRules(Definition):
    """Which difference between two waves leads to which verdict; a break that a wave declares is always a break."""

    version: str = "1"  #: name of this set of rules
    verdicts: Verdicts = Verdicts()  #: verdict of each kind of difference
    limits: Limits = Limits()  #: differences up to these do not count


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is: a code (a kind of difference, or a declared break), and the same in Danish."""

    code: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """The verdict on one indicator in a wave and an earlier one; no reasons where nothing that counts differs."""

    survey: str
    wave: str
    against: str
    indicator: str
    verdict: Comparability
    reasons: tuple[Reason, ...] = ()


#: Verdicts by survey, wave, earlier wave and indicator.
Comparisons = Mapping[tuple[str, str, str, str], Comparison]


@dataclass(frozen=True)
class _Judged:
    """A difference that counts for an indicator."""

    difference: Difference
    verdict: Comparability


def compare(rounds: Sequence[Round], rules: ComparabilityRules) -> dict[tuple[str, str, str, str], Comparison]:
    """Return the verdict on every indicator and pair of waves that asked it.

    Args:
        rounds: The waves of one survey, in order of time.
        rules: Which difference leads to which verdict.
    """
    pairs = {
        (at, later): differences(rounds[at], rounds[later])
        for later in range(len(rounds))
        for at in range(later)
    }  # fmt: skip
    found: dict[tuple[str, str, str, str], Comparison] = {}
    for name, indicator in rounds[0].survey.scores.items() if rounds else ():
        asked = [at for at, one in enumerate(rounds) if indicator.item in one.wave.columns]
        counting = {pair: _counting(pairs[pair], indicator, rounds, rules)
                    for pair in pairs if pair[0] in asked and pair[1] in asked}  # fmt: skip
        for at, later in counting:
            between = [one for one in asked if at <= one <= later]
            one = _verdict(rounds, name, indicator.item, between, counting)
            found[one.survey, one.wave, one.against, name] = one
    return found


def _verdict(
    rounds: Sequence[Round], name: str, item: str, between: Sequence[int],
    counting: Mapping[tuple[int, int], list[_Judged]],
) -> Comparison:  # fmt: skip
    """Return the verdict on the first and last of the waves `between`, which are all that asked the indicator."""
    first, last = rounds[between[0]], rounds[between[-1]]
    reasons = [(Comparability.BREAK, Reason(DECLARED_BREAK, why)) for why in _declared(rounds, name, item, between)]
    for one in counting[between[0], between[-1]]:
        excused = _excused(rounds, name, between, counting, one.difference.kind)
        milder = max((Comparability.named(excuse.verdict) for excuse in excused), default=one.verdict)
        verdict = min(one.verdict, milder)
        if verdict > Comparability.COMPARABLE:
            reasons.append((verdict, Reason(one.difference.kind, _in_danish(one.difference, first, last))))
    kept = dict.fromkeys(reasons)
    worst = max((verdict for verdict, _ in kept), default=Comparability.COMPARABLE)
    return Comparison(
        last.wave.survey, last.wave.wave, first.wave.wave, name, worst, tuple(reason for _, reason in kept)
    )


def _declared(rounds: Sequence[Round], name: str, item: str, between: Sequence[int]) -> Iterator[str]:
    """Yield why breaks were declared after the first wave; an answer's share breaks with any indicator of its item."""
    declared = rounds[0].survey.indicators
    kin = [name] if name in declared else [other for other, one in declared.items() if one.item == item]
    for at in range(between[0] + 1, between[-1] + 1):
        breaks = rounds[at].wave.breaks
        yield from dict.fromkeys(
            breaks[one].why for one in kin if one in breaks and breaks[one].since == rounds[at].wave.wave
        )


def _excused(
    rounds: Sequence[Round], name: str, between: Sequence[int], counting: Mapping[tuple[int, int], list[_Judged]],
    kind: str,
) -> list[Comparable]:  # fmt: skip
    """Return the declarations that a kind of difference does no harm; none unless every step with it has one."""
    found: list[Comparable] = []
    for step in itertools.pairwise(between):
        if any(one.difference.kind == kind for one in counting[step]):
            own = [one for one in rounds[step[1]].wave.comparable
                   if kind in one.despite and (name in one.indicators or not one.indicators)]  # fmt: skip
            if not own:
                return []
            found += own
    return found


def _counting(
    found: Sequence[Difference], indicator: Indicator, rounds: Sequence[Round], rules: ComparabilityRules
) -> list[_Judged]:
    """Return the differences that are about an indicator and large enough to count, with the verdict of the rules."""
    items = {"", indicator.item, *([indicator.among.item] if indicator.among else [])}
    judged = []
    for one in found:
        if one.item not in items or one.kind in ("new", "gone") or not _beyond(one, rules.limits):
            continue
        name = (
            "no_answer_in_base" if one.kind == "no_answer" and _counts_absent(indicator, rounds[0].survey) else one.kind
        )
        judged.append(_Judged(one, Comparability.named(getattr(rules.verdicts, name))))
    return judged


def verdict_on(one: Difference, rules: ComparabilityRules, survey: Survey) -> Comparability:
    """Return what the rules make of a difference, whatever is declared; differences up to a limit do no harm."""
    if one.kind in ("new", "gone") or not _beyond(one, rules.limits):
        return Comparability.COMPARABLE
    based = any(_counts_absent(indicator, survey) for indicator in survey.indicators.values()
                if indicator.item == one.item)  # fmt: skip
    name = "no_answer_in_base" if one.kind == "no_answer" and based else one.kind
    return Comparability.named(getattr(rules.verdicts, name))


def _beyond(one: Difference, limits: Limits) -> bool:
    limit = {
        "period": limits.period_weeks, "length": limits.length_weeks, "response": limits.response_points,
        "weights": limits.weights_ratio,
    }.get(one.kind)  # fmt: skip
    return limit is None or (one.size or 0.0) > limit


def _counts_absent(indicator: Indicator, survey: Survey) -> bool:
    """Return whether the base counts people who did not answer in some way."""
    return bool(set(indicator.base) & set(survey.items[indicator.item].missing))


def _in_danish(one: Difference, before: Round, after: Round) -> str:
    """Return a difference as a sentence for a footnote, whole in itself."""
    first, last = before.wave.wave, after.wave.wave
    said = {
        "wording": f"Spørgsmålet har fået ny ordlyd mellem {first} og {last}.",
        "punctuation": f"Spørgsmålets tegnsætning er ændret mellem {first} og {last}.",
        "answers": f"Svarmulighederne er ændret mellem {first} og {last}.",
        "no_answer": f"Mulighederne for ikke at svare er ændret mellem {first} og {last}.",
        "declared_missing": f"Andre koder er meldt som manglende svar i {last} end i {first}.",
        "filter": f"Spørgsmålet er stillet til andre i {last} end i {first}.",
        "split": f"Kun en del af stikprøven fik spørgsmålet i {_partly(one, first, last)}.",
        "name": f"Kolonnen hedder {one.before} i {first} og {one.after} i {last}.",
        "order": f"Spørgsmålet står et andet sted i skemaet i {last} end i {first}.",
        "mode": f"Svarmetoden var {one.before} i {first} og {one.after} i {last}.",
        "provider": f"Svarene er indsamlet af {one.before} i {first} og af {one.after} i {last}.",
        "period": f"Svarene er indsamlet på forskellige tider af året: {_period(before)} og {_period(after)}.",
        "length": f"Indsamlingen varede {_weeks(before)} uger i {first} og {_weeks(after)} uger i {last}.",
        "response": f"Svarprocenten var {_response(before)} i {first} og {_response(after)} i {last}.",
        "weights": f"Vægtene varierer ikke lige meget i {first} og {last}.",
    }
    return said[one.kind]


def _partly(one: Difference, first: str, last: str) -> str:
    return f"{first} og {last}" if one.before and one.after else first if one.before else last


def _period(one: Round) -> str:
    """Return the months of fieldwork: `december 2024–januar 2025`; empty where they are not known."""
    start, end = one.wave.fieldwork.start, one.wave.fieldwork.end
    if start is None or end is None:
        return ""
    if (start.year, start.month) == (end.year, end.month):
        return _month(end)
    return f"{_month(start) if start.year != end.year else _MONTHS[start.month - 1]}–{_month(end)}"


def _month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _weeks(one: Round) -> str:
    start, end = one.wave.fieldwork.start, one.wave.fieldwork.end
    return f"{(end - start).days / 7:.0f}" if start and end else ""


def _response(one: Round) -> str:
    return "" if one.response is None else f"{100 * one.response:.0f}"
