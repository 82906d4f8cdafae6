"""Values as they were before a program saved them: letters, marks, whole numbers, degrees, days.

Days, numbers, words of the codebook and ids are written in ASCII: a digit of another alphabet, a
dash for a hyphen or a word for "nothing here" has one reading there. In a text it may be meant.
"""

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
#: What groups thousands and nothing else.
_GROUPED = re.compile(r"[0-9]{1,3}(?:(['’\u2009\u202f\xa0])[0-9]{3})(?:\1[0-9]{3})*")

#: What may group thousands or begin a fraction.
_PERHAPS_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")

#: What programs write where nothing stands; people do not. The second may say that there was none,
#: or that a formula failed.
NOTHING = ("NA", "<NA>", "NaN", "nan", "NaT", "NULL", "null", r"\N", "(null)")
PERHAPS_NOTHING = ("None", "#N/A", "N/A", "n/a")
_NOTHING = re.compile("|".join(map(re.escape, NOTHING)))

#: How spreadsheets are told that something is text: by an apostrophe before it, or as a formula.
_MARKED = re.compile("'(.+)")
_FORMULA = re.compile('="((?:[^"]|"")*)"')

#: Hyphens, dashes and minus signs, each of which stands for a hyphen where nothing else can.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_FULL_WIDTH = {number + 0xFEE0: chr(number) for number in range(0x21, 0x7F)}

#: What is said of a value, by what it `was` and is `now`.
READ_TWICE = "{was} is UTF-8 read as Windows-1252 and saved again; write {now!r}"
INVISIBLE_PARTS = "{was} has invisible characters; write {now!r}"
DECIMAL = "{was} is a whole number saved as a decimal; write {now}"
WITH_COMMA = "{was} has a decimal comma; write {now}"
GROUPED = "{was} has a mark between its thousands; write {now}"
MARKED = "{was} is marked as text for a spreadsheet; write {quoted}"
NOT_IN_ASCII = "{was} has letters that only look like those of a keyboard; write {now}"
WORD_FOR_NOTHING = "{was} is what a program writes where nothing stands; leave it empty"


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
    repairs = list(_repairs(kind, column))
    if not column.str.contains("|".join(sign for sign, _, _ in repairs)).eq(True).any():
        return column, []  # as almost always, and looking for each sign takes long
    if kind == "count" and _groups_thousands(column):
        repairs.insert(0, ("[.,]", _digits_alone, GROUPED))
    faults = []
    for sign, better, say in repairs:
        suspect = column.str.contains(sign).eq(True)
        column, told = _changed(table, column, suspect, better, say)
        faults += told
    return column, faults


def _repairs(kind: Kind, column: pd.Series) -> Iterator[tuple[str, _Better, str]]:
    """By what sign a value is looked at, how it is made better if need be, what is said of it."""
    yield _READ_TWICE.pattern, _read_once, READ_TWICE
    if kind == "count":
        yield "[0-9][^0-9.,][0-9]", _ungrouped, GROUPED
    untidy = _UNTIDY if kind == "text" else f"{_UNTIDY}|[{_JOINERS}]"
    yield untidy, partial(_plain, kind=kind), INVISIBLE_PARTS
    if kind != "text" or _is_marked_throughout(column):
        yield "^'", partial(_rewritten, _MARKED, r"\1"), MARKED
    yield '^="', _of_a_formula, MARKED
    if kind == "text":
        return
    yield "[^\\x00-\\x7f]", _in_ascii, NOT_IN_ASCII
    yield f"^(?:{_NOTHING.pattern})$", partial(_rewritten, _NOTHING, ""), WORD_FOR_NOTHING
    if kind == "count":
        yield "[.,]", partial(_rewritten, _DECIMAL, r"\1"), DECIMAL
    elif kind == "degrees":
        yield ",", partial(_rewritten, _DEGREES, r"\1.\2"), WITH_COMMA


def _is_marked_throughout(texts: pd.Series) -> bool:
    """Whether all of several texts are marked as such: one may begin with an apostrophe."""
    values = texts.dropna()
    return len(values) > 1 and bool(values.str.fullmatch(_MARKED).all())


def _rewritten(pattern: re.Pattern[str], other: str, value: str) -> str:
    """A value that is all of a pattern, written otherwise."""
    found = pattern.fullmatch(value)
    return found.expand(other) if found else value


#: A value as it was meant.
_Better = Callable[[str], str]


def _changed(
    table: str, column: pd.Series, suspect: pd.Series, better: _Better, say: str
) -> tuple[pd.Series, list[Fault]]:
    """Return a column with suspect values made better, and a fault for each that changed."""
    before = column[suspect]
    after = before.map({value: better(value) for value in before.unique()}).astype(before.dtype)
    changed = before != after
    before, after = before[changed], after[changed]
    column = column.copy()
    column[after.index] = after.mask(after == "")
    words = ((int(str(at)), _said(say, before[at], after[at])) for at in before.index)
    return column, each(table, str(column.name), before.index, words, tidy=True)


def _said(say: str, was: str, now: str) -> str:
    """What is said of a value; what is not seen in it by its name, where it has one."""
    seen = flaw(was, was) if say is INVISIBLE_PARTS else ""
    return seen or say.format(was=quoted(was), now=now, quoted=quoted(now))


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


def _of_a_formula(value: str) -> str:
    """What a formula that is a text alone says.

    >>> _of_a_formula('="13"'), _of_a_formula('="a"&"b"')
    ('13', '="a"&"b"')
    """
    found = _FORMULA.fullmatch(value)
    return found[1].replace('""', '"') if found else value


def _groups_thousands(column: pd.Series) -> bool:
    """Whether whole numbers show that the mark in them stands between thousands.

    Two of them do if not both are round, or one with two marks: a program that writes fractions
    writes them in all. One that does not group its thousands shows that it means something else.

    >>> [_groups_thousands(pd.Series(values, dtype="str")) for values in (
    ...     ["2,000", "2,500", "13"], ["1,234"], ["2,000", "3,000"], ["2.000", "2.5"],
    ...     ["0,500", "2,500"])]
    [True, False, False, False, False]
    """
    values = column.dropna().unique()
    marked = [value for value in values if re.search("[.,]", value)]
    found = [_PERHAPS_GROUPED.fullmatch(value) for value in marked]
    marks = {one[1] if one else "" for one in found}
    if len(marks) != 1 or "" in marks or any(len(value) > 3 for value in values if value.isdigit()):
        return False
    of_two_marks = any(len(value) > len("999,999") for value in marked)
    return of_two_marks or (len(marked) > 1 and any(value[-3:] != "000" for value in marked))


def _digits_alone(value: str) -> str:
    return re.sub("[^0-9]", "", value)


def _ungrouped(value: str) -> str:
    """A number without what stands between its thousands.

    >>> _ungrouped("12'500"), _ungrouped("12'50")
    ('12500', "12'50")
    """
    return _digits_alone(value) if _GROUPED.fullmatch(value) else value


def _in_ascii(value: str) -> str:
    """A value in ASCII, if it looks the same there; digits of other scripts do not.

    >>> _in_ascii("２０２３–10–18"), _in_ascii("−33.5"), _in_ascii("é"), _in_ascii("–")
    ('2023-10-18', '-33.5', 'é', '–')
    """
    plain = re.sub(f"[{_DASHES}]", "-", value).translate(_FULL_WIDTH)
    return plain if plain.isascii() and re.search("[0-9a-z]", plain) else value
