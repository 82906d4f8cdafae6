"""Units day by day and their lead times, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import ten_attacks
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from pieces import sentences

import analysis as an
from analysis.measures import events
from analysis.measures.posture import on_day
from analysis.measures.presence import day_by_day, lead_times, moves_in


def states_of(record: an.Record, as_of: str, unit: str, start: str) -> dict[str, str]:
    states = day_by_day(of_the_war(record, as_of), pd.Timestamp(start), pd.Timestamp(as_of))
    of_unit = states[states["deployment_id"] == unit]
    return {
        f"{day:%m-%d}": state for day, state in zip(of_unit["day"], of_unit["state"], strict=True)
    }


def with_rows(folder: Path, *rows: str) -> an.Record:
    """The record of the ten attacks with further rows of deployments."""
    ten_attacks.write(folder)
    with (folder / "deployments.csv").open("a", encoding="utf-8") as table:
        table.writelines(f"{row},{ten_attacks.SOURCE}\n" for row in rows)
    return an.read(folder)


def test_a_ship_by_hand(week: an.Record) -> None:
    # Ordered on 20 October, arrived on 2 November (reported on the 3rd), extended on the 6th.
    assert states_of(week, "2023-11-02", "ship", "2023-11-01") == {
        "11-01": "ordered",
        "11-02": "ordered",
    }
    assert states_of(week, "2023-11-07", "ship", "2023-10-31") == {
        "10-31": "ordered",
        "11-01": "ordered",
        **dict.fromkeys([f"11-0{day}" for day in range(2, 8)], "arrived"),
    }
    lead = lead_times(week.as_of("2023-11-07").of()).set_index("deployment_id")
    assert lead.loc["ship", "days"] == 13
    assert pd.isna(lead.loc["guns", "arrived"])
    assert "all-guns" not in lead.index  # a summary overlaps the units


def test_an_arrival_that_no_source_dates_was_possible_since_the_report_before(
    tmp_path: Path,
) -> None:
    record = with_rows(
        tmp_path / "data",
        "guns,2023-11-04,,arrived,Batteries,air-defense,unit,3,batteries,200,iraq",
        "guns,2023-11-07,,departed,Batteries,air-defense,unit,3,batteries,200,iraq",
        "late,2023-11-05,,arrived,Late,support,unit,1,ships,,red-sea",
    )
    # Ordered on the 1st; "has arrived" on the 4th, "has left" on the 7th.
    assert states_of(record, "2023-11-07", "guns", "2023-11-01") == {
        "11-01": "possible",
        "11-02": "possible",
        "11-03": "possible",
        "11-04": "possible",
        "11-05": "possible",
        "11-06": "possible",
    }
    assert states_of(record, "2023-11-06", "guns", "2023-11-01") == {
        **dict.fromkeys(["11-01", "11-02", "11-03"], "possible"),
        **dict.fromkeys(["11-04", "11-05", "11-06"], "arrived"),
    }
    # Nothing was known of it before: it may have been there all along.
    assert states_of(record, "2023-11-06", "late", "2023-11-03") == {
        **dict.fromkeys(["11-03", "11-04"], "possible"),
        **dict.fromkeys(["11-05", "11-06"], "arrived"),
    }
    lead = lead_times(record.as_of("2023-11-06").of()).set_index("deployment_id")
    assert lead.loc["guns", ["arrived", "days"]].isna().tolist() == [False, True]


def test_moves_are_newest_first(week: an.Record) -> None:
    moves = moves_in(week.as_of("2023-11-07").of(), pd.Timestamp("2023-10-20"), pd.Timestamp.max)
    assert list(zip(moves["deployment_id"], moves["phase"], strict=True)) == [
        ("ship", "arrived"),
        ("guns", "ordered"),
        ("ship", "ordered"),
    ]


def test_who_goes_on_within_the_region_without_being_on_its_way_does_not_arrive_again(
    record: an.Record,
) -> None:
    # Red Sea 6 August, Gulf the 17th; on its way from 17 October, and so counted, to the Red Sea.
    told = events.moves(record.as_of("2024-01-01")).set_index("id").loc["arg-bataan"]
    assert told["area"].tolist() == [
        *("red-sea", "persian-gulf", "red-sea", "eastern-mediterranean")
    ]
    assert told["within"].tolist() == [False, True, False, True]


@pytest.mark.usefixtures("of_the_real_record")
def test_a_page_tells_moves_within_the_region_apart() -> None:
    listed = repr(an.table.happened(an.open("brief", as_of="2023-12-30")))
    assert "Move within the region: Bataan Amphibious Ready Group" in listed
    assert "Arrival" not in listed


@pytest.mark.usefixtures("of_the_real_record")
def test_a_level_of_troops_has_the_day_of_its_report() -> None:
    said = sentences("posture", "2026-04-30")["posture_limits"]
    assert "3,000 in Jordan (30 January 2024)" in said


@pytest.mark.usefixtures("of_the_real_record")
def test_units_whose_arrival_is_awaited_are_as_many_in_words_as_in_the_figure() -> None:
    page = an.open("posture", as_of="2024-01-29")
    assert "Of six units announced as ordered or under way no arrival" in (
        repr(an.say.lead_time(page))
    )
    assert "of six more they are not" in str(an.draw.lead_times(page).html)
    # A carrier that came in 2024 and in 2026 has a line for each.
    later = str(an.draw.lead_times(an.open("posture", as_of="2026-04-30")).html)
    assert all(f"USS Abraham Lincoln CSG, {year}" in later for year in (2024, 2026))


@pytest.mark.usefixtures("of_the_real_record")
def test_what_is_not_known_is_not_at_least_nothing() -> None:
    said = sentences("posture", "2026-05-03")["posture_key_figures"]
    assert "at least" not in said


@pytest.mark.parametrize("as_of", ["2023-10-18", "2023-11-20", "2024-01-29", "2024-06-30"])
def test_the_last_day_is_what_the_brief_says(record: an.Record, as_of: str) -> None:
    known = record.as_of(as_of)
    states = day_by_day(known, known.date - pd.Timedelta(days=30), known.date)
    today = states[states["day"] == known.date].set_index("deployment_id")["state"]
    units = on_day(known)
    units = units[units["counting"] == "unit"].set_index("deployment_id")["phase"]
    assert today.to_dict() == units[units.isin(["arrived", "en-route", "ordered"])].to_dict()


@settings(max_examples=15)
@given(day=st.integers(0, 250), length=st.integers(0, 120))
def test_a_unit_is_in_one_state_a_day_and_never_before_it_is_announced(
    record: an.Record, day: int, length: int
) -> None:
    known = record.as_of(pd.Timestamp("2023-10-17") + pd.Timedelta(days=day))
    states = day_by_day(known, known.date - pd.Timedelta(days=length), known.date)
    assert not states.duplicated(["day", "deployment_id"]).any()
    assert set(states["deployment_id"]) <= set(known.deployments["deployment_id"])
    assert states["kind"].notna().all()
