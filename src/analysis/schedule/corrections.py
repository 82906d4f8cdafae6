"""Published editions whose rows have changed since: found, made anew, and written down as owed.

`due` looks at what the archive holds of the last `correct_days` days, whoever made it. What an
edition was made from is in its manifest; if the record as it was public by its day is another by
now, it is owed an edition once for each such change. What fails is tried again by a later call, the
wait doubling, as with a slot; an attempt that was killed was one.
"""

from __future__ import annotations

import datetime as dt
import shlex
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import BrinkwatchError
from analysis.parameters import CORRECTION
from analysis.publish import listing, reading
from analysis.publish.order import Order
from analysis.publish.reading import Published
from analysis.schedule import machines, notes, progress
from analysis.schedule.attempt import Tried
from analysis.schedule.call import Call, tell_operator
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import change, transaction
from analysis.schedule.settings import Schedule

if TYPE_CHECKING:
    from analysis.publish.memory import Subject

#: What cannot be looked at where no corrections are looked for.
RECORD = "the record"

#: How often and how long a correction is tried: as a schedule that says nothing of it.
_AS_USUAL = Schedule("corrections", "", "", "UTC")

_READY = """
SELECT folder, attempts FROM remake
WHERE state = 'owed' AND (next_try IS NULL OR next_try <= ?) ORDER BY folder"""

_OWE = """
INSERT INTO remake (folder, data, state, noted, reason)
VALUES (:folder, :data, :state, :noted, :reason)
ON CONFLICT (folder) DO UPDATE SET data = :data, state = :state, attempts = 0, next_try = NULL,
    noted = :noted, reason = :reason
WHERE data <> :data"""


@dataclass(frozen=True)
class Stale:
    """A published edition, and what the record holds of its day by now."""

    edition: Published
    now: Subject

    @property
    def lost(self) -> dict[str, tuple[int, int]]:
        """Of each table that has lost rows since: how many it had, and are left."""
        from analysis.publish.succession import lost_rows

        return lost_rows(self.edition.made_from, vars(self.now))


@dataclass(frozen=True, kw_only=True)
class Remade(Tried):
    """What came of one correction in this call."""

    folder: str

    def __str__(self) -> str:
        what = f"{self.folder}, whose rows have changed"
        if self.outcome.reason is None:
            return f"{what}: made anew in {self.seconds:.1f} s."
        return f"{what}: {self.failure}"


def stale(order: Order, now: dt.datetime, days: int | None = None) -> list[Stale]:
    """Return the published reports whose rows have changed since they were made, oldest first.

    Parameters
    ----------
    order: where record, archive and notebooks are.
    now: what is of a later day has not come, and is not looked at.
    days: how many days back to look; None for all.

    Raises
    ------
    RecordError
        If the record has to be read and does not check.
    """
    from analysis.publish.plan import subjects_of

    today = now.date()
    first = "" if days is None else (today - dt.timedelta(days=days)).isoformat()
    candidates = [
        one
        for one in reversed(listing.published(order.reports))
        # Manifests of before rows were counted cannot be compared.
        if first <= one.as_of <= today.isoformat() and "rows" in one.made_from
    ]
    if not candidates:
        return []
    subjects = subjects_of(order.data, {_about(one) for one in candidates}, today)
    return [
        Stale(one, subjects[_about(one)])
        for one in candidates
        if _about(one) in subjects and _has_changed(one, subjects[_about(one)], order.notebooks)
    ]


def _has_changed(one: Published, now: Subject, notebooks: Path) -> bool:
    """Whether rows of an edition have changed: there are more or fewer, or they are others.

    The latter can be said of what the software of today has made: another may digest the same rows
    otherwise.
    """
    from analysis.publish.plan import is_of_this_software

    if one.made_from["rows"] != now.rows:
        return True
    return one.made_from["data"] != now.digest and is_of_this_software(one, notebooks)


def _about(one: Published) -> tuple[str, str | None]:
    return one.as_of, one.parameters.get("campaign")


