"""Facts on US strikes by theatre, and on attacks before and after the latest."""

from __future__ import annotations

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import in_window, recorded_counted, until
from analysis.measures.effect import latest_study
from analysis.measures.fact import Evidence, Fact, Found, count, estimated, ids, only
from analysis.measures.metadata import beside, facts
from analysis.record import Known, Theatre
from analysis.record.coded import is_one_of
from analysis.record.wording import where

METADATA = beside(__file__)


def response_facts(known: Known, days: int) -> dict[str, Fact]:
    """US strikes by theatre, and attacks before and after the latest in the main one."""
    return {
        **strike_facts(known, days),
        **facts(_before_after(known, days), METADATA, known),
    }


def strike_facts(known: Known, days: int) -> dict[str, Fact]:
    """US strikes by theatre: how many, and when the latest was."""
    strikes = responses.in_main_theatre(known)
    latest = strikes[strikes["event_date"] == strikes["event_date"].max()]
    since = None if latest.empty else (known.date - latest["event_date"].iloc[0]).days
    totals = _running_totals(known)
    found = {
        "us_strikes_cumulative": _strikes(until(strikes, known.through), totals),
        "us_strikes_window": _strikes(in_window(strikes, known.date, days), totals),
        "us_targets_struck": only(totals.tail(1), "targets_struck"),
        "us_targets_struck_through": only(totals.tail(1), "reported_on"),
    }
    for theatre in known.campaign.theatres[1:]:
        rows, name = responses.in_theatre(known, theatre), theatre_fact(theatre)
        words = {"there": where(theatre.countries)}
        found[f"{name}_cumulative"] = count(until(rows, known.through), **words)
        found[f"{name}_window"] = count(in_window(rows, known.date, days), **words)
    found |= {
        "latest_us_strike": only(latest.head(1), "event_date"),
        "days_since_us_strike": Found(since, ids(latest)),
    }
    return facts(found, METADATA, known)


def strike_compared_facts(known: Known) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    strikes = until(responses.in_main_theatre(known), known.through)
    found = {"us_strikes_cumulative": _strikes(strikes, _running_totals(known))}
    return facts(found, METADATA, known)


def _running_totals(known: Known) -> pd.DataFrame:
    """What sums many strikes up in the main theatre."""
    totals = responses.running_totals(known)
    return totals[is_one_of(totals["country"], known.campaign.main.countries)]


def _strikes(strikes: pd.DataFrame, totals: pd.DataFrame) -> Found:
    """How many strikes; not known where there are only running totals over them."""
    return Found(None) if strikes.empty and len(totals) else count(strikes)


def theatre_fact(theatre: Theatre) -> str:
    """How the names of facts on strikes in a further theatre begin."""
    return f"us_strikes_{theatre.id.replace('-', '_')}"


def _before_after(known: Known, days: int) -> dict[str, Found]:
    """Attacks before and after the latest episode of strikes, as the response report has them."""
    study = latest_study(known, days)
    names = ("strike_days_before", "strike_span_days", "attacks_before_strike",
             "attacks_after_strike", "strike_episode_on")  # fmt: skip
    if study is None:
        nothing = dict.fromkeys(names, Found(None))
        return {**nothing, **estimated("strike_rate_ratio", None, Evidence())}
    held = recorded_counted(known)
    span = pd.Timedelta(days=1)
    around = held[held["event_date"].between(
        study["first"] - study["days_before"] * span, study["last"] + study["days_after"] * span
    )]  # fmt: skip
    rows = Evidence(study["ids"]) + ids(around)
    values = (study["days_before"], study["days_after"], study["before"], study["after"])
    found = {name: Found(int(value), rows) for name, value in zip(names, values, strict=False)}
    return {
        **found,
        "strike_episode_on": Found(f"{study['first']:%Y-%m-%d}", rows),
        **estimated("strike_rate_ratio", study["found"], rows),
    }
