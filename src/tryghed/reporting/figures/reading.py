"""The annotated example of how to read a figure, and a share as a hundred dots."""

from math import floor

from tryghed.release.released import Share
from tryghed.reporting import danish, theme
from tryghed.reporting.figures import marks, numbers, scales, signs, svg, vega
from tryghed.reporting.figures.marks import Marks
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import Level

_HUNDRED = 100
_PER_ROW = 10
_HALF = 0.5


def reading_example(
    area: Level,
    rest: Level,
    *,
    dot: str = "Prikken: bydelens andel",
    dot_note: str = "",
    line: str = f"Stregen: 95{danish.NBSP}%-interval",
    diamond: str = "Ruden: resten af byen",
    diamond_note: str = "feltet er dens interval",
    title: str,
    prefix: str,
    width: float = 122,
) -> str:
    """Return the estimate of an area and of the rest with each mark explained.

    Args:
        area: The report's area.
        rest: What it is compared with.
        dot: What the dot is.
        dot_note: A second line about the dot; the share itself when empty.
        line: What the line is; the interval stands below it.
        diamond: What the diamond is.
        diamond_note: What the block behind it is.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full, tops, height = width * theme.POINTS_PER_MM, (46.0, 60.0), 34.0
    note, limits = dot_note or numbers.percent(area.share), _with_percent(numbers.interval(area.share))
    aside = max(theme.text_width(line, theme.SMALLEST, 600), theme.text_width(diamond, theme.SMALLEST, 600))
    shares = [one for one in (area.share, rest.share) if not one.withheld]
    scale = scales.percent(
        [value for one in shares for value in (one.share, one.lower, one.upper)], aside + 19, full - aside - 19
    )
    drawing = Marks()
    marks.estimate(drawing, area.share, tops[0] - 35, marks.LARGE, verdict=None, line=theme.ACC, point=theme.ACC)
    marks.rest(drawing, rest.share, tops[1] - 35, height=7.6, radius=3.6)
    parts = [svg.group([vega.rows([vega.Panel(scale, drawing)], height=height)], y=35)]
    mirrored = (rest.share.share or 0) < (area.share.share or 0)
    if area.share.withheld:
        parts.append(signs.note(area.share.withheld, scale.start, tops[0]))
    elif area.share.share is not None:
        x = scale.at(area.share.share)
        parts += [
            svg.text(x, 9, dot, weight=600, anchor="middle"),
            svg.text(x, 20, note, fill=theme.G7, anchor="middle"),
            svg.line(x, 25, x, tops[0] - 6.5, stroke=theme.G6, width=0.8),
            _beside(area.share, scale, tops[0], (line, limits), left=not mirrored),
        ]
    if rest.share.withheld:
        parts.append(signs.note(rest.share.withheld, scale.start, tops[1]))
    else:
        parts.append(_beside(rest.share, scale, tops[1], (diamond, diamond_note), left=mirrored))
    return svg.document(parts, title=title, prefix=prefix, width=full, height=35 + height + 16)


def hundred_dots(share: Share, *, title: str, prefix: str, width: float = 70) -> str:
    """Return a share as a hundred dots: full up to the rounded lower limit, tinted up to the upper, then empty."""
    full = width * theme.POINTS_PER_MM
    if share.withheld or share.lower is None or share.upper is None:
        reason = signs.note(share.withheld, 0, 8) if share.withheld else ""
        return svg.document([reason], title=title, prefix=prefix, width=full, height=16)
    pitch = full / _PER_ROW
    radius = 0.37 * pitch
    sure, possible = (floor(limit + _HALF) for limit in (share.lower, share.upper))
    dots = []
    for index in range(_HUNDRED):
        x, y = (index % _PER_ROW + _HALF) * pitch, (index // _PER_ROW + _HALF) * pitch
        if index < sure:
            dots.append(svg.circle(x, y, radius, fill=theme.ACC, stroke=theme.ACC, width=0.8))
        elif index < possible:
            dots.append(svg.circle(x, y, radius, fill=theme.T2, stroke=theme.ACC, width=1.2))
        else:
            dots.append(svg.circle(x, y, radius, fill=theme.WHITE, stroke=theme.G4, width=0.8))
    return svg.document(dots, title=title, prefix=prefix, width=full, height=full)


def _beside(share: Share, scale: Scale, y: float, words: tuple[str, str], *, left: bool) -> str:
    """Two lines left or right of an interval, with a line that leads to it."""
    ends = [scale.at(value) for value in (share.share, share.lower, share.upper) if value is not None]
    edge, way = (min(ends) - 4, -1) if left else (max(ends) + 4, 1)
    anchor: svg.Anchor = "end" if left else "start"
    return (
        svg.line(edge, y, edge + way * 10, y, stroke=theme.G6, width=0.8)
        + svg.cell(edge + way * 13, y - 5.5, words[0], weight=600, anchor=anchor, halo=True)
        + svg.cell(edge + way * 13, y + 5.5, words[1], fill=theme.G7, anchor=anchor, halo=True)
    )


def _with_percent(interval: str) -> str:
    return f"{interval}{danish.NBSP}%" if interval else ""
