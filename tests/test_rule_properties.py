"""Rules against the same rules said otherwise, on rows and places drawn at random."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.record import coastlines
from analysis.record.rules.states import casualties_are_somebodys, claim_has_claimant, moved_by_then

# What versions leave behind, against the same rules said one version at a time

DAYS = st.integers(1, 28).map(lambda day: f"2024-01-{day:02}")
COUNTS = st.sampled_from([None, "0", "1", "23"])


@st.composite
def versions(draw: st.DrawFn, **columns: st.SearchStrategy[str | None]) -> pd.DataFrame:
    """Rows of some ids in any order, each id once a day."""
    keys = draw(st.lists(st.tuples(st.sampled_from("ab"), DAYS), max_size=8, unique=True))
    rows = [(*key, *(draw(values) for values in columns.values())) for key in keys]
    frame = pd.DataFrame(rows, columns=["id", "reported_on", *columns], dtype="str")
    return frame.set_axis(range(2, len(frame) + 2))


@given(rows=versions(killed=COUNTS, injured=COUNTS, casualties_of=st.sampled_from([None, "us"])))
def test_casualties_are_judged_by_what_is_known_of_them(rows: pd.DataFrame):
    faulty = []
    for _, of_one in rows.groupby("id"):
        ever, whose = False, False
        for index, row in of_one.sort_values("reported_on").iterrows():
            hurt = any(
                isinstance(row[name], str) and row[name] > "0" for name in ("killed", "injured")
            )
            ever, said = ever or hurt, isinstance(row["casualties_of"], str)
            whose = whose or said
            faulty += [index] * ((hurt and not whose) or (said and not ever))
    found = casualties_are_somebodys(rows.rename(columns={"id": "attack_id"}))
    assert sorted(index for index, _ in found) == sorted(faulty)


@given(rows=versions(confirmation=st.sampled_from([None, "claim", "media"]),
                     claimed_by=st.sampled_from([None, "brigade"])))  # fmt: skip
def test_a_claim_is_judged_by_what_is_known_of_it(rows: pd.DataFrame):
    faulty = []
    for _, of_one in rows.groupby("id"):
        claimed = False
        for index, row in of_one.sort_values("reported_on").iterrows():
            claimed = claimed or isinstance(row["claimed_by"], str)
            faulty += [index] * (row["confirmation"] == "claim" and not claimed)
    found = claim_has_claimant(rows.rename(columns={"id": "attack_id"}))
    assert sorted(index for index, _ in found) == sorted(faulty)


@given(rows=versions(status=st.sampled_from([None, "ordered", "arrived", "departed"]),
                     effective_on=st.one_of(st.none(), DAYS)))  # fmt: skip
def test_a_movement_is_judged_by_what_is_known_of_it(rows: pd.DataFrame):
    faulty = []
    for _, of_one in rows.groupby("id"):
        status, when = "", ""
        for index, row in of_one.sort_values("reported_on").iterrows():
            told = [isinstance(row[name], str) for name in ("status", "effective_on")]
            status = row["status"] if told[0] else status
            when = row["effective_on"] if told[1] else when
            says = told[1] or row["status"] in ("arrived", "departed")
            over = status in ("arrived", "departed")
            faulty += [index] * (says and over and when > row["reported_on"])
    found = moved_by_then(rows.rename(columns={"id": "deployment_id"}))
    assert sorted(index for index, _ in found) == sorted(faulty)


# Distances


def haversine(lat: float, lon: float, points: np.ndarray) -> np.ndarray:
    """Great-circle distance in km from a place to others (lon, lat)."""
    there_lon, there_lat = np.radians(points).T
    here_lat, here_lon = np.radians((lat, lon))
    half = np.sin((there_lat - here_lat) / 2) ** 2
    half += np.cos(here_lat) * np.cos(there_lat) * np.sin((there_lon - here_lon) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(half))


@given(
    country=st.sampled_from(["IRQ", "KWT", "YEM"]), lat=st.floats(-89, 89), lon=st.floats(-179, 179)
)
@example(country="IRQ", lat=42.44, lon=33.79)
@example(country="KWT", lat=29.9, lon=48.6)
def test_a_distance_is_that_on_the_earth(country: str, lat: float, lon: float):
    found = coastlines.from_country(country, lat, lon)
    land = coastlines._countries()[country]
    if found is None:
        assert shapely.contains_xy(coastlines._countries()[""], lon, lat)
    elif found == 0:
        assert shapely.contains_xy(land, lon, lat)
    else:
        corners = shapely.get_coordinates(shapely.segmentize(land, 0.02))  # some 2 km apart
        nearest = float(haversine(lat, lon, corners).min())
        assert nearest - 3 <= found <= nearest + 0.1 or found > 15_000
