"""A desk as the shipped example has it, of which only [mail] is changed, through days of calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conftest import CHECKOUT
from published import publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.errors import BrinkwatchError
from analysis.publish.order import Order
from analysis.schedule import ledger
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.config import load
from analysis.schedule.due import due
from analysis.schedule.settings import Config, Mail
from analysis.schedule.status import status

TEN_MINUTES = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)


@dataclass
class Desk:
    """A desk, its clock, and what came of each of its briefs: made when, with which reader when."""

    folder: Path
    config: Config
    server: FaultyServer
    now: dt.datetime
    fails: Callable[[Order], Outcome | None] = lambda order: None
    made: dict[str, dt.datetime] = field(default_factory=dict)
    got: dict[tuple[str, str], list[dt.datetime]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def make(self, order: Order, limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
        """Publish a small brief at once, or fail as the test has it."""
        if failure := self.fails(order):
            return failure
        day = str(order.parameters["as_of"])
        window = int(str(order.parameters.get("window_days", 7)))
        marking = str(order.parameters.get("marking", "TLP:CLEAR"))
        try:
            folder = publish_report(
                self.reports, day, marking=marking, title=f"{window} days", window_days=window
            )
        except BrinkwatchError as reason:
            return Outcome(reason=str(reason))
        self.made.setdefault(folder, self.now)
        return Outcome(folder=folder)

    def call(self) -> None:
        """What cron does: `due`, then `deliver`, each of which may end with an error."""
        order = Order("", data=CHECKOUT / "data", reports=self.reports)
        before = len(self.server.taken)
        for command in (
            lambda: due(self.config, order, self.now, make=self.make, warn=self.said.append),
            lambda: self.said.extend(hand_out(self.reports, self.config, self.now).trouble),
        ):
            try:
                command()
            except BrinkwatchError as reason:
                self.said.append(str(reason))
        for mail in self.server.taken[before:]:
            for part in mail.message.iter_attachments():
                if (name := str(part.get_filename())).endswith(".pdf"):
                    self.got.setdefault((mail.recipients[0], name), []).append(self.now)

    def status(self, patience: dt.timedelta = 2 * HOUR) -> dict[str, Any]:
        with closing(ledger.look(self.reports)) as connection:
            return status(connection, self.config, self.now, patience, self.reports)

    def pass_by(
        self, span: dt.timedelta, step: dt.timedelta = TEN_MINUTES
    ) -> Iterator[dt.datetime]:
        """Call every so often; yields after each call."""
        end = self.now + span
        while self.now < end:
            self.now += step
            self.call()
            yield self.now

    def lacking(self) -> list[str]:
        """Which brief which reader has not had exactly once within the hour after it was made.

        What the first call made, which makes up for the past, is not among them.
        """
        first = min(self.made.values(), default=self.now)
        return [
            f"{folder} to {reader.address}: {times}"
            for folder, at in self.made.items()
            for reader in self.config.subscriptions
            for times in [self.got.get((reader.address, attachment(folder)), [])]
            if at > first and self.now - at >= HOUR
            if not (len(times) == 1 and times[0] - at <= HOUR)
        ]


def attachment(folder: str) -> str:
    """What the PDF of a folder is called in a mail."""
    day, *others = folder.rpartition("/")[2].split("--")
    return "--".join([f"brief-{day}", *others]) + ".pdf"


def desk(folder: Path, server: FaultyServer, now: str, **mail: Any) -> Desk:
    """The desk of the example; only [mail] is another."""
    example = load(CHECKOUT / "brinkwatch.example.toml")
    local = Mail(
        "127.0.0.1", "brinkwatch <reports@example.org>", server.port, "none",
        operator="operator@example.org", timeout=dt.timedelta(seconds=2),
    )  # fmt: skip
    config = replace(example, mail=replace(local, **mail), record=None)
    return Desk(folder, config, server, moment(now))
