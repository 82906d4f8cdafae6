"""A record that nobody keeps up: whoever calls `due`, the operator and `status` are told."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import ten_attacks
from conftest import Command

from analysis.errors import RecordError
from analysis.publish.order import Order
from analysis.schedule import ledger
from analysis.schedule.clock import moment
from analysis.schedule.config import load
from analysis.schedule.due import due
from analysis.schedule.freshness import complaint
from analysis.schedule.rules import duration
from analysis.schedule.status import status

MAIL = """[mail]
host = "localhost"
sender = "desk@example.org"
operator = "operator@example.org"
"""

#: Of the ten attacks, of which the last was reported on 7 November.
STALE = (
    "The record ends on 2023-11-07, 4 days before today; the limit is 3d: add what has been "
    "reported since, or raise stale_after under [record] if nothing has."
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a record and a limit of three days; what is remembered is of this test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ten_attacks.write(tmp_path / "data")
    configure(tmp_path, '[record]\nstale_after = "3d"\n')
    return tmp_path


def configure(desk: Path, record: str) -> None:
    (desk / "brinkwatch.toml").write_text(MAIL + record)


def called(desk: Path, now: str) -> list[str]:
    """What a call says of the record."""
    said: list[str] = []
    order = Order("", data=desk / "data", reports=desk / "reports")
    due(load(desk / "brinkwatch.toml"), order, moment(now), warn=said.append)
    return said


def told(desk: Path, now: str) -> dict[str, Any]:
    """What `status` says."""
    with closing(ledger.look(desk / "reports")) as connection:
        return status(connection, load(desk / "brinkwatch.toml"), moment(now))


def mails(desk: Path) -> list[tuple[str, str, str]]:
    """What was to be sent, to whom and why."""
    return [
        (row["folder"], row["address"], row["reason"])
        for row in told(desk, "2023-11-11")["deliveries"]
    ]


def add_milestone(desk: Path, reported_on: str) -> None:
    with (desk / "data" / "milestones.csv").open("a", encoding="utf-8") as table:
        table.write(
            f"talks-{reported_on},{reported_on},2023-11-06,,announcement,Talks,{ten_attacks.SOURCE}\n"
        )


@pytest.mark.parametrize(
    ("limit", "now", "days"),
    [
        ("3d", "2024-03-09T23:59:59", None),
        ("3d", "2024-03-10T00:00:00", "4 days"),
        ("12h", "2024-03-07T11:59:59", None),
        ("12h", "2024-03-07T12:00:00", "1 day"),
        ("1d12h", "2024-03-08T12:00:00", "2 days"),
        ("3d", "2024-03-05T12:00:00", None),
    ],
)
def test_a_record_is_stale_when_the_day_on_which_it_ends_is_beyond_the_limit(
    limit: str, now: str, days: str | None
) -> None:
    said = complaint(dt.date(2024, 3, 6), duration(limit), moment(now))
    if days is None:
        assert said is None
    else:
        assert said is not None
        first = f"The record ends on 2024-03-06, {days} before today; the limit is {limit}: add "
        assert said.startswith(first)


def test_each_call_says_that_the_record_is_stale_and_the_operator_hears_once(desk: Path) -> None:
    assert called(desk, "2023-11-11T06:00") == [STALE]
    assert called(desk, "2023-11-11T06:10") == [STALE]
    assert called(desk, "2023-11-12T06:00") == [STALE.replace("4 days", "5 days")]
    first = ("upkeep of the record, which ends on 2023-11-07", "operator@example.org", STALE)
    assert mails(desk) == [first]
    add_milestone(desk, "2023-11-09")
    assert called(desk, "2023-11-12T06:10") == []
    (again,) = called(desk, "2023-11-13T06:00")
    assert "ends on 2023-11-09, 4 days before today" in again
    assert [what for what, *_ in mails(desk)] == [
        "upkeep of the record, which ends on 2023-11-09", first[0]
    ]  # fmt: skip


def test_of_a_record_that_is_kept_up_nothing_is_said(desk: Path) -> None:
    assert called(desk, "2023-11-10T23:59") == []
    assert mails(desk) == []
    well = told(desk, "2023-11-10T23:59")
    assert (well["healthy"], well["stale"], well["record_through"]) == (True, None, "2023-11-07")


def test_rows_of_the_future_keep_no_record_up(desk: Path) -> None:
    add_milestone(desk, "2034-01-01")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert called(desk, "2023-11-11T06:00") == [STALE]
        assert called(desk, "2023-11-11T06:00") == [STALE]
    add_milestone(desk, "2023-11-12")  # where the source is, it is tomorrow already
    assert called(desk, "2023-11-11T06:00") == []


def test_status_says_so_until_a_call_has_seen_a_newer_row(desk: Path) -> None:
    assert told(desk, "2023-11-11")["healthy"]  # nobody has looked
    called(desk, "2023-11-08")
    assert told(desk, "2023-11-10")["healthy"]
    ill = told(desk, "2023-11-11")
    assert (ill["healthy"], ill["stale"]) == (False, STALE)
    add_milestone(desk, "2023-11-10")
    called(desk, "2023-11-11")
    assert told(desk, "2023-11-11")["healthy"]
    events = [(event["what"], event["detail"]) for event in told(desk, "2023-11-11")["events"]]
    assert events == [("record through", "2023-11-10"), ("record through", "2023-11-07")]


def test_a_record_that_has_not_changed_is_not_read_again(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(desk, "2023-11-11") == [STALE]
    monkeypatch.delattr("analysis.record.read")
    assert called(desk, "2023-11-11") == [STALE]


def test_without_a_limit_nobody_looks(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("analysis.record.read")
    for nothing in ("", "[record]\n"):
        configure(desk, nothing)
        assert called(desk, "2023-12-11") == []
    called(desk, "2023-12-11")
    assert told(desk, "2023-12-11")["healthy"]


def test_a_record_with_faults_is_not_judged(desk: Path) -> None:
    add_milestone(desk, "2023-13-01")
    assert called(desk, "2023-12-11") == []
    assert mails(desk) == []


def test_the_command_says_so_on_standard_error_and_status_is_unwell(
    desk: Path, command: Command
) -> None:
    options = ("--config", desk / "brinkwatch.toml", "--reports", desk / "reports")
    now = ("--now", "2023-11-11T06:00")
    done = command("due", *options, *now, "--data", desk / "data")
    assert (done.code, done.out, done.err) == (0, "", f"{STALE}\n")
    table = command("status", *options, *now)
    assert table.code == 3
    assert STALE.partition(":")[0] in " ".join(table.out.split())
    machine = command("status", "--json", *options, *now)
    assert json.loads(machine.out)["stale"] == STALE


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("[record]\nstale_after = 3", "6: record.stale_after: 3 is not a span of time; write it a"),
        ("[record]\nstale = '3d'", "6: record.stale: unknown key 'stale'; did you mean 'stale_aft"),
        ("[[record]]\nstale_after = '3d'", "5: record: write this as a table below the line [reco"),
    ],
)  # fmt: skip
def test_a_limit_that_cannot_be_is_named(desk: Path, record: str, said: str) -> None:
    configure(desk, record)
    with pytest.raises(RecordError) as fault:
        load(desk / "brinkwatch.toml")
    assert str(fault.value).startswith(f"brinkwatch.toml:{said}")
