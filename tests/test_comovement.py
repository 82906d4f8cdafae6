"""Fronts week by week: by hand, against scipy, and intervals that cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import cut_off, of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from analysis.measures import fronts
from analysis.measures.comovement import (
    FEWEST_ACTIVE,
    FEWEST_WEEKS,
    _blocks,
    block_length,
    comovement,
    of_all_pairs,
    weekly,
)
from analysis.measures.facts.coordination import comovement_facts
from analysis.record import Record
from studies.coordination import coverage


def two(first: list[int], second: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"Iraq": first, "Syria": second})


def test_the_ten_attacks_by_hand(week: Record) -> None:
    # In the third week since 17 October, to 6 November, Alpha (Iraq) has three recorded attacks,
    # Bravo (Syria) two, Charlie (Jordan) one; of the two at sea one is a mere claim. No attack in
    # the two weeks before; the 7th is of a week that is not over.
    known = week.as_of("2023-11-07").of()
    counts = weekly(known)
    assert counts.iloc[-1].tolist() == [3, 2, 1, 1, 0]
    assert counts.iloc[:-1].to_numpy().sum() == 0
    assert len(counts) == 3
    assert of_all_pairs(known) == []
    first = fronts.first_attacks(fronts.on_all_fronts(known)).set_index("front")["event_date"]
    assert first.dt.day.to_dict() == {
        "Iraq": 1,
        "Syria": 1,
        "Jordan": 4,
        "Red Sea and Gulf of Aden": 5,
    }


def test_rank_correlation_by_hand() -> None:
    # Ranks of the first are 1 to 12; in the second the first three weeks are turned round, so the
    # ranks differ by 2, 0 and −2: 1 − 6 · (4 + 4) / (12 · 143) = 0.9720.
    found = comovement(two([*range(1, 13)], [30, 20, 10, *range(40, 130, 10)]))
    assert found is not None
    assert found.correlation.value == pytest.approx(1 - 48 / 1716)
    assert (found.block, found.correlation.n) == (3, 12)
    assert found.correlation.low < found.correlation.value < found.correlation.high < 1


counts_of_weeks = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=FEWEST_WEEKS, max_size=40
)


@settings(max_examples=40)
@given(counts_of_weeks)
def test_any_two_fronts(weeks: list[tuple[int, int]]) -> None:
    counts = pd.DataFrame(weeks, columns=["Iraq", "Syria"])
    found = comovement(counts)
    if (counts.nunique() < 2).any() or ((counts > 0).sum() < FEWEST_ACTIVE).any():
        assert found is None
        return
    assert found is not None
    low, value, high = found.correlation.low, found.correlation.value, found.correlation.high
    assert value == pytest.approx(spearmanr(counts)[0])
    assert -1 <= low <= value <= high <= 1
    turned = comovement(counts[["Syria", "Iraq"]])
    squared = comovement(counts**2)
    assert turned is not None
    assert squared is not None
    assert turned.correlation.low == pytest.approx(low)
    assert squared.correlation.high == pytest.approx(high)
    assert found.correlation.n == len(counts)


def test_blocks_are_runs_of_weeks_that_go_round_the_end() -> None:
    drawn = _blocks(10, 4)
    runs = np.stack([drawn[:, :4], drawn[:, 4:8]])
    assert ((runs[..., 1:] - runs[..., :-1]) % 10 == 1).all()
    assert drawn.shape[1] == 10
    # Every week is drawn as often as any other.
    assert np.bincount(drawn.ravel()) / drawn.size == pytest.approx(np.full(10, 0.1), abs=0.01)
    assert [block_length(weeks) for weeks in (12, 27, 28, 64)] == [3, 3, 4, 4]


def test_too_few_weeks_or_a_front_that_is_hardly_attacked_say_nothing() -> None:
    assert comovement(two([1, 2] * 5, [2, 1] * 5)) is None
    assert comovement(two([0] * 12, [1, 2] * 6)) is None
    assert comovement(two([3] * 12, [1, 2] * 6)) is None
    assert comovement(two([0] * 9 + [1] * 3, [1, 2] * 6)) is None


def test_the_real_record_week_by_week(record: Record) -> None:
    known = of_the_war(record, "2024-03-25")
    attacks = fronts.on_all_fronts(known)
    counts = weekly(known)
    # 161 days since 17 October are 23 weeks and none is left over.
    assert len(counts) == 23
    assert counts.to_numpy().sum() == len(attacks)
    pairs = {(pair.first, pair.second): pair for pair in of_all_pairs(known)}
    assert pairs["Iraq", "Syria"].correlation.value == pytest.approx(
        spearmanr(counts["Iraq"], counts["Syria"])[0]
    )
    assert pairs["Iraq", "Syria"].correlation.low > 0
    assert not any("Jordan" in pair for pair in pairs)
    facts = comovement_facts(known)
    assert facts["front_pairs_compared"].value == len(pairs) == 6
    assert (facts["front_pair_first"].value, facts["front_pair_second"].value) == ("Iraq", "Syria")
    young = comovement_facts(of_the_war(record, "2023-10-24"))
    assert young["front_pairs_compared"].value == 0
    assert young["front_pair_first"].value is None


def test_later_rows_do_not_change_what_was_known(record: Record) -> None:
    day = "2024-01-29"
    cut = of_the_war(cut_off(record, "2024-06-17"), day)
    assert comovement_facts(of_the_war(record, day)) == comovement_facts(cut)


def test_intervals_cover_the_truth() -> None:
    # 250 intervals that cover in 95 % of cases cover in 91 to 98.4 % in 99 of 100 studies.
    assert 0.91 <= coverage(weeks=35, persistence=0.5, correlation=0.6, series=250) <= 0.99
