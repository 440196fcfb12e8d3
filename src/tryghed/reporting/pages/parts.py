"""What pages are made of: the values the templates print. Every field is used by a template, and no other exists.

SVG arrives as `Markup`, made only by the figure and map functions; all other text is escaped by the templates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tryghed.reporting.pages.register import Register


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or the frame of a table, as it stands on a page."""

    id: str  #: such as F4, unique in the report
    code: str  #: of the report, so that both together are unique in the release
    title: str  #: a sentence the values support
    caption: str  #: unit, period and n
    svg: Markup  #: the drawing with its alt text


@dataclass(frozen=True, slots=True)
class Note:
    """A note in the margin: a heading and what it explains."""

    heading: str  #: what it is about
    text: str  #: the explanation


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str  #: what it is
    value: str  #: as printed


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: a sign, what it is called and, if it needs it, what it means."""

    svg: Markup  #: the sign
    name: str  #: one or two words
    text: str = ""  #: the meaning


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions of page 1 with its answer."""

    number: int  #: as printed before the question
    asks: str  #: the question
    answer: str  #: one or two words
    text: str  #: size, interval and sureness
    figure: Figure | None  #: none where the numbers are withheld


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table of areas: a number with its verdict, or the sign of why it is not shown."""

    text: str  #: the number; empty where it is withheld
    limits: str  #: of its interval; empty where it is withheld
    sign: Markup  #: verdict or reason; empty where there is none
    sure: bool = False  #: whether the difference to the rest is sure


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of areas."""

    name: str  #: of the area
    cells: Sequence[Cell]  #: a number per column
    total: bool = False  #: a line for everybody, set apart


@dataclass(frozen=True, slots=True)
class Table:
    """A table of areas and indicators."""

    id: str  #: such as T1, unique in the report
    code: str  #: of the report
    title: str  #: a sentence the values support
    caption: str  #: unit, period and n
    head: str  #: heads the names
    columns: Sequence[str]  #: heads of the columns
    rows: Sequence[Row]  #: a line per area
    wide: int  #: width of the names, in percent


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line of a table of shares with their intervals."""

    letter: str  #: as on a map; empty where there is none
    name: str  #: of the area or indicator
    share: str  #: empty where it is withheld
    sign: Markup  #: of the reason it is withheld, else empty
    reason: str  #: in words, else empty
    micro: Markup  #: a small interval, empty where the share is withheld
    interval: str  #: its limits
    n: str  #: empty where it may not be told
    difference: str  #: to the rest, with interval; empty where there is none
    sure: bool  #: whether that difference is sure
    context: bool  #: a line to compare with


@dataclass(frozen=True, slots=True)
class IntervalTable:
    """A table of shares with their intervals."""

    id: str  #: such as T1, unique in the report
    code: str  #: of the report
    title: str  #: a sentence the values support
    caption: str  #: unit, period and base
    head: str  #: heads the names
    rows: Sequence[IntervalRow]  #: a line per share
    compared: bool  #: whether the differences to the rest have a column


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index of numbers."""

    id: str  #: figure, table, text of a page or sentences
    what: str  #: what it shows
    page: str  #: page or pages its section begins on
    indicator: str  #: indicators, as the definitions name them
    cells: int  #: how many cells of the release it rests on


@dataclass(frozen=True, slots=True)
class Head:
    """What every page carries above and below."""

    title: str  #: title of the document
    name: str  #: of the area or the city
    report: str  #: report and wave
    release: str  #: release and its fingerprint
    code: str  #: of the report, as in the ids of its figures
    synthetic: bool  #: whether the mark is shown
    verified: bool  #: whether every file behind the report was confirmed; told at the foot where not
    date: str  #: of the release, ISO, for the file's metadata
    author: str  #: who publishes


@dataclass(frozen=True, slots=True)
class Page:
    """A report ready for its template."""

    title: str  #: of the document
    template: str  #: file name in the template folders
    context: object  #: a dataclass; its fields are the template's names
    register: Register  #: what has an id, and the look-ups made for it


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sure sentence."""

    id: str  #: such as U1, unique in the report
    before: str  #: up to the verb; may be empty
    verb: str  #: set in bold
    after: str  #: with size and interval
    reference: str  #: id of the figure that shows it


@dataclass(frozen=True, slots=True)
class Findings:
    """The sure sentences of page 1."""

    heading: str  #: how many there are
    sentences: Sequence[Sentence]  #: strengths first
    none: str  #: the plain sentence where none is earned, else empty


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document beside the reports: it shows no share, and so has no register of numbers."""

    template: str  #: its file
    context: object  #: what the template prints
