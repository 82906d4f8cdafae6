"""`brinkwatch due` and `status`: everything owed is made once, whoever calls and whoever dies."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import CHECKOUT, DATA, Command
from nbformat.v4 import new_code_cell, new_notebook

from analysis.errors import UsageError
from analysis.publish import archive
from analysis.publish.lock import lock
from analysis.publish.order import Order
from analysis.schedule import ledger, notes
from analysis.schedule.attempt import Outcome, attempt, made
from analysis.schedule.clock import moment
from analysis.schedule.config import load
from analysis.schedule.due import Again, Made, due
from analysis.schedule.settings import Config
from analysis.schedule.status import status

DAILY = """[[schedule]]
name = "daily"
report = "small"
cron = "0 6 * * *"
timezone = "America/New_York"
start = "2024-03-01"
catch_up = {catch_up}
retries = {retries}
retry_after = "10m"
{more}
[mail]
host = "localhost"
sender = "desk@example.org"
operator = "operator@example.org"
"""

#: Makes a report that is five small files, and writes down that it did.
STAND_IN = """
import json, os, time
from analysis.publish.archive import publish
from analysis.schedule.attempt import Outcome

def make(order, time_limit, hidden):
    day = order.parameters["as_of"]
    with (order.reports.parent / "made.log").open("a") as log:
        log.write(f"{day}\\n")
    manifest = {"report": order.report, "as_of": day, "parameters": {"marking": "TLP:GREEN"},
                "files": {}}
    files = {f"{order.report}.{kind}": day.encode() * 999 for kind in ("html", "pdf", "ipynb")}
    files |= {"facts.json": b"{}", "manifest.json": json.dumps(manifest).encode()}
    publish(files, order.reports, order.report, day)
    return Outcome(folder=f"{order.report}/{day}")
"""

CALL = """
import sys
from pathlib import Path
from analysis.publish.order import Order
from analysis.schedule.clock import moment
from analysis.schedule.config import load
from analysis.schedule.due import due

def call(folder, now):
    folder = Path(folder)
    config = load(folder / "brinkwatch.toml", folder / "notebooks")
    order = Order("", reports=folder / "reports", notebooks=folder / "notebooks")
    return due(config, order, moment(now), make=make)
"""

#: In each round, processes that wait at a pipe call `due` at the same moment.
ROUNDS = f"""{STAND_IN}{CALL}
for day in range(1, 21):
    waiting, go = os.pipe()
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(waiting, 1)
            call(sys.argv[1], f"2024-03-{{day:02}}T12:00")
            os._exit(0)
        children.append(child)
    os.close(waiting)
    time.sleep(0.02)
    os.close(go)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
"""

#: Whenever a line comes in: calls `due` for day after day until it is killed at some moment.
KILLED = f"""{STAND_IN}{CALL}
import random, signal
from datetime import date, timedelta
chance = random.Random(20240301)
day = date(2024, 3, 1)
for _ in sys.stdin:
    reached, write = os.pipe()
    child = os.fork()
    while child == 0:
        os.write(write, b".")
        call(sys.argv[1], f"{{day}}T12:00")
        day += timedelta(days=1)
    os.close(write)
    done = chance.randrange(3)
    for _ in range(done + 1):
        os.read(reached, 1)
    time.sleep(chance.uniform(0, 0.06))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    day += timedelta(days=done + len(os.read(reached, 9999)))
    os.close(reached)
    print(day, flush=True)
"""


def small(folder: Path, *sources: str, further: str = "") -> Path:
    """Write the report `small`, of these cells after its parameters."""
    parameters = f"as_of = None\nmarking = 'TLP:CLEAR'\n{further}"
    cells = [
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        *map(new_code_cell, sources),
    ]
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / "small.ipynb")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report and a schedule for it, on 1 March 2024 the first time."""
    small(tmp_path / "notebooks", "as_of")
    configure(tmp_path)
    return tmp_path


def configure(folder: Path, catch_up: int = 3, more: str = "", retries: int = 2) -> Config:
    path = folder / "brinkwatch.toml"
    path.write_text(DAILY.format(catch_up=catch_up, more=more, retries=retries))
    return load(path, folder / "notebooks")


