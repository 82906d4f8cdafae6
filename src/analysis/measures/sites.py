"""One site against the others: its attacks, and its share of those in places like it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.measures.attacks import (
    countries_hit,
    held_against,
    on_any_target,
    on_targets,
    recorded,
)
from analysis.measures.proportion import proportion
from analysis.record import Known
from analysis.record.codebook import SEA, country
from analysis.record.wording import joined, where


def at_site(known: Known, site_id: str) -> pd.DataFrame:
    """Attacks at one site on any target since the campaign began, all confirmation levels."""
    attacks = on_any_target(known)
    return attacks[attacks["site_id"] == site_id].reset_index(drop=True)


#: Of fewer attacks a percentage would say more than is known.
FEWEST_FOR_PERCENT = 5

ASSUMPTION = (
    "Attacks are independent of each other; several in one operation make the true uncertainty "
    "larger."
)


@dataclass(frozen=True)
class Group:
    """Places that compare with each other: at sea, in the campaign's lands, or elsewhere.

    Its lands are the countries where its targets were hit. At sea each ship is a row of its own.
    """

    countries: tuple[str, ...]
    others: bool = False

    def holds(self, countries: pd.Series) -> pd.Series:
        """Whether each of some places is one of the group, by its country."""
        inside = countries.astype("str").isin(self.countries)
        return ~inside if self.others else inside


def in_group_of(known: Known, site_id: str) -> pd.DataFrame:
    """Recorded attacks at this site and at all that compare with it; none if it is not named.

    On the targets of the campaign, and on those attacked at this site.
    """
    attacks = recorded(held_against(known, at_site(known, site_id)))
    group = group_of(known, site_id)
    return (
        attacks[:0]
        if group is None
        else attacks[group.holds(attacks["country"])].reset_index(drop=True)
    )


def group_of(known: Known, site_id: str) -> Group | None:
    """The places that a site compares with; None where the record does not name it."""
    countries = known.sites.set_index("site_id")["country"]
    if site_id not in countries.index:
        return None
    lands = tuple(code for code in countries_hit(on_targets(known)) if code != SEA)
    country = str(countries[site_id])
    if country == SEA:
        return Group((SEA,))
    return Group(lands) if country in lands else Group((SEA, *lands), others=True)


def within(group: Group) -> str:
    """A group of places after a verb: "in sea areas", "at sites in Iraq and Syria"."""
    if group.others:
        lands = [country(code) for code in group.countries if code != SEA]
        return f"on land outside {joined(lands)}" if lands else "on land"
    return "in sea areas" if group.countries == (SEA,) else f"at sites {where(group.countries)}"


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
    found = [proportion(count, len(attacks), ASSUMPTION) for count in table["attacks"].tolist()]
    return table.assign(
        share=[float(each.value or 0) for each in found if each],
        low=[float(each.low or 0) for each in found if each],
        high=[float(each.high or 0) for each in found if each],
        rank=table["attacks"].rank(method="min", ascending=False).astype(int),
    )
