"""Longitude and latitude as metres on a plane, good enough for a city (about 10 m over Copenhagen)."""

import math


def metres_per_degree(latitude: float) -> tuple[float, float]:
    """Return the length of a degree of longitude and of latitude (series for the WGS84 ellipsoid)."""
    at = math.radians(latitude)
    north = 111_132.92 - 559.82 * math.cos(2 * at) + 1.175 * math.cos(4 * at)
    east = 111_412.84 * math.cos(at) - 93.5 * math.cos(3 * at) + 0.118 * math.cos(5 * at)
    return east, north
