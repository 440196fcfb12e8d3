"""The three maps of the reports: where an area lies, all areas with their shares, and the areas inside one.

Colour never stands alone: a sure difference has a triangle, a withheld area a sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely import Geometry, affinity

from tryghed.release.released import Withheld
from tryghed.reporting import theme
from tryghed.reporting.figures import signs, svg
from tryghed.reporting.labels import Block, Placed, place
from tryghed.reporting.outlines import Outlines, Point, fit, largest, main_land, middle, path

MapVerdict = Literal["higher", "lower", "none", "withheld"]

_SMALLEST_M2 = 60_000
_LINE = 11.0
_ENCLAVE = ""  # the hole in the city, beside the codes of areas
_MARK = 10.0
_OVERLAP = 0.02  # of a neighbour's name that may lie outside it
_NAME_HEIGHT = 10.0
_STEPS = tuple(range(-44, 45, 4))  # how far a letter may be moved


@dataclass(frozen=True, slots=True)
class CityArea:
    """What the map of the city says of one area: its name, its share as text, and the corrected test's verdict."""

    code: str
    name: str
    value: str
    verdict: MapVerdict
    reason: Withheld | None = None


@dataclass(frozen=True, slots=True)
class InsideArea:
    """An area inside a district: its letter in the table, its share as text (empty where withheld)."""

    code: str
    letter: str
    value: str
    reason: Withheld | None = None


def locator(
    outlines: Outlines, code: str, *, title: str, prefix: str, width_mm: float = 43, height_mm: float = 45
) -> str:
    """Return the small map of all areas with one of them in the accent colour."""
    width, height = width_mm * theme.POINTS_PER_MM, height_mm * theme.POINTS_PER_MM
    shapes = main_land(outlines.shapes, _SMALLEST_M2)
    window = fit(shapes.values(), 1, 1, width - 2, height - 2)
    order = sorted(shapes, key=lambda one: (one == code, one))
    parts = [
        path(
            window.place(shapes[one]), fill=theme.ACC if one == code else theme.G2, stroke=theme.WHITE, stroke_width=0.9
        )
        for one in order
    ]
    return svg.document(parts, title=title, prefix=prefix, width=width, height=height)


def city(
    outlines: Outlines,
    areas: Sequence[CityArea],
    *,
    enclave: str = "",
    title: str,
    prefix: str,
    width_mm: float = 86,
    height_mm: float = 80,
) -> str:
    """Return the map of every area with name and share; sure differences are tinted and marked, the hole is named."""
    width, height = width_mm * theme.POINTS_PER_MM, height_mm * theme.POINTS_PER_MM
    known = {one.code: one for one in areas if one.code in outlines.shapes}
    shapes = main_land({code: outlines.shapes[code] for code in known}, _SMALLEST_M2)
    window = fit(shapes.values(), 6, 6, width - 12, height - 12)
    placed = {code: window.place(one) for code, one in shapes.items()}
    hatching = f"{prefix}-secret"
    drawn = [
        path(placed[code], fill=_city_fill(known[code], hatching), stroke=theme.WHITE, stroke_width=1.1)
        for code in sorted(placed)
    ]
    drawn += [
        path(placed[code], fill="none", stroke=theme.G6, stroke_width=0.8, stroke_dasharray="2.2 1.6")
        for code in sorted(placed)
        if _city_fill(known[code], hatching) == theme.WHITE
    ]
    lines = {code: theme.wrap(one.name, 58, theme.SMALLEST) for code, one in known.items()}
    blocks = {code: _block(known[code], lines[code]) for code in known}
    hole = {_ENCLAVE: window.place(outlines.enclave)} if enclave and outlines.enclave is not None else {}
    around = {_ENCLAVE: Block(theme.text_width(enclave, theme.SMALLEST) + 2, _LINE)} if hole else {}
    at = place({**placed, **hole}, {**blocks, **around}, width, height)
    texts = [_label(known[code], lines[code], at[code], blocks[code]) for code in sorted(known)]
    if hole:
        texts.append(svg.text(at[_ENCLAVE].x, at[_ENCLAVE].y + 3, enclave, fill=theme.G6, anchor="middle", italic=True))
    pattern = svg.hatch(hatching, spacing=3, width=0.5, stroke=theme.G5, ground=theme.WHITE)
    return svg.document([pattern, *drawn, *texts], title=title, prefix=prefix, width=width, height=height)