def stand_in(
    made: list[str], fail: Callable[[str], Outcome | None] = lambda day: None
) -> Callable[..., Outcome]:
    """What makes a report at once, or fails as it is told."""

    def make(order: Order, time_limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
        day = str(order.parameters["as_of"])
        made.append(day)
        if failure := fail(day):
            return failure
        publish(order.reports, day)
        return Outcome(folder=f"small/{day}")

    return make


def publish(reports: Path, day: str, report: str = "small") -> None:
    said = {"report": report, "as_of": day, "parameters": {"marking": "TLP:GREEN"}}
    manifest = said | {"files": {}}
    archive.publish({"manifest.json": json.dumps(manifest).encode()}, reports, report, day)


def call(
    folder: Path, now: str, make: Any, config: Config | None = None, **options: Any
) -> list[Made] | None:
    order = Order("", data=DATA, reports=folder / "reports", notebooks=folder / "notebooks")
    config = config or load(folder / "brinkwatch.toml", folder / "notebooks")
    return due(config, order, moment(now), make=make, **options)


def rows(folder: Path, query: str = "SELECT * FROM slot ORDER BY slot") -> list[dict[str, Any]]:
    connection = ledger.look(folder / "reports")
    try:
        return [dict(row) for row in connection.execute(query)]
    finally:
        connection.close()


def told(folder: Path, now: str, **options: Any) -> dict[str, Any]:
    connection = ledger.look(folder / "reports")
    config = load(folder / "brinkwatch.toml", folder / "notebooks")
    try:
        return status(connection, config, moment(now), **options)
    finally:
        connection.close()


def test_a_month_of_many_calls_a_day_makes_31_reports(folder: Path) -> None:
    made: list[str] = []
    config = configure(folder)
    for hour in range(0, 24 * 31 + 1, 4):
        now = moment("2024-03-01T05:00Z") + dt.timedelta(hours=hour)
        call(folder, now.isoformat(), stand_in(made), config)
    assert made == [f"2024-03-{day:02}" for day in range(1, 32)]
    assert Counter(row["state"] for row in rows(folder)) == {"done": 31}


def test_after_five_days_off_what_catch_up_allows_is_made_oldest_first(folder: Path) -> None:
    made: list[str] = []
    call(folder, "2024-03-01T12:00", stand_in(made))
    call(folder, "2024-03-07T12:00", stand_in(made))
    assert made == ["2024-03-01", "2024-03-05", "2024-03-06", "2024-03-07"]
    assert [(row["as_of"][-2:], row["state"]) for row in rows(folder)] == [
        ("01", "done"), ("02", "skipped"), ("03", "skipped"), ("04", "skipped"), ("05", "done"),
        ("06", "done"), ("07", "done"),
    ]  # fmt: skip


def test_eight_callers_at_once_make_each_report_once(folder: Path) -> None:
    subprocess.run([sys.executable, "-c", ROUNDS, folder], check=True)
    days = [f"2024-03-{day:02}" for day in range(1, 21)]
    assert (folder / "made.log").read_text().split() == days
    assert [(row["as_of"], row["state"], row["attempts"]) for row in rows(folder)] == [
        (day, "done", 1) for day in days
    ]


def test_whoever_comes_second_says_so_and_leaves(folder: Path, command: Command) -> None:
    made: list[str] = []
    with lock(folder / "reports", "due") as held:
        assert held
        assert call(folder, "2024-03-01T12:00", stand_in(made)) is None
        done = command(
            "due", "--config", CHECKOUT / "brinkwatch.example.toml", "--reports", folder / "reports"
        )
    assert made == []
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Another `brinkwatch due` is at work on this archive: process ")


def test_killed_at_any_moment_ledger_and_archive_agree_and_the_next_call_completes(
    folder: Path,
) -> None:
    configure(folder, catch_up=1000, retries=100)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(50):
            process.stdin.write("\n")
            process.stdin.flush()
            day = process.stdout.readline().strip()
            check_that_ledger_and_archive_agree(folder)
        process.stdin.close()
    call(folder, f"{day}T12:00", stand_in([]))
    every = rows(folder)
    count = (dt.date.fromisoformat(day) - dt.date(2024, 3, 1)).days + 1
    assert count > 20
    assert len(every) == count
    assert {row["state"] for row in every} == {"done"}
    # Each kill while a slot was being made was an attempt at it.
    assert sum(row["attempts"] for row in every) - len(every) <= 50
    check_that_ledger_and_archive_agree(folder)
    # Nothing was made anew but what a kill interrupted.
    times = Counter((folder / "made.log").read_text().split())
    assert sum(times.values()) - len(times) <= 50


def check_that_ledger_and_archive_agree(folder: Path) -> None:
    """What is done is published whole, and at most one slot was being made."""
    assert rows(folder, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    states = Counter(row["state"] for row in rows(folder))
    assert states["running"] <= 1
    for row in rows(folder, "SELECT * FROM slot WHERE state = 'done'"):
        assert len(list((folder / "reports" / row["folder"]).iterdir())) in (1, 5)
    for report in (folder / "reports" / "small").glob("2*"):
        assert len(list(report.iterdir())) in (1, 5)


def test_what_fails_is_tried_again_later_then_given_up_and_the_operator_hears(folder: Path) -> None:
    made: list[str] = []
    failure = Outcome(reason="small: cell 2 (1 / 0) failed.", cell="cell 2:\n1 / 0")
    make = stand_in(made, lambda day: failure)
    tries = {
        "12:00": 1, "12:00:01": 1, "12:09": 1, "12:10": 2, "12:29": 2, "12:30": 3, "23:00": 3
    }  # fmt: skip
    for now, attempts in tries.items():
        outcome = call(folder, f"2024-03-01T{now}", make)
        assert outcome is not None
        assert [one.given_up for one in outcome] in ([], [now == "12:30"])
        assert len(made) == attempts
    (slot,) = rows(folder)
    assert (slot["state"], slot["attempts"], slot["next_try"]) == ("failed", 3, None)
    assert (slot["reason"], slot["cell"]) == (failure.reason, failure.cell)
    (mail,) = rows(folder, "SELECT * FROM delivery")
    assert (mail["kind"], mail["address"], mail["state"]) == (
        "failure", "operator@example.org", "pending"
    )  # fmt: skip
    assert mail["folder"] == "daily/2024-03-01T11:00:00Z"
    assert mail["reason"] == failure.reason


def test_what_died_without_a_word_too_often_is_given_up_aloud(folder: Path) -> None:
    def dies(*_: object) -> Outcome:
        raise KeyboardInterrupt

    configure(folder, retries=1)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            call(folder, "2024-03-01T12:00", dies)
    (lost,) = call(folder, "2024-03-01T12:30", stand_in([])) or []
    assert lost.given_up
    assert str(lost) == (
        "daily 2024-03-01T11:00:00Z: small as of 2024-03-01: failed, given up: the process that "
        "made it was killed, or the machine stopped; it left no word"
    )
    assert call(folder, "2024-03-01T12:40", stand_in([])) == []


def test_one_that_fails_does_not_hold_up_the_others(folder: Path) -> None:
    made: list[str] = []
    failure = Outcome(reason="no")
    call(folder, "2024-03-03T12:00", stand_in(made, lambda d: failure if d[-1] == "1" else None))
    assert [(row["state"], row["attempts"]) for row in rows(folder)] == [
        ("owed", 1), ("done", 1), ("done", 1)
    ]  # fmt: skip
    call(folder, "2024-03-03T12:10", stand_in(made))
    assert made == ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-01"]
    assert {row["state"] for row in rows(folder)} == {"done"}


def ordered(folder: Path, now: str) -> list[dict[str, object]]:
    """The parameters of what a call orders."""
    orders: list[Order] = []

    def make(order: Order, *_: object) -> Outcome:
        orders.append(order)
        return Outcome(folder="")

    call(folder, now, make)
    return [dict(order.parameters) for order in orders]


def test_changes_are_counted_since_the_slot_before_whenever_it_is_made(folder: Path) -> None:
    small(folder / "notebooks", "since", further="since = None")
    days = [{"as_of": "2024-03-01", "since": "2024-02-29"},
            {"as_of": "2024-03-02", "since": "2024-03-01"},
            {"as_of": "2024-03-10", "since": "2024-03-09"}]  # fmt: skip
    assert ordered(folder, "2024-03-02T12:00") == days[:2]
    configure(folder, catch_up=1)
    assert ordered(folder, "2024-03-10T12:00") == days[2:]


def test_a_report_that_does_not_know_since_is_not_told(folder: Path) -> None:
    assert ordered(folder, "2024-03-01T12:00") == [{"as_of": "2024-03-01"}]


def deliver_everything(folder: Path) -> None:
    """As if the operator had got what is owed to them."""
    connection = ledger.open(folder / "reports")
    connection.execute("UPDATE delivery SET state = 'sent'")
    connection.close()


def test_status_is_unwell_until_the_slot_itself_is_made_good(folder: Path) -> None:
    """The same report made for another, or by hand, is not the schedule's: see its parameters."""
    failure = Outcome(reason="no")
    config = configure(folder, more="")
    for now in ("12:00", "12:10", "12:30"):
        call(folder, f"2024-03-01T{now}", stand_in([], lambda day: failure), config)
    deliver_everything(folder)
    publish(folder / "reports", "2024-03-01")  # by hand
    call(folder, "2024-03-01T14:00", stand_in([]))
    ill = told(folder, "2024-03-01T14:00")
    assert not ill["healthy"]
    assert [row["as_of"] for row in ill["failed"]] == ["2024-03-01"]
    (trouble,) = ill["troubles"]
    assert trouble["mend"] == "brinkwatch due --retry daily 2024-03-01T11:00:00Z"
    again = Again("daily", moment("2024-03-01T11:00:00Z"))
    made = call(folder, "2024-03-01T15:00", stand_in([]), again=again)
    assert [one.given_up for one in made or []] == [False]
    assert told(folder, "2024-03-01T15:00")["healthy"]


def test_a_later_slot_that_is_done_makes_good_too(folder: Path) -> None:
    for now in ("12:00", "12:10", "12:30"):
        call(folder, f"2024-03-01T{now}", stand_in([], lambda day: Outcome(reason="no")))
    deliver_everything(folder)
    call(folder, "2024-03-02T12:00", stand_in([]))
    assert told(folder, "2024-03-02T13:00")["healthy"]


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (Again("dialy"), "There is no schedule 'dialy'; did you mean 'daily'"),
        (Again("daily", moment("2024-03-02T10:00Z")), "is no slot of daily that has passed; the "
         "newest before it is 2024-03-01T11:00:00Z"),
        (Again("daily", moment("2024-03-03T11:00Z")), "is no slot of daily that has passed"),
    ],
)  # fmt: skip
def test_what_is_no_slot_cannot_be_made_again(folder: Path, again: Again, said: str) -> None:
    made: list[str] = []
    with pytest.raises(UsageError, match=said):
        call(folder, "2024-03-02T12:00", stand_in(made), again=again)
    assert made == []


