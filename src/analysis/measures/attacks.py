"""Attacks: which rows count for a campaign, and how many by window, place, weapon and day.

A campaign counts attacks on its targets, from its start to its last day (:func:`counted`); what
comes after that, until the next campaign begins, only the window shows (:func:`on_targets`). Three
confirmation levels are kept apart: `official` and `media` together are *recorded*; `claim`
rows, which only the attacker reports, are counted by themselves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.record import Known, remembered
from analysis.record.coded import is_one_of

#: Columns that say who reports an attack, not what happened; evidence takes them by id.
SOURCE = ["publisher", "source_url", "note"]

#: Confirmation levels of what the page calls a recorded attack.
RECORDED = ("official", "media")

#: Outcomes of attacks of which at least a part hit.
CAME_THROUGH = ("impact", "partly-intercepted")


@remembered
def on_any_target(known: Known) -> pd.DataFrame:
    """Attacks on any target since the campaign began, all confirmation levels.

    Returns
    -------
    DataFrame
        The columns of attacks.csv but for the source and the note, `first_reported_on`, and from
        sites.csv `site` (its name), `country`, `lat`, `lon`; sorted by event date and id.
    """
    return with_places(known.attacks.drop(columns=SOURCE), known)


@remembered
def on_targets(known: Known) -> pd.DataFrame:
    """Those of them on the campaign's targets, also after its last day."""
    attacks = on_any_target(known)
    return attacks[is_one_of(attacks["target"], known.campaign.targets)].reset_index(drop=True)


def targets_with(known: Known, rows: pd.DataFrame) -> tuple[str, ...]:
    """The targets that a page about some attacks is about: the campaign's, and those they were on.

    What the attacks are held against is on these, so how well these were kept decides what is said.
    """
    own = set(rows["target"].astype("str")) - set(known.campaign.targets)
    return (*known.campaign.targets, *sorted(own))


def held_against(known: Known, rows: pd.DataFrame) -> pd.DataFrame:
    """Attacks on these targets: what some attacks can be held against."""
    attacks = on_any_target(known)
    wanted = is_one_of(attacks["target"], targets_with(known, rows))
    return attacks[wanted].reset_index(drop=True)


@remembered
def counted(known: Known) -> pd.DataFrame:
    """Those of them that the campaign counts: to its last day, or to the as-of date."""
    return until(on_targets(known), known.through)


