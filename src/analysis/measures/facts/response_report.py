"""Facts of the response report: attacks before and after strikes, arrivals and placebo dates."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.measures import responses
from analysis.measures.attacks import in_window, recorded_counted, until
from analysis.measures.effect import (
    Effect,
    RateModel,
    after_arrivals,
    after_strikes,
    answered_in,
    rate_model,
)
from analysis.measures.episodes import episodes
from analysis.measures.estimate import SIGNIFICANT, Estimate
from analysis.measures.event_study import strike_episodes
from analysis.measures.fact import Evidence, Fact, Found, Value, count, estimated, ids
from analysis.measures.facts.attacks import attack_facts
from analysis.measures.facts.responses import response_facts, theatre_fact
from analysis.measures.metadata import beside, facts
from analysis.measures.placebo import after_busy_days, period_of
from analysis.record import Known
from analysis.record.wording import where

METADATA = beside(__file__)


def response_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a response report; `window_days` is the length of the spans compared."""
    held = recorded_counted(known)
    strikes = after_strikes(known, window_days)
    found = {
        **_effect(strikes, held, "episodes", "episodes of US strikes"),
        **_latest(strikes, held),
        **_bursts(strikes, held),
        **_effect(after_arrivals(known, window_days), held, "arrivals", "large arrivals"),
        **_model(rate_model(known), held),
        **_further_theatres(known, window_days),
    }
    return {
        **attack_facts(known, window_days),
        **response_facts(known, window_days),
        **facts(found, METADATA, known),
    }


def arrival_facts(known: Known, days: int) -> dict[str, Fact]:
    """How the attack rate moved in the `days` days after large arrivals of US units."""
    held = recorded_counted(known)
    found = _effect(after_arrivals(known, days), held, "arrivals", "large arrivals")
    return facts(found, METADATA, known)


