"""How late attacks become known: by hand, as properties, and on simulated delays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.delay import (
    LONGEST_DELAY,
    distribution,
    hazard_counts,
    known_delays,
    reporting_delay,
)
from analysis.measures.triangle import counts_as_known, known_spans
from analysis.record import Record
from studies import START
from studies.delay import SETTINGS, distribution_study


def delays_of(record: Record, as_of: str) -> pd.DataFrame:
    known = of_the_war(record, as_of)
    return known_delays(known_spans(known), known.date)


def shares(record: Record, as_of: str) -> pd.DataFrame:
    return distribution(delays_of(record, as_of), pd.Timestamp(as_of))


def test_the_week_by_hand(week: Record) -> None:
    # Seven recorded attacks; days of the attack (known after so many days): 1 (0), 1 (0), 2 (2),
    # 4 (0), 4 (1), 5 (0), 7 (0). The claim and the ships do not count.
    delays = delays_of(week, "2023-11-07")
    assert sorted(delays["delay"]) == [0, 0, 0, 0, 0, 1, 2]
    # Known within a day, and at least a day old: 1, 1, 4, 4, 5, of which one took a day. Known
    # within two days, and at least two days old: 1, 1, 2, 4, 4, 5, of which one took two.
    counts = hazard_counts(delays, pd.Timestamp("2023-11-07"))
    assert counts["reported"].head(7).tolist() == [5, 1, 1, 0, 0, 0, 0]
    assert counts["at_risk"].head(7).tolist() == [5, 5, 6, 5, 3, 3, 2]
    found = shares(week, "2023-11-07")
    # 1 - 1/6 = 5/6 within a day, and 5/6 x (1 - 1/5) = 2/3 on the same day; plain counting, which
    # forgets what the newest days have still to come, would say 6/7 and 5/7.
    assert found["estimate"].head(3).tolist() == pytest.approx([2 / 3, 5 / 6, 1])
    # Greenwood: 1/(6x5) + 1/(5x4) = 1/12, as much as a share of (1/3) / (2/3 x 1/12) = 6 attacks
    # varies; Wilson's interval for 4 of 6.
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([0.3000, 0.9032], abs=1e-4)
    assert found.loc[1, ["low", "high"]].tolist() == pytest.approx([0.4365, 0.9699], abs=1e-4)
    assert list(found.index) == [0, 1, 2, 3, 4, 5, 6]


def test_what_is_reported_later_plays_no_part(week: Record, record: Record) -> None:
    on_the_3rd = delays_of(week, "2023-11-03")
    assert on_the_3rd["attack_id"].tolist() == ["2023-11-01-alpha-1", "2023-11-01-bravo-1"]
    spans = known_spans(of_the_war(record, "2024-03-31"))
    for day in pd.date_range("2023-10-17", "2024-03-31", freq="13D"):
        known = of_the_war(record, day)
        pd.testing.assert_frame_equal(
            known_delays(spans, day), known_delays(known_spans(known), day)
        )


def test_none_and_one(week: Record) -> None:
    assert shares(week, "2023-10-31").empty
    assert delays_of(week, "2023-10-31").empty
    assert (hazard_counts(delays_of(week, "2023-10-31"), START) == 0).all(axis=None)
    one = pd.DataFrame({"event_date": [pd.Timestamp("2023-11-01")], "delay": [2]})
    found = distribution(one, pd.Timestamp("2023-11-03"))
    # All that is known of delays is that one took two days.
    assert found["estimate"].tolist() == [0, 0, 1]
    assert (found["high"] > found["low"]).all()


def test_the_delays_add_up_to_the_counts_of_the_triangle(record: Record) -> None:
    known = of_the_war(record, "2024-01-29")
    spans = known_spans(known)
    delays = known_delays(spans, known.date)
    of_day = delays["event_date"].value_counts()
    triangle = counts_as_known(spans, START, known.date).loc[known.date]
    assert of_day.reindex(triangle.index, fill_value=0).tolist() == triangle.tolist()


def test_a_claim_that_is_confirmed_later_is_known_from_then_on(record: Record) -> None:
    # Claimed on its day, 20 October 2023; officials confirmed it on the 25th.
    delays = delays_of(record, "2024-03-31").set_index("attack_id")["delay"]
    known = of_the_war(record, "2024-03-31").attacks.set_index("attack_id")
    assert delays["2023-10-20-al-harir-1"] == 5
    assert reporting_delay(known)["2023-10-20-al-harir-1"] == 0


@st.composite
def reports(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 40)), max_size=60))
    days, delay = np.array(rows, dtype=int).reshape(-1, 2).T
    dates = START + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"event_date": dates, "delay": delay})


@settings(max_examples=80)
@given(attacks=reports())
def test_it_is_a_distribution_function_and_plain_counting_where_all_is_in(
    attacks: pd.DataFrame,
) -> None:
    for age in (50, 60, 200):
        as_of = START + pd.Timedelta(days=age)
        dates = attacks["event_date"] + pd.to_timedelta(attacks["delay"], unit="D")
        found = distribution(attacks[dates <= as_of], as_of)
        assert found["estimate"].is_monotonic_increasing
        within = found[["low", "estimate", "high"]].to_numpy()
        assert ((within >= 0) & (within <= 1)).all()
        assert (np.diff(within, axis=1) >= -1e-9).all()
    settled = attacks["delay"][attacks["delay"] <= LONGEST_DELAY]
    assert len(found) == (LONGEST_DELAY + 1 if len(settled) else 0)
    for delay, share in found["estimate"].items():
        assert share == pytest.approx((settled <= delay).mean())


def test_simulated_shares_are_unbiased_and_their_intervals_honest() -> None:
    found = distribution_study(SETTINGS[0], 300)
    for _, results in found.groupby("delay"):
        assert abs(results["error"].mean()) < 3 * results["error"].sem()
        assert 0.92 < results["covers"].mean() < 0.985
