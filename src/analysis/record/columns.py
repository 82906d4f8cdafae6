"""Kinds of columns and of rules: what a field may hold, and how that is put into words.

What is said here is plain data, which whoever reads a good record looks at, too;
:mod:`analysis.record.schemas` makes pandera's checks of it. A rule says what is `wrong` and what
would be `right`; both are templates in which `{this}` stands for the offending value and, in a rule
about rows, `{column}` for the row's other fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.record.codebook import ALL, SEA, codes

#: A word is one of few: of a list in the codebook, or a key of another table. An id holds ASCII.
Kind = Literal["date", "count", "degrees", "word", "id", "text"]
#: Where a field may not be empty; a later version may leave out what it does not change.
Need = Literal["every row", "first version", "nowhere"]
Strings = pd.Series  # of text, missing where the field is empty
Passed = pd.Series  # of bool, one for each row
RowTest = Callable[[Any, pd.DataFrame], Passed]


@dataclass(frozen=True)
class ValueRule:
    """What every value of a column has to be.

    Parameters
    ----------
    test: says of each value of a column whether it passes.
    wrong, right: what is said of one that does not.
    near: where a near miss is sought: `choices`, what they are `joined_by`, other `names` of them.
    """

    test: Callable[[Strings], Passed]
    wrong: str
    right: str
    near: Mapping[str, Any]


@dataclass(frozen=True)
class RowRule:
    """What every row has to be; where one is not, its `column` is at fault.

    The test gets the table's class and its rows.
    """

    column: str
    test: RowTest
    wrong: str
    right: str


@dataclass(frozen=True)
class Column:
    """A column of a table's file.

    Parameters
    ----------
    rules: what its values have to be.
    need, kind: where it may not be empty, and what it holds.
    key_of: the table whose ids it names.
    later: what every row says of a file that lacks it; None if none may.
    """

    rules: tuple[ValueRule, ...]
    need: Need
    kind: Kind
    key_of: str = ""
    later: str | None = None


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DAY = re.compile(r"(?:19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_ATTACK = re.compile(rf"{_DAY.pattern}-{_SLUG.pattern}-[1-9][0-9]*")
_COUNT = re.compile(r"[0-9]{1,15}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_URL = re.compile(r"https?://\w[^\s/?#\\:@]*(?::[0-9]{1,5})?(?:[/?#]\S*)?")

# What of it is plainly right, for a whole column to be matched at once: in ASCII, and without the
# days that are not in every year. A good value may be missed here, a bad one never passes.
_PLAIN_DAY = (
    r"(?:19|2[01])[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_PLAIN_ATTACK = rf"{_PLAIN_DAY}-{_SLUG.pattern}-[1-9][0-9]*"
_PLAIN_URL = r"https?://[0-9A-Za-z][0-9A-Za-z.-]*(?:/[!-~]*)?"


def is_day(text: str) -> bool:
    """Whether a text is a real day of the years 1900 to 2199, written YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_attack_id(text: str) -> bool:
    """Whether a text is written `YYYY-MM-DD-<site_id>-<n>`."""
    return bool(_ATTACK.fullmatch(text)) and is_day(text[:10])


def is_slug(text: str) -> bool:
    """Whether a text is an id of our own making: lower-case letters, digits, single hyphens."""
    return bool(_SLUG.fullmatch(text))


def by_value(test: Callable[[str], bool], column: Strings, plain: str = "") -> Passed:
    """Ask each distinct value once; a missing one never passes.

    What matches the pattern `plain` need not be asked.
    """
    if plain:
        passed = column.str.fullmatch(plain).astype(bool)
        return passed if passed.all() else passed | by_value(test, column.where(~passed))
    codes, values = pd.factorize(column)
    found = np.fromiter(map(test, np.asarray(values)), bool, len(values))
    missing_fails = np.append(found, False)  # the code of a missing value is -1, the last
    return pd.Series(missing_fails[codes], index=column.index)


def value_rule(
    test: Callable[[str], bool],
    wrong: str,
    right: str,
    choices: Collection[str] = (),
    joined_by: str = "",
    plain: str = "",
    names: Mapping[str, str] | None = None,
) -> ValueRule:
    """Make a rule about single values; a near miss is sought among `choices`.

    `plain` is a pattern of what passes the test for certain; see :func:`by_value`. `names` are
    what else a choice is called; see :mod:`analysis.record.names`.
    """
    near = {"choices": choices, "joined_by": joined_by, "names": names}
    return ValueRule(partial(by_value, test, plain=plain), wrong, right, near)


def row_rule(column: str, wrong: str, right: str) -> Callable[[RowTest], RowRule]:
    """Make a table's method a rule about rows; where one breaks it, `column` is at fault."""
    return lambda test: RowRule(column, test, wrong, right)


def column(
    *rules: ValueRule, need: Need = "nowhere", kind: Kind = "text", key_of: str = ""
) -> Column:
    """Make a column of text that follows some rules."""
    return Column(rules, need, kind, key_of)


def later(column: Column, meant: str = "") -> Column:
    """A column that came later: a file may lack it, and every row then says what is `meant`."""
    return replace(column, later=meant)


