"""Facts on US strikes by theatre, and on attacks before and after the latest."""

from __future__ import annotations

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import in_window
from analysis.measures.fact import SINCE, Fact, count, ids, only
from analysis.record import Known


def response_facts(known: Known, held: pd.DataFrame, days: int) -> dict[str, Fact]:
    """US strikes by theatre, and attacks before and after the latest in Iraq or Syria."""
    strikes, yemen = responses.in_iraq_and_syria(known), responses.in_yemen(known)
    facts = {
        "us_strikes_cumulative": count(
            strikes, f"strikes by the US or with it in Iraq and Syria {SINCE}"
        ),
        "us_strikes_window": count(
            in_window(strikes, known.date, days), "such strikes in the window"
        ),
        "us_strikes_yemen_cumulative": count(
            yemen, f"strikes by the US or with it in Yemen {SINCE}"
        ),
        "us_strikes_yemen_window": count(
            in_window(yemen, known.date, days), "such strikes in Yemen in the window"
        ),
    }
    latest = strikes[strikes["event_date"] == strikes["event_date"].max()]
    facts["latest_us_strike"] = only(
        latest.head(1), "event_date", "date of the latest US strike in Iraq or Syria"
    )
    facts["days_since_us_strike"] = Fact(
        None if latest.empty else (known.date - latest["event_date"].iloc[0]).days,
        "days since the latest US strike in Iraq or Syria",
        ids(latest),
    )
    return {**facts, **_before_after_facts(latest, held, known.date)}


def _before_after_facts(
    latest: pd.DataFrame, held: pd.DataFrame, as_of: pd.Timestamp
) -> dict[str, Fact]:
    words = {
        "strike_span_days": "days compared on each side of the latest strike day",
        "attacks_before_strike": "attacks in that many days before the latest strike day",
        "attacks_after_strike": "attacks in that many days after the latest strike day",
        "strike_rate_ratio": "attack rate after ÷ before the latest strike day",
        "strike_rate_ratio_low": "lower end of its 95 % interval",
        "strike_rate_ratio_high": "upper end of its 95 % interval",
    }
    if latest.empty:
        return {name: Fact(None, unit) for name, unit in words.items()}
    found = responses.before_and_after(held, latest["event_date"].iloc[0], as_of)
    rows = ids(latest) + ids(found.before) + ids(found.after)
    values = {
        "strike_span_days": Fact(found.days, words["strike_span_days"], ids(latest)),
        "attacks_before_strike": count(found.before, words["attacks_before_strike"]),
        "attacks_after_strike": count(found.after, words["attacks_after_strike"]),
    }
    for name, value in (
        ("strike_rate_ratio", found.rate_ratio),
        ("strike_rate_ratio_low", found.low),
        ("strike_rate_ratio_high", found.high),
    ):
        values[name] = Fact(value, words[name], rows)
    return values
