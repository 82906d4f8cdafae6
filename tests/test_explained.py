"""Every number that differs between two reports has a reason, and the right one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import ten_attacks
from conftest import DATA, Command, of_the_war
from counted import told, why
from hypothesis import given, settings
from hypothesis import strategies as st
from taken_back import with_version

from analysis.display.explained import as_json, as_page, as_text
from analysis.measures.explained import REASONS, explained
from analysis.measures.metadata import reads
from analysis.measures.row_changes import DETAILS
from analysis.record import Record, read

LATER = "2023-11-08"


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return read(ten_attacks.write(tmp_path_factory.mktemp("ten") / "week"))


ATTACKS = [row.split(",")[0] for row in ten_attacks.TEN_ATTACKS]
VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(ATTACKS),
        st.sampled_from([f"2023-11-{day:02}" for day in range(8, 13)]),
        st.sampled_from([
            {"standing": "retracted"}, {"standing": "stands"}, {"confirmation": "official"},
            {"killed": 2, "injured": 7, "casualties_of": "us"}, {"target": "other"},
            {"event_date": pd.Timestamp("2023-10-31")},
        ]),
    ),
    max_size=4, unique_by=lambda version: version[:2],
)  # fmt: skip
DAYS = st.integers(1, 20).map(lambda day: f"2023-11-{day:02}")


@settings(max_examples=6, deadline=None)
@given(
    days=st.tuples(DAYS, DAYS).map(sorted),
    windows=st.tuples(st.sampled_from([3, 7]), st.sampled_from([3, 7])),
    before=VERSIONS,
    since=VERSIONS,
    codes=st.sampled_from([("one", "one"), ("one", "two")]),
)
def test_no_number_differs_without_a_reason(
    ten: Record, days: list[str], windows: tuple[int, int], before: Any, since: Any, codes: Any
):
    was = now = ten
    for row, day, values in before:
        was = now = with_version(was, "attacks", row, day, **values)
    for row, day, values in since:
        if not ((now.attacks["attack_id"] == row) & (now.attacks["reported_on"] == day)).any():
            now = with_version(now, "attacks", row, day, **values)
    one = told(was, days[0], windows[0], code=codes[0], is_of_the_record=False)
    other = told(now, days[1], windows[1], code=codes[1])
    found = explained(replace(one, known=of_the_war(now, days[0]).of_all_time), other)
    names = {
        name
        for name in {**one.facts, **other.facts}
        if one.facts.get(name, {}).get("value") != other.facts.get(name, {}).get("value")
    }
    assert set(found["name"]) == names
    assert set(found["reason"]) <= set(REASONS)
    behind = {name: one.facts.get(name, {}).get("evidence", []) for name in names}
    has_rows = found["rows"].map(len) > 0
    assert has_rows[found["name"].map(behind).map(len) > 0].all()


@pytest.mark.parametrize("column", sorted(DETAILS & set(ten_attacks.HEADERS["attacks"].split(","))))
def test_a_number_changes_with_no_detail_that_it_does_not_read(ten: Record, column: str):
    """Each attack says what another says in that column, or nothing."""
    night = ten.attacks["attack_id"] == "2023-11-04-bravo-1"
    precision = ten.attacks["date_precision"].astype("str").mask(night, "night")
    written = ten.attacks.assign(date_precision=precision.astype("category"))
    assert written[column].nunique(dropna=False) > 1, "else turning it shows nothing"
    before = told(Record(**{**vars(ten), "attacks": written}), LATER).facts
    for turn in range(1, len(written)):
        attacks = written.copy()
        attacks[column] = attacks[column].take([*range(turn, len(attacks)), *range(turn)]).array
        after = told(Record(**{**vars(ten), "attacks": attacks}), LATER).facts
        for name in {**before, **after}:
            if before.get(name, {}).get("value") != after.get(name, {}).get("value"):
                assert column in (reads(name) or ()), name


def test_a_row_is_named_only_if_what_it_says_otherwise_can_move_the_number(ten: Record):
    weapon, salvo, drone = "2023-11-01-bravo-1", "2023-11-05-alpha-1", "2023-11-01-alpha-1"
    record = with_version(ten, "attacks", weapon, LATER, weapons="drone")
    record = with_version(record, "attacks", salvo, LATER, munitions=3)
    record = with_version(record, "attacks", drone, LATER, outcome="impact", munitions=2)
    found = explained(told(record, "2023-11-07"), told(record, LATER))
    assert why(found, "drone_share") == {"revised": (weapon,)}
    assert why(found, "intercepted_share") == {"revised": (drone,)}
    (detail,) = found.loc[found["name"] == "intercepted_share", "detail"]
    assert detail == f"{drone}: outcome intercepted to impact"


def test_a_unit_that_came_or_went_explains_no_number_of_attacks(ten: Record):
    """Officials count for longer, which is another span of attacks; a unit was taken back, too."""
    record = with_version(ten, "deployments", "ship", "2023-11-04", standing="retracted")
    found = explained(told(record, "2023-11-04", 3), told(record, "2023-11-06", 3))
    reasons = why(found, "record_counted")
    assert "tally-2023-11-05-all-us-coalition-forces-attacks-5" in reasons["counted"]
    assert set(reasons["new"]) <= set(ATTACKS)
    assert "retracted" not in reasons


def test_what_changes_by_a_retraction_alone_is_said_to(ten: Record):
    for row in ("2023-11-04-charlie-1", "2023-11-01-bravo-1", "2023-11-03-alpha-1"):
        gone = with_version(ten, "attacks", row, LATER, standing="retracted")
        found = explained(told(ten, LATER), told(gone, LATER))
        assert len(found) > 2
        counted = found[found["name"] != "record_through"]
        assert (counted["reason"] == "retracted").groupby(counted["name"]).any().all()
        of_it = counted.loc[counted["reason"] == "retracted", "rows"]
        assert all(row in ids for ids in of_it)


def test_reasons_name_what_came_went_and_was_revised(ten: Record):
    row = "2023-11-04-charlie-1"
    record = with_version(ten, "attacks", row, "2023-11-06", injured=9, confirmation="official")
    record = with_version(
        record, "attacks", "2023-11-02-alpha-1", "2023-11-07",
        standing="merged", same_as="2023-11-01-alpha-1",
    )  # fmt: skip
    found = explained(told(record, "2023-11-05", 3), told(record, "2023-11-07", 3))
    assert why(found, "injured_record") == {"revised": (row,)}
    (detail,) = found.loc[found["name"] == "injured_record", "detail"]
    assert detail == f"{row}: injured 5 to 9"
    (merged,) = found.loc[found["name"] == "attacks_cumulative_irq", "detail"]
    assert merged == "2023-11-02-alpha-1 is 2023-11-01-alpha-1"
    assert why(found, "attacks_cumulative_irq") == {"merged": ("2023-11-02-alpha-1",)}
    assert why(found, "attacks_cumulative_syr") == {"new": ("2023-11-07-bravo-1",)}
    # The attack left the window: that it was revised, too, is no reason.
    assert why(found, "us_killed_window") == {"window": (row,)}
    assert why(found, "attacks_window_official") == {"window": (row,)}
    # Another attack leads, because this one left the window.
    assert why(found, "lead_event") == {"window": (row,)}


def test_a_new_count_of_officials_is_one(ten: Record):
    found = explained(told(ten, "2023-11-04"), told(ten, "2023-11-06"))
    (rows,) = why(found, "attacks_official").values()
    assert rows == ("tally-2023-11-05-all-us-coalition-forces-attacks-5",)
    assert set(why(found, "attacks_official")) == {"counted"}


def test_a_longer_window_is_another_parameter(ten: Record):
    found = explained(told(ten, "2023-11-07", 3), told(ten, "2023-11-07", 7))
    assert set(why(found, "attacks_window")) == {"parameters"}


def test_what_other_code_counts_otherwise_is_said_to(ten: Record):
    one, other = told(ten, LATER), told(ten, LATER, code="two")
    facts = {
        **other.facts,
        "attacks_cumulative": {**other.facts["attacks_cumulative"], "value": 99},
    }
    found = explained(one, replace(other, facts=facts))
    assert found[["name", "reason"]].to_numpy().tolist() == [["attacks_cumulative", "code"]]
    unknown = explained(
        replace(one, is_of_the_record=False), replace(other, facts=facts, code="one")
    )
    assert set(unknown["reason"]) == {"record"}


def test_a_row_that_came_in_afterwards_is_new(ten: Record):
    row = "2023-11-05-alpha-1"
    attacks = ten.attacks[ten.attacks["attack_id"] != row].reset_index(drop=True)
    first = told(Record(**{**vars(ten), "attacks": attacks}), LATER, is_of_the_record=False)
    found = explained(replace(first, known=of_the_war(ten, LATER).of_all_time), told(ten, LATER))
    assert why(found, "attacks_cumulative") == {"new": (row,)}


def test_a_row_that_is_gone_is_named(ten: Record):
    row = "2023-11-05-alpha-1"
    attacks = ten.attacks[ten.attacks["attack_id"] != row].reset_index(drop=True)
    fewer = Record(**{**vars(ten), "attacks": attacks})
    first = replace(told(ten, LATER), known=of_the_war(fewer, LATER).of_all_time)
    found = explained(replace(first, is_of_the_record=False), told(fewer, LATER))
    assert why(found, "attacks_cumulative") == {"record": (row,)}


def test_a_revision_that_came_in_afterwards_is_sought_among_what_was_revised(ten: Record):
    row = "2023-11-04-charlie-1"
    record = with_version(ten, "attacks", row, "2023-11-06", injured=9)
    first = replace(told(ten, LATER), known=of_the_war(record, LATER).of_all_time)
    found = explained(replace(first, is_of_the_record=False), told(record, LATER))
    assert why(found, "injured_record") == {"record": (row,)}


def test_what_came_since_an_edition_is_known_from_its_census(ten: Record):
    """Without it, only which rows were ever revised can be told."""
    row, count = "2023-11-04-charlie-1", "tally-2023-11-05-all-us-coalition-forces-attacks-5"
    was = with_version(ten, "attacks", "2023-11-01-bravo-1", "2023-11-03", injured=3)
    tallies = was.tallies[was.tallies["tally_id"] != count].reset_index(drop=True)
    was = Record(**{**vars(was), "tallies": tallies})
    record = with_version(was, "attacks", row, "2023-11-06", injured=9, outcome="intercepted")
    record = Record(**{**vars(record), "tallies": ten.tallies})
    came = record.came_since(LATER, was.census(LATER))
    assert sorted(came["id"]) == [row, count]
    first = replace(told(was, LATER), known=of_the_war(record, LATER).of_all_time)
    first = replace(first, is_of_the_record=False, came_since=came)
    found = explained(first, told(record, LATER))
    assert why(found, "injured_record") == {"revised": (row,)}
    (detail,) = found.loc[found["name"] == "injured_record", "detail"]
    assert detail == f"{row}: injured 5 to 9"
    (detail,) = found.loc[found["name"] == "intercepted_share", "detail"]
    assert detail == f"{row}: outcome impact to intercepted"
    assert why(found, "attacks_official") == {"counted": (count,)}


def test_equal_reports_have_no_differences(ten: Record):
    found = explained(told(ten, LATER), told(ten, LATER))
    assert found.empty
    assert list(as_text(found, ["One and the same"], {})) == ["One and the same"]
    assert json.loads(as_json(found, {}))["numbers"] == []


def test_text_page_and_json_hold_every_number(ten: Record):
    found = explained(told(ten, "2023-11-05"), told(ten, LATER))
    names = list(dict.fromkeys(found["name"]))
    text = list(as_text(found, ["a and b"], {}))
    assert [line.split(":")[0] for line in text[1:] if not line.startswith(" ")] == names
    page = as_page(found.assign(unit="<script>"), ["a < b"], {})
    assert "<script>" not in page
    assert "default-src 'none'" in page
    assert "a &lt; b" in page
    numbers = json.loads(as_json(found, {"before": {}}))["numbers"]
    assert [one["name"] for one in numbers] == names
    rows = [row for one in numbers for reason in one["reasons"] for row in reason["rows"]]
    assert sorted(rows) == sorted(row for ids in found["rows"] for row in ids)


@pytest.mark.usefixtures("one_warm_process")
def test_the_command_explains_two_days_of_the_brief(
    make_brief: Callable[..., Path], tmp_path: Path, command: Command
):
    """One of them is published, the other made for this and left nowhere."""
    published = make_brief("2024-01-29")
    archive = published.parents[1]
    there = sorted(path.name for path in archive.rglob("*"))
    done = command("archive", "compare", published, "2024-01-30", "--format", "json",
                      "--data", DATA, "--reports", archive)  # fmt: skip
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert [said[side]["as_of"] for side in ("before", "after")] == ["2024-01-29", "2024-01-30"]
    reasons = {
        one["name"]: {why["why"]: why["rows"] for why in one["reasons"]} for one in said["numbers"]
    }
    assert reasons["injured_record"] == {"revised": ["2024-01-28-tower-22-1"]}
    assert reasons["attacks_window"] == {"window": ["2024-01-23-ain-al-asad-1"]}
    assert reasons["injured_official"] == {
        "counted": ["tally-2024-01-30-all-us-coalition-forces-injured-120"]
    }
    assert all(rows for one in reasons.values() for rows in one.values())
    assert sorted(path.name for path in archive.rglob("*")) == there


def test_what_cannot_be_compared_is_said(tmp_path: Path, command: Command):
    done = command("archive", "compare", "no/where", "2024-01-30", "--reports", tmp_path)
    assert done.code == 2
    assert "no/where: there is no such edition" in done.err
