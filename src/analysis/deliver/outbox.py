"""The outbox: a row of the ledger for each report and reader, from pending to sent.

A row is ``pending``, then ``sending`` from before the server hears of it until it has answered,
then ``sent``. A row that is still ``sending`` when a call begins was on its way when a process or
a connection broke: it goes out again, with the same Message-ID. ``parked`` rows were refused for
good or too often; ``withheld`` rows are not for that reader's eyes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from analysis.deliver.answer import Answer, Outcome
from analysis.deliver.course import OPEN, happen
from analysis.deliver.operator import PARKED_MAIL, tell_operator
from analysis.schedule import machines
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import change, transaction, value
from analysis.schedule.settings import WEBHOOK, Mail, Webhook

#: What the ledger says of a mail that the server may have taken without its answer arriving.
TWICE = "the answer to an earlier attempt never came, so there may be a second copy"

#: Kinds of which a reader gets all that is owed in one mail.
TOGETHER = ("digest", "correction")

#: Kinds of mail whose words are the reason in the ledger.
IN_WORDS = ("failure", "withdrawal")

#: After so many attempts, the newest two of which were not answered, a mail is parked.
UNANSWERED = 3

#: No wait between two attempts is longer.
LONGEST_WAIT = dt.timedelta(days=1)


#: Of a folder, such as ``brief/2024-01-29--window_days=14``, the day; and without it report and
#: parameters, which make the editions of one report.
_DAY = "substr({0}, instr({0}, '/') + 1, 10)"
_STREAM = "substr({0}, 1, instr({0}, '/')) || substr({0}, instr({0}, '/') + 11)"

#: Whose settings say how often, and when, a message is tried again.
Terms: TypeAlias = Mail | Webhook


@dataclass(frozen=True)
class Delivery:
    """One report for one reader, or one failure for the operator, as the ledger has it.

    `attempts` and `state` are those before the next attempt. Of a failure, `folder` says what
    failed, and `reason` is the text for the operator. `happened` is when the report was published,
    or what else there is to tell. `machine` is the one that owes it; empty if that is not known.
    """

    id: int
    folder: str
    manifest_sha256: str
    report: str
    address: str
    kind: str
    message_id: str
    state: str
    attempts: int
    next_try: str
    reason: str
    happened: str
    machine: str

    @property
    def to_webhook(self) -> bool:
        """Whether it goes to a webhook, and not by mail."""
        return self.address.startswith(WEBHOOK)


def webhook_id(*key: str) -> str:
    """Return the id of what the key names; always the same for the same key.

    >>> webhook_id("brief/2024-01-29", "webhook:ops")
    'msg_c2d93daea50b1e8602bba0a7c35a4781'
    """
    return f"msg_{hashlib.sha256(chr(0).join(key).encode()).hexdigest()[:32]}"


def due(
    connection: sqlite3.Connection, now: dt.datetime, readers: Collection[str] = ()
) -> list[tuple[Delivery, ...]]:
    """Return the mails to send now, each as its deliveries: one, or those of a digest.

    What was tried least comes first, so that no bad address holds up the others.

    Parameters
    ----------
    connection: the ledger.
    now: when this is.
    readers: addresses that are this machine's; editions that another owes others are not sent.
    """
    others = machines.others(connection)
    rows = connection.execute(
        "SELECT id, folder, manifest_sha256, coalesce(report, '') AS report, address, kind, "
        "coalesce(message_id, '') AS message_id, state, attempts, "
        "coalesce(next_try, '') AS next_try, coalesce(reason, '') AS reason, "
        "coalesce(published, owed, '') AS happened, "
        "coalesce(machine, '') AS machine "
        "FROM delivery LEFT JOIN publication USING (folder, manifest_sha256) "
        f"WHERE {OPEN} ORDER BY id"
    )
    owed = [
        one
        for one in (Delivery(**row) for row in rows)
        if one.kind in IN_WORDS
        or not machines.owed_by_another(one.machine, one.address, readers, others)
    ]
    mails: list[tuple[Delivery, ...]] = [
        (delivery,) for delivery in owed if delivery.kind not in TOGETHER or delivery.to_webhook
    ]
    for kind in TOGETHER:
        by_mail = [one for one in owed if one.kind == kind and not one.to_webhook]
        mails += _together(by_mail, now)
    ready = [mail for mail in mails if all(part.next_try <= stamp(now) for part in mail)]
    return sorted(ready, key=lambda mail: (mail[0].attempts, mail[0].id))


def _together(owed: Sequence[Delivery], now: dt.datetime) -> Iterator[tuple[Delivery, ...]]:
    """One mail for each reader, of all whose time has come; one on its way first, as it was."""
    parts = sorted(
        (one for one in owed if one.next_try <= stamp(now)),
        key=lambda delivery: (delivery.address, delivery.id),
    )
    for _, group in groupby(parts, key=lambda delivery: delivery.address):
        waiting = tuple(group)
        on_its_way = tuple(part for part in waiting if part.state == "sending")
        yield on_its_way or waiting


def got_before(connection: sqlite3.Connection, correction: Delivery) -> str:
    """Digest of the manifest of the newest edition that a reader had before one that corrects it.

    Empty if there is none.
    """
    query = (
        "SELECT manifest_sha256 FROM delivery WHERE folder = ? AND address = ? "
        "AND manifest_sha256 <> ? AND id < ? AND kind <> 'failure' "
        "AND (state = 'sent' OR attempts > 0) ORDER BY state = 'sent' DESC, id DESC LIMIT 1"
    )
    one = correction
    key = one.folder, one.address, one.manifest_sha256, one.id
    return str(value(connection, query, *key) or "")


def thread_of(connection: sqlite3.Connection, part: Delivery) -> str:
    """Message-ID of the newest mail that a reader had of a report with the same parameters.

    Of none as of a later day; empty if there is none. Of a correction or a withdrawal it is the
    one of the edition that they had.
    """
    row = connection.execute(
        "SELECT message_id FROM delivery WHERE address = :address AND id <> :id "
        "AND kind IN ('report', 'digest', 'correction') AND state = 'sent' "
        f"AND {_STREAM.format('folder')} = {_STREAM.format(':folder')} "
        f"AND {_DAY.format('folder')} <= {_DAY.format(':folder')} ORDER BY id DESC LIMIT 1",
        {"address": part.address, "id": part.id, "folder": part.folder},
    ).fetchone()
    return row["message_id"] if row else ""


def put_clock_right(connection: sqlite3.Connection, now: dt.datetime) -> None:
    """Let nothing wait for a time that a clock which was ahead has set.

    No digest is more than a day away, with the hour by which a day can be longer.
    """
    connection.execute(
        "UPDATE delivery SET next_try = :now, owed = :now "
        f"WHERE {OPEN} AND (last_try > :now OR owed > :far)",
        {"now": stamp(now), "far": stamp(now + dt.timedelta(hours=25))},
    )


def begin(connection: sqlite3.Connection, mail: Sequence[Delivery], now: dt.datetime) -> None:
    """Write down that a mail goes to the server, before the server hears of it."""
    with transaction(connection):
        for part in mail:
            if part.state == "sending" and part.kind not in IN_WORDS:
                change(connection, "delivery", {"id": part.id}, reason=TWICE)
            happen(connection, part.id, "begun", attempts=part.attempts + 1, last_try=stamp(now))


def settle(
    connection: sqlite3.Connection,
    parts: Sequence[Delivery],
    answer: Answer,
    terms: Terms,
    mail: Mail | None,
    now: dt.datetime,
) -> str:
    """Write down what became of a message; return the state of its first delivery.

    Parameters
    ----------
    connection: the ledger.
    parts: what was in it.
    answer: what was said to it.
    terms: how often and when it is tried again.
    mail: in whose name the operator is told what was given up.
    now: when this is.
    """
    states = []
    with transaction(connection):
        for part in parts:
            event = _event(part, answer, terms)
            if answer.outcome is Outcome.UNANSWERED and part.kind not in IN_WORDS:
                change(connection, "delivery", {"id": part.id}, reason=TWICE)
            if event == "given up":
                why = "refused for good" if answer.outcome is Outcome.REFUSED else "tried too often"
                change(connection, "delivery", {"id": part.id}, reply=answer.reply)
                _park(connection, part, f"{why}: {answer.reply}", mail, now)
                states.append("parked")
                continue
            then = None if event == "taken" else _next_try(part, answer, terms, now)
            states.append(happen(connection, part.id, event, reply=answer.reply, next_try=then))
        if answer.wait:
            _leave_alone(connection, parts[0].address, now + min(answer.wait, LONGEST_WAIT))
    return states[0]


def take_back(connection: sqlite3.Connection, parts: Sequence[Delivery]) -> None:
    """Count an attempt as none that came to nobody."""
    with transaction(connection):
        for part in parts:
            event = "not reached" if part.state == "pending" else "left open"
            happen(connection, part.id, event, attempts=part.attempts)


def _leave_alone(connection: sqlite3.Connection, address: str, until: dt.datetime) -> None:
    """Let nothing go to whoever asks to be left alone for so long."""
    connection.execute(
        f"UPDATE delivery SET next_try = max(coalesce(next_try, ''), ?) WHERE address = ? "
        f"AND {OPEN}",
        (stamp(until), address),
    )


def _event(part: Delivery, answer: Answer, terms: Terms) -> str:
    """What happens to a delivery for this answer, of those that `course` has."""
    if answer.outcome is Outcome.TAKEN:
        return "taken"
    if answer.outcome is Outcome.REFUSED or part.attempts >= terms.retries:
        return "given up"
    again = part.state == "sending"
    # A server that takes everything and never says so would make a copy each time; a program that
    # goes by the ids of its messages has one.
    copies = not (isinstance(terms, Webhook) and terms.format == "json")
    is_unanswered = answer.outcome is Outcome.UNANSWERED
    if is_unanswered and again and copies and part.attempts + 1 >= UNANSWERED:
        return "given up"
    # Once a mail may have been taken, it stays what it was: a digest gets no further reports.
    return "left open" if is_unanswered or again else "deferred"


def _next_try(part: Delivery, answer: Answer, terms: Terms, now: dt.datetime) -> str:
    doublings = min(part.attempts, 20)
    wait = max(terms.retry_after * 2**doublings, answer.wait or dt.timedelta())
    return stamp(now + min(wait, LONGEST_WAIT))


def park(
    connection: sqlite3.Connection, part: Delivery, why: str, mail: Mail | None, now: dt.datetime
) -> None:
    """Give up a delivery, and tell the operator."""
    with transaction(connection):
        _park(connection, part, why, mail, now)


def _park(
    connection: sqlite3.Connection, part: Delivery, why: str, mail: Mail | None, now: dt.datetime
) -> None:
    if part.kind in IN_WORDS:
        happen(connection, part.id, "given up", next_try=None, reply=why)
    else:
        before = value(connection, "SELECT reason FROM delivery WHERE id = ?", part.id)
        told = f"{why}; {TWICE}" if before == TWICE else why
        happen(connection, part.id, "given up", next_try=None, reason=told)
    # Of mail to the operator that fails, mail to the operator cannot tell; `status` does.
    if part.kind != "failure":
        what = f"{part.folder} to {part.address}: {why}"
        tell_operator(connection, mail, PARKED_MAIL, what, now)


def withhold(connection: sqlite3.Connection, number: int, why: str) -> None:
    """Keep a delivery back, and say why."""
    happen(connection, number, "withheld", next_try=None, reason=why)


def take_up_again(connection: sqlite3.Connection, now: dt.datetime) -> None:
    """Owe what was parked once more."""
    rows = connection.execute(
        "SELECT id, instr(coalesce(reason, ''), ?) AS twice FROM delivery WHERE state = 'parked'",
        (TWICE,),
    ).fetchall()
    with transaction(connection):
        for number, may_be_taken in rows:
            event = "left open" if may_be_taken else "taken up again"
            at = stamp(now)
            happen(connection, number, event, attempts=0, next_try=at, owed=at)
