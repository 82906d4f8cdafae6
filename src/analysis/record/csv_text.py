"""One table's file: from bytes to a frame of strings, and a fault for all that is not plain CSV.

The record's dialect is narrow on purpose, so that a row is a line in every editor, diff and tool:
UTF-8 without a mark, LF line ends, commas, double quotes only where a field needs them, no line
break and no control character in a field, no white space at its ends. A line that matches
`_row_pattern` is beyond reproach and goes to pandas as it is; only the other lines are looked at
field by field. What the values mean is no matter of this module.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.errors import Fault

# Bytes that are no UTF-8 are decoded to U+DC80..U+DCFF, so that they can be found and named.
_NOT_UTF8 = r"\udc80-\udcff"
# Controls and line breaks; marks that reverse the reading order; a stray BOM; no characters at all.
_CONTROL = (
    r"\x00-\x1f\x7f-\x9f\u2028\u2029" + r"\u202a-\u202e\u2066-\u2069" + r"\ufeff" + r"\ufffe\uffff"
)
_UNWANTED = re.compile(f"[{_CONTROL}{_NOT_UTF8}]")
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
_PLAIN = re.compile(r'[^",]*')
_LONGEST_ROW = 20  # lines that a row with line breaks in it may span and still be recognised
_LONGEST_QUOTE = 60  # characters of a value that a message shows


class _Field(NamedTuple):
    """A field as it stands in its line, quotes included, and where it starts."""

    start: int
    source: str

    @property
    def value(self) -> str:
        if self.source.startswith('"'):
            return self.source[1:-1].replace('""', '"')
        return self.source


class _BrokenRow(Exception):
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


def read_strings(path: Path, columns: Sequence[str]) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table's file without interpreting its values.

    Parameters
    ----------
    path: the CSV file.
    columns: the names that its header must have, in order.

    Returns
    -------
    The rows that can be read as strings (`str` dtype, empty fields missing), indexed by their
    line in the file, or None where there is no such table to speak of; and the faults.
    """
    try:
        text, faults = _decoded(path.name, _bytes(path))
    except OSError as error:
        message = f"{error.strerror or error}; the record needs this file"
        return None, [Fault(path.name, 0, "", message[0].lower() + message[1:])]
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if not lines:
        return None, [*faults, Fault(path.name, 0, "", f"the file is empty; {_right(columns)}")]
    wrong_header = list(_header_faults(path.name, lines[0], columns))
    if wrong_header:
        return None, [*faults, *wrong_header]
    rows, broken = _rows(path.name, lines, columns)
    return rows, [*faults, *broken]


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise OSError(0, "this is not a plain file")
    return path.read_bytes()


def _decoded(file: str, raw: bytes) -> tuple[str, list[Fault]]:
    """Return the text with LF line ends, whatever the file had, and the faults in that."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace")
        return text, [Fault(file, 1, "", "the file is in UTF-16; save it as UTF-8")]
    faults = []
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw.removeprefix(codecs.BOM_UTF8)
        message = "the file starts with a byte order mark; save it as UTF-8 without BOM"
        faults.append(Fault(file, 1, "", message))
    text = raw.decode("utf-8", "surrogateescape")
    for ending, name in (("\r\n", "CR LF"), ("\r", "CR")):
        # A lone CR among LF line ends is a control character in a field, and named as such.
        if ending in text and (ending == "\r\n" or "\n" not in text):
            line = text.count("\n", 0, text.index(ending)) + 1
            message = f"{text.count(ending)} lines end in {name}, this one first; save with LF"
            faults.append(Fault(file, line, "", message))
            text = text.replace(ending, "\n")
    return text, faults


def _right(columns: Sequence[str]) -> str:
    return "the header must be " + ",".join(columns)


def _header_faults(file: str, line: str, columns: Sequence[str]) -> Iterator[Fault]:
    try:
        names = [field.value for field in _split(line)]
    except _BrokenRow as broken:
        yield Fault(file, 1, "", f"{broken} in the header; {_right(columns)}")
        return
    if not set(names) & set(columns):
        yield Fault(file, 1, "", f"this is not the header; {_right(columns)}")
        return
    missing = [name for name in columns if name not in names]
    for name, times in Counter(names).items():
        shown = quoted(name)[1:-1]
        if times > 1:
            yield Fault(file, 1, shown, "this column is there more than once; delete one")
        elif name not in columns and (near := get_close_matches(name, missing, 1)):
            missing.remove(near[0])
            yield Fault(file, 1, near[0], f"the header calls this column {quoted(name)}; rename it")
        elif name not in columns:
            message = f"unknown column {quoted(name)}; {_right(columns)}"
            yield Fault(file, 1, shown, message)
    for name in missing:
        yield Fault(file, 1, name, f"this column is missing; {_right(columns)}")
    if sorted(names) == sorted(columns):
        for name, right in zip(names, columns, strict=True):
            if name != right:
                message = f"{quoted(name)} stands where this column belongs; {_right(columns)}"
                yield Fault(file, 1, right, message)
                return


def _row_pattern(width: int) -> re.Pattern[str]:
    """Return what a whole row of `width` fields without any fault matches."""
    plain = rf'(?!\s)[^",{_CONTROL}{_NOT_UTF8}]*+(?<!\s)'
    in_quotes = rf'"(?!\s)(?:[^"{_CONTROL}{_NOT_UTF8}]++|"")*+(?<!\s)"'
    field = f"(?:{plain}|{in_quotes})"
    return re.compile(rf"(?!,*\Z){field}(?:,{field}){{{width - 1}}}")


def _rows(
    file: str, lines: Sequence[str], columns: Sequence[str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the header, those that can be mended mended, and the faults."""
    pattern = _row_pattern(len(columns))
    sound: list[int] = []
    suspect: list[int] = []
    for index in range(1, len(lines)):
        (sound if pattern.fullmatch(lines[index]) else suspect).append(index)
    faults: list[Fault] = []
    mended: dict[int, list[str]] = {}
    explained = 0
    for index in suspect:
        if index <= explained:
            continue
        explained = _last_line_of_row(lines, index, len(columns), pattern)
        row = "\n".join(lines[index : explained + 1])
        values, found = _explain(file, index + 1, row, columns)
        faults += found
        if values:
            mended[index + 1] = values
    rows = _frame([lines[index] for index in sound], columns)
    rows.index = pd.Index([index + 1 for index in sound], dtype="int64")
    if mended:
        extra = pd.DataFrame(
            list(mended.values()), index=list(mended), columns=list(columns), dtype="str"
        )
        rows = pd.concat([rows, extra.mask(extra == "")]).sort_index()
    return rows, faults


