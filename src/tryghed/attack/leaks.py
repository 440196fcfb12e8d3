"""Numbers in a PDF that the files beside it do not have: something that passed by the gate on its way to a page.

Every number on a line is held against the files' numbers of what the line names to the left of it: areas, groups,
indicators. What a line does not name is taken from its page, and from the area the report is about. So a withheld
number that stands in its own place is found, though nobody here knows it: the files have no such number of that area,
group and indicator.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from tryghed.attack import pages
from tryghed.attack.pages import Page
from tryghed.definitions.project import Project
from tryghed.errors import ReleaseError
from tryghed.frames import EVERYBODY

_FILES: Final = ("tal.csv", "tal_forskelle.csv", "tal_pladser.csv")
#: Old and new values, in words; only a correction has it.
_CORRECTED: Final = "rettelse.md"
#: Columns of these files that hold numbers a page may show.
_SHOWN: Final = (
    "pct", "nedre", "øvre", "n", "pct_anden", "nedre_anden", "øvre_anden", "n_anden", "forskel",
    "første_plads", "sidste_plads", "områder",
)  # fmt: skip
_ENDS: Final = (("nedre", "øvre"), ("nedre_anden", "øvre_anden"))
#: A number as Danish typography writes it; not the digits of a name or a code.
_NUMBER: Final = re.compile(r"(?<![\w.,·])[+−]?(?P<digits>\d{1,3}(?:\.\d{3})+|\d+)(?P<rest>,\d+)?(?!\w|[.,]\d)")
_PERCENT: Final = re.compile(r"\s*(?:%(?!-)|procentpoint)")
_YEARS: Final = range(1900, 2100)
#: An interval: 64,3–74,6 or −9,7 til +0,6.
_INTERVAL: Final = re.compile(r"(?<![\w.,])[+−]?(\d+,\d)(?:–| til )[+−]?(\d+,\d)(?![\w,])")
#: Begins a list of numbers of answers; it ends with the sentence.
_ANSWERS: Final = re.compile(r"\bn\s*(?:=|:)(?P<list>(?:[^.()\n]|\.(?=\d))*)")
#: The scale of a figure: three or more whole numbers in a row.
_SCALE: Final = re.compile(r"(?<![\w,])(?:[+−]?\d{1,3} ){2,}[+−]?\d{1,3}(?![\w,])(?: ?%)?")
#: What may stand beside names and numbers in a line of a table.
_TABLE: Final = re.compile(
    r"vises ikke: diskretion|vises ikke|for usikkert(?: til at vise)?|\b(?:til|n|pct|forskel|alle)\b"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the files: of what it is, by the names it may have on a page, and its numbers as written there.

    Intervals are among the numbers, as both ends in one: a page that mixes the ends of two has what no file has.
    """

    area: str
    areas: frozenset[str]
    groups: frozenset[str]
    indicators: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stray:
    """A number that stands in a PDF and in no file."""

    file: str
    page: int
    number: str
    line: str

    def __str__(self) -> str:
        return f"{self.file}, page {self.page}: {self.number} in »{self.line}«"


@dataclass(frozen=True)
class Names:
    """Everything a line can name: areas, groups and indicators, longest first.

    `broken` are the two parts of each of them that has several words, wherever a line can end within it.
    """

    areas: tuple[str, ...]
    groups: tuple[str, ...]
    indicators: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]


def rows(project: Project, folder: Path) -> tuple[Row, ...]:
    """Return the rows of the files beside the reports.

    Raises:
        ReleaseError: A file is missing or has other columns.
    """
    names = {
        (survey.short, name): frozenset(map(_plain, {one.label, one.short, one.phrase.removeprefix("er ")} - {""}))
        for survey in project.surveys.values() for name, one in survey.scores.items()
    }  # fmt: skip
    whole = frozenset(_plain(one.words.whole) for one in project.reports.values())
    found = []
    for name in _FILES:
        try:
            with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
                found += [_row(row, names, whole) for row in csv.DictReader(stream, delimiter=";")]
        except (OSError, KeyError) as problem:
            raise ReleaseError(f"cannot be read ({problem})", where=name) from None
    if (folder / _CORRECTED).exists():
        known = _names(found)
        lines = (folder / _CORRECTED).read_text(encoding="utf-8").splitlines()
        found += [_corrected(_plain(line), known) for line in lines if line.startswith("| ")]
    return tuple(found)


def strays(report: Path, about: Set[str], known: Sequence[Row], told: Iterable[str] = ()) -> Iterator[Stray]:
    """Yield the numbers of a report that its files do not have.

    Args:
        report: A PDF.
        about: Codes of the area it is about in the area sets that have it; none for the whole city.
        known: The rows of the files beside it.
        told: Further numbers that may stand beside no name: of fieldwork and rules, and old ones that are corrected.
    """
    names = _names(known)
    public = frozenset(told)
    for page in pages.read(report):
        yield from _on_page(report.name, page, about, known, names, public)


def refuse(found: Sequence[Stray]) -> None:
    """Refuse reports with numbers that no file has.

    Raises:
        ReleaseError: There are such numbers; all are listed with file and page.
    """
    if found:
        lines = "\n".join(f"  {one}" for one in found)
        raise ReleaseError(
            f"{len(found)} number{'s' if len(found) > 1 else ''} in the reports stand in none of the files\n{lines}",
            hint="the reports were not moved to out/; a template or figure shows what was not released",
        )


