"""Which published reports name something, and in which of their numbers and rows.

A place or a group is found by any of its names: what the record calls it is looked for, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.publish.listing import Published, published, read_file
from analysis.record import Record
from analysis.record.names import names_of, plain

#: So many rows of an edition are named in a list for people.
_ROWS = 5

FACTS = "facts.json"


@dataclass(frozen=True)
class Found:
    """An edition that names what was looked for.

    Parameters
    ----------
    edition: the published report.
    sentences: of its bottom line and key figures, those that name it.
    facts: names of the facts whose value, unit or rows name it.
    rows: ids of these rows.
    """

    edition: Published
    sentences: tuple[str, ...]
    facts: tuple[str, ...]
    rows: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.rows[:_ROWS])
        more = f" and {len(self.rows) - _ROWS:,} more" if len(self.rows) > _ROWS else ""
        lines = [f"{self.edition.name}: {self.edition.title}"]
        lines += [f"  {sentence}" for sentence in self.sentences]
        lines += [f"  in the numbers: {', '.join(self.facts)}"] if self.facts else []
        lines += [f"  rows: {shown}{more}"] if self.rows else []
        return "\n".join(lines)


def find(words: str, reports: Path, record: Record | None = None) -> Iterator[Found]:
    """Yield the editions of an archive that name something, the newest first.

    Parameters
    ----------
    words: what is looked for, such as ``Al Udeid``; capitals and marks do not matter.
    reports: the archive.
    record: whose places and groups have other names; none if not given.
    """
    wanted = [plain(name) for name in called(words, record) if plain(name)]
    for edition in published(reports):
        if wanted and (found := _in(edition, wanted)) is not None:
            yield found


def called(words: str, record: Record | None) -> list[str]:
    """The words and, of a place or group of the record, its id and its name."""
    names = [words]
    for table in ("sites", "actors") if record is not None else ():
        rows = getattr(record, table)
        thing = names_of(table, rows).get(plain(words))
        if thing is not None:
            (row,) = rows[rows.iloc[:, 0] == thing].to_dict("records")
            names += [thing, row["name"]]
    return names


def _in(edition: Published, wanted: list[str]) -> Found | None:
    """What of an edition names any of these; None if nothing does."""
    first = [*edition.bottom_line, *(f"{f.label}: {f.value}" for f in edition.key_figures)]
    sentences = tuple(text for text in first if _names(text, wanted))
    facts: list[str] = []
    rows: dict[str, None] = {}
    for name, fact in _facts(edition, wanted).items():
        of_fact = [row for row in fact.get("evidence", ()) if _names(str(row), wanted)]
        if of_fact or _names(f"{fact.get('value')} {fact.get('unit')}", wanted):
            facts.append(name)
            rows |= dict.fromkeys(of_fact)
    if not sentences and not facts:
        return None
    return Found(edition, sentences, tuple(facts), tuple(rows))


def _facts(edition: Published, wanted: list[str]) -> Mapping[str, Any]:
    """The facts of an edition, if anything in their file can be it: most files are not parsed."""
    try:
        text = read_file(edition.folder / FACTS).decode()
        if not _names(text, wanted):
            return {}
        facts = json.loads(text)["facts"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _names(text: str, wanted: Iterable[str]) -> bool:
    """Whether a text has any of these names, as whole words."""
    said = f"-{plain(text)}-"
    return any(f"-{name}-" in said for name in wanted)
