"""The tables, each said once: columns, enumerations, keys and the rules between them.

Every class describes its table as the file has it: all fields text, an empty field missing.
:mod:`analysis.record.schemas` makes a check of it, also of what cannot be said of one table alone,
that a key exists in another.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from analysis.plain_text import plain
from analysis.record.codebook import codes
from analysis.record.columns import (
    Column,
    Kind,
    Passed,
    RowRule,
    attack_slug,
    count,
    country_code,
    day,
    degrees,
    in_order,
    key_of,
    later,
    names,
    one_of,
    outside_circles,
    row_rule,
    several_of,
    slug,
    text,
    url,
)


class _Table:
    """Columns in the order of the file, and rules about its rows."""


class _Event(_Table):
    @row_rule(
        "reported_on",
        "{reported_on} is before the event_date {event_date}",
        "a thing is reported on its day or later",
    )
    def reported_on_its_day_or_later(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "event_date", "reported_on")


class _Place(_Table):
    @row_rule("lat", "there is a lon but no lat", "give both or neither")
    def lat_with_lon(cls, frame: pd.DataFrame) -> Passed:
        return frame["lat"].notna() | frame["lon"].isna()

    @row_rule("lon", "there is a lat but no lon", "give both or neither")
    def lon_with_lat(cls, frame: pd.DataFrame) -> Passed:
        return frame["lon"].notna() | frame["lat"].isna()


class Attacks(_Event):
    """An attack or attempted attack by an Iran-aligned group, one row for each version."""

    attack_id = attack_slug("every row")
    reported_on = day("every row")
    event_date = day("first version")
    date_precision = one_of(codes("date_precision"), "first version")
    site_id = key_of("sites", "first version")
    target = one_of(codes("target"), "first version")
    weapons = several_of(codes("weapon"), "first version")
    munitions = count()
    outcome = one_of(codes("outcome"), "first version")
    killed = count()
    injured = count()
    casualties_of = one_of(codes("casualties_of"))
    casualties_qualifier = later(one_of(codes("casualties_qualifier")))
    claimed_by = key_of("actors")
    attributed_to = key_of("actors")
    confirmation = one_of(codes("confirmation"), "first version")
    publisher = text("every row")
    source_url = url()
    note = text(most_words=20)
    standing = later(one_of(codes("standing")))
    same_as = later(attack_slug("nowhere", key_of="attacks"))


class Tallies(_Table):
    """A cumulative count that somebody official gave."""

    reported_on = day("every row")
    since = day("every row")
    through = day("every row")
    scope = country_code("every row", all_of_them=True)
    target = one_of(codes("target"), "every row")
    measure = one_of(codes("measure"), "every row")
    value = count("every row")
    qualifier = one_of(codes("qualifier"), "every row")
    counted_by = later(one_of(codes("counted_by"), "every row"), meant="official")
    speaker = text("every row")
    publisher = text("every row")
    source_url = url()
    note = text(most_words=20)

    @row_rule(
        "through",
        "{through} is after the day it was said, {reported_on}",
        "give the last day counted, or the statement's day if it says none",
    )
    def through_the_day_it_was_said(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "through", "reported_on")

    @row_rule("since", "{since} is after through, {through}", "the first day counted comes first")
    def since_before_through(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "since", "through")


class Deployments(_Table):
    """A movement of US forces into, within or out of the region, one row for each version."""

    deployment_id = slug()
    reported_on = day("every row")
    effective_on = day()
    status = one_of(codes("status"), "first version")
    asset = text("first version")
    kind = one_of(codes("deployment_kind"), "first version")
    counting = one_of(codes("counting"), "first version")
    quantity = count()
    unit = one_of(codes("unit"))
    personnel = count()
    area = one_of(codes("area"), "first version")
    publisher = text("every row")
    source_url = url()
    note = text(most_words=20)
    standing = later(one_of(codes("standing")))
    same_as = later(key_of("deployments"))


class Responses(_Event, _Place):
    """A strike by the US or its partners, one row for each version."""

    response_id = slug()
    reported_on = day("every row")
    event_date = day("first version")
    place = text("first version")
    country = country_code("first version")
    lat = degrees(90)
    lon = degrees(180)
    by = one_of(codes("by"), "first version")
    method = one_of(codes("method"), "first version")
    counting = later(one_of(codes("response_counting"), "first version"), meant="event")
    target_actor = key_of("actors")
    targets_struck = count()
    killed_claimed = count()
    civilians_killed_claimed = count()
    in_response_to = attack_slug("nowhere", key_of="attacks")
    publisher = text("every row")
    source_url = url()
    note = text(most_words=20)
    standing = later(one_of(codes("standing")))
    same_as = later(key_of("responses"))


class Milestones(_Table):
    """What else happened that a timeline should show, one row for each version."""

    milestone_id = slug()
    reported_on = day("every row")
    start_on = day("first version")
    end_on = day()
    kind = one_of(codes("milestone_kind"), "first version")
    title = text("first version", most_words=10)
    publisher = text("every row")
    source_url = url()
    note = text(most_words=20)

    @row_rule("end_on", "{end_on} is before start_on, {start_on}", "a thing ends after it starts")
    def ends_after_it_starts(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "start_on", "end_on")


class Sites(_Place):
    """A place that is attacked: name, country and coordinates only, without dates."""

    site_id = slug()
    name = text("every row")
    aliases = names()
    country = country_code("every row")
    lat = degrees(90)
    lon = degrees(180)
    kind = one_of(codes("site_kind"), "every row")
    source_url = url()


class Actors(_Table):
    """A group or state: name and kinship only, without dates."""

    actor_id = slug()
    name = text("every row")
    aliases = names()
    kind = later(one_of(codes("actor_kind"), "every row"), meant="group")
    parent = key_of("actors")
    sponsor = key_of("actors")
    country = country_code(sea=False)
    note = text(most_words=20)

    @row_rule(
        "parent", "{this} is below {actor_id} itself", "no group is its own parent, however far up"
    )
    def parents_form_a_tree(cls, frame: pd.DataFrame) -> Passed:
        return outside_circles(frame, "actor_id", "parent")

    @row_rule(
        "sponsor", "{this} is backed by {actor_id} itself", "nobody backs himself, however far up"
    )
    def sponsors_form_a_tree(cls, frame: pd.DataFrame) -> Passed:
        return outside_circles(frame, "actor_id", "sponsor")

    @row_rule("country", "this is empty, and {actor_id} is a state", "a state has a country")
    def a_state_has_a_country(cls, frame: pd.DataFrame) -> Passed:
        return (frame["kind"] != "state") | frame["country"].notna()


class Coverage(_Table):
    """How well the record was kept, by span of event dates and by target."""

    since = day("every row")
    through = day()
    targets = several_of(codes("target"), "every row", ordered=False)
    kept = one_of(codes("kept"), "every row")
    note = text()

    @row_rule("through", "{through} is before since, {since}", "a span ends after it starts")
    def ends_after_it_starts(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "since", "through")


class Sources(_Table):
    """Who publishes: one row for each publisher as it stands in the tables."""

    publisher = text("every row")
    outlet = text()
    relays = names()
    kind = one_of(codes("source_kind"))
    country = country_code(sea=False)
    state_media = one_of(codes("state_media"))
    party_to_conflict = one_of(codes("party_to_conflict"))
    note = text()

    @row_rule("relays", "{this} names {outlet} itself", "name those whose reports it passes on")
    def passes_on_what_others_report(cls, frame: pd.DataFrame) -> Passed:
        relays_itself = [
            bool(own) and own in map(plain, named.split("|"))
            for own, named in zip(
                frame["outlet"].fillna("").map(plain), frame["relays"].fillna(""), strict=True
            )
        ]
        return ~pd.Series(relays_itself, index=frame.index, dtype=bool)


#: Tables that describe the others; a record may do without.
DESCRIBING = ("coverage", "sources")

#: The classes by table name, in the order in which faults are listed.
TABLES: dict[str, type[_Table]] = {
    "attacks": Attacks,
    "tallies": Tallies,
    "deployments": Deployments,
    "responses": Responses,
    "milestones": Milestones,
    "sites": Sites,
    "actors": Actors,
    "coverage": Coverage,
    "sources": Sources,
}


#: Where the rows of a table may lie: in either file, or in both.
ENDINGS = ("csv", "parquet")


def file_name(table: str, ending: str = "csv") -> str:
    """Return the name of a table's file."""
    return f"{table}.{ending}"


