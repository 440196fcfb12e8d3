"""Every number printed in a report, the id it belongs to, and the number of the release it is.

A number belongs to the figure, table or sentence around it, else to the text of its page, and must be one of those that
were looked up for it; numbers of scales, waves, rules and definitions are told apart. What is left is unexplained.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from tryghed.release.released import Difference, Lookup
from tryghed.reporting import danish
from tryghed.reporting.pages.register import Item
from tryghed.reporting.written import NUMBER, numbers, written

#: The source of a number that is a released one.
RELEASED: Final = "released"
#: The source of a number nobody can account for.
UNEXPLAINED: Final = "unexplained"

_ID: Final = re.compile(r"[FTSU]\d+")
_NEVER_CLOSED: Final = frozenset({"meta", "link", "br", "col"})
#: Parts of a page that are passed over: header and footer, and the white edge drawn behind a text.
_PASSED_OVER: Final = frozenset({"header", "footer", "halo"})
#: Numbers that are no values: those of scales, and what counts pages, questions and cells.
_COUNTING: Final = {"tick": "scale", "number": "list", "index": "index", "id": "index", "ref": "index"}


@dataclass(frozen=True, slots=True)
class Printed:
    """One number as it stands in a report.

    Attributes:
        text: As it is written, with its sign.
        spoken: Whether it stands in the alt text of a figure rather than on the page.
        place: Its place among all numbers of the report, alt texts among them, in reading order.
        source: `released`; or where else it comes from (scale, wave, rule, fieldwork, definition, edition, count,
            list, index).
        lookup: The look-up it is a number of, None unless it is released.
        name: Which number of what was found, as `written.number` understands it.
    """

    text: str
    spoken: bool
    place: int
    source: str
    lookup: Lookup | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    owner: str
    text: str
    spoken: bool
    source: str


def printed(html: str, items: Sequence[Item], constants: Mapping[str, str]) -> dict[str, list[Printed]]:
    """Return the numbers of a report by the id they belong to, in reading order.

    Args:
        html: The report.
        items: What has an id, and what was looked up for it.
        constants: Numbers that need no cell, with where they come from.
    """
    reader = _Reader()
    reader.feed(html)
    matchers = {item.id: _Matcher(item, constants) for item in items}
    found: dict[str, list[Printed]] = {item.id: [] for item in items}
    for place, token in enumerate(reader.tokens):
        if token.owner in matchers:
            found[token.owner].append(matchers[token.owner].match(token, place))
        else:
            found.setdefault(token.owner, []).append(Printed(token.text, token.spoken, place, UNEXPLAINED))
    return found


class _Reader(HTMLParser):
    """Collects the numbers of a page with the element they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[_Token] = []
        self._open: list[tuple[str, str, frozenset[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _NEVER_CLOSED:
            named = {name: value or "" for name, value in attrs}
            self._open.append((tag, named.get("id", ""), frozenset(named.get("class", "").split())))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over an element without content."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _NEVER_CLOSED:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        classes = frozenset[str]().union(*(one for _, _, one in self._open))
        if classes & _PASSED_OVER or any(tag in ("head", "style") for tag, _, _ in self._open):
            return
        owner = next((identity for _, identity, _ in reversed(self._open) if _ID.fullmatch(identity)), "")
        source = next((said for name, said in _COUNTING.items() if name in classes), "")
        spoken = bool(self._open) and self._open[-1][0] == "title"
        self.tokens += [_Token(owner, number, spoken, source) for number in NUMBER.findall(data)]


class _Matcher:
    """Finds the released number behind each printed one of an id.

    Where several numbers looked up are written alike, a figure or table shows them in the order of its look-ups, and a
    text speaks of the first, which is its own area's.
    """

    def __init__(self, item: Item, constants: Mapping[str, str]) -> None:
        self._constants = constants
        self._counts = _counts(item)
        self._in_order = item.id[0] in "FT"
        self._taken: dict[tuple[str, bool], int] = {}
        alike: dict[str, dict[tuple[object, ...], tuple[Lookup, str]]] = {}
        for lookup, value in item.seen.items():
            for name in numbers(value):
                for text in written(value, name):
                    alike.setdefault(text, {}).setdefault(_meaning(lookup, name), (lookup, name))
        self._found = {text: list(found.values()) for text, found in alike.items()}

    def match(self, token: _Token, place: int) -> Printed:
        if token.source:
            return Printed(token.text, token.spoken, place, token.source)
        candidates = self._found.get(token.text)
        if candidates:
            at = self._taken.get((token.text, token.spoken), 0)
            self._taken[token.text, token.spoken] = at + self._in_order
            lookup, name = candidates[at % len(candidates)]
            return Printed(token.text, token.spoken, place, RELEASED, lookup, name)
        count = "count" if token.text in self._counts else UNEXPLAINED
        return Printed(token.text, token.spoken, place, self._constants.get(token.text, count))


def _meaning(lookup: Lookup, name: str) -> tuple[object, ...]:
    """Return what a number is, the same for a share looked up by itself and as a side of a comparison."""
    side, _, plain = name.rpartition(".")
    cell, against = lookup.cell, lookup.against
    if side == "other" and lookup.kind != "rest":
        return (cell._replace(wave=against) if lookup.kind == "wave" else cell._replace(category=against), plain)
    if side != "other" and (side or lookup.kind == "share"):
        return (cell, plain)
    return (lookup, name)


def _counts(item: Item) -> frozenset[str]:
    """Return how many of the comparisons looked up are shown, sure, not sure: what sentences count."""
    compared = [value for value in item.seen.values() if isinstance(value, Difference)]
    shown = [one for one in compared if one.withheld is None]
    sure = sum(bool(one.direction) for one in shown)
    return frozenset(danish.number(count) for count in (len(compared), len(shown), sure, len(shown) - sure))
