"""Counts that somebody gave: what one statement says does not contradict itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import ALL, SEA, codes
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken


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
