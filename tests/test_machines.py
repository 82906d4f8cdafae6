"""Two machines, one archive: who holds what, what is whose, and a file system between them."""

from __future__ import annotations

import datetime as dt
import fcntl
import multiprocessing
import os
import platform
import signal
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import corrected
import pytest
from mailing import NOW, config_of, reader, sent_to, states
from published import publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.errors import RunError
from analysis.publish import file_system
from analysis.publish.lock import lock, owner
from analysis.publish.order import Order
from analysis.schedule import ledger, machines, notes
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.due import due
from analysis.schedule.settings import Config, Schedule, Site
from analysis.schedule.status import status

NOON = "2024-03-05T12:00:00Z"
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@contextmanager
def on(name: str) -> Iterator[None]:
    """As a machine of that name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform, "node", lambda: name)
        yield


@contextmanager
def meanwhile(name: str, work: Callable[[], Any]) -> Iterator[int]:
    """Another process, on a machine of that name, in the middle of its work; gives its number."""
    ready, begun = os.pipe()
    child = os.fork()
    if child == 0:
        with on(name), work():
            os.write(begun, b".")
            signal.pause()
        os._exit(0)
    os.read(ready, 1)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(begun)


def mounted(monkeypatch: pytest.MonkeyPatch, folder: Path, kind: str, options: str = "rw") -> None:
    """Let a folder be on a file system of that kind."""
    device = folder.stat().st_dev
    mounts = folder.parent / "mountinfo"
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts.write_text(f"36 35 {number} / /mnt rw shared:1 - {kind} s:/srv {options}\n")
    monkeypatch.setattr(file_system, "_MOUNTS", mounts)


def schedule(name: str, **other: Any) -> Schedule:
    return Schedule(name, "brief", "0 6 * * *", catch_up=5, **other)


def config(*schedules: Schedule, site: Site | None = None) -> Config:
    return Config(Path("brinkwatch.toml"), schedules, site=site)


def call(reports: Path, settings: Config, now: str, fails: Collection[str] = ()) -> list[str]:
    """What `due` makes, by schedule and slot."""

    def make(order: Order, limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
        day = str(order.parameters["as_of"])
        if day in fails:
            return Outcome(reason="It failed.")
        window = int(str(order.parameters.get("window_days", 7)))
        return Outcome(folder=publish_report(reports, day, window_days=window))

    order = Order("", data=reports / "no-record", reports=reports)
    made = due(settings, order, moment(now), make=make)
    return [str(one).partition(": ")[0] for one in made or ()]


def test_a_lock_says_on_which_machine_it_is_held(tmp_path: Path) -> None:
    """Its process is looked for in no other machine's table of processes."""
    with meanwhile("north", lambda: lock(tmp_path, "due")) as child:
        os.kill(child, signal.SIGSTOP)
        os.waitpid(child, os.WUNTRACED)
        with on("south"):
            held_by = owner(tmp_path, "due")
            assert held_by is not None
            assert (held_by.machine, held_by.elsewhere, held_by.stopped) == ("north", True, False)
            assert str(held_by).startswith(f"process {child} on north at work since")
            with lock(tmp_path, "due") as held:
                assert not held
        with on("north"):
            held_by = owner(tmp_path, "due")
            assert held_by is not None
            assert held_by.stopped
            assert "north" not in str(held_by)
    assert owner(tmp_path, "due") is None


def test_a_lock_is_one_that_the_server_of_a_network_file_system_knows(tmp_path: Path) -> None:
    """Which takes it for its clients as a range of bytes; it knows nothing of flock."""
    (tmp_path / ".lock-due").touch(0o600)

    def of_a_client() -> None:
        file = os.open(tmp_path / ".lock-due", os.O_RDWR)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os._exit(1)
        os._exit(0)

    with lock(tmp_path, "due") as held:
        assert held
        client = multiprocessing.get_context("fork").Process(target=of_a_client)
        client.start()
        client.join()
    assert client.exitcode == 1


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("nfs4", "rw,vers=4.2,local_lock=all", "mounted with local_lock=all"),
        ("nfs", "rw,nolock", "mounted with nolock"),
        ("fuse.sshfs", "rw", "sshfs tells other machines of no lock"),
        ("cifs", "rw,nobrl", "mounted with nobrl"),
        ("nfs4", "rw,vers=4.2,local_lock=none", ""),
        ("ext4", "rw", ""),
    ],
)
def test_where_locks_stay_on_a_machine_no_second_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, options: str, why: str
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    mounted(monkeypatch, reports, kind, options)
    for _ in range(2):
        with on("north"), lock(reports, "due") as held:
            assert held
    if not why:
        with on("south"), lock(reports, "due") as held:
            assert held
        return
    with (
        on("south"),
        pytest.raises(RunError, match=f"used by north, too, .*{why}.*remove .*/.lock-due"),
        lock(reports, "due"),
    ):
        pass
    (reports / ".lock-due").unlink()
    with on("south"), lock(reports, "due") as held:
        assert held


