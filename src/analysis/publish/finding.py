"""Which published reports name something, and in which of their numbers and rows.

A place or a group is found by any of its names: what the record calls it is looked for, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.plain_text import plain
from analysis.publish import mentions
from analysis.publish.listing import published
from analysis.publish.mentions import EVENT, ROW, SENTENCE, Mention
from analysis.publish.reading import Published

#: So many numbers and rows of an edition are named in a list for people.
_TOLD = 5


@dataclass(frozen=True)
class Found:
    """An edition that names what was looked for.

    Parameters
    ----------
    edition: the published report.
    sentences: of its bottom line and key figures, those that name it.
    events: of its window, those that do.
    facts: names of the facts whose value, unit or rows name it.
    rows: ids of these rows.
    """

    edition: Published
    sentences: tuple[str, ...]
    events: tuple[str, ...]
    facts: tuple[str, ...]
    rows: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.edition.name}: {self.edition.title}"]
        lines += [f"  {sentence}" for sentence in self.sentences]
        lines += [f"  {event}" for event in self.events[:_TOLD]]
        more = len(self.events) - _TOLD
        lines += [f"  and {more:,} events more"] if more > 0 else []
        lines += [f"  in the numbers: {_some(self.facts)}"] if self.facts else []
        lines += [f"  rows: {_some(self.rows)}"] if self.rows else []
        return "\n".join(lines)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return f"{', '.join(names[:_TOLD])}{more}"


def find(words: str, reports: Path, data: Path | None = None) -> Iterator[Found]:
    """Yield the editions of an archive that name something, the newest first.

    Parameters
    ----------
    words: what is looked for, such as ``Al Udeid``; capitals and marks do not matter.
    reports: the archive.
    data: the record whose places and groups have other names; none if not given.
    """
    wanted = [plain(name) for name in called(words, data) if plain(name)]
    if not wanted:
        return
    editions = published(reports)
    naming = mentions.naming(reports, editions, wanted)
    yield from (_found(one, naming[one.name]) for one in editions if one.name in naming)


def called(words: str, data: Path | None) -> list[str]:
    """The words and, of a place or group of the record, its id and its name."""
    names = [words]
    if data is None:
        return names
    # What reads tables loads slowly, and there need not be a record.
    from analysis.record.names import names_of
    from analysis.record.stored import things

    for table in ("sites", "actors"):
        rows = things(data, table)
        thing = names_of(table, rows).get(plain(words))
        if thing is not None:
            names += [thing, *rows.loc[rows.iloc[:, 0] == thing, "name"].dropna()]
    return names


def _found(edition: Published, naming: Sequence[Mention]) -> Found:
    def texts(kind: str) -> tuple[str, ...]:
        return tuple(one.text for one in naming if one.kind == kind)

    facts = {name for one in naming for name in one.facts}
    rows = tuple(sorted(texts(ROW)))
    return Found(edition, texts(SENTENCE), texts(EVENT), tuple(sorted(facts)), rows)
