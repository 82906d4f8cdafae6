"""One site against the others: its attacks, and its share of those in places like it."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_any_target, recorded
from analysis.measures.proportion import proportion
from analysis.record import Known

#: Places that compare with each other: on land in three countries, and at sea, where each ship
#: is a row of its own. All others, cities and regions in Israel above all, are a third group.
GROUPS = {
    "IRQ": "sites in Iraq, Syria and Jordan",
    "SYR": "sites in Iraq, Syria and Jordan",
    "JOR": "sites in Iraq, Syria and Jordan",
    "SEA": "sea areas",
}
OTHERS = "places in Israel and elsewhere"


def at_site(known: Known, site_id: str) -> pd.DataFrame:
    """Attacks at one site on any target since 17 October 2023, all confirmation levels."""
    attacks = on_any_target(known)
    return attacks[attacks["site_id"] == site_id].reset_index(drop=True)


def in_group_of(known: Known, site_id: str) -> pd.DataFrame:
    """Recorded attacks at this site and at all that compare with it; none if it is not named."""
    attacks = recorded(on_any_target(known))
    group = group_of(known, site_id)
    return attacks[attacks["country"].astype("str").map(_group) == group].reset_index(drop=True)


def group_of(known: Known, site_id: str) -> str | None:
    """The places that a site compares with, in words; None where the record does not name it."""
    country = known.sites.set_index("site_id")["country"]
    return _group(str(country[site_id])) if site_id in country.index else None


def within(group: str) -> str:
    """A group of places after a verb: "in sea areas", "at sites in Iraq, Syria and Jordan"."""
    return f"in {group}" if group == GROUPS["SEA"] else f"at {group}"


def _group(country: str) -> str:
    return GROUPS.get(country, OTHERS)


def shares(attacks: pd.DataFrame) -> pd.DataFrame:
    """The share of attacks that fell on each site, with its exact interval, the largest first.

    The interval (Clopper and Pearson, 1934) takes the sites of attacks as drawn independently.

    Returns
    -------
    DataFrame
        `site_id`, `site`, `attacks`, `share`, `low`, `high`, `rank` (1 for the most attacks; sites
        with as many share the rank).

    Examples
    --------
    >>> rows = pd.DataFrame({"site_id": list("aab"), "site": ["Alpha", "Alpha", "Bravo"]})
    >>> shares(rows)[["site", "attacks", "rank"]].values.tolist()
    [['Alpha', 2, 1], ['Bravo', 1, 2]]
    """
    counts = attacks.groupby(["site_id", "site"], observed=True).size().rename("attacks")
    table = counts.reset_index().sort_values(
        ["attacks", "site_id"], ascending=[False, True], ignore_index=True
    )
    found = [proportion(count, len(attacks), "") for count in table["attacks"].tolist()]
    return table.assign(
        share=[each.estimate for each in found if each],
        low=[each.low for each in found if each],
        high=[each.high for each in found if each],
        rank=table["attacks"].rank(method="min", ascending=False).astype(int),
    )
