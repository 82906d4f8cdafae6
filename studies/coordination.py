"""Do the tests of coordination keep their level and find what is there; do intervals cover?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.measures.attacks import counted, daily_counts, recorded
from analysis.measures.comovement import comovement
from analysis.measures.coordination import (
    WEEK,
    close_pairs,
    multi_site_days_against_chance,
    weeks_of,
)
from analysis.measures.dispersion import dispersion_index
from analysis.measures.estimate import Estimate
from analysis.record import read
from studies import CAMPAIGN, START
from studies.row import StudyRow

SEED = 20240205

#: The record whose weekly rates and sites the series have: sixteen weeks to this day.
DATA = Path(__file__).parents[1] / "data"
AS_OF = START + pd.Timedelta(days=16 * WEEK - 1)

#: Draws a series of attacks that is like the real one in its weeks and sites.
Make = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]

TESTS: Mapping[str, Callable[[pd.DataFrame], Estimate | None]] = {
    "multi_site_days": lambda attacks: multi_site_days_against_chance(attacks, START, AS_OF),
    "close_pairs": lambda attacks: close_pairs(attacks, START, AS_OF),
    "dispersion": lambda attacks: dispersion_index(daily_counts(attacks, START, AS_OF)),
    "dispersion_within_weeks": lambda attacks: dispersion_index(
        daily_counts(attacks, START, AS_OF), WEEK
    ),
}
NAMES = {
    "multi_site_days": "days with several sites against chance",
    "close_pairs": "pairs of attacks on one day or night against chance",
    "dispersion": "dispersion of daily counts",
    "dispersion_within_weeks": "dispersion of daily counts within weeks",
}


def rows() -> list[StudyRow]:
    """All findings of this study."""
    return [*_levels(series=2_000), *_power(series=300), *_coverage(series=800)]


def independent(
    real: pd.DataFrame, chance: np.random.Generator, *, one_rate: bool = False
) -> pd.DataFrame:
    """Attacks independent of each other, at the weekly rates and site shares of the real ones.

    Parameters
    ----------
    real: recorded attacks with `event_date`, `date_precision` and `site_id`.
    chance: where the draws come from.
    one_rate: whether all weeks have the same rate.
    """
    ago = weeks_of(real, START, AS_OF).ago
    rates = np.bincount(ago)
    rates = np.full(len(rates), rates.mean()) if one_rate else rates
    week = np.repeat(np.arange(len(rates)), chance.poisson(rates))
    alike = real[["date_precision", "site_id"]].iloc[chance.integers(len(real), size=len(week))]
    days_ago = WEEK * week + chance.integers(WEEK, size=len(week))
    return alike.assign(event_date=AS_OF - pd.to_timedelta(days_ago, unit="D")).reset_index(
        drop=True
    )


def synchronised(
    real: pd.DataFrame, chance: np.random.Generator, *, share: float = 0.3
) -> pd.DataFrame:
    """Such attacks, of which a share waits for another attack of its week and joins its day."""
    attacks = independent(real, chance)
    ago = weeks_of(attacks, START, AS_OF).ago
    days = attacks["event_date"].to_numpy(copy=True)
    joins = chance.random(len(attacks)) < share
    for place in np.flatnonzero(joins):
        leaders = np.flatnonzero((ago == ago[place]) & ~joins)
        if len(leaders):
            days[place] = days[chance.choice(leaders)]
    return attacks.assign(event_date=days)


def rejections(make: Make, tests: tuple[str, ...], series: int) -> dict[str, float]:
    """In what share of simulated series each test is significant at 5 %."""
    real = recorded(counted(read(DATA).as_of(AS_OF).of(CAMPAIGN)))
    chance = np.random.default_rng(SEED)
    made = [make(real, chance) for _ in range(series)]
    return {
        name: float(np.mean([_is_significant(TESTS[name](attacks)) for attacks in made]))
        for name in tests
    }


def _is_significant(found: Estimate | None) -> bool:
    return found is not None and found.significant


def coverage(weeks: int, persistence: float, correlation: float, series: int) -> float:
    """In what share of simulated pairs of fronts the interval covers the true rank correlation."""
    chance = np.random.default_rng(SEED)
    draw = partial(_two_fronts, persistence=persistence, correlation=correlation, chance=chance)
    truth = float(draw(100_000).corr("spearman").to_numpy()[0, 1])
    found = [comovement(draw(weeks)) for _ in range(series)]
    intervals = [pair.correlation for pair in found if pair is not None]
    ends = np.array([(one.low, one.high) for one in intervals], dtype=float)
    return float(np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1])))


def _two_fronts(
    weeks: int, persistence: float, correlation: float, chance: np.random.Generator
) -> pd.DataFrame:
    """Poisson counts a week whose log rates are correlated autoregressive series of order one."""
    from scipy.signal import lfilter

    shocks = chance.standard_normal((2, weeks + 100))
    shocks[1] = correlation * shocks[0] + np.sqrt(1 - correlation**2) * shocks[1]
    level = lfilter([np.sqrt(1 - persistence**2)], [1, -persistence], shocks, axis=1)[:, 100:]
    return pd.DataFrame(
        chance.poisson(np.exp(1.2 + 0.8 * level)).T, columns=["one front", "another"]
    )


def _levels(series: int) -> list[StudyRow]:
    by_week = rejections(
        independent, ("multi_site_days", "close_pairs", "dispersion_within_weeks"), series
    )
    one_rate = rejections(partial(independent, one_rate=True), ("dispersion",), series)
    return [
        StudyRow(
            measure=NAMES[name],
            question="Is it significant at 5 % where attacks are independent?",
            setting=f"{series:,} series of 16 weeks at {rate}, sites in the record’s shares",
            bound="3 to 7 %",
            found=f"{share:.1%}",
        )
        for found, rate in ((by_week, "the record’s weekly rates"), (one_rate, "one rate"))
        for name, share in found.items()
    ]


def _power(series: int) -> list[StudyRow]:
    return [
        StudyRow(
            measure=NAMES[name],
            question=f"How often is it significant where {share:.0%} of attacks join others?",
            setting=f"{series:,} such series, else as above",
            bound="none: it says what a test of this size can find",
            found=f"{power:.0%}",
        )
        for share in (0.1, 0.2, 0.3)
        for name, power in rejections(
            partial(synchronised, share=share),
            ("multi_site_days", "close_pairs", "dispersion_within_weeks"),
            series,
        ).items()
    ]


def _coverage(series: int) -> list[StudyRow]:
    return [
        StudyRow(
            measure="rank correlation of two fronts",
            question="Does the 95 % interval cover the true one?",
            setting=f"{series:,} pairs of {weeks} weeks, log rates AR(1) with {persistence}",
            bound="about 95 %",
            found=f"{coverage(weeks, persistence, 0.6, series):.1%}",
        )
        for weeks in (16, 23, 35)
        for persistence in (0.0, 0.5, 0.8)
    ]
