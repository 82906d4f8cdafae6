"""Who publishes what the record holds, and where: for whoever keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.as_of import Record
from analysis.record.codebook import codes, word
from analysis.record.tables import file_name
from analysis.record.versions import IDENTIFIERS

#: What stands for a publisher that the register does not have, or not of what kind.
UNKNOWN = "not in the register"


def kinds_told(record: Record) -> Iterator[str]:
    """Say how many rows of how many publishers are of each kind, a line each, the most first."""
    rows = pd.concat([getattr(record, table)[["publisher"]] for table in IDENTIFIERS])
    kinds = record.sources.set_index("publisher")["kind"].astype("str").to_dict()
    known = {code: word("source_kind", code, "one") for code in codes("source_kind")}
    rows["kind"] = [known.get(kinds.get(name, ""), UNKNOWN) for name in rows["publisher"]]
    found = rows.groupby("kind")["publisher"].agg(["size", "nunique"])
    for kind, (count, publishers) in found.sort_values("size", ascending=False).iterrows():
        yield f"{count:>6,} rows of {publishers:>4,} publishers: {kind}"


def cited(record: Record) -> pd.Series:
    """The pages that rows of the record cite: by address, in which file and how many rows."""
    named = [
        getattr(record, table)[["source_url"]].assign(file=file_name(table))
        for table in (*IDENTIFIERS, "sites")
    ]
    rows = pd.concat(named).dropna()
    rows = rows[rows["source_url"] != ""]
    found = rows.groupby("source_url", sort=False)["file"].agg(["first", "size"])
    told: pd.Series = found["first"] + " (" + found["size"].astype("str") + ")"
    return told
