"""What came before and after strikes and arrivals, against answers worked out by hand, statsmodels,
and series in which the truth is known."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.rates import test_poisson_2indep as poisson_test

from analysis.measures import placebo
from analysis.measures.effect import counts_of_days
from analysis.measures.episodes import episodes
from analysis.measures.event_study import (
    around,
    arrival_episodes,
    comparable,
    event_study,
    large_arrivals,
    strike_episodes,
)
from analysis.measures.facts.response_report import response_report_facts
from analysis.measures.interrupted_series import interrupted_series, usable_breaks, why_not
from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Record
from studies.response import (
    after_bursts_level,
    coverage,
    joint_level,
    model_level,
    one_rate,
    single_level,
    wandering,
)

SPANS = st.integers(0, 60)


def series(counts: list[int], start: str = "2023-10-17") -> pd.Series:
    return pd.Series(counts, pd.date_range(start, periods=len(counts)))


def events(*days: str | tuple[str, str]) -> pd.DataFrame:
    spans = [(day, day) if isinstance(day, str) else day for day in days]
    return pd.DataFrame(
        {
            "first": pd.to_datetime([first for first, _ in spans]),
            "last": pd.to_datetime([last for _, last in spans]),
            "ids": [(first,) for first, _ in spans],
        }
    )


# The rate ratio


def test_the_ratio_of_the_ten_attacks_by_hand(week: Record) -> None:
    # Strike-1 fell on 3 November; recorded on the days before: two on the 1st, one on the 2nd;
    # after: two on the 4th, one on the 5th, none on the 6th, one on the 7th.
    known = week.as_of("2023-11-07").of()
    study = event_study(counts_of_days(known), strike_episodes(known, 7), 4)
    row = study.iloc[0]
    assert (row["days_before"], row["days_after"], row["before"], row["after"]) == (4, 4, 3, 4)
    assert row["ids"] == ("2023-11-03-syr-1",)
    found = row["found"]
    assert found.value == pytest.approx(4 / 3)
    assert found.n == 7
    # With p the share of attacks after, P(X > 4) + ½ P(X = 4) of a binomial with n = 7 is 2.5 %
    # at p = 0.2160 and 97.5 % at p = 0.8773; as odds 0.28 and 7.15.
    for end, tail in ((found.low, 0.025), (found.high, 0.975)):
        p = end / (1 + end)
        terms = [math.comb(7, k) * p**k * (1 - p) ** (7 - k) for k in range(8)]
        assert sum(terms[5:]) + terms[4] / 2 == pytest.approx(tail)
    assert (round(found.low, 2), round(found.high, 2)) == (0.28, 7.15)


def test_unequal_spans_compare_rates_not_counts(week: Record) -> None:
    known = week.as_of("2023-11-05").of()
    study = event_study(counts_of_days(known), strike_episodes(known, 7), 7)
    # Seven days before hold three attacks; the two days after hold three (4 and 5 November).
    row = study.iloc[0]
    assert (row["days_before"], row["days_after"], row["before"], row["after"]) == (7, 2, 3, 3)
    assert row["found"].value == pytest.approx(3.5)


@settings(max_examples=60)
@given(SPANS, SPANS, st.integers(1, 60), st.integers(1, 60))
def test_the_interval_is_where_the_mid_p_test_of_statsmodels_rejects(
    before: int, after: int, days_before: int, days_after: int
) -> None:
    found = rate_ratio(before, after, days_before, days_after)
    if found is None:
        assert before == after == 0
        return
    assert found.n == before + after
    spans = after, days_after, before, days_before
    if found.low > 0 and before > 0:
        upper = poisson_test(*spans, value=found.low, method="cond-midp", alternative="larger")
        assert upper.pvalue == pytest.approx(0.025, abs=1e-6)
    if found.high is not None:
        lower = poisson_test(*spans, value=found.high, method="cond-midp", alternative="smaller")
        assert lower.pvalue == pytest.approx(0.025, abs=1e-6)
    if found.value is not None and found.high is not None:
        assert found.low <= found.value <= found.high


@given(st.integers(1, 60), st.integers(1, 60))
def test_time_reversed_the_ratio_is_turned_over(before: int, after: int) -> None:
    there, back = rate_ratio(before, after, 7, 3), rate_ratio(after, before, 3, 7)
    assert there is not None
    assert back is not None
    assert there.high is not None
    assert there.value == pytest.approx(1 / back.value)  # type: ignore[operator]
    assert there.low * back.high == pytest.approx(1)  # type: ignore[operator]


def test_nothing_before_has_no_upper_end_and_nothing_at_all_no_ratio() -> None:
    assert rate_ratio(0, 0, 7, 7) is None
    alone = rate_ratio(0, 1, 7, 7)
    assert alone is not None
    # ½ p = 2.5 % at p = 0.05: odds 1 to 19.
    assert (alone.value, alone.high) == (None, None)
    assert alone.low == pytest.approx(1 / 19)
    gone = rate_ratio(1, 0, 7, 7)
    assert gone is not None
    assert (gone.value, gone.low) == (0, 0)
    assert gone.high == pytest.approx(19)


def test_dispersion_widens_the_interval_and_leaves_the_estimate() -> None:
    plain, wide = rate_ratio(20, 10, 7, 7), rate_ratio(20, 10, 7, 7, dispersion=2)
    assert plain is not None
    assert wide is not None
    half = rate_ratio(10, 5, 7, 7)
    assert half is not None
    assert (wide.value, wide.n) == (plain.value, plain.n)
    assert (wide.low, wide.high) == (half.low, half.high)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_intervals_cover_the_truth(ratio: float) -> None:
    assert 0.93 <= coverage(10, ratio) <= 0.97
    assert 0.93 <= coverage(20, ratio) <= 0.97


# Episodes and what lies around them


def test_strikes_close_together_are_one_episode_whose_days_belong_to_neither_span() -> None:
    strikes = pd.DataFrame(
        {
            "response_id": ["c", "a", "b", "d"],
            "event_date": pd.to_datetime(["2023-11-12", "2023-11-01", "2023-11-05", "2023-11-12"]),
        }
    )
    found = episodes(strikes, gap=4)
    assert found["ids"].tolist() == [("a", "b"), ("c", "d")]
    assert episodes(strikes, gap=7)["ids"].tolist() == [("a", "b", "c", "d")]
    assert episodes(strikes.head(0), gap=7).empty
    # 27 October to 31 October before, the 6th to the 10th after; the 3rd lies within.
    counts = series([0] * 60)
    counts["2023-11-03"] = 100
    counts["2023-10-31"] = counts["2023-11-06"] = 1
    row = around(counts, found, 4).iloc[0]
    assert (row["before"], row["after"]) == (1, 1)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 150), min_size=1, max_size=20), st.integers(1, 60))
def test_no_span_holds_a_day_of_another_episode(days: list[int], gap: int) -> None:
    dates = pd.Timestamp("2023-10-17") + pd.to_timedelta(days, unit="D")
    strikes = pd.DataFrame({"response_id": [str(n) for n in range(len(days))], "event_date": dates})
    found = episodes(strikes, gap)
    assert sum(map(len, found["ids"])) == len(days)
    counts = series([1] * 160)
    study = around(counts, found, gap)
    struck = np.zeros(len(counts), dtype=bool)
    for row in study.to_dict("records"):
        inside = slice(*counts.index.get_indexer([row["first"], row["last"]]))
        struck[inside.start : inside.stop + 1] = True
    for row in study.to_dict("records"):
        first, last = counts.index.get_indexer([row["first"], row["last"]])
        assert not struck[first - row["days_before"] : first].any()
        assert not struck[last + 1 : last + 1 + row["days_after"]].any()
        assert row["days_before"] == min(gap, first)
        assert row["days_after"] == min(gap, len(counts) - 1 - last)


def test_days_after_one_and_before_the_next_are_counted_and_named() -> None:
    study = around(series([1] * 40), events("2023-10-27", "2023-11-06"), 7)
    # After: 28 October to 3 November; before the next: 30 October to 5 November.
    assert study["shared_days"].tolist() == [5, 0]


def test_episodes_of_the_record(record: Record) -> None:
    found = strike_episodes(of_the_war(record, "2024-03-25"), 7)
    assert found["first"].dt.strftime("%m-%d").tolist() == [
        "10-26", "11-08", "11-21", "12-03", "12-25", "01-04", "01-23", "02-02",
    ]  # fmt: skip
    assert found["last"].dt.strftime("%m-%d").tolist()[-1] == "02-07"
    assert not any("yem" in strike for ids in found["ids"] for strike in ids)
    one = event_study(
        counts_of_days(of_the_war(record, "2023-10-27")),
        strike_episodes(of_the_war(record, "2023-10-27"), 7),
        7,
    )
    assert one[["days_before", "days_after"]].to_numpy().tolist() == [[7, 1]]
    assert comparable(one).empty


def test_nothing_is_known_of_a_strike_before_it_is_reported(record: Record) -> None:
    known = of_the_war(record, "2023-10-26")
    assert strike_episodes(known, 7).empty
    assert around(counts_of_days(known), strike_episodes(known, 7), 7).empty


def test_large_arrivals_are_carriers_and_units_of_size(record: Record, week: Record) -> None:
    found = large_arrivals(of_the_war(record, "2024-03-25"))
    assert found["deployment_id"].tolist() == [
        "csg-george-hw-bush", "arg-bataan", "meu-26-rapid-response", "csg-gerald-r-ford",
        "csg-dwight-d-eisenhower", "patriot-six-additional-batteries",
    ]  # fmt: skip
    # The Bataan group and its Marines came on one day.
    joined = arrival_episodes(of_the_war(record, "2024-03-25"), 7)
    assert ("arg-bataan", "meu-26-rapid-response") in joined["ids"].tolist()
    # Two of the ten-attack record's units: a carrier group, and 200 people who never arrived.
    assert large_arrivals(week.as_of("2023-11-07").of())["deployment_id"].tolist() == ["ship"]
    assert large_arrivals(week.as_of("2023-11-02").of()).empty


# Placebo dates


def test_placebo_ratios_by_hand() -> None:
    # Attacks: 1 0 4 1 0. One day before, one after, each with half an attack more.
    counts = series([1, 0, 4, 1, 0])
    found = np.exp(placebo.log_ratios(counts, 1, 1, 1))
    assert found.round(4).tolist() == [4.5 / 1.5, 1.5 / 0.5, round(0.5 / 4.5, 4)]
    # Twice as many days after as before: rates are compared.
    assert np.exp(placebo.log_ratios(counts, 1, 1, 2)).iloc[0] == pytest.approx((5.5 / 2) / 1.5)


def test_placebo_dates_leave_out_the_days_of_real_events() -> None:
    counts = series([1] * 40)
    real = events(("2023-10-30", "2023-11-02"))
    dates = placebo.placebo_ratios(counts, real, 7).index
    assert dates[0] == pd.Timestamp("2023-10-24")
    assert not dates.isin(pd.date_range("2023-10-30", "2023-11-02")).any()
    assert len(dates) == 40 - 14 - 4


def test_the_period_ends_when_all_is_over() -> None:
    counts = series([1] * 10 + [0] * 300)
    assert len(placebo.period_of(counts, events(), 7)) == 17
    assert len(placebo.period_of(counts, events("2023-11-15"), 7)) == 37
    assert placebo.period_of(series([0] * 10), events(), 7).empty


def test_a_drop_like_no_other_is_at_the_end_of_the_placebo_distribution() -> None:
    counts = series([3, 2, 4] * 20 + [0] * 30)
    real = events("2023-12-16")
    study = comparable(around(counts, real, 7))
    found = placebo.joint_test(counts, study, 7)
    assert found is not None
    assert found.p_value is not None
    assert found.value == pytest.approx((0.5 / 7) / ((study["before"].iloc[0] + 0.5) / 7))
    assert found.place < 0.05
    steady = placebo.joint_test(series([2] * 90), around(series([2] * 90), real, 7), 7)
    assert steady is not None
    assert (steady.value, steady.p_value, steady.place) == (1, 1, 0.5)


def test_too_few_placebo_dates_give_no_p_value(record: Record) -> None:
    counts = series([1, 2] * 15)
    found = placebo.joint_test(counts, around(counts, events("2023-10-30"), 7), 7)
    assert found is not None
    assert found.p_value is None
    assert placebo.joint_test(counts, around(counts, events(), 7), 7) is None


def test_the_joint_test_is_the_same_every_time(record: Record) -> None:
    known = of_the_war(record, "2024-01-29")
    study = comparable(around(counts_of_days(known), strike_episodes(known, 7), 7))
    tests = [placebo.joint_test(counts_of_days(known), study, 7) for _ in range(2)]
    assert tests[0] == tests[1]
    assert tests[0] is not None
    # The geometric mean of (after + ½) ÷ (before + ½), each a day.
    logs = [
        math.log((after + 0.5) / behind) - math.log((before + 0.5) / ahead)
        for before, after, ahead, behind in study[
            ["before", "after", "days_before", "days_after"]
        ].to_numpy()
    ]
    assert tests[0].value == pytest.approx(math.exp(sum(logs) / len(logs)))


@pytest.mark.parametrize("as_of", ["2023-10-17", "2023-10-18", "2023-10-27", "2024-03-25"])
@pytest.mark.parametrize("days", [1, 7, 60, 366])
def test_any_date_and_span_has_an_answer(record: Record, as_of: str, days: int) -> None:
    known = of_the_war(record, as_of)
    counts = counts_of_days(known)
    for found in (strike_episodes(known, days), arrival_episodes(known, days)):
        study = comparable(event_study(counts, found, days))
        test = placebo.joint_test(counts, study, days)
        assert (test is None) == study.empty
        assert len(placebo.place_of_each(counts, study, days)) == len(study)
        placebo.after_busy_days(counts, study, days)


def test_without_effect_the_placebo_test_keeps_its_level() -> None:
    # Two standard errors of 400 series at 5 % are 2.2 points; the study runs 2,000.
    assert 0.02 <= joint_level(one_rate, series=400) <= 0.085
    assert 0.02 <= single_level(wandering(10), series=400) <= 0.085


def test_strikes_that_follow_bursts_fool_the_placebo_test() -> None:
    assert after_bursts_level(one_rate, series=100) > 0.1


def test_busy_days_without_a_strike_are_followed_by_fewer_attacks_too() -> None:
    counts = pd.Series(np.random.default_rng(1).poisson(1.5, 150), series([0] * 150).index)
    weeks = counts.rolling(7).sum().shift(1).iloc[7:-7]
    study = around(counts, events(f"{weeks.idxmax():%Y-%m-%d}"), 7)
    found = placebo.after_busy_days(counts, study, 7)
    assert found is None or found.estimate < 1
    assert placebo.after_busy_days(counts, study.head(0), 7) is None


# The interrupted time series


def test_the_model_finds_a_break_that_is_there() -> None:
    days = np.arange(120)
    mean = np.where(days < 60, 3.0 * 1.05 ** (days / 7), 1.0 * 0.9 ** ((days - 60) / 7))
    counts = pd.Series(np.random.default_rng(5).poisson(mean), series([0] * 120).index)
    day = counts.index[60]
    found = interrupted_series(counts, [day])
    assert found is not None
    row = found.breaks.iloc[0]
    truth = 1.0 / (3.0 * 1.05 ** (60 / 7))
    assert row["level_low"] <= truth <= row["level_high"] < 1
    assert row["slope_low"] <= 0.9 / 1.05 <= row["slope_high"]
    assert row["level_p"] < 0.01
    assert found.fitted.iloc[59] == pytest.approx(mean[59], rel=0.3)
    again = interrupted_series(counts, [day])
    assert again is not None
    pd.testing.assert_frame_equal(found.breaks, again.breaks)


def test_a_series_that_bears_no_model_says_why() -> None:
    short = series([2] * 20)
    assert usable_breaks(short, [short.index[10]]) == []
    assert "14 days" in str(why_not(short, []))
    assert interrupted_series(short, []) is None
    silent = series([1] * 40 + [0] * 40)
    assert "no attack at all" in str(why_not(silent, [silent.index[40]]))
    assert interrupted_series(silent, [silent.index[40]]) is None
    rare = series(([1] + [0] * 9) * 8)
    assert "fewer than 10" in str(why_not(rare, [rare.index[40]]))


def test_breaks_leave_every_segment_room_for_a_trend() -> None:
    counts = series([1] * 60)
    days = [counts.index[place] for place in (5, 20, 30, 40, 50)]
    assert usable_breaks(counts, days) == [counts.index[20], counts.index[40]]


@settings(max_examples=15)
@given(st.lists(st.integers(0, 12), min_size=30, max_size=80))
def test_the_model_fits_or_declines_without_a_warning(counts: list[int]) -> None:
    daily_ones = series(counts)
    breaks = usable_breaks(daily_ones, [daily_ones.index[len(counts) // 2]])
    found = interrupted_series(daily_ones, breaks)
    if found is not None:
        assert np.isfinite(found.breaks.drop(columns="day").to_numpy(float)).all()
        assert (found.fitted >= 0).all()


def test_without_effect_the_model_keeps_its_level_where_counts_are_independent() -> None:
    level, slope = model_level(one_rate, 1.3, series=150)
    assert level <= 0.10
    assert slope <= 0.10


def test_the_measures_of_the_brief_load_no_slow_library() -> None:
    code = (
        "import sys, analysis.measures.responses, analysis.measures.placebo, "
        "analysis.measures.event_study, analysis.measures.interrupted_series\n"
        "slow = {'statsmodels', 'scipy.stats', 'scipy.optimize'} & set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# The report


def facts_on(record: Record, as_of: str, days: int = 7) -> dict[str, object]:
    found = response_report_facts(of_the_war(record, as_of), days)
    return {name: fact.value for name, fact in found.items()}


def test_the_facts_of_the_ten_attacks_by_hand(week: Record) -> None:
    facts = facts_on(week, "2023-11-07", 4)
    expected = {
        "episodes": 1,
        "episodes_compared": 1,
        "episodes_fell": 0,
        "episodes_rose": 1,
        "episodes_clearly_rose": 0,
        "latest_episode_on": "2023-11-03",
        "latest_episode_before": 3,
        "latest_episode_after": 4,
        "latest_episode_ratio": 1.33,
        "latest_episode_ratio_low": 0.28,
        "latest_episode_ratio_high": 7.15,
        # From 17 October to 7 November on 13 days a strike has four days on both sides; all but
        # the day itself are placebo dates, too few for a share of them.
        "placebo_dates": 13,
        "latest_episode_placebo_share": None,
        "episodes_as_far_share": None,
        "attacks_before_mean": 3.0,
        # Seven attacks in 22 days, four days each.
        "attacks_span_mean": 1.3,
        # The ship group arrived on 2 November: in the four days before two attacks, both on the
        # 1st, in the four days after none, two, one and none.
        "arrivals": 1,
        "arrivals_compared": 1,
        "arrivals_rose": 1,
        "model_breaks": None,
        "us_strikes_yemen_episodes": 1,
        "us_strikes_yemen_answers_cumulative": 1,
        "us_strikes_yemen_answers_before": 0,
    }
    assert {name: facts[name] for name in expected} == expected


def test_facts_know_nothing_of_what_is_reported_later(record: Record) -> None:
    day = pd.Timestamp("2024-01-29")
    later = {
        name: getattr(record, name)[getattr(record, name)["reported_on"] <= day]
        for name in ("attacks", "tallies", "deployments", "responses", "milestones")
    }
    assert facts_on(replace(record, **later), "2024-01-29") == facts_on(record, "2024-01-29")


def test_every_episode_of_the_article_s_winter_is_told(record: Record) -> None:
    facts = facts_on(record, "2024-03-25")
    assert (facts["episodes"], facts["us_strikes_cumulative"]) == (8, 12)
    assert facts["latest_episode_on"] == "2024-02-02"
    assert facts["latest_episode_last_on"] == "2024-02-07"
    assert (facts["latest_episode_before"], facts["latest_episode_after"]) == (9, 4)
    assert facts["model_breaks"] == 2


def test_a_series_that_no_rate_describes_has_no_model() -> None:
    # A lively month, two months with next to nothing, two days with 19 attacks each.
    days = pd.date_range("2023-10-17", periods=102)
    counts = pd.Series([*([4, 2, 6] * 12)[:34], *[0] * 66, 19, 19], index=days)
    counts.iloc[[42, 71]] = 1
    assert why_not(counts, [days[34], days[71]]) is None
    assert interrupted_series(counts, [days[34], days[71]]) is None
