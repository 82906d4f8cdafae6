"""Facts on the forecast, on what the record learned, and on how late it learns."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import daily_counts
from analysis.measures.delay import reporting_delay
from analysis.measures.fact import SINCE, Fact, ids, share
from analysis.measures.outlook import Forecast, forecast


def latest_forecast(held: pd.DataFrame, as_of: pd.Timestamp, horizon: int = 7) -> Forecast | None:
    """The forecast that the brief shows, from the recorded attacks on each day so far."""
    return forecast(daily_counts(held, as_of), horizon)


def forecast_facts(held: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Fact]:
    """Attacks in the next seven days: median, 90 % interval, probability of any."""
    found = latest_forecast(held, as_of)
    words = {
        "forecast_median": ("median", "attacks forecast for the next seven days, median"),
        "forecast_low": ("low", "lower end of the forecast's 90 % interval"),
        "forecast_high": ("high", "upper end of the forecast's 90 % interval"),
        "forecast_probability_any": (
            "probability_any",
            "probability of at least one attack in the next seven days",
        ),
        "forecast_discount": ("discount", "discount factor chosen by past one-step log scores"),
    }
    if found is None:
        return {name: Fact(None, unit) for name, (_, unit) in words.items()}
    rows = ids(held)
    return {
        name: Fact(getattr(found, attribute), unit, rows)
        for name, (attribute, unit) in words.items()
    }


def change_facts(changes: pd.DataFrame) -> dict[str, Fact]:
    """How many things the record learned of, and how many it knows differently now."""
    new = changes[changes["kind"] == "new"]
    revised = changes[changes["kind"] == "revised"].drop_duplicates(["table", "id"])
    return {
        "new_facts_since_previous": Fact(
            len(new), "things first reported since the window before", ids(new["id"])
        ),
        "revised_facts_since_previous": Fact(
            len(revised),
            "things known before that the record now knows otherwise",
            ids(revised["id"]),
        ),
    }


def delay_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """How late attacks become known."""
    delay = reporting_delay(held)
    late = held[delay >= 2]
    return {
        "reporting_delay_median": Fact(
            None if delay.empty else float(delay.median()),
            f"median days from attack to first report, attacks {SINCE}",
            ids(held),
        ),
        "reported_late_share": share(
            late, held, f"share of attacks {SINCE} first reported two or more days later"
        ),
    }
