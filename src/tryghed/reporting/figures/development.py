"""Development over the waves with a break in comparability (F6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tryghed.reporting import theme
from tryghed.reporting.figures import numbers, scales, series, signs, svg, vega
from tryghed.reporting.figures.scales import Scale
from tryghed.reporting.figures.values import Break, Point, Series
from tryghed.reporting.theme import Weight

_LEFT = 20.0  # where the grid begins
_TOP = 20.0
_HEIGHT = 138.0
_GAP = 6 * theme.POINTS_PER_MM  # the hatched field of a break
_AIR = 17.0  # between a wave and the field
_LINE = 10.8


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the waves stand, and the hatched field between those before and after a break."""

    at: Sequence[float]
    cut: int  # waves before the break
    field: tuple[float, float] | None


def development(
    area: Series,
    rest: Series | None,
    *,
    cut: Break | None,
    unit: str = "Pct.",
    title: str,
    prefix: str,
    width: float = 172,
) -> str:
    """Return the development of an area, and of the rest of the city, over all waves (F6).

    Nothing crosses a break: before it the line is paler, the dots hollow, and a hatched field stands between.

    Args:
        area: The report's area.
        rest: What it is compared with, over the same waves; None leaves it out.
        cut: Where comparability ends; None or a break outside the waves draws no field.
        unit: Name of the vertical axis.
        title: Alt text.
        prefix: Begins every id.
        width: In millimetres.
    """
    full = width * theme.POINTS_PER_MM
    shown = [one for one in (rest, area) if one is not None]
    beside = max(theme.text_width(words, theme.CELL, 600) for one in shown for words in (one.name, _newest(one))) + 12
    layout = _layout(area.points, _LEFT + 12, full - beside - 6, cut)
    known = [value for one in shown for value in series.values(one.points)]
    under = [max(0.0, min(known) - 3)] if cut and known else []  # room for the words at the foot of a break
    y = scales.percent([*known, *under], _HEIGHT, 0, apart=16)
    end = layout.at[-1] + 8
    chart = vega.long(_parts(area, rest, layout), y=y, width=end - _LEFT)
    name = f"{prefix}-break"
    field = [svg.hatch(name, spacing=4, width=0.4, stroke=theme.G4), *_field(layout, cut, name)] if cut else []
    labels = [*_values(area, rest, layout, y), *_direct(area, rest, layout, y)]
    waves = series.wave_labels(area.points, layout.at, _HEIGHT + 12.5, every=True, bold_last=True)
    foot = svg.line(_LEFT, _HEIGHT, end, _HEIGHT, stroke=theme.G4, width=0.6)
    plot = svg.group([svg.group([chart], x=_LEFT), foot, *field, *labels, *waves], y=_TOP)
    heads = [svg.text(0, 7, unit, fill=theme.G6)]
    if cut and layout.field:
        heads.append(_break_head(cut, layout.field, full, theme.text_width(unit, theme.SMALLEST)))
    signs_below = 10 if any(point.share.withheld for point in area.points) else 0
    height = _TOP + _HEIGHT + 16 + signs_below
    return svg.document([*heads, plot], title=title, prefix=prefix, width=full, height=height)


def _layout(points: Sequence[Point], start: float, end: float, cut: Break | None) -> _Layout:
    times = series.times([point.label for point in points])
    before = sum(point.label < cut.since for point in points) if cut else 0
    broken = 0 < before < len(points)
    spans = [after - one for one, after in pairwise(times)]
    free = sum(span for index, span in enumerate(spans) if not (broken and index == before - 1))
    step = (end - start - (_GAP + 2 * _AIR if broken else 0)) / free if free else 0.0
    at = [start]
    for index, span in enumerate(spans):
        at.append(at[-1] + (_GAP + 2 * _AIR if broken and index == before - 1 else span * step))
    field = (at[before - 1] + _AIR, at[before] - _AIR) if broken else None
    return _Layout(at, before if broken else 0, field)


def _parts(area: Series, rest: Series | None, layout: _Layout) -> list[tuple[list[vega.Dot], vega.Stroke]]:
    drawn = []
    for one, pale, full in ((rest, vega.REST_BEFORE, vega.REST), (area, vega.OURS_BEFORE, vega.OURS)):
        if one is None:
            continue
        at = _places(one, area, layout)
        cut = sum(place < layout.at[layout.cut] for place in at)
        drawn += [
            (series.dots(one.points[part], [place - _LEFT for place in at[part]]), stroke)
            for part, stroke in ((slice(0, cut), pale), (slice(cut, None), full))
            if one.points[part]
        ]
    return drawn


