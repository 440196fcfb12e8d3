"""Colours, type sizes and the measuring of text: what every figure, map and page agrees on.

Lengths are points. Widths of text come from the advance widths of IBM Plex Sans, kept as data beside this module so
that a figure needs no font file to know whether a label fits.
"""

import json
from functools import cache
from importlib import resources
from typing import Final, Literal

Weight = Literal[300, 400, 500, 600]

ACC: Final = "#0B5A75"  #: this district; statistically sure; figure ids
T1: Final = "#6FA5B8"  #: second Likert step, map fill, line before a break; never text
T2: Final = "#BCD7E0"  #: interval band of this district, rank pill
T3: Final = "#E4EFF3"  #: row highlight, band before a break
INK: Final = "#1B2025"  #: text, zero line, district outline
G7: Final = "#4A5056"  #: secondary text, signs
G6: Final = "#666C72"  #: axis text, comparison marks (the lightest grey for text)
G5: Final = "#7F858B"  #: intervals of what is not sure (marks only)
G4: Final = "#A6ABB0"  #: intervals of the other districts, fine rules
G3: Final = "#C6CACD"  #: interval block of the rest of the city, middle half in the spine
G2: Final = "#DEE1E3"  #: grid lines, map "no shown difference"
G1: Final = "#F2F3F4"  #: neighbours on maps, panels
WHITE: Final = "#FFFFFF"

FONT: Final = "IBM Plex Sans"
SMALLEST: Final = 8.5  #: no text in any report is smaller
CELL: Final = 9.0  #: table cells and row labels in charts
HEADING: Final = 9.5  #: headings of small panels
POINTS_PER_MM: Final = 72 / 25.4


@cache
def _advances(weight: Weight) -> dict[str, int]:
    text = resources.files("tryghed.reporting").joinpath("plex_sans_advances.json").read_text(encoding="utf-8")
    advances: dict[str, int] = json.loads(text)[str(weight)]
    return advances


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """Return the width of a line of text in points, without kerning (so never too narrow by more than a hair).

    Args:
        text: One line.
        size: Font size in points.
        weight: One of the four weights the reports use.
    """
    advances = _advances(weight)
    widest = advances["W"]
    return sum(advances.get(character, widest) for character in text) * size / 1000


def wrap(text: str, width: float, size: float, weight: Weight = 400) -> list[str]:
    """Break text into lines no wider than `width` points where spaces and hyphens allow; never drops anything."""
    lines: list[str] = []
    line = ""
    for word in text.replace("-", "-\u200b").replace(" ", " \u200b").split("\u200b"):
        if line and text_width((line + word).rstrip(), size, weight) > width:
            lines.append(line.rstrip())
            line = word
        else:
            line += word
    return [*lines, line.rstrip()]
