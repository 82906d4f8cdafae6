"""Does the nowcast tell the truth: on simulated delays, and back-dated over the real record?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measures.delay import distribution, known_delays
from analysis.measures.nowcast import nowcast
from analysis.measures.triangle import counts_as_known, known_spans
from analysis.record import read
from studies import CAMPAIGN, START
from studies.row import StudyRow

SEED = 20231017
REPLICATES = 2_000

#: Probability of each delay from 0 days, about as the record has it.
DELAYS = np.array([0.55, 0.30, 0.08, 0.04, 0.02, 0.01])

#: Days that the nowcast of a simulated series corrects.
WINDOW = 7


@dataclass(frozen=True)
class Setting:
    """How attacks and their reports come.

    Parameters
    ----------
    days: length of the series.
    rate: attacks a day on average.
    shape: of the Gamma distribution of a day's rate; infinite for one rate on all days.
    together: correlation of the reports of one day.
    """

    days: int
    rate: float
    shape: float = np.inf
    together: float = 0.0

    def __str__(self) -> str:
        varying = "" if np.isinf(self.shape) else f" (negative binomial, shape {self.shape:g})"
        clumped = f", reports correlated {self.together:g} within a day" if self.together else ""
        return f"{self.rate:g} attacks a day{varying} over {self.days} days{clumped}"


SETTINGS = (
    Setting(90, 2),
    Setting(90, 10),
    Setting(30, 5),
    Setting(90, 5, shape=3),
    Setting(90, 5, shape=3, together=0.3),
    Setting(150, 1.2, shape=1, together=0.2),
)


def rows() -> list[StudyRow]:
    """The lines of the table."""
    found: list[StudyRow] = []
    for setting in SETTINGS[:3]:  # where attacks are reported one by one, as intervals assume
        found += _distribution_rows(setting, REPLICATES)
    for setting in SETTINGS:
        found += _nowcast_rows(setting, REPLICATES)
    return found + _back_dated_rows()


def simulated(setting: Setting, rng: np.random.Generator) -> tuple[np.ndarray, pd.DataFrame]:
    """One series: the eventual count of each day, and all its attacks with their delays."""
    varies = np.isfinite(setting.shape)
    rates = (
        rng.gamma(setting.shape, setting.rate / setting.shape, setting.days)
        if varies
        else np.full(setting.days, setting.rate)
    )
    counts = rng.poisson(rates)
    day = np.repeat(np.arange(setting.days), counts)
    chances = np.tile(DELAYS, (setting.days, 1))
    if setting.together:
        chances = rng.dirichlet(DELAYS * (1 / setting.together - 1), setting.days)
    delay = (rng.random(len(day))[:, None] > chances.cumsum(axis=1)[day, :-1]).sum(axis=1)
    dates = START + pd.to_timedelta(day, unit="D")
    return counts, pd.DataFrame({"event_date": dates, "delay": delay})


def seen(attacks: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The attacks that are known on a day."""
    known_on = attacks["event_date"] + pd.to_timedelta(attacks["delay"], unit="D")
    return attacks[known_on <= as_of]


def distribution_study(setting: Setting, replicates: int, seed: int = SEED) -> pd.DataFrame:
    """Error of the share known within 0 and 1 days, and whether its 95 % interval covers it."""
    rng = np.random.default_rng(seed)
    as_of = START + pd.Timedelta(days=setting.days - 1)
    found = []
    for _ in range(replicates):
        _, attacks = simulated(setting, rng)
        shares = distribution(seen(attacks, as_of), as_of)
        for delay in (0, 1):
            truth, share = DELAYS[: delay + 1].sum(), shares.loc[delay]
            covers = share["low"] <= truth <= share["high"]
            found.append((delay, share["estimate"] - truth, covers))
    return pd.DataFrame(found, columns=["delay", "error", "covers"])


