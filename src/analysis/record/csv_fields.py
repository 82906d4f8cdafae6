"""The fields of one line of CSV: where they are, and what is wrong with their characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from analysis.errors import Fault

# Bytes that are no UTF-8 are decoded to U+DC80..U+DCFF, so that they can be found and named.
_NOT_UTF8 = r"\udc80-\udcff"
#: White space but the plain one; inside a value it stands for a plain space.
SPACES = "\t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
#: What nobody sees and nothing means: soft hyphens, spaces without width, stray byte order marks.
INVISIBLE = "\xad\u180e\u200b\u2060\ufeff"
# Controls; marks that reverse the reading order; no characters at all.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff" + SPACES + INVISIBLE
_UNWANTED = re.compile(f"[{_CONTROL}{_NOT_UTF8}]")
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
_LONGEST_QUOTE = 60  # characters of a value that a message shows


#: What is wrong with a row in which nothing stands.
NO_VALUE = "this line holds no value; delete it"


class _Field(NamedTuple):
    """A field as it stands in its line, quotes included, and where it starts."""

    start: int
    source: str

    @property
    def value(self) -> str:
        if self.source.startswith('"'):
            return self.source[1:-1].replace('""', '"')
        return self.source


class BrokenRow(Exception):
    """The line cannot be split into fields; `index` is the field at fault."""

    def __init__(self, index: int, message: str, *, unclosed: bool = False):
        self.index = index
        self.unclosed = unclosed
        super().__init__(message)


def quoted(value: str) -> str:
    """Return a value as a message shows it: in quotes, escaped, cut where long.

    >>> quoted("a\\tb")
    "'a\\\\tb'"
    """
    return repr(value if len(value) <= _LONGEST_QUOTE else value[:_LONGEST_QUOTE] + "…")


def row_pattern(width: int, separator: str = ",") -> re.Pattern[str]:
    """Return what a whole row of `width` fields without any fault matches."""
    mark = re.escape(separator)
    plain = rf'(?!\s)[^"{mark}{_CONTROL}{_NOT_UTF8}]*+(?<!\s)'
    in_quotes = rf'"(?!\s)(?:[^"{_CONTROL}{_NOT_UTF8}]++|"")*+(?<!\s)"'
    field = f"(?:{plain}|{in_quotes})"
    return re.compile(rf"(?!{mark}*\Z){field}(?:{mark}{field}){{{width - 1}}}")


def split(row: str, separator: str = ",") -> list[_Field]:
    """Split a row at its separators, strictly; raise `BrokenRow` where quotes do not fit."""
    plain = _unquoted(separator)
    fields: list[_Field] = []
    start = 0
    while True:
        match = (_QUOTED if row.startswith('"', start) else plain).match(row, start)
        if match is None:
            message = f"the quote that opens at position {start + 1} is not closed on this line"
            raise BrokenRow(len(fields), message, unclosed=True)
        end = match.end()
        if end < len(row) and row[end] != separator:
            what = "text after the closing quote" if match[0][:1] == '"' else "a stray quote"
            raise BrokenRow(len(fields), f"{what} at position {end + 1}")
        fields.append(_Field(start, match[0]))
        if end == len(row):
            return fields
        start = end + 1


@cache
def _unquoted(separator: str) -> re.Pattern[str]:
    return re.compile(f'[^"{re.escape(separator)}]*')


def explain(
    file: str, line: int, row: str, columns: Sequence[str], separator: str = ","
) -> tuple[list[str], list[Fault]]:
    """Return the row's values as they probably were meant, or none, and its faults."""
    if not row.strip().strip(separator):
        return [], [Fault(file, line, "", NO_VALUE)]
    try:
        fields = split(row, separator)
    except BrokenRow as broken:
        column = columns[broken.index] if broken.index < len(columns) else ""
        right = "quote the whole field and double each quote inside it"
        return [], [Fault(file, line, column, f"{broken}; {right}")]
    if len(fields) != len(columns):
        return [], [Fault(file, line, "", miscounted(len(fields), len(columns)))]
    faults = [
        Fault(file, line, column, wrong)
        for column, field in zip(columns, fields, strict=True)
        if (wrong := flaw(field.value, field.source, field.start))
    ]
    return [mended(field.value) for field in fields], faults


def miscounted(fields: int, columns: int, missing: str = "") -> str:
    """Return what is wrong with a row of too few or too many fields."""
    wrong = f"{fields} fields where the header has {columns}"
    if fields > columns:
        return f"{wrong}; write one for each column, and in quotes if it holds a comma"
    probably = f", probably {missing}" * bool(missing)
    return f"{wrong}, so some are missing{probably}; end each field but the last with a comma"


def mended(value: str) -> str:
    """Return a value as it probably was meant."""
    return _UNWANTED.sub("\ufffd", value).strip()


def flaw(value: str, source: str, start: int = 0) -> str:
    """Return what is wrong with the characters of a field, first things first; empty if nothing.

    `source` is the field as its line has it, from the position `start` on.
    """
    if "\n" in source:
        return "the field holds a line break; write it on one line"
    if unwanted := _UNWANTED.search(source):
        position = start + unwanted.start() + 1
        if not re.match(f"[{_NOT_UTF8}]", unwanted[0]):
            where = f"U+{ord(unwanted[0]):04X} at position {position}"
            what, right = _unwanted(unwanted[0])
            return f"{what} {where}; {right}"
        byte = bytes([ord(unwanted[0]) - 0xDC00])
        return f"{of_another_encoding(byte, position)}; save as UTF-8"
    if value != value.strip():
        return f"white space around {quoted(value.strip())}; delete it"
    return ""


def _unwanted(character: str) -> tuple[str, str]:
    """Return what a character is, and what to do about it."""
    if re.match(f"[{SPACES}]", character):
        return "white space", "write a plain space"
    return f"{'invisible' if character in INVISIBLE else 'control'} character", "delete it"


def of_another_encoding(byte: bytes, position: int) -> str:
    """Return what is wrong with a byte that is no UTF-8."""
    likely = byte.decode("cp1252", "ignore")
    meant = f" (in Windows-1252 it is {likely!r})" if likely.isprintable() and likely else ""
    return f"byte 0x{byte[0]:02X} at position {position} is not UTF-8{meant}"
