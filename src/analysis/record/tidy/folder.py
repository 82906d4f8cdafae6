"""The folder of a record: what is mended in its tables, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from analysis.errors import Fault
from analysis.record.csv_text import bytes_of
from analysis.record.reading import check
from analysis.record.tables import TABLES, file_name
from analysis.record.tidy.whole import tidied, unquoted
from analysis.record.tidy.writing import Rewritten

#: What is told of a file that is good, and written otherwise than the record's.
UNQUOTED = "fields stand in quotation marks that they do not need"


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
    good = tables.keys() - {fault.file for fault in faults if fault.kind == "fault"}
    quoted = _quoted_too_much([data / name for name in tables if name in good])
    mended += [Fault(one.path.name, 0, "", UNQUOTED, tidy=True) for one in quoted]
    files += quoted
    return Tidying(files, mended, [fault for fault in faults if not fault.tidy])


def _quoted_too_much(files: Iterable[Path]) -> list[Rewritten]:
    """Good files of which some fields stand in quotation marks that they do not need."""
    there = ((file, bytes_of(file)) for file in files if file.exists())
    return [
        Rewritten(file, before, after)
        for file, before in there
        if (after := unquoted(before)) is not None
    ]
