"""The tables, each said once: columns, enumerations, keys and the rules between them.

Every model describes its table as the file has it: all fields text, an empty field missing.
What cannot be said of one table alone, that a key exists in another, stands in the columns'
metadata; :mod:`analysis.record.schemas` turns it into a check.
"""

from __future__ import annotations

from typing import cast

import pandas as pd

from analysis.lean.pandera import pa
from analysis.plain_text import plain
from analysis.record.codebook import codes
from analysis.record.columns import (
    Kind,
    Passed,
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


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        ordered = True


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

    attack_id: str = attack_slug("every row")
    reported_on: str = day("every row")
    event_date: str = day("first version")
    date_precision: str = one_of(codes("date_precision"), "first version")
    site_id: str = key_of("sites", "first version")
    target: str = one_of(codes("target"), "first version")
    weapons: str = several_of(codes("weapon"), "first version")
    munitions: str = count()
    outcome: str = one_of(codes("outcome"), "first version")
    killed: str = count()
    injured: str = count()
    casualties_of: str = one_of(codes("casualties_of"))
    casualties_qualifier: str = later(one_of(codes("casualties_qualifier")))
    claimed_by: str = key_of("actors")
    attributed_to: str = key_of("actors")
    confirmation: str = one_of(codes("confirmation"), "first version")
    publisher: str = text("every row")
    source_url: str = url()
    note: str = text(most_words=20)
    standing: str = later(one_of(codes("standing")))
    same_as: str = later(attack_slug("nowhere", key_of="attacks"))


class Tallies(_Table):
    """A cumulative count that somebody official gave."""

    reported_on: str = day("every row")
    since: str = day("every row")
    through: str = day("every row")
    scope: str = country_code("every row", all_of_them=True)
    target: str = one_of(codes("target"), "every row")
    measure: str = one_of(codes("measure"), "every row")
    value: str = count("every row")
    qualifier: str = one_of(codes("qualifier"), "every row")
    counted_by: str = later(one_of(codes("counted_by"), "every row"), meant="official")
    speaker: str = text("every row")
    publisher: str = text("every row")
    source_url: str = url()
    note: str = text(most_words=20)

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

    deployment_id: str = slug()
    reported_on: str = day("every row")
    effective_on: str = day()
    status: str = one_of(codes("status"), "first version")
    asset: str = text("first version")
    kind: str = one_of(codes("deployment_kind"), "first version")
    counting: str = one_of(codes("counting"), "first version")
    quantity: str = count()
    unit: str = one_of(codes("unit"))
    personnel: str = count()
    area: str = one_of(codes("area"), "first version")
    publisher: str = text("every row")
    source_url: str = url()
    note: str = text(most_words=20)
    standing: str = later(one_of(codes("standing")))
    same_as: str = later(key_of("deployments"))


class Responses(_Event, _Place):
    """A strike by the US or its partners, one row for each version."""

    response_id: str = slug()
    reported_on: str = day("every row")
    event_date: str = day("first version")
    place: str = text("first version")
    country: str = country_code("first version")
    lat: str = degrees(90)
    lon: str = degrees(180)
    by: str = one_of(codes("by"), "first version")
    method: str = one_of(codes("method"), "first version")
    counting: str = later(one_of(codes("response_counting"), "first version"), meant="event")
    target_actor: str = key_of("actors")
    targets_struck: str = count()
    killed_claimed: str = count()
    civilians_killed_claimed: str = count()
    in_response_to: str = attack_slug("nowhere", key_of="attacks")
    publisher: str = text("every row")
    source_url: str = url()
    note: str = text(most_words=20)
    standing: str = later(one_of(codes("standing")))
    same_as: str = later(key_of("responses"))


class Milestones(_Table):
    """What else happened that a timeline should show, one row for each version."""

    milestone_id: str = slug()
    reported_on: str = day("every row")
    start_on: str = day("first version")
    end_on: str = day()
    kind: str = one_of(codes("milestone_kind"), "first version")
    title: str = text("first version", most_words=10)
    publisher: str = text("every row")
    source_url: str = url()
    note: str = text(most_words=20)

    @row_rule("end_on", "{end_on} is before start_on, {start_on}", "a thing ends after it starts")
    def ends_after_it_starts(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "start_on", "end_on")


class Sites(_Place):
    """A place that is attacked: name, country and coordinates only, without dates."""

    site_id: str = slug()
    name: str = text("every row")
    aliases: str = names()
    country: str = country_code("every row")
    lat: str = degrees(90)
    lon: str = degrees(180)
    kind: str = one_of(codes("site_kind"), "every row")
    source_url: str = url()


class Actors(_Table):
    """A group or state: name and kinship only, without dates."""

    actor_id: str = slug()
    name: str = text("every row")
    aliases: str = names()
    kind: str = later(one_of(codes("actor_kind"), "every row"), meant="group")
    parent: str = key_of("actors")
    sponsor: str = key_of("actors")
    country: str = country_code(sea=False)
    note: str = text(most_words=20)

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

    since: str = day("every row")
    through: str = day()
    targets: str = several_of(codes("target"), "every row", ordered=False)
    kept: str = one_of(codes("kept"), "every row")
    note: str = text()

    @row_rule("through", "{through} is before since, {since}", "a span ends after it starts")
    def ends_after_it_starts(cls, frame: pd.DataFrame) -> Passed:
        return in_order(frame, "since", "through")


class Sources(_Table):
    """Who publishes: one row for each publisher as it stands in the tables."""

    publisher: str = text("every row")
    outlet: str = text()
    relays: str = names()
    kind: str = one_of(codes("source_kind"))
    country: str = country_code(sea=False)
    state_media: str = one_of(codes("state_media"))
    party_to_conflict: str = one_of(codes("party_to_conflict"))
    note: str = text()

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

#: The models by table name, in the order in which faults are listed.
TABLES: dict[str, type[pa.DataFrameModel]] = {
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


def kinds(table: str) -> dict[str, Kind]:
    """Return the kind of every column of a table's file, in the file's order."""
    columns = TABLES[table].to_schema().columns
    return {name: cast(Kind, (column.metadata or {})["kind"]) for name, column in columns.items()}


def came_later(table: str) -> dict[str, str]:
    """Return the columns that a table's file may lack, with what its rows then mean."""
    columns = TABLES[table].to_schema().columns
    later = {name: (column.metadata or {})["later"] for name, column in columns.items()}
    return {name: meant for name, meant in later.items() if meant is not None}


def id_column(table: str) -> str | None:
    """Return the column that names a thing over its versions; tallies and spans have none."""
    first = next(iter(kinds(table)))
    return first if first.endswith("_id") or table == "sources" else None
