"""Facts on the forecast of the coming days and on how good such forecasts have been."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import in_window, on_us_forces, recorded
from analysis.measures.fact import SINCE, Evidence, Fact, Value, count, ids
from analysis.measures.facts.knowledge import delay_facts
from analysis.measures.outlook import BASELINES, CHOSEN, Backtest, backtest, scores
from analysis.measures.outlook.hurdle import RECENT_DAYS
from analysis.record import Known

#: Unit of each fact; `{days}` is the horizon in words, such as "the next 7 days".
UNITS = {
    "forecast_median": "attacks forecast for {days}, median",
    "forecast_low": "lower end of the forecast's 90 % interval",
    "forecast_high": "upper end of the forecast's 90 % interval",
    "forecast_half_low": "lower end of the forecast's 50 % interval",
    "forecast_half_high": "upper end of the forecast's 50 % interval",
    "forecast_probability_any": "probability of at least one attack in {days}",
    "forecast_model": "model of the forecast, chosen by past scores",
    "forecasts_checked": "past forecasts of as many days ahead, one a day, that could be checked",
    "forecasts_within": "of these, how many had the outcome in their 90 % interval",
    "forecast_coverage": "share of past 90 % intervals that held what came",
    "forecast_crps": "mean CRPS of past forecasts, attacks",
    "baseline_crps": "mean CRPS of the better of two baselines on the same days, attacks",
    "baseline_better": "which of the two baselines had the better CRPS",
    "forecast_crps_share": "CRPS of the forecasts ÷ CRPS of the better baseline",
    "forecast_model_share": "share of days so far on which today's model was the choice",
}


def outlook_facts(known: Known, horizon: int) -> dict[str, Fact]:
    """The facts of the outlook: the forecast, its track record, and the days behind it."""
    held = recorded(on_us_forces(known))
    days = f"{horizon} {'day' if horizon == 1 else 'days'}"
    last, before = (
        in_window(held, known.date - pd.Timedelta(days=n), horizon) for n in (0, horizon)
    )
    truces = _truces(known)
    strikes = in_window(responses.in_iraq_and_syria(known), known.date, RECENT_DAYS)
    return {
        **forecast_facts(backtest(known, horizon), held, f"the next {days}"),
        **delay_facts(held),
        "attacks_last_days": count(last, f"attacks recorded in the last {days}"),
        "attacks_days_before": count(before, f"attacks recorded in the {days} before these"),
        "attacks_cumulative": count(held, f"attacks recorded {SINCE}"),
        "truces_in_force": count(truces, "truces in force, as far as known"),
        "us_strikes_recent": count(
            strikes, f"US strikes in Iraq and Syria in the last {RECENT_DAYS} days"
        ),
    }


def _truces(known: Known) -> pd.DataFrame:
    rows = known.milestones
    ended = rows["end_on"].notna() & (rows["end_on"] < known.date)
    return rows[(rows["kind"] == "truce") & (rows["start_on"] <= known.date) & ~ended]


def forecast_facts(
    found: Backtest | None, held: pd.DataFrame, days: str = "the next 7 days"
) -> dict[str, Fact]:
    """The chosen forecast and its track record.

    Parameters
    ----------
    found: what :func:`analysis.measures.outlook.backtest` returns.
    held: recorded attacks, the evidence.
    days: the horizon in words.
    """
    values: Mapping[str, Value] = {} if found is None else {**_forecast(found), **_record(found)}
    rows = ids(held)
    return {
        name: Fact(value, unit.format(days=days), rows if value is not None else Evidence())
        for name, unit in UNITS.items()
        for value in [values.get(name)]
    }


def _forecast(found: Backtest) -> dict[str, Value]:
    latest = found.latest
    (low, high), (half_low, half_high) = latest.interval(0.9), latest.interval(0.5)
    return {
        "forecast_median": latest.quantile(0.5),
        "forecast_low": low,
        "forecast_high": high,
        "forecast_half_low": half_low,
        "forecast_half_high": half_high,
        "forecast_probability_any": round(float(latest.probability_any), 4),
        "forecast_model": str(found.models.iloc[-1]),
        "forecast_model_share": round(float((found.models == found.models.iloc[-1]).mean()), 4),
    }


def _record(found: Backtest) -> dict[str, Value]:
    table = scores(found)
    if table.empty:
        return {"forecasts_checked": 0}
    better = str(table.loc[list(BASELINES), "crps"].idxmin())
    by_name = table.to_dict("index")
    chosen, baseline = by_name[CHOSEN], by_name[better]
    return {
        "forecasts_checked": int(chosen["origins"]),
        "forecasts_within": round(chosen["coverage_90"] * chosen["origins"]),
        "forecast_coverage": round(chosen["coverage_90"], 4),
        "forecast_crps": round(chosen["crps"], 2),
        "baseline_crps": round(baseline["crps"], 2),
        "baseline_better": better,
        "forecast_crps_share": round(chosen["crps"] / baseline["crps"], 4),
    }
