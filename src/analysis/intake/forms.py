"""A file of others as a table of text: CSV however it was saved, XLSX, JSON, or JSON a line.

What its columns mean is no matter of this module; see :mod:`analysis.intake.events`.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from analysis.errors import UsageError

#: What may stand between the fields of a file, likeliest first.
_SEPARATORS = ",;\t|"

#: How a sheet of LibreOffice's own begins, after the bytes of any ZIP.
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"

#: The largest block that the parser takes at once: a row with long texts has to fit in.
_BLOCK = 2**24

#: Where services hold the rows of an answer.
_ROWS_IN = ("data", "Result", "results", "result", "features", "events", "rows")


def read_table(
    content: bytes, headerless: Mapping[int, Sequence[str]] | None = None
) -> pd.DataFrame:
    """Read a file, whichever of the three it is, as text.

    Parameters
    ----------
    content: the file's bytes.
    headerless: the columns of tables that are known to come without a header, by their number.

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
    """
    if content.startswith(b"PK"):
        table = _sheet(content)
    elif content.lstrip()[:1] in (b"[", b"{"):
        table = _objects(content)
    else:
        table = _separated(_text(content), headerless or {})
    return table[(table != "").any(axis=1)]


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separated(text: str, headerless: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    first = 1
    if text[:4].lower() == "sep=":  # what Excel writes for itself
        text = text.split("\n", 1)[-1]
        first = 2
    if not text.strip():
        raise UsageError("The file is empty; give one with a header and rows.")
    mark = _separator(text)
    header, below = _header(text, mark)
    named = headerless.get(len(header), ())
    if named and not set(header) & set(named):
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
    return table


def _separator(text: str) -> str:
    """What separates fields: what the header has most of."""
    header = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=header.count)


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
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
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


def _sheet(content: bytes) -> pd.DataFrame:
    """The first sheet that has rows; a day as ISO, a whole number without decimals."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as reason:
        if _OPEN_DOCUMENT in content[:200]:
            raise UsageError("This is an OpenDocument sheet; save it as XLSX or CSV.") from None
        raise UsageError(f"This is no XLSX file that can be read: {reason}.") from None
    for sheet in book.worksheets:
        rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        start = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), None)
        if start is not None:
            names = _distinct([name.strip() for name in rows[start]])
            table = pd.DataFrame(rows[start + 1 :], columns=names, dtype="str")
            table.index = pd.RangeIndex(start + 2, start + 2 + len(table))
            return table
    raise UsageError("No sheet of the file has a header and rows.")


def _objects(content: bytes) -> pd.DataFrame:
    held = _json(_text(content))
    while isinstance(held, dict):
        inner = next((held[key] for key in _ROWS_IN if isinstance(held.get(key), list)), None)
        held = [held] if inner is None else inner
    rows = [_flat(one) for one in held if isinstance(one, dict)]
    if not rows:
        raise UsageError(f"No list of objects in the JSON; give one, or one in {_ROWS_IN[0]!r}.")
    table = pd.DataFrame(rows).fillna("").astype("str")
    table.index = pd.RangeIndex(1, len(table) + 1)
    return table.apply(_stripped)


def _json(text: str) -> Any:
    """What a text in JSON holds; of a text with an object on each line a list of these."""
    try:
        return json.loads(text)
    except ValueError as reason:
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines[1:] or not all(line.lstrip().startswith("{") for line in lines):
            raise UsageError(f"This begins like JSON but is none: {reason}.") from None
    held = []
    for number, line in enumerate(lines, start=1):
        try:
            held.append(json.loads(line))
        except ValueError as reason:
            where = f"Object {number} of a file with one on each line"
            raise UsageError(f"{where} is no JSON: {reason}.") from None
    return held


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """An object's fields as text; what stands in `properties`, as maps have it, among them."""
    properties = row.get("properties")
    own = {key: value for key, value in row.items() if key not in ("properties", "geometry")}
    among = properties if isinstance(properties, dict) else {}
    merged = {**_position(row.get("geometry")), **own, **among}
    return {name: _shown(value) for name, value in _leaves(merged)}


def _leaves(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of an object and of those in it, which have its name and a dot before theirs."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _leaves(_position(value) or value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _position(geometry: object) -> dict[str, Any]:
    """The coordinates of a point as maps have it; nothing where it is none."""
    match geometry:
        case {"type": "Point", "coordinates": [longitude, latitude, *_]}:
            return {"longitude": longitude, "latitude": latitude}
    return {}


def _shown(value: object) -> str:
    """A value as a person would write it into a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def _stripped(column: pd.Series) -> pd.Series:
    return column.str.strip()


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