def test_a_slot_is_made_again_with_all_its_attempts(folder: Path) -> None:
    """Without a slot the newest that is missing; one from before the ledger, too."""
    failure = Outcome(reason="no")
    for now in ("12:00", "12:10", "12:30"):
        call(folder, f"2024-03-01T{now}", stand_in([], lambda day: failure))
    for now in ("13:00", "13:10", "13:30"):
        again = Again("daily") if now == "13:00" else None
        call(folder, f"2024-03-01T{now}", stand_in([], lambda day: failure), again=again)
    (slot,) = rows(folder)
    assert (slot["state"], slot["attempts"]) == ("failed", 3)
    # The operator hears of it each time that it is given up.
    assert len(rows(folder, "SELECT * FROM delivery WHERE kind = 'failure'")) == 2
    old = Again("daily", moment("2024-02-20T11:00Z"))
    made: list[str] = []
    call(folder, "2024-03-01T14:00", stand_in(made), again=old)
    assert made == ["2024-02-20"]


def test_a_slot_is_given_after_the_name_of_its_schedule(command: Command) -> None:
    shown = command("due", "2024-03-01T11:00Z")
    assert (shown.code, shown.out) == (2, "")
    assert "a slot is given after --retry" in shown.err


def test_a_schedule_that_was_taken_out_owes_nothing(folder: Path) -> None:
    call(folder, "2024-03-01T12:00", stand_in([], lambda day: Outcome(reason="no")))
    path = folder / "brinkwatch.toml"
    path.write_text(path.read_text().replace('"daily"', '"nightly"'))
    call(folder, "2024-03-01T13:00", stand_in([]))
    assert [(row["schedule"], row["state"]) for row in rows(folder)] == [
        ("daily", "skipped"), ("nightly", "done")
    ]  # fmt: skip


