"""Later versions of things in a record in memory, and records that never had a thing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from analysis.record import Record
from analysis.record.standing import WITHDRAWABLE


def with_version(record: Record, table: str, row: str, day: str, **values: object) -> Record:
    """The record with a later version of a thing, which says nothing but what is given."""
    rows: pd.DataFrame = getattr(record, table)
    key = WITHDRAWABLE[table]
    said = {key: row, "reported_on": pd.Timestamp(day), "publisher": "Daily"}
    said |= {"source_url": f"https://example.org/{day}", "note": "Made up.", **values}
    version = pd.DataFrame([said]).reindex(columns=rows.columns)
    words = list(rows.select_dtypes("category"))
    plain = rows.dtypes.to_dict() | dict.fromkeys(words, "str")
    both = pd.concat([rows.astype(plain), version.astype(plain)])
    both = both.astype(dict.fromkeys(words, "category"))
    ordered = both.sort_values(["reported_on", key], ignore_index=True)
    return replace(record, **{table: ordered})


def without(
    record: Record, table: str, gone: Collection[str], same_as: str | None = None
) -> Record:
    """The record as if it had never had some things; strikes that answer them answer another."""
    rows: pd.DataFrame = getattr(record, table)
    kept = rows[~rows[WITHDRAWABLE[table]].isin(list(gone))].reset_index(drop=True)
    words = list(kept.select_dtypes("category"))
    kept = kept.assign(**{name: kept[name].cat.remove_unused_categories() for name in words})
    found = replace(record, **{table: kept})
    if table != "attacks":
        return found
    answered = found.responses["in_response_to"]
    other = answered.mask(answered.isin(list(gone)), same_as)
    return replace(found, responses=found.responses.assign(in_response_to=other.astype("str")))
