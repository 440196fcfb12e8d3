"""Charts with axes, drawn by Vega: panels of marks in rows, and series over the waves.

Each function returns the inside of a figure, without the outer `<svg>`; its only texts are the ticks of the axes. Only
rounded values already on the page reach Vega, and what Vega writes for assistive technology (exact values among it) is
switched off. No font is needed: every text is placed by its anchor.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tryghed.reporting import theme
from tryghed.reporting.figures import svg
from tryghed.reporting.figures.marks import Block, Marks, Rule, Symbol, Whisker
from tryghed.reporting.figures.scales import Scale

Spec = dict[str, Any]
Mark = Block | Rule | Whisker | Symbol


@dataclass(frozen=True, slots=True)
class Panel:
    """Marks on one horizontal axis; `labelled` are the ticks with a label (None: all)."""

    scale: Scale
    marks: Marks
    labelled: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Dot:
    """One wave in a small series: value and interval above the foot of its cell, in the units of the axis."""

    column: int
    row: int
    x: float
    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a series is drawn."""

    line: str
    band: str
    width: float
    shape: str
    size: float
    fill: str
    edge: str
    edge_width: float


OURS = Stroke(theme.ACC, theme.T2, 1.9, "circle", 3.0, theme.ACC, theme.WHITE, 0.9)
OURS_SMALL = Stroke(theme.ACC, theme.T2, 1.7, "circle", 2.6, theme.ACC, theme.WHITE, 0.8)
OURS_BEFORE = Stroke(theme.T1, theme.T3, 1.7, "circle", 3.0, theme.WHITE, theme.T1, 1.3)
REST = Stroke(theme.G6, theme.G2, 1.5, "diamond", 3.4, theme.WHITE, theme.G6, 1.1)
REST_BEFORE = Stroke(theme.G4, theme.G1, 1.5, "diamond", 3.4, theme.WHITE, theme.G4, 1.1)


def rows(panels: Sequence[Panel], *, height: float) -> str:
    """Return panels beside each other over rows placed in points, each with its grid and tick labels below."""
    layers = [{"layer": _panel(panel, height)} for panel in panels]
    width = max(panel.scale.end for panel in panels)
    return _inside({"layer": layers, "resolve": {"scale": {"x": "independent"}}, "width": width, "height": height})


def small(
    dots: Sequence[Dot],
    *,
    years: tuple[float, float],
    span: float,
    size: tuple[float, float],
    gap: tuple[float, float],
    stroke: Stroke = OURS_SMALL,
) -> str:
    """Return small series in a grid of cells of one size, all over the same years and as many units of height.

    Args:
        dots: The waves of every cell.
        years: First and last position on the horizontal axis.
        span: Units of the vertical axis a cell is high.
        size: Width and height of a cell.
        gap: Points between columns and between rows.
        stroke: How the series are drawn.
    """
    shape = range(1 + max(dot.column for dot in dots)), range(1 + max(dot.row for dot in dots))
    taken = {(dot.column, dot.row) for dot in dots}
    cells = [(column, row) for column in shape[0] for row in shape[1] if (column, row) not in taken]
    dots = [*dots, *(Dot(*cell, years[0], None, None, None) for cell in cells)]  # Vega leaves out what has no data
    x = _channel("x", {"domain": list(years), "nice": False, "zero": False})
    layers = _series(x, {"domain": [0, span], "nice": False, "zero": False}, stroke)
    return _inside(
        {
            "data": {"values": _with_lone(dots)},
            "facet": {part: {"field": part, "type": "ordinal", "header": None} for part in ("row", "column")},
            "spec": {"width": size[0], "height": size[1], "layer": layers},
            "spacing": {"column": gap[0], "row": gap[1]},
            "bounds": "flush",
        }
    )


def long(parts: Sequence[tuple[Sequence[Dot], Stroke]], *, y: Scale, width: float) -> str:
    """Return one chart of several series (drawn in their order) with a vertical percent axis and its grid.

    `y` runs from its low end at the chart's height to its high end at 0; waves stand in points from the left edge.
    All bands lie under all lines, those of the first series on top, so that no series hides another.
    """
    x = _channel("x", _points(width))
    axis = _axis(y.ticks, {tick: str(tick) for tick in y.ticks}, orient="left")
    series = [
        [{"data": {"values": _with_lone(dots)}, **layer} for layer in _series(x, _scale(y), stroke, axis)]
        for dots, stroke in parts
    ]
    bands = [layer for one in reversed(series) for layer in one[:2]]
    lines = [layer for one in series for layer in one[2:]]
    return _inside({"layer": [_ground("y", y, axis), *bands, *lines], "width": width, "height": y.start})