def test_status_knows_when_nobody_called(folder: Path) -> None:
    call(folder, "2024-03-01T12:00", stand_in([]))
    two_hours = dt.timedelta(hours=2)
    assert told(folder, "2024-03-02T12:59", patience=two_hours)["healthy"]
    late = told(folder, "2024-03-02T13:01", patience=two_hours)
    assert (late["healthy"], late["late"]) == (False, ["daily"])
    assert late["schedules"][0]["overdue"] == "2024-03-02T11:00:00Z"
    assert late["schedules"][0]["next"] == "2024-03-03T11:00:00Z"


def test_reports_made_by_hand_are_noted_and_what_went_is_forgotten(folder: Path) -> None:
    reports = folder / "reports"
    connection = ledger.open(reports)
    publish(reports, "2024-01-29", "brief")
    (reports / "brief" / "latest").symlink_to("2024-01-29")
    (reports / "notes").mkdir()
    (reports / "notes" / "x").mkdir()
    (reports / "notes" / "x" / "manifest.json").write_text("[]")
    assert notes.note_publications(connection, reports, moment("2024-02-01")) == 1
    assert notes.note_publications(connection, reports, moment("2024-02-02")) == 0
    (row,) = connection.execute("SELECT folder, marking, published FROM publication").fetchall()
    assert tuple(row) == ("brief/2024-01-29", "TLP:GREEN", "2024-02-01T00:00:00Z")
    said = {"report": "brief", "as_of": "2024-01-29", "parameters": {}, "files": {}}
    changed = json.dumps(said).encode()
    archive.publish({"manifest.json": changed}, reports, "brief", "2024-01-29")
    assert notes.note_publications(connection, reports, moment("2024-02-03")) == 1
    # What cannot be read any more is not new, and not gone.
    (reports / "brief" / "2024-01-29" / "manifest.json").write_text("[" * 100_000)
    assert notes.note_publications(connection, reports, moment("2024-02-04")) == 0
    (row,) = connection.execute("SELECT published FROM publication").fetchall()
    assert tuple(row) == ("2024-02-03T00:00:00Z",)
    (reports / "brief" / "2024-01-29" / "manifest.json").unlink()
    notes.note_publications(connection, reports, moment("2024-02-04"))
    assert connection.execute("SELECT * FROM publication").fetchall() == []


