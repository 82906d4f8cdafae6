"""Who gets what: each new publication against the subscriptions, written into the outbox.

A reader gets the newest edition of each report, and from then on what is not older than that. An
edition goes once, whatever becomes of its folder; to whoever got an edition before it, and to
nobody else, it goes as a correction. So neither a ledger that is new, a reader who is
new, nor an archive that is filled with old days makes a flood.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence

from analysis.deliver.clearance import why_withheld
from analysis.deliver.course import happen
from analysis.deliver.message import message_id
from analysis.deliver.outbox import webhook_id, withhold
from analysis.publish.lock import machine
from analysis.schedule import machines, slots
from analysis.schedule.choice import choice_of, chooses, chosen_among, edition_of, to_make_out
from analysis.schedule.clock import moment, stamp
from analysis.schedule.ledger import change, transaction, value
from analysis.schedule.settings import WEBHOOK, Mail, Reader, Subscription
from analysis.schedule.unsent import GONE
from analysis.today import last_day

#: Why what a reader may see by now is not sent any more.
TOO_OLD = "it was above the clearance while it was the newest"

#: Why a later edition is not sent to who got an earlier one.
NOTHING_ELSE = "it says nothing else than the edition that was sent"

#: Reasons that no change of clearances takes back.
_FOR_GOOD = (TOO_OLD, NOTHING_ELSE)

#: Publications of a report, newest first.
_OF_REPORT = """
SELECT * FROM publication WHERE report = ? AND as_of <= ? ORDER BY as_of DESC, folder"""

#: A slot that is still to be said to have made a publication, if it has.
_IN_THE_MAKING = """
SELECT 1 FROM slot WHERE state IN ('running', 'owed') AND report = ? AND as_of = ?"""

#: Whom an edition corrects: who got, or may have got, one before it. A failure is no edition.
_CORRECTED = """
SELECT DISTINCT address FROM delivery WHERE folder = ? AND manifest_sha256 <> ?
AND state IN ('sent', 'sending') AND kind <> 'failure' ORDER BY address"""

_ADD = """
INSERT INTO delivery
    (folder, manifest_sha256, address, kind, state, next_try, owed, machine)
