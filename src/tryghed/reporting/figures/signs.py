"""Signs and marks: inside charts, and as small pictures for tables, notes and legends."""

from collections.abc import Callable, Mapping
from typing import Literal

from tryghed.release.released import Share, Withheld
from tryghed.reporting import theme
from tryghed.reporting.figures import marks, svg
from tryghed.reporting.figures.marks import Marks
from tryghed.reporting.figures.scales import Scale

#: What a legend may show.
MarkKind = Literal[
    "ours", "higher", "lower", "none", "higher_grey", "lower_grey", "none_grey", "ours_none", "rest", "register",
    "whole", "break", "map_higher", "map_lower", "map_none", "lowest_highest", "middle", "band",
]  # fmt: skip

#: What stands beside the sign of a withheld cell in a chart: the longest that fits, at last nothing.
WORDS: Mapping[Withheld, tuple[str, ...]] = {
    Withheld.SECRET: ("vises ikke: diskretion", "diskretion", ""),
    Withheld.UNRELIABLE: ("for usikkert", "usikkert", ""),
    Withheld.DECIDED: ("udeladt", ""),
    Withheld.MISSING: ("ingen svar", ""),
}

_SIDE = 6.8
_UNIT = Scale(0, 100, 10, 0, 100)


def drawn_sign(reason: Withheld, x: float, y: float) -> str:
    """Return the sign of a withheld cell, centred at (x, y)."""
    if reason is Withheld.UNRELIABLE:
        return svg.circle(x, y, 3.4, fill=theme.WHITE, stroke=theme.G7, width=1, dash="1.7 1.5")
    if reason is Withheld.MISSING:
        return svg.line(x - 3.4, y, x + 3.4, y, stroke=theme.G7, width=1)
    left, top = x - _SIDE / 2, y - _SIDE / 2
    sums = () if reason is Withheld.DECIDED else (3.4, 6.8, 10.2)
    hatching = "".join(_diagonal(left, top, sum_) for sum_ in sums)
    frame = svg.rect(left, top, _SIDE, _SIDE, fill="none", stroke=theme.G7, stroke_width=0.8)
    return svg.rect(left, top, _SIDE, _SIDE, fill=theme.WHITE) + hatching + frame


def note(reason: Withheld, x: float, y: float, *, room: float = 1000, ground: str = theme.WHITE) -> str:
    """Return the sign with as many of its words as fit, over a ground so that grid lines stop.

    Args:
        reason: Why the cell is withheld.
        x: Left edge of the panel.
        y: Middle of the row.
        room: Points to the right of `x` that are free.
        ground: Colour of the row.
    """
    said = next(words for words in WORDS[reason] if theme.text_width(words, theme.SMALLEST) + 12 <= room or not words)
    width = 2 * 3.4 + (5 + theme.text_width(said, theme.SMALLEST) if said else 0)
    under = svg.rect(x - 2, y - 6.4, width + 5, 12.8, fill=ground)
    return under + drawn_sign(reason, x + 3.4, y) + (svg.cell(x + 11.8, y, said, fill=theme.G7) if said else "")


def sign(reason: Withheld, *, title: str, prefix: str) -> str:
    """Return the sign of a withheld cell as a picture of 8.4 by 8.4 points.

    Args:
        reason: Why the cell is withheld.
        title: Alt text.
        prefix: Taken like everywhere; the sign needs no id.
    """
    return svg.document([drawn_sign(reason, 4.2, 4.2)], title=title, prefix=prefix, width=8.4, height=8.4)


def mark(kind: MarkKind, *, title: str, prefix: str) -> str:
    """Return a mark of the figures as a picture, 10 points high, for legends.

    Args:
        kind: Which mark.
        title: Alt text.
        prefix: Begins the id of the hatching of a break.
    """
    width, draw = _MARKS[kind]
    return svg.document([draw(prefix)], title=title, prefix=prefix, width=width, height=10)


def _diagonal(left: float, top: float, total: float) -> str:
    """One line of a hatched square: where x + y, measured from its corner, is `total`."""
    start, end = max(0.0, total - _SIDE), min(_SIDE, total)
    return svg.line(left + start, top + total - start, left + end, top + total - end, stroke=theme.G7, width=0.8)


def _estimate(width: float, direction: Literal[-1, 0, 1] | None, colour: str, *, whisker: bool) -> str:
    drawing = Marks()
    reach = width / 2 - 0.8 if whisker else None
    lower, upper = (None, None) if reach is None else (width / 2 - reach, width / 2 + reach)
    share = Share(width / 2, lower, upper, None)
    marks.estimate(drawing, share, 5, marks.ROW, verdict=direction, line=colour, point=colour)
    return marks.drawn(drawing, _UNIT)


def _rest(_prefix: str) -> str:
    drawing = Marks()
    marks.rest(drawing, Share(8, 1, 15, None), 5, height=6.4, radius=3)
    return marks.drawn(drawing, _UNIT)


def _break(prefix: str) -> str:
    name = f"{prefix}-break"
    pattern = svg.hatch(name, spacing=3.2, width=0.5, stroke=theme.G4)
    return pattern + svg.rect(0.5, 1, 9, 8, fill=f"url(#{name})", stroke=theme.G6, stroke_width=0.8)


def _box(fill: str, stroke: str) -> Callable[[str], str]:
    return lambda _prefix: svg.rect(0.5, 1.5, 15, 7, fill=fill, stroke=stroke, stroke_width=0.5)


def _tinted(fill: str) -> str:
    return svg.rect(0, 0.5, 16, 9, fill=fill)


def _triangle(*, up: bool) -> str:
    tip, base = (1.6, 7.9) if up else (8.4, 2.1)
    return svg.polygon([(8, tip), (11.9, base), (4.1, base)], fill=theme.INK, stroke=theme.WHITE, width=0.5)


_MARKS: Mapping[MarkKind, tuple[float, Callable[[str], str]]] = {
    "ours": (16, lambda _: _estimate(16, None, theme.ACC, whisker=True)),
    "ours_none": (16, lambda _: _estimate(16, 0, theme.ACC, whisker=True)),
    "higher": (10, lambda _: _estimate(10, 1, theme.ACC, whisker=False)),
    "lower": (10, lambda _: _estimate(10, -1, theme.ACC, whisker=False)),
    "none": (10, lambda _: _estimate(10, 0, theme.ACC, whisker=False)),
    "higher_grey": (10, lambda _: _estimate(10, 1, theme.G6, whisker=False)),
    "lower_grey": (10, lambda _: _estimate(10, -1, theme.G6, whisker=False)),
    "none_grey": (10, lambda _: _estimate(10, 0, theme.G6, whisker=False)),
    "rest": (16, _rest),
    "register": (10, lambda _: svg.rect(2.3, 2.3, 5.4, 5.4, fill=theme.ACC)),
    "whole": (5, lambda _: svg.line(2.5, 0, 2.5, 10, stroke=theme.G6, width=0.9, dash="2 1.6")),
    "break": (10, _break),
    "map_higher": (16, lambda _: _tinted(theme.T1) + _triangle(up=True)),
    "map_lower": (16, lambda _: _tinted(theme.T1) + _triangle(up=False)),
    "map_none": (16, lambda _: _tinted(theme.G2)),
    "lowest_highest": (16, _box(theme.G1, theme.G3)),
    "middle": (16, _box(theme.G3, theme.G3)),
    "band": (16, _box(theme.T2, theme.T2)),
}
