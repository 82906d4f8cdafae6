"""Who gets what: each new publication against the subscriptions, written into the outbox.

A reader gets the newest edition of each report, and from then on what is not older than that. An
edition goes once, whatever becomes of its folder; to whoever got an edition before it, and to
nobody else, it goes as a correction. So neither a ledger that is new, a reader who is
new, nor an archive that is filled with old days makes a flood.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence

from analysis.deliver.clearance import why_withheld
from analysis.deliver.course import happen
from analysis.deliver.message import message_id
from analysis.deliver.outbox import withhold
from analysis.parameters import MARKINGS
from analysis.schedule import slots
from analysis.schedule.clock import moment, stamp
from analysis.schedule.config import Mail, Subscription
from analysis.schedule.health import GONE
from analysis.schedule.ledger import transaction
from analysis.today import last_day

#: Why what a reader may see by now is not sent any more.
TOO_OLD = "it was above the clearance while it was the newest"

#: Why a later edition is not sent to who got an earlier one.
NOTHING_ELSE = "it says nothing else than the edition that was sent"

#: Reasons that no change of clearances takes back.
_FOR_GOOD = (TOO_OLD, NOTHING_ELSE)

#: Publications that were not yet made out, and the newest of each report for those who are new;
#: what is of a day that has not come has to wait for it.
_TO_MAKE_OUT = """
SELECT folder, manifest_sha256, report, as_of
FROM (SELECT *, max(as_of) OVER (PARTITION BY report) AS newest FROM publication
      WHERE as_of <= ?)
WHERE as_of = newest OR manifest_sha256 NOT IN (SELECT * FROM made_out)
ORDER BY as_of, folder"""

#: Whom an edition corrects: who got, or may have got, one before it. A failure is no edition.
_CORRECTED = """
SELECT DISTINCT address FROM delivery WHERE folder = ? AND manifest_sha256 <> ?
AND state IN ('sent', 'sending') AND kind <> 'failure' ORDER BY address"""

#: The newest as-of date of a report among the editions with some markings.
_NEWEST = """
SELECT max(as_of) FROM publication WHERE report = :report AND as_of <= :day
AND (:marking IS NULL OR marking = :marking)"""

_ADD = """
INSERT INTO delivery
    (folder, manifest_sha256, address, kind, message_id, state, next_try, owed)
