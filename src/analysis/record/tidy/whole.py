"""A table's file as a program saved it, and as it was meant."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

import pandas as pd

from analysis.errors import Fault
from analysis.record.csv_fields import quoted
from analysis.record.csv_text import in_lines, parse_strings
from analysis.record.tables import came_later, kinds
from analysis.record.tidy.encoding import in_utf_8
from analysis.record.tidy.layout import laid_out
from analysis.record.tidy.values import values_mended

_BLOCK = 50_000  # rows written at a time

#: What stands for letters that an encoding lacks, where it is several, or one within a word of no
#: address.
_LOST = re.compile(r"\?\?[?\W]*|^(?!https?:)(?:.*\w)?\?(?=\w)")


class Tidied(NamedTuple):
    """A file and what is wrong with it.

    Parameters
    ----------
    content: as it should be; None where nothing is to be done, or nothing can.
    rows: as :func:`analysis.record.csv_text.read_strings` gives them, indexed by their line in the
        file as it is, with what was mended.
    mended: a fault for what is mended.
    faults: what is wrong still.
    """

    content: bytes | None
    rows: pd.DataFrame | None
    mended: list[Fault]
    faults: list[Fault]


def tidied(file: str, table: str, raw: bytes) -> Tidied:
    """Mend a table's file as far as only one reading is possible.

    Parameters
    ----------
    file: its name.
    table: a name in `TABLES`.
    raw: its content.
    """
    content, of_letters = in_utf_8(file, raw)
    found = laid_out(file, table, content) if content else None
    if found is None:
        rows, faults = parse_strings(file, content, list(kinds(table)), came_later(table))
        return Tidied(None, rows, [], [*map(_not_mended, of_letters), *faults])
    if not found.is_read:
        return Tidied(None, None, [], list(map(_not_mended, [*of_letters, *found.faults])))
    meant, of_values = values_mended(table, found.rows)
    lost = _letters_lost(file, found.rows) if of_letters else []
    told = [*_with_columns(of_letters, found.rows), *found.faults, *of_values, *lost]
    mended = [one for one in told if one.tidy and one.line not in found.left]
    content = _written(meant, {})
    rows, faults = _read(file, table, content, meant.index)
    faults = [one for one in told if not one.tidy] + faults
    if found.left and found.is_recast:
        return Tidied(None, rows, [], [*map(_not_mended, mended), *faults])
    if found.left:
        content = _written(meant, found.left)
    return Tidied(content if mended else None, rows, mended, faults)


def unquoted(raw: bytes) -> bytes | None:
    """A good file with quotation marks only where a field needs them; None where it is so already.

    >>> unquoted(b'"site_id","name"\\n"a","A, the base"\\n')
    b'site_id,name\\na,"A, the base"\\n'
    """
    content = in_lines(raw)
    text = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    csv.writer(text, lineterminator="\n").writerows(rows)
    plain = text.getvalue().encode()
    return None if plain == content else plain


def _letters_lost(file: str, rows: pd.DataFrame) -> list[Fault]:
    """Fields in which an encoding left question marks where it had no letters."""
    message = "letters that the encoding of this file lacks were saved as {}; copy them anew"
    return [
        Fault(file, cast(int, line), str(column), message.format(quoted(found[0])))
        for column, values in rows.items()
        for line, value in values[values.str.contains(_LOST, na=False)].items()
        if (found := _LOST.search(value))
    ]


def _not_mended(fault: Fault) -> Fault:
    return replace(fault, tidy=False)


def _with_columns(faults: Sequence[Fault], rows: pd.DataFrame) -> list[Fault]:
    """Return faults of lines with the column in which letters are that are not ASCII."""
    found = []
    for fault in faults:
        held = rows.loc[fault.line].dropna() if fault.line in rows.index else pd.Series(dtype="str")
        columns = [str(name) for name, value in held.items() if not value.isascii()]
        found.append(replace(fault, column=columns[0]) if columns else fault)
    return found


def _read(
    file: str, table: str, content: bytes, index: pd.Index
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table in which a row is a line; rows and faults have their lines by this index."""
    rows, faults = parse_strings(file, content, list(kinds(table)), came_later(table))
    lines = [0, 1, *index.tolist()]
    if rows is not None:
        rows.index = pd.Index([lines[line] for line in rows.index], dtype="int64")
    return rows, [replace(fault, line=lines[fault.line]) for fault in faults]


def _written(rows: pd.DataFrame, left: Mapping[int, str]) -> bytes:
    """Return a table as CSV; the rows that are left stand where they stood, as they were."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow("" if str(name).isdigit() else name for name in rows.columns)
    ahead = sorted(left, reverse=True)
    for line, values in zip(rows.index.tolist(), _values(rows), strict=True):
        while ahead and ahead[-1] < line:
            text.write(left[ahead.pop()] + "\n")
        if line not in left:
            writer.writerow(values)
    text.writelines(left[line] + "\n" for line in reversed(ahead))
    return text.getvalue().encode("utf-8", "surrogateescape")


def _values(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the values of each row; some rows at a time, for the memory's sake."""
    for start in range(0, len(rows), _BLOCK):
        block = rows.iloc[start : start + _BLOCK].fillna("")
        yield from zip(*(block[name].tolist() for name in block), strict=True)
