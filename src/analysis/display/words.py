"""Numbers, dates and likelihoods in words, as a careful editor would set them."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from analysis.record import wording

SMALL_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

#: ICD 203 (Office of the Director of National Intelligence, 2015), upper ends in per cent.
LIKELIHOODS = (
    (5, "almost no chance"),
    (20, "very unlikely"),
    (45, "unlikely"),
    (55, "roughly even odds"),
    (80, "likely"),
    (95, "very likely"),
    (100, "almost certain"),
)

#: Those of them that are nouns: "there is almost no chance that", not "it is almost no chance".
NOUNS = ("almost no chance", "roughly even odds")

#: Words with which the name of a place may begin that are no part of its name.
PREPOSITIONS = frozenset(("Along", "Around", "Between", "Near", "Off", "Outside"))

#: Names of groups that take an article: those of bodies of men, of a resistance wherever it is, of
#: a state by its faith, and of peoples in one word.
ARTICLE = re.compile(
    r"^(?!The )(.*\b(Corps|Forces?|Guards)|.*\bResistance\b.*|\w+ State|[A-Z][a-z]+is)$"
)

#: No-break space, so that a number and its unit stay on one line.
NBSP = "\N{NO-BREAK SPACE}"


def number(value: float) -> str:
    """Words below ten, digits with thousands separated from there on.

    >>> number(3), number(13), number(2900), number(0.75)
    ('three', '13', '2,900', '0.75')
    """
    if float(value).is_integer() and 0 <= value < len(SMALL_NUMBERS):
        return SMALL_NUMBERS[int(value)]
    return digits(value)


def counted(value: float, forms: str) -> tuple[str, str]:
    """A number and the noun that goes with it.

    >>> counted(0, "attack|attacks"), counted(1, "attack|attacks"), counted(13, "attack|attacks")
    (('no', 'attacks'), ('one', 'attack'), ('13', 'attacks'))
    """
    return (number(value) if value else "no"), noun(value, forms)


def times(value: float) -> tuple[str, str]:
    """How often something was: the number, and what follows it.

    >>> times(0), times(1), times(2), times(13)
    (('not once', ''), ('once', ''), ('twice', ''), ('13', ' times'))
    """
    if value < 3:
        return ("not once", "once", "twice")[int(value)], ""
    return number(value), " times"


def digits(value: float) -> str:
    """Digits with thousands separated.

    >>> digits(0), digits(2900), digits(1.5), digits(-0.25)
    ('0', '2,900', '1.5', '−0.25')
    """
    text = f"{int(value):,}" if float(value).is_integer() else f"{value:,g}"
    return text.replace("-", "\N{MINUS SIGN}")


def rounded(value: float) -> str:
    """An average in digits, whole from ten on.

    >>> rounded(17.3), rounded(9.56), rounded(0.4)
    ('17', '9.6', '0.4')
    """
    return digits(round(value) if value >= 10 else round(value, 1))


def compact(value: float) -> str:
    """Digits where there is little room, from ten thousand on in thousands.

    >>> compact(87), compact(2900), compact(29_412)
    ('87', '2900', '29k')
    """
    return f"{value}" if value < 10_000 else f"{value / 1000:.0f}k"


def noun(value: float, forms: str) -> str:
    """The form of a noun that goes with a number, from "singular|plural".

    >>> noun(1, "attack|attacks"), noun(0, "attack|attacks")
    ('attack', 'attacks')
    """
    singular, _, plural = forms.partition("|")
    return singular if value == 1 else plural


def percent(value: float) -> str:
    """A share or probability in per cent, never rounded to certainty.

    >>> percent(0.624), percent(0.9996), percent(0.0004), percent(1.0)
    ('62\\xa0%', 'more than 99\\xa0%', 'less than 1\\xa0%', '100\\xa0%')
    """
    rounded = round(100 * value)
    if rounded == 100 and value < 1:
        return f"more than 99{NBSP}%"
    if rounded == 0 and value > 0:
        return f"less than 1{NBSP}%"
    return f"{rounded:,}{NBSP}%"


def probability(value: float) -> str:
    """A probability in per cent; a model is never sure, so never 0 or 100.

    >>> probability(1.0), probability(0.0), probability(0.5)
    ('more than 99\\xa0%', 'less than 1\\xa0%', '50\\xa0%')
    """
    return percent(min(max(value, 0.0001), 0.9999))


def chance(value: float) -> str:
    """A probability where there is little room.

    >>> chance(1.0), chance(0.0), chance(0.5)
    ('>\\xa099\\xa0%', '<\\xa01\\xa0%', '50\\xa0%')
    """
    said = probability(value)
    return said.replace("more than ", f">{NBSP}").replace("less than ", f"<{NBSP}")


def likelihood(value: float) -> str:
    """The words of ICD 203 for a probability.

    >>> likelihood(0.03), likelihood(0.5), likelihood(0.99)
    ('almost no chance', 'roughly even odds', 'almost certain')
    """
    return next(words for limit, words in LIKELIHOODS if 100 * value <= limit)


def day(date: str | pd.Timestamp) -> str:
    """A date in full.

    >>> day("2024-01-29")
    '29\\xa0January 2024'
    """
    return wording.day(pd.Timestamp(date), NBSP)


def short_day(date: str | pd.Timestamp) -> str:
    """A date for tables and axes.

    >>> short_day("2024-01-09")
    '9\\xa0Jan\\xa02024'
    """
    when = pd.Timestamp(date)
    return f"{when.day}{NBSP}{when:%b}{NBSP}{when:%Y}"


def short_span(start: str | pd.Timestamp, end: str | pd.Timestamp) -> str:
    """A span of days for tables.

    >>> short_span("2023-11-08", "2023-11-12"), short_span("2024-01-04", "2024-01-04")
    ('8–12\\xa0Nov\\xa02023', '4\\xa0Jan\\xa02024')
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first == last:
        return short_day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\N{EN DASH}{short_day(last)}"
    return f"{first.day}{NBSP}{first:%b} \N{EN DASH} {short_day(last)}"