def until(rows: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """Rows whose `event_date` is not after a day."""
    inside = is_until(rows["event_date"], last)
    return rows if inside.all() else rows[inside].reset_index(drop=True)


def is_until(dates: pd.Series, last: pd.Timestamp) -> np.ndarray:
    """Whether each date is not after a day."""
    inside: np.ndarray = dates.to_numpy() <= last.to_datetime64()
    return inside


def last_whole_week(known: Known) -> pd.Timestamp:
    """The last day of the last whole week that the campaign counts; the day before it if none.

    Weeks are counted from the campaign's start, so that what is said of them moves when a week ends
    and not from day to day.
    """
    weeks = ((known.through - known.campaign.start).days + 1) // 7
    return known.campaign.start + pd.Timedelta(days=7 * weeks - 1)


def with_places(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Attacks, sorted by id, with name, country and coordinates of their site, by event date."""
    ordered = rows.sort_values("event_date", kind="stable", ignore_index=True)
    sites, named = known.sites, ordered["site_id"].cat
    places = pd.Index(sites["site_id"]).get_indexer(named.categories)[named.codes]
    of_site = {
        "site": sites["name"].astype("category"),
        "country": sites["country"].astype("category"),
        "lat": sites["lat"],
        "lon": sites["lon"],
    }
    return ordered.assign(
        **{name: column.array.take(places, allow_fill=True) for name, column in of_site.items()}
    )


def recorded(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks that officials confirm or that news and monitors report; no mere claims."""
    return attacks[is_one_of(attacks["confirmation"], RECORDED)]


@remembered
def recorded_on_targets(known: Known) -> pd.DataFrame:
    """Recorded attacks on the campaign's targets, also after its last day."""
    return recorded(on_targets(known))


@remembered
def recorded_counted(known: Known) -> pd.DataFrame:
    """Those of them that the campaign counts."""
    return recorded(counted(known))


def claimed_only(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks that only the attacker reports."""
    return attacks[attacks["confirmation"] == "claim"]


def in_window(rows: pd.DataFrame, end: pd.Timestamp, days: int) -> pd.DataFrame:
    """Rows whose `event_date` is one of the `days` days that end on `end`.

    >>> rows = pd.DataFrame({"event_date": pd.to_datetime(["2023-10-17", "2023-10-18"])})
    >>> len(in_window(rows, pd.Timestamp("2023-10-24"), 7))
    1
    """
    return rows[is_in_window(rows["event_date"], end, days)]


def is_in_window(dates: pd.Series, end: pd.Timestamp, days: int) -> np.ndarray:
    """Whether each date is one of the `days` days that end on `end`."""
    start, each = end - pd.Timedelta(days=days - 1), dates.to_numpy()
    inside: np.ndarray = (each >= start.to_datetime64()) & (each <= end.to_datetime64())
    return inside


def daily_counts(attacks: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    """Attacks on each day from `start` to `end`, days without any included.

    >>> rows = pd.DataFrame({"event_date": pd.to_datetime(["2023-10-18", "2023-10-18"])})
    >>> daily_counts(rows, pd.Timestamp("2023-10-17"), pd.Timestamp("2023-10-19")).tolist()
    [0, 2, 0]
    """
    days = pd.date_range(start, end, name="event_date")
    inside = attacks["event_date"].to_numpy()[is_in_window(attacks["event_date"], end, len(days))]
    places = (inside - start.to_datetime64()) // np.timedelta64(1, "D")
    return pd.Series(np.bincount(places, minlength=len(days)), days, name="count")


def by_site(attacks: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """One row for each site: attacks in all and in the window, by confirmation, worst first.

    Returns
    -------
    DataFrame
        `site_id`, `site`, `country`, `lat`, `lon`, `attacks`, `official`, `media`, `window`,
        `latest` (event date of the latest attack).
    """
    _, first, place, times = np.unique(
        pd.factorize(attacks["site_id"])[0],
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    dates = attacks["event_date"].to_numpy()
    latest = dates[first]
    np.maximum.at(latest, place, dates)
    levels = {
        level: np.bincount(place[attacks["confirmation"] == level], minlength=len(first))
        for level in RECORDED
    }
    table = attacks[["site_id", "site", "country", "lat", "lon"]].take(first)
    table = table.reset_index(drop=True).assign(attacks=times, **levels, latest=latest)
    recent = window["site_id"].value_counts()
    table["window"] = recent.reindex(table["site_id"], fill_value=0).to_numpy()
    return table.sort_values(
        ["attacks", "latest", "site_id"], ascending=[False, False, True], ignore_index=True
    )


def multi_site_days(attacks: pd.DataFrame) -> pd.DataFrame:
    """Days on which two or more sites were hit: `event_date`, `sites` (how many)."""
    site, names = pd.factorize(attacks["site_id"])
    days, day = np.unique(attacks["event_date"].to_numpy(), return_inverse=True)
    hit = np.unique(day * len(names) + site)
    sites = np.bincount(hit // max(len(names), 1), minlength=len(days))
    return pd.DataFrame({"event_date": days[sites >= 2], "sites": sites[sites >= 2]})


def with_weapon(attacks: pd.DataFrame, weapon: str) -> pd.DataFrame:
    """Attacks in which a weapon was used, alone or with others."""
    lists = [used for used in attacks["weapons"].unique() if weapon in used.split("+")]
    return attacks[is_one_of(attacks["weapons"], lists)]


def weapon_known(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks of which some source names the weapon."""
    return attacks[attacks["weapons"] != "unknown"]


def outcome_known(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks of which some source tells the outcome."""
    return attacks[attacks["outcome"] != "unknown"]


def intercepted(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks in which everything fired was intercepted, as far as sources say."""
    return attacks[attacks["outcome"] == "intercepted"]


def came_through(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks of which at least a part hit what it was aimed at, as far as sources say."""
    return attacks[is_one_of(attacks["outcome"], CAME_THROUGH)]


def countries_hit(attacks: pd.DataFrame) -> list[str]:
    """The countries of the sites attacked, and the sea, in order of their first attack."""
    return [str(code) for code in attacks["country"].unique()]
