"""Gives out the ids of figures, tables, sentences and texts, and remembers what was looked up for each of them.

A page looks its numbers up in a watched release; what it looks up while a figure is being made belongs to the figure,
everything else to the text of the page. Nothing has to be declared, so nothing can be forgotten.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.release.released import Difference, Lookup, Places, Released, Share, Withheld

Value = Share | Difference | Places

#: No vowels, so that no word comes of it; no 0, 1 and l, which look like others.
_CONSONANTS: Final = "bcdfghjkmnpqrstvwxz"
_DIGITS: Final = "23456789"


@dataclass
class Item:
    """A figure (F), a table (T), an earned sentence (U) or the text of a page (S), and what was looked up for it.

    Attributes:
        id: Such as F4, unique in the report.
        what: What it shows, in a few words.
        page: The page it stands on.
        seen: Every look-up that found something, with what it found, in order.
    """

    id: str
    what: str
    page: int
    seen: dict[Lookup, Value] = field(default_factory=dict)


def report_code(released: Released, project: Project, report: Report, area: str) -> str:
    """Return the code of one report: short, unique among all reports of its release, and of no other release.

    Args:
        released: The release.
        project: Its reports.
        report: The report's definition.
        area: Code of the area, empty for the whole city.
    """
    given: dict[str, tuple[str, str]] = {}
    for one in project.reports.values():
        for part in [""] if one.subject == "city" else project.area_sets[one.area_set].areas:
            names = (_letters(f"{released.release_id} {one.name} {part} {at}") for at in count())
            code = next(name for name in names if name not in given)
            given[code] = (one.name, part)
    return next((code for code, whose in given.items() if whose == (report.name, area)), "")


def _letters(text: str) -> str:
    """Return four letters and digits that spell no word and are not mistaken for a number."""
    value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    signs = [_CONSONANTS[value % len(_CONSONANTS)]]
    for _ in range(3):
        value //= len(_CONSONANTS + _DIGITS)
        signs.append((_CONSONANTS + _DIGITS)[value % len(_CONSONANTS + _DIGITS)])
    return "".join(signs)


@dataclass
class Register:
    """The ids of one report in reading order.

    Attributes:
        code: Of the report, printed with every id.
        page: The page being made.
        items: What has an id so far.
    """

    code: str
    page: int = 1
    items: list[Item] = field(default_factory=list)
    _open: list[Item] = field(default_factory=list)

    def watch(self, released: Released) -> Released:
        """Return a release whose look-ups are remembered here."""
        return released.watched(self._saw)

    @property
    def text(self) -> str:
        """The id of the page's own text: title, lead and notes."""
        return self._text().id

    @contextmanager
    def figure(self, what: str) -> Iterator[str]:
        """Give the next figure's id; what is looked up inside belongs to the figure."""
        with self._next("F", what) as identity:
            yield identity

    @contextmanager
    def table(self, what: str) -> Iterator[str]:
        """Give the next table's id; what is looked up inside belongs to the table."""
        with self._next("T", what) as identity:
            yield identity

    def sentence(self, what: str, reference: str, difference: Difference) -> str:
        """Return the id of a sentence on page 1 that says what a figure shows of one comparison."""
        shown = next(item for item in self.items if item.id == reference)
        item = Item(self._id("U"), what, 1)
        item.seen |= {lookup: value for lookup, value in shown.seen.items() if value is difference}
        self.items.append(item)
        return item.id

    @contextmanager
    def _next(self, letter: str, what: str) -> Iterator[str]:
        item = Item(self._id(letter), what, self.page)
        self.items.append(item)
        self._open.append(item)
        try:
            yield item.id
        finally:
            self._open.pop()

    def _id(self, letter: str) -> str:
        return f"{letter}{1 + sum(item.id.startswith(letter) for item in self.items)}"

    def _text(self) -> Item:
        identity = f"S{self.page}"
        found = next((item for item in self.items if item.id == identity), None)
        if found is None:
            found = Item(identity, "Teksten på siden", self.page)
            self.items.append(found)
        return found

    def _saw(self, lookup: Lookup, found: Value | None) -> None:
        if found is not None and (isinstance(found, Places) or found.withheld is not Withheld.MISSING):
            (self._open[-1] if self._open else self._text()).seen[lookup] = found
