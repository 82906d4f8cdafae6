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

#: So many lines may stand above a header, with so many fields in which something stands.
_MOST_ABOVE = 5
_MOST_OF_A_TITLE = 2

#: Quotes as word processors write them.
CURLY = "“”„‟"
_AROUND = re.compile(f'^["{CURLY} {SPACES}{INVISIBLE}]+|["{CURLY} {SPACES}{INVISIBLE}]+$')

#: What pandas calls the column of its index once it has read it back.
_OF_PANDAS = re.compile(r"unnamed: [0-9]+(?:\.[0-9]+)?")


class Header(NamedTuple):
    """The first line of a table.

    Parameters
    ----------
    begins: the line from which on a table may begin: 2 below one that names the separator.
    line, end: its number, and where the next line starts.
    separator: what stands between its fields.
    written: its names as they stand there.
    names: the columns that these mean; one without a name has a number in its place.
    """

    begins: int
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

    Titles may stand above it: lines in which hardly anything stands, over one with every name.

    Parameters
    ----------
    table: a name in `TABLES`.
    content: the file's text, each line with an LF at its end.
    """
    start, begins, given = _begin(content)
    above: list[str] = []
    while start < len(content) and len(above) <= _MOST_ABOVE:
        line = line_at(content, start)
        end = start + len(line.encode("utf-8", "surrogateescape")) + 1
        found = _header(table, line, given)
        if found and not above:
            return Header(begins, begins, end, *found)
        if found and _is_whole(table, found[2]) and all(_is_title(one, found[0]) for one in above):
            return Header(begins, begins + len(above), end, *found)
        above.append(line)
        start = end
    return None


def _header(table: str, line: str, given: str) -> tuple[str, list[str], list[str]] | None:
    """Return separator, names as written and columns of a header; None where a line is none."""
    separator = given or _separator(line, table)
    written = _split_anyhow(line, separator) if separator else []
    names = _meant(written, table)
    if not set(names) & set(kinds(table)) or re.search("[\ud800-\udfff]", line):
        return None
    return separator, written, names


def _is_whole(table: str, names: Sequence[str]) -> bool:
    return set(kinds(table)) - set(came_later(table)) <= set(names)


def _is_title(line: str, separator: str) -> bool:
    return sum(bool(bare(part)) for part in line.split(separator)) <= _MOST_OF_A_TITLE


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
    """Return names as columns have them; for one that says nothing its place, as a number.

    >>> _meant(["Site.Id", "siteId", "", "NAME"], "sites")
    ['site_id', 'site_id', '2', 'name']
    """
    known = {_letters(name): name for name in kinds(table)}
    return [
        known.get(_letters(name), name)
        if name and not _OF_PANDAS.fullmatch(name.casefold())
        else str(place)
        for place, name in enumerate(map(bare, names))
    ]


def _letters(name: str) -> str:
    """Return the letters of a name: programs write what joins words in ways of their own."""
    return re.sub("[-_ .]", "", name.casefold())
