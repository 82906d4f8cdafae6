"""The rows of a CSV text: those beyond reproach as a frame, the others one by one.

A line that matches `row_pattern` is beyond reproach and goes to the parser as it is; only the other
lines are looked at field by field. Lines of ASCII alone are matched as bytes, in one sweep for as
long as they are sound, so that a file of a million rows is a matter of seconds. A long text is
parsed meanwhile, as if all of it were sound, which it mostly is.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from analysis.record.csv_fields import BrokenRow, row_pattern, split

_LONGEST_ROW = 20  # lines that a row with line breaks in it may span and still be recognised
# Bytes that are matched, or that the parser takes, at once: as a rule, and at most.
_BLOCK = 2**24
_LARGEST_BLOCK = 2**31 - 1


def line_at(content: bytes, start: int) -> str:
    """Return the line that starts there, without its end; what is no UTF-8 is marked."""
    return content[start : content.index(b"\n", start)].decode("utf-8", "surrogateescape")


def rows_of(
    content: bytes, width: int, separator: str = ",", start: int = 0, line: int = 1
) -> tuple[pd.DataFrame, dict[int, str]]:
    """Read the rows of a text.

    Parameters
    ----------
    content: in UTF-8, each line with an LF at its end.
    width: how many fields a row has.
    separator: what stands between these.
    start, line: where the first row starts, and the number of its line.

    Returns
    -------
    The rows that are beyond reproach as text (`str` dtype, empty fields missing), indexed by their
    line, the columns numbered; and all others as they stand there, by their line.
    """
    text = pa.py_buffer(content).slice(start)
    if text.size < _BLOCK:
        sound, odd = _judged(content, width, separator, start, line)
        frame = _frame(sound.text(content), width, separator)
    else:
        with ThreadPoolExecutor(1) as beside:
            parsed = beside.submit(_frame, text, width, separator)
            sound, odd = _judged(content, width, separator, start, line)
        frame = _frame(sound.text(content), width, separator) if odd else parsed.result()
    frame.index = sound.lines()
    return frame, odd


def _judged(
    content: bytes, width: int, separator: str, start: int, line: int
) -> tuple[_Sound, dict[int, str]]:
    """Where the rows of a text are that are beyond reproach; and all others, by their line."""
    pattern = row_pattern(width, separator)
    plain_rows = _plain_rows_pattern(width, separator.encode())
    sound = _Sound()
    odd: dict[int, str] = {}
    while start < len(content):
        # A block at a time: while it matches, no other thread begins anything.
        end = _end_of(plain_rows.match(content, start, start + _BLOCK))
        if end == start and pattern.fullmatch(line_at(content, start)):
            end = content.index(b"\n", start) + 1
        if end > start:
            lines = content.count(b"\n", start, end)
            sound.add(start, end, line, lines)
        else:
            row = _row_at(content, start, width, separator, pattern)
            lines = row.count("\n") + 1
            end = start + len(row.encode("utf-8", "surrogateescape")) + 1
            odd[line] = row
        start, line = end, line + lines
    return sound, odd


def _plain_rows_pattern(width: int, separator: bytes) -> re.Pattern[bytes]:
    """Return what rows in ASCII match, as many as follow each other without any fault."""
    mark = re.escape(separator)
    plain = rb'[^\x00-\x20"\x7f-\xff%b][^\x00-\x1f"\x7f-\xff%b]*+(?<! )' % (mark, mark)
    in_quotes = rb'"(?! )(?:[^\x00-\x1f"\x7f-\xff]++|"")*+(?<! )"'
    # Nothing is looked for in an empty field, and each is written out: that takes half the time.
    fields = [b"(?:%b|%b|)" % (plain, in_quotes)] * width
    return re.compile(rb"(?:(?!%b*\n)%b\n)*+" % (mark, mark.join(fields)))


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


def _frame(text: pa.Buffer, width: int, separator: str) -> pd.DataFrame:
    if not text.size:
        return pd.DataFrame(columns=range(width), dtype="str")
    try:
        table = _parsed(text, width, separator, _BLOCK)
    except pa.ArrowInvalid:  # a row is longer than a block
        table = _parsed(text, width, separator, min(text.size + 1, _LARGEST_BLOCK))
    # In one piece: to take rows from many takes Arrow ten times as long.
    frame: pd.DataFrame = table.combine_chunks().to_pandas(split_blocks=True, self_destruct=True)
    return frame.set_axis(range(width), axis=1)


def _parsed(text: pa.Buffer, width: int, separator: str, block: int) -> pa.Table:
    columns = [str(position) for position in range(width)]
    return pyarrow.csv.read_csv(
        pa.BufferReader(text),
        pyarrow.csv.ReadOptions(column_names=columns, block_size=block),
        pyarrow.csv.ParseOptions(delimiter=separator),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _row_at(
    content: bytes, start: int, width: int, separator: str, pattern: re.Pattern[str]
) -> str:
    """Return the row that starts there: its line, with the next ones if a line break is in it."""
    line = row = line_at(content, start)
    for _ in range(_LONGEST_ROW):
        try:
            fields = split(row, separator)
        except BrokenRow as broken:
            if not broken.unclosed:
                return line
        else:
            return row if len(fields) == width else line
        start = content.index(b"\n", start) + 1
        if start == len(content) or pattern.fullmatch(following := line_at(content, start)):
            return line
        row = f"{row}\n{following}"
    return line