def test_the_command_says_what_happened_as_a_table_and_as_json(
    folder: Path, command: Command
) -> None:
    evil = "small: cell 2 ([bold]x\x1b[31m) failed"
    for now in ("12:00", "12:10", "12:30"):
        call(folder, f"2024-03-01T{now}", stand_in([], lambda day: Outcome(reason=evil)))
    table = command("status", "--reports", folder / "reports", cwd=folder / "notebooks")
    assert table.code == 3, table.err
    assert "daily" in table.out
    assert "cell 2 ([bold]x [31m) failed" in table.out
    assert "could not be made" in table.out
    assert "\x1b" not in table.out
    machine = command("status", "--json", "--reports", folder / "reports", cwd=folder / "notebooks")
    assert machine.code == 3
    content = json.loads(machine.out)
    assert content["slots"][0]["reason"] == evil
    assert content["deliveries_by_state"] == {"pending": 1}


def test_status_of_nothing_makes_nothing(tmp_path: Path, command: Command) -> None:
    done = command("status", "--reports", tmp_path / "reports", cwd=tmp_path)
    assert (done.code, done.out) == (0, "Nothing has been made yet.\n")
    assert not (tmp_path / "reports").exists()


def test_two_thousand_publications_are_all_told(tmp_path: Path, command: Command) -> None:
    first = dt.date(2023, 10, 17)
    manifest = {"report": "brief", "parameters": {"marking": "TLP:CLEAR"}, "files": {}}
    for number in range(2000):
        day = (first + dt.timedelta(days=number)).isoformat()
        (tmp_path / "brief" / day).mkdir(parents=True)
        content = json.dumps(manifest | {"as_of": day})
        (tmp_path / "brief" / day / "manifest.json").write_text(content)
    connection = ledger.open(tmp_path)
    assert notes.note_publications(connection, tmp_path, moment("2029-04-09")) == 2000
    told = command("status", "--json", "--reports", tmp_path, cwd=tmp_path)
    publications = json.loads(told.out)["publications"]
    assert len(publications) == 2000
    assert publications[0]["as_of"] == (first + dt.timedelta(days=1999)).isoformat()
    table = command("status", "--last", "3", "--reports", tmp_path, cwd=tmp_path)
    assert "Publications (2000)" in table.out
    assert table.out.count("TLP:CLEAR") == 3


