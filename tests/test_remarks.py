"""What is remarkable about a record is told apart from its faults, and in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_record import add, spoil, write

from analysis.errors import Fault
from analysis.record.reading import check, findings
from analysis.telling import Format, told

COVERAGE = """\
since,through,targets,kept,note
2023-10-17,2023-10-31,us-coalition-forces,daily,
2023-11-10,,us-coalition-forces+us-warship,sampled,
"""
SOURCES = """\
publisher,outlet,relays,kind,country,state_media,party_to_conflict,note
AP,AP,,agency,USA,no,,
Reuters,Reuters,,agency,GBR,no,,
Shafaq,Shafaq,,news,IRQ,no,,
DW,DW,,news,DEU,yes,,
"""


@pytest.fixture
def described(tmp_path: Path) -> Path:
    """A small record with coverage and sources, about which nothing is remarkable."""
    write(tmp_path)
    (tmp_path / "coverage.csv").write_text(COVERAGE, "utf-8")
    (tmp_path / "sources.csv").write_text(SOURCES, "utf-8")
    return tmp_path


def remarks(folder: Path) -> list[str]:
    assert check(folder) == []
    found = findings(folder)
    assert {one.kind for one in found} <= {"remark"}
    return [str(one) for one in found]


def test_a_described_record_has_none(described: Path):
    assert remarks(described) == []


def test_rows_outside_every_span_are_counted_by_span_of_dates(described: Path):
    for day in ("2023-10-01", "2023-10-16", "2023-11-01", "2023-11-09", "2023-11-10"):
        add(described, "attacks", attack_id=f"{day}-erbil-1", event_date=day,
            reported_on="2024-01-01")  # fmt: skip
    for day in ("2023-10-20", "2023-11-20"):
        add(described, "attacks", attack_id=f"{day}-erbil-2", event_date=day, target="us-warship",
            reported_on="2024-01-01")  # fmt: skip
    add(described, "responses", response_id="2023-11-05-syr-1", event_date="2023-11-05")
    right = "lie in no span of coverage.csv: reports say nothing of these days; "
    right += "add a span if somebody watched them"
    lies = right.replace("lie in", "lies in")
    assert remarks(described) == [
        f"attacks.csv: event_date: 2 rows on us-coalition-forces from 2023-10-01 to 2023-10-16 "
        f"{right}",
        f"attacks.csv: event_date: 2 rows on us-coalition-forces from 2023-11-01 to 2023-11-09 "
        f"{right}",
        f"attacks.csv: event_date: 1 row on us-warship of 2023-10-20 {lies}",
        f"responses.csv: event_date: 1 row of 2023-11-05 {lies}",
    ]


def test_a_record_without_spans_is_told_once(described: Path):
    (described / "coverage.csv").unlink()
    (remark,) = remarks(described)
    assert remark.startswith("coverage.csv: no span says which days were kept")


def test_two_spans_that_say_two_things_are_told(described: Path):
    spoil(described, "coverage.csv", "2023-11-10,", "2023-10-25,")
    assert remarks(described) == [
        "coverage.csv:3: kept: 'sampled' of us-coalition-forces from 2023-10-25 to 2023-10-31, "
        "where line 2 says 'daily'; the better of them counts"
    ]


def test_publishers_that_nobody_judged_are_named_the_most_frequent_first(described: Path):
    for number in range(1, 9):
        for time in range(number if number < 4 else 1):
            add(described, "tallies", publisher=f"Paper {number}", value=str(100 + time))
    assert remarks(described) == [
        "sources.csv: publisher: 8 publishers are not listed here: 'Paper 3' (3), 'Paper 2' (2), "
        "'Paper 1' (1), 'Paper 4' (1), 'Paper 5' (1) and 3 more; add a row for each, such as "
        "Paper 3,,,,,,,"
    ]


def test_a_publisher_that_is_spelt_otherwise_is_named_with_the_nearest(described: Path):
    add(described, "tallies", publisher="The Pentagon, by phone", value="101")
    add(described, "sources", publisher="The Pentagon by phone", outlet="Pentagon")
    assert remarks(described) == [
        "sources.csv: publisher: 1 publisher is not listed here: 'The Pentagon, by phone' (1, near "
        "'The Pentagon by phone'); add a row for each, such as \"The Pentagon, by phone\",,,,,,,"
    ]


def test_remarks_come_after_the_faults_and_do_not_hide_them(described: Path):
    spoil(described, "coverage.csv", "daily", "weekly")
    spoil(described, "sources.csv", "AP,AP,,agency", "XP,AP,,agency")
    found = findings(described)
    assert [(one.kind, one.file, one.line) for one in found] == [
        ("fault", "coverage.csv", 2),
        ("remark", "sources.csv", 0),
    ]


FOUND = [
    Fault("attacks.csv", 17, "site_id", "unknown site 'x'; it is 50 % wrong,\nor 'é'"),
    Fault("sites.csv", 0, "", "no such file"),
    Fault("sources.csv", 0, "publisher", "1 publisher", kind="remark"),
]


def test_text_holds_a_line_for_each_fault():
    assert told(FOUND[1:], Format.TEXT, Path("data")) == "sites.csv: no such file"


def test_json_holds_everything():
    assert json.loads(told(FOUND, Format.JSON, Path("data"))) == [
        {"file": one.file, "line": one.line, "column": one.column, "message": one.message,
         "kind": one.kind, "tidy": False, "more": 0}
        for one in FOUND
    ]  # fmt: skip
    assert json.loads(told([], Format.JSON, Path("data"))) == []


def test_github_is_told_paths_from_where_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    expected = [
        "::error file=a%2Cb/attacks.csv,line=17::site_id: unknown site 'x'; it is 50 %25 wrong,"
        "%0Aor 'é'",
        "::error file=a%2Cb/sites.csv::no such file",
        "::notice file=a%2Cb/sources.csv::publisher: 1 publisher",
    ]
    for folder in (tmp_path / "a,b", Path("a,b")):
        assert told(FOUND, Format.GITHUB, folder).split("\n") == expected
