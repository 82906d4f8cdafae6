"""Facts of the site report: attacks at one place, with what, who was hurt, against the others."""

from __future__ import annotations

import pandas as pd

from analysis.measures import casualties, sites
from analysis.measures.attacks import (
    claimed_only,
    held_against,
    in_window,
    intercepted,
    outcome_known,
    recorded,
    until,
    with_weapon,
)
from analysis.measures.estimate import Estimate
from analysis.measures.fact import Fact, Found, count, estimated, ids, share
from analysis.measures.facts.attacks import (
    claim_facts,
    course_facts,
    level_facts,
    place_and_weapon_facts,
    target_facts,
)
from analysis.measures.facts.officials import people
from analysis.measures.metadata import beside, facts
from analysis.measures.proportion import proportion
from analysis.record import Known
from analysis.record.codebook import codes, word

METADATA = beside(__file__)

#: Weapons that a source names, and outcomes that one tells.
WEAPONS = codes("weapon", having="with")
OUTCOMES = codes("outcome", having="one")

#: Whose casualties, by the ends of the names of facts.
WHOSE = {"us": casualties.american, "partner": casualties.partner, "other": casualties.others}


def site_facts(known: Known, site_id: str, window_days: int) -> dict[str, Fact]:
    """All facts of a site report; `attacks_…` are those at this site, on any target."""
    attacks = sites.at_site(known, site_id)
    held = recorded(until(attacks, known.through))
    claims = claim_facts(known, held)
    to_top = held["claimed_by"].isna() & (held["attributed_to"] == claims["top_attributed"].value)
    compared = _comparison(known, site_id, held, window_days)
    return {
        **level_facts(known, attacks, window_days),
        **course_facts(known, held),
        **place_and_weapon_facts(known, attacks, window_days),
        **target_facts(known, held),
        **weapon_and_outcome_facts(known, held),
        **facts(_casualties(until(attacks, known.through)), METADATA, known),
        **claims,
        **facts({"top_attributed_attacks": count(held[to_top]), **compared}, METADATA, known),
    }


def site_compared_facts(known: Known, site_id: str, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    attacks = sites.at_site(known, site_id)
    return {
        **level_facts(known, attacks, window_days),
        **facts(_casualties(until(attacks, known.through)), METADATA, known),
    }


def weapon_fact(weapon: str) -> str:
    """The name of the fact that counts attacks with a weapon."""
    return f"weapon_{weapon.replace('-', '_')}"


def outcome_fact(outcome: str) -> str:
    """The name of the fact that counts attacks with an outcome."""
    return f"outcome_{outcome.replace('-', '_')}"


def weapon_and_outcome_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """How many recorded attacks with each weapon, and with each outcome."""
    ended = outcome_known(held)
    found = {
        **{
            weapon_fact(code): count(with_weapon(held, code), weapon=code.replace("-", " "))
            for code in WEAPONS
        },
        **{
            outcome_fact(code): count(
                ended[ended["outcome"] == code], outcome=code.replace("-", " ")
            )
            for code in OUTCOMES
        },
    }
    return facts(found, METADATA, known)


def _casualties(attacks: pd.DataFrame) -> dict[str, Found]:
    """Dead and injured in recorded attacks by whose they are; those of mere claims apart."""
    attacks = attacks[["attack_id", "confirmation", *casualties.READ]]
    held = recorded(attacks)
    found = {
        f"{harm}_{name}": people(held, whose(held), harm, word("casualties_of", name))
        for name, whose in WHOSE.items()
        for harm in ("killed", "injured")
    }
    stated = attacks[attacks[["killed", "injured"]].notna().any(axis=1)]
    hurt = attacks[attacks[["killed", "injured"]].fillna(0).gt(0).any(axis=1)]
    return {
        **found,
        "casualties_stated": count(recorded(stated)),
        "attacks_with_casualties": count(recorded(hurt)),
        "claims_with_casualties": count(claimed_only(hurt)),
    }


def _comparison(
    known: Known, site_id: str, held: pd.DataFrame, window_days: int
) -> dict[str, Found]:
    """Its share of the attacks at comparable sites, its rank, and interception here and there."""
    ever = sites.in_group_of(known, site_id)
    group = until(ever, known.through)
    table = sites.shares(group)
    own = table[table["site_id"] == site_id]
    rows, whole = ids(group), share(held, group)
    here = own.iloc[0] if len(own) else None
    part = None if here is None else _of_all(len(held), len(group), here)
    ended, elsewhere = outcome_known(held), outcome_known(group[group["site_id"] != site_id])
    there = sites.at_site(known, site_id)
    everywhere = until(recorded(held_against(known, there)), known.through)
    return {
        "group_attacks": count(group),
        "group_attacks_window": count(in_window(ever, known.date, window_days)),
        "group_sites": Found(len(table), rows),
        **{**estimated("site_share", part, rows), "site_share": whole},
        "site_rank": Found(None if here is None else int(here["rank"]), rows),
        "sites_with_as_many": Found(
            0 if here is None else int((table["rank"] == here["rank"]).sum()) - 1, rows
        ),
        "elsewhere_outcome_known": count(elsewhere),
        "elsewhere_intercepted_share": share(intercepted(elsewhere), elsewhere),
        **_interval("intercepted_share", ended),
        **_interval("elsewhere_intercepted_share", elsewhere),
        "elsewhere_cumulative": count(everywhere[everywhere["site_id"] != site_id]),
    }


def _of_all(part: int, whole: int, row: pd.Series) -> Estimate:
    return Estimate(part / whole, float(row["low"]), float(row["high"]), whole, sites.ASSUMPTION)


def _interval(name: str, ended: pd.DataFrame) -> dict[str, Found]:
    """The 95 % interval of the share intercepted, of attacks with a known outcome."""
    found = proportion(len(intercepted(ended)), len(ended), sites.ASSUMPTION)
    ends = estimated(name, found, ids(ended))
    return {f"{name}_{end}": ends[f"{name}_{end}"] for end in ("low", "high")}
