"""The record held against what officials count: on each day on which they gave a count.

Two counts compare only if they begin on the same day and count the same: tallies of the campaign,
and the record's attacks on its targets from the first through the last day that a tally counts. The
record is taken as it is known now, so a tally of long ago is held against what has been learned
about its days since.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures import tallies
from analysis.measures.attacks import RECORDED, countries_hit, on_targets, with_places
from analysis.record import Known, remembered
from analysis.record.codebook import ALL, SEA
from analysis.record.coded import is_one_of

#: Columns that count attacks.
NUMBERS = ["counted", "confirmed", "recorded", "gap"]

#: The scope of what a split by country leaves open.
REST = "rest"

ASSUMPTION = "officials count what the record’s officially confirmed rows describe, one row each"


@remembered
def against_tallies(known: Known, scope: str = ALL) -> pd.DataFrame:
    """What officials counted and what the record holds through the same day.

    Parameters
    ----------
    known: what was known on the as-of date.
    scope: `ALL`, or a country.

    Returns
    -------
    DataFrame
        One row for each day on which a count was given (of one day the largest), oldest first:
        `tally_id`, `reported_on`, `through`, `counted` (by officials), `qualifier`, `confirmed`
        (attacks of the record with official confirmation), `recorded` (those and what news and
        monitors report), `gap` (`counted` − `confirmed`, below 0 where the record has more),
        `coverage` (`confirmed` ÷ `counted`; NaN where officials count none).
    """
    given = tallies.by_day(tallies.of_the_campaign(known, "attacks", scope))
    attacks = _attacks(known, scope)
    held = attacks[is_one_of(attacks["confirmation"], RECORDED)]
    confirmed = held[held["confirmation"] == "official"]
    table = given[["tally_id", "reported_on", "through"]].assign(
        counted=given["value"].astype("int64"),
        qualifier=given["qualifier"],
        confirmed=_as_counted(confirmed, given),
        recorded=_as_counted(held, given),
    )
    whole = table["counted"].where(table["counted"] > 0)
    return table.assign(
        gap=table["counted"] - table["confirmed"], coverage=table["confirmed"] / whole
    )


def _attacks(known: Known, scope: str) -> pd.DataFrame:
    """Attacks of all time on the campaign's targets, in one country or anywhere."""
    rows = known.of_all_time.attacks
    placed = with_places(rows[is_one_of(rows["target"], known.campaign.targets)], known)
    return placed if scope == ALL else placed[placed["country"] == scope]


def _as_counted(attacks: pd.DataFrame, given: pd.DataFrame) -> list[int]:
    """How many attacks each tally would count: of its target, from its first to its last day."""
    counts = []
    for since, through, target in zip(
        given["since"], given["through"], given["target"], strict=True
    ):
        days = attacks.loc[attacks["target"] == target, "event_date"]
        counts.append(int(days.between(since, through).sum()))
    return counts


@remembered
def countries_counted(known: Known) -> list[str]:
    """Countries for which officials give counts of their own, in order of their first attack.

    Of attacks on ships the count at sea is that of all, and no part of it.
    """
    hit = countries_hit(on_targets(known))
    others = sorted(set(known.tallies["scope"]) & set(known.sites["country"]) - set(hit))
    whole = {SEA} if known.campaign.at_sea else set()
    apart = [one for one in (*hit, *others) if one not in whole]
    return [one for one in apart if len(tallies.of_the_campaign(known, "attacks", one))]


def most_counted(known: Known, most: int = 2) -> list[str]:
    """Those of them of which officials count most attacks."""
    codes = countries_counted(known)
    return sorted(codes, key=lambda code: -against_tallies(known, code)["counted"].max())[:most]


@remembered
def by_country(known: Known) -> pd.DataFrame:
    """The newest official count that was given with a split by country, and the gap in each.

    Returns
    -------
    DataFrame
        The columns of :func:`against_tallies` for each country counted on that day and through
        that day, then for what the split leaves open, then for all; `scope` (a country, `rest`,
        `ALL`) and `gap_share` (of the whole gap; NaN where there is none). No `rest` where the
        split adds up. Empty where no split was ever given.
    """
    whole = against_tallies(known)
    split = [
        against_tallies(known, scope).assign(scope=scope) for scope in countries_counted(known)
    ]
    parts = pd.concat([whole.assign(scope="")[:0], *split], ignore_index=True)
    same_statement = parts.merge(whole[["reported_on", "through"]], on=["reported_on", "through"])
    latest = same_statement[same_statement["reported_on"] == same_statement["reported_on"].max()]
    total = whole[whole["reported_on"].isin(latest["reported_on"])].assign(scope=ALL)
    stacked = pd.concat([latest, _rest(latest, total), total], ignore_index=True)
    table: pd.DataFrame = stacked[[*whole.columns, "scope"]].astype(dict.fromkeys(NUMBERS, "int64"))
    gap = total["gap"].sum()
    return table.assign(gap_share=table["gap"] / gap if gap else float("nan"))


def _rest(parts: pd.DataFrame, total: pd.DataFrame) -> pd.DataFrame:
    """What of the whole no country is named for; no row where nothing is left."""
    left = total[NUMBERS].reset_index(drop=True) - parts[NUMBERS].sum()
    row = total.reset_index(drop=True).assign(scope=REST, coverage=float("nan"), **left)
    found: pd.DataFrame = row[left["counted"] != 0]
    return found
