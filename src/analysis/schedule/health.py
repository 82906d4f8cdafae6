"""Has every reader got what is owed to them, and if not, why: all that can be wrong, in one table.

Each rule of :data:`RULES` looks at one kind of trouble and tells every case of it: what it is
about, since when, why, what mends it, and which readers lack something for it. A desk is well when
no rule has anything to tell. A new kind of trouble is a new rule here, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shlex import quote

from analysis.schedule import (
    afterwards,
    corrections,
    freshness,
    machine_clock,
    machines,
    notes,
    unmade,
    unsent,
)
from analysis.schedule.clock import moment, stamp
from analysis.schedule.ledger import value
from analysis.schedule.look import Look, Trouble, many, reason
from analysis.schedule.machine_clock import EITHER, Clock
from analysis.schedule.progress import AHEAD
from analysis.schedule.settings import WEBHOOK
from analysis.today import last_day

#: A kind of trouble: it yields every case of it.
Rule = Callable[[Look], Iterator[Trouble]]


def troubles(look: Look) -> list[Trouble]:
    """Return all that is wrong, in the order of the rules."""
    return [trouble for rule in RULES for trouble in rule(look)]


def answer(look: Look, found: Sequence[Trouble], by_hand: int = 0) -> str:
    """Return the one line that says first whether every reader has what is owed to them.

    Parameters
    ----------
    look: what was looked at.
    found: all that is wrong.
    by_hand: how many published reports there are that the ledger does not know of.
    """
    everybody = {reader.address for reader in look.config.readers}
    lacking = everybody & {address for trouble in found for address in trouble.readers}
    if lacking:
        return f"Not well: {len(lacking)} of {many(len(everybody), 'reader')} lack what is owed."
    if found:
        nobody = " Every reader has what is owed so far." if everybody else ""
        return f"Not well: {many(len(found), 'thing')} to look at.{nobody}"
    (on_their_way,) = look.rows(
        "SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending') AND kind <> 'failure'"
    )[0]
    if any(unsent.not_made_out(look)):
        return "All is well: what was published lately is still to go, with `brinkwatch deliver`."
    if on_their_way:
        return f"All is well: {many(on_their_way, 'mail')} to go, none of them late."
    if look.rows("SELECT 1 FROM slot UNION ALL SELECT 1 FROM publication LIMIT 1"):
        return "All is well: every reader has what is owed." if everybody else "All is well."
    if by_hand:
        return f"{many(by_hand, 'report')} made by hand; no schedule has made one yet."
    return "Nothing has been made yet."


def hung(look: Look) -> Iterator[Trouble]:
    """Whoever holds a lock and gets nowhere: stopped, or without a sign for longer than patience.

    A sign is a line of the ledger; an attempt may take its whole time limit without one.
    """
    limits = [schedule.time_limit for schedule in look.config.schedules]
    longest = max([look.patience, *limits])
    sign = value(
        look.connection,
        "SELECT max(coalesce((SELECT max(max(started, coalesce(ended, ''))) FROM slot), ''), "
        "coalesce((SELECT max(last_try) FROM delivery), ''))",
    )
    for one in look.owners:
        newest = max(one.since, moment(sign)) if sign else one.since
        if one.stopped or look.now - newest > longest:
            state = "is stopped" if one.stopped else "gets nowhere"
            why = f"{one.who} holds the lock {one.name!r} and {state}"
            there = f"on {one.machine}: " if one.elsewhere else ""
            mend = f"{there}kill -CONT {one.process}, or kill -KILL {one.process}"
            yield Trouble("hung", f"brinkwatch {one.name}", why, mend, stamp(one.since))


def _clock(look: Look) -> Iterator[Trouble]:
    """A clock that is behind, and what was made of a time that has not come."""
    own, called = machine_clock.look(look.connection, look.now)
    if own is Clock.IS_BEHIND:
        why = machine_clock.behind(look.connection, look.now)
        mend = f"set the clock; if it is right now, this passes at {called} by itself"
        yield Trouble("clock", "the clock", why, mend)
    else:
        yield from _ahead(look, called if own is Clock.WAS_AHEAD else "")
    for name, shown in machine_clock.ahead_of(look.connection, look.now):
        why = f"that machine has called at {shown}, which has not come by this one's clock"
        yield Trouble("clock", f"the clock of {name}", why, "set the clock that is wrong")
    day = last_day(look.now.date()).isoformat()
    for row in look.rows("SELECT * FROM publication WHERE as_of > :day", day=day):
        why = f"it is of a day that has not come, and goes to nobody until then: {EITHER}"
        mend = (
            f"set this clock, or if it is right: rm -r {quote(str(look.reports / row['folder']))}"
        )
        yield Trouble("clock", row["folder"], why, mend, row["published"])


def _ahead(look: Look, called: str) -> Iterator[Trouble]:
    """What a clock has left that was ahead: slots that have not come, or calls at least."""
    mend = "brinkwatch due, which puts it right"
    query = f"SELECT schedule, max(slot) AS newest FROM slot WHERE {AHEAD} GROUP BY schedule"
    rows = look.rows(query)
    for row in rows:
        why = f"its newest slot, {row['newest']}, lies in the future: {EITHER}"
        yield Trouble("clock", row["schedule"], why, mend)
    if called and not rows:
        why = f"brinkwatch was called at {called}, which has not come: {EITHER}"
        yield Trouble("clock", "the clock", why, mend)


#: With less room on a disk no report can be put there, in bytes.
_NO_ROOM = 2**20


def _disk(look: Look) -> Iterator[Trouble]:
    """An archive to which nothing can be added."""
    if look.reports == Path() or not look.reports.is_dir():
        return
    there = os.statvfs(look.reports)
    if there.f_flag & os.ST_RDONLY or _is_closed_to_its_owner(look.reports):
        mend = "have it writable for the account that calls brinkwatch due; then brinkwatch due"
        yield Trouble("disk", str(look.reports), "nothing can be written there", mend)
        return
    has_no_files = bool(there.f_files) and not there.f_favail
    if there.f_bavail * there.f_frsize < _NO_ROOM or has_no_files:
        why = "there is no room on its disk" if not has_no_files else "its disk takes no more files"
        yield Trouble("disk", str(look.reports), why, "make room there; then brinkwatch due")


def _is_closed_to_its_owner(folder: Path) -> bool:
    """Whether who asks owns a folder that they cannot write; others need not be able to."""
    return folder.stat().st_uid == os.geteuid() and not os.access(folder, os.W_OK)


def _uncorrected(look: Look) -> Iterator[Trouble]:
    """Editions whose rows have changed, and that are not made anew."""
    for row in look.rows("SELECT * FROM remake WHERE state IN ('failed', 'refused') "
                         "OR (state = 'owed' AND noted < :past) ORDER BY folder"):  # fmt: skip
        folder, why = row["folder"], reason(row)
        command = corrections.again(look.reports / folder)
        if row["state"] == "refused":
            mend = f"put the rows back, or {command} --force"
        elif row["state"] == "failed":
            tries = many(row["attempts"], "attempt")
            why = f"its rows have changed, and it was given up after {tries}: {why}"
            mend = command
        else:
            why = f"its rows have changed, and it is still to be made anew{f': {why}' * bool(why)}"
            mend = "brinkwatch due"
        is_owed = row["state"] != "refused"
        readers = look.readers_of(folder.partition("/")[0]) if is_owed else ()
        yield Trouble("correction", folder, why, mend, row["noted"], readers)


def _withdrawn(look: Look) -> Iterator[Trouble]:
    """What was withdrawn and stands in the archive again, byte for byte."""
    for row in look.rows("SELECT publication.folder, published, at, why FROM publication "
                         "JOIN withdrawn USING (manifest_sha256)"):  # fmt: skip
        why = (
            f"it was withdrawn on {row['at'][:10]} ({row['why']}), and was made again as it was: "
            "the pages show it, and it goes to nobody"
        )
        mend = f"brinkwatch archive withdraw {quote(row['folder'])} --why REASON"
        yield Trouble("withdrawn", row["folder"], why, mend, row["published"])


def _afterwards(look: Look) -> Iterator[Trouble]:
    """Commands that failed after an edition was published, or were not run for too long.

    One that failed is made good by a later one of its schedule.
    """
    for row in look.rows("SELECT * FROM afterwards AS one WHERE "
                         "(state IN ('owed', 'running') AND noted < :past) "
                         "OR (state = 'failed' AND NOT EXISTS (SELECT 1 FROM afterwards AS later "
                         "WHERE schedule = one.schedule AND state = 'done' "
                         "AND noted > one.noted)) ORDER BY noted"):  # fmt: skip
        what = f"after_publish of {row['schedule']} for {row['folder']}"
        if row["state"] != "failed":
            why = "it is still to be run, or to end"
            yield Trouble("after", what, why, "brinkwatch due", row["noted"])
        else:
            name = row["schedule"]
            is_gone = not unmade.has_schedule(look, name) and not machines.is_schedule_of_another(
                look.connection, name, look.config
            )
            mend = unmade.DROPS_IT if is_gone else afterwards.again(look.connection, row)
            yield Trouble("after", what, reason(row), mend, row["noted"])


def _standing(kind: str, mend: str) -> Rule:
    """A rule about what a call has found wrong and written down."""

    def rule(look: Look) -> Iterator[Trouble]:
        for what, row in notes.standing(look.connection, kind).items():
            fitting = mend.format(what=what)
            readers = (what,) if "@" in what or what.startswith(WEBHOOK) else ()
            yield Trouble(kind, what, row["reason"], fitting, row["since"], readers)

    return rule


def _by_machine(kind: str, prefix: str, mend: str) -> Rule:
    """A rule about what each machine finds wrong for itself."""

    def rule(look: Look) -> Iterator[Trouble]:
        there_are = machines.others(look.connection)
        for what, name, row in machines.found_by(look.connection, kind):
            where = f"on {name}" if name in there_are else ""
            about = " ".join(filter(None, [f"{prefix}{what}", where]))
            fitting = f"{where}: {mend}" if where else mend
            yield Trouble(kind, about, row["reason"], fitting, row["since"])

    return rule


def _site(look: Look) -> Iterator[Trouble]:
    _, why = machines.site(look.connection, look.config)
    if why:
        yield Trouble("site", "[site]", why, f"make {look.config.path} say the same, or nothing")


def _stale(look: Look) -> Iterator[Trouble]:
    through, limit = notes.record_through(look.connection), look.config.stale_after
    said = freshness.complaint(through, limit, look.now) if through and limit else None
    if said:
        yield Trouble("stale", "the record", said, "brinkwatch check, after the rows are added")


#: All that can be wrong with a desk, in the order in which it is told.
RULES: tuple[Rule, ...] = (
    hung,
    _clock,
    _disk,
    unmade.late,
    unmade.given_up,
    unmade.skipped,
    unmade.unfinished,
    _uncorrected,
    _withdrawn,
    _afterwards,
    unsent.waiting,
    unsent.given_up,
    _standing("held", "brinkwatch deliver --yes"),
    _standing("dead", "put the address right, or brinkwatch deliver --again if it is"),
    _by_machine("inbox", "the inbox ", "brinkwatch deliver, when that is put right"),
    _by_machine("sign", "the signature of ", "brinkwatch deliver, when that is put right"),
    _standing("folder", "brinkwatch verify {what}; put it right or take it out of the archive"),
    _by_machine("archive", "the archive's ", "brinkwatch due, when that is put right"),
    _by_machine("unread", "", "brinkwatch check, then mend what it names"),
    _standing("change", "brinkwatch check, then mend what it names"),
    _site,
    _stale,
)
