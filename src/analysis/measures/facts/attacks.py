"""Facts on attacks: how many, where, with what, and who is named for them."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import (
    by_site,
    claimed_only,
    daily_counts,
    in_window,
    intercepted,
    multi_site_days,
    outcome_known,
    recorded,
    weapon_known,
    with_weapon,
)
from analysis.measures.fact import SINCE, Fact, count, ids, most, only, share

COUNTRIES = {"IRQ": "Iraq", "SYR": "Syria", "JOR": "Jordan"}


def attack_facts(attacks: pd.DataFrame, end: pd.Timestamp, days: int) -> dict[str, Fact]:
    """How many attacks, where, with what; in the window, the one before, and since the start."""
    held = recorded(attacks)
    window = in_window(held, end, days)
    facts = level_facts(attacks, end, days)
    for country, where in COUNTRIES.items():
        rows, recent = (part[part["country"] == country] for part in (held, window))
        suffix = country.lower()
        facts[f"attacks_cumulative_{suffix}"] = count(rows, f"attacks recorded in {where} {SINCE}")
        facts[f"attacks_window_{suffix}"] = count(recent, f"attacks in {where} in the window")
    return {**facts, **place_and_weapon_facts(held, window)}


def level_facts(attacks: pd.DataFrame, end: pd.Timestamp, days: int) -> dict[str, Fact]:
    """How many attacks by who confirms them; in the window, the one before, since the start."""
    held, claims = recorded(attacks), claimed_only(attacks)
    window = in_window(held, end, days)
    previous = in_window(held, end - pd.Timedelta(days=days), days)
    level = {name: held[held["confirmation"] == name] for name in ("official", "media")}
    return {
        "attacks_window": count(window, "attacks recorded in the window"),
        "attacks_previous_window": count(previous, "attacks recorded in the window before"),
        "attacks_window_official": count(
            in_window(level["official"], end, days), "attacks in the window, officially confirmed"
        ),
        "attacks_window_media": count(
            in_window(level["media"], end, days),
            "attacks in the window, reported by news and monitors only",
        ),
        "attacks_window_claim_only": count(
            in_window(claims, end, days), "attacks in the window that only the attacker reports"
        ),
        "attacks_cumulative": count(held, f"attacks recorded {SINCE}, without mere claims"),
        "attacks_confirmed_cumulative": count(
            level["official"], f"attacks officially confirmed {SINCE}"
        ),
        "attacks_media_cumulative": count(
            level["media"], f"attacks reported by news and monitors only {SINCE}"
        ),
        "attacks_claim_only_cumulative": count(
            claims, f"attacks that only the attacker reports {SINCE}"
        ),
    }


def place_and_weapon_facts(held: pd.DataFrame, window: pd.DataFrame) -> dict[str, Fact]:
    """Where recorded attacks fell, on how many days, with what, and how they ended."""
    busiest = most(held, "site_id", f"site with most recorded attacks {SINCE}")
    at_busiest = held[held["site_id"] == busiest.value]
    several = held[held["event_date"].isin(multi_site_days(held)["event_date"])]
    sites = by_site(held, window)
    hit = sites[sites["window"] > 0]
    tied = sites[sites["attacks"] == sites["attacks"].max()]
    armed, ended = weapon_known(held), outcome_known(held)
    return {
        "sites_attacked": Fact(len(sites), f"sites attacked {SINCE}", ids(held)),
        "sites_attacked_window": Fact(len(hit), "sites attacked in the window", ids(window)),
        "busiest_site": busiest,
        "busiest_sites": Fact(
            " ".join(tied["site_id"]) or None, "all sites with as many attacks", ids(at_busiest)
        ),
        "busiest_sites_tied": Fact(len(tied), "number of sites with as many attacks", ids(held)),
        "busiest_site_attacks": count(at_busiest, f"attacks recorded at that site {SINCE}"),
        "drone_share": share(
            with_weapon(armed, "drone"),
            armed,
            f"share of attacks {SINCE} in which drones were used, of those whose weapon is known",
        ),
        "drone_attacks": count(
            with_weapon(armed, "drone"), f"attacks {SINCE} in which drones were used"
        ),
        "weapon_known": count(armed, f"attacks {SINCE} whose weapon is known"),
        "intercepted_share": share(
            intercepted(ended),
            ended,
            f"share of attacks {SINCE} intercepted in full, of those whose outcome is known",
        ),
        "intercepted_attacks": count(intercepted(ended), f"attacks {SINCE} intercepted in full"),
        "outcome_known": count(ended, f"attacks {SINCE} whose outcome is known"),
        "multi_site_days": Fact(
            len(multi_site_days(held)),
            f"days {SINCE} on which two or more sites were hit",
            ids(several),
        ),
        "attack_days": Fact(
            held["event_date"].nunique(), f"days {SINCE} with an attack", ids(held)
        ),
    }


def course_facts(held: pd.DataFrame, end: pd.Timestamp) -> dict[str, Fact]:
    """When recorded attacks began, when the latest was, and the seven days with most of them."""
    first, latest = held.head(1), held.tail(1)
    in_seven_days = daily_counts(held, end).rolling(7, min_periods=1).sum()
    top = 0 if held.empty else int(in_seven_days.max())
    last_day = in_seven_days.index[in_seven_days == top][-1] if top else end
    rows = in_window(held, last_day, 7)
    return {
        "first_attack_on": only(first, "event_date", f"day of the first recorded attack {SINCE}"),
        "latest_attack_on": only(latest, "event_date", "day of the latest recorded attack"),
        "most_in_seven_days": Fact(top, "most recorded attacks in any seven days", ids(rows)),
        "most_in_seven_days_on": Fact(
            f"{last_day:%Y-%m-%d}" if top else None, "last of these seven days", ids(rows)
        ),
    }


#: Targets of attacks, as names of facts end.
TARGETS = {
    "us-coalition-forces": "us_forces",
    "us-warship": "warship",
    "commercial-shipping": "shipping",
    "israel": "israel",
    "other": "other",
}


def target_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """How many recorded attacks were on each kind of target."""
    return {
        f"attacks_on_{name}": count(
            held[held["target"] == target],
            f"attacks recorded {SINCE}, by target: {target}",
        )
        for target, name in TARGETS.items()
    }


def claim_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """Who claims the recorded attacks, and whom others name."""
    claimed = held[held["claimed_by"].notna()]
    unclaimed = held[held["claimed_by"].isna()]
    top = most(held, "claimed_by", f"group that claims most recorded attacks {SINCE}")
    by_top = held[held["claimed_by"] == top.value]
    return {
        "claimed_cumulative": count(claimed, f"recorded attacks {SINCE} that a group claims"),
        "claim_share": share(claimed, held, f"share of recorded attacks {SINCE} that are claimed"),
        "top_claimant": top,
        "top_claimant_attacks": count(by_top, f"recorded attacks {SINCE} that this group claims"),
        "attributed_cumulative": count(
            unclaimed[unclaimed["attributed_to"].notna()],
            f"recorded attacks {SINCE} unclaimed but attributed by officials or analysts",
        ),
        "top_attributed": most(
            unclaimed, "attributed_to", "group to which most of those unclaimed are attributed"
        ),
        "nobody_named_cumulative": count(
            unclaimed[unclaimed["attributed_to"].isna()],
            f"recorded attacks {SINCE} that nobody claims and no source attributes",
        ),
    }
