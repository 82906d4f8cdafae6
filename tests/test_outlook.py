"""Forecasts: hand-worked answers, distributions for any series, and nothing from the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scoringrules
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from analysis.measures import outlook
from analysis.measures.outlook import KnownThen, Predictive, backtest, known_then, run, scores
from analysis.measures.outlook.baselines import climatology, last_week
from analysis.measures.outlook.gamma_poisson import PRIOR, gamma_poisson
from analysis.measures.outlook.hawkes import _loss, _Series, fit, simulate, sum_ahead
from analysis.measures.outlook.hurdle import _any_loss, _size_loss, features
from analysis.measures.outlook.known_then import LONGEST_HORIZON
from analysis.measures.outlook.predictive import grid, negative_binomial
from analysis.measures.outlook.scoring import covered, crps, log_score, pit_histogram
from analysis.measures.outlook.truce import factors
from analysis.record import Record
from studies.outlook import PARAMETERS, SPANS, hawkes_recovery, simulated_week

DAY = pd.Timestamp


def series(counts: list[int], truce: slice = slice(0)) -> KnownThen:
    """A series that was known at once, day by day, with a truce on some days."""
    days = len(counts)
    held = np.zeros((days, days + LONGEST_HORIZON), dtype=bool)
    held[:, truce] = True
    return KnownThen(
        days=pd.date_range("2023-10-17", periods=days),
        counts=np.tril(np.tile(counts, (days, 1))),
        truce=held,
        struck=np.zeros((days, days), dtype=bool),
    )


def test_gamma_poisson_of_the_ten_attacks_by_hand(week: Record) -> None:
    then = known_then(week.as_of("2023-11-07").of())
    assert then is not None
    found = gamma_poisson(then, 7, np.arange(60))[-1]
    # Attacks of 1 to 7 November as known on the 7th: 2, 1, 0, 2, 1, 0, 1; none in the 15 days
    # before. With a memory of seven days a day fades by 6/7 each night, and by four nights more
    # to the middle of the coming week.
    fade = 6 / 7
    shape = PRIOR[0] + sum(n * fade ** (age + 4) for age, n in enumerate([1, 0, 1, 2, 0, 1, 2]))
    rate = PRIOR[1] + sum(fade ** (age + 4) for age in range(22))
    assert shape == pytest.approx(2.39, abs=0.01)
    assert rate == pytest.approx(3.85, abs=0.01)
    mean = 7 * shape / rate
    assert mean == pytest.approx(4.35, abs=0.01)
    expected = nbinom.cdf(np.arange(60), shape, rate / (rate + 7))
    assert found.cdf == pytest.approx(expected)
    # No attack has chance 8.4 %, half of which is below 5 %: the interval begins at one.
    assert (rate / (rate + 7)) ** shape == pytest.approx(0.084, abs=0.001)
    assert (found.quantile(0.5), found.interval(0.9)) == (4, (1, 11))


def test_baselines_of_the_ten_attacks_by_hand(week: Record) -> None:
    then = known_then(week.as_of("2023-11-07").of())
    assert then is not None
    counts = np.arange(60)
    assert last_week(then, 7, counts)[-1].cdf == pytest.approx(poisson.cdf(counts, 7))
    # Sixteen whole weeks end on 23 October to 7 November: nine without an attack, then 2, 3, 3,
    # 5, 6, 6 and 7; an empty week stands for half an attack.
    weeks = [0.5] * 9 + [2, 3, 3, 5, 6, 6, 7]
    expected = np.mean([poisson.cdf(counts, n) for n in weeks], axis=0)
    assert climatology(then, 7, counts)[-1].cdf == pytest.approx(expected)


def test_what_came_is_counted_as_it_was_known_on_the_origin(week: Record) -> None:
    then = known_then(week.as_of("2023-11-07").of())
    assert then is not None
    came = pd.DataFrame(then.outcomes(2), then.days, then.days)
    # The attack of the 2nd became known on the 4th.
    assert came.loc["2023-11-03", "2023-10-31"] == 2
    assert came.loc["2023-11-04", "2023-10-31"] == 3
    assert pd.isna(came.loc["2023-11-07", "2023-11-06"])


def test_a_truce_halves_the_rate_until_it_teaches_better() -> None:
    then = series([2] * 20 + [0] * 5, truce=slice(20, 25))
    found = factors(then)
    assert found[:20].tolist() == [0.5] * 20
    # On its third day six attacks were expected and none came: 2 ÷ (4 + 6).
    assert found[22] == pytest.approx(0.2)
    kept_up = gamma_poisson(then, 7, grid(20))[24]
    forgot = gamma_poisson(series([2] * 20 + [0] * 5), 7, grid(20))[24]
    # The truce of that series is over on the day after, and the rate of before takes up again.
    assert kept_up.quantile(0.5) > 1.5 * forgot.quantile(0.5)


def test_a_truce_counts_from_the_day_it_is_known_and_without_an_end_it_lasts(
    record: Record,
) -> None:
    then = known_then(of_the_war(record, "2024-01-29"))
    assert then is not None
    truce = pd.DataFrame(then.ahead(7), then.days).sum(axis=1)
    assert truce["2023-11-23"] == 0
    assert truce["2023-11-24":"2023-11-30"].tolist() == [7] * 7
    assert truce["2023-12-01"] == 0
    strikes = pd.Series(features(then, 7)[:, 3], then.days)
    # Struck on 26 October, which became known on the 27th.
    assert strikes["2023-10-26":"2023-10-28"].tolist() == [0, 1, 1]
    assert strikes["2023-11-02"] == 0


def test_hawkes_mean_and_variance_are_those_of_simulated_weeks() -> None:
    background, branching, persistence = (np.array([value]) for value in PARAMETERS)
    mean, variance = sum_ahead(
        (background, branching, persistence), np.array([3.0]), np.ones((1, 7))
    )
    simulated = simulated_week(100_000)
    assert (mean[0], variance[0]) == pytest.approx(simulated, rel=0.02)


def test_hawkes_recovers_its_parameters_within_the_standard_errors() -> None:
    table = hawkes_recovery(replicates=150, days=400)
    # The bias is at most a third of what one series' standard error is (0.06 to 0.1).
    assert (table["bias"].abs() < 0.04).all()
    # Of 150 series 95 % are 142.5 ± 2.7; within four of these.
    assert (table["within"] > 0.88).all()


def test_hawkes_finds_no_excitement_in_poisson_counts() -> None:
    found = fit(np.random.default_rng(3).poisson(2.0, 2_000))
    background, branching, _ = found.estimate
    assert background / (1 - branching) == pytest.approx(2.0, rel=0.05)
    assert branching < 0.1


@pytest.mark.parametrize("place", [[-1.0, 0.3, -0.4], [0.5, -1.0, 1.5]])
def test_gradients_are_those_of_the_likelihoods(place: list[float]) -> None:
    chance = np.random.default_rng(5)
    counts = simulate(PARAMETERS, 60, chance)
    data = _Series(counts, np.where(np.arange(60) % 9, 1.0, 0.3))
    _same_slope(lambda at: _loss(at, data), np.array(place))
    seen = np.column_stack([np.ones(40), chance.normal(size=(40, 3))])
    came = chance.poisson(3.0, 40) + 1.0
    _same_slope(lambda at: _any_loss(at, seen, came * (came > 2)), np.array([*place, 0.2]))
    _same_slope(lambda at: _size_loss(at, seen, came), np.array([*place, 0.2, 0.5]))


def _same_slope(loss, place: np.ndarray) -> None:
    steps = np.eye(len(place)) * 1e-5
    numeric = [(loss(place + step)[0] - loss(place - step)[0]) / 2e-5 for step in steps]
    assert loss(place)[1] == pytest.approx(np.array(numeric), rel=1e-4, abs=1e-6)


def test_scores_are_those_of_scoringrules() -> None:
    counts = np.arange(80)
    mean, shape, came = np.array([3.0, 9.0]), np.array([2.0, 5.0]), np.array([4, 2])
    found = Predictive(counts, negative_binomial(counts, mean, shape))
    assert crps(found, came) == pytest.approx(
        scoringrules.rps_score(came + 1, np.diff(found.cdf, prepend=0), k_axis=-1), rel=1e-6
    )
    assert crps(found, came) == pytest.approx(
        scoringrules.crps_negbinom(came, shape, shape / (shape + mean)), rel=1e-6
    )
    assert log_score(found, came) == pytest.approx(
        -nbinom.logpmf(came, shape, shape / (shape + mean))
    )
    assert covered(found, np.array([3, 30]), 0.9).tolist() == [True, False]


@given(
    st.floats(1e-6, 1e6),
    st.floats(1e-6, 1e5),
    st.sampled_from([0, 3, 30, 50_000]),
)
def test_a_negative_binomial_is_that_of_scipy(mean: float, shape: float, largest: int) -> None:
    counts = grid(largest)
    found = negative_binomial(counts, np.array([mean]), np.array([shape]))[0]
    assert found == pytest.approx(nbinom.cdf(counts, shape, shape / (shape + mean)), abs=1e-9)
    assert (np.diff(found) >= 0).all()
    assert found[-1] <= 1


def test_a_grid_of_large_counts_loses_hardly_anything() -> None:
    mean, shape, came = np.array([40_000.0]), np.array([400.0]), np.array([43_000])
    thin = Predictive(grid(50_000), negative_binomial(grid(50_000), mean, shape))
    every = np.arange(120_000)
    exact = crps(Predictive(every, negative_binomial(every, mean, shape)), came)
    assert crps(thin, came) == pytest.approx(exact, rel=0.02)
    assert log_score(thin, came)[0] == pytest.approx(
        -nbinom.logpmf(43_000, 400, 400 / 40_400), abs=0.15
    )
    low, high = thin[0].interval(0.9)
    assert (low, high) == pytest.approx(nbinom.ppf([0.05, 0.95], 400, 400 / 40_400), rel=0.011)


def test_pit_of_a_calibrated_forecast_is_level_and_of_a_narrow_one_is_not() -> None:
    came = np.random.default_rng(2).poisson(4.0, 4_000)
    counts = np.arange(60)
    fair = Predictive(counts, np.tile(poisson.cdf(counts, 4.0), (len(came), 1)))
    assert pit_histogram(fair, came) == pytest.approx(0.1, abs=0.02)
    low = Predictive(counts, np.tile(poisson.cdf(counts, 2.0), (len(came), 1)))
    assert pit_histogram(low, came)[-1] > 0.3


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 12), min_size=7, max_size=60),
    st.integers(1, LONGEST_HORIZON),
    st.integers(0, 60),
)
def test_any_series_has_a_forecast(counts: list[int], horizon: int, truce: int) -> None:
    found = run(series(counts, truce=slice(truce, truce + 5)), horizon)
    for forecast in found.forecasts.values():
        assert np.isfinite(forecast.cdf).all()
        assert (np.diff(forecast.cdf, axis=1) >= -1e-9).all()
        assert (forecast.cdf[:, -1] > 0.99).all()
    low, high = found.latest.interval(0.9)
    assert 0 <= low <= found.latest.quantile(0.5) <= high
    assert 0 < found.latest.probability_any <= 1
    assert len(found.came[found.past()]) == max(0, len(counts) - 6 - horizon)


def test_counts_of_a_steady_rate_are_forecast_as_that_rate() -> None:
    steady = np.random.default_rng(7).poisson(3.0, 120).tolist()
    found = run(series(steady), 7)
    low, high = found.latest.interval(0.9)
    assert low <= 21 <= high
    assert abs(found.latest.quantile(0.5) - 21) <= 5
    assert found.latest.probability_any > 0.95


def test_after_a_long_quiet_an_attack_is_unlikely_but_not_impossible(record: Record) -> None:
    found = backtest(of_the_war(record, "2024-06-01"))
    assert found is not None
    assert found.latest.quantile(0.5) == 0
    assert 0.01 < found.latest.probability_any < 0.2


def test_fewer_than_seven_days_give_no_forecast(record: Record) -> None:
    assert backtest(of_the_war(record, "2023-10-22")) is None
    first = backtest(of_the_war(record, "2023-10-23"))
    assert first is not None
    assert scores(first).empty
    assert first.models.tolist() == ["gamma-poisson"]


def test_an_attack_of_tomorrow_changes_no_origin_of_today(record: Record) -> None:
    earlier, later = (backtest(of_the_war(record, day)) for day in ("2024-01-15", "2024-01-29"))
    assert earlier is not None
    assert later is not None
    days = len(earlier.origins)
    for name, forecast in earlier.forecasts.items():
        shared = min(len(forecast.counts), len(later.forecasts[name].counts))
        then = later.forecasts[name].cdf[:days, :shared]
        assert np.array_equal(forecast.cdf[:, :shared], then), name
    assert earlier.models.equals(later.models[:days])


def test_later_rows_of_each_table_change_no_earlier_origin(record: Record) -> None:
    day = DAY("2024-01-15")

    def doubled(table: pd.DataFrame, key: str, **values: object) -> pd.DataFrame:
        known = table[table["reported_on"] <= day]
        more = known.tail(30).assign(reported_on=day + pd.Timedelta(days=1), **values)
        more[key] = more[key].astype("str") + "-x"
        return pd.concat([known, more], ignore_index=True)

    changed = replace(
        record,
        attacks=doubled(record.attacks, "attack_id"),
        responses=doubled(record.responses, "response_id", country="IRQ", by="us"),
        milestones=doubled(record.milestones, "milestone_id", kind="truce"),
    )
    before, after = (
        run(then, 7)
        for known in (of_the_war(record, day), of_the_war(changed, "2024-01-20"))
        if (then := known_then(known)) is not None
    )
    days = len(before.origins)
    for name, forecast in before.forecasts.items():
        shared = min(len(forecast.counts), len(after.forecasts[name].counts))
        then = after.forecasts[name].cdf[:days, :shared]
        assert np.array_equal(forecast.cdf[:, :shared], then), name


def test_the_track_record_on_the_real_record(record: Record) -> None:
    _, campaign, first, last, judged_on = SPANS[0]
    found = backtest(record.as_of(judged_on).of(campaign))
    assert found is not None
    table = scores(found, DAY(first), DAY(last))
    better = table.loc[list(outlook.BASELINES), "crps"].min()
    assert table.loc["chosen", "origins"] == 52
    assert table.loc["chosen", "crps"] <= 0.80 * better
    assert 0.86 <= table.loc["chosen", "coverage_90"] <= 0.94
    # The better baseline is last week's count, around which the record's own weeks are Poisson.
    assert better == pytest.approx(4.43, abs=0.02)


def test_the_model_is_chosen_by_the_scores_known_on_the_day(record: Record) -> None:
    then = known_then(of_the_war(record, "2023-12-20"))
    assert then is not None
    found = run(then, 7)
    came = then.outcomes(7)[-1, 6:]
    past = ~np.isnan(came)
    totals = {
        name: log_score(
            Predictive(forecast.counts, forecast.cdf[past]), came[past].astype(int)
        ).sum()
        for name, forecast in found.forecasts.items()
        if name in outlook.MODELS
    }
    assert found.models.iloc[-1] == min(totals, key=totals.__getitem__)
    assert np.array_equal(found.latest.cdf, found.forecasts[found.models.iloc[-1]].cdf[-1])
