"""The header of a table's file: what separates the fields, and which columns its names mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.errors import Fault
from analysis.record.csv_fields import INVISIBLE, SPACES, BrokenRow, split
from analysis.record.csv_rows import line_at
from analysis.record.csv_text import name_faults
from analysis.record.tables import came_later, kinds

#: What may stand between fields, and its name.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SEPARATOR_LINE = re.compile(rb'"?sep=([,;\t|])"?[,;\t]*\n', re.IGNORECASE)

#: Quotes as word processors write them.
CURLY = "“”„‟"
_AROUND = re.compile(f'^["{CURLY} {SPACES}{INVISIBLE}]+|["{CURLY} {SPACES}{INVISIBLE}]+$')

#: What pandas calls the column of its index once it has read it back.
_OF_PANDAS = re.compile(r"unnamed: [0-9]+(?:\.[0-9]+)?")


class Header(NamedTuple):
    """The first line of a table.

    Parameters
    ----------
    line, end: its number, and where the next line starts.
    separator: what stands between its fields.
    written: its names as they stand there.
    names: the columns that these mean; one without a name has a number in its place.
    """

    line: int
    end: int
    separator: str
    written: list[str]
    names: list[str]

    def misspelt(self, table: str) -> Iterator[tuple[str, str]]:
        """Yield names that mean a column and are not written so, with that."""
        for was, name in zip(self.written, self.names, strict=True):
            if was != name and name in kinds(table):
                yield was, name

    def faults(self, file: str, table: str) -> Iterator[Fault]:
        """Yield what is wrong with the names, whatever their order."""
        names = [name for name in self.names if not name.isdigit()]
        needed = [name for name in kinds(table) if name not in came_later(table) or name in names]
        return name_faults(file, self.line, names, needed)


def header_of(table: str, content: bytes) -> Header | None:
    """Return the header of a table's file; None where no line is one.

    Parameters
    ----------
    table: a name in `TABLES`.
    content: the file's text, each line with an LF at its end.
    """
    start, number, given = _begin(content)
    if start >= len(content):
        return None
    line = line_at(content, start)
    separator = given or _separator(line, table)
    written = _split_anyhow(line, separator) if separator else []
    names = _meant(written, table)
    if not set(names) & set(kinds(table)) or re.search("[\ud800-\udfff]", line):
        return None
    end = start + len(line.encode()) + 1
    return Header(number, end, separator, written, names)


def bare(text: str) -> str:
    """Return a text without quotes and white space around it."""
    return _AROUND.sub("", text)


def _begin(content: bytes) -> tuple[int, int, str]:
    """Return where the header starts, its line, and what a line before it calls the separator."""
    if match := _SEPARATOR_LINE.match(content):
        return match.end(), 2, match[1].decode()
    return 0, 1, ""


def _separator(header: str, table: str) -> str:
    """Return what separates the names of a header; nothing where few of these are known."""
    known = {
        mark: len(set(_meant(header.split(mark), table)) & set(kinds(table))) for mark in SEPARATORS
    }
    best = max(known, key=known.__getitem__)
    return best if known[best] > 1 else ""


def _split_anyhow(header: str, separator: str) -> list[str]:
    try:
        return [one.value for one in split(header, separator)]
    except BrokenRow:
        return header.split(separator)


def _meant(names: Sequence[str], table: str) -> list[str]:
    """Return names as columns have them; for one that says nothing its place, as a number."""
    known = {name.casefold(): name for name in kinds(table)}
    return [
        known.get(name.casefold(), name)
        if name and not _OF_PANDAS.fullmatch(name.casefold())
        else str(place)
        for place, name in enumerate(map(bare, names))
    ]
