"""Has every reader got this morning's brief, and if not, why? Never "all is well" if one has not.

The desk of the shipped example through mornings on which all goes well, and on which one thing goes
wrong: `status` is unwell within its patience, with the reason and what mends it; whoever is not
concerned is served.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import certificates
import pytest
from conftest import Command
from mailing import written_config
from mornings import HOUR, TEN_MINUTES, Desk, desk
from published import days, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.errors import RunError
from analysis.publish import archive, listing
from analysis.publish.lock import lock
from analysis.schedule import ledger, progress
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.status import NEWEST_MAILS, status

#: The slot of a Tuesday is at 11:00 UTC, six in New York; the digest goes at 11:45.
TUESDAY = "2024-03-05T00:00"


def until(one: Desk, time: str, step: dt.timedelta = 3 * TEN_MINUTES) -> list[dict[str, Any]]:
    """Let time pass with a call now and then; what `status` said after each."""
    return [one.status() for _ in one.pass_by(moment(time) - one.now, step)]


def troubles(told: dict[str, Any]) -> list[str]:
    return [trouble["said"] for trouble in told["troubles"]]


def only_trouble(one: Desk, time: str) -> dict[str, Any]:
    """The one thing that is wrong at that time."""
    (trouble,) = until(one, time)[-1]["troubles"]
    return dict(trouble)


def test_through_a_change_of_the_clocks_every_reader_has_each_brief_within_the_hour(
    tmp_path: Path,
) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, "2024-03-09T00:00")
        seen = []
        for day in ("2024-03-09", "2024-03-10", "2024-03-11"):
            # Before and after the slots every ten minutes, by night every hour.
            seen += until(one, f"{day}T09:00", HOUR) + until(one, f"{day}T13:00", TEN_MINUTES)
        seen += until(one, "2024-03-12T00:00", HOUR)
        unwell = [told for told in seen if not told["healthy"]]
    assert unwell == one.lacking() == one.said == []
    # One each day, Monday's of two weeks, and what the first call made up for.
    assert len(one.made) == 6
    assert one.status()["answer"] == "All is well: every reader has what is owed."


def test_a_server_that_is_gone(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        server.plan = lambda step, _: "drop" if step == "connect" else ""
        trouble = only_trouble(one, "2024-03-05T14:00")
        assert trouble["what"] == "2 mails for 2 readers waiting"
        assert "takes no mail: Connection unexpectedly closed" in trouble["reason"]
        assert (trouble["since"], trouble["mend"][:18]) == (
            "2024-03-05T11:00:00Z", "brinkwatch deliver"
        )  # fmt: skip
        assert one.status()["answer"] == "Not well: 2 of 2 readers lack what is owed."
        assert any("takes no mail" in sentence for sentence in one.said)
        server.plan = lambda *_: ""
        assert until(one, "2024-03-05T14:30")[-1]["healthy"]
        assert [len(times) for (_, name), times in one.got.items() if "03-04" in name] == [1, 1]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("wrong horse", "refuses the login of 'desk' (535)"),
        (None, "The environment variable SMTP_PASSWORD, which holds a secret, is not set"),
    ],
)
def test_a_wrong_password_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str | None, said: str
) -> None:
    with FaultyServer(login=("desk", "correct horse")) as server:
        monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
        one = desk(tmp_path, server, TUESDAY, user="desk", password_env="SMTP_PASSWORD")
        until(one, "2024-03-05T10:00", HOUR)
        monkeypatch.delenv("SMTP_PASSWORD")
        if password:
            monkeypatch.setenv("SMTP_PASSWORD", password)
        trouble = only_trouble(one, "2024-03-05T14:00")
    assert said in trouble["reason"]


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    file, context = certificates.of_a_server(tmp_path, until=-dt.timedelta(days=1))
    with FaultyServer(starttls=context) as server:
        one = desk(tmp_path, server, TUESDAY, host="localhost", security="starttls", ca_file=file)
        assert until(one, "2024-03-05T01:00")[-1]["healthy"]
        trouble = until(one, "2024-03-05T03:00")[-1]["troubles"][0]
    assert "is not trusted: certificate has expired" in trouble["reason"]


def test_a_clock_that_was_ahead(tmp_path: Path) -> None:
    """One call in 2027 stops no schedule, nothing of then goes out, and it is told."""
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        assert until(one, "2024-03-05T10:00", HOUR)[-1]["healthy"]
        before, one.now = one.now, moment("2027-01-31T12:00Z")
        one.config, mailless = replace(one.config, mail=None), one.config
        one.call()
        one.config, one.now = mailless, before
        newest = "its newest slot, 2027-01-31T11:00:00Z, lies in the future: a clock was ahead"
        assert any(newest in said for said in troubles(one.status()))
        until(one, "2024-03-06T12:00")
        assert any("A clock was ahead" in sentence for sentence in one.said)
        assert {name for _, name in one.got} >= {"brief-2024-03-04.pdf", "brief-2024-03-05.pdf"}
        assert not any("2027" in name for _, name in one.got)
        left = {trouble["what"] for trouble in one.status()["troubles"]}
        assert left == {f"brief/{name}" for name in os.listdir(one.reports / "brief") if
                        name.startswith("2027")}  # fmt: skip


def test_a_clock_that_is_behind(tmp_path: Path) -> None:
    """It is told until it has caught up with itself; nothing is made or sent once more for it."""
    with FaultyServer() as server:
        one = desk(tmp_path, server, "2024-03-05T10:00")
        assert until(one, "2024-03-05T12:30")[-1]["healthy"]
        made, sent = dict(one.made), len(server.taken)
        one.now -= 2 * HOUR
        for told in [one.status(), *until(one, "2024-03-05T11:30", HOUR)]:
            (trouble,) = told["troubles"]
            assert trouble["what"] == "the clock"
            assert "has shown 2024-03-05T12:30:00Z before: it is behind" in trouble["reason"]
        assert any("This machine's clock shows 2024-03-05T11:30:00Z" in line for line in one.said)
        assert until(one, "2024-03-05T13:00", HOUR)[-1]["healthy"]
        assert (one.made, len(server.taken)) == (made, sent)


def test_readers_who_were_new_while_a_clock_was_ahead_are_new(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, "2031-03-05T00:00")
        one.call()
        one.now = moment(TUESDAY)
        until(one, "2024-03-05T01:00")
    assert ("reader@example.org", "brief-2024-03-03.pdf") in one.got


def of_two_weeks(order: Any) -> bool:
    return "window_days" in order.parameters


@pytest.mark.parametrize(
    "reason",
    [
        "site: /srv/notebooks/site.ipynb cannot be read as a notebook",
        "attacks.csv:17: site_id: unknown site 'x'",
        "the run ended with signal SIGSEGV",
    ],
)
def test_a_notebook_a_record_or_a_font_that_is_broken(tmp_path: Path, reason: str) -> None:
    """Only what cannot be made is missing, and the mail to the operator says how to make it."""
    with FaultyServer() as server:
        one = desk(tmp_path, server, "2024-03-04T00:00")
        assert until(one, "2024-03-04T10:00", HOUR)[-1]["healthy"]
        one.fails = lambda order: Outcome(reason=reason) if of_two_weeks(order) else None
        seen = until(one, "2024-03-04T13:30")
        (trouble,) = seen[-1]["troubles"]
        assert reason in trouble["reason"]
        assert trouble["mend"] == "brinkwatch due --retry monday-brief 2024-03-04T11:30:00Z"
        told = [mail for mail in server.taken if mail.recipients == ("operator@example.org",)]
        (letter,) = (mail.message.get_content().splitlines() for mail in told)
        assert trouble["mend"] in letter
        assert len([1 for _, name in one.got if name == "brief-2024-03-03.pdf"]) == 2


def test_what_failed_goes_with_its_schedule(tmp_path: Path) -> None:
    """A command that asks for a schedule that there is no more would mend nothing."""
    with FaultyServer() as server:
        one = desk(tmp_path, server, "2024-03-05T10:30")
        one.config = replace(one.config, subscriptions=())
        one.fails = lambda order: Outcome(reason="no", hopeless=True)
        one.call()
        schedules = (replace(each, name=f"new-{each.name}") for each in one.config.schedules)
        one.config = replace(one.config, schedules=tuple(schedules))
        one.fails = lambda order: None
        failed = [each for each in one.status()["troubles"] if each["kind"] == "failed"]
        assert {each["mend"][:32] for each in failed} == {"brinkwatch due, which drops it, "}
        one.call()
        assert one.status()["healthy"]


def test_a_hung_owner(tmp_path: Path, command: Command) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T01:00")
        child = os.fork()
        if child == 0:
            with lock(one.reports, "due"):
                os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        os.waitpid(child, os.WUNTRACED)
        try:
            (trouble,) = one.status()["troubles"]
            config = written_config(tmp_path, server, 1)
            second = command("due", "--config", config, "--reports", one.reports)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        assert trouble["reason"] == f"process {child} holds the lock 'due' and is stopped"
        assert trouble["since"]
        assert f"kill -CONT {child}" in trouble["mend"]
        assert second.code == 3
        assert f"process {child}, which is stopped" in second.out
        assert one.status()["healthy"]


def test_a_damaged_manifest(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        folder = next(name for name in one.made if "03-03" in name)
        (one.reports / folder / "manifest.json").write_text('{"report": "brief", "files": []}')
        trouble = only_trouble(one, "2024-03-05T12:30")
        assert (trouble["what"], trouble["reason"]) == (folder, "its manifest cannot be read")
        assert {address for address, name in one.got if "03-04" in name} == {
            "reader@example.org", "desk@example.org"
        }  # fmt: skip


@pytest.mark.parametrize("harm", ["pipe", "folder", "link", "elsewhere"])
def test_a_manifest_that_is_none_is_named_and_nobody_waits_for_it(
    tmp_path: Path, harm: str
) -> None:
    manifest = tmp_path / publish_report(tmp_path) / "manifest.json"
    said = manifest.read_text()
    manifest.unlink()
    if harm == "pipe":
        os.mkfifo(manifest)
    elif harm == "folder":
        manifest.mkdir()
    elif harm == "link":
        (tmp_path / "said").write_text(said)
        manifest.symlink_to(tmp_path / "said")
    else:
        manifest.write_text(said.replace('"facts.json"', '"../../facts.json"'))
    found, odd = listing.survey(tmp_path)
    assert (found, odd) == ([], {"brief/2024-01-29": "its manifest cannot be read"})


def test_what_status_names_can_be_verified_from_anywhere(tmp_path: Path, command: Command) -> None:
    folder = publish_report(tmp_path / "reports")
    (tmp_path / "reports" / folder / "manifest.json").write_text("{}")
    done = command("verify", folder, "--reports", str(tmp_path / "reports"), cwd=tmp_path)
    assert done.code == 1
    assert f"BAD  {folder}/manifest.json: cannot be read" in done.out


def test_a_document_that_was_damaged_before_it_was_sent(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        folder = publish_report(one.reports)
        (one.reports / folder / "brief.pdf").unlink()
        hand_out(one.reports, one.config, one.now)
        (trouble, *_) = [each for each in one.status()["troubles"] if each["kind"] == "parked"]
        assert trouble["reason"] == f"{folder}/brief.pdf is not what was published"
        assert trouble["mend"] == "put that right, then brinkwatch deliver --again"


def test_a_full_disk_and_one_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        monkeypatch.setattr(archive, "_write", full)
        trouble = only_trouble(one, "2024-03-05T13:00")
        assert "No space left on device" in trouble["reason"]
        monkeypatch.undo()
        again = ("--retry", "morning-brief")
        assert " ".join(again) in trouble["mend"]
        room = os.statvfs(tmp_path)
        none = os.statvfs_result((*room[:4], 0, *room[5:]))
        monkeypatch.setattr(os, "statvfs", lambda _: none)
        (disk,) = [each for each in one.status()["troubles"] if each["kind"] == "disk"]
        assert disk["reason"] == "there is no room on its disk"
        closed = os.statvfs_result((*room[:8], room[8] | os.ST_RDONLY, *room[9:]))
        monkeypatch.setattr(os, "statvfs", lambda _: closed)
        (disk,) = [each for each in one.status()["troubles"] if each["kind"] == "disk"]
        assert disk["reason"] == "nothing can be written there"
        monkeypatch.undo()
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may, whatever the mode is
        (disk,) = [each for each in one.status()["troubles"] if each["kind"] == "disk"]
        assert disk["reason"] == "nothing can be written there"


@pytest.mark.parametrize("late", ["2024-03-05T16:00", "2024-03-06T02:00"])
def test_a_brief_that_is_late_does_not_wait_for_the_next_digest(tmp_path: Path, late: str) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        one.now = moment(late)
        until(one, "2024-03-06T02:30")
        assert one.status()["answer"] == "All is well: every reader has what is owed."
        assert one.lacking() == []


@pytest.mark.parametrize("what_is_left", [b"", None, b"no ledger"])
def test_a_ledger_that_is_lost(tmp_path: Path, what_is_left: bytes | None) -> None:
    """It is refused with the command that restores it; nothing is sent again, nothing is lost."""
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T13:00")
        for file in one.reports.glob(f"{ledger.FILE}*"):
            file.unlink()
        if what_is_left is not None:
            (one.reports / ledger.FILE).write_bytes(what_is_left)
        sent = len(server.taken)
        until_refused = one.now + HOUR
        for _ in one.pass_by(HOUR, 3 * TEN_MINUTES):
            with pytest.raises(RunError, match="restore it from its copy"):
                one.status()
        assert (one.now, len(server.taken)) == (until_refused, sent)
        command = one.said[-1].partition("copy: ")[2]
        subprocess.run(command, shell=True, check=True)
        told = until(one, "2024-03-06T13:00")[-1]
        assert (told["healthy"], one.lacking()) == (True, [])
        assert max(server.copies().values()) == 1


def test_an_attempt_that_is_killed_fifty_times(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        one.now = moment("2024-03-05T11:00")
        for _ in range(50):
            child = os.fork()
            if child == 0:
                one.fails = lambda order: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value]
                one.call()
                os._exit(0)
            os.waitpid(child, 0)
            one.now += dt.timedelta(minutes=1)
        one.call()
        (trouble,) = one.status()["troubles"]
        assert "given up after 4 attempts" in trouble["reason"]
        assert progress.SILENT in trouble["reason"]
        assert any("Failed: morning-brief" in mail.message["Subject"] for mail in server.taken)


def test_what_is_said_to_be_running_and_is_not(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T10:00", HOUR)
        one.now = moment("2024-03-05T11:00")
        child = os.fork()
        if child == 0:
            one.fails = lambda order: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment, return-value]
            one.call()
            os._exit(0)
        os.waitpid(child, 0)
        one.now = moment("2024-03-05T13:30")
        (trouble,) = one.status()["troubles"]
        assert trouble["kind"] == "unfinished"
        assert trouble["readers"] == ("reader@example.org", "desk@example.org")


def test_slots_that_were_skipped_are_told_until_a_day_has_passed(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T12:00")
        one.now = moment("2024-03-12T09:00")
        (trouble,) = until(one, "2024-03-12T09:30")[-1]["troubles"]
        assert "missed, and more than catch_up = 3 ago, and 2 before it" in trouble["reason"]
        assert trouble["mend"] == "brinkwatch due --retry morning-brief 2024-03-08T11:00:00Z"
        assert until(one, "2024-03-12T11:30")[-1]["healthy"]


def test_nobody_called_deliver(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        one.config, with_mail = replace(one.config, mail=None), one.config
        until(one, "2024-03-05T00:30")
        one.config = with_mail
        lately = "All is well: what was published lately is still to go, with `brinkwatch deliver`."
        assert one.status()["answer"] == lately
        one.config = replace(one.config, mail=None)
        until(one, "2024-03-05T04:00")
        one.config = with_mail
        (trouble,) = one.status()["troubles"]
    said = "`brinkwatch deliver` has not been called since, or stopped before it"
    assert trouble["reason"] == said
    assert trouble["readers"] == ("reader@example.org", "desk@example.org")


def test_what_was_taken_away_before_it_was_sent(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T11:00", HOUR)  # the digest goes later
        folder = one.reports / "brief" / "2024-03-04"
        folder.rename(one.reports / ".elsewhere")
        until(one, "2024-03-05T12:00")
        (trouble,) = one.status()["troubles"]
        assert trouble["what"] == "brief/2024-03-04 to desk@example.org"
        (one.reports / ".elsewhere").rename(folder)
        until(one, "2024-03-06T12:00")
        assert one.status()["healthy"]
        assert ("desk@example.org", "brief-2024-03-04.pdf") in one.got


def test_of_years_of_mail_the_newest_is_told_and_all_that_is_to_go(tmp_path: Path) -> None:
    with closing(ledger.open(tmp_path)) as connection:
        connection.executemany(
            "INSERT INTO delivery (folder, manifest_sha256, address, kind, state, owed) "
            "VALUES (?, '', 'reader@example.org', 'report', ?, '2024-01-01T00:00:00Z')",
            [(f"brief/{n}", "sent" if n else "pending") for n in range(NEWEST_MAILS + 50)],
        )
        told = status(connection, None, moment("2024-01-02T00:00"))
    folders = [mail["folder"] for mail in told["deliveries"]]
    assert folders[0] == f"brief/{NEWEST_MAILS + 49}"
    assert folders[-2:] == ["brief/50", "brief/0"]
    assert told["deliveries_by_state"] == {"pending": 1, "sent": NEWEST_MAILS + 49}


def test_of_thousands_of_mails_that_were_given_up_the_newest_are_told_one_by_one(
    tmp_path: Path,
) -> None:
    """What the same reader got later makes good what was of no newer day, and nothing else."""
    with closing(ledger.open(tmp_path)) as connection:
        with ledger.transaction(connection):
            connection.executemany(
                "INSERT INTO delivery "
                "(folder, manifest_sha256, address, kind, state, owed, last_try, reason) "
                "VALUES (?, ?, 'reader@example.org', 'report', ?, '2024-01-01T00:00:00Z', "
                "'2024-01-01T00:00:00Z', 'refused for good: 550')",
                [
                    *((f"brief/2024-01-01--window_days={n}", f"{n}", "parked") for n in range(99)),
                    ("brief/2024-01-01", "sent", "sent"),
                    *(
                        (f"brief/2024-01-02--window_days={n}", f"-{n}", "parked")
                        for n in range(9_000)
                    ),
                ],
            )
        before = time.process_time()
        told = status(connection, None, moment("2024-01-02T00:00"))
        assert time.process_time() - before < 2
    assert len(told["parked"]) == NEWEST_MAILS
    first, *others, last = troubles(told)
    assert "brief/2024-01-02--window_days=8999 to reader@example.org since" in first
    assert len(others) < 25
    assert "8980 more mails to 1 address since 2024-01-01T00:00:00Z: refused for good" in last


def test_reports_made_by_hand_are_not_nothing(tmp_path: Path, command: Command) -> None:
    for day in days(9):
        publish_report(tmp_path / "reports", day)
    done = command("status", "--reports", tmp_path / "reports", cwd=tmp_path)
    assert done.out == "9 reports made by hand; no schedule has made one yet.\n"
    assert not list((tmp_path / "reports").glob(".ledger*"))


def test_what_every_call_of_due_refuses_is_told(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "brinkwatch.toml"
    path.write_text(
        "[[schedule]]\nname = 'a'\nreport = 'brief'\ncron = '0 6 * * *'\ntimezone = 'UTC'\n"
        "[schedule.parameters]\nwindow_dys = 7\n"
    )
    done = command("status", "--config", path, "--reports", tmp_path / "reports")
    assert (done.code, done.out) == (1, "")
    assert "did you mean 'window_days'?" in done.err


def test_whoever_may_only_read_can_look(tmp_path: Path) -> None:
    with FaultyServer() as server:
        one = desk(tmp_path, server, TUESDAY)
        until(one, "2024-03-05T01:00")
    there = [path for path in one.reports.rglob("*") if not path.name.endswith("-shm")]
    before = {path: path.stat().st_mtime_ns for path in there}
    assert one.status()["healthy"]
    with (
        closing(ledger.look(one.reports)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM slot")
    assert {path: path.stat().st_mtime_ns for path in there} == before
