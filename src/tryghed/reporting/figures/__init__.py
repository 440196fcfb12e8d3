"""The figures of the reports: released values in, SVG text out.

One unit of every figure is a point, its size is given in millimetres, its first child is the alt text the caller
passes, and every id begins with the caller's prefix. Titles, id lines and notes are the page's; a figure draws only
what lies between them.
"""

from tryghed.reporting.figures.answers import answers
from tryghed.reporting.figures.changes import changes
from tryghed.reporting.figures.development import development
from tryghed.reporting.figures.groups import by_group
from tryghed.reporting.figures.levels import compared_levels, level, levels_small, micro_interval
from tryghed.reporting.figures.lists import comparison_list
from tryghed.reporting.figures.placed import placed_trends
from tryghed.reporting.figures.places import place_pill, ranked, ranked_short
from tryghed.reporting.figures.reading import hundred_dots, reading_example
from tryghed.reporting.figures.signs import mark, sign
from tryghed.reporting.figures.spine import differences, spine
from tryghed.reporting.figures.trends import trend, trends
from tryghed.reporting.figures.values import (
    AnswerBar,
    AreaRow,
    AreaTrend,
    Break,
    ComparedRow,
    GroupRow,
    Level,
    PlaceName,
    Point,
    Series,
    SpineRow,
    Trend,
)

__all__ = [
    "AnswerBar",
    "AreaRow",
    "AreaTrend",
    "Break",
    "ComparedRow",
    "GroupRow",
    "Level",
    "PlaceName",
    "Point",
    "Series",
    "SpineRow",
    "Trend",
    "answers",
    "by_group",
    "changes",
    "compared_levels",
    "comparison_list",
    "development",
    "differences",
    "hundred_dots",
    "level",
    "levels_small",
    "mark",
    "micro_interval",
    "place_pill",
    "placed_trends",
    "ranked",
    "ranked_short",
    "reading_example",
    "sign",
    "spine",
    "trend",
    "trends",
]
