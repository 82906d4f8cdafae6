"""The land that maps draw, data/geo/countries.geojson, is sound and holds every site."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas
import pandas as pd
import pytest

from analysis.display.draw.attack_map import extent
from analysis.record.coastlines import COVERED

DATA = Path(__file__).parents[1] / "data"

#: Sites that lie beyond the land, with their countries; a map names them at its edge.
BEYOND = {"diego-garcia": "IOT"}


@pytest.fixture(scope="module")
def land() -> geopandas.GeoDataFrame:
    return geopandas.read_file(DATA / "geo" / "countries.geojson")


def test_outlines_are_valid_and_do_not_overlap(land: geopandas.GeoDataFrame):
    assert land.is_valid.all()
    pairs = geopandas.overlay(land, land, keep_geom_type=True)
    assert pairs[pairs["name_1"] != pairs["name_2"]].empty


def test_every_country_of_the_record_is_drawn(land: geopandas.GeoDataFrame):
    used = set()
    for table in ("sites", "responses"):
        with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            used |= {row["country"] for row in csv.DictReader(file)}
    assert used - {"SEA", *BEYOND.values()} <= set(land["iso_a3"].dropna())


def test_every_site_lies_on_the_map(land: geopandas.GeoDataFrame):
    west, south, east, north = land.total_bounds
    with (DATA / "sites.csv").open(encoding="utf-8", newline="") as file:
        placed = [row for row in csv.DictReader(file) if row["lat"]]
    outside = [
        row["site_id"]
        for row in placed
        if not (west < float(row["lon"]) < east and south < float(row["lat"]) < north)
    ]
    assert placed
    assert outside == list(BEYOND)


def test_a_map_stays_where_land_is_known():
    """Beyond the coastlines Pakistan would look like the sea."""
    sites = pd.DataFrame({"lon": [56.3, 58.5, 62.0], "lat": [26.5, 25.0, 15.0]})
    for aspect in (1.2, 1.5):
        west, south, east, north = extent(sites, aspect)
        assert COVERED[0] <= west < 56.3
        assert 62.0 < east <= COVERED[2]
        assert COVERED[1] <= south < 15.0
        assert 26.5 < north <= COVERED[3]