def nowcast_study(setting: Setting, replicates: int, seed: int = SEED) -> pd.DataFrame:
    """Error and coverage of the nowcast of the last days together and of the last day."""
    rng = np.random.default_rng(seed)
    as_of = START + pd.Timedelta(days=setting.days - 1)
    found = []
    for _ in range(replicates):
        counts, attacks = simulated(setting, rng)
        result = nowcast(seen(attacks, as_of), START, as_of, WINDOW)
        total, days = result.total, result.days
        last = days.iloc[-1]
        in_all = (days["observed"].sum(), total.value, total.low, total.high)
        of_last = tuple(last[["observed", "estimate", "low", "high"]])
        for span, (observed, estimate, low, high), truth, chances in (
            ("total", in_all, counts[-WINDOW:].sum(), result.missing_in_all),
            ("last day", of_last, counts[-1], result.missing[-1]),
        ):
            missing = int(truth - observed)
            found.append(
                {
                    "span": span,
                    "error": estimate - truth,
                    "raw_error": observed - truth,
                    "covers": low <= truth <= high,
                    "covered": inside(chances, missing),
                }
            )
    return pd.DataFrame(found)


def inside(chances: np.ndarray, outcome: int) -> float:
    """The part of an outcome that lies within the middle 90 % of a discrete distribution.

    The ends of an interval of whole numbers hold more than their 5 %, so that plain coverage is
    above 90 % however right the distribution. Here the outcome at an end counts by the share of
    its probability that lies within (the non-randomised probability integral transform: Czado,
    Gneiting and Held, 2009, Biometrics 65).
    """
    upper = chances[: outcome + 1].sum()
    lower = upper - chances[outcome]
    overlap = min(upper, 0.95) - max(lower, 0.05)
    return float(max(overlap, 0) / (upper - lower)) if upper > lower else 0.0


def back_dated(spans: pd.DataFrame, first: str, last: str, lags: int = 4) -> pd.DataFrame:
    """The nowcast and the raw count of each past day against the count as it is known at last.

    Parameters
    ----------
    spans: of the whole record; each day's nowcast takes only what was known on it.
    first, last: the days on which one looks.
    lags: how many days back; lag 0 is the day itself.

    Returns
    -------
    DataFrame
        One row for each day and lag of `kind` "day" (the count of that day alone) and "since"
        (the count of the days from it to the last): `raw`, `truth`, `mean`, `median`, `crps`,
        `covers`.
    """
    triangle = counts_as_known(spans, START, spans["known_from"].max())
    truth = triangle.iloc[-1]
    found = []
    for day in pd.date_range(first, last):
        delays = known_delays(spans, day)
        results = {lag: nowcast(delays, START, day, lag + 1) for lag in range(lags)}
        for lag, result in results.items():
            span = truth[day - pd.Timedelta(days=lag) : day]
            earliest = result.days.iloc[0]
            for kind, raw, value, chances in (
                ("day", int(earliest["observed"]), span.iloc[0], result.missing[0]),
                ("since", int(result.days["observed"].sum()), span.sum(), result.missing_in_all),
            ):
                about = {"day": day, "lag": lag, "kind": kind, "raw": raw, "truth": int(value)}
                found.append({**about, **_scores(chances, raw, int(value))})
    return pd.DataFrame(found)


def _scores(chances: np.ndarray, raw: int, truth: int) -> dict[str, float]:
    upper, numbers = chances.cumsum(), raw + np.arange(len(chances))
    return {
        "mean": float(chances @ numbers),
        "median": int(numbers[np.searchsorted(upper, 0.5)]),
        "crps": float(((upper - (numbers >= truth)) ** 2).sum()),
        "covers": inside(chances, truth - raw) if truth >= raw else 0.0,
    }


