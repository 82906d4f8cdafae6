"""Make countries.geojson: the region's countries, cut from a world map of Natural Earth.

    python data/geo/make_countries.py countries-50m.json > data/geo/countries.geojson

The argument is that TopoJSON file of the npm package world-atlas, in the version that README.md
beside this script names. The same file gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import geopandas
import shapely
from shapely.geometry import box, mapping

REGION = box(24, 8, 66, 43)  # west, south, east, north, in degrees
GRID = 0.001  # degrees, about 100 m; the source's own grid is 0.0036 by 0.0017
DECIMALS = 3

# The source's ids are ISO 3166 numeric codes. It gives none to Northern Cyprus and Somaliland,
# so they have none here.
ISO_A3 = {
    "004": "AFG", "031": "AZE", "048": "BHR", "051": "ARM", "100": "BGR", "140": "CAF",
    "196": "CYP", "231": "ETH", "232": "ERI", "262": "DJI", "268": "GEO", "275": "PSE",
    "300": "GRC", "364": "IRN", "368": "IRQ", "376": "ISR", "398": "KAZ", "400": "JOR",
    "414": "KWT", "422": "LBN", "434": "LBY", "512": "OMN", "586": "PAK", "634": "QAT",
    "643": "RUS", "682": "SAU", "706": "SOM", "728": "SSD", "729": "SDN", "760": "SYR",
    "784": "ARE", "792": "TUR", "795": "TKM", "818": "EGY", "860": "UZB", "887": "YEM",
}  # fmt: skip


def region_outlines(world: geopandas.GeoSeries) -> geopandas.GeoSeries:
    """What of each country lies in REGION: on the grid, valid, rings in one fixed order."""
    valid = world.make_valid(method="structure", keep_collapsed=False)
    clipped = valid.clip(REGION, keep_geom_type=True).set_precision(GRID)
    return clipped[~clipped.is_empty].normalize().orient_polygons()


def rounded(coordinates: Any) -> Any:
    """The nested coordinates without the last digits of binary arithmetic."""
    if isinstance(coordinates, float):
        return round(coordinates, DECIMALS)
    return [rounded(inner) for inner in coordinates]


def feature(numeric_code: object, name: str, outline: shapely.Geometry) -> str:
    """One country as a line of GeoJSON."""
    geometry = mapping(outline)
    return json.dumps(
        {
            "type": "Feature",
            "properties": {
                "iso_a3": ISO_A3[numeric_code] if isinstance(numeric_code, str) else None,
                "name": name,
            },
            "geometry": {
                "type": geometry["type"],
                "coordinates": rounded(geometry["coordinates"]),
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def main(topojson: str) -> None:
    countries = geopandas.read_file(topojson, layer="countries")
    outlines = region_outlines(countries.geometry)
    names = countries.loc[outlines.index].sort_values("name")
    lines = [feature(c.id, c.name, outlines[c.Index]) for c in names.itertuples()]
    print('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}")


if __name__ == "__main__":
    main(sys.argv[1])
