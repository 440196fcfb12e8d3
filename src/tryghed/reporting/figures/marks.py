"""The marks of the figures as plain data, drawn by Vega on charts with axes and as SVG where a mark stands alone.

`x` is in the units of the axis, everything else in points. Drawing order is blocks, rules, whiskers, symbols.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

from tryghed.release.released import Difference, Share
from tryghed.reporting import theme
from tryghed.reporting.figures import svg
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import Direction

Shape = Literal["circle", "diamond", "triangle-up", "triangle-down"]


@dataclass(frozen=True, slots=True)
class Block:
    """A filled area between two values, such as the interval of the rest of the city."""

    x1: float
    x2: float
    y1: float
    y2: float
    fill: str
    stroke: str = "none"
    width: float = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A vertical line at a value: zero, or the whole city."""

    x: float
    y1: float
    y2: float
    stroke: str
    width: float
    dash: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval; `cap` is half the height of its ends, 0 for none."""

    x1: float
    x2: float
    y: float
    stroke: str
    width: float
    cap: float = 0


@dataclass(frozen=True, slots=True)
class Symbol:
    """An estimate; `radius` is half the width of the shape."""

    x: float
    y: float
    shape: Shape
    radius: float
    fill: str
    stroke: str
    width: float


@dataclass(slots=True)
class Marks:
    """All marks of one panel."""

    blocks: list[Block] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    whiskers: list[Whisker] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pen:
    """How heavily an interval with its estimate is drawn."""

    line: float
    cap: float
    dot: float
    verdict: float
    ring: float


LARGE = Pen(line=2.6, cap=3.8, dot=4.6, verdict=4.8, ring=3.8)
ROW = Pen(line=2.1, cap=2.9, dot=3.4, verdict=4.8, ring=3.2)
SMALL = Pen(line=1.8, cap=2.4, dot=3.0, verdict=4.4, ring=3.0)
PLAIN = Pen(line=1.4, cap=0, dot=3.0, verdict=4.7, ring=3.0)


def estimate(
    marks: Marks, share: Share, y: float, pen: Pen, *, verdict: Direction | None, line: str, point: str
) -> None:
    """Add a share with its interval; without a verdict a dot, with one a triangle or a ring."""
    if share.withheld or share.share is None:
        return
    _interval(marks, (share.share, share.lower, share.upper), y, pen, (verdict, line, point))


def contrast(
    marks: Marks, difference: Difference, y: float, pen: Pen, *, verdict: Direction | None, line: str, point: str
) -> None:
    """Add a difference with its interval, marked like a share."""
    if difference.withheld or difference.difference is None:
        return
    _interval(marks, (difference.difference, difference.lower, difference.upper), y, pen, (verdict, line, point))


def rest(marks: Marks, share: Share, y: float, *, height: float, radius: float) -> None:
    """Add what is compared with: a diamond on a block as wide as its interval."""
    if share.withheld or share.share is None:
        return
    if share.lower is not None and share.upper is not None:
        marks.blocks.append(Block(share.lower, share.upper, y - height / 2, y + height / 2, theme.G3))
    marks.symbols.append(Symbol(share.share, y, "diamond", radius, theme.WHITE, theme.G6, 1.1))


def _interval(
    marks: Marks,
    values: tuple[float, float | None, float | None],
    y: float,
    pen: Pen,
    look: tuple[Direction | None, str, str],
) -> None:
    middle, lower, upper = values
    verdict, line, point = look
    if lower is not None and upper is not None:
        marks.whiskers.append(Whisker(lower, upper, y, line, pen.line, pen.cap))
    marks.symbols.append(symbol(middle, y, pen, verdict, point))


def symbol(x: float, y: float, pen: Pen, verdict: Direction | None, colour: str) -> Symbol:
    """Return the sign of an estimate: dot without a verdict, else triangle up, triangle down or ring."""
    if verdict is None:
        return Symbol(x, y, "circle", pen.dot, colour, colour, 0)
    if verdict == 0:
        return Symbol(x, y, "circle", pen.ring, theme.WHITE, colour, 1.5)
    return Symbol(x, y, "triangle-up" if verdict > 0 else "triangle-down", pen.verdict, colour, theme.WHITE, 0.5)


def drawn(marks: Marks, scale: Scale) -> str:
    """Return the marks as SVG."""
    blocks = [
        svg.rect(
            scale.at(block.x1),
            block.y1,
            scale.at(block.x2) - scale.at(block.x1),
            block.y2 - block.y1,
            fill=block.fill,
            stroke=None if block.stroke == "none" else block.stroke,
            stroke_width=block.width or None,
        )
        for block in marks.blocks
    ]
    rules = [
        svg.line(
            scale.at(rule.x),
            rule.y1,
            scale.at(rule.x),
            rule.y2,
            stroke=rule.stroke,
            width=rule.width,
            dash=" ".join(map(svg.length, rule.dash)) or None,
        )
        for rule in marks.rules
    ]
    whiskers = [_whisker(whisker, scale) for whisker in marks.whiskers]
    return "".join([*blocks, *rules, *whiskers, *(_symbol(symbol, scale.at(symbol.x)) for symbol in marks.symbols)])


def _whisker(whisker: Whisker, scale: Scale) -> str:
    ends = scale.at(whisker.x1), scale.at(whisker.x2)
    parts = [svg.line(ends[0], whisker.y, ends[1], whisker.y, stroke=whisker.stroke, width=whisker.width)]
    if whisker.cap:
        top, bottom, width = whisker.y - whisker.cap, whisker.y + whisker.cap, 0.7 * whisker.width
        parts += [svg.line(end, top, end, bottom, stroke=whisker.stroke, width=width) for end in ends]
    return "".join(parts)


def _symbol(symbol: Symbol, x: float) -> str:
    y, r = symbol.y, symbol.radius
    half = sqrt(3) / 2 * r
    corners = {
        "diamond": ((x - r, y), (x, y - r), (x + r, y), (x, y + r)),
        "triangle-up": ((x, y - half), (x - r, y + half), (x + r, y + half)),
        "triangle-down": ((x, y + half), (x - r, y - half), (x + r, y - half)),
    }
    if symbol.shape == "circle":
        return svg.circle(
            x, y, r, fill=symbol.fill, stroke=symbol.stroke if symbol.width else None, width=symbol.width or None
        )
    return svg.polygon(corners[symbol.shape], fill=symbol.fill, stroke=symbol.stroke, width=symbol.width)
