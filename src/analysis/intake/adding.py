"""One attack asked for on the terminal: `brinkwatch record add`.

Each answer is checked as `check` would, at once; what is known nearby is shown before the row is
written, and it is written only if the whole record checks with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from analysis.errors import UsageError
from analysis.intake.accept import append
from analysis.intake.candidates import VERDICTS, candidates, known_attacks
from analysis.intake.events import read_events
from analysis.intake.review import YES, next_ids
from analysis.plain_text import plain
from analysis.record import Record, read
from analysis.record.broken import broken_fields
from analysis.record.codebook import codes
from analysis.record.names import names_of
from analysis.record.tables import kinds

#: Asks a question, with what Tab may complete; the answer without spaces around it.
Ask = Callable[[str, Sequence[str]], str]

#: What is asked, in the order in which one would tell it. The id follows from it.
ASKED = (
    "site_id", "event_date", "date_precision", "target", "weapons", "munitions", "outcome",
    "killed", "injured", "casualties_of", "casualties_qualifier", "claimed_by", "attributed_to",
    "confirmation", "reported_on", "publisher", "source_url", "note",
)  # fmt: skip

#: Columns whose answers are of a list of the codebook.
_LISTED = {
    "date_precision": "date_precision",
    "target": "target",
    "weapons": "weapon",
    "outcome": "outcome",
    "casualties_of": "casualties_of",
    "casualties_qualifier": "casualties_qualifier",
    "confirmation": "confirmation",
}

#: Columns whose answers are ids of another table, which knows other names of them.
_NAMED = {"site_id": "sites", "claimed_by": "actors", "attributed_to": "actors"}


def add(data: Path, now: dt.datetime, ask: Ask) -> Iterator[str]:
    """Ask for an attack and append it to the record.

    Parameters
    ----------
    data: the folder of the record.
    now: the moment, because nothing is reported in the future.
    ask: see :data:`Ask`.

    Yields
    ------
    What is wrong with an answer, what is known nearby, and what was done, a line each.

    Raises
    ------
    RecordError
        If the record does not check, or would not with the row. Nothing is written.
    """
    record = read(data)
    row: dict[str, str] = {}
    for column in ASKED:
        yield from _answered(column, row, record, ask)
    known = list(known_attacks(record)["attack_id"])
    yield from _known_nearby(row, record)
    same = ask("attack_id of that attack, if this is one of these; else nothing", known)
    taken = set(record.attacks["attack_id"])  # what was taken back keeps its id
    (new,) = next_ids(pd.DataFrame([row]), taken)
    row["attack_id"] = same or new
    yield ",".join(row[name] for name in kinds("attacks") if name in row)
    if ask("add this row? yes or no", (YES, "no")) != YES:
        yield "Nothing is written."
        return
    rows = pd.DataFrame([row], columns=list(kinds("attacks")), index=[1], dtype="str").fillna("")
    append("answers", rows, data, now.date())
    said = "a later version of" if row["attack_id"] in taken else "new:"
    yield f"{said} {row['attack_id']}; appended to {data}/attacks.csv."


def _answered(column: str, row: dict[str, str], record: Record, ask: Ask) -> Iterator[str]:
    """Ask until the answer can stand in its column."""
    choices, called = _choices(column, record)
    while True:
        answer = ask(column, choices)
        row[column] = called.get(plain(answer), answer) if answer else ""
        wrong = _wrong(column, row, record)
        if not wrong:
            return
        yield f"  {wrong}"


def _choices(column: str, record: Record) -> tuple[Sequence[str], dict[str, str]]:
    """What Tab completes, and what the names that people write mean."""
    if column in _LISTED:
        return codes(_LISTED[column]), {}
    if column in _NAMED:
        table = _NAMED[column]
        rows = getattr(record, table)
        return [*sorted(rows.iloc[:, 0]), *sorted(rows["name"])], names_of(table, rows)
    return (), {}


def _wrong(column: str, row: dict[str, str], record: Record) -> str:
    """What `check` would say of the field; nothing where it is good."""
    answers = pd.DataFrame([row], columns=list(kinds("attacks")), index=[1], dtype="str")
    answers = answers.where(answers != "")
    known = {table: set(getattr(record, table).iloc[:, 0]) for table in set(_NAMED.values())}
    for broken in broken_fields("attacks", answers, known, {}):
        if broken.column == column and broken.faults:
            return broken.faults[0].message
    return ""


def _known_nearby(row: dict[str, str], record: Record) -> Iterator[str]:
    """What the record may know of this attack already, with the reasons."""
    event = pd.DataFrame([row])[[name for name in ASKED if row[name]]]
    found = candidates(read_events(event.to_csv(index=False).encode()), record).iloc[0]
    if found["beside"]:
        yield f"  near it is known: {found['beside']}"
    if found["verdict"] in VERDICTS[1:3]:
        yield f"  {found['verdict']} {found['attack_id']}: {found['reasons']}"


def at_terminal(question: str, choices: Sequence[str]) -> str:
    """Ask on the terminal; Tab completes the choices.

    Raises
    ------
    UsageError
        If the input ends.
    """
    import readline

    def completed(text: str, number: int) -> str | None:
        begun = text.lstrip().casefold()
        fitting = [choice for choice in choices if choice.casefold().startswith(begun)]
        return fitting[number] if number < len(fitting) else None

    readline.set_completer_delims("+")  # names have spaces
    readline.set_completer(completed)
    readline.parse_and_bind("tab: complete")
    try:
        return input(f"{question}: ").strip()
    except EOFError:
        raise UsageError(
            "The answers ended before the row was whole; nothing is written."
        ) from None
