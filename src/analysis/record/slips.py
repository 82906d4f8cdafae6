"""What programs do to a whole file: told once, with its cause, instead of line by line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import pandas as pd

from analysis.errors import Fault

#: What may stand between fields in place of commas, and its name.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}

#: A whole number as it is written by what took its column for decimals.
_DECIMAL = r"[0-9]{1,15}\.0+"

#: Fewer of a kind than these are told one by one.
_FEW = 2


def other_separator(header: str, columns: Collection[str]) -> str:
    """What separates the names of a header, if not commas; nothing if these do.

    Examples
    --------
    >>> other_separator('"attack_id";"reported_on"', ["attack_id", "reported_on"])
    'semicolons'
    """
    for mark, name in _SEPARATORS.items():
        names = [part.strip(' "') for part in header.split(mark)]
        if len(set(names) & set(columns)) > 1:
            return name
    return ""


def in_windows_1252(file: str, raw: bytes) -> tuple[bytes, list[Fault]]:
    """Return a text in UTF-8, and a fault if all of it that is not ASCII was in Windows-1252.

    A text in which some of that is in UTF-8, or a single line is not, is returned as it is: there
    it is a matter of these lines.
    """
    if raw.isascii() or _is_utf_8(raw):
        return raw, []
    odd = [line for line in enumerate(raw.split(b"\n"), 1) if not line[1].isascii()]
    if len(odd) < _FEW or any(_is_utf_8(line) for _, line in odd):
        return raw, []
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw, []
    number, first = odd[0]
    letter = re.sub(r"[\x00-\x7f]", "", first.decode("cp1252"))[0]
    wrong = f"the file is in Windows-1252, not in UTF-8: {len(odd):,} lines, this one first"
    return text.encode(), [Fault(file, number, "", f"{wrong}, with {letter!r}; save it as UTF-8")]


def as_decimals(rows: pd.DataFrame, counts: Sequence[str]) -> tuple[int, str, str] | None:
    """Write whole numbers that stand there as decimals as what they are.

    Parameters
    ----------
    rows: of a table, all text; changed in place.
    counts: its columns of whole numbers.

    Returns
    -------
    tuple or None
        Where the first one was, index and column, and what to say of all; None if there are few.
    """
    found = rows[counts].apply(lambda column: column.str.fullmatch(_DECIMAL).eq(True))
    number = int(found.to_numpy().sum())
    if number < _FEW:
        return None
    row = found.index[found.any(axis=1)][0]
    column = str(found.columns[found.loc[row]][0])
    value = str(rows.at[row, column])
    for name in found.columns[found.any()]:
        rows[name] = rows[name].str.replace(r"\.0+$", "", regex=True)
    where = ", ".join(found.columns[found.any()])
    wrong = f"{number:,} whole numbers of this table are written like {value}, this one first"
    cause = f"a program read {where} as decimals, as pandas does without dtype=str"
    return int(row), column, f"{wrong}: {cause}; write digits only"


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
