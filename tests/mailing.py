"""What tests of delivery share: a configuration for a server on loopback, and what came of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from smtp_server import FaultyServer, Taken

from analysis.schedule import ledger
from analysis.schedule.settings import Config, Mail, Subscription

NOW = dt.datetime(2024, 1, 30, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def mail_of(server: FaultyServer, **other: Any) -> Mail:
    plain = Mail(
        "127.0.0.1", "brinkwatch <reports@example.org>", server.port, "none",
        operator="desk@example.org", timeout=dt.timedelta(seconds=1),
    )  # fmt: skip
    return replace(plain, **other)


def config_of(server: FaultyServer, *readers: Subscription, **mail: Any) -> Config:
    return Config(Path("brinkwatch.toml"), subscriptions=readers, mail=mail_of(server, **mail))


def reader(number: int = 1, **other: Any) -> Subscription:
    return Subscription(f"reader-{number}@example.org", ("brief",), **other)


def long_subscribed(reports: Path, *readers: Subscription, start: str = "2023-10-01") -> None:
    """Let these have been readers since a day, so that they get more than the newest."""
    connection = ledger.open(reports)
    pairs = [(one.address, report, start) for one in readers for report in one.reports]
    connection.executemany("INSERT INTO reader VALUES (?, ?, ?)", pairs)
    connection.close()


def rows(reports: Path) -> list[sqlite3.Row]:
    connection = ledger.open(reports)
    try:
        return connection.execute("SELECT * FROM delivery ORDER BY id").fetchall()
    finally:
        connection.close()


def states(reports: Path) -> Counter[str]:
    return Counter(row["state"] for row in rows(reports))


def sent_to(server: FaultyServer, address: str) -> list[Taken]:
    return [mail for mail in server.taken if mail.recipients == (address,)]


def written_config(folder: Path, server: FaultyServer, readers: int) -> Path:
    """The same as a file, for the command."""
    subscriptions = "\n".join(
        f'[[subscription]]\naddress = "reader-{n}@example.org"\nreports = ["brief"]\n'
        for n in range(readers)
    )
    path = folder / "brinkwatch.toml"
    path.write_text(
        f"{subscriptions}\n[mail]\nhost = '127.0.0.1'\nport = {server.port}\nsecurity = 'none'\n"
        "sender = 'brinkwatch <reports@example.org>'\noperator = 'desk@example.org'\n"
        "at_once = 1000\n"
    )
    return path
