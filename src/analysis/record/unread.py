"""Files beside the tables that look like some and are not read: copies, misspelt names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analysis.errors import Fault
from analysis.record.tables import ENDINGS, TABLES, file_name

#: How files of tables end, in lower case.
_OF_TABLES = (".csv", ".tsv", ".tab", ".parquet", ".xls", ".xlsx", ".ods", ".numbers")


def unread(data: Path) -> Iterator[Fault]:
    """Yield a remark for each file of a folder that looks like a table and is not read."""
    read = {file_name(table, ending) for table in TABLES for ending in ENDINGS}
    names = (path.name for path in data.iterdir() if path.is_file()) if data.is_dir() else ()
    for name in sorted(set(names) - read):
        if name.lower().endswith(_OF_TABLES) or ".csv" in name.lower():
            message = f"this looks like a table and is not read; {_read_instead(name)}"
            yield Fault(name, 0, "", message, kind="remark")


def _read_instead(name: str) -> str:
    """Return what is read in place of a file.

    >>> _read_instead("Attacks (1).CSV")
    'attacks.csv is'
    """
    meant = next((table for table in TABLES if table in name.lower()), None)
    return f"{file_name(meant)} is" if meant else "no table of the record is called so"
