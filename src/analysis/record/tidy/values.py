"""Values as they were before a program saved them: white space, whole numbers, degrees, days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd

from analysis.errors import Fault
from analysis.record.broken import each
from analysis.record.columns import Kind
from analysis.record.csv_fields import INVISIBLE, SPACES, flaw, quoted
from analysis.record.tables import kinds
from analysis.record.tidy.dates import days_mended

_ODD_SPACE = re.compile(f" *[{SPACES}][ {SPACES}]*")
#: What joins or turns letters: part of a text in Persian or Hebrew, but of no word of the codebook.
_JOINERS = "\u200c-\u200f"
_UNTIDY = f"^ | $|[{SPACES}{INVISIBLE}]"
#: What the two bytes of a letter in UTF-8 are, read as Windows-1252: “Ã©” for “é”.
_READ_TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")

# With three noughts it may be a thousand.
_DECIMAL = re.compile(r"([0-9]{1,15})[.,](?:0{1,2}|0{4,})")
_DEGREES = re.compile(r"(-?[0-9]{1,3}),([0-9]+)")


def values_mended(table: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Return rows with their values as they were meant, and a fault for each that was not so.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: all text; see :func:`analysis.record.broken.place` for their index. Columns that the
        table has not are left alone.
    """
    rows, faults = rows.copy(), []
    for name, kind in kinds(table).items():
        if name in rows:
            rows[name], told = _mended(table, rows[name], kind)
            faults += told
    rows, of_days = days_mended(table, rows)
    return rows, [*faults, *of_days]


def _mended(table: str, column: pd.Series, kind: Kind) -> tuple[pd.Series, list[Fault]]:
    faults = []
    for sign, better, say in _repairs(kind):
        suspect = column.str.contains(sign).eq(True)
        column, told = _changed(table, column, suspect, better, say)
        faults += told
    return column, faults


def _repairs(kind: Kind) -> Iterator[tuple[str, _Better, _Say]]:
    """By what sign a value is looked at, how it is made better if need be, what is said of it."""
    yield _READ_TWICE.pattern, _read_once, _twice
    untidy = _UNTIDY if kind == "text" else f"{_UNTIDY}|[{_JOINERS}]"
    yield untidy, partial(_plain, kind=kind), _untidy
    if kind == "count":
        yield "[.,]", partial(_rewritten, _DECIMAL, r"\1"), _saved_as_decimal
    elif kind == "degrees":
        yield ",", partial(_rewritten, _DEGREES, r"\1.\2"), _with_comma


def _rewritten(pattern: re.Pattern[str], other: str, value: str) -> str:
    """A value that is all of a pattern, written otherwise."""
    found = pattern.fullmatch(value)
    return found.expand(other) if found else value


#: A value as it was meant; and what is said of one, given what it was and is.
_Better = Callable[[str], str]
_Say = Callable[[str, str], str]


def _changed(
    table: str,
    column: pd.Series,
    suspect: pd.Series,
    better: _Better,
    say: _Say,
) -> tuple[pd.Series, list[Fault]]:
    """Return a column with suspect values made better, and a fault for each that changed."""
    before = column[suspect]
    after = before.map({value: better(value) for value in before.unique()}).astype(before.dtype)
    changed = before != after
    before, after = before[changed], after[changed]
    column = column.copy()
    column[after.index] = after.mask(after == "")
    words = ((int(str(at)), say(before[at], after[at])) for at in before.index)
    return column, each(table, str(column.name), before.index, words, tidy=True)


def _plain(value: str, kind: Kind) -> str:
    """Return a value without what nobody sees, and with plain spaces.

    One that holds what is left of letters that were saved twice is as it is: their bytes look so.
    """
    if _READ_TWICE.search(value):
        return value
    invisible = INVISIBLE if kind == "text" else INVISIBLE + _JOINERS
    bare = re.sub(f"[{invisible}]", "", value)
    bare = re.sub(f"^[ {SPACES}]+|[ {SPACES}]+$", "", bare)
    plain = _ODD_SPACE.sub(" ", bare)
    # No word, number or day has a space in it: what that stood for cannot be told.
    return value if kind != "text" and plain != bare else plain


def _read_once(value: str) -> str:
    """A text whose letters were saved in UTF-8, read as Windows-1252 and saved in UTF-8 again.

    As it is where that cannot be all that was done to it: some letters are lost.

    >>> _read_once("La NaciÃ³n"), _read_once("Ã© and é")
    ('La Nación', 'Ã© and é')
    """
    try:
        return b"".join(map(_byte, value)).decode()
    except UnicodeError:
        return value


def _byte(letter: str) -> bytes:
    """A letter in Windows-1252; programs keep what that has not as it is in Latin 1."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _twice(before: str, after: str) -> str:
    return f"{quoted(before)} is UTF-8 read as Windows-1252 and saved again; write {after!r}"


def _untidy(before: str, after: str) -> str:
    return flaw(before, before) or f"{quoted(before)} has invisible characters; write {after!r}"


def _saved_as_decimal(before: str, after: str) -> str:
    return f"{quoted(before)} is a whole number saved as a decimal; write {after}"


def _with_comma(before: str, after: str) -> str:
    return f"{quoted(before)} has a decimal comma; write {after}"
