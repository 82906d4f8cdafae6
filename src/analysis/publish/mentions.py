"""What each published report says, as it is remembered to be searched: sentences, numbers, rows.

A row is known once, and with it in which editions which numbers rest on it: facts.json of thousands
of editions need not be read to find one name in them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from analysis.plain_text import day_in_words, plain
from analysis.publish import remembered
from analysis.publish.listing import Published, read_file

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
    """Read what is new among the editions of an archive, so that whoever looks need not wait."""
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
        texts = {row[1:]: row[0] for row in memory.execute("SELECT id, kind, text FROM said")}
        lists = dict(memory.execute("SELECT facts, id FROM fact_list").fetchall())
        for one in new:
            _note(memory, one, texts, lists)


def _forget(memory: sqlite3.Connection, folder: str) -> None:
    edition = "SELECT id FROM edition WHERE folder = ?"
    memory.execute(f"DELETE FROM mention WHERE edition = ({edition})", (folder,))
    memory.execute("DELETE FROM edition WHERE folder = ?", (folder,))


def _note(
    memory: sqlite3.Connection,
    one: Published,
    texts: dict[tuple[str, str], int],
    lists: dict[str, int],
) -> None:
    """Remember what an edition says; texts and lists of facts are known by their numbers."""
    values = one.name, one.manifest_sha256
    edition = memory.execute("INSERT INTO edition VALUES (NULL, ?, ?)", values).lastrowid

    def number_of(table: str, known: dict[Any, int], key: Any, values: Sequence[object]) -> int:
        if key not in known:
            marks = ", ".join("?" * len(values))
            done = memory.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values)
            known[key] = int(done.lastrowid or 0)
        return known[key]

    mentions = []
    for (kind, text), facts in _said(one).items():
        said = number_of("said", texts, (kind, text), (kind, text, plain(text)))
        named = json.dumps(facts)
        mentions.append((said, edition, number_of("fact_list", lists, named, (named,))))
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
        value = fact.get("value") if isinstance(fact, dict) else None
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
