"""Names and judgements: one thing has one name, and one outlet is judged once."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.plain_text import plain
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, field


def site_stands_once(rows: pd.DataFrame) -> Iterator[Broken]:
    """A place of one name in one country is one site."""
    yield from _named_twice(rows, rows["country"])


def actor_stands_once(rows: pd.DataFrame) -> Iterator[Broken]:
    """A group of one name is one actor."""
    yield from _named_twice(rows, pd.Series("", rows.index))


def forces_are_of_their_state(rows: pd.DataFrame) -> Iterator[Broken]:
    """A state's own forces are of its country."""
    states = rows[rows["kind"] == "state"]
    country = states.set_index("actor_id")["country"]
    above = states["parent"].map(country)
    for index in states.index[states["country"].notna() & above.notna()]:
        own, theirs = field(states, index, "country"), str(above[index])
        if own != theirs:
            parent = quoted(field(states, index, "parent"))
            wrong = f"{quoted(own)}, while it is below {parent}, which is of {theirs}"
            yield index, f"{wrong}; a state's own forces have its country"


def state_is_of_a_state(rows: pd.DataFrame, column: str) -> Iterator[Broken]:
    """A state, or a force of its own, is part of no group and backed by none."""
    kinds = rows.set_index("actor_id")["kind"]
    above = rows[column].map(kinds)
    for index in rows.index[(rows["kind"] == "state") & above.notna() & (above != "state")]:
        wrong = f"{quoted(field(rows, index, column))} is of kind {above[index]}, this is a state"
        yield index, f"{wrong}; name a state or nobody, or correct one of the kinds"


def outlet_has_one_spelling(rows: pd.DataFrame) -> Iterator[Broken]:
    """An outlet is written alike wherever it stands."""
    given = rows[rows["outlet"].notna()]
    spelt = given["outlet"].map(plain)
    first = given["outlet"].groupby(spelt).transform("first")
    for index in given.index[(given["outlet"] != first) & (spelt != "")]:
        wrong = f"{quoted(field(given, index, 'outlet'))} is {quoted(first[index])} elsewhere"
        yield index, f"{wrong}; one spelling for one outlet"


def outlet_is_judged_once(rows: pd.DataFrame, column: str) -> Iterator[Broken]:
    """What is said of an outlet is the same wherever it stands, as far as it is said."""
    given = rows[rows["outlet"].notna() & rows[column].notna()]
    first = given[column].groupby(given["outlet"]).transform("first")
    for index in given.index[given[column] != first]:
        says, outlet = quoted(field(given, index, column)), quoted(field(given, index, "outlet"))
        wrong = f"{says} of {outlet}, which another row says is {quoted(first[index])}"
        yield index, f"{wrong}; judge an outlet once, or leave it empty where it is not known"


def _named_twice(rows: pd.DataFrame, within: pd.Series) -> Iterator[Broken]:
    called = rows["name"].map(plain)
    same = called.groupby([called, within], dropna=False)
    first = (
        rows["name"].index.to_series().groupby([called, within], dropna=False).transform("first")
    )
    for index in rows.index[(first != rows.index) & same.transform("size").gt(1) & (called != "")]:
        where = f"line {first[index]}" if first[index] > 0 else f"row {-first[index]}"
        wrong = f"{quoted(field(rows, index, 'name'))} stands in {where} already"
        yield index, f"{wrong}; keep one of them, or say what tells them apart"
