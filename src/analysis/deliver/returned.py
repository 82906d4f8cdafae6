"""Mails that came back: what the notices in an inbox say, and what becomes of deliveries for it.

A notice counts only if it is a report on delivery (RFC 3464) that returns the Message-ID of a mail
that was sent: else whoever can write to the inbox could have any reader get nothing. Each is
counted once. The delivery is parked; an address that does not exist gets nothing more until
somebody puts it right, or says `brinkwatch deliver --again`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from analysis.deliver import outbox
from analysis.deliver.answer import LONGEST_REPLY
from analysis.deliver.course import happen
from analysis.deliver.operator import PARKED_MAIL, tell_operator
from analysis.plain_text import one_line
from analysis.schedule import machines, notes
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import transaction
from analysis.schedule.settings import Config

#: Kinds of failure (RFC 3463) that are the address's: there is no such mailbox, domain or host, or
#: it is closed. A full mailbox, say, or a refusal of one mail is none.
DEAD = re.compile(r"5\.(?:1\.(?:[0-6]|10)|2\.1|4\.4)")

#: What all notices have somewhere.
_MARK = b"delivery-status"


@dataclass(frozen=True)
class Returned:
    """One mail that came back.

    Parameters
    ----------
    message_id: of the mail that was sent.
    status: kind of failure, such as ``5.1.1``.
    reason: what was said of it, in a line.
    sha256: of the notice.
    """

    message_id: str
    status: str
    reason: str
    sha256: str

    @property
    def is_dead(self) -> bool:
        """Whether it is the address that is wrong."""
        return DEAD.fullmatch(self.status) is not None


def returned(notice: bytes) -> Iterator[Returned]:
    """Yield what a message says came back; nothing if it is no report on delivery, or on success.

    Parameters
    ----------
    notice: the message, or as much of its beginning as is at hand.
    """
    if _MARK not in notice.lower():
        return
    parts = list(message_from_bytes(notice).walk())
    message_id = next(filter(None, map(_original_id, parts)), "")
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if message_id and str(block.get("Action", "")).strip().lower() == "failed":
                    digest = hashlib.sha256(notice).hexdigest()
                    yield Returned(message_id, _status(block), _reason(block), digest)


def _blocks(part: Message) -> list[Message]:
    """The fields of a report: of the message first, then of each recipient."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _original_id(part: Message) -> str:
    """The Message-ID of the mail that a part of a notice returns; empty if it returns none."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        inner = (one for one in payload if isinstance(one, Message))
        return next((str(one.get("Message-ID", "")).strip() for one in inner), "")
    if kind == "text/rfc822-headers":
        content = part.get_payload(decode=True)
        headers = content if isinstance(content, bytes) else b""
        return str(message_from_bytes(headers).get("Message-ID", "")).strip()
    return ""


def _status(block: Message) -> str:
    found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", str(block.get("Status", "")))
    return found[0] if found else ""


def _reason(block: Message) -> str:
    said = str(block.get("Diagnostic-Code") or block.get("Status") or "no reason is given")
    return one_line(said.partition(";")[2] or said)[:LONGEST_REPLY]


def take_in(
    connection: sqlite3.Connection, notices: Iterable[bytes], config: Config, now: dt.datetime
) -> None:
    """Write down what came back of what was sent, and whose address is dead.

    Parameters
    ----------
    connection: the ledger.
    notices: messages of the inbox, of whatever kind.
    config: in whose name the operator is told.
    now: when this is.
    """
    dead = {address: row["reason"] for address, row in notes.standing(connection, "dead").items()}
    with transaction(connection):
        for notice in notices:
            for one in returned(notice):
                address = _park(connection, one, config, now)
                if address and one.is_dead:
                    dead[address] = f"mail to it comes back: {one.reason}"
    notes.note_troubles(connection, "dead", dead, now)


def _park(
    connection: sqlite3.Connection, one: Returned, config: Config, now: dt.datetime
) -> str | None:
    """Park what came back; return whose it was, or None if that was known, or is none of ours."""
    row = connection.execute(
        "SELECT address, kind, last_try FROM delivery WHERE message_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM returned WHERE sha256 = ?)",
        (one.message_id, one.sha256),
    ).fetchone()
    if row is None:
        return None
    connection.execute(
        "INSERT INTO returned VALUES (?, ?, ?, ?)",
        (one.sha256, stamp(now), row["address"], one.reason),
    )
    # The reports of a digest went in one mail, which has the id of one of them.
    same_mail = "address = ? AND kind = ? AND last_try = ? AND state = 'sent'"
    if row["kind"] not in outbox.TOGETHER:
        same_mail += " AND message_id = ?"
    values = [*row, one.message_id][: same_mail.count("?")]
    sent = connection.execute(f"SELECT id, folder FROM delivery WHERE {same_mail}", values)
    for number, folder in sent.fetchall():
        why = f"it came back: {one.reason}"
        happen(connection, number, "returned", reason=why, reply=one.reason)
        if row["kind"] != "failure":
            line = f"{folder} to {row['address']}: {why}"
            tell_operator(connection, config.mail, PARKED_MAIL, line, now)
    return str(row["address"])


def still_dead(
    connection: sqlite3.Connection, config: Config, now: dt.datetime, again: bool
) -> dict[str, str]:
    """Return the addresses to which nothing goes, and why.

    Those that nobody subscribes with any more are forgotten; all are if they are to be tried again.
    """
    own = {reader.address for reader in config.readers}
    if config.mail and config.mail.operator:
        own.add(config.mail.operator)
    dead = {
        address: row["reason"]
        for address, row in notes.standing(connection, "dead").items()
        if address in own and not again
    }
    machines.note_troubles(connection, "dead", dead, own, now)
    return dead
