"""Facts on attacks: how many, where, with what, and who is named for them."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import (
    by_site,
    came_through,
    countries_hit,
    daily_counts,
    in_window,
    intercepted,
    is_in_window,
    is_until,
    multi_site_days,
    on_targets,
    outcome_known,
    recorded,
    recorded_on_targets,
    until,
    weapon_known,
    with_weapon,
)
from analysis.measures.fact import Fact, Found, count, ids, most, only, share
from analysis.measures.metadata import beside, facts
from analysis.record import Known
from analysis.record.codebook import codes, place, word
from analysis.record.coded import is_one_of
from analysis.record.coverage import Level

METADATA = beside(__file__)

#: The columns that tell where an attack fell, with what, and how it ended.
PLACE_AND_WEAPON = ["attack_id", "event_date", "site_id", "site", "country", "lat", "lon",
                    "confirmation", "weapons", "outcome"]  # fmt: skip


def campaign_facts(known: Known, kept: Level) -> dict[str, Fact]:
    """The campaign that the report is about, and how far the record goes.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    kept: how well the window was kept.
    """
    newest = known.record_through
    found = {
        "campaign": Found(known.campaign.id),
        "coverage_window": Found(kept),
        "record_through": Found(None if newest is None else f"{newest:%Y-%m-%d}"),
    }
    return facts(found, METADATA, known)


def attack_facts(known: Known, days: int) -> dict[str, Fact]:
    """How many attacks, where, with what; in the window, the one before, and of the campaign."""
    attacks = recorded_on_targets(known)
    named, dates = attacks["attack_id"], attacks["event_date"]
    inside, window = is_until(dates, known.through), is_in_window(dates, known.date, days)
    by_country: dict[str, Found] = {}
    for code in countries_hit(attacks):
        there, where = is_one_of(attacks["country"], [code]), {"where": place(code)}
        by_country[f"attacks_cumulative_{code.lower()}"] = count(named[there & inside], **where)
        by_country[f"attacks_window_{code.lower()}"] = count(named[there & window], **where)
    return {
        **level_facts(known, on_targets(known), days),
        **facts(by_country, METADATA, known),
        **place_and_weapon_facts(known, on_targets(known), days),
    }


def level_facts(known: Known, attacks: pd.DataFrame, days: int) -> dict[str, Fact]:
    """How many of some attacks by who confirms them; in the window, the one before, in all."""
    named, dates = attacks["attack_id"], attacks["event_date"]
    official, media, claims = (
        is_one_of(attacks["confirmation"], [level]) for level in ("official", "media", "claim")
    )
    told = official | media
    window = is_in_window(dates, known.date, days)
    before = is_in_window(dates, known.date - pd.Timedelta(days=days), days)
    inside = is_until(dates, known.through)
    found = {
        "attacks_window": count(named[told & window]),
        "attacks_previous_window": count(named[told & before]),
        "attacks_window_official": count(named[official & window]),
        "attacks_window_media": count(named[media & window]),
        "attacks_window_claim_only": count(named[claims & window]),
        "attacks_cumulative": count(named[told & inside]),
        "attacks_confirmed_cumulative": count(named[official & inside]),
        "attacks_media_cumulative": count(named[media & inside]),
        "attacks_claim_only_cumulative": count(named[claims & inside]),
    }
    return facts(found, METADATA, known)


def place_and_weapon_facts(known: Known, attacks: pd.DataFrame, days: int) -> dict[str, Fact]:
    """Where recorded attacks fell, on how many days, with what, and how they ended."""
    attacks = recorded(attacks[PLACE_AND_WEAPON])
    held, window = until(attacks, known.through), in_window(attacks, known.date, days)
    busiest = most(held, "site_id")
    named = held["attack_id"]
    at_busiest = named[is_one_of(held["site_id"], [str(busiest.value)])]
    days_of_several = multi_site_days(held)["event_date"]
    several = named[held["event_date"].isin(days_of_several)]
    sites = by_site(held, window)
    tied = sites[sites["attacks"] == sites["attacks"].max()]
    armed = weapon_known(held[["attack_id", "weapons"]])
    ended = outcome_known(held[["attack_id", "outcome"]])
    drones, stopped = with_weapon(armed, "drone"), intercepted(ended)
    found = {
        "sites_attacked": Found(len(sites), ids(held)),
        "sites_attacked_window": Found(int(window["site_id"].nunique()), ids(window)),
        "busiest_site": busiest,
        "busiest_sites": Found(
            " ".join(tied["site_id"]) or None,
            ids(named[is_one_of(held["site_id"], set(tied["site_id"]))]),
        ),
        "busiest_sites_tied": Found(len(tied), ids(held)),
        "busiest_site_attacks": count(at_busiest),
        "drone_share": share(drones, armed),
        "drone_attacks": count(drones),
        "weapon_known": count(armed),
        "intercepted_share": share(stopped, ended),
        "intercepted_attacks": count(stopped),
        "came_through": count(came_through(ended)),
        "outcome_known": count(ended),
        "multi_site_days": Found(len(days_of_several), ids(several)),
        "attack_days": Found(int(held["event_date"].nunique()), ids(held)),
    }
    return facts(found, METADATA, known)


def course_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """When recorded attacks began, when the latest was, and the seven days with most of them."""
    in_seven_days = daily_counts(held, known.campaign.start, known.through)
    in_seven_days = in_seven_days.rolling(7, min_periods=1).sum()
    top = 0 if held.empty or in_seven_days.empty else int(in_seven_days.max())
    last_day = in_seven_days.index[in_seven_days == top][-1] if top else known.date
    rows = ids(in_window(held, last_day, 7))
    found = {
        "first_attack_on": only(held.head(1), "event_date"),
        "latest_attack_on": only(held.tail(1), "event_date"),
        "most_in_seven_days": Found(top, rows),
        "most_in_seven_days_on": Found(f"{last_day:%Y-%m-%d}" if top else None, rows),
    }
    return facts(found, METADATA, known)


def target_fact(code: str) -> str:
    """The name of the fact that counts attacks on a target."""
    return f"attacks_on_{word('target', code, 'fact').replace(' ', '_')}"


def target_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """How many recorded attacks were on each kind of target."""
    held = held[["attack_id", "target"]]
    found = {
        target_fact(code): count(held[held["target"] == code], target=word("target", code, "how"))
        for code in codes("target")
    }
    return facts(found, METADATA, known)


def claim_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """Who claims the recorded attacks, and whom others name."""
    held = held[["attack_id", "event_date", "claimed_by", "attributed_to"]]
    named = held["attack_id"]
    claimed, attributed = (held[by].notna() for by in ("claimed_by", "attributed_to"))
    top = most(held, "claimed_by")
    found = {
        "claimed_cumulative": count(named[claimed]),
        "claim_share": share(named[claimed], named),
        "top_claimant": top,
        "top_claimant_attacks": count(named[is_one_of(held["claimed_by"], [str(top.value)])]),
        "attributed_cumulative": count(named[~claimed & attributed]),
        "top_attributed": most(held[~claimed], "attributed_to"),
        "nobody_named_cumulative": count(named[~claimed & ~attributed]),
    }
    return facts(found, METADATA, known)
