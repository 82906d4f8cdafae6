"""The fronts: where attacks by Iran-aligned groups fall, week by week.

A front is a place, whoever the target is: Iraq, Syria, Jordan, the Red Sea and Gulf of Aden,
Israel. Attacks aimed at Israel that came down elsewhere on land count for Israel; the open
Indian Ocean is none of the five.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import SOURCE, recorded, with_places
from analysis.record import Known
from analysis.record.wave import WAVE_START

FRONTS = ("Iraq", "Syria", "Jordan", "Red Sea and Gulf of Aden", "Israel")

FRONT_OF_COUNTRY = {
    "IRQ": "Iraq",
    "SYR": "Syria",
    "JOR": "Jordan",
    "SEA": "Red Sea and Gulf of Aden",
    "ISR": "Israel",
}

#: Sea areas that belong to no front.
ELSEWHERE = ("indian-ocean",)


def on_all_fronts(known: Known) -> pd.DataFrame:
    """Recorded attacks since 17 October 2023 on any target, with their `front`, by event date."""
    rows = known.attacks.drop(columns=SOURCE)
    attacks = with_places(recorded(rows[rows["event_date"] >= WAVE_START]), known)
    front = attacks["country"].astype("str").map(FRONT_OF_COUNTRY)
    aimed_at_israel = front.isna() & (attacks["target"] == "israel")
    front = front.mask(aimed_at_israel, "Israel").mask(attacks["site_id"].isin(ELSEWHERE))
    placed = attacks.assign(front=front)
    return placed[placed["front"].notna()].reset_index(drop=True)


def by_span(attacks: pd.DataFrame, end: pd.Timestamp, spans: int, days: int = 7) -> pd.DataFrame:
    """Attacks on each front in each of the last `spans` spans of `days` days that end on `end`.

    Returns
    -------
    DataFrame
        One row for each span (index: its last day), one column for each of the five fronts.
    """
    ends = pd.date_range(end=end, periods=spans, freq=f"{days}D", name="last_day")
    ago = (end - attacks["event_date"]).dt.days // days
    recent = attacks.assign(last_day=end - pd.to_timedelta(ago * days, unit="D"))[ago < spans]
    table = recent.groupby(["last_day", "front"]).size().unstack(fill_value=0)
    whole: pd.DataFrame = table.reindex(index=ends, columns=list(FRONTS), fill_value=0)
    return whole


def first_attacks(attacks: pd.DataFrame) -> pd.DataFrame:
    """The first recorded attack on each front, oldest first."""
    return attacks.drop_duplicates("front").reset_index(drop=True)
