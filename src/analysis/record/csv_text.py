"""One table's file: from bytes to a frame of strings, and a fault for all that is not plain CSV.

The record's dialect is narrow on purpose, so that a row is a line in every editor, diff and tool:
UTF-8, LF or CR LF line ends, commas, double quotes only where a field needs them, no line break and
no control character in a field, no white space at its ends. How programs write CSV otherwise is a
matter of :mod:`analysis.record.tidy`; what the values mean is no matter of either.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from analysis.errors import Fault
from analysis.record.csv_fields import BrokenRow, explain, quoted, split
from analysis.record.csv_rows import line_at, rows_of


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
        raw = bytes_of(path)
    except OSError as error:
        return None, [not_there(path.name, error)]
    return parse_strings(path.name, raw, columns, later)


def parse_strings(
    file: str, raw: bytes, columns: Sequence[str], later: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Do the same with the content of a file."""
    content = in_lines(raw)
    if not content:
        return None, [Fault(file, 0, "", f"the file is empty; {_right(columns)}")]
    header = line_at(content, 0)
    there = [name for name in columns if name not in (later or {}) or name in header.split(",")]
    if wrong_header := list(_header_faults(file, header, there)):
        return None, wrong_header
    rows, faults = _rows(file, content, there)
    return completed(rows, columns, later or {}), faults


def in_lines(raw: bytes) -> bytes:
    """Return text as it is read: without a byte order mark, each line with an LF at its end."""
    content = raw.removeprefix(codecs.BOM_UTF8)
    if b"\r" in content:  # which is found out in no time; the pair takes ten times as long
        content = content.replace(b"\r\n", b"\n")
    return content if content.endswith(b"\n") or not content else content + b"\n"


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


def bytes_of(path: Path) -> bytes:
    """Return the content of a plain file."""
    if path.exists() and not path.is_file():
        raise OSError(0, "this is not a plain file")
    return path.read_bytes()


def _right(columns: Sequence[str]) -> str:
    return "the header must be " + ",".join(columns)


def _header_faults(file: str, line: str, columns: Sequence[str]) -> Iterator[Fault]:
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


def _rows(file: str, content: bytes, columns: Sequence[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the header, those that can be mended mended, and the faults."""
    rows, odd = rows_of(content, len(columns), start=content.index(b"\n") + 1, line=2)
    mended: dict[int, list[str]] = {}
    faults: list[Fault] = []
    for line, row in odd.items():
        values, found = explain(file, line, row, columns)
        faults += found
        if values:
            mended[line] = values
    return with_rows(rows, mended).set_axis(list(columns), axis=1), faults


def with_rows(rows: pd.DataFrame, others: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    """Return rows with others between them, each at its line."""
    if not others:
        return rows
    extra = pd.DataFrame(
        list(others.values()), index=list(others), columns=rows.columns, dtype="str"
    )
    return pd.concat([rows, extra.mask(extra == "")]).sort_index()
