"""Which site of the record an event is probably at: by its name, else by distance."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.intake.doubts import joined
from analysis.plain_text import plain
from analysis.record.names import names_of

#: Mean radius of the Earth (IUGG), in km.
_RADIUS = 6371.0

#: How far from its point a site reaches, in km, by kind; what floats, by the size of a sea.
_REACH = {"region": 60.0, "city": 10.0, "sea-area": 350.0}
_REACH_OF_OTHERS = 5.0

#: A place of the same name that lies farther off is another one, in km beyond reach; a sea's point
#: stands for all of it, from one end to the other.
_NAMESAKE = {"sea-area": 1_000.0}
_NAMESAKE_OF_OTHERS = 75.0

#: Events are compared with so many sites at once, to bound the memory.
_BLOCK = 100_000


def great_circle(
    lat: np.ndarray, lon: np.ndarray, other_lat: np.ndarray, other_lon: np.ndarray
) -> np.ndarray:
    """Distance on the Earth in km between points in degrees; missing where a point is.

    The haversine formula: Sinnott (1984), Virtues of the Haversine, Sky and Telescope 68(2).

    >>> lat, lon = np.array([33.79, 33.5]), np.array([42.44, 38.6])
    >>> great_circle(lat[:1], lon[:1], lat[1:], lon[1:]).round()
    array([357.])
    """
    a, b, c, d = map(np.radians, (lat, lon, other_lat, other_lon))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    distance: np.ndarray = 2 * _RADIUS * np.arcsin(np.sqrt(half))
    return distance


def turned(events: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Events whose latitude and longitude stand the other way round, put right, with a remark.

    Only where the source names a site that is too far off to be meant as they stand, and near if
    they are turned.
    """
    named = _named(events, sites).set_index("event")["site_id"]
    site = sites.set_index("site_id").loc[named, ["lat", "lon", "kind"]]
    lat, lon, within = events.loc[named.index, ["lat", "lon", "within_km"]].to_numpy(float).T
    at = site["lat"].to_numpy(float), site["lon"].to_numpy(float)
    near = within + _reach(site)
    wrong = great_circle(lat, lon, *at) > near + _namesake(site)
    wrong &= great_circle(lon, lat, *at) <= near
    found = named.index[wrong]
    events = events.copy()
    events.loc[found, ["lat", "lon"]] = events.loc[found, ["lon", "lat"]].to_numpy()
    said = "its latitude and longitude stand the other way round, as the place that it names says"
    events.loc[found, "remarks"] = joined(
        events.loc[found, "remarks"], pd.Series(said, index=found, dtype="str")
    )
    return events


def sites_near(events: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Every site of the record that an event may have been at.

    Parameters
    ----------
    events: with `place`, `lat`, `lon`, `within_km` and `site_id` (where the source knows it).
    sites: the record's sites.

    Returns
    -------
    DataFrame
        A row for each pair: `event` (its index), `site_id`, `km` (missing where either has no
        coordinates), `named` (whether the source calls it so), `elsewhere` (whether it calls it
        by the name of another) and `nearness`, from 1 (at the site)
        to 0 (as far as the precision of the source lets it be); the likeliest of an event first.
    """
    by_name = _named(events, sites)
    by_distance = _within_reach(events, sites)
    pairs = pd.concat([by_name, by_distance], ignore_index=True)
    pairs = pairs.drop_duplicates(["event", "site_id"])  # those by name come first
    of_event = events[["lat", "lon", "within_km"]].loc[pairs["event"]]
    of_site = sites.set_index("site_id").loc[pairs["site_id"], ["lat", "lon", "kind"]]
    reach = of_event["within_km"].to_numpy() + _reach(of_site)
    pairs["km"] = great_circle(
        of_event["lat"].to_numpy(),
        of_event["lon"].to_numpy(),
        of_site["lat"].to_numpy(float),
        of_site["lon"].to_numpy(float),
    )
    namesake = pairs["km"].to_numpy() > reach + _namesake(of_site)
    pairs["nearness"] = (1 - pairs["km"] / reach).clip(lower=0).fillna(0)
    pairs = pairs[~namesake]
    pairs["elsewhere"] = ~pairs["named"] & pairs["event"].isin(pairs.loc[pairs["named"], "event"])
    ordered: pd.DataFrame = pairs.sort_values(
        ["event", "named", "km"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    return ordered


def _reach(sites: pd.DataFrame) -> np.ndarray:
    return sites["kind"].astype("str").map(_REACH).fillna(_REACH_OF_OTHERS).to_numpy(float)


def _namesake(sites: pd.DataFrame) -> np.ndarray:
    beyond = sites["kind"].astype("str").map(_NAMESAKE).fillna(_NAMESAKE_OF_OTHERS)
    return beyond.to_numpy(float)


def _named(events: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Sites that a source names: as a whole, or before a comma or bracket.

    Where it has neither a place nor coordinates, the one that its words name.
    """
    ids = names_of("sites", sites)
    distinct = pd.unique(events["place"])
    known = {place: ids.get(plain(place)) or ids.get(plain(_head(place))) for place in distinct}
    found = events["place"].map(known).astype("str")
    bare = (events["place"] == "") & events["lat"].isna() & (events["site_id"] == "")
    if bare.any():
        found = found.where(~bare, _in_words(events.loc[bare, "text"], ids).reindex(events.index))
    own = events["site_id"].where(events["site_id"].isin(sites["site_id"]), "")
    site = own.where(own != "", found.where(found.isin(sites["site_id"]), ""))
    site = site[site != ""]
    return pd.DataFrame({"event": site.index, "site_id": site.to_numpy(), "named": True})


def _in_words(texts: pd.Series, ids: dict[str, str]) -> pd.Series:
    """The site that a text names; empty where it names none, or several."""
    longest = sorted(ids, key=len, reverse=True)
    pattern = re.compile(rf"(?<![^-])(?:{'|'.join(map(re.escape, longest))})(?![^-])")
    named = [{ids[name] for name in pattern.findall(plain(text))} for text in texts]
    only = [next(iter(found)) if len(found) == 1 else "" for found in named]
    return pd.Series(only, index=texts.index, dtype="str")


def _head(place: str) -> str:
    return place.split(",", maxsplit=1)[0].split("(", maxsplit=1)[0].split(" - ", maxsplit=1)[0]


def _within_reach(events: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Sites so near that the precision of the source allows for them."""
    placed = sites[sites["lat"].notna()]
    lat, lon = placed["lat"].to_numpy(float), placed["lon"].to_numpy(float)
    reach, ids = _reach(placed), placed["site_id"].to_numpy()
    found = []
    located = events[events["lat"].notna()]
    for start in range(0, len(located), _BLOCK):
        block = located.iloc[start : start + _BLOCK]
        allowed = block["within_km"].to_numpy()[:, None] + reach
        # Degrees first: almost all pairs are too far apart for the formula to be worth its time.
        maybe = np.abs(block["lat"].to_numpy()[:, None] - lat) * 111 <= allowed
        event, site = np.nonzero(maybe)
        km = great_circle(
            block["lat"].to_numpy()[event], block["lon"].to_numpy()[event], lat[site], lon[site]
        )
        near = km <= allowed[event, site]
        found.append(pd.DataFrame({"event": block.index[event[near]], "site_id": ids[site[near]]}))
    pairs = pd.concat(found) if found else pd.DataFrame(columns=["event", "site_id"])
    return pairs.assign(named=False)
