"""What drawings over the waves have in common: where a wave stands, and what is shown of it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from tryghed.reporting import theme
from tryghed.reporting.figures import numbers, signs, svg
from tryghed.reporting.figures.values import Point
from tryghed.reporting.figures.vega import Dot


def times(labels: Sequence[str]) -> list[float]:
    """Return when the waves were: their years where all labels are years in order, else 0, 1, 2 and so on."""
    if all(label.isdigit() for label in labels):
        years = [float(label) for label in labels]
        if all(before < after for before, after in pairwise(years)):
            return years
    return [float(index) for index in range(len(labels))]


def dots(points: Sequence[Point], at: Sequence[float], *, low: float = 0, column: int = 0, row: int = 0) -> list[Dot]:
    """Return the waves of a series as Vega draws them; a withheld wave leaves a gap."""
    return [
        Dot(column, row, x, *((None if value is None else round(value - low, 1)) for value in shown(point)))
        for point, x in zip(points, at, strict=True)
    ]


def shown(point: Point) -> tuple[float | None, float | None, float | None]:
    """Return share and limits as far as they may be shown."""
    share = point.share
    return (None, None, None) if share.withheld else (share.share, share.lower, share.upper)


def values(points: Sequence[Point]) -> list[float]:
    """Return every number of a series that its axis must hold."""
    return [value for point in points for value in shown(point) if value is not None]


def last(points: Sequence[Point]) -> int | None:
    """Return the index of the newest wave that is shown."""
    return max((index for index, point in enumerate(points) if shown(point)[0] is not None), default=None)


def wave_labels(
    points: Sequence[Point], at: Sequence[float], y: float, *, every: bool, bold_last: bool = False
) -> list[str]:
    """Return the names of the waves centred under them, and the sign under each that is withheld.

    Args:
        points: The waves.
        at: Where they stand, in points.
        y: Baseline of the names.
        every: Whether to name every wave that has room, counted from the last; else only the first and the last.
        bold_last: Whether the last stands out.
    """
    parts = []
    edge = float("inf")
    for index in reversed(range(len(points))):
        half = theme.text_width(points[index].label, theme.SMALLEST, 600) / 2
        first_or_last = index in (0, len(points) - 1)
        if (every or first_or_last) and at[index] + half + 2 <= edge:
            heavy = bold_last and index == len(points) - 1
            fill = theme.INK if heavy else theme.G6
            label = points[index].label
            parts.append(svg.text(at[index], y, label, weight=600 if heavy else 400, fill=fill, anchor="middle"))
            edge = at[index] - half
        withheld = points[index].share.withheld
        if withheld:
            parts.append(signs.drawn_sign(withheld, at[index], y + 9))
    return parts


def ends(times: Sequence[float]) -> tuple[float, float]:
    """Return the first and the last time, kept apart where there is only one wave."""
    first, last = min(times, default=0.0), max(times, default=1.0)
    return (first, last) if first < last else (first - 1, last + 1)


def grid(labelled: Sequence[int], ticks: Mapping[int, float], edge: float, start: float, end: float) -> list[str]:
    """Return horizontal lines from `start` to `end`, the labelled ones with their tick right-aligned at `edge`."""
    lines = [svg.line(start, y, end, y, stroke=theme.G2, width=0.5) for y in ticks.values()]
    return lines + [svg.cell(edge, ticks[tick], str(tick), fill=theme.G6, anchor="end", tick=True) for tick in labelled]


def end_value(
    points: Sequence[Point], at: Sequence[float], down: Callable[[float], float], *, percent: bool, size: float
) -> str:
    """Return the newest share beside its dot; `down` says how far down a value lies.

    Nothing where the newest wave is withheld: an older share at the end of a series would be taken for its.
    """
    share = points[-1].share if points else None
    if share is None or share.withheld:
        return ""
    words = numbers.percent(share) if percent else numbers.estimate(share)
    return svg.cell(at[-1] + 6, down(share.share or 0), words, size=size, weight=600, fill=theme.ACC)
