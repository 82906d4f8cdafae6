"""Counts that somebody gave: what is counted is some, and does not contradict what it is of."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import ALL, SEA, codes
from analysis.record.columns import by_value
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, all_versions, left_behind


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


def force_is_some(rows: pd.DataFrame) -> Iterator[Broken]:
    """A force that comes or is there is of something; a level alone can be 0."""
    none = by_value(lambda count: int(count) == 0, rows["quantity"])
    versions = all_versions(rows, "deployment_id", none)
    known = left_behind(versions, "deployment_id", ["counting", "status"])
    level = known["counting"].isin(codes("counting", having="none"))
    gone = known["status"].isin(["departed", "cancelled"])
    for index in known.index[none[known.index] & ~level & ~gone]:
        right = "give how many there are, or leave this empty"
        yield index, f"0, while it is {known['status'][index]}; {right}"