def response_compared_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with the earlier day."""
    strikes = strike_episodes(known, window_days)
    found = {"episodes": Found(len(strikes), _rows_of(strikes["ids"]), words=_of("", 0))}
    return facts(found, METADATA, known)


def _of(what: str, days: int) -> dict[str, str]:
    """What the units of facts on some kind of event say."""
    return {"events": what, "span": f"{days} {'days' if days > 1 else 'day'}"}


def _effect(effect: Effect, held: pd.DataFrame, name: str, what: str) -> dict[str, Found]:
    """How many events, how the rate moved after them, and what random placements give."""
    compared, together, words = effect.compared, effect.together, _of(what, effect.days)
    events, known_of = _rows_of(effect.events["ids"]), _rows_of(compared["ids"])
    rows = known_of + ids(held)
    rates = compared["after"] / compared["days_after"], compared["before"] / compared["days_before"]
    ratios = [ratio for ratio in compared["found"] if ratio is not None]
    clearly_fell = sum(ratio.high is not None and ratio.high < 1 for ratio in ratios)
    beyond = sum((place.p_value or 1) <= SIGNIFICANT for place in effect.places)
    values: dict[str, tuple[Value, Evidence]] = {
        name: (len(effect.events), events),
        f"{name}_compared": (len(compared), known_of),
        f"{name}_unequal": (int((compared["shared_days"] > 0).sum()), known_of),
        f"{name}_fell": (int((rates[0] < rates[1]).sum()), rows),
        f"{name}_clearly_fell": (clearly_fell, rows),
        f"{name}_rose": (int((rates[0] > rates[1]).sum()), rows),
        f"{name}_clearly_rose": (sum(ratio.low > 1 for ratio in ratios), rows),
        f"{name}_beyond_placebo": (beyond, rows),
    }
    found = {key: Found(value, rows, words=words) for key, (value, rows) in values.items()}
    return {
        **found,
        **estimated(f"{name}_ratio", together, rows, **words),
        **_place(name, together, rows),
        f"{name}_placements": Found(together.n if together else None, rows, words=words),
    }


def _place(name: str, test: Estimate | None, rows: Evidence) -> dict[str, Found]:
    """How far out a ratio lies among placebo ones, and what share of them is lower."""
    return {
        f"{name}_as_far_share": Found(test.p_value if test else None, rows),
        f"{name}_placebo_share": Found(test.place if test else None, rows),
    }


def _latest(effect: Effect, held: pd.DataFrame) -> dict[str, Found]:
    """The latest episode: its days, the attacks around it, and its place."""
    name = "latest_episode"
    keys = ("on", "last_on", "strikes", "before", "days_before", "after", "days_after")
    if effect.events.empty:
        nothing = dict.fromkeys((f"{name}_{key}" for key in (*keys, "placebos")), Found(None))
        return (
            nothing | estimated(f"{name}_ratio", None, Evidence()) | _place(name, None, Evidence())
        )
    latest = effect.events.iloc[-1]
    enough = len(effect.compared) and effect.compared["first"].iloc[-1] == latest["first"]
    place = effect.places[-1] if enough else None
    rows = Evidence(latest["ids"]) + ids(_around(held, latest))
    values: tuple[Value, ...] = (
        f"{latest['first']:%Y-%m-%d}",
        f"{latest['last']:%Y-%m-%d}",
        len(latest["ids"]),
        *(int(latest[key]) for key in keys[3:]),
    )
    lower = place.place if place and place.p_value is not None else None
    return {
        **{f"{name}_{key}": Found(value, rows) for key, value in zip(keys, values, strict=True)},
        **estimated(f"{name}_ratio", latest["found"] if enough else None, rows),
        f"{name}_placebo_share": Found(lower, rows),
        f"{name}_as_far_share": Found(place.p_value if place else None, rows),
        f"{name}_placebos": Found(place.n if place else None, rows),
    }


def _around(held: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """The attacks in the spans before and after an event."""
    days, day = held["event_date"], pd.Timedelta(days=1)
    before = (days >= row["first"] - row["days_before"] * day) & (days < row["first"])
    after = (days > row["last"]) & (days <= row["last"] + row["days_after"] * day)
    around: pd.DataFrame = held[before | after]
    return around


def _bursts(effect: Effect, held: pd.DataFrame) -> dict[str, Found]:
    """Whether strikes follow bursts of attacks, and what follows bursts without a strike."""
    period = period_of(effect.counts, effect.events, effect.days)
    busy = after_busy_days(effect.counts, effect.compared, effect.days)
    whole = effect.compared[effect.compared["days_before"] == effect.days]
    rows = _rows_of(effect.compared["ids"]) + ids(held)
    values: dict[str, Value] = {
        "attacks_before_mean": float(whole["before"].mean()) if len(whole) else None,
        "attacks_span_mean": float(period.mean() * effect.days) if len(period) else None,
        "busy_least": busy.least if busy else None,
        "busy_days": busy.n if busy else None,
        "busy_ratio": busy.estimate if busy else None,
        "period_days": len(period),
        "placebo_dates": len(effect.placebos),
    }
    words = {"span": f"{effect.days} days" if effect.days > 1 else "day"}
    return {name: Found(value, rows, words=words) for name, value in values.items()}


def _model(model: RateModel, held: pd.DataFrame) -> dict[str, Found]:
    """Level and slope at the latest break of the model, and how many breaks are clear."""
    parts = [f"{part}{end}" for part in ("level", "slope") for end in ("", "_low", "_high")]
    names = ["days", "breaks", "clear_levels", "break_on", *parts]
    if model.fit is None:
        return {f"model_{name}": Found(None) for name in names}
    breaks, latest = model.fit.breaks, model.fit.breaks.iloc[-1]
    clear = (breaks["level_low"] > 1) | (breaks["level_high"] < 1)
    values: list[Value] = [model.fit.n, len(breaks), int(clear.sum()), f"{latest['day']:%Y-%m-%d}"]
    values += [float(latest[part]) for part in parts]
    return {
        f"model_{name}": Found(value, ids(held)) for name, value in zip(names, values, strict=True)
    }


def _further_theatres(known: Known, days: int) -> dict[str, Found]:
    """Strikes in theatres but the main one, and attacks on what they answer, each apart."""
    found: dict[str, Found] = {}
    for theatre in known.campaign.theatres[1:]:
        name = theatre_fact(theatre)
        words = {"there": where(theatre.countries), "span": f"{days} days"}
        series = episodes(until(responses.in_theatre(known, theatre), known.through), days)
        answered = answered_in(known, theatre)
        first = None if series.empty else series["first"].iloc[0]
        before = answered[:0]
        if first is not None:
            before = in_window(answered, first - pd.Timedelta(days=1), days)
        found |= {
            f"{name}_episodes": Found(len(series), _rows_of(series["ids"]), words=words),
            f"{name}_answers_window": count(in_window(answered, known.date, days), **words),
            f"{name}_answers_cumulative": count(until(answered, known.through), **words),
            f"{name}_first_on": Found(
                None if first is None else f"{first:%Y-%m-%d}",
                Evidence(series["ids"].iloc[0][:1]) if first is not None else Evidence(),
                words=words,
            ),
            f"{name}_answers_before": Found(
                None if first is None else len(before), ids(before), words=words
            ),
        }
    return found


def _rows_of(groups: Iterable[tuple[str, ...]]) -> Evidence:
    return Evidence([row for group in groups for row in group])
