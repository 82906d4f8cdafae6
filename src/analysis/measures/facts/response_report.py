"""Facts of the response report: attacks before and after strikes, arrivals and placebo dates."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import in_window, on_us_forces, recorded
from analysis.measures.effect import (
    CampaignModel,
    Effect,
    after_arrivals,
    after_strikes,
    attacks_on_ships,
    model_of_campaigns,
)
from analysis.measures.episodes import episodes
from analysis.measures.event_study import strike_episodes
from analysis.measures.fact import SINCE, Evidence, Fact, Value, count, ids
from analysis.measures.facts.attacks import attack_facts
from analysis.measures.facts.responses import response_facts
from analysis.measures.placebo import PlaceboTest, after_busy_days, joint_test, period_of
from analysis.record import Known

#: A ratio as far out as no more than this share of placebo dates is called unusual.
UNUSUAL = 0.05


def response_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a response report; `window_days` is the length of the spans compared."""
    attacks = on_us_forces(known)
    held = recorded(attacks)
    strikes = after_strikes(known, held, window_days)
    return {
        **attack_facts(attacks, known.date, window_days),
        **response_facts(known, held, window_days),
        **_effect_facts(strikes, held, "episodes", "episodes of US strikes"),
        **_latest_facts(strikes, held),
        **_burst_facts(strikes, held),
        **arrival_facts(known, held, window_days),
        **_model_facts(model_of_campaigns(known, held), held),
        **_yemen_facts(known, window_days),
    }


def arrival_facts(known: Known, held: pd.DataFrame, days: int) -> dict[str, Fact]:
    """How the attack rate moved in the `days` days after large arrivals of US units."""
    return _effect_facts(after_arrivals(known, held, days), held, "arrivals", "large arrivals")


