"""Mail over a server that fails in every way, in several processes at once, and killed."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from in_parallel import calls_of
from mailing import (
    DAY,
    NOW,
    config_of,
    long_subscribed,
    reader,
    rows,
    sent_to,
    states,
    written_config,
)
from published import days, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.deliver.outbox import TWICE
from analysis.schedule import ledger


def chance(rng: random.Random) -> Any:
    """A plan by which about every fourth mail meets something."""
    faults = {
        "connect": ["drop", "421 too busy", "554 no service here"],
        "mail": ["451 later", "drop", "421 closing"],
        "rcpt": ["450 greylisted", "550 no such user", "drop"],
        "data": ["451 later", "554 refused", "drop", "421 closing"],
        "content": ["452 full", "554 refused", "drop", "take-drop", "take-drop"],
    }
    stalls = {"rcpt": "stall", "content": "take-stall"}

    def plan(step: str, recipient: str) -> str:
        if recipient == "desk@example.org" or rng.random() > 0.07:
            return ""
        return stalls[step] if step in stalls and rng.random() < 0.1 else rng.choice(faults[step])

    return plan


def test_of_500_messages_none_is_lost_and_copies_are_explained(tmp_path: Path) -> None:
    """A server that refuses, stalls, and drops the connection before and after DATA."""
    for day in days(10):
        publish_report(tmp_path, day, pdf=b"%PDF-1.7 small")
    readers = [reader(n) for n in range(50)]
    long_subscribed(tmp_path, *readers)
    now, calls = NOW, 0
    with FaultyServer(chance(random.Random(500)), stall=1.5) as server:
        config = config_of(server, *readers)
        while states(tmp_path).keys() - {"sent", "parked"} or not rows(tmp_path):
            hand_out(tmp_path, config, now)
            now, calls = now + DAY, calls + 1
            assert calls < 60
        reports = [row for row in rows(tmp_path) if row["kind"] == "report"]
        assert len(reports) == 500
        check_every_copy(reports, server)
        # What was refused for good is known by name, to the operator too, and can be tried again.
        parked = [row for row in reports if row["state"] == "parked"]
        assert parked
        told = "".join(mail.message.get_content() for mail in sent_to(server, "desk@example.org"))
        for row in parked:
            assert f"{row['folder']} to {row['address']}: {row['reason'].split(';')[0]}" in told
        server.plan = lambda step, recipient: ""
        hand_out(tmp_path, config, now, again=True)
    assert states(tmp_path).keys() == {"sent"}
    delivered = {(mail.recipients, mail.message["Subject"]) for mail in server.taken}
    assert len([one for one in delivered if one[0] != ("desk@example.org",)]) == 500
    for fault in ("550 no such user", "stall"):
        assert server.happened["rcpt", fault]
    for fault in ("drop", "take-drop", "take-stall", "554 refused", "452 full"):
        assert server.happened["content", fault]


def check_every_copy(reports: list[sqlite3.Row], server: FaultyServer) -> None:
    """Hold what the ledger says against what the server has."""
    copies = server.copies()
    answered = Counter(mail.message_id for mail in server.taken if mail.answered)
    for row in reports:
        number = row["message_id"]
        if row["state"] == "sent":
            assert answered[number] == 1
        else:
            assert row["reply"][0] == "5"
            assert server.refused[row["address"]]
            assert answered[number] == 0
        # A second copy only where the answer never came, and then the ledger says so.
        if copies[number] > answered[number]:
            assert TWICE in row["reason"]
    unanswered = [mail for mail in server.taken if not mail.answered]
    assert unanswered
    assert sum(copies.values()) == len(answered) + len(unanswered)


def test_a_server_that_takes_and_never_answers_gets_three_copies_and_no_more(
    tmp_path: Path,
) -> None:
    publish_report(tmp_path)
    with FaultyServer(lambda step, _: "take-drop" if step == "content" else "") as server:
        config = config_of(server, reader(), operator=None)
        for number in range(10):
            hand_out(tmp_path, config, NOW + number * DAY)
    assert set(server.copies().values()) == {3}
    (row,) = rows(tmp_path)
    assert row["state"] == "parked"
    assert TWICE in row["reason"]


def test_8_processes_at_once_deliver_each_mail_once(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config = written_config(tmp_path, server, 2)
        with calls_of("deliver", "--config", config, "--reports", reports) as calls:
            for day in days(20):
                publish_report(reports, day)
                assert len(set(calls.start(8))) == 8
                assert calls.wait() == [0] * 8
            calls.start()
            assert calls.wait() == [0]
    assert len(server.taken) == 40
    assert set(server.copies().values()) == {1}
    assert states(reports) == {"sent": 40}


def test_killed_at_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    """24 real processes get `kill -9`, half of them surely with mail on its way."""
    reports = tmp_path / "reports"
    for day in days(120):
        publish_report(reports, day)
    long_subscribed(reports, reader(0), reader(1))
    rng, on_its_way = random.Random(9), 0
    with FaultyServer(lambda step, recipient: time.sleep(0.004) or "") as server:  # type: ignore[func-returns-value]
        config = written_config(tmp_path, server, 2)
        with calls_of("deliver", "--config", config, "--reports", reports) as calls:
            for number in range(24):
                before = server.connections
                (process,) = calls.start()
                if number % 2:
                    wait_until(lambda before=before: server.connections > before)
                time.sleep(rng.uniform(0, 0.2))
                os.kill(process, signal.SIGKILL)
                assert calls.wait() == [-signal.SIGKILL]
                assert integrity(reports) == "ok"
                on_its_way += states(reports)["sending"]
            assert 0 < states(reports)["sent"] < 240
            calls.start()
            assert calls.wait() == [0]
    assert states(reports) == {"sent": 240}
    assert on_its_way > 2
    by_id = {row["message_id"]: row for row in rows(reports)}
    copies = server.copies()
    assert copies.keys() == by_id.keys()
    twice = [number for number, count in copies.items() if count > 1]
    assert all(by_id[number]["reason"] == TWICE for number in twice)
    # At most one mail is on its way when a process dies.
    assert sum(copies.values()) <= 240 + on_its_way


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def integrity(reports: Path) -> str:
    connection = ledger.open(reports)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
