"""The fronts: the places of a campaign's week-by-week table, as `campaigns.toml` draws them.

A front is the sites that it names and every site in its countries that no other front names;
attacks on any target count there unless the front says which. Attacks on the campaign's own targets
that no front holds are elsewhere.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_any_target, recorded
from analysis.record import Front, Known, remembered

ELSEWHERE = "Elsewhere"


def names(known: Known) -> list[str]:
    """The fronts of the campaign in their order, and elsewhere if an attack fell there."""
    named = [front.name for front in known.campaign.fronts]
    return [*named, ELSEWHERE] if (on_all_fronts(known)["front"] == ELSEWHERE).any() else named


@remembered
def on_all_fronts(known: Known) -> pd.DataFrame:
    """Recorded attacks since the campaign began with their `front`, by event date."""
    attacks = recorded(on_any_target(known))
    front: pd.Series = pd.Series(None, index=attacks.index, dtype="object")
    named = {site for one in known.campaign.fronts for site in one.sites}
    for one in known.campaign.fronts:
        front = front.mask(_falls_on(attacks, one, named) & front.isna(), one.name)
    own = attacks["target"].isin(known.campaign.targets)
    placed = attacks.assign(front=front.mask(front.isna() & own, ELSEWHERE))
    return placed[placed["front"].notna()].reset_index(drop=True)


def _falls_on(attacks: pd.DataFrame, front: Front, named: set[str]) -> pd.Series:
    """Whether each attack is one of a front, with sites that fronts name themselves."""
    site, country = attacks["site_id"].astype("str"), attacks["country"].astype("str")
    there = site.isin(front.sites) | (country.isin(front.countries) & ~site.isin(named))
    return there & attacks["target"].isin(front.targets) if front.targets else there


def by_span(
    attacks: pd.DataFrame,
    fronts: list[str],
    end: pd.Timestamp,
    spans: int,
    days: int = 7,
) -> pd.DataFrame:
    """Attacks on each front in each of the last `spans` spans of `days` days that end on `end`.

    Returns
    -------
    DataFrame
        One row for each span (index: its last day), one column for each of the fronts named.
    """
    ends = pd.date_range(end=end, periods=spans, freq=f"{days}D", name="last_day")
    ago = (end - attacks["event_date"]).dt.days // days
    recent = attacks.assign(last_day=end - pd.to_timedelta(ago * days, unit="D"))[ago < spans]
    table = recent.groupby(["last_day", "front"]).size().unstack(fill_value=0)
    whole: pd.DataFrame = table.reindex(index=ends, columns=fronts, fill_value=0)
    return whole


def first_attacks(attacks: pd.DataFrame) -> pd.DataFrame:
    """The first recorded attack on each front, oldest first."""
    return attacks.drop_duplicates("front").reset_index(drop=True)
