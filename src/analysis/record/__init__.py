"""The record: seven tables that remember when each fact became known.

`read()` gives the :class:`Record`, `.as_of(date)` what was :class:`Known` on a day,
`changes(record, before, after)` what was learned in between, `check(folder)` what is wrong.
"""

from analysis.record.as_of import Known, Record, Tables, read
from analysis.record.changes import between, changes
from analysis.record.reading import check, read_tables

__all__ = ["Known", "Record", "Tables", "between", "changes", "check", "read", "read_tables"]
