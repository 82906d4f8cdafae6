"""A file of others as a table of text: CSV however it was saved, a sheet, JSON, or JSON a line.

What its columns mean is no matter of this module; see :mod:`analysis.intake.events`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Callable, Collection, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from analysis.errors import UsageError
from analysis.intake.objects import objects, shown
from analysis.intake.sheets import BEGINNINGS, sheets

#: What may stand between the fields of a file, likeliest first.
_SEPARATORS = ",;\t|"

#: How files begin that are no tables, and what to do with them.
_NO_TABLES = {
    b"\x1f\x8b": "This is packed (gzip); unpack it first.",
    b"%PDF": "This is a PDF; copy its table into a sheet.",
    b"<": "This is a page of HTML or XML, whatever its name; open it in a spreadsheet and save it "
    "as XLSX or CSV.",
}

#: The head of a table stands among its first rows; above it there may be a title and notes.
_ABOVE = 30

#: The largest block that the parser takes at once: a row with long texts has to fit in.
_BLOCK = 2**24


def read_table(
    content: bytes,
    headerless: Callable[[Sequence[str]], Sequence[str]] = lambda first: (),
    sought: Collection[str] = (),
) -> pd.DataFrame:
    """Read a file, whichever of the three it is, as text.

    Parameters
    ----------
    content: the file's bytes.
    headerless: of the first row of a text, the columns of a table that has no header; nothing
        where this row is one.
    sought: names of columns by which a header below a title and notes is found.

    Returns
    -------
    DataFrame of str
        The rows as they stand, an empty field as `""`; the index counts lines of a file from 1
        as far as no field holds a line break, and rows of a sheet.

    Raises
    ------
    UsageError
        If it is none of the three, or has no rows to speak of.

    Examples
    --------
    >>> read_table(b"sep=;\\r\\nid;place\\r\\n7;Erbil\\r\\n")["place"].tolist()
    ['Erbil']
    >>> read_table(b'{"data": [{"id": 7, "place": "Erbil"}]}')["id"].tolist()
    ['7']
    >>> list(read_table(b'[{"id": 7, "at": {"name": "Erbil", "lat": 36.2}}]'))
    ['id', 'at.name', 'at.lat']
    >>> read_table(b'{"id": 7}\\n{"id": 8}\\n')["id"].tolist()
    ['7', '8']
    >>> noted = b"Losses, as of today\\n\\nid;place\\n7;Erbil\\n"
    >>> read_table(noted, sought=["id", "place"]).to_dict()
    {'id': {4: '7'}, 'place': {4: 'Erbil'}}
    """
    for beginning, what in _NO_TABLES.items():
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginning):
            raise UsageError(what)
    if content.startswith(BEGINNINGS):
        table = _sheet(content, sought)
    elif content.lstrip()[:1] in (b"[", b"{"):
        table = _objects(content)
    else:
        table = _separated(_text(content), headerless, sought)
    return table[(table != "").any(axis=1)]


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:2]:  # the same without its mark
        return content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separated(
    text: str, headerless: Callable[[Sequence[str]], Sequence[str]], sought: Collection[str]
) -> pd.DataFrame:
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as a Macintosh ends lines
    first = 1
    if text[:4].lower() == "sep=":  # what Excel writes for itself
        text = text.split("\n", 1)[-1]
        first = 2
    if not text.strip():
        raise UsageError("The file is empty; give one with a header and rows.")
    above, mark = _head_and_separator(text, sought)
    first += above
    text = text.split("\n", above)[-1]
    header, below = _header(text, mark)
    if named := headerless(header):
        header = list(named)
        first -= 1
    else:
        text = below
    names = _distinct(header)
    try:
        table = _parsed(text, mark, names)
    except pa.ArrowInvalid:  # a row has more or fewer fields than the header
        table = _padded(text, mark, names, first)
    table.index = pd.RangeIndex(first + 1, first + 1 + len(table))
    if text.count('"') % 2 and len(table) and table.iloc[-1].str.contains("\n").any():
        raise UsageError(
            f"A quotation mark is opened in row {len(table):,} and never closed: all that follows "
            "would be one field; close it, or leave it out."
        )
    return table


def _head_and_separator(text: str, sought: Collection[str]) -> tuple[int, str]:
    """How many lines stand above the header, and what separates fields.

    It is the line that holds most of the names that are sought; else the first, and what it has
    most of.
    """
    lines = text.split("\n", _ABOVE)[:_ABOVE]
    found = [
        (*_most_sought([[name.strip().strip('"') for name in line.split(mark)] for line in lines],
                       sought), mark)
        for mark in _SEPARATORS
    ]  # fmt: skip
    most, above, mark = max(found, key=lambda one: one[:2])
    return (-above, mark) if most > 1 else (0, max(_SEPARATORS, key=lines[0].count))


def _most_sought(rows: Sequence[Sequence[str]], sought: Collection[str]) -> tuple[int, int]:
    """How many of the names that are sought a row holds at most, and less how many above it."""
    found = [(sum(name in sought for name in row), -at) for at, row in enumerate(rows[:_ABOVE])]
    return max(found, default=(0, 0))


def _header(text: str, mark: str) -> tuple[list[str], str]:
    """The fields of the first row, and the text below it."""
    rows = csv.reader((line[0] for line in re.finditer(r".*\n?", text)), delimiter=mark)
    header = [name.strip() for name in next(rows)]
    return header, "".join(text.split("\n", rows.line_num)[rows.line_num :])


def _distinct(header: Sequence[str]) -> list[str]:
    """The names of columns; one that is empty or there before gets its place."""
    seen: set[str] = set()
    names = []
    for place, name in enumerate(header):
        names.append(name if name and name not in seen else f"{name}#{place + 1}")
        seen.add(names[-1])
    return names


def _parsed(text: str, mark: str, names: list[str]) -> pd.DataFrame:
    if not text.strip():
        return pd.DataFrame(columns=names, dtype="str")
    table = pyarrow.csv.read_csv(
        pa.py_buffer(text.encode()),
        pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK),
        pyarrow.csv.ParseOptions(delimiter=mark, newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=False
        ),
    )
    text_kind = pd.StringDtype(na_value=float("nan"))
    stripped = pa.table(list(map(pc.utf8_trim_whitespace, table.columns)), names)
    frame: pd.DataFrame = stripped.to_pandas(types_mapper={pa.string(): text_kind}.get)
    return frame


def _padded(text: str, mark: str, names: list[str], first: int) -> pd.DataFrame:
    """Rows whose last fields are missing, as spreadsheets save them; too many are refused."""
    width = len(names)
    csv.field_size_limit(sys.maxsize)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    wide = [number for number, row in enumerate(rows) if any(row[width:])]
    if wide:
        line = wide[0] + first + 1
        raise UsageError(
            f"{len(wide):,} rows have more fields than the header's {width}, first on line {line}; "
            "put a field that holds the separator in quotes."
        )
    return pd.DataFrame(
        [[*map(str.strip, row[:width]), *[""] * (width - len(row))] for row in rows],
        columns=names,
        dtype="str",
    )


def _sheet(content: bytes, sought: Collection[str]) -> pd.DataFrame:
    """The first sheet that has rows; a day as ISO, a whole number without decimals."""
    for held in sheets(content):
        rows = [[shown(cell) for cell in row] for row in held]
        start = _head_of_sheet(rows, sought)
        if start is not None:
            names = _distinct([name.strip() for name in rows[start]])
            table = pd.DataFrame(rows[start + 1 :], columns=names, dtype="str")
            table.index = pd.RangeIndex(start + 2, start + 2 + len(table))
            return table
    raise UsageError("No sheet of the file has a header and rows.")


def _head_of_sheet(rows: Sequence[Sequence[str]], sought: Collection[str]) -> int | None:
    """The row that holds most of the names that are sought, else the first with several fields."""
    most, at = _most_sought(rows, sought)
    if most > 1:
        return -at
    return next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), None)


def _objects(content: bytes) -> pd.DataFrame:
    table = pd.DataFrame(objects(_text(content))).fillna("").astype("str")
    table.index = pd.RangeIndex(1, len(table) + 1)
    stripped: pd.DataFrame = table.apply(lambda column: column.str.strip())
    return stripped


def needs(table: pd.DataFrame, names: Sequence[str], form: str) -> None:
    """Go on only if a table has the columns without which nothing can be said.

    Raises
    ------
    UsageError
        If it lacks some; it names them.
    """
    if missing := [name for name in names if name not in table]:
        raise UsageError(f"This looks like {form} but lacks {', '.join(missing)}.")


def column_of(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of text; empty where the table has none of that name."""
    return table[name] if name in table else pd.Series("", index=table.index, dtype="str")
