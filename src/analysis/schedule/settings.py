"""What brinkwatch.toml says, typed: the names of the fields are the keys of the file.

The type of a field brings along the rule by which its value is read; `checking` goes by them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from analysis.parameters import MARKINGS
from analysis.schedule import rules
from analysis.schedule.clock import Span
from analysis.schedule.triggers import Trigger

MINUTE = dt.timedelta(minutes=1)


#: What a field may be, and the rule by which it is read.
Text = Annotated[str, rules.text]
Slug = Annotated[str, rules.slug]
Zone = Annotated[str, rules.timezone]
Address = Annotated[str, rules.address]
Variable = Annotated[str, rules.variable]
File = Annotated[Path, rules.file]
Page = Annotated[str, partial(rules.link, schemes=("https", "http"))]
Marking = Annotated[str, partial(rules.one_of, names=MARKINGS)]
Count = Annotated[int, rules.count]
Some = Annotated[int, partial(rules.whole, least=1, most=100_000)]
Port = Annotated[int, partial(rules.whole, least=1, most=65_535)]
Duration = Annotated[dt.timedelta, rules.duration]
Patience = Annotated[dt.timedelta, partial(rules.duration, most="10m")]
Reports = Annotated[tuple[str, ...], partial(rules.several, each=rules.text)]
Schedules = Annotated[tuple[str, ...], partial(rules.several, each=rules.slug)]
Formats = Annotated[
    tuple[str, ...], partial(rules.several, each=partial(rules.one_of, names=("pdf", "html")))
]
Chosen = Annotated[Mapping[str, tuple[object, ...]], rules.choices]


def _one_of(*names: str) -> partial[str]:
    return partial(rules.one_of, names=names)


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

    name: Slug
    report: Text
    cron: Annotated[str, rules.cron] = ""
    timezone: Zone = "UTC"
    as_of: Annotated[str, _one_of("slot-day", "day-before")] = "slot-day"
    catch_up: Count = 3
    retries: Count = 3
    retry_after: Duration = 10 * MINUTE
    time_limit: Duration = 30 * MINUTE
    keep: Some | None = None
    start: Annotated[dt.date, rules.day] | None = None
    parameters: Annotated[Mapping[str, object], rules.table] = field(default_factory=dict)
    on: Annotated[str, _one_of("cron", "record")] = "cron"
    when: Annotated[Trigger, rules.trigger] | None = None
    at_most_every: Duration | None = None
    quiet: Annotated[Span, rules.part_of_a_day] | None = None
    after_publish: Annotated[tuple[str, ...], rules.command] = ()

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

    address: Address
    reports: Reports
    schedules: Schedules = ()
    parameters: Chosen = field(default_factory=dict)
    formats: Formats = ("pdf",)
    clearance: Marking = "TLP:CLEAR"
    send: Annotated[str, _one_of("each", "digest")] = "each"
    name: Text = ""
    at: Annotated[dt.time, rules.time_of_day] = dt.time(7)
    timezone: Zone = "UTC"

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

    name: Slug
    reports: Reports
    schedules: Schedules = ()
    parameters: Chosen = field(default_factory=dict)
    formats: Formats = ()
    clearance: Marking = "TLP:CLEAR"
    url: Page | None = None
    url_env: Variable | None = None
    url_file: File | None = None
    format: Annotated[str, _one_of("json", "slack", "teams")] = "json"
    secret_env: Variable | None = None
    secret_file: File | None = None
    timeout: Patience = MINUTE / 2
    retries: Count = 8
    retry_after: Duration = 5 * MINUTE
    ca_file: File | None = None
    at_once: Some = 20

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

    host: Annotated[str, rules.host]
    sender: Annotated[str, rules.sender]
    port: Port = 587
    security: Annotated[str, _one_of("starttls", "tls", "none")] = "starttls"
    user: Text | None = None
    password_env: Variable | None = None
    password_file: File | None = None
    operator: Address | None = None
    unsubscribe: Annotated[str, partial(rules.link, schemes=("mailto", "https"))] | None = None
    unsubscribe_secret_env: Variable | None = None
    unsubscribe_secret_file: File | None = None
    timeout: Patience = MINUTE / 2
    retries: Count = 8
    retry_after: Duration = 5 * MINUTE
    ca_file: File | None = None
    at_once: Some = 20


@dataclass(frozen=True)
class Inbox:
    """Where mails come back to: a folder of messages, or a mailbox on an IMAP server."""

    folder: File | None = None
    host: Annotated[str, rules.host] | None = None
    port: Port = 993
    security: Annotated[str, _one_of("tls", "none")] = "tls"
    user: Text | None = None
    password_env: Variable | None = None
    password_file: File | None = None
    mailbox: Text = "INBOX"
    timeout: Patience = MINUTE / 2
    ca_file: File | None = None


@dataclass(frozen=True)
class Signing:
    """The key that signs outgoing PDFs, and whom `brinkwatch verify` believes.

    `signers` are the certificates whose signatures are the desk's, that of the key if None; `trust`
    are roots that vouch for whoever signs. `timestamp` is the server that says when it was.
    """

    pkcs12: File
    passphrase_env: Variable | None = None
    passphrase_file: File | None = None
    name: Text | None = None
    reason: Text | None = None
    location: Text | None = None
    trust: File | None = None
    signers: File | None = None
    timestamp: Page | None = None


@dataclass(frozen=True)
class Site:
    """What the index page and the feed are called, where readers find them, and what they show.

    Nothing above `clearance` is listed, nor does `latest` lead to it.
    """

    title: Text = "brinkwatch"
    address: Page = ""
    clearance: Marking = MARKINGS[0]


@dataclass(frozen=True)
class Upkeep:
    """How the record is kept up.

    It is stale when it ends longer ago than `stale_after`; never if None. What is published of the
    last `correct_days` days is made anew when its rows change.
    """

    stale_after: Duration | None = None
    correct_days: Annotated[int, partial(rules.whole, least=0, most=3660)] = 14


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
