"""Facts of the actor report: attacks claimed and attributed, tempo, kin, strikes on a group."""

from __future__ import annotations

import pandas as pd

from analysis.measures import actors
from analysis.measures.attacks import in_window, on_any_target, recorded
from analysis.measures.fact import SINCE, Fact, count, ids, only
from analysis.measures.facts.attacks import (
    course_facts,
    level_facts,
    place_and_weapon_facts,
    target_facts,
)
from analysis.measures.facts.coordination import coordination_facts, dispersion_facts
from analysis.measures.facts.site import weapon_and_outcome_facts
from analysis.measures.proportion import proportion
from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Known
from analysis.record.wave import WAVE_START

#: Tempo compares the last so many days with as many before, or with those there are since
#: 17 October 2023 if at least a week.
TEMPO_DAYS = 28
SHORTEST_BEFORE = 7


def actor_facts(known: Known, actor_id: str, window_days: int) -> dict[str, Fact]:
    """All facts of an actor report; `attacks_…` are those claimed by it or attributed to it."""
    held = recorded(actors.named_for(known, actor_id))
    return {
        **actor_state_facts(known, actor_id, window_days),
        **_tempo_facts(held, known.date),
        **coordination_facts(held, known.date),
        **dispersion_facts(held, known.date),
    }


def actor_state_facts(known: Known, actor_id: str, window_days: int) -> dict[str, Fact]:
    """The facts that a day can be compared in with an earlier one."""
    named = actors.named_for(known, actor_id)
    held = recorded(named)
    return {
        **level_facts(named, known.date, window_days),
        **course_facts(held, known.date),
        **place_and_weapon_facts(held, in_window(held, known.date, window_days)),
        **target_facts(held),
        **weapon_and_outcome_facts(held),
        **_claim_facts(known, held),
        **_kin_facts(known, actor_id),
        **_strike_facts(known, actor_id, window_days),
    }


def _claim_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    claimed, attributed = held[held["claimed"]], held[~held["claimed"]]
    by_others = attributed[attributed["claimed_by"].notna()]
    everybodys = recorded(on_any_target(known))
    everybodys = everybodys[everybodys["claimed_by"].notna()]
    found = proportion(len(claimed), len(everybodys), "")
    unit = f"share of all claimed recorded attacks {SINCE}, on any target, that it claims"
    values = (found.estimate, found.low, found.high) if found else (None,) * 3
    shares = {
        f"claims_share{end}": Fact(None if value is None else round(value, 4), text, rows)
        for end, value, text, rows in zip(
            ("", "_low", "_high"),
            values,
            (unit, "lower end of its 95 % interval", "upper end of its 95 % interval"),
            (ids(everybodys),) * 3,
            strict=True,
        )
    }
    return {
        "claimed_cumulative": count(claimed, f"recorded attacks {SINCE} that it claims"),
        "attributed_cumulative": count(
            attributed, f"recorded attacks {SINCE} attributed to it that it does not claim"
        ),
        "claimed_by_others": count(
            by_others, "attacks of those attributed to it that another group claims"
        ),
        "claims_of_all": count(
            everybodys, f"recorded attacks {SINCE}, on any target, that a group claims"
        ),
        **shares,
    }


def _tempo_facts(held: pd.DataFrame, end: pd.Timestamp) -> dict[str, Fact]:
    """Attacks in the last four weeks against those in the four before."""
    days_known = (end - WAVE_START).days + 1
    before_days = min(TEMPO_DAYS, days_known - TEMPO_DAYS)
    now = in_window(held, end, TEMPO_DAYS)
    units = {
        "tempo_days": "days of the latest span",
        "tempo_before_days": "days of the span before",
        "tempo_now": "recorded attacks in the latest span",
        "tempo_before": "recorded attacks in the span before",
        "tempo_ratio": "attack rate in the latest span ÷ in the span before",
        "tempo_ratio_low": "lower end of its 95 % interval",
        "tempo_ratio_high": "upper end of its 95 % interval",
    }
    if before_days < SHORTEST_BEFORE:
        return {name: Fact(None, unit) for name, unit in units.items()}
    before = in_window(held, end - pd.Timedelta(days=TEMPO_DAYS), before_days)
    found = rate_ratio(len(before), len(now), before_days, TEMPO_DAYS)
    values = {
        "tempo_days": TEMPO_DAYS,
        "tempo_before_days": before_days,
        "tempo_now": len(now),
        "tempo_before": len(before),
        "tempo_ratio": _rounded(found.estimate if found else None),
        "tempo_ratio_low": _rounded(found.low if found else None),
        "tempo_ratio_high": _rounded(found.high if found else None),
    }
    rows = ids(before) + ids(now)
    return {name: Fact(value, units[name], rows) for name, value in values.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _kin_facts(known: Known, actor_id: str) -> dict[str, Fact]:
    parent, parts = actors.parent_of(known, actor_id), actors.parts_of(known, actor_id)
    own = actors.named_for(known, actor_id)["attack_id"]

    def further(kin: tuple[str, ...]) -> pd.DataFrame:
        named = recorded(actors.named_for(known, *kin))
        return named[~named["attack_id"].isin(own)]

    return {
        "kin_parent": Fact(parent, "the group under which the record lists it"),
        "kin_parts": Fact(" ".join(parts) or None, "the groups that the record lists under it"),
        "parent_attacks": count(
            further((parent,) if parent else ()),
            f"further attacks {SINCE} claimed by or attributed to that group",
        ),
        "parts_attacks": count(
            further(parts), f"further attacks {SINCE} claimed by or attributed to those groups"
        ),
    }


def _strike_facts(known: Known, actor_id: str, window_days: int) -> dict[str, Fact]:
    parent, parts = actors.parent_of(known, actor_id), actors.parts_of(known, actor_id)
    own = actors.strikes_on(known, actor_id)
    newest = own.tail(1)
    aimed = f"strikes by the US or with it {SINCE}"
    return {
        "strikes_cumulative": count(own, f"{aimed} that name it as the target"),
        "strikes_window": count(
            in_window(own, known.date, window_days), "such strikes in the window"
        ),
        "latest_strike_on": only(newest, "event_date", "date of the latest of them"),
        "strikes_on_parent": count(
            actors.strikes_on(known, *([parent] if parent else [])),
            f"{aimed} on the group it is listed under",
        ),
        "strikes_on_parts": count(
            actors.strikes_on(known, *parts), f"{aimed} on groups listed under it"
        ),
    }
