"""One table's file: from bytes to a frame of strings, and a fault for all that is not plain CSV.

The record's dialect is narrow on purpose, so that a row is a line in every editor, diff and tool:
UTF-8 without a mark, LF line ends, commas, double quotes only where a field needs them, no line
break and no control character in a field, no white space at its ends. A line that matches
`row_pattern` is beyond reproach and goes to the parser as it is; only the other lines are looked
at field by field. Lines of ASCII alone are matched as bytes, in one sweep for as long as they are
sound, so that a file of a million rows is a matter of seconds. What the values mean is no matter
of this module.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from analysis.errors import Fault
from analysis.record.csv_fields import BrokenRow, explain, quoted, row_pattern, split
from analysis.record.slips import in_windows_1252, other_separator

_LONGEST_ROW = 20  # lines that a row with line breaks in it may span and still be recognised
# Bytes that the parser takes at once: as a rule, and at most.
_BLOCK = 2**24
_LARGEST_BLOCK = 2**31 - 1


def read_strings(
    path: Path, columns: Sequence[str], later: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table's file without interpreting its values.

    Parameters
    ----------
    path: the CSV file.
    columns: the names that its header must have, in order.
    later: those of them that it may lack, with the value that every row then has.

    Returns
    -------
    The rows that can be read as strings (`str` dtype, empty fields missing), indexed by their
    line in the file, or None where there is no such table to speak of; and the faults.
    """
    try:
        content, faults = _in_utf_8(path.name, _bytes(path))
    except OSError as error:
        return None, [not_there(path.name, error)]
    if not content:
        return None, [*faults, Fault(path.name, 0, "", f"the file is empty; {_right(columns)}")]
    if not content.endswith(b"\n"):
        content += b"\n"
    header = _line(content, 0)
    there = [name for name in columns if name not in (later or {}) or name in header.split(",")]
    wrong_header = list(_header_faults(path.name, header, there))
    if wrong_header:
        return None, [*faults, *wrong_header]
    rows, broken = _rows(path.name, content, there)
    return completed(rows, columns, later or {}), [*faults, *broken]


def completed(rows: pd.DataFrame, columns: Sequence[str], later: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with all columns; one that the file lacks has the value meant by that."""
    for place, name in enumerate(columns):
        if name not in rows:
            value = pd.Series(later[name] or None, index=rows.index, dtype="str")
            rows.insert(place, name, value)
    return rows


def not_there(file: str, error: OSError) -> Fault:
    """Return the fault that a file cannot be read at all."""
    message = f"{error.strerror or error}; the record needs this file"
    return Fault(file, 0, "", message[0].lower() + message[1:])


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise OSError(0, "this is not a plain file")
    return path.read_bytes()


def _in_utf_8(file: str, raw: bytes) -> tuple[bytes, list[Fault]]:
    """Return the text with LF line ends, whatever the file had, and the faults in that."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace").encode()
        return text, [Fault(file, 1, "", "the file is in UTF-16; save it as UTF-8")]
    faults = []
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw.removeprefix(codecs.BOM_UTF8)
        message = "the file starts with a byte order mark; save it as UTF-8 without BOM"
        faults.append(Fault(file, 1, "", message))
    for ending, name in ((b"\r\n", "CR LF"), (b"\r", "CR")):
        # A lone CR among LF line ends is a control character in a field, and named as such.
        if ending in raw and (ending == b"\r\n" or b"\n" not in raw):
            line = raw.count(b"\n", 0, raw.index(ending)) + 1
            message = f"{raw.count(ending)} lines end in {name}, this one first; save with LF"
            faults.append(Fault(file, line, "", message))
            raw = raw.replace(ending, b"\n")
    raw, of_encoding = in_windows_1252(file, raw)
    return raw, [*faults, *of_encoding]


def _line(content: bytes, start: int) -> str:
    """Return the line that starts there, without its end; what is no UTF-8 is marked."""
    return content[start : content.index(b"\n", start)].decode("utf-8", "surrogateescape")


def _right(columns: Sequence[str]) -> str:
    return "the header must be " + ",".join(columns)


def _header_faults(file: str, line: str, columns: Sequence[str]) -> Iterator[Fault]:
    if separated := other_separator(line, columns):
        message = f"the file is separated by {separated}; save it as CSV with commas, in UTF-8"
        yield Fault(file, 1, "", message)
        return
    try:
        names = [field.value for field in split(line)]
    except BrokenRow as broken:
        yield Fault(file, 1, "", f"{broken} in the header; {_right(columns)}")
        return
    yield from name_faults(file, 1, names, columns)
    if sorted(names) == sorted(columns):
        for name, right in zip(names, columns, strict=True):
            if name != right:
                message = f"{quoted(name)} stands where this column belongs; {_right(columns)}"
                yield Fault(file, 1, right, message)
                return


