"""Facts of the actor report: attacks claimed and attributed, tempo, kin, strikes on a group."""

from __future__ import annotations

import pandas as pd

from analysis.measures import actors
from analysis.measures.attacks import held_against, in_window, recorded, until
from analysis.measures.fact import Evidence, Fact, Found, count, estimated, ids, only
from analysis.measures.facts.attacks import (
    course_facts,
    level_facts,
    place_and_weapon_facts,
    target_facts,
)
from analysis.measures.facts.coordination import coordination_facts, dispersion_facts
from analysis.measures.facts.site import weapon_and_outcome_facts
from analysis.measures.metadata import beside, facts
from analysis.measures.proportion import proportion
from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Known
from analysis.record.coded import is_one_of

METADATA = beside(__file__)

#: Tempo compares the last so many days with as many before, or with those there are since the
#: campaign began if at least a week.
TEMPO_DAYS = 28
SHORTEST_BEFORE = 7


def actor_facts(known: Known, actor_id: str, window_days: int) -> dict[str, Fact]:
    """All facts of an actor report; `attacks_…` are those claimed by it or attributed to it."""
    named = actors.named_for(known, actor_id)
    shown, held = recorded(named), recorded(until(named, known.through))
    found = {
        **_claims(known, named),
        **_kin(known, actor_id),
        **_strikes(known, actor_id, window_days),
        **_tempo(known, shown),
    }
    return {
        **level_facts(known, named, window_days),
        **course_facts(known, held),
        **place_and_weapon_facts(known, named, window_days),
        **target_facts(known, held),
        **weapon_and_outcome_facts(known, held),
        **facts(found, METADATA, known),
        **coordination_facts(known, held),
        **dispersion_facts(known, held),
    }


def actor_compared_facts(known: Known, actor_id: str, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    named = actors.named_for(known, actor_id)
    found = {**_claims(known, named), **_strikes(known, actor_id, window_days)}
    return {**level_facts(known, named, window_days), **facts(found, METADATA, known)}


def _claims(known: Known, named: pd.DataFrame) -> dict[str, Found]:
    """What it claims and what it is said to have made, and its part of what anybody claims."""
    held = recorded(until(named, known.through))
    claimed, attributed = held[held["claimed"]], held[~held["claimed"]]
    everybodys = until(recorded(held_against(known, named)), known.through)
    everybodys = everybodys[everybodys["claimed_by"].notna()]
    assumption = "Claims are independent of each other; one may be made for several attacks."
    share = proportion(len(claimed), len(everybodys), assumption)
    return {
        "claimed_cumulative": count(claimed),
        "attributed_cumulative": count(attributed),
        "claimed_by_others": count(attributed[attributed["claimed_by"].notna()]),
        "claims_of_all": count(everybodys),
        **estimated("claims_share", share, ids(everybodys)),
    }


def _tempo(known: Known, held: pd.DataFrame) -> dict[str, Found]:
    """Attacks in the last four weeks against those in the four before."""
    end = known.date
    days_known = (end - known.campaign.start).days + 1
    before_days = min(TEMPO_DAYS, days_known - TEMPO_DAYS)
    counts = ("tempo_days", "tempo_before_days", "tempo_now", "tempo_before")
    if before_days < SHORTEST_BEFORE:
        nothing = dict.fromkeys(counts, Found(None))
        return {**nothing, **estimated("tempo_ratio", None, Evidence())}
    now = in_window(held, end, TEMPO_DAYS)
    before = in_window(held, end - pd.Timedelta(days=TEMPO_DAYS), before_days)
    ratio = rate_ratio(len(before), len(now), before_days, TEMPO_DAYS)
    rows = ids(before) + ids(now)
    values = (TEMPO_DAYS, before_days, len(now), len(before))
    return {
        **{name: Found(value, rows) for name, value in zip(counts, values, strict=True)},
        **estimated("tempo_ratio", ratio, rows),
    }


def _kin(known: Known, actor_id: str) -> dict[str, Found]:
    parent, parts = actors.parent_of(known, actor_id), actors.parts_of(known, actor_id)
    own = actors.named_for(known, actor_id)["attack_id"]

    def further(*kin: str) -> pd.DataFrame:
        named = until(recorded(actors.named_for(known, *kin)), known.through)
        return named[~is_one_of(named["attack_id"], own)]

    return {
        "kin_parent": Found(parent),
        "kin_parts": Found(" ".join(parts) or None),
        "parent_attacks": count(further(*([parent] if parent else []))),
        "parts_attacks": count(further(*parts)),
    }


def _strikes(known: Known, actor_id: str, window_days: int) -> dict[str, Found]:
    parent, parts = actors.parent_of(known, actor_id), actors.parts_of(known, actor_id)
    own = actors.strikes_on(known, actor_id)

    def counted(*kin: str) -> Found:
        return count(until(actors.strikes_on(known, *kin), known.through))

    return {
        "strikes_cumulative": counted(actor_id),
        "strikes_window": count(in_window(own, known.date, window_days)),
        "latest_strike_on": only(until(own, known.through).tail(1), "event_date"),
        "strikes_on_parent": counted(*([parent] if parent else [])),
        "strikes_on_parts": counted(*parts),
    }