def columns(table: str) -> dict[str, Column]:
    """Return the columns of a table's file, in the file's order."""
    said = vars(TABLES[table])
    return {name: value for name, value in said.items() if isinstance(value, Column)}


def row_rules(table: str) -> list[RowRule]:
    """Return the rules about a table's rows, its own before those that it shares with others."""
    said = (value for part in TABLES[table].__mro__ for value in vars(part).values())
    return [value for value in said if isinstance(value, RowRule)]


@cache
def keys() -> dict[str, list[tuple[str, str]]]:
    """Return the tables whose ids are named elsewhere, each with the columns that name them.

    >>> keys()["sites"]
    [('attacks', 'site_id')]
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for table in TABLES:
        for name, column in columns(table).items():
            if column.key_of:
                found.setdefault(column.key_of, []).append((table, name))
    return found


def kinds(table: str) -> dict[str, Kind]:
    """Return the kind of every column of a table's file, in the file's order."""
    return {name: column.kind for name, column in columns(table).items()}


def came_later(table: str) -> dict[str, str]:
    """Return the columns that a table's file may lack, with what its rows then mean."""
    later = {name: column.later for name, column in columns(table).items()}
    return {name: meant for name, meant in later.items() if meant is not None}


def id_column(table: str) -> str | None:
    """Return the column that names a thing over its versions; tallies and spans have none."""
    first = next(iter(kinds(table)))
    return first if first.endswith("_id") or table == "sources" else None