def span(start: str | pd.Timestamp, end: str | pd.Timestamp) -> str:
    """A span of days without saying anything twice.

    >>> span("2024-01-23", "2024-01-29"), span("2023-12-26", "2024-01-01")
    ('23–29\\xa0January 2024', '26\\xa0December 2023 – 1\\xa0January 2024')
    >>> span("2024-01-29", "2024-02-04")
    '29\\xa0January – 4\\xa0February 2024'
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first == last:
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\N{EN DASH}{day(last)}"
    opening = f"{first.day}{NBSP}{first:%B}" if first.year == last.year else day(first)
    return f"{opening} \N{EN DASH} {day(last)}"


def coming(days: int) -> str:
    """The days ahead of the as-of date.

    >>> coming(7), coming(1), coming(30)
    ('the next seven days', 'the next day', 'the next 30 days')
    """
    return "the next day" if days == 1 else f"the next {number(days)} days"


def change(now: float, before: float) -> str:
    """How a count moved, in digits, beside a number in digits.

    >>> change(13, 6), change(2, 5), change(4, 4), change(1, 0)
    ('up from 6', 'down from 5', 'unchanged', 'up from 0')
    """
    if now == before:
        return "unchanged"
    return f"{'up' if now > before else 'down'} from {digits(before)}"


def plain_site(name: str) -> str:
    """A site's name within a sentence, without what kind of base it is.

    >>> plain_site("Mission Support Site Euphrates"), plain_site("Ain al-Asad Air Base")
    ('Mission Support Site Euphrates', 'Ain al-Asad')
    """
    name = name.partition(" (")[0] or name
    for kind in (" Air Base", " Garrison", " Landing Zone", " Base", " base"):
        name = name.replace(kind, "")
    return name


def short_site(name: str) -> str:
    """A site's name as short as a map or a bar can bear.

    >>> short_site("Mission Support Site Euphrates"), short_site("Dhi Qar province (roads)")
    ('Euphrates', 'Dhi Qar province')
    """
    name = plain_site(name).replace("Mission Support Site ", "")
    name = name.replace("US Consulate General", "US Consulate")
    name = name.replace("Baghdad Diplomatic Support Center", "Baghdad BDSC")
    return name.replace("Baghdad Embassy Complex and Union III", "Embassy Baghdad")


def with_article(name: str) -> str:
    """The name of a group within a sentence; bodies and peoples take an article.

    >>> with_article("Guard Corps"), with_article("Huthis"), with_article("Hezbollah")
    ('the Guard Corps', 'the Huthis', 'Hezbollah')
    >>> with_article("Northern Resistance in Atlantis")
    'the Northern Resistance in Atlantis'
    """
    return f"the {name}" if ARTICLE.search(name) else name


def in_sentence(place: str, countries: Collection[str] = ()) -> str:
    """A place as the record names it, within a sentence that has named the countries.

    >>> in_sentence("Near the Strait of Hormuz"), in_sentence("Gulf of Oman")
    ('near the Strait of Hormuz', 'Gulf of Oman')
    >>> in_sentence("Yemen, 28 locations", ["Yemen"]), in_sentence("Yemen", ["Yemen"])
    ('28 locations', '')
    """
    parts = place.split(", ")
    place = ", ".join(part for part in parts if part not in countries)
    first, _, rest = place.partition(" ")
    return f"{first.lower()} {rest}" if rest and first in PREPOSITIONS else place
