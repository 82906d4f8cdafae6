"""Mail that should be with its readers and is not: it waits for too long, or was given up.

Two rules of :mod:`analysis.schedule.health`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence

from analysis.plain_text import first_line
from analysis.publish.lock import machine
from analysis.schedule import machines, notes
from analysis.schedule.choice import choice_of, chooses, edition_of, to_make_out
from analysis.schedule.clock import stamp
from analysis.schedule.look import Look, Trouble, many
from analysis.schedule.settings import WEBHOOK

#: Why a mail that is to go has not been tried.
NOBODY_CALLED = "`brinkwatch deliver` has not been called since, or stopped before it"

#: Why what was published cannot be sent.
GONE = "replaced or removed before it was sent"


def waiting(look: Look) -> Iterator[Trouble]:
    """What should be with its readers by now, by the reason why it is not."""
    if not look.config.mail and not look.config.readers:
        return
    reasons: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    cause = _causes(look)
    for why, since, address, where in [*_not_sent(look, cause), *_not_made_out(look, cause)]:
        channel = address if address.startswith(WEBHOOK) else ""
        reasons.setdefault((why, channel, where), []).append((since, address))
    for (why, channel, where), late in reasons.items():
        readers = tuple(dict.fromkeys(address for _, address in late))
        whom = readers[0] if len(readers) == 1 else many(len(readers), "reader")
        by_mail = f"{many(len(late), 'mail')} for {whom} waiting"
        what = f"{many(len(late), 'message')} for {channel} waiting" if channel else by_mail
        since = min(moment for moment, _ in late)
        there = f"on {where}: " if where else ""
        mend = f"{there}brinkwatch deliver, when that is put right"
        yield Trouble("mail", what, why, mend, since, readers)


#: Why a machine can hand nothing over to an address, by what a call has found; empty if nothing.
_Cause = Callable[[str, str], str]

#: What waits for too long: why, since when, for whom, and on which machine if not on this one.
_Late = tuple[str, str, str, str]


def _not_sent(look: Look, cause: _Cause) -> Iterator[_Late]:
    """Deliveries that have to wait for too long."""
    others = machines.others(look.connection)
    readers = {reader.address for reader in look.config.readers}
    held = notes.standing(look.connection, "held") | notes.standing(look.connection, "dead")
    for row in look.rows("SELECT * FROM delivery WHERE state IN ('pending', 'sending') "
                         "AND owed < :past ORDER BY owed"):  # fmt: skip
        if row["address"] not in held:
            where = machines.owed_by_another(row["machine"], row["address"], readers, others)
            why = cause(row["address"], where) or row["reply"] or NOBODY_CALLED
            yield why, row["owed"], row["address"], where


def _not_made_out(look: Look, cause: _Cause) -> Iterator[_Late]:
    """The same of publications that nobody has made out for a reader who has chosen them."""
    past = stamp(look.now - look.patience)
    for published, address in not_made_out(look):
        if published < past:
            yield cause(address, "") or NOBODY_CALLED, published, address, ""


def not_made_out(look: Look) -> Iterator[tuple[str, str]]:
    """What `deliver` has still to make out, however lately it was published: when, and for whom."""
    starts = {(address, chosen): start for address, chosen, start in look.rows(
        "SELECT * FROM reader")}  # fmt: skip
    several = bool(machines.others(look.connection))
    for row in to_make_out(look.connection, look.now):
        edition = edition_of(look.connection, row)
        known = {address for (address,) in look.rows(
            "SELECT address FROM delivery WHERE manifest_sha256 = :manifest",
            manifest=row["manifest_sha256"],
        )}  # fmt: skip
        for reader in look.config.readers:
            start = starts.get((reader.address, choice_of(reader, row["report"])))
            # Whoever is new gets the newest from the next call on, which need not be late.
            is_owed = row["as_of"] >= start if start else several or not row["is_made_out"]
            if is_owed and reader.address not in known and chooses(reader, edition):
                known.add(reader.address)
                yield row["published"], reader.address


def _causes(look: Look) -> _Cause:
    servers = notes.standing(look.connection, "mail")
    webhooks = notes.standing(look.connection, "webhook")
    unsigned = {name: row for _, name, row in machines.found_by(look.connection, "sign")}

    def cause(address: str, where: str) -> str:
        is_webhook = address.startswith(WEBHOOK)
        row = webhooks.get(address) if is_webhook else servers.get(where or machine())
        row = row or unsigned.get(where or machine())
        return row["reason"] if row else ""

    return cause


#: What a delivery is of, by its folder, such as ``brief/2024-01-29``: the report, and the day.
_REPORT = "substr(folder, 1, instr(folder, '/'))"
_DAY = "substr(folder, instr(folder, '/') + 1, 10)"

#: Mail that was refused for good, or whose report was taken away before it was sent.
_NOT_SENT = """(state = 'parked' OR (state = 'withheld' AND reason = :gone
    AND NOT EXISTS (SELECT 1 FROM publication WHERE publication.folder = delivery.folder)))"""

#: Such mail is made good by what the same address got later of the same report and of no older
#: day; a correction by another of the same folder; mail to the operator by any. Each address is
#: gone through once, the newest first: it may have thousands.
_PARKED = f"""
    WITH known AS (
        SELECT *,
            max(id) FILTER (WHERE state = 'sent') OVER (PARTITION BY address) AS any_later,
            max(id) FILTER (WHERE state = 'sent') OVER (PARTITION BY address, folder) AS same_later,
            max({_DAY}) FILTER (WHERE state = 'sent') OVER (
                PARTITION BY address, {_REPORT} ORDER BY id DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest_later
        FROM delivery
        WHERE (state = 'sent' OR {_NOT_SENT})
        AND address IN (SELECT address FROM delivery WHERE {_NOT_SENT}))
    SELECT delivery.* FROM delivery JOIN known USING (id) WHERE known.state <> 'sent'
    AND NOT coalesce(CASE known.kind WHEN 'failure' THEN any_later > id
                                     WHEN 'correction' THEN same_later > id
                                     ELSE newest_later >= {_DAY.replace("folder", "known.folder")}
                     END, 0)
    ORDER BY id DESC
"""


def parked(look: Look) -> list[sqlite3.Row]:
    """The mails that were refused for good, or whose report was taken away before it was sent."""
    return look.rows(_PARKED, gone=GONE)


#: How many mails that were given up are told one by one, newest first.
_ONE_BY_ONE = 20


def given_up(look: Look) -> Iterator[Trouble]:
    rows = parked(look)
    for row in rows[:_ONE_BY_ONE]:
        yield _given_up_on(f"{row['folder']} to {row['address']}", [row])
    others: dict[str, list[sqlite3.Row]] = {}
    for row in rows[_ONE_BY_ONE:]:
        others.setdefault(_why_parked(row), []).append(row)
    for alike in others.values():
        addresses = {row["address"] for row in alike}
        what = f"{many(len(alike), 'more mail')} to {many(len(addresses), 'address', 'es')}"
        yield _given_up_on(what, alike)


def _given_up_on(what: str, rows: Sequence[sqlite3.Row]) -> Trouble:
    """What is wrong with mails that were given up for the same reason, newest first."""
    # What no server refused would fail again as it is.
    first = "" if rows[0]["last_try"] else "put that right, then "
    readers = tuple(dict.fromkeys(row["address"] for row in rows))
    since = rows[-1]["last_try"] or ""
    return Trouble("parked", what, _why_parked(rows[0]), f"{first}brinkwatch deliver --again",
                   since, readers)  # fmt: skip


def _why_parked(row: sqlite3.Row) -> str:
    return first_line(row["reason"] or row["reply"] or "refused for good")
