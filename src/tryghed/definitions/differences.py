"""What differs between two waves of a survey: wording, answers, order, who was asked, how, when and by whom.

Pure comparison of two rounds; which difference matters is decided by `definitions.comparability`.
"""

import bisect
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tryghed.definitions.questionnaire import Round, spoken, texts
from tryghed.definitions.wave import DifferenceKind

_YEAR_IN_WEEKS = 365.25 / 7


@dataclass(frozen=True)
class Difference:
    """One difference between an earlier and a later wave.

    `item` is empty where it is about the whole wave. `size` says how large it is: for wording the similarity of the two
    texts (0-1), for period and length weeks, for response percentage points, for weights the larger design effect
    over the smaller.
    """

    kind: DifferenceKind
    item: str
    before: str
    after: str
    size: float | None = None


def differences(before: Round, after: Round) -> tuple[Difference, ...]:
    """Return all that differs between two waves of one survey: item by item as the later has them, then the rest."""
    both = [item for item in after.wave.columns if item in before.wave.columns]
    moved = _moved(before, after, both)
    found: list[Difference] = []
    for item in both:
        found += _of_item(before, after, item)
        if item in moved:
            places = [str(one.questions[item].position) for one in (before, after)]
            found.append(Difference("order", item, places[0], places[1]))
    found += [Difference("new", one, "", _shown(after, one)) for one in after.wave.columns if one not in both]
    found += [Difference("gone", one, _shown(before, one), "") for one in before.wave.columns if one not in both]
    return (*found, *_of_fieldwork(before, after))


def similarity(one: str, other: str) -> float:
    """Return how alike two wordings are, 0-1: twice the words they share in order, over all their words."""
    return difflib.SequenceMatcher(None, spoken(one).split(), spoken(other).split(), autojunk=False).ratio()


def _of_item(before: Round, after: Round, item: str) -> Iterator[Difference]:
    one, other = texts(before, after, item)
    if spoken(one) != spoken(other):
        yield Difference("wording", item, one, other, similarity(one, other))
    elif one != other:
        yield Difference("punctuation", item, one, other)
    columns = before.wave.columns[item], after.wave.columns[item]
    if columns[0] != columns[1]:
        yield Difference("name", item, columns[0], columns[1])
    yield from _of_answers(before, after, item)
    filters = _asked_of(before, item), _asked_of(after, item)
    if filters[0] != filters[1]:
        routed = [one.wave.routing[item].otherwise for one in (before, after) if item in one.wave.routing]
        yield Difference("filter" if "filtreret fra" in routed else "split", item, filters[0], filters[1])


def _of_answers(before: Round, after: Round, item: str) -> Iterator[Difference]:
    """Yield differences between the labels of two files; where a file has none the definition's are in force."""
    known = [one.questions.get(item) for one in (before, after)]
    if not all(one and one.labels for one in known):
        return
    first, second = (one for one in known if one)
    missing = before.survey.items[item].missing
    kinds: tuple[tuple[DifferenceKind, bool], ...] = (("answers", False), ("no_answer", True))
    for kind, absent in kinds:
        sides = [{code: label for code, label in one.labels.items() if (code in missing) == absent}
                 for one in (first, second)]  # fmt: skip
        spoken_sides = [{code: spoken(label) for code, label in side.items()} for side in sides]
        if spoken_sides[0] != spoken_sides[1]:
            named = {code: one.kind for code, one in missing.items()}
            yield Difference(kind, item, _options(sides[0], named), _options(sides[1], named))
    if first.declared_missing != second.declared_missing:
        codes = [", ".join(map(str, sorted(one.declared_missing))) for one in (first, second)]
        yield Difference("declared_missing", item, codes[0], codes[1])


def _options(labels: Mapping[int, str], kinds: Mapping[int, str]) -> str:
    """Return labelled codes, those that are no answer with their kind: `8 Husker ikke (ved ikke)`."""
    told = {
        code: f"{label} ({kinds[code]})" if code in kinds and spoken(label) != kinds[code] else label
        for code, label in labels.items()
    }
    return "; ".join(f"{code} {label}".rstrip() for code, label in told.items())


def _asked_of(one: Round, item: str) -> str:
    """Return who was asked an item, the filter named by its item where it is one; empty where everybody was."""
    routing = one.wave.routing.get(item)
    if routing is None:
        return ""
    named = next((name for name, column in one.wave.columns.items() if column == routing.column), routing.column)
    return f"{named} = {', '.join(map(str, sorted(routing.codes)))} ({routing.otherwise})"


def _shown(one: Round, item: str) -> str:
    return one.delivered_text(item) or one.declared_text(item)


def _moved(before: Round, after: Round, both: Sequence[str]) -> set[str]:
    """Return the fewest items whose moving turns the earlier order into the later one."""
    known = [item for item in both if item in before.questions and item in after.questions]
    later = sorted(known, key=lambda item: after.questions[item].position)
    places = [before.questions[item].position for item in later]
    return set(known) - {later[at] for at in _rising(places)}


def _rising(values: Sequence[int]) -> list[int]:
    """Return the places of a longest rising subsequence."""
    ends: list[int] = []  # value that ends the best subsequence of each length
    last: list[int] = []  # and its place
    previous: list[int] = []
    for at, value in enumerate(values):
        length = bisect.bisect_left(ends, value)
        ends[length : length + 1] = [value]
        last[length : length + 1] = [at]
        previous.append(last[length - 1] if length else -1)
    found: list[int] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(at)
        at = previous[at]
    return found[::-1]


def _of_fieldwork(before: Round, after: Round) -> Iterator[Difference]:
    one, other = before.wave.fieldwork, after.wave.fieldwork
    if one.mode and other.mode and set(one.mode) != set(other.mode):
        yield Difference("mode", "", ", ".join(one.mode), ", ".join(other.mode))
    if one.provider and other.provider and spoken(one.provider) != spoken(other.provider):
        yield Difference("provider", "", one.provider, other.provider)
    if one.start and one.end and other.start and other.end:
        if (one.start, one.end) != (other.start, other.end):
            apart = _apart(_middle(one.start, one.end), _middle(other.start, other.end))
            yield Difference("period", "", f"{one.start} to {one.end}", f"{other.start} to {other.end}", apart)
        first, second = (one.end - one.start).days / 7, (other.end - other.start).days / 7
        if first != second:
            yield Difference("length", "", f"{first:.0f} weeks", f"{second:.0f} weeks", abs(first - second))
    if before.response is not None and after.response is not None:
        shown = [f"{100 * share:.1f} %" for share in (before.response, after.response)]
        yield Difference("response", "", shown[0], shown[1], 100 * abs(before.response - after.response))
    if before.weights and after.weights:
        effects = before.weights.kish, after.weights.kish
        yield Difference("weights", "", f"{effects[0]:.3f}", f"{effects[1]:.3f}", max(effects) / min(effects))


def _middle(start: date, end: date) -> float:
    """Return the week of the year the middle of a period lies in."""
    return (start + (end - start) / 2).timetuple().tm_yday / 7


def _apart(one: float, other: float) -> float:
    """Return the weeks between two times of the year, the shorter way round."""
    straight = abs(one - other)
    return min(straight, _YEAR_IN_WEEKS - straight)
