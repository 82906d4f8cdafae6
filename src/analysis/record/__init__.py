"""The record: tables that remember when each fact became known.

`read()` gives the :class:`Record`, `.as_of(date)` what was :class:`Known` on a day, `.of(campaign)`
the same about one campaign,
`changes(record, before, after)` what was learned in between, `check(folder)` what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.record.as_of import Record
from analysis.record.campaigns import Campaign, Front, Theatre
from analysis.record.changes import between, changes
from analysis.record.known import Known, remembered
from analysis.record.opening import read
from analysis.record.versions import Tables

if TYPE_CHECKING:
    from analysis.record.reading import check, read_tables

__all__ = [
    "Campaign",
    "Front",
    "Known",
    "Record",
    "Tables",
    "Theatre",
    "between",
    "changes",
    "check",
    "read",
    "read_tables",
    "remembered",
]


def __getattr__(name: str) -> object:
    # What checks the tables is loaded by whoever reads them; the kernel of a report does not.
    if name not in ("check", "read_tables"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis.record import reading

    return getattr(reading, name)
