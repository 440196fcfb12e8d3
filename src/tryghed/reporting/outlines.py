"""Outlines of an area set as shapes on a plane, and how a map's rectangle looks at them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import shapely
from shapely import Geometry, MultiPolygon, Polygon
from shapely.geometry import shape

from tryghed.definitions.plane import metres_per_degree
from tryghed.errors import RenderError
from tryghed.reporting.figures import svg

Point = tuple[float, float]


@dataclass(frozen=True)
class Outlines:
    """Shapes by area code, in metres east and north on the plane that touches the earth at `latitude`."""

    shapes: Mapping[str, Geometry]
    latitude: float

    @cached_property
    def land(self) -> Geometry:
        """Everything that is in some area, without the slits between neighbours."""
        grown = [shapely.buffer(one, 5, join_style="mitre") for one in self.shapes.values()]
        return shapely.buffer(shapely.union_all(grown), -5, join_style="mitre")

    @cached_property
    def enclave(self) -> Geometry | None:
        """The largest hole in the land: what lies inside the city and is not part of it."""
        parts = [part for part in shapely.get_parts(self.land) if isinstance(part, Polygon)]
        holes = [Polygon(ring) for part in parts for ring in part.interiors]
        return max(holes, key=lambda hole: hole.area, default=None)


def load(path: Path, *, beside: Outlines | None = None) -> Outlines:
    """Return the outlines in a GeoJSON file written by `tryghed areas load`.

    Args:
        path: The file.
        beside: Outlines they are drawn on the same map with: both must lie on one plane.

    Raises:
        RenderError: The file is not that.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        found = {str(one["properties"]["code"]): shape(one["geometry"]) for one in features}
    except (OSError, ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise RenderError(f"not outlines: {error}", where=str(path), hint="tryghed areas load FILE") from None
    _, south, _, north = shapely.total_bounds(list(found.values()))
    latitude = beside.latitude if beside else float(south + north) / 2
    scale = metres_per_degree(latitude)
    metres = {code: shapely.transform(one, lambda points: points * scale) for code, one in found.items()}
    return Outlines(metres, latitude)


@dataclass(frozen=True)
class Window:
    """A rectangle of the plane drawn on a rectangle of the page: metres become points, north is up."""

    west: float
    north: float
    points_per_metre: float

    def place(self, one: Geometry) -> Geometry:
        """Return a shape where it is drawn."""
        k = self.points_per_metre
        return shapely.transform(one, lambda at: (at - (self.west, self.north)) * (k, -k))


def fit(shapes: Iterable[Geometry], left: float, top: float, width: float, height: float) -> Window:
    """Return the window that shows shapes as large as they go in a rectangle, centred."""
    west, south, east, north = shapely.total_bounds(list(shapes))
    scale = min(width / (east - west), height / (north - south))
    spare_x, spare_y = width - scale * (east - west), height - scale * (north - south)
    return Window(west - (left + spare_x / 2) / scale, north + (top + spare_y / 2) / scale, scale)


def path(one: Geometry, **attributes: str | float | None) -> str:
    """Return a placed shape as one SVG path, holes left out of the fill."""
    rings = [
        ring
        for part in shapely.get_parts(one)
        if isinstance(part, Polygon)
        for ring in (part.exterior, *part.interiors)
    ]
    drawn = "".join(_ring(list(ring.coords)[:-1]) for ring in rings)
    return svg.element("path", "", d=drawn, fill_rule="evenodd", **attributes)


def largest(one: Geometry) -> Polygon:
    """Return a shape's largest part."""
    parts = [part for part in shapely.get_parts(one) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area)


def middle(one: Geometry) -> Point:
    """Return the point of a shape's largest part that lies deepest inside it."""
    line = shapely.maximum_inscribed_circle(largest(one), tolerance=0.5)
    x, y = line.coords[0]
    return float(x), float(y)


def main_land(shapes: Mapping[str, Geometry], smallest: float) -> dict[str, Geometry]:
    """Return the shapes without parts smaller than `smallest` square metres, the largest part always kept."""
    return {code: MultiPolygon([largest(one), *_others(one, smallest)]) for code, one in shapes.items()}


def _others(one: Geometry, smallest: float) -> Sequence[Polygon]:
    whole = largest(one)
    parts = [part for part in shapely.get_parts(one) if isinstance(part, Polygon)]
    return [part for part in parts if part.area >= smallest and not part.equals(whole)]


def _ring(points: Sequence[Sequence[float]]) -> str:
    return "M" + "L".join(f"{svg.length(round(x, 1))} {svg.length(round(y, 1))}" for x, y, *_ in points) + "Z"