def _frame(lines: list[str], columns: Sequence[str]) -> pd.DataFrame:
    if not lines:
        return pd.DataFrame(columns=pd.Index(columns), dtype="str")
    return pd.read_csv(
        io.BytesIO("\n".join(lines).encode()),
        header=None,
        names=list(columns),
        dtype="str",
        keep_default_na=False,
        na_values=[""],
    )


def _last_line_of_row(
    lines: Sequence[str], index: int, width: int, pattern: re.Pattern[str]
) -> int:
    """Return where the row that starts at `index` ends: there, or after its line breaks."""
    for last in range(index, min(index + _LONGEST_ROW, len(lines))):
        if last > index and pattern.fullmatch(lines[last]):
            return index
        try:
            fields = _split("\n".join(lines[index : last + 1]))
        except _BrokenRow as broken:
            if not broken.unclosed:
                return index
        else:
            return last if len(fields) == width else index
    return index


def _split(row: str) -> list[_Field]:
    """Split a row at its commas, strictly; raise `_BrokenRow` where quotes do not fit."""
    fields: list[_Field] = []
    start = 0
    while True:
        match = (_QUOTED if row.startswith('"', start) else _PLAIN).match(row, start)
        if match is None:
            message = f"the quote that opens at position {start + 1} is not closed on this line"
            raise _BrokenRow(len(fields), message, unclosed=True)
        end = match.end()
        if end < len(row) and row[end] != ",":
            what = "text after the closing quote" if match[0][:1] == '"' else "a stray quote"
            raise _BrokenRow(len(fields), f"{what} at position {end + 1}")
        fields.append(_Field(start, match[0]))
        if end == len(row):
            return fields
        start = end + 1


def _explain(
    file: str, line: int, row: str, columns: Sequence[str]
) -> tuple[list[str], list[Fault]]:
    """Return the row's values as they probably were meant, or none, and its faults."""
    if not row.strip().strip(","):
        return [], [Fault(file, line, "", "this line holds no value; delete it")]
    try:
        fields = _split(row)
    except _BrokenRow as broken:
        column = columns[broken.index] if broken.index < len(columns) else ""
        right = "quote the whole field and double each quote inside it"
        return [], [Fault(file, line, column, f"{broken}; {right}")]
    if len(fields) != len(columns):
        message = (
            f"{len(fields)} fields where the header has {len(columns)}; "
            "write one for each column, and in quotes if it holds a comma"
        )
        return [], [Fault(file, line, "", message)]
    faults = [
        Fault(file, line, column, flaw)
        for column, field in zip(columns, fields, strict=True)
        if (flaw := _flaw(field))
    ]
    return [_UNWANTED.sub("\ufffd", field.value).strip() for field in fields], faults


def _flaw(field: _Field) -> str:
    """Return what is wrong with the characters of a field, first things first; empty if nothing."""
    if "\n" in field.source:
        return "the field holds a line break; write it on one line"
    if unwanted := _UNWANTED.search(field.source):
        position = field.start + unwanted.start() + 1
        if not re.match(f"[{_NOT_UTF8}]", unwanted[0]):
            return f"control character U+{ord(unwanted[0]):04X} at position {position}; delete it"
        byte = ord(unwanted[0]) - 0xDC00
        likely = bytes([byte]).decode("cp1252", "ignore")
        meant = f" (in Windows-1252 it is {likely!r})" if likely.isprintable() and likely else ""
        return f"byte 0x{byte:02X} at position {position} is not UTF-8{meant}; save as UTF-8"
    if field.value != field.value.strip():
        return f"white space around {quoted(field.value.strip())}; delete it"
    return ""
