"""Facts of the site report: attacks at one place, with what, who was hurt, against the others."""

from __future__ import annotations

import pandas as pd

from analysis.measures import casualties, sites
from analysis.measures.attacks import (
    claimed_only,
    in_window,
    intercepted,
    on_any_target,
    outcome_known,
    recorded,
    with_weapon,
)
from analysis.measures.fact import SINCE, Fact, count, ids, share, total
from analysis.measures.facts.attacks import (
    claim_facts,
    course_facts,
    level_facts,
    place_and_weapon_facts,
    target_facts,
)
from analysis.measures.proportion import proportion
from analysis.record import Known

#: Weapons as the codebook names them.
WEAPONS = (
    "drone",
    "rocket",
    "ballistic-missile",
    "cruise-missile",
    "missile",
    "mortar",
    "ied",
    "boat",
    "hijacking",
    "small-arms",
)

#: Whose casualties, by the ends of the names of facts, and how they are called.
WHOSE = {"us": "US or mixed", "partner": "partner forces", "other": "crews, civilians and others"}


def site_facts(known: Known, site_id: str, window_days: int) -> dict[str, Fact]:
    """All facts of a site report; `attacks_…` are those at this site, on any target."""
    attacks = sites.at_site(known, site_id)
    held = recorded(attacks)
    return {
        **level_facts(attacks, known.date, window_days),
        **course_facts(held, known.date),
        **place_and_weapon_facts(held, in_window(held, known.date, window_days)),
        **target_facts(held),
        **weapon_and_outcome_facts(held),
        **_casualty_facts(attacks),
        **_attribution_facts(held),
        **_comparison_facts(known, site_id, held, window_days),
    }


def weapon_and_outcome_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """How many recorded attacks with each weapon, and with each outcome."""
    ended = outcome_known(held)
    used = {
        f"weapon_{weapon.replace('-', '_')}": count(
            with_weapon(held, weapon), f"attacks {SINCE}, weapon: {weapon.replace('-', ' ')}"
        )
        for weapon in WEAPONS
    }
    outcomes = {
        f"outcome_{outcome.replace('-', '_')}": count(
            ended[ended["outcome"] == outcome],
            f"attacks {SINCE}, outcome: {outcome.replace('-', ' ')}",
        )
        for outcome in ("intercepted", "partly-intercepted", "impact", "missed", "failed")
    }
    return {**used, **outcomes}


def _casualty_facts(attacks: pd.DataFrame) -> dict[str, Fact]:
    """Dead and injured in recorded attacks by whose they are; those of mere claims apart."""
    whose = {
        "us": casualties.american(attacks),
        "partner": casualties.partner(attacks),
        "other": attacks[attacks["casualties_of"] == "other"],
    }
    facts = {}
    for name, rows in whose.items():
        for harm in ("killed", "injured"):
            facts[f"{harm}_{name}"] = total(
                recorded(rows), harm, f"people {harm} in recorded attacks {SINCE}: {WHOSE[name]}"
            )
    stated = attacks[attacks[["killed", "injured"]].notna().any(axis=1)]
    hurt = attacks[attacks[["killed", "injured"]].fillna(0).gt(0).any(axis=1)]
    return {
        **facts,
        "casualties_stated": count(
            recorded(stated), f"recorded attacks {SINCE} of which a source numbers dead or injured"
        ),
        "attacks_with_casualties": count(
            recorded(hurt), f"recorded attacks {SINCE} with dead or injured"
        ),
        "claims_with_casualties": count(
            claimed_only(hurt), f"attacks {SINCE} with casualties that only the attacker reports"
        ),
    }


def _attribution_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """Who claims the attacks and whom others name, and how often the group named most often."""
    facts = claim_facts(held)
    to_top = held["claimed_by"].isna() & (held["attributed_to"] == facts["top_attributed"].value)
    return {
        **facts,
        "top_attributed_attacks": count(
            held[to_top], f"recorded attacks {SINCE} unclaimed but attributed to this group"
        ),
    }


def _comparison_facts(
    known: Known, site_id: str, held: pd.DataFrame, window_days: int
) -> dict[str, Fact]:
    """Its share of the attacks at comparable sites, its rank, and interception here and there."""
    group = sites.in_group_of(known, site_id)
    table = sites.shares(group)
    own = table[table["site_id"] == site_id]
    rows = ids(group)
    here = own.iloc[0] if len(own) else None
    ended = outcome_known(held)
    elsewhere = outcome_known(group[group["site_id"] != site_id])
    part = "share of recorded attacks at comparable sites that fell here"
    everywhere = recorded(on_any_target(known))
    return {
        "group_attacks": count(group, f"attacks recorded at comparable sites {SINCE}"),
        "group_attacks_window": count(
            in_window(group, known.date, window_days),
            "attacks recorded at comparable sites in the window",
        ),
        "group_sites": Fact(len(table), f"comparable sites attacked {SINCE}, this one too", rows),
        "site_share": share(held, group, part),
        "site_share_low": Fact(
            None if here is None else round(float(here["low"]), 4),
            "lower end of its 95 % interval",
            rows,
        ),
        "site_share_high": Fact(
            None if here is None else round(float(here["high"]), 4),
            "upper end of its 95 % interval",
            rows,
        ),
        "site_rank": Fact(
            None if here is None else int(here["rank"]),
            "rank by recorded attacks among comparable sites",
            rows,
        ),
        "sites_with_as_many": Fact(
            0 if here is None else int((table["rank"] == here["rank"]).sum()) - 1,
            "other comparable sites with as many attacks",
            rows,
        ),
        "elsewhere_outcome_known": count(
            elsewhere, f"attacks {SINCE} at comparable sites but this, whose outcome is known"
        ),
        "elsewhere_intercepted_share": share(
            intercepted(elsewhere),
            elsewhere,
            f"share of attacks {SINCE} at comparable sites but this intercepted in full, of those "
            "whose outcome is known",
        ),
        **_interval("intercepted_share", intercepted(ended), ended),
        **_interval("elsewhere_intercepted_share", intercepted(elsewhere), elsewhere),
        "elsewhere_cumulative": count(
            everywhere[everywhere["site_id"] != site_id], f"attacks recorded elsewhere {SINCE}"
        ),
    }


def _interval(name: str, part: pd.DataFrame, whole: pd.DataFrame) -> dict[str, Fact]:
    """The 95 % interval of the share that a fact of that name gives."""
    found = proportion(len(part), len(whole), "")
    ends = {"low": "lower", "high": "upper"}
    return {
        f"{name}_{end}": Fact(
            round(getattr(found, end), 4) if found else None,
            f"{words} end of its 95 % interval",
            ids(whole),
        )
        for end, words in ends.items()
    }