SELECT :folder, :manifest_sha256, :address, :kind, 'pending', :at, :at, :machine
WHERE NOT EXISTS (
    SELECT 1 FROM delivery WHERE manifest_sha256 = :manifest_sha256
    AND address = :address AND kind <> 'failure'
)"""


def make_out(
    connection: sqlite3.Connection, readers: Sequence[Reader], mail: Mail | None, now: dt.datetime
) -> None:
    """Write down who gets each publication that is new, and who may not.

    What has not been sent yet is held against what readers have chosen by now.

    Parameters
    ----------
    connection: the ledger.
    readers: subscriptions and webhooks.
    mail: in whose name mails go; None if none do, and what is owed by mail waits.
    now: when this is.
    """
    day = last_day(now.date()).isoformat()
    with transaction(connection):
        starts = _starts(connection, readers, day, now)
        for row in to_make_out(connection, now):
            edition = edition_of(connection, row)
            named = row["folder"], row["manifest_sha256"]
            for (address,) in connection.execute(_CORRECTED, named).fetchall():
                _owe(connection, "correction", now, *named, address)
            for reader in readers:
                since = starts.get((reader.address, choice_of(reader, row["report"])))
                if since is not None and row["as_of"] >= since and chooses(reader, edition):
                    _owe_reader(connection, reader, row, now)
            if not _is_in_the_making(connection, row, readers):
                connection.execute("INSERT OR IGNORE INTO made_out VALUES (?)", named[1:])
        _review(connection, readers, day, now)
        _number(connection, mail)


def _is_in_the_making(
    connection: sqlite3.Connection, row: sqlite3.Row, readers: Sequence[Reader]
) -> bool:
    """Whether it is yet to be seen which schedule made a publication, and somebody asks."""
    if not any(reader.schedules for reader in readers):
        return False
    return bool(value(connection, _IN_THE_MAKING, row["report"], row["as_of"]))


def _owe_reader(
    connection: sqlite3.Connection, reader: Reader, row: sqlite3.Row, now: dt.datetime
) -> None:
    is_digest = isinstance(reader, Subscription) and reader.send == "digest"
    kind = "digest" if is_digest else "report"
    when = _when(connection, row["folder"], reader, now)
    _owe(connection, kind, when, row["folder"], row["manifest_sha256"], reader.address)


def _owe(connection: sqlite3.Connection, kind: str, when: dt.datetime, *edition: str) -> None:
    """Owe somebody an edition, which is named by folder, manifest and address, once."""
    named = dict(zip(("folder", "manifest_sha256", "address"), edition, strict=True))
    connection.execute(_ADD, {**named, "kind": kind, "at": stamp(when), "machine": machine()})


def _when(
    connection: sqlite3.Connection, folder: str, reader: Reader, now: dt.datetime
) -> dt.datetime:
    """From when on a report is to go to a reader.

    One that is late, and has missed the digest after its slot, does not wait for the next.
    """
    if not isinstance(reader, Subscription) or reader.send != "digest":
        return now
    slot = value(connection, "SELECT max(slot) FROM slot WHERE folder = ?", folder)
    since = min(moment(slot), now) if slot else now
    return max(slots.at(reader.at, reader.zone, since), now)


def _starts(
    connection: sqlite3.Connection, readers: Sequence[Reader], day: str, now: dt.datetime
) -> dict[tuple[str, str], str]:
    """Since which as-of date each reader gets what they have chosen of each report.

    For those who are new it is that of the newest edition that they may see, and is written down;
    that edition is owed to them, even if there is a newer one that they have not chosen. Whoever is
    said to start on a day that has not come, by a clock that was ahead, is new.
    """
    known = {
        (address, chosen): start
        for address, chosen, start in connection.execute("SELECT * FROM reader")
        if start <= day
    }
    for reader in readers:
        for report in reader.reports:
            key = reader.address, choice_of(reader, report)
            if key in known:
                continue
            start = _newest(connection, reader, report, day)
            known[key] = start or ""
            if start:
                connection.execute("INSERT OR REPLACE INTO reader VALUES (?, ?, ?)", (*key, start))
                for row in _chosen(connection, reader, report, day):
                    if row["as_of"] == start:
                        _owe_reader(connection, reader, row, now)
    return known


def _newest(connection: sqlite3.Connection, reader: Reader, report: str, day: str) -> str | None:
    """The newest as-of date of what a reader has chosen of a report and may see; else of it."""
    chosen = _chosen(connection, reader, report, day)
    first = next(chosen, None)
    if first is None:
        return None
    if not why_withheld(first["marking"], reader.clearance):
        return str(first["as_of"])
    seen = (row for row in chosen if not why_withheld(row["marking"], reader.clearance))
    return str(next(seen, first)["as_of"])


def _chosen(
    connection: sqlite3.Connection, reader: Reader, report: str, day: str
) -> Iterator[sqlite3.Row]:
    """Publications that a reader has chosen of a report, newest first."""
    for row in connection.execute(_OF_REPORT, (report, day)):
        if chooses(reader, edition_of(connection, row)):
            yield row


def _number(connection: sqlite3.Connection, mail: Mail | None) -> None:
    """Give each delivery the id by which whoever gets it twice can tell."""
    rows = connection.execute(
        "SELECT folder, manifest_sha256, address, kind, id FROM delivery WHERE message_id IS NULL"
    ).fetchall()
    for folder, manifest, address, kind, number in rows:
        key = (*["withdrawal"] * (kind == "withdrawal"), folder, manifest, address)
        if address.startswith(WEBHOOK):
            found = webhook_id(*key)
        elif mail is not None:
            found = message_id(mail, *key)
        else:
            continue
        change(connection, "delivery", {"id": number}, message_id=found)


def _review(
    connection: sqlite3.Connection, readers: Sequence[Reader], day: str, now: dt.datetime
) -> None:
    """Withhold what the reader may not see; of what they may see by now, owe the newest."""
    rows = connection.execute(
        "SELECT delivery.id, folder, kind, state, reason, address, machine, publication.* "
        "FROM delivery LEFT JOIN publication USING (folder, manifest_sha256) "
        "WHERE kind NOT IN ('failure', 'withdrawal') "
        "AND state IN ('pending', 'sending', 'withheld') "
        "AND manifest_sha256 NOT IN (SELECT manifest_sha256 FROM withdrawn)"
    ).fetchall()
    by_address: dict[str, list[Reader]] = {}
    for reader in readers:
        by_address.setdefault(reader.address, []).append(reader)
    others = machines.others(connection)
    for row in rows:
        if machines.owed_by_another(row["machine"], row["address"], by_address, others):
            continue
        fitting = None
        if row["report"] is None:
            why = GONE
        elif fitting := chosen_among(connection, by_address.get(row["address"], ()), row):
            why = why_withheld(row["marking"], fitting.clearance)
        else:
            why = "not subscribed any more"
        if why and row["state"] != "withheld":
            withhold(connection, row["id"], why)
        elif fitting and not why and row["state"] == "withheld":
            _allow(connection, row, fitting, day, now)


def _allow(
    connection: sqlite3.Connection, row: sqlite3.Row, reader: Reader, day: str, now: dt.datetime
) -> None:
    """Owe what was withheld from a reader who may see it by now, if it is the newest."""
    if row["reason"] in _FOR_GOOD:
        return
    # Of what is older they had nothing, but for what is corrected.
    newest = next(_chosen(connection, reader, row["report"], day), None)
    is_late = row["kind"] != "correction" and newest and row["as_of"] != newest["as_of"]
    if row["reason"] != GONE and is_late:
        withhold(connection, row["id"], TOO_OLD)
        return
    at = stamp(_when(connection, row["folder"], reader, now))
    happen(connection, row["id"], "allowed", reason=None, next_try=at, owed=at)