def test_a_newer_ledger_is_not_touched(tmp_path: Path, command: Command) -> None:
    with sqlite3.connect(tmp_path / ledger.FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    done = command("status", "--reports", tmp_path, cwd=tmp_path)
    first, second = done.out.splitlines()
    assert (done.code, done.err) == (3, "")
    assert first == "Not well: nobody knows whether every reader has what is owed."
    assert "a newer brinkwatch has written it" in second
    machine = command("status", "--json", "--reports", tmp_path, cwd=tmp_path)
    told = json.loads(machine.out)
    assert (machine.code, told["healthy"], told["slots"]) == (3, False, [])


def processes_with(text: str) -> list[str]:
    """Command lines of the processes on this machine that have a text in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def order(folder: Path, day: str = "2024-03-01") -> Order:
    return Order("small", {"as_of": day}, DATA, folder / "reports", folder / "notebooks")


def test_an_attempt_publishes_the_report_and_sees_no_secret(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_PASSWORD", "hunter2")
    monkeypatch.setenv("DESK_NAME", "desk")
    small(folder / "notebooks", "import os\nprint(sorted(n for n in os.environ if 'DESK' in n))")
    outcome = attempt(order(folder), dt.timedelta(minutes=2), {"DESK_PASSWORD"})
    assert outcome == Outcome(folder="small/2024-03-01")
    executed = (folder / "reports" / "small" / "2024-03-01" / "small.ipynb").read_text()
    assert "['DESK_NAME']" in executed


def test_an_attempt_that_fails_names_the_cell(folder: Path) -> None:
    small(folder / "notebooks", "1", "fronts = []\nfronts[3]")
    outcome = attempt(order(folder), dt.timedelta(minutes=2))
    assert outcome.folder is None
    assert outcome.reason is not None
    assert "IndexError: list index out of range" in outcome.reason
    assert outcome.cell == "cell 4:\nfronts = []\nfronts[3]"


def test_an_attempt_that_hangs_is_ended_with_its_kernel(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIS_TEST", str(folder))
    small(folder / "notebooks", "import time\ntime.sleep(600)")
    outcome = attempt(order(folder), dt.timedelta(seconds=5))
    assert outcome == Outcome(reason="it took longer than its time limit, 0:00:05")
    assert processes_with(str(folder)) == []


def test_a_full_disk_is_a_reason_that_says_where_to_make_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(order: Order) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("analysis.publish.run.run", run)
    reason = made(json.loads(json.dumps(asdict(order(folder)), default=str))).reason
    assert reason is not None
    assert "No space left on device. Reports are made in" in reason
    assert "TMPDIR" in reason


def test_a_wrong_order_is_a_reason_and_not_a_crash(folder: Path) -> None:
    outcome = attempt(order(folder, "2021-01-22"), dt.timedelta(minutes=2))
    assert outcome.reason is not None
    assert "2021-01-22 is before the record starts" in outcome.reason


def test_a_killed_call_takes_its_attempt_along_and_the_next_one_completes(folder: Path) -> None:
    """The real thing: a process, its attempt, a kernel; killed while the notebook runs."""
    flag = folder / "started"
    small(folder / "notebooks", f"open({str(flag)!r}, 'w').close()\nimport time\ntime.sleep(600)")
    code = f"from analysis.schedule.attempt import attempt as make{CALL}\ncall(*sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", code, folder, "2024-03-01T12:00"],
        env=os.environ | {"THIS_TEST": str(folder)},
    ) as process:
        wait_for(flag.exists, 60)
        process.send_signal(signal.SIGKILL)
    wait_for(lambda: processes_with(str(folder)) == [])
    (slot,) = rows(folder)
    assert slot["state"] == "running"
    small(folder / "notebooks", "as_of")
    made = call(folder, "2024-03-01T12:01", attempt)
    assert made is not None
    assert [one.outcome.folder for one in made] == ["small/2024-03-01"]
    (slot,) = rows(folder)
    assert (slot["state"], slot["attempts"]) == ("done", 2)
    assert [row["what"] for row in rows(folder, "SELECT * FROM event")] == ["killed"]
