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

from analysis.record.rules import counts, days, moves, names, standing
from analysis.record.rules.ahead import not_in_the_future
from analysis.record.rules.ids import attack_id_fits, country_stays, response_id_fits, site_stays
from analysis.record.rules.places import (
    ports_are_by_the_sea,
    sea_is_a_sea_area,
    ships_are_boarded,
    ships_are_hit_afloat,
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
from analysis.record.standing import WITHDRAWABLE
from analysis.record.tables import id_column, kinds

__all__ = ["RULES", "Rule", "broken", "rules_of"]

_CASUALTIES = ("killed", "injured", "casualties_of")

#: Table and column of a fault, what else the rule reads, and the rule.
RULES = (
    Rule("attacks", "attack_id", ("event_date", "site_id"), attack_id_fits),
    Rule("attacks", "event_date", ("attack_id",), partial(days.told_afterwards, key="attack_id")),
    Rule("attacks", "site_id", (), site_stays),
    Rule("attacks", "target", ("attack_id", "site_id"), ships_are_hit_afloat, beside="sites"),
    Rule("attacks", "weapons", ("target", "site_id"), ships_are_boarded, beside="sites"),
    Rule("attacks", "casualties_of", _CASUALTIES, casualties_are_somebodys),
    Rule("attacks", "casualties_qualifier", _CASUALTIES, qualifier_has_casualties),
    Rule("attacks", "claimed_by", ("confirmation",), claim_has_claimant),
    Rule("tallies", "scope", ("target",), counts.sea_has_no_land_forces, versions=False),
    Rule("tallies", "qualifier", ("value",), counts.qualified_is_some, versions=False),
    Rule("deployments", "effective_on", ("status",), moved_by_then),
    Rule("deployments", "effective_on", ("status",), moves.steps_in_order),
    Rule("deployments", "status", ("counting",), moves.status_fits_counting),
    Rule("deployments", "status", ("effective_on",), moves.status_follows),
    Rule("deployments", "unit", ("quantity",), moves.quantity_has_unit),
    Rule("deployments", "unit", ("kind",), moves.unit_fits_kind),
    Rule("deployments", "quantity", ("counting", "status"), counts.force_is_some),
    Rule("deployments", "personnel", ("unit", "quantity"), moves.people_are_counted_once),
    Rule("deployments", "area", ("kind",), moves.ships_are_afloat),
    Rule("responses", "response_id", ("event_date", "country"), response_id_fits),
    Rule("responses", "event_date", ("response_id",),
         partial(days.told_afterwards, key="response_id")),
    Rule("responses", "country", (), country_stays),
    Rule("responses", "lat", ("lon", "country"), strike_is_where_it_says),
    Rule("responses", "in_response_to", ("event_date",), days.answers_what_was, beside="attacks"),
    Rule("responses", "in_response_to", ("counting",), days.summary_answers_nothing),
    Rule("milestones", "start_on", ("kind",),
         partial(days.told_once_it_is, column="start_on", having="begun")),
    Rule("milestones", "end_on", ("kind",),
         partial(days.told_once_it_is, column="end_on", having="over")),
    Rule("milestones", "end_on", ("start_on",), days.ends_after_it_started),
    Rule("sites", "name", ("site_id", "country"), names.site_stands_once, versions=False),
    Rule("sites", "country", ("kind",), sea_is_a_sea_area, versions=False),
    Rule("sites", "lat", ("lon", "country"), site_is_where_it_says, versions=False),
    Rule("sites", "kind", ("lat", "lon"), ports_are_by_the_sea, versions=False),
    Rule("actors", "name", ("actor_id",), names.actor_stands_once, versions=False),
    Rule("actors", "country", ("kind", "parent", "actor_id"), names.forces_are_of_their_state,
         versions=False),
    *(Rule("actors", column, ("kind", "actor_id"),
           partial(names.state_is_of_a_state, column=column), versions=False)
      for column in ("parent", "sponsor")),
    *(Rule(table, "same_as", ("standing",), partial(rule, key=key))
      for table, key in WITHDRAWABLE.items()
      for rule in (standing.merged_names_another, standing.merged_into_what_counts)),
    Rule("sources", "outlet", ("publisher",), names.outlet_has_one_spelling, versions=False),
    *(Rule("sources", column, ("publisher", "outlet"),
           partial(names.outlet_is_judged_once, column=column), versions=False)
      for column in ("country", "state_media", "party_to_conflict")),
)  # fmt: skip

#: Spans of days that somebody watched.
_WATCHED = ("since", "through")


def rules_of(table: str, today: dt.date | None = None) -> list[Rule]:
    """The rules of a table; that nothing is told of the future where the day is known."""
    rules = [rule for rule in RULES if rule.table == table]
    if today is not None:
        columns = _WATCHED if table == "coverage" else {"reported_on"} & set(kinds(table))
        for column in columns:
            past = partial(not_in_the_future, today=today, column=column)
            rules.append(Rule(table, column, (), past, versions=False))
    return rules


def broken(
    rule: Rule,
    rows: pd.DataFrame,
    at_fault: Mapping[str, Collection[int]],
    others: Mapping[str, pd.DataFrame],
    *,
    whole: bool,
) -> Iterable[Broken]:
    """The rows of a table that break a rule.

    Parameters
    ----------
    rule: one of the table's.
    rows: the table, all text.
    at_fault: by column the rows that are at fault there already; nothing is concluded from these.
    others: the tables in which no field is at fault, all text.
    whole: whether every line of the file could be read; if not, the versions of an id may not all
        be there, and nothing is concluded from those that are.
    """
    if (rule.versions and not whole) or (rule.beside and rule.beside not in others):
        return ()
    key = id_column(rule.table) if rule.versions else None
    read = {rule.column, *rule.reads} | ({key, "reported_on"} if key else set())
    wrong = {index for column in read for index in at_fault.get(str(column), ())}
    if wrong:
        out = pd.Series(rows.index.isin(wrong), rows.index)
        rows = rows[~(rows[key].isin(rows.loc[out, key].unique()) if key else out)]
    return rule.broken(rows, others[rule.beside]) if rule.beside else rule.broken(rows)
