"""Where countries lie: how far a place is from one, by the coastlines that the maps draw.

The land is that of data/geo (Natural Earth, 1:50m): a box around the Middle East, in which borders
and coasts are off by a few kilometres. Of what it does not cover nothing is said.
"""

from __future__ import annotations

import json
from functools import cache, partial

import numpy as np
import shapely

from analysis.checkout import COUNTRIES

#: What the coastlines cover: west, south, east, north.
COVERED = (24.0, 8.0, 66.0, 43.0)

#: So near the edge of the box, in degrees, a country may go on where nothing is drawn.
_EDGE = 0.6

#: Mean radius of the Earth (IUGG), in km.
_RADIUS = 6371.0


def from_country(country: str, lat: float, lon: float) -> float | None:
    """How far a place is from a country, in km; 0 inside it, None where the map cannot tell.

    Parameters
    ----------
    country: ISO 3166-1 alpha-3; the map holds some, and a part only of those at its edge.
    lat, lon: degrees in WGS 84.

    Examples
    --------
    >>> from_country("IRQ", 33.79, 42.44), from_country("USA", 33.79, 42.44)
    (0.0, None)
    >>> round(from_country("IRQ", 42.44, 33.79), -1)
    930.0
    """
    land = _countries().get(country)
    if land is None or (_reaches_the_edge(land) and not _well_inside(lat, lon)):
        return None
    if _is_in(_countries().get(""), lat, lon):
        return None  # on land that the map gives to no country, others may draw it otherwise
    return _distance(land, lat, lon)


def from_sea(lat: float, lon: float) -> float | None:
    """How far a place is from the sea, in km; 0 in it, None where the map cannot tell.

    Examples
    --------
    >>> from_sea(20, 38.5), from_sea(50, 0)
    (0.0, None)
    """
    return _distance(_sea(), lat, lon) if _well_inside(lat, lon) else None


def _distance(area: shapely.Geometry, lat: float, lon: float) -> float:
    """Great-circle distance from a place to an area, in km."""
    if _is_in(area, lat, lon):
        return 0.0
    around = shapely.transform(area, partial(_around, lat, lon))
    return float(shapely.distance(shapely.Point(0, 0), around))


def _around(lat: float, lon: float, points: np.ndarray) -> np.ndarray:
    """Project points (lon, lat) so that distances from a place are those on the Earth, in km.

    This is the azimuthal equidistant projection (Snyder, 1987, Map Projections, p. 195).
    """
    longitude, latitude = np.radians(points).T
    here = np.radians(lat)
    apart = longitude - np.radians(lon)
    north = np.cos(here) * np.sin(latitude) - np.sin(here) * np.cos(latitude) * np.cos(apart)
    east = np.cos(latitude) * np.sin(apart)
    up = np.sin(here) * np.sin(latitude) + np.cos(here) * np.cos(latitude) * np.cos(apart)
    sine = np.hypot(north, east)
    scale = np.divide(np.arctan2(sine, up), sine, out=np.ones_like(sine), where=sine > 0)
    return _RADIUS * np.column_stack([east * scale, north * scale])


def _is_in(area: shapely.Geometry | None, lat: float, lon: float) -> bool:
    return area is not None and bool(shapely.contains_xy(area, lon, lat))


def _well_inside(lat: float, lon: float) -> bool:
    west, south, east, north = COVERED
    return west + _EDGE <= lon <= east - _EDGE and south + _EDGE <= lat <= north - _EDGE


def _reaches_the_edge(land: shapely.Geometry) -> bool:
    west, south, east, north = COVERED
    own_west, own_south, own_east, own_north = shapely.bounds(land)
    return bool(own_west <= west or own_south <= south or own_east >= east or own_north >= north)


@cache
def _countries() -> dict[str, shapely.Geometry]:
    """The land of each country; under no code what the map gives to none."""
    text = COUNTRIES.read_text(encoding="utf-8")
    parts: dict[str, list[shapely.Geometry]] = {}
    for feature in json.loads(text)["features"]:
        land = shapely.from_geojson(json.dumps(feature["geometry"]))
        parts.setdefault(feature["properties"]["iso_a3"] or "", []).append(land)
    return {code: shapely.union_all(lands) for code, lands in parts.items()}


@cache
def _sea() -> shapely.Geometry:
    return shapely.difference(shapely.box(*COVERED), shapely.union_all(list(_countries().values())))
