"""Official outlines become an area set: GeoJSON in, `surveys/areas/<set>.toml`, `.csv` and `.geojson` out.

Outlines are simplified together, so that neighbours keep sharing their edges, and kept as longitude and latitude.
Lengths and areas are measured in metres on a plane that touches the city (the error over Copenhagen is about 10 m).
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import shapely
from shapely import Geometry, MultiPolygon, Polygon
from shapely.geometry import mapping, shape

from tryghed.definitions.areas import AreaSet
from tryghed.definitions.plane import metres_per_degree
from tryghed.errors import UsageError
from tryghed.intake import geojson

Kind = Literal["district", "unit", "vulnerable", "housing"]

#: Parts of an area smaller than this are left out of its outline (islets, slivers).
SMALLEST_PART_M2 = 60_000.0
#: Areas that share more than this part of the smaller one overlap.
SMALLEST_OVERLAP = 0.01
_SEAM_M = 3.0
_DEGREES = 5
_ASCII: dict[int, str | int | None] = {
    ord(one): plain for one, plain in zip("æøåéüö", ("ae", "oe", "aa", "e", "u", "oe"), strict=True)
}


@dataclass(frozen=True)
class Outline:
    """One area as delivered: its code, name, the area it is part of, and its shape in longitude and latitude.

    `features` are the numbers of the file's features it was made from, `repaired` those that were no valid polygon.
    """

    code: str
    name: str
    parent: str
    shape: Geometry
    features: tuple[int, ...] = ()
    repaired: tuple[int, ...] = ()


@dataclass(frozen=True)
class SetDescription:
    """What a new area set is called and where it comes from."""

    name: str
    label: str
    kind: Kind
    version: str = ""
    source: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class Plane:
    """A plane in metres that touches the earth at a latitude."""

    latitude: float

    @property
    def scale(self) -> tuple[float, float]:
        """Metres per degree of longitude and of latitude."""
        return metres_per_degree(self.latitude)

    def metres(self, degrees: Geometry) -> Geometry:
        """Return a shape of longitudes and latitudes in metres."""
        return shapely.transform(degrees, lambda points: points * self.scale)

    def degrees(self, metres: Geometry) -> Geometry:
        """Return a shape in metres as longitudes and latitudes."""
        return shapely.transform(metres, lambda points: points / self.scale)


def read(source: Path, *, code: str, name: str, parent: str | None = None) -> list[Outline]:
    """Return the areas of a GeoJSON file, features of one code dissolved, invalid polygons repaired.

    Args:
        source: A GeoJSON FeatureCollection in longitude and latitude.
        code: Property that identifies an area; text is turned into a plain slug.
        name: Property with its name.
        parent: Property with the code of the area it is part of.

    Raises:
        DataError: The file is not that; every problem is listed.
    """
    features = geojson.features(source, [one for one in (code, name, parent) if one is not None])
    by_code: dict[str, list[int]] = defaultdict(list)
    for number, feature in enumerate(features, 1):
        by_code[slug(feature["properties"][code])].append(number)
    return [_outline(key, {one: features[one - 1] for one in parts}, name, parent) for key, parts in by_code.items()]


def _outline(code: str, features: Mapping[int, dict[str, Any]], name: str, parent: str | None) -> Outline:
    properties = next(iter(features.values()))["properties"]
    shapes = {number: shape(feature["geometry"]) for number, feature in features.items()}
    return Outline(
        code, str(properties[name]).strip(), slug(properties[parent]) if parent else "",
        shapely.union_all([shapely.make_valid(one) for one in shapes.values()]),
        features=tuple(shapes), repaired=tuple(number for number, one in shapes.items() if not one.is_valid),
    )  # fmt: skip


def remarks(outlines: Sequence[Outline]) -> list[str]:
    """Return in words what was done to the polygons of a file to make areas of them."""
    repaired = [f"feature {number} ({one.code})" for one in outlines for number in one.repaired]
    joined = [f"{one.code} of {len(one.features)}" for one in outlines if len(one.features) > 1]
    said = [f"{len(repaired)} invalid polygons repaired: {', '.join(repaired)}"] if repaired else []
    return said + ([f"{len(joined)} areas made of several features: {', '.join(joined)}"] if joined else [])


def overlaps(outlines: Sequence[Outline]) -> list[tuple[str, str, float]]:
    """Return the pairs of areas that lie across each other, with the part (0-1) of the smaller that both hold.

    Parts below `SMALLEST_OVERLAP` are neighbours whose edges were drawn differently.
    """
    shapes = [one.shape for one in outlines]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    found = []
    for first, second in sorted((a, b) for a, b in pairs if a < b):
        common = shapely.intersection(shapes[first], shapes[second]).area
        part = common / min(shapes[first].area, shapes[second].area)
        if part >= SMALLEST_OVERLAP:
            found.append((outlines[first].code, outlines[second].code, part))
    return found


def members(units: Sequence[Outline], areas: Sequence[Outline], *, overlapping: bool) -> dict[str, tuple[str, ...]]:
    """Return the areas that each unit lies in; units that lie in none are there without areas.

    Args:
        units: The smallest areas respondents are delivered with.
        areas: Areas of one set.
        overlapping: A unit is in every area that holds at least half of it. Otherwise it is in the one that holds most.
    """
    shapes = [one.shape for one in areas]
    tree = shapely.STRtree(shapes)
    found: dict[str, tuple[str, ...]] = {}
    for unit in units:
        near = sorted(tree.query(unit.shape, predicate="intersects").tolist())
        held = {areas[place].code: shapely.intersection(unit.shape, shapes[place]).area for place in near}
        held = {code: size for code, size in held.items() if size > 0}
        if overlapping:
            found[unit.code] = tuple(code for code, size in held.items() if size >= unit.shape.area / 2)
        else:
            found[unit.code] = (max(held, key=lambda code: held[code]),) if held else ()
    return found


def union(finer: AreaSet) -> list[Outline]:
    """Return the outlines of the areas that the areas of a finer set have as `parent`, as unions of them.

    Raises:
        UsageError: The finer set has no outlines, or no area of it has a parent.
    """
    if finer.outlines is None:
        raise UsageError(f"area set {finer.name!r} has no outlines", hint="tryghed areas load FILE gives it some")
    parents = {code: area.parent for code, area in finer.areas.items() if area.parent}
    if not parents:
        raise UsageError(f"no area of {finer.name!r} has a parent", hint=f"column parent in {finer.name}.csv")
    pieces: dict[str, list[Geometry]] = defaultdict(list)
    for outline in read(finer.outlines, code="code", name="name"):
        if outline.code in parents:
            pieces[parents[outline.code]].append(outline.shape)
    return [Outline(code, code, "", _joined(parts)) for code, parts in pieces.items()]


def simplify(outlines: Sequence[Outline], *, tolerance_m: float = 30, overlapping: bool = False) -> list[Outline]:
    """Return the outlines with fewer points and without specks; neighbours keep sharing their edges.

    Args:
        outlines: Areas of one set.
        tolerance_m: About how far an edge may move.
        overlapping: Areas lie across each other, so that each is simplified by itself.
    """
    plane = _plane(outlines)
    metres = [plane.metres(one.shape) for one in outlines]
    if overlapping:
        thinner = [shapely.simplify(one, tolerance_m) for one in metres]
    else:
        thinner = list(shapely.coverage_simplify(_without_seams(metres), tolerance_m))
    return [
        Outline(one.code, one.name, one.parent, plane.degrees(_main_parts(thin)))
        for one, thin in zip(outlines, thinner, strict=True)
    ]


def save_outlines(outlines: Sequence[Outline], path: Path) -> None:
    """Write outlines as GeoJSON with the properties `code` and `name`, coordinates to five decimals (about 1 m)."""
    features = [
        {"type": "Feature", "properties": {"code": one.code, "name": one.name}, "geometry": _rounded(one.shape)}
        for one in sorted(outlines, key=lambda one: one.code)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    _write(path, f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n')


def save_set(folder: Path, description: SetDescription, outlines: Sequence[Outline]) -> Path:
    """Write a new area set, or a new version of one: its TOML, its areas and its outlines.

    Args:
        folder: The project's `surveys/areas`.
        description: Name, label, kind, version, source.
        outlines: Simplified outlines.

    Returns:
        The TOML file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\n")
    writer.writerow(["code", "name", "short", "population", "parent"])
    writer.writerows([one.code, one.name, "", "", one.parent] for one in sorted(outlines, key=lambda one: one.code))
    save_outlines(outlines, folder / f"{description.name}.geojson")
    _write(folder / f"{description.name}.csv", table.getvalue())
    keys = ("label", "kind", "version", "source", "attribution")
    about = {key: getattr(description, key) for key in keys} | {"version": description.version or "1"}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()]
    lines += [f'areas = "{description.name}.csv"', f'outlines = "{description.name}.geojson"']
    path = folder / f"{description.name}.toml"
    _write(path, "\n".join(lines) + "\n")
    return path