def against_raw(found: pd.DataFrame) -> pd.DataFrame:
    """Scores by kind and lag: of the nowcast, and of the raw count taken as the forecast."""
    error = found["raw"] - found["truth"]
    scores = found.assign(
        nowcast_crps=found["crps"],
        raw_crps=error.abs(),
        nowcast_squared=(found["mean"] - found["truth"]) ** 2,
        raw_squared=error**2,
        nowcast_absolute=(found["median"] - found["truth"]).abs(),
        raw_absolute=error.abs(),
        late=error != 0,
    )
    by_lag = scores.groupby(["kind", "lag"])
    names = [f"{who}_{what}" for what in ("crps", "squared", "absolute")
             for who in ("nowcast", "raw")]  # fmt: skip
    return by_lag[names].mean().join(by_lag[["late"]].sum()).join(by_lag[["covers"]].mean())


def _mean(values: pd.Series) -> tuple[float, float]:
    """The mean over series, and twice its standard error."""
    numbers = values.to_numpy(dtype=float)
    return float(numbers.mean()), float(2 * numbers.std(ddof=1) / np.sqrt(len(numbers)))


def _distribution_rows(setting: Setting, replicates: int) -> list[StudyRow]:
    found = distribution_study(setting, replicates)
    where = f"{setting}; {replicates:,} series"
    lines = []
    for delay in (0, 1):
        results = found[found["delay"] == delay]
        bias, margin = _mean(results["error"])
        within = "on the same day" if delay == 0 else "within a day"
        lines += [
            StudyRow(
                "reporting delay",
                f"bias of the share known {within}",
                where,
                "within 0.01",
                f"{bias:+.4f} ± {margin:.4f}",
            ),
            StudyRow(
                "reporting delay",
                f"95 % interval covers the share known {within}",
                where,
                "93 to 97 %",
                f"{_mean(results['covers'])[0]:.1%}",
            ),
        ]
    return lines


def _nowcast_rows(setting: Setting, replicates: int) -> list[StudyRow]:
    found = nowcast_study(setting, replicates)
    where = f"{setting}; {replicates:,} series"
    lines = []
    for span in ("total", "last day"):
        results = found[found["span"] == span]
        of = f"of the last {WINDOW} days together" if span == "total" else "of the last day"
        bias, margin = _mean(results["error"])
        lines += [
            StudyRow(
                "nowcast",
                f"bias {of}",
                f"{where}; the raw count: {_mean(results['raw_error'])[0]:+.2f}",
                "0 within Monte Carlo error",
                f"{bias:+.3f} ± {margin:.3f}",
            ),
            StudyRow(
                "nowcast",
                f"90 % interval {of} covers the eventual count",
                where,
                "87 to 93 %",
                f"{_mean(results['covers'])[0]:.1%} (ends counted by their share: "
                f"{_mean(results['covered'])[0]:.1%})",
            ),
        ]
    return lines


def _back_dated_rows() -> list[StudyRow]:
    record = read()
    spans = known_spans(record.as_of(record.attacks["reported_on"].max()).of(CAMPAIGN))
    found = back_dated(spans, "2023-11-01", "2024-03-31")
    lines = []
    for score in against_raw(found).reset_index().to_dict("records"):
        lag = score["lag"]
        if score["kind"] == "since" and not lag:
            continue  # the day alone
        days = f"at lag {lag}" if score["kind"] == "day" else f"of lags 0 to {lag} together"
        lines.append(
            StudyRow(
                "nowcast",
                f"count {days}, mean score, nowcast against raw count",
                "the record, back-dated daily from 1 November 2023 to 31 March 2024; reports were "
                f"still to come on {score['late']:.0f} of 152 days",
                "below the raw count’s",
                f"CRPS {score['nowcast_crps']:.3f} against {score['raw_crps']:.3f}; squared error "
                f"of the mean {score['nowcast_squared']:.3f} against {score['raw_squared']:.3f}; "
                f"absolute error of the median {score['nowcast_absolute']:.3f} against "
                f"{score['raw_absolute']:.3f}",
            )
        )
    return lines