def _on_page(
    file: str, page: Page, about: Set[str], known: Sequence[Row], names: Names, public: frozenset[str]
) -> Iterator[Stray]:
    there = _named(_plain(" ".join((page.text, *page.spoken)).replace("\u2010 ", "")), names.indicators)
    nameless = public.union(*(row.numbers for row in known if _of_area(row, about) and _is_of(row, there)))
    for before, line in [*pairwise(("", *page.lines)), *(("", one) for one in page.spoken)]:
        plain = _completed(_plain(before), _plain(line), names)
        areas, groups, indicators = (_named(plain, some) for some in (names.areas, names.groups, names.indicators))
        head, tail = _parted(plain, (*areas, *groups, *indicators))
        told = [(one, nameless) for one in _told(head, labelled=False)]
        if tail and (spoken := _told(tail, labelled=True)):
            named = frozenset().union(*(
                row.numbers for row in known
                if (areas & row.areas if areas else _of_area(row, about))
                and (not groups or groups & row.groups)
                and _is_of(row, indicators or there)
            ))  # fmt: skip
            told += [(one, named) for one in spoken]
        yield from (Stray(file, page.number, one, line.strip()) for one, allowed in told if one not in allowed)


def _of_area(row: Row, about: Set[str]) -> bool:
    """Whether a line that names no area can have a row's numbers."""
    return not about or row.area == EVERYBODY or row.area in about


def _is_of(row: Row, indicators: frozenset[str]) -> bool:
    return not indicators or bool(row.indicators & indicators)


def _parted(plain: str, names: Sequence[str]) -> tuple[str, str]:
    """Return a line before the first name in it, and after it without names."""
    if not names:
        return plain, ""
    first = min(plain.index(name) for name in names)
    tail = plain[first:]
    for name in sorted(names, key=len, reverse=True):
        tail = tail.replace(name, " ")
    return plain[:first], tail


def _told(text: str, *, labelled: bool) -> list[str]:
    """Return the numbers of a line that speak of people: shares, limits, differences, numbers of answers.

    In a line of a table beside names these are all numbers, elsewhere those with decimals or %, and what follows n =.
    """
    text = text if labelled else _SCALE.sub(" ", text)
    found = [f"{one[1]}–{one[2]}" for one in _INTERVAL.finditer(text)]
    lists = [one.span("list") for one in _ANSWERS.finditer(text)]
    table = labelled and not re.search(r"[^\W\d_]{2}", _TABLE.sub("", _NUMBER.sub("", text)))
    for one in _NUMBER.finditer(text):
        plain = one["digits"].replace(".", "") + (one["rest"] or "")
        counted = any(start <= one.start() < end for start, end in lists)
        if one["rest"] or counted or table or _PERCENT.match(text, one.end()):
            found.append(plain)
    return [one for one in found if not one.isdigit() or int(one) not in _YEARS]


def _named(plain: str, names: Sequence[str]) -> frozenset[str]:
    """Return the names in a line; where one is part of another, the longer one only."""
    found = set()
    for name in names:
        if name in plain and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain):
            found.add(name)
            plain = plain.replace(name, " ")
    return frozenset(found)


def _completed(before: str, plain: str, names: Names) -> str:
    """Return a line with the beginning of the longest name that is broken between the line before and this one."""
    for head, tail in names.broken:
        if plain.startswith(tail) and before.endswith(head):
            whole = rf"(?<!\w){re.escape(f'{head} {tail}')}(?!\w)"
            if re.search(whole, f"{before[-len(head) - 1 :]} {plain}"):
                return f"{head} {plain}"
    return plain


def _names(known: Sequence[Row]) -> Names:
    kinds = ((name for row in known for name in getattr(row, kind)) for kind in ("areas", "groups", "indicators"))
    areas, groups, indicators = (tuple(sorted(set(one), key=lambda name: (-len(name), name))) for one in kinds)
    every = sorted({*areas, *groups, *indicators}, key=lambda name: (-len(name), name))
    parted = [(name.split(" "), at) for name in every for at in range(1, name.count(" ") + 1)]
    return Names(areas, groups, indicators, tuple((" ".join(of[:at]), " ".join(of[at:])) for of, at in parted))


def _row(row: Mapping[str, str], names: Mapping[tuple[str, str], frozenset[str]], whole: frozenset[str]) -> Row:
    return Row(
        row["områdekode"],
        whole if row["områdekode"] == EVERYBODY else frozenset({_plain(row["område"])}),
        frozenset(_plain(part) for part in row["gruppenavn"].split(", ") if part != EVERYBODY),
        names[row["undersøgelse"], row["indikator"]],
        frozenset(_written(row)),
    )


def _corrected(line: str, names: Names) -> Row:
    """Return a line of a list of corrections as a row: whatever it names, with all its numbers."""
    areas, groups, indicators = (_named(line, some) for some in (names.areas, names.groups, names.indicators))
    _, tail = _parted(line, (*areas, *groups, *indicators))
    return Row(EVERYBODY, areas, groups, indicators, frozenset(_told(tail.replace("|", ";"), labelled=True)))


def _written(row: Mapping[str, str]) -> Iterator[str]:
    yield from (row[name].lstrip("-") for name in _SHOWN if row.get(name))
    for low, high in _ENDS:
        if row.get(low):
            ends = [row[end].lstrip("-") for end in (low, high)]
            yield from ("–".join(ends), "–".join(reversed(ends)))  # by 16,5 to 6,0 lower is also by 6,0–16,5
    if row.get("kan_påvises"):
        yield str(Decimal(row["kan_påvises"].replace(",", ".")).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _plain(text: str) -> str:
    """Return a text without what typography adds: case, and blanks of any width."""
    return " ".join(text.replace("\u00ad", "").split()).lower()
