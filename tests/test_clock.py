"""The command alone asks the clock: what is ahead of it is refused, and no page depends on it."""

from __future__ import annotations

import ast
import datetime as dt
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest
from conftest import CHECKOUT, DATA
from small_record import add, write

from analysis import cli
from analysis.errors import RecordWarning, UsageError
from analysis.publish import run as publishing
from analysis.publish.order import Order
from analysis.publish.plan import Plan, recalled, settled
from analysis.record import read
from analysis.record.reading import check
from analysis.schedule.clock import moment, today

#: What reads a clock, by module.
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("Timestamp", "now"), ("Timestamp", "today"), ("time", "time"), ("time", "time_ns"),
    ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
}  # fmt: skip


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """A brief of a small record, ordered on a day of January, with a memory of its own."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    data = tmp_path / "data"
    data.mkdir()
    return Order(
        "brief",
        {"as_of": "2023-11-30"},
        write(data),
        tmp_path / "reports",
        today=dt.date(2024, 1, 31),
    )


def plan(order: Order) -> Plan:
    (plan,), _ = settled([order])
    return plan


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["brinkwatch", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_only_the_clock_asks_what_time_it_is():
    asked = []
    for path in sorted((CHECKOUT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = getattr(owner, "attr", getattr(owner, "id", ""))
                if (name, node.attr) in CLOCKS:
                    asked.append(path.name)
    assert asked == ["clock.py"]


def test_today_is_a_day_in_utc_and_now_replaces_it():
    assert today("2024-03-10T21:00-04:00") == dt.date(2024, 3, 11)
    assert abs(today() - dt.datetime.now(dt.UTC).date()) <= dt.timedelta(days=1)


def test_what_is_no_moment_is_named_by_what_gives_it():
    for name in ("--now", "SLOT"):
        with pytest.raises(UsageError, match=f"^{name}: 'yesterday' is not a moment"):
            moment("yesterday", name)


def test_a_day_more_than_a_day_ahead_is_refused_before_the_record_is_read(order: Order):
    ahead = replace(order, parameters={"as_of": "2024-02-02"}, data=order.data / "nowhere")
    with pytest.raises(UsageError) as refused:
        settled([ahead])
    assert str(refused.value) == (
        "as_of: 2024-02-02 is more than a day ahead of today, 2024-01-31; "
        "nothing can be known of it yet."
    )
    plan(order)
    with pytest.raises(UsageError):
        recalled([replace(ahead, data=order.data)])


def test_tomorrow_may_have_come_where_the_source_is(order: Order):
    assert plan(replace(order, parameters={"as_of": "2024-02-01"})).values["as_of"] == "2024-02-01"


def test_who_does_not_say_which_day_it_is_may_ask_for_any(order: Order):
    late = replace(order, parameters={"as_of": "2034-01-01"}, today=None)
    assert plan(late).values["as_of"] == "2034-01-01"


@pytest.mark.parametrize("table", ["attacks", "tallies", "deployments", "responses", "milestones"])
def test_what_is_reported_in_the_future_is_a_fault_then_and_a_remark_before(
    order: Order, table: str
):
    before = plan(order)
    line = add(order.data, table, reported_on="2034-01-01")
    (fault,) = check(order.data, dt.date(2024, 1, 31))
    assert (fault.file, fault.line, fault.column) == (f"{table}.csv", line, "reported_on")
    with pytest.warns(RecordWarning, match=rf"after 2024-02-01.*: {table}\.csv \(2034-01-01\)"):
        after = plan(order)
    assert after.made_from == before.made_from
    assert check(order.data, dt.date(2033, 12, 31)) == []


def test_what_is_ahead_is_told_each_time(order: Order):
    add(order.data, "attacks", reported_on="2034-01-01")
    for _ in range(2):
        assert recalled([order]) is None
        with pytest.warns(RecordWarning):
            plan(order)


def test_what_was_remembered_of_a_later_day_does_not_count_on_an_earlier_one(order: Order):
    add(order.data, "attacks", reported_on="2024-03-01")
    newest = replace(order, parameters={}, today=dt.date(2024, 3, 1))
    assert plan(newest).values["as_of"] == "2024-03-01"
    earlier = replace(newest, today=dt.date(2024, 1, 31))
    assert recalled([newest]) is not None
    assert recalled([earlier]) is None
    with pytest.warns(RecordWarning):
        assert plan(earlier).values["as_of"] == "2023-10-20"


def test_what_is_made_for_a_past_day_depends_on_no_clock(order: Order):
    days = [None, dt.date(2023, 11, 30), dt.date(2024, 1, 31), dt.date(2199, 12, 31)]
    made_from = [plan(replace(order, today=day)).made_from for day in days]
    assert made_from == made_from[:1] * len(days)
    assert replace(order, today=None) == order


def test_a_notebook_is_told_nothing_of_the_future(order: Order):
    add(order.data, "attacks", reported_on="2034-01-01")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(order.data).attacks) == 4


def test_the_newest_report_is_none_of_the_future(order: Order):
    add(order.data, "attacks", reported_on="2034-01-01")
    record = read(order.data)
    assert record.contents().newest_report == dt.date(2034, 1, 1)
    assert record.contents(dt.date(2024, 1, 31)).newest_report == dt.date(2023, 10, 20)
    assert record.contents(dt.date(2023, 10, 18)).newest_report == dt.date(2023, 10, 19)
    assert record.contents(dt.date(2023, 1, 1)).newest_report is None


def test_check_is_asked_as_of_the_day_that_now_gives(
    order: Order, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert command(monkeypatch, "check", "--data", order.data, "--now", "2023-11-30T12:00") == 0
    capsys.readouterr()
    assert command(monkeypatch, "check", "--data", order.data, "--now", "2023-11-29T12:00") == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "milestones.csv:2: reported_on: '2023-12-01' is more than a day ahead of today, "
        "2023-11-29; give the day on which the source published it"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "brief", "--as-of", "2024-02-01"),
        ("fleet", "brief", "--from", "2024-01-01", "--to", "2024-02-12", "--every", "7d"),
    ],
)
def test_a_run_of_a_day_to_come_is_exit_code_2_and_makes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
):
    reports = tmp_path / "reports"
    options = ("--data", DATA, "--reports", reports, "--now", "2024-01-30T23:59Z")
    assert command(monkeypatch, *arguments, *options) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "is more than a day ahead of today, 2024-01-30" in err
    assert not reports.exists()


def test_a_remark_of_a_run_is_one_plain_line(
    order: Order, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    add(order.data, "attacks", reported_on="2034-01-01")

    def make(given: Order) -> Path:
        plan(given)
        return given.reports

    monkeypatch.setattr(publishing, "run", make)
    options = ("--data", order.data, "--now", "2024-01-31T00:00")
    assert command(monkeypatch, "run", "brief", "--as-of", "2023-11-30", *options) == 0
    assert capsys.readouterr().err == (
        "Remark: there are rows reported after 2024-02-01, more than a day ahead: attacks.csv "
        "(2034-01-01); `brinkwatch check` names their lines; no report of an earlier day sees "
        "them.\n"
    )


@pytest.mark.parametrize("name", ["check", "run", "fleet", "due", "deliver", "status"])
def test_whatever_asks_the_clock_takes_now(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
):
    assert command(monkeypatch, name, "--help") == 0
    assert "--now" in capsys.readouterr().out
