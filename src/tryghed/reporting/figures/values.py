"""What the figures are given: released values with their labels, and nothing that was not released.

Every number comes from a `Share`, `Difference` or `Places` of the release. A figure draws nothing for a withheld value
but its sign, and takes every verdict from `Difference.direction`: it never compares intervals itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tryghed.release.released import Difference, Places, Share
from tryghed.reporting import words

#: The verdict of a corrected test: surely lower, none shown, surely higher.
Direction = Literal[-1, 0, 1]
#: Who a mark speaks of: the report's own area, what it is compared with, or everybody, who is never compared with.
Whose = Literal["ours", "rest", "whole"]


@dataclass(frozen=True, slots=True)
class Level:
    """One estimate with its name, for F1 and the small levels of the summary."""

    name: str
    share: Share
    whose: Whose = "ours"


@dataclass(frozen=True, slots=True)
class Point:
    """One wave of a series. `label` is the wave; numeric labels are placed at their year."""

    label: str
    share: Share


@dataclass(frozen=True, slots=True)
class Series:
    """A development with its name, for direct labels."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Break:
    """Where a series stops being comparable: `since` is the first wave after the break."""

    since: str
    label: str
    before: str = "Gammel ordlyd"
    after: str = "Ny ordlyd"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area among all areas: estimate, verdict against the rest, possible places."""

    name: str
    share: Share
    direction: Direction
    places: Places | None
    ours: bool = False

    @property
    def verdict(self) -> Direction:
        """The verdict, none where the share is withheld."""
        return 0 if self.share.withheld else self.direction


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One comparison with its label: an indicator against the rest, or a period's change."""

    label: str
    difference: Difference

    @property
    def verdict(self) -> Direction:
        """The verdict, none where the comparison is withheld."""
        return 0 if self.difference.withheld else self.difference.direction

    @property
    def ring(self) -> Literal[0] | None:
        """Zero, which is drawn as a ring, where the interval leaves out zero and the corrected test shows nothing."""
        return 0 if words.stricter_than_interval(self.difference) else None


@dataclass(frozen=True, slots=True)
class SpineRow:
    """One comparison and how the other areas lie, as differences to their rest in percentage points.

    The four limits are those of the shown areas; None draws no box.
    """

    label: str
    difference: Difference
    lowest: float | None = None
    middle_low: float | None = None
    middle_high: float | None = None
    highest: float | None = None

    @property
    def verdict(self) -> Direction:
        """The verdict, none where the comparison is withheld."""
        return 0 if self.difference.withheld else self.difference.direction


@dataclass(frozen=True, slots=True)
class Trend:
    """One small series with heading, verdict word ("Faldet") and the change behind it."""

    heading: str
    verdict: str
    change: Difference
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class AreaTrend:
    """One area's small series; `verdict` ("steget") is printed only where the change is proven.

    `column` and `row` place it as on the map, counted from 0; None anywhere gives a plain grid.
    """

    name: str
    points: Sequence[Point]
    verdict: str = ""
    column: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name in an empty field of the map grid, such as a neighbouring municipality."""

    name: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line of a split in two: both shares and their difference (first minus second)."""

    label: str
    first: Share
    second: Share
    difference: Difference
    total: bool = False


@dataclass(frozen=True, slots=True)
class AnswerBar:
    """The answers of one area in the order of the categories, and the share of those counted together."""

    name: str
    n: int | None
    parts: Sequence[Share]
    together: Share
    whose: Whose = "ours"
