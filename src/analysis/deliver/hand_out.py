"""What is published goes to those who subscribed to it: the story of `brinkwatch deliver`."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analysis.deliver import outbox
from analysis.deliver.by_mail import send_mails
from analysis.deliver.contents import Account, Work, reading
from analysis.deliver.course import OPEN
from analysis.deliver.explaining import explaining
from analysis.deliver.outbox import Delivery
from analysis.deliver.owing import make_out
from analysis.deliver.returned import still_dead, take_in
from analysis.errors import RunError, UsageError
from analysis.publish.lock import machine
from analysis.schedule import ledger, machine_clock, machines, notes
from analysis.schedule.settings import WEBHOOK, Config


def hand_out(
    reports: Path,
    config: Config,
    now: dt.datetime,
    *,
    clock: dt.datetime | None = None,
    data: Path | None = None,
    again: bool = False,
    yes: bool = False,
) -> Account:
    """Send each reader what is published, not sent yet and for their eyes.

    Parameters
    ----------
    reports: the archive, with the ledger.
    config: subscriptions and webhooks, the mail server, and the key if there is one.
    now: the date of the mails, and of all that the ledger notes.
    clock: what the clock says where `now` is another time; nothing is signed that could not be
        verified by it.
    data: the record, by which corrections say which rows they are of.
    again: whether to try once more what was parked.
    yes: whether a reader may get more at once than `at_once`.

    Raises
    ------
    UsageError
        If the configuration names neither a mail server nor a webhook.
    RunError
        If the ledger cannot be used.
    """
    if config.mail is None and not config.webhooks:
        raise UsageError(f"{config.path} has no [mail], so nothing can be sent.")
    with ledger.alone(reports, "deliver") as connection:
        if connection is None:
            return Account(at_work=True)
        before = _withheld(connection)
        notes.note_publications(connection, reports, now)
        machine_clock.note_call(connection, now)
        outbox.put_clock_right(connection, now)
        make_out(connection, config.readers, config.mail, now)
        if again:
            outbox.take_up_again(connection, now)
        inbox_trouble = _look_for_returned(connection, config, now)
        dead = still_dead(connection, config, now, again)
        account = Account()
        read = reading(reports, config.signing, now, clock or now)
        work = Work(connection, config, now, read, explaining(data), account)
        held = {} if yes else _too_much(connection, config, now)
        nobody = held.keys() | dead.keys()
        readers = [reader.address for reader in config.readers]
        ready = outbox.due(connection, now, readers)
        owed = [parts for parts in ready if parts[0].address not in nobody]
        mail_trouble = _by_mail(owed, work)
        webhook_troubles = _by_webhook(owed, work)
        if not mail_trouble:
            # The operator hears at once of what was parked just now.
            mail_trouble = _by_mail(_untold_failures(connection, now), work)
        unsigned = {"PDFs": " ".join(account.trouble)} if account.trouble else {}
        machines.note_own(connection, "sign", unsigned, now)
        machines.note_troubles(connection, "held", held, readers, now)
        account.trouble += filter(None, [inbox_trouble, mail_trouble, *webhook_troubles])
        account.trouble += [f"{why}." for why in held.values()]
        account.trouble += [f"{address}: {why}." for address, why in dead.items()]
        for folder, row in notes.standing(connection, "folder").items():
            account.trouble.append(f"{reports / folder}: {row['reason']}.")
        account.withheld = _withheld(connection) - before
        if account.states:
            # A copy that knew less of what was sent would have it sent again.
            ledger.back_up(connection, reports)
        return account


def _look_for_returned(connection: sqlite3.Connection, config: Config, now: dt.datetime) -> str:
    """Take in what came back; return why the inbox cannot be read, and write it down."""
    trouble = ""
    if config.inbox is not None:
        # What reads mailboxes need not be loaded where there is none.
        from analysis.deliver.inbox import read_inbox

        try:
            read_inbox(config.inbox, lambda found: take_in(connection, found, config, now))
        except (RunError, UsageError) as reason:
            trouble = str(reason)
    found = {"of mail that came back": trouble} if trouble else {}
    machines.note_own(connection, "inbox", found, now)
    return trouble


def _too_much(connection: sqlite3.Connection, config: Config, now: dt.datetime) -> dict[str, str]:
    """Readers who would get more reports at once than anybody asks for, and why they do not."""
    most = {webhook.address: webhook.at_once for webhook in config.webhooks}
    if config.mail:
        most |= {reader.address: config.mail.at_once for reader in config.subscriptions}
    counts = Counter(
        part.address
        for parts in outbox.due(connection, now)
        for part in parts
        if part.kind != "failure" and part.address in most
    )
    return {
        address: f"{count} reports wait for {address}, more than at_once = {most[address]}; "
        "`brinkwatch deliver --yes` sends them"
        for address, count in counts.items()
        if count > most[address]
    }


def _untold_failures(connection: sqlite3.Connection, now: dt.datetime) -> list[Sequence[Delivery]]:
    return [
        parts
        for parts in outbox.due(connection, now)
        if parts[0].kind == "failure" and parts[0].attempts == 0
    ]


def _by_mail(owed: Sequence[Sequence[Delivery]], work: Work) -> str:
    """Send what goes by mail; return why the rest has to wait, and write it down.

    That no mail was to go shows nothing about a server that took none before.
    """
    mails = [parts for parts in owed if not parts[0].to_webhook]
    before = work.account.states.total()
    if work.config.mail is not None:
        trouble = send_mails(mails, work, work.config.mail)
    else:
        trouble = f"{work.config.path} has no [mail], so no mail can be sent." if mails else ""
    is_tried = work.account.states.total() > before
    if trouble or is_tried or not _is_waiting(work.connection, f"NOT GLOB '{WEBHOOK}*'"):
        found = {machine(): trouble} if trouble else {}
        machines.note_troubles(work.connection, "mail", found, [machine()], work.now)
    return trouble


def _by_webhook(owed: Sequence[Sequence[Delivery]], work: Work) -> list[str]:
    """Send what goes to webhooks; return why the rest has to wait, and write it down."""
    before = notes.standing(work.connection, "webhook")
    found = {}
    for webhook in work.config.webhooks:
        waiting = [parts[0] for parts in owed if parts[0].address == webhook.address]
        if waiting:
            # What speaks to them loads slowly, and many desks have none.
            from analysis.deliver.by_webhook import send_messages

            found[webhook.address] = send_messages(waiting, work, webhook)
        elif webhook.address in before and _is_waiting(work.connection, "= ?", webhook.address):
            found[webhook.address] = before[webhook.address]["reason"]
    troubles = {address: why for address, why in found.items() if why}
    own = [webhook.address for webhook in work.config.webhooks]
    machines.note_troubles(work.connection, "webhook", troubles, own, work.now)
    return list(troubles.values())


def _is_waiting(connection: sqlite3.Connection, whose: str, *values: str) -> bool:
    """Whether something is still to go to addresses of a kind, in SQL."""
    query = f"SELECT 1 FROM delivery WHERE {OPEN} AND address {whose} LIMIT 1"
    return bool(ledger.value(connection, query, *values))


def _withheld(connection: sqlite3.Connection) -> int:
    return int(ledger.value(connection, "SELECT count(*) FROM delivery WHERE state = 'withheld'"))
