"""One small series per area, placed as on the map (city F3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from tryghed.reporting import theme
from tryghed.reporting.figures import numbers, series, signs, svg, vega
from tryghed.reporting.figures.values import AreaTrend, PlaceName, Point

_COLUMNS = 5  # of a plain grid
_GUTTER = 14.0
_PLOT = 47.0


@dataclass(frozen=True, slots=True)
class _Layout:
    """The grid all areas share: sizes in points, the years and the percentages of every panel."""

    cells: Sequence[tuple[int, int]]
    pitch: float
    heading: float
    left: float
    right: float
    years: tuple[float, float]
    low: int
    high: int
    ticks: Sequence[int]

    @property
    def top(self) -> float:
        """Where a plot begins below the name."""
        return self.heading + 6

    @property
    def down(self) -> float:
        """From one row to the next."""
        return self.heading + 17 + _PLOT

    def lie(self, value: float) -> float:
        """Return how far down in its plot a value lies."""
        return _PLOT * (1 - (value - self.low) / (self.high - self.low))

    def at(self, time: float) -> float:
        """Return where in its panel a wave stands."""
        return self.left + (time - self.years[0]) / (self.years[1] - self.years[0]) * (self.right - self.left)


def placed_trends(
    panels: Sequence[AreaTrend], names: Sequence[PlaceName] = (), *, title: str, prefix: str, width: float = 172
) -> str:
    """Return one small series per area, placed as on the map or in a plain grid of five (city F3).

    Args:
        panels: The areas; when one of them has no place, all stand in the order given.
        names: Names in empty fields of the map grid; left out in a plain grid.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full = width * theme.POINTS_PER_MM
    layout = _layout(panels, full)
    plain = any(panel.column is None or panel.row is None for panel in panels)
    chart = vega.small(
        [dot for panel, cell in zip(panels, layout.cells, strict=True) for dot in _dots(panel, cell, layout.low)],
        years=layout.years,
        span=layout.high - layout.low,
        size=(layout.right - layout.left, _PLOT),
        gap=(layout.pitch - layout.right + layout.left, layout.down - _PLOT),
    )
    parts = [
        *(_ground(panel, cell, layout) for panel, cell in zip(panels, layout.cells, strict=True)),
        svg.group([chart], x=layout.left, y=layout.top),
        *(_words(panel, cell, layout) for panel, cell in zip(panels, layout.cells, strict=True)),
        *(_context(name, layout) for name in names if not plain),
    ]
    rows = 1 + max(cell[1] for cell in layout.cells)
    return svg.document(parts, title=title, prefix=prefix, width=full, height=rows * layout.down + 10)


def _layout(panels: Sequence[AreaTrend], full: float) -> _Layout:
    cells = _cells(panels)
    pitch = (full + _GUTTER) / max([_COLUMNS, *(1 + cell[0] for cell in cells)])
    known = [value for panel in panels for value in series.values(panel.points)] or [0.0, 100.0]
    low, high = floor(min(known)), max(ceil(max(known)), floor(min(known)) + 1)
    step = next((step for step in (10, 20, 25) if high - low <= 2.5 * step), 50)
    ticks = range(ceil(low / step) * step, high + 1, step)
    edge = max((theme.text_width(str(tick), theme.SMALLEST) for tick in ticks), default=0)
    values = [numbers.estimate(point.share) for panel in panels for point in panel.points]
    room = max([12.0, *(theme.text_width(value, theme.CELL, 600) for value in values)])
    times = [time for panel in panels for time in _times(panel.points)]
    heading = 12.0 * max(len(_name(panel, pitch)) for panel in panels)
    right = pitch - _GUTTER - 6 - room
    return _Layout(cells, pitch, heading, edge + 7.5, right, series.ends(times), low, high, ticks)


def _times(points: Sequence[Point]) -> list[float]:
    return series.times([point.label for point in points])


def _dots(panel: AreaTrend, cell: tuple[int, int], low: int) -> list[vega.Dot]:
    return series.dots(panel.points, _times(panel.points), low=low, column=cell[0], row=cell[1])


def _ground(panel: AreaTrend, cell: tuple[int, int], layout: _Layout) -> str:
    """The name over its rule, and the grid; the first area of a row numbers it."""
    numbered = cell[0] == min(other[0] for other in layout.cells if other[1] == cell[1])
    ticks: Mapping[int, float] = {tick: layout.lie(tick) for tick in layout.ticks}
    grid = series.grid(layout.ticks if numbered else [], ticks, layout.left - 7.5, layout.left - 4, layout.right + 8)
    head = _panel_head(panel, layout.pitch)
    return svg.group([*head, svg.group(grid, y=layout.top)], x=cell[0] * layout.pitch, y=cell[1] * layout.down)


def _words(panel: AreaTrend, cell: tuple[int, int], layout: _Layout) -> str:
    """The newest share, the years under the lowest area of a column, signs and verdict."""
    at = [layout.at(time) for time in _times(panel.points)]
    lowest = cell[1] == max(other[1] for other in layout.cells if other[0] == cell[0])
    under = (
        series.wave_labels(panel.points, at, _PLOT + 11.5, every=False) if lowest else _signs(panel.points, at, _PLOT)
    )
    value = series.end_value(panel.points, at, layout.lie, percent=False, size=theme.CELL)
    verdict = _verdict(panel, layout.pitch, layout.top + _PLOT)
    inside = [svg.group([value, *under], y=layout.top), verdict]
    return svg.group(inside, x=cell[0] * layout.pitch, y=cell[1] * layout.down)


def _context(name: PlaceName, layout: _Layout) -> str:
    x, y = (name.column + 0.5) * layout.pitch - _GUTTER / 2, name.row * layout.down + layout.heading + 23
    return svg.text(x, y, f"({name.name})", fill=theme.G6, anchor="middle", italic=True)


def _cells(panels: Sequence[AreaTrend]) -> list[tuple[int, int]]:
    placed = [(panel.column, panel.row) for panel in panels if panel.column is not None and panel.row is not None]
    if len(placed) == len(panels):
        return placed
    return [(index % _COLUMNS, index // _COLUMNS) for index in range(len(panels))]


def _name(panel: AreaTrend, pitch: float) -> list[str]:
    return theme.wrap(panel.name, pitch - _GUTTER, theme.CELL, 600)


def _panel_head(panel: AreaTrend, pitch: float) -> list[str]:
    fill = theme.ACC if panel.verdict else theme.INK
    lines = _name(panel, pitch)
    text = [
        svg.text(0, 9 + 12 * index, line, size=theme.CELL, weight=600, fill=fill) for index, line in enumerate(lines)
    ]
    bottom = 12 * len(lines) + 1.5
    return [*text, svg.line(0, bottom, pitch - _GUTTER, bottom, stroke=theme.G4, width=0.6)]


def _verdict(panel: AreaTrend, pitch: float, y: float) -> str:
    return (
        svg.text(pitch - _GUTTER, y + 3, panel.verdict, weight=600, fill=theme.ACC, anchor="end")
        if panel.verdict
        else ""
    )


def _signs(points: Sequence[Point], at: Sequence[float], plot: float) -> list[str]:
    return [
        signs.drawn_sign(point.share.withheld, x, plot + 6)
        for point, x in zip(points, at, strict=True)
        if point.share.withheld
    ]
