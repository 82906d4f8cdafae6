"""The reporting triangle holds on each day what the record held on that day."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import of_the_war

import analysis as an
from analysis.measures.attacks import counted, daily_counts, recorded
from analysis.measures.triangle import counts_as_known, known_spans


@pytest.mark.parametrize("day", pd.date_range("2023-10-17", "2024-03-31", freq="11D"))
def test_a_row_of_the_triangle_is_the_record_of_that_day(
    record: an.Record, day: pd.Timestamp
) -> None:
    known = of_the_war(record, "2024-03-31")
    start = known.campaign.start
    triangle = counts_as_known(known_spans(known), start, known.date)
    then = recorded(counted(of_the_war(record, day)))
    assert triangle.loc[day, :day].tolist() == daily_counts(then, start, day).tolist()
    assert triangle.loc[day].sum() == len(then)


def test_ten_attacks_by_hand(week: an.Record) -> None:
    known = week.as_of("2023-11-07").of()
    triangle = counts_as_known(known_spans(known), known.campaign.start, known.date)
    # The attack of the 2nd became known on the 4th, the second one of the 4th on the 5th;
    # a mere claim and the ships count nowhere.
    assert triangle.loc["2023-11-04", "2023-11-01":"2023-11-05"].tolist() == [2, 1, 0, 1, 0]
    assert triangle.loc["2023-11-03", "2023-11-01":"2023-11-05"].tolist() == [2, 0, 0, 0, 0]
    assert triangle.loc["2023-11-07", "2023-11-01":"2023-11-07"].tolist() == [2, 1, 0, 2, 1, 0, 1]
