"""What brinkwatch.toml says, typed: the names of the fields are the keys of the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from analysis.parameters import MARKINGS
from analysis.schedule.triggers import Trigger

MINUTE = dt.timedelta(minutes=1)


class Span(NamedTuple):
    """A part of each day, by the clock on a wall; it may go over midnight."""

    begins: dt.time
    ends: dt.time

    def holds(self, time: dt.time) -> bool:
        """Whether a time of day is in it.

        >>> night = Span(dt.time(22), dt.time(6))
        >>> night.holds(dt.time(5, 59)), night.holds(dt.time(6)), night.holds(dt.time(22))
        (True, False, True)
        """
        if self.begins <= self.ends:
            return self.begins <= time < self.ends
        return time >= self.begins or time < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True)
class Schedule:
    """One report at the moments of a cron expression, or whenever the record has changed.

    Parameters
    ----------
    name: what the ledger calls it; no two have the same.
    report, parameters: what is made, as for `brinkwatch run`.
    cron, timezone: when; five fields, read in that time zone. Without a cron expression there are
        no moments but those of changes.
    on: what makes a slot: ``cron``, or ``record``, a change of the record.
    when: a condition over the facts of the report, without which it is not made.
    at_most_every: so long after one that it has made, nothing is; for what is made on a condition
        or on a change.
    quiet: from when to when of a day, by the zone's clock, nothing of that kind is made.
    after_publish: a command that is run, once, for each edition that it has published.
    as_of: the day a report is of: ``slot-day`` or ``day-before``, by the zone's calendar.
    catch_up: of slots that were missed, so many of the newest are made, and always the newest.
    retries, retry_after: further attempts after the first; the wait before the next one, which
        doubles each time.
    time_limit: how long an attempt may take, and the command after it.
    keep: how many published folders of this schedule stay; all if None.
    start: first day whose slots are owed; if None, the schedule starts when it is first seen.
    """

    name: str
    report: str
    cron: str = ""
    timezone: str = "UTC"
    as_of: str = "slot-day"
    catch_up: int = 3
    retries: int = 3
    retry_after: dt.timedelta = 10 * MINUTE
    time_limit: dt.timedelta = 30 * MINUTE
    keep: int | None = None
    start: dt.date | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    on: str = "cron"
    when: Trigger | None = None
    at_most_every: dt.timedelta | None = None
    quiet: Span | None = None
    after_publish: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the cron expression is read."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Subscription:
    """Who gets which reports, up to which marking, in which formats, one by one or together.

    Of the reports, only what one of `schedules` has made, if any are named, and what has these
    `parameters`: of each one value, or one of several. A digest goes once a day, when the clock on
    the wall of `timezone` shows `at`.
    """

    address: str
    reports: tuple[str, ...]
    formats: tuple[str, ...] = ("pdf",)
    clearance: str = "TLP:CLEAR"
    send: str = "each"
    name: str = ""
    at: dt.time = dt.time(7)
    timezone: str = "UTC"
    schedules: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[object, ...]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of `at`."""
        return ZoneInfo(self.timezone)


#: What the ledger calls a webhook, before its name; no mail address begins so.
WEBHOOK = "webhook:"


@dataclass(frozen=True)
class Webhook:
    """A program, or a channel of a chat, that is told of reports as a reader is.

    What it is told of is chosen as for a :class:`Subscription`.

    Parameters
    ----------
    name: what the ledger calls it; no two have the same.
    url, url_env, url_file: where it listens, one of them; of a chat the address is a secret.
    format: ``json``, signed after the Standard Webhooks convention; ``slack`` or ``teams``.
    secret_env, secret_file: what it is signed with; for ``json``.
    formats: files that come along; for ``json``, as neither chat takes any this way.
    timeout: how long it may take to answer, all in all.
    retries, retry_after, ca_file, at_once: as for :class:`Mail`.
    """

    name: str
    reports: tuple[str, ...]
    url: str | None = None
    url_env: str | None = None
    url_file: Path | None = None
    format: str = "json"
    secret_env: str | None = None
    secret_file: Path | None = None
    formats: tuple[str, ...] = ()
    clearance: str = "TLP:CLEAR"
    schedules: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    timeout: dt.timedelta = MINUTE / 2
    retries: int = 8
    retry_after: dt.timedelta = 5 * MINUTE
    ca_file: Path | None = None
    at_once: int = 20

    @property
    def address(self) -> str:
        """What the ledger calls it, among the addresses of readers."""
        return f"{WEBHOOK}{self.name}"


