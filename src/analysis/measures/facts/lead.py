"""Facts on what leads the page, and on the events of the window that it tells one by one."""

from __future__ import annotations

import pandas as pd

from analysis.measures import casualties, coverage, events, responses, salience
from analysis.measures.attacks import in_window, on_targets, recorded_on_targets
from analysis.measures.fact import Evidence, Fact, Found, only, total
from analysis.measures.facts.officials import least_exact, stated
from analysis.measures.metadata import beside, facts
from analysis.record import Known
from analysis.record.coded import is_one_of

METADATA = beside(__file__)

#: A page tells so many events one by one; of more, those that matter most.
MOST_EVENTS = 12

#: Reasons that begin so are of the whole campaign, and are said only where all of it was kept.
OF_ALL = ("first-", "largest-")


def lead_facts(known: Known, days: int) -> dict[str, Fact]:
    """What matters most in the window, and which of its events the page tells."""
    led = salience.lead(known, days)
    rows = Evidence(led["id"])
    told = events_told(known, days)
    whole = Evidence(events.of_window(known, days)["id"].unique())
    found = {
        "lead_event": Found(" ".join(rows) or None, rows),
        "lead_reason": Found(_reason(known, led, days), rows),
        "lead_on": only(led[["id", "event_date"]].head(1), "event_date"),
        **_attack(known, led),
        **_strikes(known, led),
        "lead_killed_besides": _killed_besides(known, led, days),
        "lead_killed_official": stated(salience.deaths_counted(known, days)),
        "events_told": Found(" ".join(told["id"].unique()) or None, whole),
        "events_more": Found(len(events.of_window(known, days)) - len(told) or None, whole),
    }
    return facts(found, METADATA, known)


def events_told(known: Known, days: int) -> pd.DataFrame:
    """The events that the page tells one by one, in the order of time."""
    return salience.ranked(known, days).head(MOST_EVENTS).sort_index()


def first_is_said(known: Known, days: int) -> bool:
    """Whether a page may call something the first or the largest of the campaign."""
    kept = (coverage.of_campaign(known), coverage.of_window(known, days))
    return kept == ("daily", "daily")


def _reason(known: Known, led: pd.DataFrame, days: int) -> str | None:
    if led.empty:
        return None
    reason = str(led["reason"].iloc[0])
    if first_is_said(known, days):
        return reason
    for beginning in OF_ALL:
        reason = reason.removeprefix(beginning)
    return reason


def _attack(known: Known, led: pd.DataFrame) -> dict[str, Found]:
    """How many were killed, injured and fired, where one attack leads."""
    attacks = on_targets(known)
    rows = attacks[is_one_of(attacks["attack_id"], led["id"])]
    if len(rows) != 1:
        return dict.fromkeys(("lead_killed", "lead_injured", "lead_munitions"), Found(None))
    found = {
        "lead_killed": only(rows, "killed"),
        "lead_injured": only(rows, "injured"),
        "lead_munitions": only(rows, "munitions"),
    }
    for harm in ("killed", "injured"):
        told = casualties.exactness(rows, harm)
        found[f"lead_{harm}"] = least_exact(found[f"lead_{harm}"], told)
    return found


def _killed_besides(known: Known, led: pd.DataFrame, days: int) -> Found:
    """How many others were killed in the window, on the side attacked, where deaths lead."""
    if led.empty or led["reason"].iloc[0] != "deaths":
        return Found(None)
    deadly = casualties.own(in_window(recorded_on_targets(known), known.date, days))
    others = deadly[
        ~is_one_of(deadly["attack_id"], led["id"]) & casualties.are_some(deadly["killed"])
    ]
    if others.empty:
        return Found(None)
    return least_exact(total(others, "killed"), casualties.exactness(others, "killed"))


def _strikes(known: Known, led: pd.DataFrame) -> dict[str, Found]:
    """How much was struck, where US strikes lead."""
    strikes = responses.american(known)
    rows = strikes[is_one_of(strikes["response_id"], led["id"])]
    countries = rows["country"].unique()
    before = strikes[
        is_one_of(strikes["country"], countries)
        & (strikes["event_date"] < rows["event_date"].min())
    ]
    return {
        "lead_targets_struck": _given(rows, "targets_struck"),
        "lead_killed_claimed": _given(rows, "killed_claimed"),
        "lead_strike_before": only(before.tail(1), "event_date"),
    }


def _given(rows: pd.DataFrame, column: str) -> Found:
    """The sum over rows that all give a number; else it is not known."""
    return total(rows, column) if len(rows) and rows[column].notna().all() else Found(None)