def _panel(panel: Panel, height: float) -> list[Spec]:
    ticks = panel.scale.ticks if panel.labelled is None else panel.labelled
    labels = {tick: panel.scale.label(tick) for tick in ticks}
    axis = _axis(panel.scale.ticks, labels, orient="bottom")
    x = _channel("x", _scale(panel.scale), axis)
    y = _channel("y", _points(height))
    layers = [_ground("x", panel.scale, axis)]
    for style, alike in _by_style(panel.marks):
        far: Spec = {name: {"field": name} for name in ("x2", "y2") if name in _place(alike[0])}
        values = [_place(mark) for mark in alike]
        layers.append({"data": {"values": values}, "mark": style, "encoding": {"x": x, "y": y, **far}})
    return layers


def _ground(direction: Literal["x", "y"], scale: Scale, axis: Spec) -> Spec:
    """Return a layer that draws nothing but the grid and the labels of one axis."""
    invisible = {"type": "point", "opacity": 0}
    encoding = {direction: _channel("nothing", _scale(scale), axis)}
    return {"data": {"values": [{}]}, "mark": invisible, "encoding": encoding}


def _by_style(marks: Marks) -> list[tuple[Spec, list[Mark]]]:
    """Marks drawn alike share a layer; layers keep the drawing order of `Marks`."""
    groups: dict[str, tuple[Spec, list[Mark]]] = {}
    whiskers = [part for whisker in marks.whiskers for part in _with_caps(whisker)]
    for mark in (*marks.blocks, *marks.rules, *whiskers, *marks.symbols):
        style = _style(mark)
        groups.setdefault(f"{type(mark).__name__} {style}", (style, []))[1].append(mark)
    return list(groups.values())


def _with_caps(whisker: Whisker) -> list[Whisker | Rule]:
    top, bottom, width = whisker.y - whisker.cap, whisker.y + whisker.cap, 0.7 * whisker.width
    ends = (whisker.x1, whisker.x2) if whisker.cap else ()
    return [whisker, *(Rule(end, top, bottom, whisker.stroke, width) for end in ends)]


def _style(mark: Mark) -> Spec:
    if isinstance(mark, Block):
        return {"type": "rect", "opacity": 1, "fill": mark.fill, "stroke": mark.stroke, "strokeWidth": mark.width}
    if isinstance(mark, Rule):
        dash = {"strokeDash": list(mark.dash)} if mark.dash else {}
        return {"type": "rule", "opacity": 1, "stroke": mark.stroke, "strokeWidth": mark.width, **dash}
    if isinstance(mark, Whisker):
        return {"type": "rule", "opacity": 1, "stroke": mark.stroke, "strokeWidth": mark.width}
    edge = {"stroke": mark.stroke, "strokeWidth": mark.width} if mark.width else {"stroke": None}
    return {
        "type": "point",
        "opacity": 1,
        "shape": mark.shape,
        "size": (2 * mark.radius) ** 2,
        "fill": mark.fill,
        **edge,
    }


def _place(mark: Mark) -> dict[str, float]:
    if isinstance(mark, Block):
        return {"x": mark.x1, "x2": mark.x2, "y": mark.y1, "y2": mark.y2}
    if isinstance(mark, Rule):
        return {"x": mark.x, "y": mark.y1, "y2": mark.y2}
    if isinstance(mark, Whisker):
        return {"x": mark.x1, "x2": mark.x2, "y": mark.y}
    return {"x": mark.x, "y": mark.y}