#: Whoever is told of what is published.
Reader: TypeAlias = Subscription | Webhook


#: What stands for a reader's own token in the link by which they unsubscribe.
TOKEN = "{token}"


@dataclass(frozen=True)
class Mail:
    """The server that takes the mail, and in whose name it is sent.

    `retry_after` is the wait before the second attempt, and doubles each time; `operator` gets
    the failures. `unsubscribe` is an address to write to, or a link; with a `{token}` in it, which
    is signed with the secret, it is another for each reader. A reader to whom more than `at_once`
    reports would go in one call gets none of them until somebody says so.
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    operator: str | None = None
    unsubscribe: str | None = None
    unsubscribe_secret_env: str | None = None
    unsubscribe_secret_file: Path | None = None
    timeout: dt.timedelta = MINUTE / 2
    retries: int = 8
    retry_after: dt.timedelta = 5 * MINUTE
    ca_file: Path | None = None
    at_once: int = 20


@dataclass(frozen=True)
class Inbox:
    """Where mails come back to: a folder of messages, or a mailbox on an IMAP server."""

    folder: Path | None = None
    host: str | None = None
    port: int = 993
    security: str = "tls"
    user: str | None = None
    password_env: str | None = None
    password_file: Path | None = None
    mailbox: str = "INBOX"
    timeout: dt.timedelta = MINUTE / 2
    ca_file: Path | None = None


@dataclass(frozen=True)
class Signing:
    """The key that signs outgoing PDFs, and whom `brinkwatch verify` believes.

    `signers` are the certificates whose signatures are the desk's, that of the key if None; `trust`
    are roots that vouch for whoever signs. `timestamp` is the server that says when it was.
    """

    pkcs12: Path
    passphrase_env: str | None = None
    passphrase_file: Path | None = None
    name: str | None = None
    reason: str | None = None
    location: str | None = None
    trust: Path | None = None
    signers: Path | None = None
    timestamp: str | None = None


@dataclass(frozen=True)
class Site:
    """What the index page and the feed are called, where readers find them, and what they show.

    Nothing above `clearance` is listed, nor does `latest` lead to it.
    """

    title: str = "brinkwatch"
    address: str = ""
    clearance: str = MARKINGS[0]


@dataclass(frozen=True)
class Upkeep:
    """How the record is kept up.

    It is stale when it ends longer ago than `stale_after`; never if None. What is published of the
    last `correct_days` days is made anew when its rows change.
    """

    stale_after: dt.timedelta | None = None
    correct_days: int = 14


@dataclass(frozen=True)
class Config:
    """All that the file says."""

    path: Path
    schedules: tuple[Schedule, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    mail: Mail | None = None
    signing: Signing | None = None
    site: Site | None = None
    record: Upkeep | None = None
    webhooks: tuple[Webhook, ...] = ()
    inbox: Inbox | None = None

    @property
    def readers(self) -> tuple[Reader, ...]:
        """All who are to be told of what is published."""
        return (*self.subscriptions, *self.webhooks)

    @property
    def within_reach(self) -> tuple[Reader, ...]:
        """Those to whom this configuration says how to send something."""
        return self.readers if self.mail else self.webhooks

    @property
    def by_name(self) -> dict[str, Schedule]:
        """The schedules by their names."""
        return {schedule.name: schedule for schedule in self.schedules}

    @property
    def stale_after(self) -> dt.timedelta | None:
        """How long ago the record may end."""
        return self.record.stale_after if self.record else None

    @property
    def correct_days(self) -> int:
        """Of how many days back published editions are made anew when their rows change."""
        return (self.record or Upkeep()).correct_days

    @property
    def secret_variables(self) -> frozenset[str]:
        """Names of the environment variables that no report needs to see."""
        named = (
            self.mail and self.mail.password_env,
            self.mail and self.mail.unsubscribe_secret_env,
            self.inbox and self.inbox.password_env,
            self.signing and self.signing.passphrase_env,
            *(name for webhook in self.webhooks for name in (webhook.url_env, webhook.secret_env)),
        )
        return frozenset(name for name in named if name)
