"""Plain text for lists, headers, mails and terminals: anything on one line, a day in words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

#: Controls, breaks of lines and paragraphs, lone surrogates, what XML may not hold, and turns of
#: direction, which would let the text after them run the other way.
_UNFIT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)

#: What stands over and beside letters of other alphabets once they are written in ours.
_MARKS = re.compile("[\u0300-\u036f\u02bb-\u02bf'\u2018\u2019]")

#: How a terminal is told of colours.
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def one_line(text: str) -> str:
    """Return text as one line without controls or turns of direction.

    >>> one_line("Report\\r\\nBcc: all@example.org")
    'Report Bcc: all@example.org'
    """
    if text.isprintable() and "  " not in text and text == text.strip(" "):
        return text  # as almost all is, and thousands are to be read at once
    words = _UNFIT.sub(" ", text).split(" ")  # a space that does not break stays one
    return " ".join(filter(None, words))


def first_line(text: str) -> str:
    """Return the first line that says something, as it begins.

    >>> first_line("\\n  an.open(\\n'brief')")
    'an.open('
    """
    return next(iter(text.strip().splitlines()), "")


def uncoloured(text: str) -> str:
    """Text without what colours it on a terminal.

    >>> uncoloured("\x1b[31mred\x1b[0m")
    'red'
    """
    return _COLOUR.sub("", text)


def plain(name: str) -> str:
    """A name as it is compared: without capitals, spaces and marks.

    >>> plain("Al-Asad  Airbase"), plain("al_asad airbase"), plain("ʿAïn al-Asad")
    ('al-asad-airbase', 'al-asad-airbase', 'ain-al-asad')
    """
    if not name.isascii():
        name = _MARKS.sub("", unicodedata.normalize("NFKD", name))
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def ordinal(number: int) -> str:
    """A whole number from 1 as a place in a row.

    >>> ordinal(1), ordinal(2), ordinal(11), ordinal(23)
    ('1st', '2nd', '11th', '23rd')
    """
    endings = {1: "st", 2: "nd", 3: "rd"}
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else endings.get(number % 10, 'th')}"


def day_in_words(day: str) -> str:
    """Return an ISO date as readers have it.

    >>> day_in_words("2024-01-29")
    '29 January 2024'
    """
    date = dt.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"