def _series(x: Spec, scale: Spec, stroke: Stroke, axis: Spec | None = None) -> list[Spec]:
    def layer(mark: Spec, name: str, second: str = "") -> Spec:
        far = {"y2": {"field": second}} if second else {}
        return {"mark": {"opacity": 1, **mark}, "encoding": {"x": x, "y": _channel(name, scale, axis), **far}}

    broken = {"invalid": "break-paths-filter-domains"}
    edge = {"fill": stroke.fill, "stroke": stroke.edge, "strokeWidth": stroke.edge_width}
    return [
        layer({"type": "area", "fill": stroke.band, **broken}, "lower", "upper"),
        layer({"type": "rule", "stroke": stroke.band, "strokeWidth": 6}, "lone_lower", "lone_upper"),
        layer({"type": "line", "stroke": stroke.line, "strokeWidth": stroke.width, **broken}, "value"),
        layer({"type": "point", "shape": stroke.shape, "size": (2 * stroke.size) ** 2, **edge}, "value"),
    ]


def _with_lone(dots: Sequence[Dot]) -> list[dict[str, float | None]]:
    """A wave without neighbours has no band to stand in, so its interval is drawn as a bar."""
    shown = []
    for dot, before, after in zip(dots, [None, *dots[:-1]], [*dots[1:], None], strict=True):
        near = [other for other in (before, after) if other and (other.column, other.row) == (dot.column, dot.row)]
        lone = all(other.value is None for other in near)
        limits = (dot.lower, dot.upper) if lone else (None, None)
        shown.append({**asdict(dot), "lone_lower": limits[0], "lone_upper": limits[1]})
    return shown


def _channel(field: str, scale: Spec, axis: Spec | None = None) -> Spec:
    # Layers with one scale must agree on its axis: a single layer without it would take it from all.
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _scale(scale: Scale) -> Spec:
    return {"domain": [scale.low, scale.high], "range": [scale.start, scale.end], "nice": False, "zero": False}


def _points(extent: float) -> Spec:
    return {"domain": [0, extent], "range": [0, extent], "nice": False, "zero": False}


def _axis(ticks: Sequence[int], labels: Mapping[int, str], *, orient: Literal["bottom", "left"]) -> Spec:
    written = json.dumps({str(tick): label for tick, label in labels.items()}, ensure_ascii=False)
    look = {"gridColor": theme.G2, "gridWidth": 0.5, "labelFontSize": theme.SMALLEST, "labelColor": theme.G6}
    every = {"labelOverlap": False, "labelFlush": False, "labelBound": False, "labelLimit": 0}
    none = {"domain": False, "ticks": False, "title": None}
    label = {"labelExpr": f"{written}[datum.value] || ''", "labelPadding": 5}
    return {"orient": orient, "values": list(ticks), "grid": True, "zindex": 0, **look, **every, **none, **label}


def _inside(chart: Spec) -> str:
    """Compile the chart and keep only what is drawn: no classes, roles, backgrounds, empty groups or long decimals."""
    import vl_convert  # slow: imported where first needed

    drawn: str = vl_convert.vegalite_to_svg({**chart, **_CONFIG}, vl_version=_VEGA_LITE)
    drawn = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    for pattern, kept in _UNWANTED:
        drawn = pattern.sub(kept, drawn)
    while (shorter := _EMPTY.sub("", drawn)) != drawn:
        drawn = shorter
    return _DECIMALS.sub(lambda found: svg.length(float(found.group())), drawn)


_VEGA_LITE = "6.1"
_CONFIG: Spec = {
    "padding": 0,
    "autosize": "none",
    "background": "transparent",
    "config": {"aria": False, "view": {"stroke": None, "fill": None}, "axis": {"translate": 0, "tickRound": False}},
}
_UNWANTED = [
    (re.compile(r'<path class="(?:back|fore)ground"[^>]*/>'), ""),
    (re.compile(r' (?:class|role|aria-\w+|pointer-events|font-family)="[^"]*"'), ""),
    (re.compile(r' (?:opacity="1"|stroke-width="0"|transform="translate\(0,0\)")'), ""),
    (re.compile(r'(font-size="[\d.]+)px"'), r'\1"'),
    (re.compile(r"<text (?=[^>]*>[^<])"), f'<text class="{svg.TICK}" '),
    (re.compile(r"<text[^>]*></text>|<path(?![^>]* d=)[^>]*/>|<path[^>]* opacity=\"0\"[^>]*/>"), ""),
]
_EMPTY = re.compile(r"<g[^>]*/>|<g></g>|<g[^>]*[^/]></g>|<defs></defs>|<defs/>")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
