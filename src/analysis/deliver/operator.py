"""What the operator hears: of slots that failed, of mail that was parked or came back."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3

from analysis.deliver.message import message_id
from analysis.schedule.clock import stamp
from analysis.schedule.settings import Mail
from analysis.schedule.unmade import RETRY

#: The name under which the operator hears of mail that was parked.
PARKED_MAIL = "mail that cannot be delivered"


def tell_operator(
    connection: sqlite3.Connection, mail: Mail | None, what: str, line: str, now: dt.datetime
) -> None:
    """Owe the operator a mail about a failure, or add a line to the one that is owed already."""
    if mail is None or mail.operator is None:
        return
    added = connection.execute(
        "UPDATE delivery SET reason = reason || char(10) || ? "
        "WHERE kind = 'failure' AND folder = ? AND address = ? AND state = 'pending' "
        "AND attempts = 0",
        (line, what, mail.operator),
    )
    if added.rowcount == 0:
        digest = hashlib.sha256(f"{stamp(now)} {line}".encode()).hexdigest()
        connection.execute(
            "INSERT OR IGNORE INTO delivery "
            "(folder, manifest_sha256, address, kind, message_id, state, next_try, owed, reason) "
            "VALUES (?, ?, ?, 'failure', ?, 'pending', ?, ?, ?)",
            (what, digest, mail.operator, message_id(mail, what, digest, mail.operator),
             stamp(now), stamp(now), line),
        )  # fmt: skip


def about_slot(connection: sqlite3.Connection, folder: str) -> str:
    """Return the cell at which a slot failed, where one did, and the command that makes it again.

    Empty for what is no slot of a schedule.
    """
    row = connection.execute(
        "SELECT schedule, slot, cell FROM slot WHERE schedule || '/' || slot = ?", (folder,)
    ).fetchone()
    if row is None:
        return ""
    again = f"When that is mended, this makes it again:\n{RETRY} {row['schedule']} {row['slot']}"
    return "\n\n".join(filter(None, [row["cell"], again]))
