"""The record: seven tables that remember when each fact became known.

`read()` gives the :class:`Record`, `.as_of(date)` what was :class:`Known` on a day,
`changes(record, before, after)` what was learned in between, `check(folder)` what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.record.as_of import Known, Record, Tables, read
from analysis.record.changes import between, changes

if TYPE_CHECKING:
    from analysis.record.reading import check, read_tables

__all__ = ["Known", "Record", "Tables", "between", "changes", "check", "read", "read_tables"]


def __getattr__(name: str) -> object:
    # What checks the tables is loaded by whoever reads them; the kernel of a report does not.
    if name not in ("check", "read_tables"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis.record import reading

    return getattr(reading, name)
