"""The fronts: the places of a campaign's week-by-week table, as `campaigns.toml` draws them.

A front is the sites that it names and every site in its countries that no other front names;
attacks on any target count there unless the front says which. Attacks on the campaign's own targets
that no front holds are elsewhere.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures.attacks import on_any_target, recorded
from analysis.record import Front, Known, remembered
from analysis.record.coded import is_one_of

ELSEWHERE = "Elsewhere"


def names(known: Known) -> list[str]:
    """The fronts of the campaign in their order, and elsewhere if an attack fell there."""
    named = [front.name for front in known.campaign.fronts]
    return [*named, ELSEWHERE] if (on_all_fronts(known)["front"] == ELSEWHERE).any() else named


@remembered
def on_all_fronts(known: Known) -> pd.DataFrame:
    """Recorded attacks since the campaign began with their `front`, by event date."""
    attacks, fronts = recorded(on_any_target(known)), known.campaign.fronts
    named = {site for one in fronts for site in one.sites}
    # The first that holds it is an attack's front.
    falls_on = [_falls_on(attacks, one, named) for one in fronts]
    own = is_one_of(attacks["target"], known.campaign.targets)
    place = np.select([*falls_on, own], range(len(fronts) + 1), -1)
    front = np.array([*(one.name for one in fronts), ELSEWHERE], dtype=object)[place]
    return attacks.assign(front=front)[place >= 0].reset_index(drop=True)


def _falls_on(attacks: pd.DataFrame, front: Front, named: set[str]) -> np.ndarray:
    """Whether each attack is one of a front, with sites that fronts name themselves."""
    elsewhere = ~is_one_of(attacks["site_id"], named)
    there: np.ndarray = is_one_of(attacks["country"], front.countries) & elsewhere
    there |= is_one_of(attacks["site_id"], front.sites)
    if front.targets:
        there &= is_one_of(attacks["target"], front.targets)
    return there


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
    columns = pd.Index(fronts, dtype="str", name="front")
    ago = (end - attacks["event_date"]).dt.days.to_numpy() // days
    row, column = spans - 1 - ago, columns.get_indexer(pd.Index(attacks["front"]))
    inside = (row >= 0) & (row < spans) & (column >= 0)
    cells = np.bincount((row * len(fronts) + column)[inside], minlength=spans * len(fronts))
    return pd.DataFrame(cells.reshape(spans, len(fronts)), index=ends, columns=columns)


def first_attacks(attacks: pd.DataFrame) -> pd.DataFrame:
    """The first recorded attack on each front, oldest first."""
    return attacks.drop_duplicates("front").reset_index(drop=True)
