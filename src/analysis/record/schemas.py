"""The tables as pandera checks them, with rules that need other rows, or the ids of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import pandas as pd

from analysis.lean.pandera import pa
from analysis.record.coded import is_one_of
from analysis.record.columns import (
    Passed,
    RowRule,
    ValueRule,
    all_but,
    by_value,
    is_day,
    value_rule,
)
from analysis.record.tables import TABLES, columns, id_column, row_rules


def schema(
    table: str,
    known: Mapping[str, Collection[str]],
    called: Mapping[str, Mapping[str, str]] | None = None,
) -> pa.DataFrameSchema:
    """Return what a table has to be.

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
    key, held = id_column(table), columns(table)
    of_columns = {}
    of_rows = row_rules(table)
    for name, column in held.items():
        rules = list(column.rules)
        if column.key_of in known:
            other = column.key_of
            rules.append(_key_rule(other, known[other], (called or {}).get(other, {})))
        # A file's fields are text; to look again at that is a third of the work.
        checks = [
            pa.Check(one.test, error=one.wrong, description=one.right, statistics=dict(one.near))
            for one in rules
        ]
        of_columns[name] = pa.Column(checks=checks, nullable=column.need != "every row")
        if column.need == "first version":
            of_rows.append(_given_at_first(name, str(key)))
    one = ([key, "reported_on"] if "reported_on" in held else [key]) if key else list(held)
    return pa.DataFrameSchema(
        of_columns,
        checks=[_of_rows(rule, table) for rule in of_rows],
        strict=True,
        ordered=True,
        unique=one,
        report_duplicates="exclude_first",
    )


def _of_rows(rule: RowRule, table: str) -> pa.Check:
    return pa.Check(
        partial(rule.test, TABLES[table]),
        title=rule.column,
        error=rule.wrong,
        description=rule.right,
        ignore_na=False,
    )


def _is_first_version(frame: pd.DataFrame, id_column: str) -> Passed:
    """Where no version of the same id was reported earlier."""
    days = pd.Series(pd.factorize(frame["reported_on"], sort=True)[0], index=frame.index)
    days = days.where(by_value(is_day, frame["reported_on"]))
    return days == days.groupby(frame[id_column]).transform("min")


def _given_at_first(column: str, id_column: str) -> RowRule:
    """Make the rule that an id's first version leaves a column not empty."""

    def given(_: object, frame: pd.DataFrame) -> Passed:
        empty = frame.loc[frame[column].isna(), [id_column, "reported_on"]]
        if empty.empty:
            return all_but(empty, frame)
        versions = frame[[id_column, "reported_on"]]
        versions = versions[is_one_of(versions[id_column], empty[id_column])]
        return all_but(empty[_is_first_version(versions, id_column)[empty.index]], frame)

    wrong = f"this is empty in the first version of {{{id_column}}}"
    right = "only later ones may leave it out"
    return RowRule(column, given, wrong, right)


def _key_rule(table: str, known: Collection[str], names: Mapping[str, str]) -> ValueRule:
    """Make the rule that an id is one of a table's; `names` are what else its things are called."""
    ids = frozenset(known)
    right = f"known {table} are in {table}.csv"
    return value_rule(ids.__contains__, f"unknown {table[:-1]} {{this}}", right, ids, names=names)