def save_members(definition: Path, units: str, members: Mapping[str, Sequence[str]]) -> Path:
    """Write which units lie in which areas beside a set's TOML, and name it there. Returns the CSV file."""
    table = "unit;area\n" + "".join(f"{unit};{area}\n" for unit, areas in sorted(members.items()) for area in areas)
    path = definition.with_name(f"{definition.stem}_members.csv")
    _write(path, table)
    revise_set(definition, {"unit_set": units, "members": path.name})
    return path


def revise_set(definition: Path, values: Mapping[str, str]) -> None:
    """Give keys of a set's TOML other values; its other lines, comments too, stay as they are."""
    lines = definition.read_text(encoding="utf-8").splitlines()
    for key, value in values.items():
        line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        top = next((place for place, one in enumerate(lines) if one.startswith("[")), len(lines))
        at = next((place for place, one in enumerate(lines[:top]) if one.partition("=")[0].strip() == key), None)
        lines[top if at is None else at : top if at is None else at + 1] = [line]
    _write(definition, "\n".join(lines) + "\n")


def slug(value: object) -> str:
    """Return a code fit for file names: "Ved Jagtvej" becomes "ved-jagtvej", 20101.0 becomes "20101"."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    plain = text.strip().casefold().translate(_ASCII)
    return "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split())


def _plane(outlines: Sequence[Outline]) -> Plane:
    _, south, _, north = shapely.total_bounds([one.shape for one in outlines])
    return Plane((south + north) / 2)


def _joined(parts: Sequence[Geometry]) -> Geometry:
    """Return one shape of neighbours, without the slits that rounded coordinates leave between them."""
    plane = Plane(float(shapely.total_bounds(parts)[1]))
    grown = [shapely.buffer(plane.metres(part), _SEAM_M, join_style="mitre") for part in parts]
    return plane.degrees(shapely.simplify(shapely.buffer(shapely.union_all(grown), -_SEAM_M, join_style="mitre"), 1.0))


def _without_seams(metres: Sequence[Geometry]) -> list[Geometry]:
    """Return the shapes as a valid coverage: slits between neighbours closed, overlaps given to the first."""
    taken: Geometry = Polygon()
    closed: list[Geometry] = []
    for one in metres:
        grown = shapely.set_precision(shapely.difference(shapely.buffer(one, _SEAM_M, join_style="mitre"), taken), 0.01)
        taken = shapely.union(taken, grown)
        closed.append(grown)
    if shapely.coverage_is_valid(closed):
        return closed
    edges = shapely.unary_union([shapely.boundary(one) for one in closed])
    faces = shapely.get_parts(shapely.polygonize([edges]))
    tree = shapely.STRtree(closed)
    owners: dict[int, list[Geometry]] = defaultdict(list)
    for face in faces:
        inside = tree.query(shapely.point_on_surface(face), predicate="intersects")
        if len(inside):
            owners[int(min(inside))].append(face)
    return [shapely.coverage_union_all(owners[number]) for number in range(len(closed))]


def _main_parts(one: Geometry) -> MultiPolygon:
    """Return a shape without its specks, its largest part always kept."""
    parts = sorted((part for part in shapely.get_parts(one) if isinstance(part, Polygon)), key=lambda part: -part.area)
    return MultiPolygon([part for number, part in enumerate(parts) if number == 0 or part.area >= SMALLEST_PART_M2])


def _rounded(one: Geometry) -> dict[str, Any]:
    snapped = shapely.transform(one, lambda points: points.round(_DEGREES))
    return dict(mapping(shapely.orient_polygons(snapped)))


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