def text(need: Need = "nowhere", most_words: int | None = None) -> Column:
    """Free text, of so many words at most."""
    if most_words is None:
        return column(need=need)
    rule = value_rule(
        lambda text: len(text.split()) <= most_words,
        f"{{this}} has more than {most_words} words",
        "say it in fewer",
        plain=rf"[!-~]+(?: [!-~]+){{0,{most_words - 1}}}",
    )
    return column(rule, need=need)


def key_of(table: str, need: Need = "nowhere") -> Column:
    """An id of another table; looked up once that table has been read."""
    return column(need=need, kind="word", key_of=table)


def slug() -> Column:
    """An id of our own making."""
    rule = value_rule(
        is_slug,
        "{this} is not an id",
        "write lower-case letters and digits, in groups joined by single hyphens",
    )
    return column(rule, need="every row", kind="id")


def attack_slug(need: Need, key_of: str = "") -> Column:
    """The id of an attack, which holds its day and site; as a key, looked up in its table."""
    right = "write YYYY-MM-DD-<site_id>-<n>, n = 1, 2 … for several on one day at one site"
    wrong = "{this} is not an attack_id"
    rule = value_rule(is_attack_id, wrong, right, plain=_PLAIN_ATTACK)
    return column(rule, need=need, kind="id", key_of=key_of)


def day(need: Need = "nowhere") -> Column:
    """A date."""
    rule = value_rule(is_day, "{this} is not a date", "write YYYY-MM-DD")
    return column(rule, need=need, kind="date")


def count(need: Need = "nowhere") -> Column:
    """A whole number."""
    rule = value_rule(
        lambda text: bool(_COUNT.fullmatch(text)),
        "{this} is not a whole number of 0 or more",
        "write digits only" + (", or leave it empty if not reported" * (need != "every row")),
    )
    return column(rule, need=need, kind="count")


def degrees(limit: int) -> Column:
    """A latitude or longitude in WGS 84."""
    rule = value_rule(
        lambda text: bool(_DEGREES.fullmatch(text)) and abs(float(text)) <= limit,
        f"{{this}} is not a number of degrees from -{limit} to {limit}",
        "write decimal degrees such as 33.79",
    )
    return column(rule, kind="degrees")


def one_of(choices: Collection[str], need: Need = "nowhere") -> Column:
    """A word from a list."""
    right = f"write one of {', '.join(choices)}"
    rule = value_rule(choices.__contains__, "{this} is not in the codebook", right, choices)
    return column(rule, need=need, kind="word")


def several_of(choices: Collection[str], need: Need = "nowhere", ordered: bool = True) -> Column:
    """Words from a list, joined by +, in the list's order unless any order will do."""

    def each_once(text: str) -> bool:
        words = text.split("+")
        chosen = [choice for choice in choices if choice in words]
        return (words if ordered else sorted(words)) == (chosen if ordered else sorted(chosen))

    order = ", in this order" * ordered
    right = f"write one or more of {', '.join(choices)}{order}, each once, joined by +"
    rule = value_rule(each_once, "{this} is not a list from the codebook", right, choices, "+")
    return column(rule, need=need, kind="word")


def country_code(need: Need = "nowhere", all_of_them: bool = False, sea: bool = True) -> Column:
    """A country, or the `sea`, or `all_of_them`."""
    others = (ALL,) * all_of_them + (SEA,) * sea
    known = (*others, *(code for code in codes("country") if code != SEA))
    right = "write its ISO 3166 alpha-3 code" + f", or {' or '.join(others)}" * bool(others)
    rule = value_rule(frozenset(known).__contains__, "{this} is no country or area", right, known)
    return column(rule, need=need, kind="word")


def names() -> Column:
    """Other names, joined by |."""

    def distinct(text: str) -> bool:
        parts = text.split("|")
        return len(set(parts)) == len(parts) and all(
            part and part == part.strip() for part in parts
        )

    right = "write other names joined by | without spaces around it, each once"
    return column(value_rule(distinct, "{this} is not a list of names", right))


def url() -> Column:
    """The address of a source."""
    right = "write http:// or https://, a host and a path, without spaces"
    rule = value_rule(
        lambda text: bool(_URL.fullmatch(text)),
        "{this} is not the address of a page",
        right,
        plain=_PLAIN_URL,
    )
    return column(rule, need="every row")


def all_but(faulty: pd.DataFrame, frame: pd.DataFrame) -> Passed:
    """Say of each row of a frame whether it is not among the faulty ones."""
    return pd.Series(~frame.index.isin(faulty.index), index=frame.index)


def in_order(frame: pd.DataFrame, earlier: str, later: str) -> Passed:
    """Where two dates are not the wrong way round; as text they sort as they should."""
    suspect = frame.loc[frame[earlier] > frame[later]]
    faulty = suspect[by_value(is_day, suspect[earlier]) & by_value(is_day, suspect[later])]
    return all_but(faulty, frame)


def outside_circles(frame: pd.DataFrame, key: str, above: str) -> Passed:
    """Where going up from a row, by the id `above` it, does not lead back to it."""
    circle = dict(zip(frame[key], frame[above], strict=True))
    while True:
        named = set(circle.values())
        rest = {one: up for one, up in circle.items() if up in circle and one in named}
        if len(rest) == len(circle):
            return ~frame[key].isin(list(rest))
        circle = rest
