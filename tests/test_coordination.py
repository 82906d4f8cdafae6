"""Coordination: the ten attacks by hand, chance enumerated, and tests that keep their level."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import cut_off, of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures.attacks import counted, daily_counts, multi_site_days, recorded
from analysis.measures.chance import against_distribution, against_draws
from analysis.measures.coordination import (
    close_pairs,
    multi_site_days_against_chance,
    weeks_of,
)
from analysis.measures.dispersion import dispersion_index
from analysis.measures.proportion import proportion
from analysis.record import Record
from studies import START
from studies.coordination import independent, rejections, synchronised

AS_OF = pd.Timestamp("2023-11-07")


def attacks_on(*where: str, precision: str = "day") -> pd.DataFrame:
    """Attacks given as "3 alpha": the day of November 2023 and the site."""
    days, sites = zip(*(entry.split() for entry in where), strict=True)
    return pd.DataFrame(
        {
            "attack_id": [f"{entry} {number}" for number, entry in enumerate(where)],
            "event_date": pd.to_datetime([f"2023-11-{int(day):02}" for day in days]),
            "date_precision": precision,
            "site_id": sites,
        }
    )


def enumerated(sites: str, days: int) -> np.ndarray:
    """Probability of each number of days with several sites, by going through every case."""
    tally = np.zeros(days + 1)
    for placed in product(range(days), repeat=len(sites)):
        on_day: dict[int, set[str]] = {}
        for day, site in zip(placed, sites, strict=True):
            on_day.setdefault(day, set()).add(site)
        tally[sum(len(hit) > 1 for hit in on_day.values())] += 1
    return tally / days ** len(sites)


def test_the_ten_attacks_by_hand(week: Record) -> None:
    # Seven recorded attacks on US forces in the week to 7 November: Alpha on the 1st, 2nd and 5th,
    # Bravo on the 1st, 4th and 7th, Charlie on the 4th. Two days saw two sites, the 1st and the
    # 4th. By chance a day is free of Alpha with (6/7)³, so of Bravo; of Charlie with 6/7. It has
    # no attack with (6/7)⁷ = 0.3399; only Alpha with (6/7)⁴ − (6/7)⁷ = 0.1999, only Bravo
    # likewise, only Charlie with (6/7)⁶ − (6/7)⁷ = 0.0566. Several sites have what is left,
    # 0.2037, and over seven days 1.426 such days are expected.
    attacks = recorded(counted(week.as_of("2023-11-07").of()))
    found = multi_site_days_against_chance(attacks, START, AS_OF)
    assert found is not None
    assert (found.value, found.n) == (2, 7)
    free = 6 / 7
    several = 1 - free**7 - 2 * (free**4 - free**7) - (free**6 - free**7)
    assert found.expected == pytest.approx(7 * several) == pytest.approx(1.426, abs=5e-5)
    # Of all 7⁷ = 823,543 ways 68,250 give no such day, 382,837 one, 325,836 two, 46,620 three:
    # two or more, two counted half, is (162,918 + 46,620) / 823,543 = 0.2544, twice that 0.509.
    assert (enumerated("aaabbbc", 7)[:4] * 7**7).round().tolist() == [
        *(68_250, 382_837, 325_836, 46_620)
    ]
    assert found.p_value == pytest.approx(2 * (325_836 / 2 + 46_620) / 7**7)
    assert (found.low, found.high) == (0, 3)


def test_close_pairs_of_the_ten_attacks_by_hand(week: Record) -> None:
    # On the 1st Alpha and Bravo, on the 4th Bravo and Charlie: two pairs. Of 3 · 3 + 3 + 3 = 15
    # pairs at different sites, each shares a day by chance with 1/7: 15/7 = 2.14 expected.
    found = close_pairs(recorded(counted(week.as_of("2023-11-07").of())), START, AS_OF)
    assert found is not None
    assert (found.value, found.n) == (2, 7)
    # 2,000 draws of a count with variance 15 · 1/7 · 6/7: a standard error of 0.03.
    assert found.expected == pytest.approx(15 / 7, abs=0.1)


def test_dispersion_of_the_ten_attacks_by_hand(week: Record) -> None:
    # Counts 2, 1, 0, 2, 1, 0, 1 in the week: mean 1, squares 1 + 0 + 1 + 1 + 0 + 1 + 0 = 4 over
    # 6 is 0.667, less than the 1 of independent attacks.
    daily = daily_counts(recorded(counted(week.as_of("2023-11-07").of())), START, AS_OF)
    within = dispersion_index(daily, span=7)
    assert within is not None
    assert within.value == pytest.approx(4 / 6)
    # Over all 22 days since 17 October: mean 7/22, sum of squares 11 − 7²/22 = 8.773, over 21
    # days that is 0.4177, and ÷ the mean 1.313.
    overall = dispersion_index(daily)
    assert overall is not None
    assert (
        overall.value == pytest.approx(daily.var() / daily.mean()) == pytest.approx(1.313, abs=5e-4)
    )
    assert overall.p_value < within.p_value


@settings(max_examples=40)
@given(st.text("abc", min_size=1, max_size=6), st.integers(1, 7))
def test_chance_is_worked_out_exactly(sites: str, days: int) -> None:
    end = START + pd.Timedelta(days=days - 1)
    rows = pd.DataFrame({"event_date": [end] * len(sites), "site_id": list(sites)})
    found = multi_site_days_against_chance(rows, START, end)
    expected = enumerated(sites, days)
    if np.count_nonzero(expected) == 1:
        assert found is None
        return
    assert found is not None
    observed = int(len(set(sites)) > 1)
    reference = against_distribution(observed, expected, len(sites), "")
    assert reference is not None
    assert found.expected == pytest.approx(reference.expected)
    assert found.p_value == pytest.approx(reference.p_value)
    assert (found.low, found.high) == (reference.low, reference.high)


def test_weeks_end_on_the_as_of_date_and_the_oldest_keeps_what_is_left() -> None:
    rows = attacks_on("1 alpha", "7 alpha", "8 alpha")
    weeks = weeks_of(rows, START, pd.Timestamp("2023-11-08"))
    assert weeks.ago.tolist() == [1, 0, 0]
    oldest = pd.DataFrame({"event_date": [START]})
    assert weeks_of(oldest, START, pd.Timestamp("2023-11-08")).days.tolist() == [2]


def test_a_changing_weekly_rate_is_not_taken_for_coordination() -> None:
    # Two sites hit on every day of one week and never else: chance within the week is all.
    rows = attacks_on(*(f"{day} {site}" for day in range(1, 8) for site in ("alpha", "bravo")))
    later = pd.Timestamp("2024-03-26")
    now, then = (multi_site_days_against_chance(rows, START, day) for day in (AS_OF, later))
    assert now is not None
    assert then is not None
    assert now.expected == then.expected
    daily = daily_counts(rows, START, later)
    overall, within = dispersion_index(daily), dispersion_index(daily, 7)
    assert overall is not None
    assert within is not None
    assert overall.p_value < 0.01
    assert within.value == 0


def test_nights_touch_the_day_before_and_after() -> None:
    rows = attacks_on("1 alpha", "2 bravo", "4 alpha", precision="day")
    assert close_pairs(rows, START, AS_OF).value == 0
    assert close_pairs(rows.assign(date_precision="night"), START, AS_OF).value == 1
    one_night = rows.assign(date_precision=["day", "night", "day"])
    assert close_pairs(one_night, START, AS_OF).value == 1
    vague = rows.assign(date_precision=["day", "about", "day"])
    assert close_pairs(vague, START, AS_OF) is None
    same_site = attacks_on("1 alpha", "1 alpha")
    assert close_pairs(same_site, START, AS_OF) is None


def test_none_and_one_say_nothing() -> None:
    one = attacks_on("1 alpha")
    for rows in (one.head(0), one):
        assert multi_site_days_against_chance(rows, START, AS_OF) is None
        assert close_pairs(rows, START, AS_OF) is None
        assert dispersion_index(daily_counts(rows, START, AS_OF)) is None
    assert dispersion_index(pd.Series([], dtype=int)) is None
    assert proportion(0, 0, "") is None
    none, every = proportion(0, 5, ""), proportion(5, 5, "")
    assert none is not None
    assert every is not None
    assert (none.low, round(none.high, 3)) == (0.0, 0.522)
    assert (round(every.low, 3), every.high) == (0.478, 1.0)


def test_mid_p_counts_the_observed_value_half() -> None:
    found = against_distribution(3, np.array([1, 3, 3, 1]) / 8, 3, "three fair coins")
    assert found is not None
    assert found.p_value == pytest.approx(1 / 8)
    draws = against_draws(5, np.array([0, 0, 0, 5]), 1, "")
    # One draw and the observed one of five: (0 + (1 + 1) / 2) / 5 above, twice that in all.
    assert draws is not None
    assert draws.p_value == pytest.approx(0.4)
    assert against_draws(1, np.array([1, 1]), 1, "") is None


def test_the_real_record_has_as_many_days_with_several_sites_as_chance_gives(
    record: Record,
) -> None:
    known = of_the_war(record, "2024-03-25")
    attacks = recorded(counted(known))
    found = multi_site_days_against_chance(attacks, START, known.date)
    assert found is not None
    assert found.value == len(multi_site_days(attacks)) == 48
    assert found.low < found.value < found.high
    assert found.p_value > 0.5
    again = close_pairs(attacks, START, known.date)
    assert again == close_pairs(attacks, START, known.date)


def test_later_rows_do_not_change_what_was_known(record: Record) -> None:
    day = "2023-11-20"
    whole, cut = of_the_war(record, day), of_the_war(cut_off(record, "2024-06-17"), day)
    for measure in (multi_site_days_against_chance, close_pairs):
        found = [measure(recorded(counted(known)), START, known.date) for known in (whole, cut)]
        assert found[0] == found[1]


def test_a_great_many_attacks_make_every_day_one_of_several_sites() -> None:
    days = pd.date_range(START, periods=70)
    rows = pd.DataFrame(
        {"event_date": days.repeat(2_000), "date_precision": "day", "site_id": ["a", "b"] * 70_000}
    )
    assert multi_site_days_against_chance(rows, START, days[-1]) is None
    assert close_pairs(rows, START, days[-1]) is None
    assert dispersion_index(daily_counts(rows, START, days[-1]), 7) is not None


def test_under_independence_one_in_twenty_is_significant() -> None:
    # At a true level of 5 %, 400 series give between 2.5 and 7.75 % in 98 of 100 cases.
    found = rejections(independent, ("multi_site_days", "dispersion_within_weeks"), series=400)
    assert 0.025 <= found["multi_site_days"] <= 0.0775
    assert 0.025 <= found["dispersion_within_weeks"] <= 0.0775


def test_attacks_that_join_others_are_found_out() -> None:
    found = rejections(partial(synchronised, share=0.5), ("close_pairs",), series=40)
    assert found["close_pairs"] > 0.8
