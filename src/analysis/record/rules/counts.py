"""Counts that somebody gave: what one statement says does not contradict itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import ALL, SEA, codes
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken

#: Rows that have these in common are one statement of one thing.
_STATEMENT = ["reported_on", "since", "through", "target", "measure", "counted_by", "speaker",
              "publisher", "source_url"]  # fmt: skip


def sea_has_no_land_forces(rows: pd.DataFrame) -> Iterator[Broken]:
    """What is counted at sea is there."""
    wrong = (rows["scope"] == SEA) & rows["target"].isin(codes("target", having="ashore"))
    for index, target in rows.loc[wrong, "target"].items():
        right = f"write the country or {ALL}, or the target that was at sea"
        yield int(str(index)), f"{SEA}, while target is {target}, which is on land; {right}"


def qualified_is_some(rows: pd.DataFrame) -> Iterator[Broken]:
    """None is none: neither a lower bound nor a rough number."""
    none = rows["value"].str.fullmatch("0+") & (rows["qualifier"] != "exact")
    for index, qualifier in rows.loc[none, "qualifier"].items():
        wrong = f"{quoted(qualifier)} of 0 says nothing"
        yield int(str(index)), f"{wrong}; write exact where somebody said none"


def part_is_no_more_than_all(rows: pd.DataFrame) -> Iterator[Broken]:
    """A place has no more than all of them, where one statement gives both exactly."""
    whole = rows[(rows["scope"] == ALL) & (rows["qualifier"] == "exact")]
    of_all = whole.drop_duplicates(_STATEMENT)[[*_STATEMENT, "value"]]
    parts = rows[(rows["scope"] != ALL) & (rows["qualifier"] != "about")]
    both = parts.reset_index(names="row").merge(of_all, on=_STATEMENT, suffixes=("", "_of_all"))
    for row, scope, value, every in both[["row", "scope", "value", "value_of_all"]].to_numpy():
        if int(value) > int(every):
            wrong = f"{value} in {scope}, where the same statement has {every} in all"
            yield int(row), f"{wrong}; correct one of the two"
