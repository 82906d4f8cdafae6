"""The nowcast: by hand, as properties, on simulated delays, and back-dated over the record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from test_delay import reports

from analysis.measures.delay import hazard_counts, known_delays
from analysis.measures.nowcast import correlation, known_share, nowcast, nowcast_of, still_to_come
from analysis.measures.triangle import known_spans
from analysis.record import Record
from studies import START
from studies.delay import SETTINGS, against_raw, back_dated, nowcast_study


def test_the_share_known_by_hand(week: Record) -> None:
    known = week.as_of("2023-11-07").of()
    counts = hazard_counts(known_delays(known_spans(known), known.date), known.date)
    share, _ = known_share(counts)
    # The prior is worth one attack: 1/2 on the day, 1/4 a day later, and so on. So of the attacks
    # known within a day 1 + 1/4 of 5 + 3/4 took a day, within two days 1 + 1/8 of 6 + 7/8, within
    # three 1/16 of 5 + 15/16, then 1/32 of 3 + 31/32, 1/64 of 3 + 63/64, 1/128 of 2 + 127/128;
    # longer delays could not be seen, and the prior gives them 1/128 in all.
    later = [
        1 - (1 / 16) / (5 + 15 / 16),
        1 - (1 / 32) / (3 + 31 / 32),
        1 - (1 / 64) / (3 + 63 / 64),
        1 - (1 / 128) / (2 + 127 / 128),
        1 - 1 / 128,
    ]
    within_two = np.prod(later)
    within_one = within_two * (1 - 1.125 / 6.875)
    same_day = within_one * (1 - 1.25 / 5.75)
    assert share[:3] == pytest.approx([same_day, within_one, within_two], rel=1e-6)
    assert same_day == pytest.approx(0.633, abs=0.001)


def test_a_day_by_hand() -> None:
    # Before any report one, two, three or four attacks have chances 1/4, 1/8, 1/16, 1/32 (a rate
    # with Gamma shape 1 and rate 1). If each is known by now with chance 1/2, exactly one of them
    # is with chances 1/2, 2/4, 3/8, 4/16. One is known: none, one, two or three are to come.
    weights = np.array([1 / 4 * 1 / 2, 1 / 8 * 1 / 2, 1 / 16 * 3 / 8, 1 / 32 * 4 / 16])
    found = still_to_come(
        np.array([1]), np.array([[0.5]]), (np.array([1.0]), np.array([1.0])), 1e-6
    )[0, 0]
    assert found[:4] / found[0] == pytest.approx(weights / weights[0], rel=1e-3)


def test_the_week(week: Record) -> None:
    found = nowcast_of(week.as_of("2023-11-07").of(), days=7)
    assert found.days["observed"].tolist() == [2, 1, 0, 2, 1, 0, 1]
    assert found.days["observed"].sum() == found.total.n == 7
    # Means of single days add up to the mean of all.
    assert found.days["estimate"].sum() == pytest.approx(found.total.value)
    assert 7 < found.total.value < 11
    # A day without a report may still get one, the more so the younger it is.
    assert 0 < found.days["estimate"].iloc[2] < found.days["estimate"].iloc[5] < 1


def test_none_and_one(week: Record) -> None:
    before = nowcast_of(week.as_of("2023-10-17").of())
    assert before.days["observed"].tolist() == [0]
    assert (before.total.low, before.total.n) == (0, 0)
    one = nowcast_of(week.as_of("2023-10-31").of(), days=3)
    assert one.days["observed"].tolist() == [0, 0, 0]
    assert one.total.value < 0.1


def test_after_a_quiet_month_nothing_is_expected(record: Record) -> None:
    found = nowcast_of(of_the_war(record, "2024-03-25"))
    assert (found.days["observed"] == 0).all()
    assert (found.total.low, found.total.high) == (0, 0)
    assert found.total.value < 0.1


def test_it_counts_in_the_hundreds() -> None:
    day = START + pd.to_timedelta(np.repeat(np.arange(30), 400), unit="D")
    delay = np.tile([0, 0, 0, 1], 3000)
    attacks = pd.DataFrame({"event_date": day, "delay": delay})
    as_of = START + pd.Timedelta(days=29)
    found = nowcast(attacks[(day < as_of) | (delay == 0)], START, as_of, days=1)
    assert found.days["observed"].tolist() == [300]
    assert found.total.low <= 400 <= found.total.high
    assert found.total.value == pytest.approx(400, rel=0.05)


def test_what_millions_of_reports_leave_no_doubt_of() -> None:
    day = START + pd.to_timedelta(np.repeat(np.arange(40), 50_000), unit="D")
    attacks = pd.DataFrame({"event_date": day, "delay": 0})
    found = nowcast(attacks, START, START + pd.Timedelta(days=39), days=2)
    assert np.isfinite(found.missing).all()
    assert found.total.value == pytest.approx(100_000, rel=0.01)


def test_what_is_reported_later_plays_no_part(record: Record) -> None:
    spans = known_spans(of_the_war(record, "2024-03-31"))
    for day in ("2023-10-24", "2023-12-01", "2024-01-29"):
        then, now = nowcast_of(of_the_war(record, day)), pd.Timestamp(day)
        pd.testing.assert_frame_equal(then.days, nowcast(known_delays(spans, now), START, now).days)


@settings(max_examples=60)
@given(attacks=reports(), days=st.integers(1, 20))
def test_it_is_a_distribution_whatever_is_reported(attacks: pd.DataFrame, days: int) -> None:
    as_of = START + pd.Timedelta(days=50)
    seen = attacks[attacks["event_date"] + pd.to_timedelta(attacks["delay"], unit="D") <= as_of]
    found = nowcast(seen, START, as_of, days)
    assert found.missing.sum(axis=1) == pytest.approx(np.ones(days))
    assert found.missing_in_all.sum() == pytest.approx(1)
    table = found.days
    assert (table["observed"] <= table["low"]).all()
    assert (table["low"] <= table["high"]).all()
    assert (table["observed"] <= table["estimate"]).all()
    assert table["estimate"].sum() == pytest.approx(found.total.value)
    assert 0 < correlation(seen, as_of) < 1
    # The order of rows tells nothing.
    pd.testing.assert_frame_equal(nowcast(seen[::-1], START, as_of, days).days, table)


@pytest.mark.parametrize("setting", [SETTINGS[1], SETTINGS[3]], ids=str)
def test_simulated_nowcasts_are_unbiased_and_their_intervals_honest(setting) -> None:
    found = nowcast_study(setting, 250)
    for _, results in found.groupby("span"):
        assert abs(results["error"].mean()) < 3 * results["error"].sem()
        assert abs(results["error"].mean()) < 0.25 * abs(results["raw_error"].mean())
        assert 0.84 < results["covered"].mean() < 0.96


def test_back_dated_over_the_record(record: Record) -> None:
    spans = known_spans(of_the_war(record, "2024-06-17"))
    found = against_raw(back_dated(spans, "2023-11-01", "2024-03-31"))
    for lag in range(4):
        together = found.loc[("since", lag)]
        assert together["nowcast_crps"] < 0.85 * together["raw_crps"]
        assert together["nowcast_squared"] < 0.85 * together["raw_squared"]
    # One by one the days 0 and 1 gain; on days 2 and 3 hardly a report is still to come, so that
    # there is next to nothing to gain or to lose.
    for lag in (0, 1):
        day = found.loc[("day", lag)]
        assert day["nowcast_crps"] < day["raw_crps"]
        assert day["nowcast_squared"] < day["raw_squared"]
    for lag in (2, 3):
        day = found.loc[("day", lag)]
        assert day["late"] <= 5
        assert abs(day["nowcast_crps"] - day["raw_crps"]) < 0.005
        assert day["nowcast_absolute"] == day["raw_absolute"]
