"""Rows and fields of a table's file, whatever separates them and however long the rows are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import Fault
from analysis.record.broken import all_at_fault
from analysis.record.csv_fields import NO_VALUE, BrokenRow, explain, miscounted, quoted, split
from analysis.record.csv_rows import rows_of
from analysis.record.csv_text import with_rows
from analysis.record.tables import kinds
from analysis.record.tidy.header import CURLY, SEPARATORS, bare, header_of
from analysis.record.tidy.ragged import readings

#: Bytes that are no UTF-8.
_NO_TEXT = re.compile("[\ud800-\udfff]")


@dataclass
class Layout:
    """What stands in a file.

    Parameters
    ----------
    names: the columns as the header means them; one without a name has a number in its place.
    rows: all text, empty fields missing, indexed by their line.
    separator: what stands between the fields.
    left: rows that nobody can read as they should be, as they stand there, by line.
    faults: what is wrong with the layout; those that are mended say so.
    is_recast: whether the fields of each row are others than they were, or otherwise separated.
    is_read: whether the rows could be read at all.
    """

    file: str
    names: list[str]
    rows: pd.DataFrame
    separator: str
    left: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_recast: bool = False
    is_read: bool = True

    def leave(self, line: int, row: str, faults: Sequence[Fault]) -> None:
        """Leave a row as it is, and note why."""
        self.left[line] = row
        self.faults += faults

    def mend(self, line: int, column: str, message: str) -> None:
        """Note what was mended."""
        self.faults.append(Fault(self.file, line, column, message, tidy=True))


def laid_out(file: str, table: str, content: bytes) -> Layout | None:
    """Return what stands in a file; None where its first line is no header of the table.

    Parameters
    ----------
    file: its name.
    table: a name in `TABLES`.
    content: its text, each line with an LF at its end.
    """
    header = header_of(table, content)
    if header is None:
        return None
    mark = header.separator
    found = Layout(file, header.names, pd.DataFrame(), mark, is_recast=mark != ",")
    if header.begins > 1:
        found.mend(1, "", "this line is for spreadsheets only; delete it")
    for line in range(header.begins, header.line):
        found.mend(line, "", "this line stands above the header and is no row; delete it")
    if mark != ",":
        wrong = f"the file is separated by {SEPARATORS[mark]}"
        found.mend(header.line, "", f"{wrong}; save it with commas")
    for was, name in header.misspelt(table):
        found.mend(header.line, name, f"the header calls this column {quoted(was)}; rename it")
    if wrong_names := list(header.faults(file, table)):
        found.faults += wrong_names
        found.is_read = False
        return found
    rows, odd = rows_of(content, len(found.names), mark, header.end, header.line + 1)
    found.rows = rows.set_axis(found.names, axis=1)
    _read_odd(found, table, odd)
    _drop_empty_rows(found)
    _drop_headers(found, header.written)
    _drop_unnamed(found, header.line)
    _put_in_order(found, table, header.line)
    return found


def _read_odd(found: Layout, table: str, odd: Mapping[int, str]) -> None:
    """Read the rows that are not plain CSV, as far as they can be."""
    width, separator = len(found.names), found.separator
    read: dict[int, Sequence[str]] = {}
    ragged: dict[int, list[str]] = {}
    for line, row in odd.items():
        fields = _fields(row, separator)
        if not any(bare(part) for part in row.split(separator)):
            found.mend(line, "", NO_VALUE)
        elif len(fields) == width:
            read[line] = fields
        elif values := _in_curly_quotes(row, width, separator):
            found.mend(line, "", "curly quotes stand for plain ones; write plain ones")
            read[line] = values
        elif fields:
            ragged[line] = fields
        else:
            values, faults = explain(found.file, line, row, found.names, separator)
            found.leave(line, row, faults)
            read |= {line: values} if values else {}
    read |= _even(found, table, ragged, odd)
    found.rows = with_rows(found.rows, read)


def _fields(row: str, separator: str) -> list[str]:
    """Return the fields of a row; none where its quotes do not fit or it holds what is no text."""
    try:
        return [] if _NO_TEXT.search(row) else [one.value for one in split(row, separator)]
    except BrokenRow:
        return []


def _in_curly_quotes(row: str, width: int, separator: str) -> list[str]:
    """Return the fields of a row if they are as many as they should only with its curly quotes."""
    if not re.search(f"[{CURLY}]", row) or _NO_TEXT.search(row):
        return []
    mark, quote = re.escape(separator), f'[{CURLY}"]'
    one = re.compile(
        f'{quote}((?:[^{CURLY}"]|{quote}{{2}})*){quote}(?={mark}|\\Z)|([^"{mark}]*)(?={mark}|\\Z)'
    )
    fields, start = [], 0
    while match := one.match(row, start):
        inner = match[2] if match[1] is None else re.sub(f"{quote}{{2}}", '"', match[1])
        fields.append(inner)
        start = match.end() + 1
        if match.end() == len(row):
            return fields if len(fields) == width else []
    return []


def _even(
    found: Layout, table: str, ragged: Mapping[int, Sequence[str]], rows: Mapping[int, str]
) -> dict[int, Sequence[str]]:
    """Return rows of another length with as many fields as the header, where that can be told."""
    width = len(found.names)
    even: dict[int, Sequence[str]] = {}
    for line, ways in readings(table, found.names, ragged).items():
        length = len(ragged[line])
        if len(ways) == 1 and ways[0].at_end:
            even[line] = ways[0].values
            what = "lacks its last separators" if length < width else "ends in empty fields"
            found.mend(line, "", f"the row {what}; write {width} fields")
        else:
            missing = found.names[ways[0].position] if len(ways) == 1 else ""
            wrong = miscounted(length, width, missing)
            found.leave(line, rows[line], [Fault(found.file, line, "", wrong)])
    return even


def _drop_empty_rows(found: Layout) -> None:
    empty = found.rows.index[found.rows.isna().all(axis=1)]
    for line in empty:
        found.mend(line, "", NO_VALUE)
    found.rows = found.rows.drop(index=empty)


def _drop_headers(found: Layout, written: Sequence[str]) -> None:
    """Leave out rows that are the header again, as where two files were joined."""
    values = found.rows.fillna("")
    again = found.rows.index[(values == list(written)).all(axis=1)]
    for line in again:
        found.mend(line, "", "this line is the header again; delete it")
    found.rows = found.rows.drop(index=again)


def _drop_unnamed(found: Layout, line: int) -> None:
    """Leave out columns without a name that are empty or, at the start, count the rows."""
    leading = True
    for name in list(found.names):
        if not name.isdigit():
            leading = False
            continue
        values = found.rows[name]
        counts = values.str.fullmatch("[0-9]+").eq(True).all() and values.is_unique
        if values.isna().all():
            message = "a column without a name is empty; delete it"
        elif leading and counts:
            message = "a column without a name counts the rows, as pandas does with its index; "
            message += "delete it, or write with index=False"
        else:
            continue
        found.mend(line, "", message)
        found.names.remove(name)
        found.rows = found.rows.drop(columns=name)
        found.is_recast = True


def _put_in_order(found: Layout, table: str, line: int) -> None:
    """Put columns into the order of the codebook; not if the values say that only names moved."""
    order = [name for name in kinds(table) if name in found.names]
    if order == found.names or len(order) < len(found.names):
        return
    out = next(right for name, right in zip(found.names, order, strict=True) if name != right)
    if all_at_fault(table, found.rows):
        wrong = f"{quoted(found.names[order.index(out)])} stands where this column belongs"
        found.faults.append(Fault(found.file, line, out, f"{wrong}; keep the codebook's order"))
        found.is_read = False
        return
    found.mend(line, out, "the columns are in another order than the codebook's; keep that")
    found.names, found.rows, found.is_recast = order, found.rows[order], True
