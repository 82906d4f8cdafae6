"""Kinds of columns and of rules: what a field may hold, and how that is put into words.

A maker of a column returns its pandera field. A rule is a pandera check whose `error` says
what is wrong and whose `description` says what would be right; both are templates in which
`{this}` stands for the offending value and, in a rule about rows, `{column}` for the row's
other fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from analysis.lean.pandera import pa
from analysis.record.codebook import ALL, SEA, codes

#: A word is one of few: of a list in the codebook, or a key of another table. An id holds ASCII.
Kind = Literal["date", "count", "degrees", "word", "id", "text"]
#: Where a field may not be empty; a later version may leave out what it does not change.
Need = Literal["every row", "first version", "nowhere"]
Strings = pd.Series  # of text, missing where the field is empty
Passed = pd.Series  # of bool, one for each row
RowTest = Callable[[Any, pd.DataFrame], Passed]

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
) -> pa.Check:
    """Make a rule about single values; a near miss is sought among `choices`.

    `plain` is a pattern of what passes the test for certain; see :func:`by_value`. `names` are
    what else a choice is called; see :mod:`analysis.record.names`.
    """
    return pa.Check(
        partial(by_value, test, plain=plain),
        error=wrong,
        description=right,
        statistics={"choices": choices, "joined_by": joined_by, "names": names},
    )


def row_rule(column: str, wrong: str, right: str) -> Callable[[RowTest], RowTest]:
    """Make a model's method a rule about rows; where one breaks it, `column` is at fault."""
    rule = pa.dataframe_check(title=column, error=wrong, description=right, ignore_na=False)
    return cast(Callable[[RowTest], RowTest], rule)


def column(*rules: pa.Check, need: Need = "nowhere", kind: Kind = "text", key_of: str = "") -> Any:
    """Make a column of text that follows some rules."""
    metadata = {"need": need, "kind": kind, "key_of": key_of, "later": None}
    field = pa.Field(nullable=need != "every row", metadata=metadata)
    field.checks = list(rules)
    return field


def later(field: Any, meant: str = "") -> Any:
    """A column that came later: a file may lack it, and every row then says what is `meant`."""
    field.metadata["later"] = meant
    return field


def text(need: Need = "nowhere", most_words: int | None = None) -> Any:
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


def key_of(table: str, need: Need = "nowhere") -> Any:
    """An id of another table; looked up once that table has been read."""
    return column(need=need, kind="word", key_of=table)


def slug() -> Any:
    """An id of our own making."""
    rule = value_rule(
        is_slug,
        "{this} is not an id",
        "write lower-case letters and digits, in groups joined by single hyphens",
    )
    return column(rule, need="every row", kind="id")


def attack_slug(need: Need, key_of: str = "") -> Any:
    """The id of an attack, which holds its day and site; as a key, looked up in its table."""
    right = "write YYYY-MM-DD-<site_id>-<n>, n = 1, 2 … for several on one day at one site"
    wrong = "{this} is not an attack_id"
    rule = value_rule(is_attack_id, wrong, right, plain=_PLAIN_ATTACK)
    return column(rule, need=need, kind="id", key_of=key_of)


def day(need: Need = "nowhere") -> Any:
    """A date."""
    rule = value_rule(is_day, "{this} is not a date", "write YYYY-MM-DD")
    return column(rule, need=need, kind="date")


def count(need: Need = "nowhere") -> Any:
    """A whole number."""
    rule = value_rule(
        lambda text: bool(_COUNT.fullmatch(text)),
        "{this} is not a whole number of 0 or more",
        "write digits only" + (", or leave it empty if not reported" * (need != "every row")),
    )
    return column(rule, need=need, kind="count")


def degrees(limit: int) -> Any:
    """A latitude or longitude in WGS 84."""
    rule = value_rule(
        lambda text: bool(_DEGREES.fullmatch(text)) and abs(float(text)) <= limit,
        f"{{this}} is not a number of degrees from -{limit} to {limit}",
        "write decimal degrees such as 33.79",
    )
    return column(rule, kind="degrees")


def one_of(choices: Collection[str], need: Need = "nowhere") -> Any:
    """A word from a list."""
    right = f"write one of {', '.join(choices)}"
    rule = value_rule(choices.__contains__, "{this} is not in the codebook", right, choices)
    return column(rule, need=need, kind="word")


def several_of(choices: Collection[str], need: Need = "nowhere", ordered: bool = True) -> Any:
    """Words from a list, joined by +, in the list's order unless any order will do."""

    def each_once(text: str) -> bool:
        words = text.split("+")
        chosen = [choice for choice in choices if choice in words]
        return (words if ordered else sorted(words)) == (chosen if ordered else sorted(chosen))

    order = ", in this order" * ordered
    right = f"write one or more of {', '.join(choices)}{order}, each once, joined by +"
    rule = value_rule(each_once, "{this} is not a list from the codebook", right, choices, "+")
    return column(rule, need=need, kind="word")


def country_code(need: Need = "nowhere", all_of_them: bool = False, sea: bool = True) -> Any:
    """A country, or the `sea`, or `all_of_them`."""
    others = (ALL,) * all_of_them + (SEA,) * sea
    known = (*others, *(code for code in codes("country") if code != SEA))
    right = "write its ISO 3166 alpha-3 code" + f", or {' or '.join(others)}" * bool(others)
    rule = value_rule(frozenset(known).__contains__, "{this} is no country or area", right, known)
    return column(rule, need=need, kind="word")


def names() -> Any:
    """Other names, joined by |."""

    def distinct(text: str) -> bool:
        parts = text.split("|")
        return len(set(parts)) == len(parts) and all(
            part and part == part.strip() for part in parts
        )

    right = "write other names joined by | without spaces around it, each once"
    return column(value_rule(distinct, "{this} is not a list of names", right))


def url() -> Any:
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


def is_first_version(frame: pd.DataFrame, id_column: str) -> Passed:
    """Where no version of the same id was reported earlier."""
    days = pd.Series(pd.factorize(frame["reported_on"], sort=True)[0], index=frame.index)
    days = days.where(by_value(is_day, frame["reported_on"]))
    return days == days.groupby(frame[id_column]).transform("min")


def given_at_first(column: str, id_column: str) -> pa.Check:
    """Make the rule that an id's first version leaves a column not empty."""

    def given(frame: pd.DataFrame) -> Passed:
        empty = frame.loc[frame[column].isna(), [id_column, "reported_on"]]
        if empty.empty:
            return all_but(empty, frame)
        versions = frame.loc[frame[id_column].isin(empty[id_column]), [id_column, "reported_on"]]
        return all_but(empty[is_first_version(versions, id_column)[empty.index]], frame)

    wrong = f"this is empty in the first version of {{{id_column}}}"
    right = "only later ones may leave it out"
    return pa.Check(given, title=column, error=wrong, description=right, ignore_na=False)


def key_rule(table: str, known: Collection[str], names: Mapping[str, str]) -> pa.Check:
    """Make the rule that an id is one of a table's; `names` are what else its things are called."""
    ids = frozenset(known)
    right = f"known {table} are in {table}.csv"
    return value_rule(ids.__contains__, f"unknown {table[:-1]} {{this}}", right, ids, names=names)
