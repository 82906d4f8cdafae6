"""What is published goes to those who subscribed to it: the story of `brinkwatch deliver`."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

from analysis.deliver import outbox
from analysis.deliver.answer import OutOfReachError
from analysis.deliver.clearance import why_withheld
from analysis.deliver.course import OPEN
from analysis.deliver.message import failure_letter, letter, withdrawal_letter
from analysis.deliver.outbox import Delivery
from analysis.deliver.owing import NOTHING_ELSE, make_out
from analysis.deliver.publication import DamagedError, Publication, ReplacedError, corrected, read
from analysis.deliver.smtp import MailServer
from analysis.errors import BrinkwatchError, UsageError
from analysis.schedule import ledger, notes
from analysis.schedule.config import Config, Mail, Signing, Subscription

#: Attachments of a digest, in bytes; what is beyond waits for the next one. Servers that take
#: less than 25 MB in their encoding, which adds a third, are rare.
LARGEST_DIGEST = 15_000_000

#: How many publications are kept at hand, read and signed, from one mail to the next.
_AT_HAND = 16


@dataclass
class Account:
    """What a call has done.

    Parameters
    ----------
    at_work: another call is at work, so this one has done nothing.
    states: how many mails came to which state of the ledger.
    withheld: how many deliveries were found not to be for their reader in this call.
    trouble: why mail had to wait that was not refused, a sentence each: no server, no key, too
        much at once; and what of the archive cannot be read.
    """

    at_work: bool = False
    states: Counter[str] = field(default_factory=Counter)
    withheld: int = 0
    trouble: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing needs somebody to look after it."""
        return not self.trouble and not self.states["parked"]

    def __str__(self) -> str:
        later = self.states["pending"] + self.states["sending"]
        counts = {
            "sent": self.states["sent"],
            "to be tried again": later,
            "withheld": self.withheld,
            "parked (see brinkwatch status)": self.states["parked"],
        }
        told = [f"{count} {what}" for what, count in counts.items() if count or what == "sent"]
        return f"{', '.join(told)}."


#: A publication for a delivery and formats, signed if it has to be.
Reader = Callable[[str, str, tuple[str, ...]], Publication]


def hand_out(
    reports: Path, config: Config, now: dt.datetime, *, again: bool = False, yes: bool = False
) -> Account:
    """Send each reader what is published, not sent yet and for their eyes.

    Parameters
    ----------
    reports: the archive, with the ledger.
    config: the subscriptions, the mail server, and the key if there is one.
    now: the date of the mails, and of all that the ledger notes.
    again: whether to try once more what was parked.
    yes: whether a reader may get more at once than `at_once`.

    Raises
    ------
    UsageError
        If the configuration names no mail server.
    RunError
        If the ledger cannot be used.
    """
    if config.mail is None:
        raise UsageError(f"{config.path} has no [mail], so nothing can be sent.")
    with ledger.alone(reports, "deliver") as connection:
        if connection is None:
            return Account(at_work=True)
        account = _round(connection, reports, config, config.mail, now, again, yes)
        if account.states:
            # A copy that knew less of what was sent would have it sent again.
            ledger.back_up(connection, reports)
        return account


def _round(
    connection: sqlite3.Connection,
    reports: Path,
    config: Config,
    mail: Mail,
    now: dt.datetime,
    again: bool,
    yes: bool,
) -> Account:
    before = _withheld(connection)
    notes.note_publications(connection, reports, now)
    outbox.put_clock_right(connection, now)
    make_out(connection, config.subscriptions, mail, now)
    if again:
        outbox.take_up_again(connection, now)
    account = Account()
    work = _Work(connection, config, mail, now, _reader(reports, config.signing, now), account)
    held = {} if yes else _too_much(connection, mail, now)
    server_trouble = ""
    try:
        with MailServer(mail) as server:
            for parts in outbox.due(connection, now):
                if parts[0].address not in held:
                    _send(parts, work, server)
            # The operator hears at once of what was parked just now.
            for parts in outbox.due(connection, now):
                if parts[0].kind == "failure" and parts[0].attempts == 0:
                    _send(parts, work, server)
    except (OutOfReachError, UsageError) as reason:
        server_trouble = str(reason)
    _note_troubles(connection, account, server_trouble, held, now)
    for folder, row in notes.standing(connection, "folder").items():
        account.trouble.append(f"{reports / folder}: {row['reason']}.")
    account.withheld = _withheld(connection) - before
    return account


def _too_much(connection: sqlite3.Connection, mail: Mail, now: dt.datetime) -> dict[str, str]:
    """Readers who would get more reports at once than anybody asks for, and why they do not."""
    counts = Counter(
        parts[0].address
        for parts in outbox.due(connection, now)
        for part in parts
        if part.kind != "failure"
    )
    return {
        address: f"{count} reports wait for {address}, more than at_once = {mail.at_once}; "
        "`brinkwatch deliver --yes` sends them"
        for address, count in counts.items()
        if count > mail.at_once
    }