def district(
    outlines: Outlines,
    code: str,
    names: Mapping[str, str],
    inside: Sequence[InsideArea],
    inside_outlines: Outlines | None,
    *,
    enclave: str,
    title: str,
    prefix: str,
    width_mm: float = 76,
    height_mm: float = 88,
) -> str:
    """Return one district among its neighbours, with the areas inside it by their letters.

    Args:
        outlines: All districts.
        code: The district drawn large.
        names: Names of the districts by code.
        inside: Areas inside, as the table beside the map lists them.
        inside_outlines: Their outlines, on the same plane.
        enclave: Name of the hole in the city.
        title: Alt text.
        prefix: Beginning of every id.
        width_mm: Width.
        height_mm: Height.
    """
    width, height = width_mm * theme.POINTS_PER_MM, height_mm * theme.POINTS_PER_MM
    frame = shapely.box(0, 0, width, height)
    own = main_land({code: outlines.shapes[code]}, _SMALLEST_M2)[code]
    within = [
        inside_outlines.shapes[one.code] for one in inside if inside_outlines and one.code in inside_outlines.shapes
    ]
    window = fit([own, *within], 14, 14, width - 28, height - 38)
    placed = {one: shapely.intersection(window.place(whole), frame) for one, whole in outlines.shapes.items()}
    placed = {one: cut for one, cut in placed.items() if cut.area > 0}
    shown = {one.code: one for one in inside if inside_outlines and one.code in inside_outlines.shapes}
    spots = {
        one: shapely.intersection(window.place(inside_outlines.shapes[one]), frame)
        for one in shown
        if inside_outlines is not None
    }
    hatching = f"{prefix}-secret"
    parts = [svg.hatch(hatching, spacing=3, width=0.5, stroke=theme.G5, ground=theme.WHITE)]
    parts += [
        path(placed[one], fill=theme.G2 if one == code else theme.G1, stroke=theme.WHITE, stroke_width=1.1)
        for one in sorted(placed)
    ]
    parts += [_spot(shown[one], spots[one], hatching) for one in sorted(spots) if spots[one].area > 0]
    parts.append(path(placed[code], fill="none", stroke=theme.INK, stroke_width=1.3, stroke_linejoin="round"))
    taken: list[Geometry] = [_scale_box(width, height)]
    for one in sorted(spots):
        if spots[one].area > 0:
            lines = ((placed[code].boundary, 1.0), (spots[one].boundary, 0.25))
            parts.append(_letter(shown[one], spots[one], taken, lines, frame))
    hole = shapely.intersection(window.place(outlines.enclave), frame) if outlines.enclave is not None else None
    around = {names[one]: shapely.difference(placed[one], placed[code]) for one in sorted(placed) if one != code}
    if hole is not None and hole.area > 0 and enclave:
        around[enclave] = hole
    busy = shapely.union_all([placed[code], *spots.values()])
    parts += [_neighbour(name, part, busy, taken, frame) for name, part in around.items()]
    parts.append(_scale_bar(window.points_per_metre, width, height))
    return svg.document(parts, title=title, prefix=prefix, width=width, height=height)


def _city_fill(area: CityArea, hatching: str) -> str:
    if area.verdict == "withheld":
        return f"url(#{hatching})" if area.reason is Withheld.SECRET else theme.WHITE
    return theme.T1 if area.verdict in ("higher", "lower") else theme.G2


def _block(area: CityArea, lines: Sequence[str]) -> Block:
    names = max(theme.text_width(line, theme.SMALLEST, 500) for line in lines)
    value = theme.text_width(area.value, theme.CELL, 600) + (_MARK if area.verdict != "none" else 0)
    return Block(max(names, value) + 2, _LINE * (len(lines) + 1) + 1)


def _label(area: CityArea, lines: Sequence[str], at: Placed, block: Block) -> str:
    top = at.y - block.height / 2
    parts: list[str] = []
    if at.leader_from and at.leader_to:
        parts.append(svg.line(*at.leader_from, *at.leader_to, stroke=theme.INK, width=0.7))
        parts.append(svg.circle(*at.leader_from, 1.8, fill=theme.INK, stroke=theme.WHITE, width=0.5))
    halo = at.leader_from is not None
    parts += [
        svg.cell(at.x, top + _LINE * (row + 0.5), line, weight=500, anchor="middle", halo=halo)
        for row, line in enumerate(lines)
    ]
    y = top + _LINE * (len(lines) + 0.5)
    parts.append(_value(area, at.x, y, halo=halo))
    return "".join(parts)


def _value(area: CityArea, x: float, y: float, *, halo: bool) -> str:
    if area.verdict == "withheld":
        return signs.drawn_sign(area.reason or Withheld.MISSING, x, y)
    if area.verdict == "none":
        return svg.cell(x, y, area.value, size=theme.CELL, weight=600, anchor="middle", halo=halo)
    text = theme.text_width(area.value, theme.CELL, 600)
    left = x - (text + _MARK) / 2
    return _triangle(left + 3.6, y, up=area.verdict == "higher") + svg.cell(
        left + _MARK, y, area.value, size=theme.CELL, weight=600, halo=halo
    )


