"""The record held against what officials count: on each day on which they gave a count.

Two counts compare only if they begin on the same day and count the same: tallies since 17 October
2023 of attacks on US and coalition forces, and the record's attacks on them since then, through
the last day that the tally counts. The record is taken as it is known now, so a tally of long ago
is held against what has been learned about its days since.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures import tallies
from analysis.measures.attacks import recorded
from analysis.record import Known

#: Countries for which officials give counts of their own.
COUNTRIES = ("IRQ", "SYR", "JOR")

#: Columns that count attacks.
NUMBERS = ["counted", "confirmed", "recorded", "gap"]

ASSUMPTION = "officials count what the record’s officially confirmed rows describe, one row each"


def against_tallies(known: Known, attacks: pd.DataFrame, scope: str = "ALL") -> pd.DataFrame:
    """What officials counted and what the record holds through the same day.

    Parameters
    ----------
    known: what was known on the as-of date.
    attacks: attacks on US forces, all confirmation levels.
    scope: `ALL`, or a country of :data:`COUNTRIES`.

    Returns
    -------
    DataFrame
        One row for each day on which a count was given (of one day the largest), oldest first:
        `tally_id`, `reported_on`, `through`, `counted` (by officials), `qualifier`, `confirmed`
        (attacks of the record with official confirmation), `recorded` (those and what news and
        monitors report), `gap` (`counted` − `confirmed`, below 0 where the record has more),
        `coverage` (`confirmed` ÷ `counted`; NaN where officials count none).
    """
    given = tallies.by_day(tallies.of_the_wave(known, "attacks", scope))
    place = attacks if scope == "ALL" else attacks[attacks["country"] == scope]
    held = recorded(place)
    confirmed = held[held["confirmation"] == "official"]
    table = given[["tally_id", "reported_on", "through"]].assign(
        counted=given["value"].astype("int64"),
        qualifier=given["qualifier"],
        confirmed=_through(confirmed, given["through"]),
        recorded=_through(held, given["through"]),
    )
    whole = table["counted"].where(table["counted"] > 0)
    return table.assign(
        gap=table["counted"] - table["confirmed"], coverage=table["confirmed"] / whole
    )


def _through(attacks: pd.DataFrame, days: pd.Series) -> list[int]:
    """How many attacks fell on or before each day."""
    dates = attacks["event_date"].sort_values()
    return [int(dates.searchsorted(day, side="right")) for day in days]


def by_country(known: Known, attacks: pd.DataFrame) -> pd.DataFrame:
    """The newest official count that was given with a split by country, and the gap in each.

    Returns
    -------
    DataFrame
        The columns of :func:`against_tallies` for each country counted on that day and through
        that day, then for what the split leaves open, then for all; `scope` (a country, `rest`,
        `ALL`) and `gap_share` (of the whole gap; NaN where there is none). No `rest` where the
        split adds up. Empty where no split was ever given.
    """
    whole = against_tallies(known, attacks)
    parts = pd.concat(
        [against_tallies(known, attacks, scope).assign(scope=scope) for scope in COUNTRIES],
        ignore_index=True,
    )
    same_statement = parts.merge(whole[["reported_on", "through"]], on=["reported_on", "through"])
    latest = same_statement[same_statement["reported_on"] == same_statement["reported_on"].max()]
    total = whole[whole["reported_on"].isin(latest["reported_on"])].assign(scope="ALL")
    stacked = pd.concat([latest, _rest(latest, total), total], ignore_index=True)
    table: pd.DataFrame = stacked[[*whole.columns, "scope"]].astype(dict.fromkeys(NUMBERS, "int64"))
    gap = total["gap"].sum()
    return table.assign(gap_share=table["gap"] / gap if gap else float("nan"))


def _rest(parts: pd.DataFrame, total: pd.DataFrame) -> pd.DataFrame:
    """What of the whole no country is named for; no row where nothing is left."""
    left = total[NUMBERS].reset_index(drop=True) - parts[NUMBERS].sum()
    row = total.reset_index(drop=True).assign(scope="rest", coverage=float("nan"), **left)
    found: pd.DataFrame = row[left["counted"] != 0]
    return found
