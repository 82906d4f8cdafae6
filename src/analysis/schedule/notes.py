"""What is written into the ledger besides slots and mails: events, troubles, publications."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from analysis.publish import listing, reading
from analysis.publish.reading import Published
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import transaction, value

#: Why a report is neither vouched for nor sent.
_WRITTEN_OVER = "it was written over: it is not what was published, which is not kept below it"

#: The event that says on which day the record ends.
RECORD_THROUGH = "record through"


def note_event(connection: sqlite3.Connection, now: dt.datetime, what: str, detail: str) -> None:
    """Write a line into the log that `brinkwatch status` shows."""
    connection.execute("INSERT INTO event VALUES (?, ?, ?)", (stamp(now), what, detail))


def note_record_through(connection: sqlite3.Connection, day: dt.date, now: dt.datetime) -> None:
    """Write down on which day the record ends, if that is news."""
    if day != record_through(connection):
        note_event(connection, now, RECORD_THROUGH, day.isoformat())


def record_through(connection: sqlite3.Connection) -> dt.date | None:
    """The day on which the record ended when somebody last looked; None if nobody has."""
    query = "SELECT detail FROM event WHERE what = ? ORDER BY rowid DESC LIMIT 1"
    day = value(connection, query, RECORD_THROUGH)
    return dt.date.fromisoformat(day) if day else None


def note_record_seen(
    connection: sqlite3.Connection, schedule: str, digest: str, now: dt.datetime
) -> None:
    """Write down of which record a schedule makes its report at this moment."""
    note_event(connection, now, f"record for {schedule}", digest)


def record_seen(connection: sqlite3.Connection, schedule: str, now: dt.datetime) -> str:
    """The digest of the record of which a schedule made its report last; empty if of none.

    What a clock has noted that was ahead does not count.
    """
    query = "SELECT detail FROM event WHERE what = ? AND at <= ? ORDER BY rowid DESC LIMIT 1"
    return str(value(connection, query, f"record for {schedule}", stamp(now)) or "")


def called_for(connection: sqlite3.Connection, folder: str) -> str:
    """Why the edition in a folder was made, if a schedule with a condition made it; else empty.

    Schedules that have found it made since say nothing of it.
    """
    query = (
        "SELECT reason FROM slot JOIN publication USING (folder) WHERE folder = ? "
        "AND state = 'done' AND reason IS NOT NULL AND ended >= published ORDER BY ended LIMIT 1"
    )
    return str(value(connection, query, folder) or "")


def note_troubles(
    connection: sqlite3.Connection, kind: str, found: Mapping[str, str], now: dt.datetime
) -> None:
    """Write down all that is wrong of a kind at this moment; what is not among it is right again.

    Parameters
    ----------
    connection: the ledger.
    kind: one word, such as ``folder``.
    found: why, by what it is about.
    now: since when, of what was right before.
    """
    with transaction(connection):
        for what in standing(connection, kind).keys() - found.keys():
            connection.execute("DELETE FROM trouble WHERE what = ?", (f"{kind} {what}",))
        connection.executemany(
            "INSERT INTO trouble VALUES (?, ?, ?) "
            "ON CONFLICT (what) DO UPDATE SET reason = excluded.reason",
            [(f"{kind} {what}", stamp(now), reason) for what, reason in found.items()],
        )


def in_a_line(reason: Exception) -> str:
    """What is wrong, as one line: the first fault, and how many more lines there are."""
    first, *more = str(reason).splitlines()
    return f"{first}{f', and {len(more)} lines more' if more else ''}"


def standing(connection: sqlite3.Connection, kind: str) -> dict[str, sqlite3.Row]:
    """What is wrong of a kind, by what it is about: since when, and why."""
    rows = connection.execute(
        "SELECT * FROM trouble WHERE what GLOB ? ORDER BY since, what", (f"{kind} *",)
    )
    return {row["what"].removeprefix(f"{kind} "): row for row in rows}


def queue_failure(
    connection: sqlite3.Connection,
    what: str,
    reason: str,
    operator: str,
    now: dt.datetime,
    time: str = "",
) -> None:
    """Put into the outbox that something failed, once for each thing and time.

    The delivery's `folder` is what failed: of a slot ``schedule/slot``, by which its row in `slot`
    is found.
    """
    connection.execute(
        "INSERT OR IGNORE INTO delivery "
        "(folder, manifest_sha256, address, kind, state, reason, owed) "
        "VALUES (?, ?, ?, 'failure', 'pending', ?, ?)",
        (what, time, operator, reason, stamp(now)),
    )


def noted(connection: sqlite3.Connection) -> dict[str, str]:
    """The digest of the manifest of each edition that is noted as published, by its folder."""
    query = "SELECT folder, manifest_sha256 FROM {}"
    rows = (connection.execute(query.format(table)) for table in ("edition", "publication"))
    return {folder: digest for table in rows for folder, digest in table}


def withdrawn(connection: sqlite3.Connection) -> dict[str, str]:
    """When and why each edition was withdrawn that was, by the digest of its manifest."""
    rows = connection.execute("SELECT manifest_sha256, at, why FROM withdrawn")
    return {digest: f"withdrawn on {at[:10]}: {why}" for digest, at, why in rows}


def moments(connection: sqlite3.Connection) -> dict[str, str]:
    """When each publication was noted, and when each edition was replaced, by its folder."""
    query = "SELECT folder, published FROM publication UNION SELECT folder, replaced FROM edition"
    return dict(connection.execute(query).fetchall())


def note_publications(connection: sqlite3.Connection, reports: Path, now: dt.datetime) -> int:
    """Write down what is published, by whomever; return how many reports are new or changed.

    A report is known by the digest of its manifest. What is no longer there is forgotten; what
    should be a report and is none is written down as trouble, as is one that was written over: what
    takes the place of an edition has it below itself. So are editions that were replaced.
    """
    published, odd = listing.survey(reports)
    known = noted(connection)
    before = standing(connection, "folder")
    mended = {name for name, row in before.items() if row["reason"] != _WRITTEN_OVER}
    written_over = {
        one.name
        for one in published
        # What is put in the place of a damaged one need not have that below itself.
        if one.name not in mended and _is_written_over(one, known.get(one.name))
    }
    odd |= dict.fromkeys(written_over, _WRITTEN_OVER)
    published = [one for one in published if one.name not in written_over]
    note_troubles(connection, "folder", odd, now)
    replaced = {
        edition.name: edition.manifest_sha256
        for one in published
        for edition in listing.editions(one)[:-1]
    }
    there = {one.name: one for one in published}
    new = [one for name, one in there.items() if known.get(name) != one.manifest_sha256]
    # What was published and can no longer be read is not forgotten: somebody may have to mend it.
    gone = [
        (name,)
        for name in known
        if name not in there and not (reports / name / reading.MANIFEST).exists()
    ]
    rows = [
        (one.name, one.report, one.as_of, one.marking, one.manifest_sha256, stamp(now),
         one.number, one.correction, _as_json(one.parameters))
        for one in new
    ]  # fmt: skip
    # What was noted before parameters were.
    bare = [
        (_as_json(there[name].parameters), name)
        for (name,) in connection.execute("SELECT folder FROM publication WHERE parameters IS NULL")
        if name in there and known.get(name) == there[name].manifest_sha256
    ]
    below = [(*one, stamp(now)) for one in replaced.items() if one[0] not in known]
    if rows or gone or below or bare:
        with transaction(connection):
            connection.executemany("UPDATE publication SET parameters = ? WHERE folder = ?", bare)
            connection.executemany(
                "INSERT OR REPLACE INTO publication VALUES (?,?,?,?,?,?,?,?,?)", rows
            )
            # The first that was noted counts: an edition that was replaced is what it was.
            connection.executemany("INSERT OR IGNORE INTO edition VALUES (?,?,?)", below)
            for table in ("publication", "edition"):
                connection.executemany(f"DELETE FROM {table} WHERE folder = ?", gone)
    return len(rows)


def _is_written_over(one: Published, known: str | None) -> bool:
    """Whether a report is another than the one that was noted, and that is nowhere below it."""
    if known in (None, one.manifest_sha256):
        return False
    return known not in {edition.manifest_sha256 for edition in listing.editions(one)}


def _as_json(parameters: Mapping[str, object]) -> str:
    return json.dumps(parameters, ensure_ascii=False, sort_keys=True)