def response_state_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with the earlier day."""
    found = strike_episodes(known, window_days)
    return {"episodes": Fact(len(found), "episodes of US strikes", _rows_of(found["ids"]))}


def _effect_facts(effect: Effect, held: pd.DataFrame, name: str, what: str) -> dict[str, Fact]:
    """How many events, how the rate moved after them, and what random placements give."""
    compared = effect.compared
    test = joint_test(effect.counts, compared, effect.days)
    events, known_of = _rows_of(effect.events["ids"]), _rows_of(compared["ids"])
    rows = known_of + ids(held)
    rates = compared["after"] / compared["days_after"], compared["before"] / compared["days_before"]
    found = [ratio for ratio in compared["found"] if ratio is not None]
    clearly = {
        "fell": sum(ratio.high is not None and ratio.high < 1 for ratio in found),
        "rose": sum(ratio.low > 1 for ratio in found),
    }
    moved = {"fell": (rates[0] < rates[1]).sum(), "rose": (rates[0] > rates[1]).sum()}
    span = f"{effect.days} {'days' if effect.days > 1 else 'day'}"
    whose = f"{what} after which the attack rate {{}} in up to {span}"
    facts = {
        name: Fact(len(effect.events), f"{what} {SINCE}", events),
        f"{name}_compared": Fact(
            len(compared), f"{what} with at least three days to compare on both sides", known_of
        ),
        f"{name}_unequal": Fact(
            int((compared["shared_days"] > 0).sum()),
            f"{what} whose days after are in part days before the next",
            known_of,
        ),
    }
    for verb, past in (("fell", "was lower"), ("rose", "was higher")):
        facts[f"{name}_{verb}"] = Fact(int(moved[verb]), whose.format(past), rows)
        facts[f"{name}_clearly_{verb}"] = Fact(
            clearly[verb], f"{whose.format(past)}, its 95 % interval without 1", rows
        )
    beyond = [place for place in effect.places if (place.p_value or 1) <= UNUSUAL]
    facts[f"{name}_beyond_placebo"] = Fact(
        len(beyond), f"{what} with a rate ratio as far out as at most 5 % of placebo dates", rows
    )
    return {**facts, **_joint_facts(test, name, what, rows)}


def _joint_facts(test: PlaceboTest | None, name: str, what: str, rows: Evidence) -> dict[str, Fact]:
    units = {
        "ratio": (
            f"attack rate after ÷ before, geometric mean over {what}, half an attack added to each "
            "count",
            "estimate",
        ),
        "ratio_low": ("lower end of 95 % of random placements of them", "low"),
        "ratio_high": ("upper end of 95 % of random placements of them", "high"),
        "as_far_share": ("share of random placements as far out, two-sided mid-p", "p_value"),
        "placebo_share": ("share of random placements with a lower ratio", "place"),
    }
    placements = f"random placements of {what} (of one event: placebo dates) compared with"
    return {
        **{
            f"{name}_{key}": Fact(
                None if test is None else _rounded(getattr(test, attribute)), unit, rows
            )
            for key, (unit, attribute) in units.items()
        },
        f"{name}_placements": Fact(None if test is None else test.n, placements, rows),
    }


def _latest_facts(effect: Effect, held: pd.DataFrame) -> dict[str, Fact]:
    """The latest episode: its days, the attacks around it, and its place."""
    units = {
        "on": "first day of the latest episode of US strikes",
        "last_on": "last day of that episode",
        "strikes": "strikes of that episode",
        "before": "attacks in the days before that episode",
        "days_before": "days before that episode that are compared",
        "after": "attacks in the days after that episode",
        "days_after": "days after that episode that are known",
        "ratio": "attack rate after ÷ before that episode",
        "ratio_low": "lower end of its 95 % interval",
        "ratio_high": "upper end of its 95 % interval",
        "placebo_share": "share of placebo dates with a lower ratio, equal ones counting one half",
        "as_far_share": "share of placebo dates with a ratio as far out, two-sided mid-p",
        "placebos": "placebo dates that this episode is compared with",
    }
    if effect.events.empty:
        return {f"latest_episode_{key}": Fact(None, unit) for key, unit in units.items()}
    latest = effect.events.iloc[-1]
    enough = len(effect.compared) and effect.compared["first"].iloc[-1] == latest["first"]
    found, place = latest["found"], effect.places[-1] if enough else None
    values: dict[str, Value] = {
        "on": f"{latest['first']:%Y-%m-%d}",
        "last_on": f"{latest['last']:%Y-%m-%d}",
        "strikes": len(latest["ids"]),
        **{key: int(latest[key]) for key in ("before", "days_before", "after", "days_after")},
        "ratio": _rounded(found.estimate) if enough and found else None,
        "ratio_low": _rounded(found.low) if enough and found else None,
        "ratio_high": _rounded(found.high) if enough and found else None,
        "placebo_share": round(place.place, 4) if place and place.p_value is not None else None,
        "as_far_share": _rounded(place.p_value) if place else None,
        "placebos": place.n if place else None,
    }
    rows = Evidence(latest["ids"]) + ids(_around(held, latest))
    return {f"latest_episode_{key}": Fact(values[key], unit, rows) for key, unit in units.items()}


def _around(held: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """The attacks in the spans before and after an event."""
    days, day = held["event_date"], pd.Timedelta(days=1)
    before = (days >= row["first"] - row["days_before"] * day) & (days < row["first"])
    after = (days > row["last"]) & (days <= row["last"] + row["days_after"] * day)
    around: pd.DataFrame = held[before | after]
    return around


def _burst_facts(effect: Effect, held: pd.DataFrame) -> dict[str, Fact]:
    """Whether strikes follow bursts of attacks, and what follows bursts without a strike."""
    span = f"{effect.days} days" if effect.days > 1 else "day"
    period = period_of(effect.counts, effect.events, effect.days)
    busy = after_busy_days(effect.counts, effect.compared, effect.days)
    whole = effect.compared[effect.compared["days_before"] == effect.days]
    rows = _rows_of(effect.compared["ids"]) + ids(held)
    units = {
        "attacks_before_mean": f"attacks in the {span} before an episode of strikes, mean",
        "attacks_span_mean": f"attacks in an average {span} from 17 October 2023 until all is over",
        "busy_least": f"attacks in the {span} before the median episode of strikes",
        "busy_days": f"placebo dates with at least as many attacks in the {span} before",
        "busy_ratio": "attack rate after ÷ before these placebo dates, pooled",
        "period_days": "days of the period in which placebo dates are taken",
        "placebo_dates": "placebo dates in the period, days of strike episodes left out",
    }
    values: dict[str, Value] = {
        "attacks_before_mean": _one_decimal(whole["before"].mean()) if len(whole) else None,
        "attacks_span_mean": _one_decimal(period.mean() * effect.days) if len(period) else None,
        "busy_least": busy.least if busy else None,
        "busy_days": busy.n if busy else None,
        "busy_ratio": _rounded(busy.estimate) if busy else None,
        "period_days": len(period),
        "placebo_dates": len(effect.placebos),
    }
    return {name: Fact(values[name], unit, rows) for name, unit in units.items()}


def _model_facts(model: CampaignModel, held: pd.DataFrame) -> dict[str, Fact]:
    """Level and slope at the latest break of the model, and how many breaks are clear."""
    units = {
        "model_days": "days that the model covers",
        "model_breaks": "breaks of the model, at first days of campaigns of strikes",
        "model_clear_levels": "breaks whose step in level has a 95 % interval without 1",
        "model_break_on": "latest break of the model",
        "model_level": "rate just after that break ÷ what the trend before led to expect",
        "model_level_low": "lower end of its 95 % interval",
        "model_level_high": "upper end of its 95 % interval",
        "model_slope": "weekly growth of the rate after ÷ before that break",
        "model_slope_low": "lower end of its 95 % interval",
        "model_slope_high": "upper end of its 95 % interval",
    }
    if model.fit is None:
        return {name: Fact(None, unit) for name, unit in units.items()}
    breaks, latest = model.fit.breaks, model.fit.breaks.iloc[-1]
    clear = (breaks["level_low"] > 1) | (breaks["level_high"] < 1)
    values: dict[str, Value] = {
        "model_days": model.fit.n,
        "model_breaks": len(breaks),
        "model_clear_levels": int(clear.sum()),
        "model_break_on": f"{latest['day']:%Y-%m-%d}",
        **{
            f"model_{part}{end}": _rounded(latest[f"{part}{end}"])
            for part in ("level", "slope")
            for end in ("", "_low", "_high")
        },
    }
    return {name: Fact(values[name], unit, ids(held)) for name, unit in units.items()}


def _yemen_facts(known: Known, days: int) -> dict[str, Fact]:
    """Strikes in Yemen and attacks on ships, apart from all others."""
    found = episodes(responses.in_yemen(known), days)
    ships = attacks_on_ships(known)
    facts = {
        "yemen_episodes": Fact(
            len(found), f"episodes of strikes in Yemen {SINCE}", _rows_of(found["ids"])
        ),
        "ship_attacks_window": count(
            in_window(ships, known.date, days), "recorded attacks on ships in the window"
        ),
        "ship_attacks_cumulative": count(ships, f"recorded attacks on ships {SINCE}"),
    }
    first = None if found.empty else found["first"].iloc[0]
    before = (
        ships.head(0) if first is None else in_window(ships, first - pd.Timedelta(days=1), days)
    )
    facts["first_yemen_strike"] = Fact(
        None if first is None else f"{first:%Y-%m-%d}",
        "day of the first strike in Yemen",
        Evidence(found["ids"].iloc[0][:1]) if first is not None else Evidence(),
    )
    facts["ship_attacks_before_yemen"] = Fact(
        None if first is None else len(before),
        f"attacks on ships in the {days} days before the first strike in Yemen",
        ids(before),
    )
    return facts


def _rows_of(groups: Iterable[tuple[str, ...]]) -> Evidence:
    return Evidence([row for group in groups for row in group])


def _rounded(value: float | None) -> float | None:
    """To two decimals; a share or ratio below that to two digits, so that it never reads 0."""
    if value is None or value == 0:
        return value
    return round(float(value), max(2, 1 - math.floor(math.log10(abs(value)))))


def _one_decimal(value: float) -> float:
    return round(float(value), 1)
