"""What a good table's file says otherwise than the record's do, though it says the same.

No check misses it; but a file is to come back as it was. Texts that a program wrote where nothing
stood, letters in parts, degrees with what was left of a sum; see :mod:`.zeros` for their zeros.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from analysis.record.columns import Kind
from analysis.record.tables import kinds
from analysis.record.tidy.values import NOTHING, PERHAPS_NOTHING

#: A number of more digits than a program keeps of one.
_LONG = re.compile(r"-?[0-9]+\.[0-9]{12,}")
_DIGITS_KEPT = 13


class Usual(NamedTuple):
    """A table written as usual, and the first of how many values that were not."""

    content: bytes
    was: str
    now: str
    number: int


def emptied(table: str, content: bytes) -> Usual | None:
    """Return a good table without what a program wrote into all of its empty texts.

    None where some are empty: then a word that stands there may be meant.

    Parameters
    ----------
    table: a name in `TABLES`.
    content: its text, each line with an LF at its end.
    """
    rows, columns = columns_of(table, content, "text")
    texts = [row[at] for row in rows[1:] for at in columns]
    found = Counter(text for text in texts if text in (*NOTHING, *PERHAPS_NOTHING))
    if not all(texts) or not found or found.most_common(1)[0][1] < 2:
        return None
    word = found.most_common(1)[0][0]
    return rewritten(table, content, "text", lambda text: "" if text == word else text)


def composed(table: str, content: bytes) -> Usual | None:
    """Return a good table with each letter of its texts in one piece; None where all are.

    `e` and an accent after it, as some programs write é, look the same and are found by nobody who
    looks for é.
    """
    if content.isascii() or unicodedata.is_normalized("NFC", content.decode()):
        return None
    return rewritten(table, content, "text", partial(unicodedata.normalize, "NFC"))


def shortened(table: str, content: bytes) -> Usual | None:
    """Return a good table without what a sum left far behind the point of its degrees."""
    return rewritten(table, content, "degrees", _shortened)


def _shortened(degrees: str) -> str:
    """A number as it was before it was calculated with, if that is plain.

    >>> _shortened("28.930000000000003"), _shortened("42.439999999999998"), _shortened("28.93")
    ('28.93', '42.44', '28.93')
    >>> _shortened("28.123456789012345")
    '28.123456789012345'
    """
    if not _LONG.fullmatch(degrees):
        return degrees
    short = f"{float(degrees):.{_DIGITS_KEPT}g}"
    return short if len(short) + 4 < len(degrees) else degrees


def rewritten(table: str, content: bytes, kind: Kind, better: Callable[[str], str]) -> Usual | None:
    """Return a good table with the values of a kind made better; None where none changes."""
    rows, columns = columns_of(table, content, kind)
    changed = []
    for row in rows[1:]:
        for at in columns:
            if (now := better(row[at])) != row[at]:
                changed.append((row[at], now))
                row[at] = now
    return in_all(rows, changed)


def columns_of(table: str, content: bytes, kind: Kind) -> tuple[list[list[str]], list[int]]:
    """The rows of a table, its header first, and which of their columns are of a kind."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    named = [name for name, of in kinds(table).items() if of == kind]
    return rows, [at for at, name in enumerate(rows[0]) if name in named]


def in_all(rows: Sequence[Sequence[str]], changed: Sequence[tuple[str, str]]) -> Usual | None:
    """Return rows as a file, given what was changed in them; None where nothing was."""
    if not changed:
        return None
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return Usual(text.getvalue().encode(), *changed[0], len(changed))
