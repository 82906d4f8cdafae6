"""Facts on US strikes by theatre, and on attacks before and after the latest."""

from __future__ import annotations

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import counted, in_window, recorded, until
from analysis.measures.fact import Fact, Found, count, estimated, ids, only
from analysis.measures.metadata import beside, facts
from analysis.record import Known, Theatre
from analysis.record.wording import where

METADATA = beside(__file__)


def response_facts(known: Known, days: int) -> dict[str, Fact]:
    """US strikes by theatre, and attacks before and after the latest in the main one."""
    strikes = responses.in_main_theatre(known)
    latest = strikes[strikes["event_date"] == strikes["event_date"].max()]
    since = None if latest.empty else (known.date - latest["event_date"].iloc[0]).days
    found = {
        "us_strikes_cumulative": count(until(strikes, known.through)),
        "us_strikes_window": count(in_window(strikes, known.date, days)),
    }
    for theatre in known.campaign.theatres[1:]:
        rows, name = responses.in_theatre(known, theatre), theatre_fact(theatre)
        words = {"there": where(theatre.countries)}
        found[f"{name}_cumulative"] = count(until(rows, known.through), **words)
        found[f"{name}_window"] = count(in_window(rows, known.date, days), **words)
    found |= {
        "latest_us_strike": only(latest.head(1), "event_date"),
        "days_since_us_strike": Found(since, ids(latest)),
        **_before_after(known, latest),
    }
    return facts(found, METADATA, known)


def theatre_fact(theatre: Theatre) -> str:
    """How the names of facts on strikes in a further theatre begin."""
    return f"us_strikes_{theatre.id.replace('-', '_')}"


def _before_after(known: Known, latest: pd.DataFrame) -> dict[str, Found]:
    counts = ("strike_span_days", "attacks_before_strike", "attacks_after_strike")
    if latest.empty:
        nothing = dict.fromkeys(counts, Found(None))
        return {**nothing, **estimated("strike_rate_ratio", None, ids(latest))}
    held = recorded(counted(known))
    found = responses.before_and_after(held, latest["event_date"].iloc[0], known.date)
    rows = ids(latest) + ids(found.before) + ids(found.after)
    values = (Found(found.days, ids(latest)), count(found.before), count(found.after))
    return {
        **dict(zip(counts, values, strict=True)),
        **estimated("strike_rate_ratio", found.ratio, rows),
    }
