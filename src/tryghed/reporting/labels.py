"""Where the names on a map stand: inside their area where they fit, else in free space with a line to the area."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
import shapely.ops
from shapely import Geometry, LineString, affinity

from tryghed.reporting.outlines import Point, largest, middle

#: This much of a label must lie in its area, else it is moved away.
_INSIDE = 0.85
_DISTANCES = (14, 20, 26, 32, 40, 48, 58, 70, 84, 100)
_ANGLES = 36
_SHIFTS = range(-20, 21, 4)


@dataclass(frozen=True, slots=True)
class Block:
    """The size of a label in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label is: the middle of its block, and the point of its area when a line leads there."""

    x: float
    y: float
    leader_from: Point | None = None
    leader_to: Point | None = None


def place(areas: Mapping[str, Geometry], blocks: Mapping[str, Block], width: float, height: float) -> dict[str, Placed]:
    """Return a place for every label; larger areas choose first, so the result depends on nothing else.

    Args:
        areas: Placed shapes by code.
        blocks: Label sizes by code.
        width: Width of the map in points.
        height: Height of the map in points.
    """
    placed: dict[str, Placed] = {}
    taken: list[Geometry] = []
    land = shapely.union_all(list(areas.values()))
    moved: list[str] = []
    for code in sorted(areas, key=lambda code: (-areas[code].area, code)):
        at = _within(areas[code], blocks[code], taken, (width, height))
        if at is None:
            moved.append(code)
        else:
            placed[code] = Placed(*at)
            taken.append(_box(at, blocks[code]))
    dots = {code: middle(areas[code]) for code in moved}
    taken += [shapely.Point(dot).buffer(3) for dot in dots.values()]
    for code in moved:
        others = shapely.difference(land, areas[code])
        placed[code] = _beside(dots[code], blocks[code], taken, others, width, height)
        taken += _footprint(placed[code], blocks[code])
    return placed


def _within(area: Geometry, block: Block, taken: Sequence[Geometry], frame: tuple[float, float]) -> Point | None:
    """Return the free place of a block that lies most in its own area, None where too much of it would lie outside."""
    middle_x, middle_y = _roomiest(area, block)
    best: tuple[float, float, Point] | None = None
    for dy in _SHIFTS:
        for dx in _SHIFTS:
            box = _box((middle_x + dx, middle_y + dy), block)
            outside = round(1 - shapely.intersection(box, area).area / box.area, 2)
            if outside > 1 - _INSIDE or not _inside(box, *frame) or _hits(box, taken):
                continue
            found = (outside, abs(dx) + abs(dy), (middle_x + dx, middle_y + dy))
            best = found if best is None else min(best, found)
    return best[2] if best else None


def _roomiest(area: Geometry, block: Block) -> Point:
    """Return where in an area a block fits best: where a circle does, once the area is stretched as the block is."""
    stretch = block.width / block.height
    x, y = middle(affinity.scale(largest(area), yfact=stretch, origin=(0, 0)))
    return x, y / stretch


def _beside(
    dot: Point, block: Block, taken: Sequence[Geometry], foreign: Geometry, width: float, height: float
) -> Placed:
    """Return the best free place around a dot: off other areas, its line short and not across them."""
    best: tuple[float, Placed] | None = None
    others = [one for one in taken if not one.contains(shapely.Point(dot))]
    for distance in _DISTANCES:
        for step in range(_ANGLES):
            angle = 2 * math.pi * step / _ANGLES
            x = dot[0] + math.cos(angle) * (distance + block.width / 2)
            y = dot[1] + math.sin(angle) * (distance + block.height / 2)
            box = _box((x, y), block)
            if not _inside(box, width, height) or _hits(box, others):
                continue
            end = shapely.get_coordinates(shapely.ops.nearest_points(box, shapely.Point(dot))[0])[0]
            leader = LineString([dot, end])
            if leader.length < 6 or any(leader.intersects(one) for one in others):  # noqa: PLR2004 too short to see
                continue
            covered = shapely.intersection(box, foreign).area / box.area
            crossed = shapely.intersection(leader, foreign).length
            cost = leader.length + crossed + 90 * covered
            candidate = Placed(x, y, dot, (float(end[0]), float(end[1])))
            if best is None or cost < best[0] - 1e-9:
                best = (cost, candidate)
    return best[1] if best else Placed(*dot)


def _box(at: Point, block: Block) -> Geometry:
    x, y = at
    return shapely.box(x - block.width / 2, y - block.height / 2, x + block.width / 2, y + block.height / 2)


def _inside(box: Geometry, width: float, height: float) -> bool:
    left, top, right, bottom = box.bounds
    return bool(left >= 0 and top >= 0 and right <= width and bottom <= height)


def _hits(box: Geometry, taken: Sequence[Geometry]) -> bool:
    return any(box.intersects(one) for one in taken)


def _footprint(one: Placed, block: Block) -> list[Geometry]:
    box = _box((one.x, one.y), block)
    if one.leader_from is None or one.leader_to is None:
        return [box]
    return [box, LineString([one.leader_from, one.leader_to]).buffer(1.5)]
