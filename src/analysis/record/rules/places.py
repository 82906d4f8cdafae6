"""Where things are: coordinates and country fit each other, and what floats is near the sea."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record import coastlines
from analysis.record.codebook import SEA, codes, country
from analysis.record.csv_fields import quoted
from analysis.record.rules.ids import place_in
from analysis.record.rules.rule import Broken, all_versions, field, left_behind

#: How far from its country a place may lie, in km.
NEAR = 50

#: How far from the water the point of a sea may lie, in km: so far off the coastlines may be.
ASHORE = 5

#: How far from the sea ships go, in km: up a river to a port.
UPRIVER = 100


def site_is_where_it_says(rows: pd.DataFrame) -> Iterator[Broken]:
    """A site with coordinates lies in its country or near it."""
    return _misplaced(rows, rows["country"])


def strike_is_where_it_says(rows: pd.DataFrame) -> Iterator[Broken]:
    """A strike with coordinates fell in its country or near it."""
    return _misplaced(rows, left_behind(rows, "response_id", ["country"])["country"])


def sea_is_a_sea_area(rows: pd.DataFrame) -> Iterator[Broken]:
    """What has no country but the sea is a sea area, and the other way round."""
    at_sea, area = rows["country"] == SEA, rows["kind"] == "sea-area"
    for index in rows.index[at_sea & ~area & rows["kind"].notna()]:
        yield index, f"{SEA} is for sea areas only; give the country, or make its kind sea-area"
    for index in rows.index[area & ~at_sea & rows["country"].notna()]:
        yield index, f"a sea area has no country; write {SEA}, or another kind"


def ships_are_hit_afloat(rows: pd.DataFrame, sites: pd.DataFrame) -> Iterator[Broken]:
    """A ship is attacked at sea or in a port."""
    afloat = rows["target"].isin(codes("target", having="at_sea"))
    for index, inland in _inland(rows.loc[afloat, "attack_id"], sites):
        right = "a ship is hit at sea or in a port, so correct the target or the site"
        yield index, f"{quoted(field(rows, index, 'target'))}, while {inland}; {right}"


def ships_are_boarded(rows: pd.DataFrame, sites: pd.DataFrame) -> Iterator[Broken]:
    """What is done to ships alone is done to no other target, and not inland."""
    used = [used for used in rows["weapons"].dropna().unique() if _BOARDING & set(used.split("+"))]
    boarded = rows[rows["weapons"].isin(used)]
    versions = all_versions(rows, "attack_id", rows["weapons"].isin(used))
    target = left_behind(versions, "attack_id", ["target"])["target"].loc[boarded.index]
    ashore = target.isin(codes("target", having="ashore"))
    wrong = {index: f" on {target[index]}" for index in boarded.index[ashore]}
    for index, inland in _inland(boarded["attack_id"], sites):
        wrong.setdefault(index, f", while {inland}")
    right = "it is done to ships, so correct the weapons, the target or the site"
    for index, why in wrong.items():
        yield index, f"{quoted(field(boarded, index, 'weapons'))}{why}; {right}"


def ports_are_by_the_sea(rows: pd.DataFrame) -> Iterator[Broken]:
    """Ships come to a port."""
    ports = rows["kind"].isin(codes("site_kind", having="by_the_sea")) & rows["lat"].notna()
    points = rows.loc[ports & rows["lon"].notna(), ["lat", "lon"]].astype("float64")
    for index, lat, lon in points.itertuples(name=None):
        away = coastlines.from_sea(lat, lon)
        if away and away > UPRIVER:
            kind = quoted(field(rows, index, "kind"))
            wrong = f"{kind}, while it lies {away:,.0f} km from the sea"
            yield index, f"{wrong}; correct the kind, or lat and lon"


#: Ways to attack nothing but a ship.
_BOARDING = set(codes("weapon", having="at_sea"))


def _inland(attacks: pd.Series, sites: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Of the ids of attacks, which name their sites, those far from the sea, with words for it."""
    where = place_in(attacks)
    on_land = (sites["country"] != SEA) & sites["lat"].notna()
    named = sites[on_land & sites["site_id"].isin(where.unique())]
    away = {
        site: coastlines.from_sea(float(lat), float(lon))
        for site, lat, lon in named[["site_id", "lat", "lon"]].itertuples(index=False)
    }
    far = {site: distance for site, distance in away.items() if distance and distance > UPRIVER}
    for index, site in where[where.isin(list(far))].items():
        yield int(str(index)), f"{site} lies {far[site]:,.0f} km from the sea"


def _misplaced(rows: pd.DataFrame, countries: pd.Series) -> Iterator[Broken]:
    placed = rows["lat"].notna() & rows["lon"].notna() & countries.notna()
    points = rows.loc[placed, ["lat", "lon"]].astype("float64")
    for index, lat, lon in points.itertuples(name=None):
        if wrong := _wrong(countries[index], lat, lon):
            yield index, wrong


def _wrong(code: str, lat: float, lon: float) -> str:
    """What is wrong with a place that should lie in a country; nothing where all is well."""
    if lat == 0 and lon == 0:
        return "0, 0 is no site; leave lat and lon empty where they are not known"
    away = _away(code, lat, lon)
    if away is None or away <= 0:
        return ""
    if code == SEA:
        wrong, right = "lies on land", "give a point in the sea"
    else:
        wrong = f"lies {away:,.0f} km from {country(code)}"
        right = f"correct it or the country; in it or within {NEAR} km is right"
    if abs(lon) <= 90 and _away(code, lon, lat) == 0:
        right = f"they are probably swapped: write {lon:g} as lat and {lat:g} as lon"
    return f"lat {lat:g}, lon {lon:g} {wrong}; {right}"


def _away(code: str, lat: float, lon: float) -> float | None:
    """Distance to where a place should lie; 0 where it does, None where the map cannot tell."""
    if code == SEA:
        distance, allowed = coastlines.from_sea(lat, lon), ASHORE
    else:
        distance, allowed = coastlines.from_country(code, lat, lon), NEAR
    return distance if distance is None or distance > allowed else 0
