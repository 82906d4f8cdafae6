"""Nobody gets a flood of mail, whatever happens to the archive, the readers or the ledger."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Command
from mailing import DAY, NOW, config_of, reader, rows, sent_to, states, written_config
from published import days, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.errors import RunError
from analysis.publish.order import Order
from analysis.schedule import ledger
from analysis.schedule.due import due


def test_a_fleet_over_years_is_one_mail_to_a_new_reader_and_none_to_one_of_old(
    tmp_path: Path,
) -> None:
    with FaultyServer() as server:
        config = config_of(server, reader(1))
        for day in days(100, "2023-10-21"):
            publish_report(tmp_path, day)
        hand_out(tmp_path, config, NOW)
        (first,) = server.taken
        assert "2024-01-28" in first.message["Subject"]
        for day in days(100, "2022-10-21"):
            publish_report(tmp_path, day)
        hand_out(tmp_path, config, NOW)
        assert len(server.taken) == 1
        hand_out(tmp_path, replace(config, subscriptions=(reader(1), reader(2))), NOW)
    assert [mail.recipients for mail in server.taken[1:]] == [("reader-2@example.org",)]


def test_more_at_once_than_anybody_asks_for_waits_for_a_yes(
    tmp_path: Path, command: Command
) -> None:
    """The other readers are served; `--yes` is said by the trouble, and sends."""
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config = config_of(server, reader(1), at_once=3)
        publish_report(reports, "2024-01-20")
        hand_out(reports, config, NOW)
        for day in days(5, "2024-01-21"):
            publish_report(reports, day)
        config = replace(config, subscriptions=(reader(1), reader(2)))
        account = hand_out(reports, config, NOW)
        assert account.trouble == [
            "5 reports wait for reader-1@example.org, more than at_once = 3; "
            "`brinkwatch deliver --yes` sends them."
        ]
        assert not account.good
        assert len(sent_to(server, "reader-2@example.org")) == 1
        file = written_config(tmp_path, server, 2)
        file.write_text(file.read_text().replace("at_once = 1000", "at_once = 3"))
        arguments = ("--config", file, "--reports", reports, "--now", "2024-01-30T07:00")
        told = command("status", *arguments)
        assert told.code == 3
        assert "Mend it: brinkwatch deliver --yes" in told.out
        assert command("deliver", *arguments).err == f"{account.trouble[0]}\n"
        done = command("deliver", "--yes", *arguments)
        assert done.code == 0, done.err
        assert len(sent_to(server, "reader-1@example.org")) == 6
        assert command("status", *arguments).code == 0


def test_a_raised_clearance_gives_the_newest_and_nothing_older(tmp_path: Path) -> None:
    green, amber = (reader(clearance=c) for c in ("TLP:GREEN", "TLP:AMBER"))
    with FaultyServer() as server:
        for day in days(4, "2024-01-24"):
            publish_report(tmp_path, day, marking="TLP:AMBER")
            hand_out(tmp_path, config_of(server, green), NOW)
        assert server.taken == []
        for _ in range(3):
            hand_out(tmp_path, config_of(server, amber), NOW)
        publish_report(tmp_path, "2024-01-28", marking="TLP:AMBER")
        hand_out(tmp_path, config_of(server, amber), NOW)
    assert [mail.message["Subject"][-22:-12] for mail in server.taken] == days(2, "2024-01-27")


def test_an_edition_goes_once_whatever_becomes_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / publish_report(tmp_path)
    with FaultyServer() as server:
        config = config_of(server, reader())
        hand_out(tmp_path, config, NOW)
        for name in ("2024-01-29-copy", "2024-01-29--marking=TLP%3ACLEAR", "2024-01-30"):
            shutil.copytree(folder, folder.with_name(name))
        (folder.parent / "2024-01-31").symlink_to(folder)
        shutil.copytree(folder.parent, tmp_path / "site", symlinks=True)
        account = hand_out(tmp_path, config, NOW)
        assert len(server.taken) == 1
        # What lies there as if it were a report is named.
        assert len(account.trouble) == 6
        assert any("2024-01-29-copy: its name is not that of" in why for why in account.trouble)
        for copied in (*folder.parent.glob("2024-01-*"), tmp_path / "site"):
            if copied != folder:
                copied.unlink() if copied.is_symlink() else shutil.rmtree(copied)
        folder.rename(tmp_path / ".aside")
        hand_out(tmp_path, config, NOW)
        (tmp_path / ".aside").rename(folder)
        assert hand_out(tmp_path, config, NOW + DAY).good
    assert len(server.taken) == 1
    assert states(tmp_path) == {"sent": 1}


def test_a_ledger_that_was_never_there_is_no_flood(tmp_path: Path) -> None:
    for day in days(50, "2023-12-01"):
        publish_report(tmp_path, day)
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
        for file in tmp_path.glob(".ledger*"):
            file.unlink()
        hand_out(tmp_path, config_of(server, reader()), NOW)
    assert len(server.taken) == 2
    assert len(set(server.copies())) == 1


def test_a_damaged_ledger_does_not_take_the_place_of_its_copy(tmp_path: Path) -> None:
    publish_report(tmp_path)
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
    copy = (tmp_path / ledger.COPY).read_bytes()
    connection = ledger.open(tmp_path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'event'"
    ).fetchone()
    connection.close()
    with (tmp_path / ledger.FILE).open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 4096)
    connection = ledger.look(tmp_path)
    with pytest.raises(sqlite3.DatabaseError, match="it is damaged, Page"):
        ledger.back_up(connection, tmp_path)
    connection.close()
    assert (tmp_path / ledger.COPY).read_bytes() == copy


def test_an_older_ledger_and_one_without_a_table_are_refused(tmp_path: Path) -> None:
    """Who was sent something since would get it again."""
    publish_report(tmp_path)
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader(1)), NOW)
        before = (tmp_path / ledger.COPY).read_bytes()
        hand_out(tmp_path, config_of(server, reader(1), reader(2)), NOW)
        copy = (tmp_path / ledger.COPY).read_bytes()
        for file in tmp_path.glob(f"{ledger.FILE}*"):
            file.unlink()
        (tmp_path / ledger.FILE).write_bytes(before)
        with pytest.raises(RunError, match="it is older than its copy"):
            hand_out(tmp_path, config_of(server, reader(1), reader(2)), NOW)
        (tmp_path / ledger.FILE).write_bytes(copy)
        with closing(ledger.open(tmp_path)) as connection:
            connection.execute("DROP TABLE afterwards")
        order = Order("", data=tmp_path / "no-record", reports=tmp_path)
        with pytest.raises(RunError, match="'afterwards' is missing in it"):
            due(config_of(server), order, NOW)
        assert (tmp_path / ledger.COPY).read_bytes() == copy
    assert len(server.taken) == 2


def test_ledger_and_locks_are_nobody_elses(tmp_path: Path) -> None:
    publish_report(tmp_path, marking="TLP:AMBER")
    publish_report(tmp_path, "2024-01-28")
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob(".l*")}
    assert {ledger.FILE, ledger.COPY, ".lock-archive", ".lock-deliver"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    secret, open_to_all = tmp_path / "brief/2024-01-29", tmp_path / "brief/2024-01-28"
    assert not any(path.stat().st_mode & 0o007 for path in [secret, *secret.iterdir()])
    others = 0o004 & ~umask()
    assert all(path.stat().st_mode & 0o004 == others for path in open_to_all.iterdir())


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_reader_who_comes_and_goes_keeps_their_start(tmp_path: Path) -> None:
    with FaultyServer() as server:
        here, gone = config_of(server, reader()), config_of(server)
        publish_report(tmp_path, "2024-01-20")
        hand_out(tmp_path, here, NOW)
        for day in days(5, "2024-01-21"):
            publish_report(tmp_path, day)
        hand_out(tmp_path, gone, NOW)
        hand_out(tmp_path, here, NOW)
    assert [row["folder"] for row in rows(tmp_path)] == ["brief/2024-01-20", "brief/2024-01-25"]
