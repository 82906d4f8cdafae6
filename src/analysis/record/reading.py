"""Read and check the record: all its files, every fault, and typed frames if there is none.

What checks is imported where it is used: a record that is known to be good is read without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from analysis.errors import Fault, RecordError
from analysis.record.campaign_file import FILE, read_campaigns
from analysis.record.campaigns import Campaign
from analysis.record.names import names_of
from analysis.record.room import give_back
from analysis.record.stored import Reader, Stored, as_it_is, as_meant
from analysis.record.tables import ENDINGS, TABLES, file_name, keys, kinds
from analysis.record.typed import typed


def check(data: Path, today: dt.date | None = None) -> list[Fault]:
    """Return every fault of the record in a folder, by file, line and column; none if it is good.

    Parameters
    ----------
    data: the folder that holds the tables and `campaigns.toml`.
    today: what is reported more than a day later is a fault; None where it does not matter which
        day it is.

    Examples
    --------
    >>> for fault in check(Path("no-such-folder")):
    ...     print(fault)
    no-such-folder: there is no such folder; name the one of the record, or `brinkwatch init` a desk
    """
    return _read(Path(data), today)[2]


def findings(data: Path, today: dt.date | None = None) -> list[Fault]:
    """Return every fault of a record as :func:`check` does, and then what is remarkable about it.

    Which of them are remarks says their `kind`.
    """
    from analysis.record.remarks import remarks
    from analysis.record.unread import unread

    tables, _, faults = _read(Path(data), today)
    return [*faults, *remarks(tables), *unread(Path(data))]


def read_tables(
    data: Path, *, checked: bool = False
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...]]:
    """Read the record.

    Parameters
    ----------
    data: the folder that holds the tables and `campaigns.toml`.
    checked: whether files of the very same bytes have been checked, and were good.

    Returns
    -------
    dict of DataFrame, tuple of Campaign
        The tables by name, columns as in the codebook. Dates are `datetime64[s]`, whole numbers
        `Int64`, degrees `float64`, the words of attacks `category`, all else `str`; what is not
        reported is missing. Tallies have
        a first column `tally_id` of our own making. Rows are sorted by `reported_on` and id,
        whatever their order in the file.

    Raises
    ------
    RecordError
        If the record does not check; it lists every fault.
    """
    read = _unjudged(Path(data)) if checked else _read(Path(data), None)
    tables, campaigns, faults = read
    if faults:
        raise RecordError(faults)
    held = {table: typed(table, tables.pop(table)) for table in list(tables)}
    give_back()  # to read takes far more memory than to hold
    return held, campaigns


def _read(
    data: Path, today: dt.date | None
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Return the tables as strings and the campaigns, as far as they can be read; every fault.

    Where there is one, the record is read again as it was meant, so that none hides another.
    """
    if not data.is_dir():
        message = "there is no such folder; name the one of the record, or `brinkwatch init` a desk"
        return {}, (), [Fault(str(data), 0, "", message)]
    found = _judged(data, today, as_it_is, all_of_them=False)
    return found if not found[2] else _judged(data, today, as_meant, all_of_them=True)


def _unjudged(data: Path) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Return the same of a record that is known to be good, and what of its files is not."""
    files, tables = _held(data, as_it_is)
    campaigns, of_campaigns = read_campaigns(data, None)
    faults = [fault for held in files.values() for fault in held.faults]
    return tables, campaigns, of_campaigns + faults


def _held(data: Path, stored: Reader) -> tuple[dict[str, Stored], dict[str, pd.DataFrame]]:
    """Return what each table's files hold, and the rows of those that can be read."""
    files = {table: stored(data, table) for table in TABLES}
    return files, {table: held.rows for table, held in files.items() if held.rows is not None}


def _judged(
    data: Path, today: dt.date | None, stored: Reader, *, all_of_them: bool
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Judge a record as it is read; if not `all_of_them` are asked for, some faults will do."""
    from analysis.record.broken import broken_between, broken_fields

    files, tables = _held(data, stored)
    found = {table: list(held.faults) for table, held in files.items()}
    # Ids may stand in lines that could not be read: then no key is called unknown.
    known = {table: _ids(table, tables) for table in keys() if table in tables and not found[table]}
    called = {table: names_of(table, tables[table]) for table in known}
    whole = {table for table in tables if not found[table]}
    at_fault = {table: _at_fault(table, found[table]) for table in tables}
    for table, rows in tables.items():
        for wrong in broken_fields(table, rows, known, called):
            found[table] += wrong.faults
            at_fault[table].setdefault(wrong.column, set()).update(wrong.rows)
    if any(found.values()) and not all_of_them:
        return tables, (), [fault for of_table in found.values() for fault in of_table]
    sound = {table: rows for table, rows in tables.items() if not found[table]}
    for table, rows in tables.items():
        held = at_fault[table]
        for wrong in broken_between(table, rows, held, sound, today, whole=table in whole):
            found[table] += wrong.faults
    sites = tables["sites"]["site_id"].dropna().tolist() if "sites" in known else None
    campaigns, of_campaigns = read_campaigns(data, sites, today)
    mended = [fault for held in files.values() for fault in held.mended]
    faults = [fault for of_table in found.values() for fault in of_table]
    return tables, campaigns, _in_order([*mended, *faults, *of_campaigns])


def _at_fault(table: str, faults: list[Fault]) -> dict[str, set[int]]:
    """Return by column the rows whose field is at fault."""
    csv = file_name(table)
    found: dict[str, set[int]] = {}
    for fault in faults:
        index = fault.line if fault.file == csv else -fault.line
        found.setdefault(fault.column, set()).add(index)
    return found


def _ids(table: str, tables: Mapping[str, pd.DataFrame]) -> Collection[str]:
    """Return the ids of a table that a key may name; of very many those that are named."""
    from analysis.record.broken import MANY_CHOICES

    ids = tables[table].iloc[:, 0]
    if len(ids) > MANY_CHOICES:
        naming = [tables[other][column] for other, column in keys()[table] if other in tables]
        ids = ids[ids.isin({name for column in naming for name in column.unique()})]
    return ids.dropna().unique().tolist()


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Sort by file, line and column; of several faults in one field only the first found counts."""
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in faults:
        first.setdefault((fault.file, fault.line, fault.column or fault.message), fault)
    columns = {file_name(table, end): list(kinds(table)) for table in TABLES for end in ENDINGS}
    columns[FILE] = []
    files = list(columns)

    def place(fault: Fault) -> tuple[int, int, int, str]:
        names = columns[fault.file]
        position = names.index(fault.column) if fault.column in names else -1
        return files.index(fault.file), fault.line, position, fault.column

    return sorted(first.values(), key=place)
