"""Reads the features of a GeoJSON file of areas, and tells what is wrong with them: each kind of problem once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shapely import Geometry
from shapely.errors import ShapelyError
from shapely.geometry import shape

from tryghed.errors import DataError, all_at_once

_LISTED = 5


def features(source: Path, properties: Sequence[str]) -> list[dict[str, Any]]:
    """Return the features of a file, all of them polygons in longitude and latitude with the properties asked for.

    Raises:
        DataError: The file is not that; every kind of problem is told once, with the features it is about.
    """
    found = _read(source)
    problems = [*_without(found, properties), *_elsewhere(found)]
    all_at_once(DataError, [DataError(text, where=str(source), hint=hint) for text, hint in problems])
    return found


def _read(source: Path) -> list[dict[str, Any]]:
    if not source.is_file():
        raise DataError("no such file", where=str(source), hint="name a GeoJSON file")
    try:
        content = json.loads(source.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"not JSON: {error}", where=str(source), hint="GeoJSON in UTF-8 is needed") from None
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        hint = "export the areas as a GeoJSON FeatureCollection"
        raise DataError("no features: not a GeoJSON FeatureCollection", where=str(source), hint=hint)
    return found


def _without(found: Sequence[Mapping[str, Any]], properties: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each property that features lack, and what there is instead."""
    given = [one["properties"] if isinstance(one.get("properties"), dict) else {} for one in found]
    there = ", ".join(sorted({name for one in given for name in one})) or "none"
    for name in dict.fromkeys(properties):
        blank = [number for number, one in enumerate(given, 1) if one.get(name) in (None, "")]
        if blank and not any(name in one for one in given):
            yield f"no property {name!r}", f"the file's properties: {there}"
        elif blank:
            yield f"no {name} in {_listed(blank, found)}", "ask for a corrected file"


def _elsewhere(found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the shapes, by kind."""
    by_kind: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for number, one in enumerate(found, 1):
        wrong = _wrong(one.get("geometry"))
        if wrong:
            kind, example, hint = wrong
            by_kind.setdefault((kind, hint), []).append((number, example))
    for (kind, hint), several in by_kind.items():
        numbers = [number for number, _ in several]
        yield f"{kind} in {_listed(numbers, found)}: {several[0][1]}", hint


def _wrong(geometry: object) -> tuple[str, str, str] | None:
    """Return what is wrong with a shape, what it is in this one, and what to do; None where nothing is."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        return "no polygon", f"it is {kind or 'nothing'}", "areas are polygons: leave points and lines out"
    try:
        one: Geometry = shape(geometry)
        west, south, east, north = one.bounds
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError) as error:
        return "a shape that cannot be read", f"{error}", "ask for the file again"
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 degrees
        return "coordinates that are not degrees", f"up to {east:.0f}, {north:.0f}", "export them as WGS84 (EPSG:4326)"
    if south < 20 and west > 40:  # noqa: PLR2004 Denmark lies at 8-15 east, 54-58 north
        return "latitude and longitude swapped", f"{west:.2f}, {south:.2f}", "export longitude first"
    return None


def _listed(numbers: Sequence[int], found: Sequence[object]) -> str:
    """Return which features are meant, in few words."""
    if len(numbers) == len(found):
        return f"all {len(found)} features"
    shown = ", ".join(map(str, numbers[:_LISTED])) + (" …" if len(numbers) > _LISTED else "")
    return f"{len(numbers)} of {len(found)} features ({shown})"
