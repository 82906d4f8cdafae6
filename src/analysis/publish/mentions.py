"""What each published report says, as it is remembered to be searched: sentences, numbers, rows.

A row is known once, and with it in which editions which numbers rest on it: facts.json of thousands
of editions need not be read to find one name in them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from analysis.plain_text import day_in_words, plain
from analysis.publish import remembered
from analysis.publish.listing import FEW
from analysis.publish.reading import Published, read_file

FACTS = "facts.json"

#: Kinds of what is said: a sentence or key figure, an event of the window, value and unit of a
#: number, the id of a row.
SENTENCE, EVENT, NUMBER, ROW = "sentence", "event", "number", "row"


class Mention(NamedTuple):
    """One thing that an edition says, and the numbers that say it or rest on it."""

    kind: str
    text: str
    facts: tuple[str, ...]


def naming(
    reports: Path, editions: Collection[Published], wanted: Collection[str]
) -> dict[str, list[Mention]]:
    """Return what names any of these, as whole words, by the edition that says it.

    Parameters
    ----------
    reports: the archive.
    editions: what is published there; of what is new the facts are read first.
    wanted: names as :func:`analysis.record.names.plain` has them.
    """
    try:
        with remembered.opened(reports) as memory:
            _read_what_is_new(memory, editions)
            return _naming(memory, wanted)
    except sqlite3.Error:  # it is damaged, the disk is full, or another is at it for long
        with closing(remembered.empty()) as memory:
            _read_what_is_new(memory, editions)
            return _naming(memory, wanted)


def prepare(reports: Path, editions: Collection[Published]) -> None:
    """Read what is new among the editions of an archive, so that whoever looks need not wait.

    Where they are few nobody has to wait.
    """
    if len(editions) <= FEW:
        return
    with suppress(sqlite3.Error), remembered.opened(reports) as memory:
        _read_what_is_new(memory, editions)


def _read_what_is_new(memory: sqlite3.Connection, editions: Collection[Published]) -> None:
    there = {one.name: one for one in editions}
    known = dict(memory.execute("SELECT folder, manifest_sha256 FROM edition").fetchall())
    changed = [
        folder
        for folder, manifest in known.items()
        if folder not in there or there[folder].manifest_sha256 != manifest
    ]
    new = [one for name, one in there.items() if name in changed or name not in known]
    if not changed and not new:
        return
    with memory:
        for folder in changed:
            _forget(memory, folder)
        known_numbers: dict[tuple[str, ...], int] = {}
        for one in new:
            _note(memory, one, known_numbers)


def _forget(memory: sqlite3.Connection, folder: str) -> None:
    edition = "SELECT id FROM edition WHERE folder = ?"
    memory.execute(f"DELETE FROM mention WHERE edition = ({edition})", (folder,))
    memory.execute("DELETE FROM edition WHERE folder = ?", (folder,))


#: How the number of a text, and of a list of facts, is found, and how each is given one.
_TEXT = ("SELECT id FROM said WHERE kind = ? AND text = ?", "INSERT INTO said VALUES (NULL,?,?,?)")
_LIST = ("SELECT id FROM fact_list WHERE facts = ?", "INSERT INTO fact_list VALUES (NULL, ?)")


def _note(memory: sqlite3.Connection, one: Published, numbers: dict[tuple[str, ...], int]) -> None:
    """Remember what an edition says; the numbers that were looked up are kept for the next one."""

    def number_of(how: tuple[str, str], key: tuple[str, ...], *more: str) -> int:
        if key not in numbers:
            ask, add = how
            found = memory.execute(ask, key).fetchone()
            if found is None:
                memory.execute(add, (*key, *more))
                found = memory.execute("SELECT last_insert_rowid()").fetchone()
            (numbers[key],) = found
        return numbers[key]

    values = one.name, one.manifest_sha256
    edition = memory.execute("INSERT INTO edition VALUES (NULL, ?, ?)", values).lastrowid
    mentions = [
        (
            number_of(_TEXT, (kind, text), plain(text)),
            edition,
            number_of(_LIST, (json.dumps(facts),)),
        )
        for (kind, text), facts in _said(one).items()
    ]
    memory.executemany("INSERT INTO mention VALUES (?, ?, ?)", mentions)


def _said(one: Published) -> dict[tuple[str, str], list[str]]:
    """What an edition says, by its kind, and the names of the facts that say it."""
    figures = (f"{figure.label}: {figure.value}" for figure in one.key_figures)
    found: dict[tuple[str, str], list[str]] = {
        (SENTENCE, text): [] for text in (*one.bottom_line, *figures)
    }
    for event in one.events:
        found[EVENT, f"{day_in_words(event.day)}, {event.place}: {event.text}"] = []
    for name, fact in _facts(one).items():
        value = fact.get("value")
        if value is None and not fact.get("evidence"):
            continue
        words = " ".join(text for text in (value, fact.get("unit")) if isinstance(text, str))
        found.setdefault((NUMBER, words), []).append(name)
        for row in dict.fromkeys(map(str, fact.get("evidence", ()))):
            found.setdefault((ROW, row), []).append(name)
    return found


def _facts(one: Published) -> Mapping[str, Any]:
    try:
        facts = json.loads(read_file(one.folder / FACTS))["facts"]
        return {name: fact for name, fact in facts.items() if isinstance(fact, dict)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _naming(memory: sqlite3.Connection, wanted: Iterable[str]) -> dict[str, list[Mention]]:
    names = [f"-{name}-" for name in wanted]
    found: dict[str, list[Mention]] = {}
    lists: dict[int, tuple[str, ...]] = {
        number: tuple(json.loads(facts))
        for number, facts in memory.execute("SELECT id, facts FROM fact_list")
    }
    for said, kind, text, as_compared in memory.execute("SELECT * FROM said").fetchall():
        if any(name in f"-{as_compared}-" for name in names):
            query = ("SELECT folder, fact_list FROM mention JOIN edition ON edition.id = edition "
                     "WHERE said = ?")  # fmt: skip
            for folder, facts in memory.execute(query, (said,)):
                found.setdefault(folder, []).append(Mention(kind, text, lists[facts]))
    return found
