"""The folder of a record: what is mended in its tables, and what is left."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from analysis.errors import Fault
from analysis.record.csv_text import bytes_of
from analysis.record.reading import check
from analysis.record.tables import TABLES, file_name
from analysis.record.tidy.whole import tidied
from analysis.record.tidy.writing import Rewritten


class Tidying(NamedTuple):
    """What there is to do in a folder.

    Parameters
    ----------
    files: those that are written anew.
    mended: a fault for all that is mended in them.
    left: what is wrong and cannot be mended without knowing more.
    """

    files: list[Rewritten]
    mended: list[Fault]
    left: list[Fault]


def tidying(data: Path) -> Tidying:
    """Find what can be mended in a record as it is saved.

    Parameters
    ----------
    data: the folder that holds the tables.
    """
    faults = check(data)
    names = dict.fromkeys(fault.file for fault in faults if fault.tidy)
    tables = {file_name(table): table for table in TABLES}
    files = []
    for name in names:
        before = bytes_of(data / name)
        after = tidied(name, tables[name], before).content
        if after is not None:
            files.append(Rewritten(data / name, before, after))
    mended = [fault for fault in faults if fault.tidy]
    return Tidying(files, mended, [fault for fault in faults if not fault.tidy])