def note_owed(call: Call) -> None:
    """Write down which editions are to be made anew, and which must not be.

    Of a record that does not check nothing is known, which is written down instead.
    """
    connection, now = call.connection, call.now
    of_another = machines.made_for_another(connection, call.config)
    try:
        found = [
            one
            for one in stale(call.order, now, call.config.correct_days)
            if one.edition.name not in of_another
        ]
    except BrinkwatchError as reason:
        why = f"what is published is not held against it: {notes.in_a_line(reason)}"
        machines.note_own(connection, "unread", {RECORD: why}, now)
        return
    machines.note_own(connection, "unread", {}, now)
    with transaction(connection):
        _count_what_was_killed(call)
        standing = {one.edition.name for one in found}
        _forget_what_was_made_good(connection, standing | of_another)
        for one in found:
            row = {
                "folder": one.edition.name,
                "data": one.now.digest,
                "state": "refused" if one.lost else "owed",
                "noted": stamp(now),
                "reason": _why_refused(one.lost) if one.lost else None,
            }
            connection.execute(_OWE, row)


def _why_refused(lost: Mapping[str, tuple[int, int]]) -> str:
    left = (f"{was} rows of {table}, of which {now} are left" for table, (was, now) in lost.items())
    return f"it was made from {'; '.join(left)}; so it is not replaced"


def make_all(call: Call) -> Iterator[Remade]:
    """Make what is owed and ready, oldest first, write down what came of each, and yield it."""
    connection, order, now = call.connection, call.order, call.now
    of_another = machines.made_for_another(connection, call.config)
    for row in connection.execute(_READY, (stamp(now),)).fetchall():
        folder, attempts = row["folder"], row["attempts"] + 1
        if folder in of_another:
            continue
        edition = reading.read(order.reports / folder)
        if edition is None:
            continue
        # Whoever is killed meanwhile leaves word that this was an attempt.
        key = {"folder": folder}
        change(connection, "remake", key, attempts=attempts, next_try=None, reason=progress.SILENT)
        begun = time.monotonic()
        hidden = call.config.secret_variables
        outcome = call.make(order_of(edition, order), _AS_USUAL.time_limit, hidden)
        next_try = progress.next_try(_AS_USUAL, attempts, now) if outcome.reason else None
        seconds = time.monotonic() - begun
        made = Remade(folder=folder, outcome=outcome, seconds=seconds, next_try=next_try)
        _end(call, made)
        yield made


def order_of(edition: Published, order: Order) -> Order:
    """What makes an edition anew: its own parameters, but for what it says of the one before."""
    parameters = {name: value for name, value in edition.parameters.items() if name != CORRECTION}
    return replace(order, report=edition.report, parameters=parameters)


def again(folder: Path) -> str:
    """The command that makes the report of a folder, with the parameters that its name tells.

    >>> again(Path("/reports/brief/2024-01-29"))
    'brinkwatch run brief --as-of 2024-01-29'
    """
    edition = reading.read(folder)
    told = edition.variant if edition else {}
    given = [word for name, value in told.items() for word in ("-p", f"{name}={value}")]
    day = folder.name.partition("--")[0]
    return shlex.join(["brinkwatch", "run", folder.parent.name, "--as-of", day, *given])


def _count_what_was_killed(call: Call) -> None:
    """Give up what was begun too often: whoever makes a correction to its end says what came."""
    rows = call.connection.execute(
        "SELECT folder FROM remake WHERE state = 'owed' AND attempts > ?", (_AS_USUAL.retries,)
    ).fetchall()
    for (folder,) in rows:
        _give_up(call, folder, progress.SILENT)


def _forget_what_was_made_good(connection: sqlite3.Connection, standing: Iterable[str]) -> None:
    """What is as its rows are by now, or too old to be looked at, is not owed."""
    owed = {folder for (folder,) in connection.execute("SELECT folder FROM remake")}
    connection.executemany(
        "DELETE FROM remake WHERE folder = ?", [(folder,) for folder in owed.difference(standing)]
    )


def _end(call: Call, made: Remade) -> None:
    connection, reason = call.connection, made.outcome.reason
    key = {"folder": made.folder}
    with transaction(connection):
        if reason is None:
            change(connection, "remake", key, state="made", reason=None)
            notes.note_event(connection, call.now, "corrected", made.folder)
        elif made.given_up:
            _give_up(call, made.folder, reason)
        else:
            next_try = stamp(made.next_try or call.now)
            change(connection, "remake", key, reason=reason, next_try=next_try)


def _give_up(call: Call, folder: str, reason: str) -> None:
    key = {"folder": folder}
    change(call.connection, "remake", key, state="failed", next_try=None, reason=reason)
    command = again(call.order.reports / folder)
    mend = f"When that is mended, this makes it again:\n{command}"
    tell_operator(call, f"correction of {folder}", f"{reason}\n\n{mend}")