def name_faults(
    file: str, line: int, names: Sequence[str], columns: Sequence[str]
) -> Iterator[Fault]:
    """Yield what is wrong with the names of a file's columns, whatever their order."""
    if not set(names) & set(columns):
        yield Fault(file, line, "", f"this is not the header; {_right(columns)}")
        return
    missing = [name for name in columns if name not in names]
    for name, times in Counter(names).items():
        shown = quoted(name)[1:-1]
        if times > 1:
            yield Fault(file, line, shown, "this column is there more than once; delete one")
        elif name not in columns and (near := get_close_matches(name, missing, 1)):
            missing.remove(near[0])
            message = f"the header calls this column {quoted(name)}; rename it"
            yield Fault(file, line, near[0], message)
        elif name not in columns:
            message = f"unknown column {quoted(name)}; {_right(columns)}"
            yield Fault(file, line, shown, message)
    for name in missing:
        yield Fault(file, line, name, f"this column is missing; {_right(columns)}")


def _plain_rows_pattern(width: int) -> re.Pattern[bytes]:
    """Return what rows in ASCII match, as many as follow each other without any fault."""
    plain = rb"(?! )[ !#-+\--~]*+(?<! )"
    in_quotes = rb'"(?! )(?:[ !#-~]++|"")*+(?<! )"'
    field = b"(?:%b|%b)" % (plain, in_quotes)
    return re.compile(rb"(?:(?!,*\n)%b(?:,%b){%d}\n)*+" % (field, field, width - 1))


def _rows(file: str, content: bytes, columns: Sequence[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the header, those that can be mended mended, and the faults."""
    pattern, plain_rows = row_pattern(len(columns)), _plain_rows_pattern(len(columns))
    sound = _Sound()
    mended: dict[int, list[str]] = {}
    faults: list[Fault] = []
    start, line = content.index(b"\n") + 1, 2
    while start < len(content):
        end = _end_of(plain_rows.match(content, start))
        if end == start and pattern.fullmatch(_line(content, start)):
            end = content.index(b"\n", start) + 1
        if end > start:
            lines = content.count(b"\n", start, end)
            sound.add(start, end, line, lines)
        else:
            row = _row_at(content, start, len(columns), pattern)
            lines = row.count("\n") + 1
            end = start + len(row.encode("utf-8", "surrogateescape")) + 1
            values, found = explain(file, line, row, columns)
            faults += found
            if values:
                mended[line] = values
        start, line = end, line + lines
    rows = _frame(sound.text(content), columns)
    rows.index = sound.lines()
    if mended:
        extra = pd.DataFrame(
            list(mended.values()), index=list(mended), columns=list(columns), dtype="str"
        )
        rows = pd.concat([rows, extra.mask(extra == "")]).sort_index()
    return rows, faults


def _end_of(match: re.Match[bytes] | None) -> int:
    return match.end() if match else 0


class _Sound:
    """Where the sound lines are: spans of bytes, and of line numbers."""

    def __init__(self) -> None:
        self.spans: list[list[int]] = []
        self.numbers: list[list[int]] = []

    def add(self, start: int, end: int, line: int, lines: int) -> None:
        """Add lines; where they follow the last ones, they make one span with them."""
        if self.spans and self.spans[-1][1] == start:
            self.spans[-1][1] = end
            self.numbers[-1][1] = line + lines
        else:
            self.spans.append([start, end])
            self.numbers.append([line, line + lines])

    def text(self, content: bytes) -> pa.Buffer:
        """The sound lines alone; no copy where there are no others."""
        whole = pa.py_buffer(content)
        pieces = [whole.slice(start, end - start) for start, end in self.spans]
        return pieces[0] if len(pieces) == 1 else pa.py_buffer(b"".join(pieces))

    def lines(self) -> pd.Index:
        """Their line numbers."""
        ranges = [pd.RangeIndex(first, beyond) for first, beyond in self.numbers]
        return ranges[0].append(ranges[1:]) if ranges else pd.RangeIndex(0)


def _frame(text: pa.Buffer, columns: Sequence[str]) -> pd.DataFrame:
    if not text.size:
        return pd.DataFrame(columns=pd.Index(columns), dtype="str")
    try:
        table = _parsed(text, columns, _BLOCK)
    except pa.ArrowInvalid:  # a row is longer than a block
        table = _parsed(text, columns, min(text.size + 1, _LARGEST_BLOCK))
    frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return frame


def _parsed(text: pa.Buffer, columns: Sequence[str], block: int) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.BufferReader(text),
        pyarrow.csv.ReadOptions(column_names=list(columns), block_size=block),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _row_at(content: bytes, start: int, width: int, pattern: re.Pattern[str]) -> str:
    """Return the row that starts there: its line, with the next ones if a line break is in it."""
    line = row = _line(content, start)
    for _ in range(_LONGEST_ROW):
        try:
            fields = split(row)
        except BrokenRow as broken:
            if not broken.unclosed:
                return line
        else:
            return row if len(fields) == width else line
        start = content.index(b"\n", start) + 1
        if start == len(content) or pattern.fullmatch(following := _line(content, start)):
            return line
        row = f"{row}\n{following}"
    return line
