"""The rules between columns and tables, as data/README.md tells them; one line each.

What a field may hold, what the fields of one row demand of each other and that a key names
something stands with the columns in :mod:`analysis.record.tables`. Here is what takes the other
versions of an id, a map or a calendar. A rule is a function that yields the rows which break it,
each with a sentence that says what is wrong and what would be right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import partial

import pandas as pd

from analysis.record.rules.ahead import not_in_the_future
from analysis.record.rules.ids import attack_id_fits, response_id_fits, site_stays
from analysis.record.rules.places import (
    sea_is_a_sea_area,
    site_is_where_it_says,
    strike_is_where_it_says,
)
from analysis.record.rules.rule import Broken, Rule
from analysis.record.rules.states import (
    casualties_are_somebodys,
    claim_has_claimant,
    moved_by_then,
    qualifier_has_casualties,
)
from analysis.record.tables import id_column, kinds

__all__ = ["RULES", "Rule", "broken", "rules_of"]

_CASUALTIES = ("killed", "injured", "casualties_of")

#: Table and column of a fault, what else the rule reads, and the rule.
RULES = (
    Rule("attacks", "attack_id", ("event_date", "site_id"), attack_id_fits),
    Rule("attacks", "site_id", (), site_stays),
    Rule("attacks", "casualties_of", _CASUALTIES, casualties_are_somebodys),
    Rule("attacks", "casualties_qualifier", _CASUALTIES, qualifier_has_casualties),
    Rule("attacks", "claimed_by", ("confirmation",), claim_has_claimant),
    Rule("deployments", "effective_on", ("status",), moved_by_then),
    Rule("responses", "response_id", ("event_date", "country"), response_id_fits),
    Rule("responses", "lat", ("lon", "country"), strike_is_where_it_says),
    Rule("sites", "country", ("kind",), sea_is_a_sea_area, versions=False),
    Rule("sites", "lat", ("lon", "country"), site_is_where_it_says, versions=False),
)


def rules_of(table: str, today: dt.date | None = None) -> list[Rule]:
    """The rules of a table; that nothing is reported in the future where the day is known."""
    rules = [rule for rule in RULES if rule.table == table]
    if today is not None and "reported_on" in kinds(table):
        past = partial(not_in_the_future, today=today)
        rules.append(Rule(table, "reported_on", (), past, versions=False))
    return rules


def broken(
    rule: Rule, rows: pd.DataFrame, at_fault: Mapping[str, Collection[int]], *, whole: bool
) -> Iterable[Broken]:
    """The rows of a table that break a rule.

    Parameters
    ----------
    rule: one of the table's.
    rows: the table, all text.
    at_fault: by column the rows that are at fault there already; nothing is concluded from these.
    whole: whether every line of the file could be read; if not, the versions of an id may not all
        be there, and nothing is concluded from those that are.
    """
    if rule.versions and not whole:
        return ()
    key = id_column(rule.table) if rule.versions else None
    read = {rule.column, *rule.reads} | ({key, "reported_on"} if key else set())
    wrong = {index for column in read for index in at_fault.get(str(column), ())}
    if wrong:
        out = pd.Series(rows.index.isin(wrong), rows.index)
        rows = rows[~(rows[key].isin(rows.loc[out, key]) if key else out)]
    return rule.broken(rows)