def journal(reports: Path) -> str:
    with closing(ledger.open(reports)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_a_ledger_of_several_machines_is_no_wal_not_even_on_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = tmp_path / "reports"
    with on("server"):
        assert journal(reports) == "wal"
    monkeypatch.setattr(ledger, "PATIENCE", 0.3)

    def on_the_server() -> Any:
        return closing(ledger.open(reports))

    with meanwhile("server", on_the_server), monkeypatch.context() as patch:
        # The server has it open as a WAL: a client does not touch it, and says so.
        mounted(patch, reports, "nfs4")
        with on("client"), pytest.raises(RunError, match="locked"):
            ledger.open(reports)
    with on("client"), monkeypatch.context() as patch:
        mounted(patch, reports, "nfs4")
        assert journal(reports) == "delete"
    with on("server"):
        assert journal(reports) == "delete"
        with closing(ledger.open(reports)) as connection:
            assert machines.others(connection) == {"client"}
            # One that has not come for long is forgotten.
            connection.execute("UPDATE machine SET seen = '2020-01-01T00:00:00Z' "
                               "WHERE name = 'client'")  # fmt: skip
        assert journal(reports) == "wal"


def test_each_machine_makes_its_own_and_leaves_the_other_s_alone(tmp_path: Path) -> None:
    north = config(schedule("northern"))
    south = config(schedule("southern", parameters={"window_days": 14}, retries=0))
    with on("north"):
        assert call(tmp_path, north, NOON, fails=["2024-03-05"]) == [
            "northern 2024-03-05T06:00:00Z"
        ]
    with on("south"):
        # Owed on the other machine, and not to be made or dropped here.
        assert call(tmp_path, south, "2024-03-05T13:00:00Z") == ["southern 2024-03-05T06:00:00Z"]
        with closing(ledger.look(tmp_path)) as connection:
            said = status(connection, south, moment("2024-03-05T18:00:00Z"))
    (trouble,) = (one for one in said["troubles"] if one["kind"] == "unfinished")
    assert trouble["mend"] == ("on north: brinkwatch due --retry northern 2024-03-05T06:00:00Z")
    with on("north"):
        assert call(tmp_path, north, "2024-03-05T13:30:00Z") == ["northern 2024-03-05T06:00:00Z"]
        with closing(ledger.look(tmp_path)) as connection:
            rows = connection.execute("SELECT schedule, state, machine FROM slot").fetchall()
    assert {tuple(row) for row in rows} == {
        ("northern", "done", "north"), ("southern", "done", "south")
    }  # fmt: skip


def test_what_another_machine_was_making_when_it_died_is_made_by_whoever_has_the_schedule(
    tmp_path: Path,
) -> None:
    both = config(schedule("morning", retry_after=dt.timedelta(0)))
    with on("north"):
        call(tmp_path, both, NOON)
        with closing(ledger.open(tmp_path)) as connection:
            connection.execute("UPDATE slot SET state = 'running', started = ?", (NOON,))
    with on("south"):
        assert call(tmp_path, config(schedule("other")), NOON) == ["other 2024-03-05T06:00:00Z"]
        with closing(ledger.look(tmp_path)) as connection:
            (state,) = connection.execute(
                "SELECT state FROM slot WHERE schedule = 'morning'"
            ).fetchone()
            assert state == "running"
        assert call(tmp_path, both, "2024-03-05T12:10:00Z") == ["morning 2024-03-05T06:00:00Z"]


def test_retention_keeps_what_another_machine_s_schedule_made_as_well(tmp_path: Path) -> None:
    north, south = config(schedule("northern", keep=5)), config(schedule("southern"))
    for number in range(8):
        now = f"2024-03-0{number + 1}T12:00:00Z"
        with on("north"):
            call(tmp_path, north, now)
        if number < 2:
            with on("south"):
                call(tmp_path, south, now)
    days = sorted(path.name for path in (tmp_path / "brief").glob("2*"))
    assert days == [f"2024-03-0{number}" for number in (1, 2, 4, 5, 6, 7, 8)]


def test_an_edition_is_corrected_by_a_machine_whose_schedule_made_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    order, ours = corrected.desk(tmp_path), corrected.config()
    theirs = config(schedule("southern", start=dt.date(2199, 1, 1)))

    def fails(*_: object) -> Outcome:
        return Outcome(reason="It failed.")

    with on("north"):
        corrected.call(order, ours, corrected.MORNING)
    corrected.back_date(order.data, 1)
    with on("south"):
        assert corrected.call(order, theirs, "2023-11-08T07:00") == []
    with on("north"):
        (said,) = corrected.call(order, ours, "2023-11-08T07:10", fails)
        assert "It failed." in said
    with on("south"):  # what is owed there is not made here, nor forgotten
        assert corrected.call(order, theirs, "2023-11-08T08:00") == []
    with on("north"):
        (said,) = corrected.call(order, ours, "2023-11-08T08:10")
    assert said.startswith("brief/2023-11-07, whose rows have changed: made anew")
    assert corrected.counts(order) == [10, 11]


def test_retention_waits_for_readers_whom_another_machine_serves(tmp_path: Path) -> None:
    """Their mail is not in this configuration; the ledger knows that there are readers."""
    ours = config(schedule("northern", keep=1))
    with on("south"), closing(ledger.open(tmp_path)) as connection:
        connection.execute("INSERT INTO reader VALUES ('r@example.org', 'brief', '2024-03-01')")
    with on("north"):
        for day in (5, 6, 7):
            call(tmp_path, ours, f"2024-03-0{day}T12:00:00Z")
        assert len([*(tmp_path / "brief").glob("2*")]) == 3
        with closing(ledger.open(tmp_path)) as connection:
            connection.execute("INSERT INTO made_out SELECT manifest_sha256 FROM publication")
        call(tmp_path, ours, "2024-03-08T12:00:00Z")
    assert [path.name for path in sorted((tmp_path / "brief").glob("2*"))] == ["2024-03-08"]


def test_each_machine_sends_to_its_own_readers(tmp_path: Path) -> None:
    """What one owes a reader who is none of the other's is neither dropped nor sent by that."""
    with FaultyServer() as server, FaultyServer(lambda *_: "drop") as broken:
        north, south = config_of(broken, reader(1)), config_of(server, reader(2))
        publish_report(tmp_path, "2024-01-28")
        for name, settings in [("north", north), ("south", south)]:
            with on(name):
                hand_out(tmp_path, settings, NOW)
        at = NOW
        for number in (1, 2):
            publish_report(tmp_path, f"2024-01-{28 + number}")
            at = NOW + number * HOUR
            with on("north"):
                hand_out(tmp_path, north, at)
        with on("south"):
            _, own = looked_at(tmp_path, south, at + 3 * HOUR)
            waiting = "2 mails for reader-2@example.org waiting since 2024-01-30T07:00:00Z"
            assert f"{waiting}: `brinkwatch" in own
            assert hand_out(tmp_path, south, at + 3 * HOUR).states == {"sent": 2}
            (said,) = looked_at(tmp_path, south, at + 3 * HOUR)
        assert f"127.0.0.1:{broken.port} takes no mail" in said
        assert said.endswith("Mend it: on north: brinkwatch deliver, when that is put right")
        with on("north"):
            north = config_of(server, reader(1))
            assert hand_out(tmp_path, north, at + 4 * HOUR).states == {"sent": 3}
            assert looked_at(tmp_path, north, at + 9 * HOUR) == []
    assert {len(sent_to(server, f"reader-{n}@example.org")) for n in (1, 2)} == {3}


def looked_at(reports: Path, settings: Config, now: dt.datetime) -> list[str]:
    """What `status` says is wrong."""
    with closing(ledger.look(reports)) as connection:
        return [one["said"] for one in status(connection, settings, now)["troubles"]]


def test_an_address_that_is_dead_stays_so_for_the_machine_that_has_it(tmp_path: Path) -> None:
    dead = {"reader-1@example.org": "mail to it comes back: no such mailbox"}
    with FaultyServer() as server:
        for name, number in [("north", 1), ("south", 2), ("north", 1)]:
            publish_report(tmp_path, f"2024-01-2{number}")
            with on(name):
                hand_out(tmp_path, config_of(server, reader(number)), NOW)
                if not sent_to(server, "reader-2@example.org"):
                    with closing(ledger.open(tmp_path)) as connection:
                        notes.note_troubles(connection, "dead", dead, NOW)
    assert len(sent_to(server, "reader-1@example.org")) == 1
    assert states(tmp_path) == {"sent": 2, "pending": 1}


@pytest.mark.parametrize(
    ("kind", "what", "about"),
    [
        ("sign", "PDFs", "the signature of PDFs on north"),
        ("inbox", "of mail that came back", "the inbox of mail that came back on north"),
        ("archive", "index", "the archive's index on north"),
        ("unread", "the record", "the record on north"),
    ],
)
def test_what_a_machine_finds_wrong_no_other_takes_back(
    tmp_path: Path, kind: str, what: str, about: str
) -> None:
    """Nor is it wrong for the other: a key that is missing there is here."""
    for name, why in (("north", {what: "no key"}), ("south", {}), ("north", {})):
        with on(name), closing(ledger.open(tmp_path)) as connection:
            machines.note_own(connection, kind, why, NOW)
            with on("south"):
                said = status(connection, config(), NOW)["troubles"]
        if why or name == "south":
            (trouble,) = said
            assert (trouble["what"], trouble["mend"][:10]) == (about, "on north: ")
    assert said == []


def test_clocks_that_do_not_agree_are_told(tmp_path: Path) -> None:
    for name, at in (("north", "2024-03-05T13:00:00Z"), ("south", NOON)):
        with on(name):
            call(tmp_path, config(), at)
            with closing(ledger.look(tmp_path)) as connection:
                said = [one["what"] for one in status(connection, config(), moment(at))["troubles"]]
        assert said == ["the clock of north"] * (name == "south")


def test_mail_of_a_machine_that_is_gone_is_for_nobody(tmp_path: Path) -> None:
    with FaultyServer() as server, FaultyServer(lambda *_: "drop") as broken:
        publish_report(tmp_path)
        with on("north"):
            hand_out(tmp_path, config_of(broken, reader(1)), NOW)
        with on("south"):
            hand_out(tmp_path, config_of(server, reader(2)), NOW)
            assert states(tmp_path) == {"pending": 1, "sent": 1}
            with closing(ledger.open(tmp_path)) as connection:
                connection.execute("UPDATE machine SET seen = '2020-01-01T00:00:00Z' "
                                   "WHERE name = 'north'")  # fmt: skip
            hand_out(tmp_path, config_of(server, reader(2)), NOW)
            assert states(tmp_path) == {"withheld": 1, "sent": 1}


def test_all_machines_write_the_same_pages(tmp_path: Path) -> None:
    shown = Site("The desk", "https://share.example.org/", "TLP:CLEAR")
    north = config(schedule("northern"), site=shown)
    south = config(schedule("southern", parameters={"window_days": 14}))
    other = replace(south, site=replace(shown, title="Another", clearance="TLP:RED"))
    publish_report(tmp_path, "2024-03-01", marking="TLP:AMBER", title="Secret")
    with on("north"):
        call(tmp_path, north, NOON)
    for settings, troubled in ((south, False), (other, True)):
        with on("south"):
            call(tmp_path, settings, "2024-03-05T13:00:00Z")
            with closing(ledger.look(tmp_path)) as connection:
                said = status(connection, settings, moment("2024-03-05T13:00:00Z"))
        index = (tmp_path / "index.html").read_text("utf-8")
        assert "<h1>The desk</h1>" in index
        assert "window_days 14" in index
        assert "Secret" not in index
        assert [one["what"] for one in said["troubles"]] == ["[site]"] * troubled
    with on("south"), closing(ledger.open(tmp_path)) as connection:
        connection.execute("UPDATE machine SET seen = '2020-01-01T00:00:00Z' WHERE name = 'north'")
    with on("south"):
        call(tmp_path, other, "2024-03-05T14:00:00Z")
    assert "<h1>Another</h1>" in (tmp_path / "index.html").read_text("utf-8")


def test_a_ledger_of_before_there_were_machines(tmp_path: Path) -> None:
    """What is owed there belongs to whoever comes."""
    with closing(ledger.open(tmp_path)) as connection:
        connection.execute(
            "INSERT INTO slot (schedule, slot, as_of, report, state, noted) "
            "VALUES ('gone', ?, '2024-03-05', 'brief', 'owed', ?)", (NOON, NOON),
        )  # fmt: skip
    with on("north"):
        call(tmp_path, config(schedule("northern")), NOON)
    with closing(ledger.look(tmp_path)) as connection:
        assert isinstance(connection, sqlite3.Connection)
        (state,) = connection.execute("SELECT state FROM slot WHERE schedule = 'gone'").fetchone()
    assert state == "skipped"
