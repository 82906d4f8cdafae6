"""Zeros that mean nothing to a number: those that a spreadsheet drops, those that a form puts.

Its degrees lose their last ones: 36.420 is 36.42 to it, and 33.00 is 33. They mean the same, so no
check misses them; but a file is to come back as it was. That zeros were dropped is seen where many
degrees stand and none ends in one. How many there were is known from the other degree of the row,
and from what is usual in the table; where both of a row ended in zeros and it had more decimals
than is usual, it gets as many as are. And counts of one width have noughts before them: 007 is 7.
"""

from __future__ import annotations

import re
from collections import Counter

from analysis.record.tidy.usual import Usual, columns_of, in_all, rewritten

#: Of fewer degrees none may end in a zero by chance.
_ENOUGH = 40
#: A last zero that some programs drop and none puts; to whole numbers Python puts one.
_KEPT = re.compile(r"\.[0-9]+0$")
_PADDED = re.compile("0+([0-9]+)")


def zeros_restored(table: str, content: bytes) -> Usual | None:
    """Return a good table with the zeros that its degrees lack; None where they lack none.

    Parameters
    ----------
    table: a name in `TABLES`.
    content: its text, each line with an LF at its end.
    """
    rows, columns = columns_of(table, content, "degrees")
    pairs = [[row[at] for at in columns] for row in rows[1:]]
    degrees = [value for pair in pairs for value in pair if value]
    if len(degrees) < _ENOUGH or any(map(_KEPT.search, degrees)):
        return None
    most = [max(map(_decimals, pair), default=0) for pair in pairs if any(pair)]
    usual = Counter(most).most_common(1)[0][0]
    changed = []
    for row, pair in zip(rows[1:], pairs, strict=True):
        wanted = max(usual, *map(_decimals, pair))
        for at, value in zip(columns, pair, strict=True):
            row[at] = _with_decimals(value, wanted) if value else ""
            if row[at] != value:
                changed.append((value, row[at]))
    return in_all(rows, changed)


def noughts_dropped(table: str, content: bytes) -> Usual | None:
    """Return a good table without the noughts before its counts; None where none has any.

    Parameters
    ----------
    table: a name in `TABLES`.
    content: its text, each line with an LF at its end.
    """
    return rewritten(
        table,
        content,
        "count",
        lambda value: found[1] if (found := _PADDED.fullmatch(value)) else value,
    )


def _decimals(value: str) -> int:
    return len(value.partition(".")[2])


def _with_decimals(value: str, number: int) -> str:
    """A plain decimal number with so many decimals at least.

    >>> _with_decimals("36.42", 3), _with_decimals("33", 2), _with_decimals("33", 0)
    ('36.420', '33.00', '33')
    """
    whole, _, decimals = value.partition(".")
    return f"{whole}.{decimals:0<{number}}" if number else value
