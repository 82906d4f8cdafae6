"""Who gets what: each new publication against the subscriptions, written into the outbox."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence

from analysis.deliver.clearance import why_withheld
from analysis.deliver.message import message_id
from analysis.deliver.outbox import withhold
from analysis.schedule.clock import stamp
from analysis.schedule.config import Mail, Subscription
from analysis.schedule.ledger import transaction

#: Why what was published cannot be sent.
GONE = "replaced or removed before it was sent"

#: Publications that were not yet made out, and the newest of each report for those who are new.
_TO_MAKE_OUT = """
SELECT folder, manifest_sha256, report
FROM (SELECT *, max(as_of) OVER (PARTITION BY report) AS newest FROM publication)
WHERE as_of = newest OR (folder, manifest_sha256) NOT IN (SELECT * FROM made_out)
ORDER BY as_of, folder"""

_ADD = """
INSERT INTO delivery (folder, manifest_sha256, address, kind, message_id, state, next_try)
SELECT :folder, :manifest_sha256, :address, :kind, :message_id, 'pending', :now
WHERE NOT EXISTS (
    SELECT 1 FROM delivery WHERE folder = :folder AND manifest_sha256 = :manifest_sha256
    AND address = :address AND kind <> 'failure'
)"""


def make_out(
    connection: sqlite3.Connection,
    subscriptions: Sequence[Subscription],
    mail: Mail,
    now: dt.datetime,
) -> None:
    """Write down who gets each publication that is new, and who may not.

    A reader who is new gets the newest of each report, and all from then on. What has not been
    sent yet is held against the subscriptions as they are now.
    """
    with transaction(connection):
        for publication in connection.execute(_TO_MAKE_OUT).fetchall():
            folder, manifest, report = publication
            for reader in subscriptions:
                if report in reader.reports:
                    row = {
                        "folder": folder,
                        "manifest_sha256": manifest,
                        "address": reader.address,
                        "kind": "digest" if reader.send == "digest" else "report",
                        "message_id": message_id(mail, folder, manifest, reader.address),
                        "now": stamp(now),
                    }
                    connection.execute(_ADD, row)
            connection.execute("INSERT OR IGNORE INTO made_out VALUES (?, ?)", (folder, manifest))
        _review(connection, subscriptions, now)
        _number(connection, mail)


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
    connection: sqlite3.Connection, subscriptions: Sequence[Subscription], now: dt.datetime
) -> None:
    """Withhold what the reader may not see, and owe what they may see by now."""
    clearances = {
        (reader.address, report): reader.clearance
        for reader in subscriptions
        for report in reader.reports
    }
    rows = connection.execute(
        "SELECT id, state, address, report, marking "
        "FROM delivery LEFT JOIN publication USING (folder, manifest_sha256) "
        "WHERE kind <> 'failure' AND state IN ('pending', 'sending', 'withheld')"
    ).fetchall()
    for number, state, address, report, marking in rows:
        if report is None:
            why = GONE
        elif (address, report) not in clearances:
            why = "not subscribed any more"
        else:
            why = why_withheld(marking, clearances[address, report])
        if why and state != "withheld":
            withhold(connection, number, why)
        elif not why and state == "withheld":
            connection.execute(
                "UPDATE delivery SET state = 'pending', reason = NULL, next_try = ? WHERE id = ?",
                (stamp(now), number),
            )