def _note_troubles(
    connection: sqlite3.Connection,
    account: Account,
    server_trouble: str,
    held: Mapping[str, str],
    now: dt.datetime,
) -> None:
    """Write down why mail waits, so that `status` can tell; tell whoever called, too.

    That no mail was to go shows nothing about a server that took none before.
    """
    waits = connection.execute(f"SELECT 1 FROM delivery WHERE {OPEN}")
    if server_trouble or account.states or not waits.fetchone():
        server = {"server": server_trouble} if server_trouble else {}
        notes.note_troubles(connection, "mail", server, now)
    notes.note_troubles(connection, "sign", {"PDFs": " ".join(account.trouble)}
                        if account.trouble else {}, now)  # fmt: skip
    notes.note_troubles(connection, "held", held, now)
    account.trouble += filter(None, [server_trouble, *(f"{why}." for why in held.values())])


@dataclass(frozen=True)
class _Work:
    """What every mail of a call needs."""

    connection: sqlite3.Connection
    config: Config
    mail: Mail
    now: dt.datetime
    read: Reader
    account: Account


def _send(parts: Sequence[Delivery], work: _Work, server: MailServer) -> None:
    """Write one mail, hand it over, and note what became of it."""
    written = _written(parts, work)
    if written is None:
        return
    parts, message = written
    content = message.as_bytes()
    server.connect()
    outbox.begin(work.connection, parts, work.now)
    answer = server.hand_over(parts[0].address, content)
    state = outbox.settle(work.connection, parts, answer, work.mail, work.now)
    work.account.states[state] += 1


def _written(
    parts: Sequence[Delivery], work: _Work
) -> tuple[Sequence[Delivery], EmailMessage] | None:
    """The mail for these deliveries, and which of them are in it; None if none can be."""
    first, mail, now = parts[0], work.mail, work.now
    try:
        if first.kind == "failure":
            slot = outbox.about_slot(work.connection, first.folder)
            told = "\n\n".join(filter(None, [first.reason, slot]))
            text = failure_letter(first.folder, told, first.address, mail, first.message_id, now)
            return parts, text
        if first.kind == "withdrawal":
            what, _, why = first.reason.partition("\n")
            text = withdrawal_letter(what, why, first.address, mail, first.message_id, now)
            return parts, text
        found = list(_fitting(_cleared(parts, work)))
        if not found:
            return None
        parts, publications = zip(*found, strict=True)
        reader = _subscription(first, work.config)
        return parts, letter(publications, reader, mail, parts[0].message_id, now)
    except UsageError as reason:
        _give_up(parts, str(reason), work)
        return None


def _give_up(parts: Sequence[Delivery], why: str, work: _Work) -> None:
    for part in parts:
        outbox.park(work.connection, part, why, work.mail, work.now)
        work.account.states["parked"] += 1


def _cleared(parts: Sequence[Delivery], work: _Work) -> Iterator[tuple[Delivery, Publication]]:
    """The publications that their reader may see; the others are withheld or parked.

    The marking that counts is the one that the bytes to be sent say.
    """
    for part in parts:
        reader = _subscription(part, work.config)
        try:
            publication = work.read(part.folder, part.manifest_sha256, reader.formats)
        except ReplacedError as reason:
            outbox.withhold(work.connection, part.id, str(reason))
            continue
        except DamagedError as reason:
            _give_up([part], str(reason), work)
            continue
        except BrinkwatchError as reason:
            if str(reason) not in work.account.trouble:
                work.account.trouble.append(str(reason))
            continue
        if why := why_withheld(publication.marking, reader.clearance):
            outbox.withhold(work.connection, part.id, why)
            continue
        called_for = notes.called_for(work.connection, part.folder)
        publication = replace(publication, called_for=called_for)
        if part.kind != "correction":
            yield part, publication
        elif told := corrected(publication, outbox.got_before(work.connection, part)):
            yield part, replace(publication, corrected=told)
        else:
            outbox.withhold(work.connection, part.id, NOTHING_ELSE)


def _fitting(
    found: Iterator[tuple[Delivery, Publication]],
) -> Iterator[tuple[Delivery, Publication]]:
    """The first of them, and more as long as one mail can hold them."""
    size = 0
    for part, publication in found:
        more = sum(map(len, publication.attached.values()))
        if size and size + more > LARGEST_DIGEST:
            return
        size += more
        yield part, publication


def _subscription(part: Delivery, config: Config) -> Subscription:
    """The subscription that a delivery is for; `owing.make_out` withholds what has none."""
    return next(
        reader
        for reader in config.subscriptions
        if reader.address == part.address and part.report in reader.reports
    )


def _reader(reports: Path, signing: Signing | None, now: dt.datetime) -> Reader:
    """Read publications; one that many get is read and signed once."""

    @lru_cache(maxsize=_AT_HAND)
    def publication(folder: str, manifest_sha256: str, formats: tuple[str, ...]) -> Publication:
        found = read(reports, folder, manifest_sha256, formats)
        return found if signing is None else _with_signature(found, signing, now)

    return publication


def _with_signature(publication: Publication, signing: Signing, now: dt.datetime) -> Publication:
    from analysis.deliver.signature import signed

    attached = {
        name: signed(content, signing, now) if name.endswith(".pdf") else content
        for name, content in publication.attached.items()
    }
    return replace(publication, attached=attached)


def _withheld(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM delivery WHERE state = 'withheld'").fetchone()
    return int(row[0])
