"""The models of the tables with the rules that need more than one row, or another table's ids."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from functools import cache

from analysis.lean.pandera import pa
from analysis.record.columns import given_at_first, key_rule
from analysis.record.tables import TABLES, id_column


@cache
def keys() -> dict[str, list[tuple[str, str]]]:
    """Return the tables whose ids are named elsewhere, each with the columns that name them.

    >>> keys()["sites"]
    [('attacks', 'site_id')]
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for table, model in TABLES.items():
        for name, column in model.to_schema().columns.items():
            if other := (column.metadata or {})["key_of"]:
                found.setdefault(other, []).append((table, name))
    return found


def schema(
    table: str,
    known: Mapping[str, Collection[str]],
    called: Mapping[str, Mapping[str, str]] | None = None,
) -> pa.DataFrameSchema:
    """Return the model of a table with the rules that need more than one row or one table.

    Parameters
    ----------
    table: a name in `TABLES`.
    known: the ids that a key may refer to, by table; keys of a table left out are not looked up.
    called: what else the things of a table are called; see :func:`analysis.record.names.names_of`.

    Examples
    --------
    >>> schema("sites", {}).unique
    ['site_id']
    """
    whole = copy.deepcopy(TABLES[table].to_schema())
    key = id_column(table)
    columns = list(whole.columns)
    dated = "reported_on" in columns
    whole.report_duplicates = "exclude_first"
    whole.unique = ([key, "reported_on"] if dated else [key]) if key else columns
    for name, column in whole.columns.items():
        column.dtype = None  # a file's fields are text; to look again is a third of the work
        metadata = column.metadata or {}
        if metadata["need"] == "first version":
            whole.checks.append(given_at_first(name, str(key)))
        if (other := metadata["key_of"]) in known:
            column.checks = [
                *column.checks,
                key_rule(other, known[other], (called or {}).get(other, {})),
            ]
    return whole
