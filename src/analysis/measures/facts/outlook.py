"""Facts on the forecast of the coming days and on how good such forecasts have been."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import (
    in_window,
    recorded_counted,
    recorded_on_targets,
)
from analysis.measures.estimate import Estimate
from analysis.measures.fact import Evidence, Fact, Found, Value, count, ids
from analysis.measures.facts.knowledge import delay_facts
from analysis.measures.metadata import beside, facts
from analysis.measures.outlook import (
    ASSUMPTION,
    BASELINES,
    CHOSEN,
    Backtest,
    backtest,
    closer,
    scores,
)
from analysis.measures.outlook.hurdle import RECENT_DAYS
from analysis.measures.truces import in_force
from analysis.record import Known

METADATA = beside(__file__)


def outlook_facts(known: Known, horizon: int) -> dict[str, Fact]:
    """The facts of the outlook: the forecast, its track record, and the days behind it."""
    held = recorded_on_targets(known)
    days = {"days": f"{horizon} {'day' if horizon == 1 else 'days'}"}
    last, before = (
        in_window(held, known.date - pd.Timedelta(days=n), horizon) for n in (0, horizon)
    )
    strikes = in_window(responses.in_main_theatre(known), known.date, RECENT_DAYS)
    found = {
        "attacks_last_days": count(last, **days),
        "attacks_days_before": count(before, **days),
        "attacks_cumulative": count(recorded_counted(known)),
        "truces_in_force": count(in_force(known)),
        "us_strikes_recent": count(strikes, recent=str(RECENT_DAYS)),
    }
    return {
        **forecast_facts(known, horizon),
        **delay_facts(known),
        **facts(found, METADATA, known),
    }


#: The facts that are ends or middle of an interval of the forecast, and which.
LEVELS = {
    **dict.fromkeys(("forecast_median", "forecast_low", "forecast_high"), 0.9),
    **dict.fromkeys(("forecast_half_low", "forecast_half_high"), 0.5),
}


def forecast_facts(known: Known, horizon: int = 7) -> dict[str, Fact]:
    """The chosen forecast of the next `horizon` days and its track record."""
    made = backtest(known, horizon)
    values: Mapping[str, Value] = {} if made is None else {**_forecast(made), **_record(made)}
    rows = ids(recorded_counted(known))
    days = {"days": f"the next {horizon} {'day' if horizon == 1 else 'days'}"}
    names = [name for name in METADATA if name.startswith(("forecast", "baseline"))]
    found = {
        name: Found(
            values.get(name),
            rows if values.get(name) is not None else Evidence(),
            _estimate(made, LEVELS[name]) if made and name in LEVELS else None,
            days,
        )
        for name in names
    }
    return facts(found, METADATA, known)


def _estimate(made: Backtest, level: float) -> Estimate:
    """The median and an interval, from as many days as the models saw."""
    low, high = made.latest.interval(level)
    days = len(made.origins)
    return Estimate(made.latest.quantile(0.5), low, high, days, ASSUMPTION, level=level)


def _forecast(made: Backtest) -> dict[str, Value]:
    latest = made.latest
    (low, high), (half_low, half_high) = latest.interval(0.9), latest.interval(0.5)
    return {
        "forecast_median": latest.quantile(0.5),
        "forecast_low": low,
        "forecast_high": high,
        "forecast_half_low": half_low,
        "forecast_half_high": half_high,
        "forecast_probability_any": float(latest.probability_any),
        "forecast_model": str(made.models.iloc[-1]),
        "forecast_model_share": float((made.models == made.models.iloc[-1]).mean()),
    }


def _record(made: Backtest) -> dict[str, Value]:
    table = scores(made)
    if table.empty:
        return {"forecasts_checked": 0}
    better = str(table.loc[list(BASELINES), "crps"].idxmin())
    by_name = table.to_dict("index")
    chosen, baseline = by_name[CHOSEN], by_name[better]
    return {
        "forecasts_checked": int(chosen["origins"]),
        "forecasts_within": round(chosen["coverage_90"] * chosen["origins"]),
        "forecasts_closer": closer(made, better),
        "forecast_coverage": float(chosen["coverage_90"]),
        "forecast_crps": float(chosen["crps"]),
        "baseline_crps": float(baseline["crps"]),
        "baseline_better": better,
        "forecast_crps_share": float(chosen["crps"] / baseline["crps"]),
    }