SELECT :folder, :manifest_sha256, :address, :kind, :message_id, 'pending', :at, :at
WHERE NOT EXISTS (
    SELECT 1 FROM delivery WHERE manifest_sha256 = :manifest_sha256
    AND address = :address AND kind <> 'failure'
)"""


def make_out(
    connection: sqlite3.Connection,
    subscriptions: Sequence[Subscription],
    mail: Mail,
    now: dt.datetime,
) -> None:
    """Write down who gets each publication that is new, and who may not.

    What has not been sent yet is held against the subscriptions as they are now.
    """
    day = last_day(now.date()).isoformat()
    with transaction(connection):
        starts = _starts(connection, subscriptions, day)
        for folder, manifest, report, as_of in connection.execute(_TO_MAKE_OUT, (day,)).fetchall():
            for (address,) in connection.execute(_CORRECTED, (folder, manifest)).fetchall():
                _owe(connection, mail, "correction", now, folder, manifest, address)
            for reader in subscriptions:
                if report in reader.reports and as_of >= starts[reader.address, report]:
                    kind = reader.send if reader.send == "digest" else "report"
                    when = _when(connection, folder, reader, now)
                    _owe(connection, mail, kind, when, folder, manifest, reader.address)
            connection.execute("INSERT OR IGNORE INTO made_out VALUES (?)", (manifest,))
        _review(connection, subscriptions, day, now)
        _number(connection, mail)


def _owe(
    connection: sqlite3.Connection, mail: Mail, kind: str, when: dt.datetime, *edition: str
) -> None:
    """Owe somebody an edition, which is named by folder, manifest and address, once."""
    named = dict(zip(("folder", "manifest_sha256", "address"), edition, strict=True))
    row = {**named, "kind": kind, "message_id": message_id(mail, *edition), "at": stamp(when)}
    connection.execute(_ADD, row)


def _when(
    connection: sqlite3.Connection, folder: str, reader: Subscription, now: dt.datetime
) -> dt.datetime:
    """From when on a report is to go to a reader.

    One that is late, and has missed the digest after its slot, does not wait for the next.
    """
    if reader.send != "digest":
        return now
    (slot,) = connection.execute(
        "SELECT max(slot) FROM slot WHERE folder = ?", (folder,)
    ).fetchone()
    since = min(moment(slot), now) if slot else now
    return max(slots.at(reader.at, reader.zone, since), now)


def _starts(
    connection: sqlite3.Connection, subscriptions: Sequence[Subscription], day: str
) -> dict[tuple[str, str], str]:
    """Since which as-of date each reader gets each report.

    For those who are new it is that of the newest edition that they may see, and is written down.
    """
    known = {
        (address, report): start
        for address, report, start in connection.execute("SELECT * FROM reader")
    }
    for reader in subscriptions:
        for report in reader.reports:
            if (reader.address, report) not in known:
                seen = [m for m in MARKINGS if not why_withheld(m, reader.clearance)]
                newest = [_newest(connection, report, day, marking) for marking in seen]
                start = max(filter(None, newest), default=_newest(connection, report, day))
                known[reader.address, report] = start or ""
                if start:
                    row = reader.address, report, start
                    connection.execute("INSERT INTO reader VALUES (?, ?, ?)", row)
    return known


def _newest(
    connection: sqlite3.Connection, report: str, day: str, marking: str | None = None
) -> str | None:
    named = {"report": report, "day": day, "marking": marking}
    (newest,) = connection.execute(_NEWEST, named).fetchone()
    return str(newest) if newest else None


def _number(connection: sqlite3.Connection, mail: Mail) -> None:
    """Give a Message-ID to what others have put into the outbox."""
    rows = connection.execute(
        "SELECT folder, manifest_sha256, address, id FROM delivery WHERE message_id IS NULL"
    ).fetchall()
    for *key, number in rows:
        connection.execute(
            "UPDATE delivery SET message_id = ? WHERE id = ?", (message_id(mail, *key), number)
        )


def _review(
    connection: sqlite3.Connection,
    subscriptions: Sequence[Subscription],
    day: str,
    now: dt.datetime,
) -> None:
    """Withhold what the reader may not see; of what they may see by now, owe the newest."""
    readers = {
        (reader.address, report): reader for reader in subscriptions for report in reader.reports
    }
    rows = connection.execute(
        "SELECT id, folder, kind, state, reason, address, report, as_of, marking "
        "FROM delivery LEFT JOIN publication USING (folder, manifest_sha256) "
        "WHERE kind NOT IN ('failure', 'withdrawal') "
        "AND state IN ('pending', 'sending', 'withheld') "
        "AND manifest_sha256 NOT IN (SELECT manifest_sha256 FROM withdrawn)"
    ).fetchall()
    for number, folder, kind, state, reason, address, report, as_of, marking in rows:
        reader = readers.get((address, report))
        if report is None:
            why = GONE
        elif reader is None:
            why = "not subscribed any more"
        else:
            why = why_withheld(marking, reader.clearance)
        if why and state != "withheld":
            withhold(connection, number, why)
        elif reader and not why and state == "withheld" and reason not in _FOR_GOOD:
            # Of what is older they had nothing, but for what is corrected.
            is_late = kind != "correction" and as_of != _newest(connection, report, day)
            if reason != GONE and is_late:
                withhold(connection, number, TOO_OLD)
                continue
            at = stamp(_when(connection, folder, reader, now))
            happen(connection, number, "allowed", reason=None, next_try=at, owed=at)
