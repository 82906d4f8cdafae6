"""Does the interval of the rate ratio cover, and do the tests of the response report keep their
level where there is no effect?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.measures import placebo
from analysis.measures.estimate import Estimate
from analysis.measures.event_study import around
from analysis.measures.interrupted_series import interrupted_series
from analysis.measures.rate_ratio import mid_p_interval
from studies import START
from studies.row import StudyRow

SEED = 19610301
SERIES = 2_000
FITS = 1_000  # of the model, which takes longer

#: Attacks a day, and how far they vary beyond Poisson counts within weeks, as in the record.
RATE, DISPERSION = 1.6, 1.3

#: Days from 17 October 2023 to the first and last day of each episode of strikes in the record.
EPISODES = ((9, 9), (22, 26), (35, 36), (47, 47), (69, 69), (79, 79), (98, 98), (108, 113))

#: How long the record has attacks, in days, and the days before and after a strike.
PERIOD, SPAN = 142, 7

#: Makes the attack rate of each of so many days.
Rates = Callable[[int, np.random.Generator], np.ndarray]


def rows() -> list[StudyRow]:
    """All findings of this study."""
    return [*_coverage(), *_placebo_levels(), *_model_levels()]


def coverage(
    mean: float, ratio: float, dispersion: float = 1.0, assumed: float = 1.0, series: int = SERIES
) -> float:
    """Share of intervals that cover the true ratio, of series with any attack.

    Parameters
    ----------
    mean: attacks expected before; `ratio` times as many are expected after.
    dispersion: variance ÷ mean of the counts; 1 is Poisson, more is negative binomial.
    assumed: the dispersion that the interval allows for.
    """
    rng = np.random.default_rng(SEED)
    before, after = (_counts(np.full(series, m), dispersion, rng) for m in (mean, mean * ratio))
    held = before + after > 0
    part, whole = after[held] / assumed, (before + after)[held] / assumed
    low, high = mid_p_interval(part, whole)
    share = ratio / (1 + ratio)
    return float(((low <= share) & (share <= high)).mean())


def _counts(means: np.ndarray, dispersion: float, rng: np.random.Generator) -> np.ndarray:
    if dispersion == 1:
        return rng.poisson(means)
    return rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)


def one_rate(days: int, rng: np.random.Generator) -> np.ndarray:
    """The same rate every day."""
    return np.full(days, RATE)


def wandering(memory: float, spread: float = 0.7) -> Rates:
    """A rate that wanders by itself: its logarithm is autoregressive.

    Parameters
    ----------
    memory: days after which the autocorrelation has fallen to 37 %.
    spread: standard deviation of the logarithm.
    """

    def rates(days: int, rng: np.random.Generator) -> np.ndarray:
        keep = np.exp(-1 / memory)
        steps = rng.normal(size=days)
        level = np.empty(days)
        level[0] = steps[0]
        for day in range(1, days):
            level[day] = keep * level[day - 1] + np.sqrt(1 - keep**2) * steps[day]
        return np.asarray(RATE * np.exp(spread * level - spread**2 / 2))

    return rates


def joint_level(rates: Rates, series: int = SERIES, days: int = PERIOD) -> float:
    """Share of series without effect in which all episodes together are significant at 5 %."""
    rng = np.random.default_rng(SEED)
    events = _events([span for span in EPISODES if span[1] + SPAN < days])
    tests = []
    for _ in range(series):
        counts = _daily(rng.poisson(rates(days, rng)))
        tests.append(placebo.joint_test(counts, around(counts, events, SPAN), SPAN))
    return _significant(tests)


def single_level(rates: Rates, series: int = SERIES, days: int = PERIOD, at: str = "any") -> float:
    """The same for one strike on a random day (`at` "any"), or as late as it can be ("end")."""
    rng = np.random.default_rng(SEED)
    tests = []
    for _ in range(series):
        counts = _daily(rng.poisson(rates(days, rng)))
        day = int(rng.integers(SPAN, days - SPAN)) if at == "any" else days - SPAN - 1
        tests.append(_test_of_one(counts, day))
    return _significant(tests)


def after_bursts_level(rates: Rates, series: int = SERIES, days: int = PERIOD) -> float:
    """The same where the one strike falls at the end of the worst week: then the test is wrong."""
    rng = np.random.default_rng(SEED)
    tests = []
    for _ in range(series):
        counts = _daily(rng.poisson(rates(days, rng)))
        weeks = counts.rolling(SPAN).sum().shift(1).iloc[SPAN : days - SPAN].to_numpy()
        tests.append(_test_of_one(counts, SPAN + int(weeks.argmax())))
    return _significant(tests)


def _test_of_one(counts: pd.Series, day: int) -> Estimate | None:
    return placebo.joint_test(counts, around(counts, _events([(day, day)]), SPAN), SPAN)


def model_level(
    rates: Rates,
    dispersion: float = 1.0,
    series: int = FITS,
    days: int = PERIOD,
    breaks: tuple[int, ...] = (69, 98),
) -> tuple[float, float]:
    """Share of level and of slope changes that the model calls significant without any change."""
    rng = np.random.default_rng(SEED)
    places = [START + pd.Timedelta(days=day) for day in breaks]
    fits = [
        interrupted_series(_daily(_counts(rates(days, rng), dispersion, rng)), places)
        for _ in range(series)
    ]
    found = pd.concat([fit.breaks for fit in fits if fit is not None])
    return float((found["level_p"] <= 0.05).mean()), float((found["slope_p"] <= 0.05).mean())


def _significant(tests: list[Estimate | None]) -> float:
    p_values = [np.nan if test is None or test.p_value is None else test.p_value for test in tests]
    return float((np.array(p_values) <= 0.05).mean())


def _daily(counts: np.ndarray) -> pd.Series:
    return pd.Series(counts, pd.date_range(START, periods=len(counts)))


def _events(spans: list[tuple[int, int]]) -> pd.DataFrame:
    first, last = ([START + pd.Timedelta(days=span[end]) for span in spans] for end in (0, 1))
    return pd.DataFrame({"first": first, "last": last, "ids": [()] * len(spans)})


def _coverage() -> list[StudyRow]:
    ratios = (0.25, 0.5, 1.0, 2.0, 4.0)
    settings = [
        (mean, dispersion, assumed)
        for dispersion, assumed in ((1.0, 1.0), (DISPERSION, 1.0), (DISPERSION, DISPERSION))
        for mean in (2, 5, 10, 20)
    ]
    return [
        StudyRow(
            measure="rate ratio",
            question="How many 95 % intervals cover the true ratio?",
            setting=f"{_law(dispersion)}, {mean} attacks expected before, ratios "
            f"{', '.join(f'{ratio:g}' for ratio in ratios)}; "
            f"{'interval allows for it; ' if assumed > 1 else ''}{SERIES:,} series each",
            bound="93 to 97 %" if dispersion == 1 and mean >= 10 else "reported",
            found=", ".join(
                f"{100 * coverage(mean, ratio, dispersion, assumed):.1f}" for ratio in ratios
            )
            + " %",
        )
        for mean, dispersion, assumed in settings
    ]


def _law(dispersion: float) -> str:
    if dispersion == 1:
        return "Poisson counts"
    return f"negative binomial counts, variance {dispersion:g} times the mean"


def _placebo_levels() -> list[StudyRow]:
    laws: dict[str, Rates] = {
        "one rate": one_rate,
        "rate wanders, memory 3 days": wandering(3),
        "rate wanders, memory 10 days": wandering(10),
    }
    designs: list[tuple[str, str, Callable[[Rates], float]]] = [
        ("eight episodes as in the record, 142 days", "3 to 7 %", joint_level),
        ("one strike on a random day of 142", "3 to 7 %", single_level),
        (
            "one strike on a random day of 49",
            "3 to 7 %",
            lambda rates: single_level(rates, days=49),
        ),
        (
            "one strike a week before the end of 49 days",
            "reported",
            lambda rates: single_level(rates, days=49, at="end"),
        ),
        ("one strike after the worst week of 142 days", "reported", after_bursts_level),
    ]
    return [
        StudyRow(
            measure="placebo test",
            question="How often is it significant at 5 % without effect?",
            setting=f"{design}; {law}; {SERIES:,} series",
            bound=bound,
            found=f"{100 * level(rates):.1f} %",
        )
        for design, bound, level in designs
        for law, rates in laws.items()
    ]


def _model_levels() -> list[StudyRow]:
    laws: dict[str, tuple[Rates, float]] = {
        f"negative binomial, variance {DISPERSION:g} times the mean": (one_rate, DISPERSION),
        "rate wanders, memory 3 days": (wandering(3), 1.0),
        "rate wanders, memory 10 days": (wandering(10), 1.0),
    }
    rows = []
    for law, (rates, dispersion) in laws.items():
        level, slope = model_level(rates, dispersion)
        rows.append(
            StudyRow(
                measure="interrupted time series",
                question="How often is a break significant at 5 % without effect?",
                setting=f"two breaks in 142 days; {law}; {FITS:,} series",
                bound="3 to 7 %" if rates is one_rate else "reported",
                found=f"level {100 * level:.1f} %, slope {100 * slope:.1f} %",
            )
        )
    return rows