def _triangle(x: float, y: float, *, up: bool) -> str:
    tip, base = (y - 3.6, y + 2.9) if up else (y + 3.6, y - 2.9)
    return svg.polygon([(x, tip), (x + 3.9, base), (x - 3.9, base)], fill=theme.INK, stroke=theme.WHITE, width=0.5)


def _spot(area: InsideArea, where: Geometry, hatching: str) -> str:
    if area.reason is None:
        return path(where, fill=theme.T1, stroke=theme.ACC, stroke_width=1)
    if area.reason is Withheld.UNRELIABLE:
        return path(where, fill=theme.WHITE, stroke=theme.ACC, stroke_width=1, stroke_dasharray="2.2 1.6")
    fill = theme.WHITE if area.reason is Withheld.DECIDED else f"url(#{hatching})"
    return path(where, fill=fill, stroke=theme.ACC, stroke_width=1)


def _letter(
    area: InsideArea, where: Geometry, taken: list[Geometry], lines: Sequence[tuple[Geometry, float]], frame: Geometry
) -> str:
    """Return the letter in its circle, with the share beside it: off other letters, and off outlines where it can."""
    text = theme.text_width(area.value, theme.CELL, 600)
    middle_x, middle_y = middle(where)
    left, top, right, bottom = frame.bounds
    spots = [(middle_x + dx, middle_y + dy) for dy in _STEPS for dx in _STEPS]
    spots = [(min(max(x, left + 8), right - 12 - text), min(max(y, top + 8), bottom - 8)) for x, y in spots]

    def cost(at: Point) -> tuple[bool, float, float]:
        box = _letter_box(at, text)
        crossed = sum(shapely.intersection(box, line).length * weight for line, weight in lines)
        away = abs(at[0] + text / 2 - middle_x) + abs(at[1] - middle_y)
        outside = 1 - shapely.intersection(box, where).area / box.area
        return any(box.intersects(one) for one in taken), round(crossed + 30 * outside + 0.5 * away, 1), away

    x, y = min(spots, key=cost)
    taken.append(_letter_box((x, y), text))
    circle = svg.circle(x, y, 6.2, fill=theme.WHITE, stroke=theme.ACC, width=0.6)
    letter = svg.cell(x, y, area.letter, weight=600, fill=theme.ACC, anchor="middle")
    return circle + letter + svg.cell(x + 9, y, area.value, size=theme.CELL, weight=600, halo=True)


def _letter_box(at: Point, text: float) -> Geometry:
    return shapely.box(at[0] - 7, at[1] - 7, at[0] + 10 + text, at[1] + 7)


def _neighbour(name: str, where: Geometry, busy: Geometry, taken: list[Geometry], frame: Geometry) -> str:
    """Return a neighbour's name where there is room for it beside the district, else nothing."""
    free = shapely.difference(where, busy)
    if free.is_empty or free.area < 900:  # noqa: PLR2004 too small to name
        return ""
    width = theme.text_width(name, theme.SMALLEST)
    stretch = width / _NAME_HEIGHT  # where a circle fits best into the stretched shape, the name fits best
    x, y = middle(affinity.scale(largest(free), yfact=stretch, origin=(0, 0)))
    y /= stretch
    left, top, right, bottom = frame.bounds
    x = min(max(x, left + width / 2 + 2), right - width / 2 - 2)
    y = min(max(y, top + 7), bottom - 7)
    box = shapely.box(x - width / 2, y - _NAME_HEIGHT / 2, x + width / 2, y + _NAME_HEIGHT / 2)
    if any(box.intersects(one) for one in taken) or shapely.intersection(box, busy).area > _OVERLAP * box.area:
        return ""
    taken.append(box)
    return svg.text(x, y + 3, name, fill=theme.G6, anchor="middle", italic=True, halo=False)


def _scale_box(width: float, height: float) -> Geometry:
    return shapely.box(width - 70, height - 26, width, height)


def _scale_bar(points_per_metre: float, width: float, height: float) -> str:
    metres = next((step for step in (500, 200, 100) if step * points_per_metre <= 60), 50)  # noqa: PLR2004 points
    length = metres * points_per_metre
    right, y = width - 6, height - 6
    ends = [svg.line(x, y - 3, x, y + 3, stroke=theme.INK, width=0.8) for x in (right - length, right)]
    bar = svg.line(right - length, y, right, y, stroke=theme.INK, width=0.8)
    words = f"{metres} m"
    x = min(right - length / 2, width - theme.text_width(words, theme.SMALLEST) / 2)
    return svg.text(x, y - 6, words, anchor="middle", halo=True, tick=True) + bar + "".join(ends)