def _places(one: Series, area: Series, layout: _Layout) -> list[float]:
    """Where the waves of a series stand: at the waves of the area with the same label."""
    known = {point.label: place for point, place in zip(area.points, layout.at, strict=True)}
    return [known[point.label] for point in one.points]


def _field(layout: _Layout, cut: Break | None, name: str) -> list[str]:
    if not cut or not layout.field:
        return []
    left, right = layout.field
    return [
        svg.rect(left, -4, right - left, _HEIGHT + 4, fill=theme.WHITE),
        svg.rect(left, -4, right - left, _HEIGHT + 4, fill=f"url(#{name})"),
        *(svg.line(side, -4, side, _HEIGHT, stroke=theme.G6, width=0.8) for side in (left, right)),
        svg.text(left - 6, _HEIGHT - 6, cut.before, fill=theme.G7, anchor="end", halo=True),
        svg.text(right + 6, _HEIGHT - 6, cut.after, fill=theme.G7, halo=True),
    ]


def _break_head(cut: Break, field: tuple[float, float], full: float, unit: float) -> str:
    half = theme.text_width(cut.label, theme.SMALLEST, 600) / 2
    x = min(max(sum(field) / 2, unit + 8 + half), full - half)
    return svg.text(x, 7, cut.label, weight=600, anchor="middle")


def _values(area: Series, rest: Series | None, layout: _Layout, y: Scale) -> list[str]:
    """The area's shares at their dots, all but the newest wave's: under them, or over them where the rest is below."""
    others = {point.label: point.share.share for point in rest.points if not point.share.withheld} if rest else {}
    newest, parts = len(area.points) - 1, []
    for index, point in enumerate(area.points):
        share = point.share.share
        if point.share.withheld or share is None or index == newest:
            continue
        other = others.get(point.label)
        below = other is None or other >= share
        before = index < layout.cut
        weight: Weight = 400 if before else 600
        spot = y.at(share) + (12.5 if below else -6.5)
        spot = spot if spot < _HEIGHT - 2 else y.at(share) - 6.5
        fill = theme.G7 if before else theme.ACC
        words = numbers.estimate(point.share)
        parts.append(
            svg.text(layout.at[index], spot, words, size=theme.CELL, weight=weight, fill=fill, anchor="middle")
        )
    return parts


def _direct(area: Series, rest: Series | None, layout: _Layout, y: Scale) -> list[str]:
    """Name and newest wave's share of each series beside its end, moved apart where they would meet."""
    wanted: list[tuple[float, Series, Weight, str]] = []
    looks: tuple[tuple[Series | None, Weight, str], ...] = ((rest, 500, theme.G7), (area, 600, theme.ACC))
    for one, weight, fill in looks:
        if one is None:
            continue
        newest = series.last(one.points)
        wanted.append((_HEIGHT / 2 if newest is None else y.at(one.points[newest].share.share or 0), one, weight, fill))
    wanted.sort(key=lambda item: item[0])
    spots = [item[0] for item in wanted]
    if len(spots) > 1 and (short := 2 * _LINE + 4 - (spots[1] - spots[0])) > 0:
        spots = [spots[0] - short / 2, spots[1] + short / 2]
    highest, lowest = _LINE / 2, _HEIGHT - _LINE / 2
    spots = [min(max(spot, highest + index * 26), lowest - (len(spots) - 1 - index) * 26)
             for index, spot in enumerate(spots)]  # fmt: skip
    x = layout.at[-1] + 9
    return [
        svg.cell(x, spot - _LINE / 2, one.name, size=theme.CELL, weight=weight, fill=fill)
        + svg.cell(x, spot + _LINE / 2, _newest(one), size=theme.CELL, weight=600, fill=fill)
        for spot, (_, one, weight, fill) in zip(spots, wanted, strict=True)
    ]


def _newest(one: Series) -> str:
    """The newest wave's share, or why it is not shown: never an older one."""
    share = one.points[-1].share
    return signs.WORDS[share.withheld][0] if share.withheld else numbers.percent(share)
