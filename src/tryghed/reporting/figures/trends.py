"""Small series with their band (F2, F8)."""

from collections.abc import Sequence
from math import ceil, floor

from tryghed.reporting import theme
from tryghed.reporting.figures import numbers, scales, series, svg, vega
from tryghed.reporting.figures.values import Point, Trend
from tryghed.reporting.theme import Weight

_HEIGHT = 55.0
_GAP = 20.0  # between the three columns of a page


def trend(points: Sequence[Point], *, title: str, prefix: str, width: float = 57.5) -> str:
    """Return one small series with every wave named (F2).

    Args:
        points: Comparable waves only, oldest first.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, top = width * theme.POINTS_PER_MM, 6.0
    at, dots_at = _across(points, 28, full - 48)
    y = scales.percent(series.values(points), _HEIGHT, 0, apart=16, least=30)
    grid = series.grid(y.ticks, {tick: y.at(tick) for tick in y.ticks}, 15.5, 19, full - 38)
    chart = vega.small(series.dots(points, dots_at, low=y.low), years=series.ends(dots_at), span=y.high - y.low,
                       size=(full - 76, _HEIGHT), gap=(0, 0), stroke=vega.OURS)  # fmt: skip
    value = series.end_value(points, at, y.at, percent=True, size=9.5)
    waves = series.wave_labels(points, at, _HEIGHT + 12, every=True)
    plot = svg.group([*grid, svg.group([chart], x=28), value, *waves], y=top)
    return svg.document([plot], title=title, prefix=prefix, width=full, height=top + _HEIGHT + 15 + _below(points))


def trends(items: Sequence[Trend], *, title: str, prefix: str, width: float = 172) -> str:
    """Return small series beside each other with verdict and change (F8), all with as many points to a per cent.

    Args:
        items: At most three, the proven change first.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, columns = width * theme.POINTS_PER_MM, max(3, len(items))
    cell = (full - (columns - 1) * _GAP) / columns
    headings = [theme.wrap(item.heading, cell, theme.HEADING, 600) for item in items]
    top = 12.0 * max(map(len, headings), default=1) + 36
    lows, span, step = _common([series.values(item.points) for item in items])
    parts, dots = [], []
    values = [numbers.percent(point.share) for item in items for point in item.points]
    room = max([32.0, *(theme.text_width(value, theme.CELL, 600) for value in values)])
    left, right = 28.0, cell - 6 - room
    years = series.ends([time for item in items for time in series.times([point.label for point in item.points])])
    for index, (item, lines, low) in enumerate(zip(items, headings, lows, strict=True)):
        times = series.times([point.label for point in item.points])
        at = [left + (time - years[0]) / (years[1] - years[0]) * (right - left) for time in times]
        dots += series.dots(item.points, times, low=low, column=index)
        ticks = {tick: _HEIGHT * (1 - (tick - low) / span) for tick in range(low, low + span + 1, step)}

        def down(value: float, low: int = low) -> float:
            return _HEIGHT * (1 - (value - low) / span)

        inside = [
            *series.grid(list(ticks), ticks, 18, 20, right + 9),
            series.end_value(item.points, at, down, percent=True, size=9),
        ]
        inside += series.wave_labels(item.points, at, _HEIGHT + 12, every=False)
        head = _heading(item, lines, top - 36)
        parts.append(svg.group([*head, svg.group(inside, y=top)], x=index * (cell + _GAP)))
    chart = vega.small(dots, years=years, span=span, size=(right - left, _HEIGHT),
                       gap=(cell + _GAP - (right - left), 0), stroke=vega.OURS) if dots else ""  # fmt: skip
    # The grids lie under the lines, the values over them.
    below = max((_below(item.points) for item in items), default=0)
    drawn = [*parts, svg.group([chart], x=left, y=top)]
    return svg.document(drawn, title=title, prefix=prefix, width=full, height=top + _HEIGHT + 15 + below)


def _across(points: Sequence[Point], start: float, end: float) -> tuple[list[float], list[float]]:
    """Where the waves stand in points, and when they were."""
    times = series.times([point.label for point in points])
    first, last = series.ends(times)
    return [start + (time - first) / (last - first) * (end - start) for time in times], times


def _common(groups: Sequence[Sequence[float]]) -> tuple[list[int], int, int]:
    """Return where each axis begins, the units all of them span, and their step."""
    known = [(min(values), max(values)) if values else (0.0, 40.0) for values in groups] or [(0.0, 40.0)]
    for step in (10, 20, 50):
        steps = max(2, *(ceil(high / step) - floor(low / step) for low, high in known))
        if steps <= 2 or step == 50:  # noqa: PLR2004 (two fields, or the widest step)
            break
    span = steps * step
    return [max(0, min(floor(low / step) * step, 100 - span)) for low, _ in known][: len(groups)], span, step


def _heading(item: Trend, lines: Sequence[str], top: float) -> list[str]:
    sure = bool(item.change.direction) and not item.change.withheld
    weight: Weight = 600
    heading = [svg.text(0, 10 + 12 * index, line, size=theme.HEADING, weight=600) for index, line in enumerate(lines)]
    change = numbers.change(item.change)
    fill = theme.INK if sure else theme.G7
    return [
        *heading,
        svg.text(0, top + 10, item.verdict, size=8.8, weight=weight),
        svg.text(0, top + 21.5, change, fill=fill),
    ]


def _below(points: Sequence[Point]) -> float:
    return 10.0 if any(point.share.withheld for point in points) else 0.0
