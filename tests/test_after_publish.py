"""`after_publish`: a command that runs once for each edition that a schedule has published."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import CHECKOUT
from published import publish_report

from analysis.publish.order import Order
from analysis.schedule import afterwards, ledger
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment, stamp
from analysis.schedule.due import Again, due
from analysis.schedule.settings import Config, Mail, Schedule, Site
from analysis.schedule.status import status

#: Writes down what it was given, and ends as the file `end` says, if there is one.
COMMAND = """
import json, os, pathlib, sys, time
told = json.load(sys.stdin)
with open("ran.jsonl", "a") as log:
    here = os.environ.get("OPS_SECRET")
    print(json.dumps({"arguments": sys.argv[1:], "told": told, "secret": here}), file=log)
if os.path.exists("end"):
    exec(open("end").read())
"""
DAY = dt.timedelta(days=1)


@dataclass
class Desk:
    """A desk with one schedule, the reports of which are made at once."""

    folder: Path
    config: Config
    lines: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def make(self, order: Order, limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
        day = str(order.parameters["as_of"])
        line = self.lines.get(day, "12 attacks.")
        return Outcome(folder=publish_report(self.reports, day, bottom_line=line))

    def call(self, now: dt.datetime, again: Again | None = None) -> None:
        order = Order("", data=CHECKOUT / "data", reports=self.reports)
        due(self.config, order, now, make=self.make, warn=self.said.append, again=again)

    def ran(self) -> list[dict[str, Any]]:
        log = self.folder / "ran.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def troubles(self, now: dt.datetime) -> list[dict[str, Any]]:
        with closing(ledger.look(self.reports)) as connection:
            found = status(connection, self.config, now, reports=self.reports)["troubles"]
            return [one for one in found if one["kind"] == "after"]

    def operator_heard(self) -> list[str]:
        with closing(ledger.look(self.reports)) as connection:
            rows = connection.execute("SELECT * FROM delivery WHERE kind = 'failure'")
            return [f"{row['folder']}: {row['reason']}" for row in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    script = tmp_path / "tell.py"
    script.write_text(COMMAND)
    schedule = Schedule(
        "daily", "brief", "0 6 * * *", retries=1, time_limit=dt.timedelta(seconds=5),
        after_publish=(sys.executable, "tell.py", "--quiet", "--quiet"),
    )  # fmt: skip
    mail = Mail("localhost", "desk@example.org", operator="operator@example.org",
                password_env="OPS_SECRET", user="desk")  # fmt: skip
    site = Site(address="https://share.example.org/")
    return Desk(tmp_path, Config(tmp_path / "brinkwatch.toml", (schedule,), mail=mail, site=site))


MORNING = moment("2024-01-29T06:05:00Z")


def test_it_runs_once_for_each_edition_and_knows_which(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_SECRET", "hunter2")
    for minutes in (0, 10, 20):
        desk.call(MORNING + dt.timedelta(minutes=minutes))
    # The same edition made again is the same edition.
    desk.call(MORNING + dt.timedelta(minutes=30), Again("daily"))
    (ran,) = desk.ran()
    told = ran["told"]
    assert ran["arguments"] == ["--quiet", "--quiet", str(desk.reports / "brief/2024-01-29")]
    assert ran["secret"] is None
    assert (told["schedule"], told["slot"]) == ("daily", "2024-01-29T06:00:00Z")
    assert (told["report"], told["as_of"], told["lead"]) == ("brief", "2024-01-29", "12 attacks.")
    assert told["link"] == "https://share.example.org/brief/2024-01-29/brief.html"
    desk.lines["2024-01-29"] = "13 attacks."
    desk.call(MORNING + dt.timedelta(minutes=40), Again("daily"))
    desk.call(MORNING + DAY)
    editions = [(one["told"]["as_of"], one["told"]["edition"]) for one in desk.ran()]
    assert editions == [("2024-01-29", 1), ("2024-01-29", 2), ("2024-01-30", 1)]
    assert (desk.said, desk.troubles(MORNING + DAY)) == ([], [])


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("sys.exit('no share')", "it ended with exit code 1: no share"),
        ("os.kill(os.getpid(), 9)", "it ended with signal SIGKILL"),
        ("time.sleep(60)", "it took longer than its time limit, 0:00:00.500000"),
    ],
)
def test_that_it_failed_is_told_and_fails_no_edition(desk: Desk, end: str, why: str) -> None:
    (schedule,) = desk.config.schedules
    brief = replace(schedule, time_limit=dt.timedelta(seconds=0.5 if "sleep" in end else 5))
    desk.config = replace(desk.config, schedules=(brief,))
    (desk.folder / "end").write_text(end)
    begun = time.monotonic()
    for minutes in (0, 10):
        desk.call(MORNING + dt.timedelta(minutes=minutes))
    assert time.monotonic() - begun < 10
    what = "after_publish of daily for brief/2024-01-29"
    mend = "brinkwatch due --retry daily 2024-01-29T06:00:00Z"
    assert desk.said == [f"{what}: {why}."]
    (heard,) = desk.operator_heard()
    assert heard.startswith(f"{what}: {why}")
    assert heard.endswith(mend)
    (trouble,) = desk.troubles(MORNING)
    assert (trouble["reason"], trouble["mend"]) == (why, mend)
    assert (desk.reports / "brief/2024-01-29/brief.pdf").exists()
    (desk.folder / "end").unlink()
    desk.call(MORNING + dt.timedelta(minutes=20), Again("daily", moment("2024-01-29T06:00:00Z")))
    assert len(desk.ran()) == 2
    assert desk.troubles(MORNING) == []


def test_a_command_that_there_is_not_is_told(desk: Desk) -> None:
    (schedule,) = desk.config.schedules
    missing = replace(schedule, after_publish=("./no-such-program",))
    desk.config = replace(desk.config, schedules=(missing,))
    desk.call(MORNING)
    assert desk.said == [
        "after_publish of daily for brief/2024-01-29: ./no-such-program cannot be started: "
        "No such file or directory."
    ]


def test_what_a_call_was_killed_in_is_told_and_what_it_left_is_run(desk: Desk) -> None:
    """Killed after the report was made, and while the command of another ran."""
    desk.call(MORNING)
    folder = publish_report(desk.reports, "2024-01-28")
    with closing(ledger.open(desk.reports)) as connection:
        connection.execute("UPDATE afterwards SET state = 'running'")
        (schedule,) = desk.config.schedules
        afterwards.owe(connection, schedule, desk.reports, folder, MORNING)
    assert len(desk.troubles(MORNING + DAY / 2)) == 2
    desk.call(MORNING + DAY / 2)
    assert [one["told"]["folder"] for one in desk.ran()] == ["brief/2024-01-29", folder]
    (said,) = desk.said
    assert "it left no word" in said


def test_a_correction_is_an_edition_for_those_that_made_the_report(desk: Desk) -> None:
    desk.call(MORNING)
    folder = publish_report(desk.reports, "2024-01-29", bottom_line="13 attacks.")
    by_hand = publish_report(desk.reports, "2024-01-20")
    with closing(ledger.open(desk.reports)) as connection:
        for one in (folder, by_hand):
            afterwards.owe_all(connection, desk.config, desk.reports, one, MORNING)
    desk.call(MORNING + dt.timedelta(minutes=10))
    assert [one["told"]["edition"] for one in desk.ran()] == [1, 2]
    assert desk.ran()[1]["told"]["slot"] == stamp(moment("2024-01-29T06:00:00Z"))
