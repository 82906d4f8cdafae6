"""What campaigns contradict: themselves, one another, the day of the check."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from analysis.record.campaigns import Campaign, Front, Theatre
from analysis.record.codebook import codes
from analysis.today import last_day
from analysis.toml_text import Note, Place

Raw = Mapping[str, Any]


def contradictions(place: Place, raw: Raw, values: Raw, today: dt.date | None) -> Iterator[Note]:
    """What two keys of a campaign, or two entries of one, contradict each other in.

    Parameters
    ----------
    place, raw: where the campaign stands, and what stands there.
    values: what of it could be read.
    today: what is known only more than a day later is a contradiction, where the day matters.
    """
    yield from _days(place, raw, values)
    for key in ("known_on", "end_known_on"):
        if today and key in values and values[key].date() > last_day(today):
            ahead = f"{values[key]:%Y-%m-%d} is more than a day ahead of today, {today}"
            yield Note((*place, key), f"{ahead}; add it once it is known")
    if not values["theatres"]:
        yield Note((*place, "theatres"), "name at least one theatre: where the answer falls")
    for key, names in (("theatres", ("id", "name")), ("fronts", ("name",))):
        for name in names:
            yield from twice(name, [((*place, key, number), each)
                                    for number, each in enumerate(_entries(raw, key))])  # fmt: skip
    yield from _in_two_theatres(place, values["theatres"])
    yield from _on_two_fronts(place, values["fronts"])


def _entries(raw: Raw, key: str) -> list[Raw]:
    held = raw.get(key, [])
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _days(place: Place, raw: Raw, values: Raw) -> Iterator[Note]:
    start, end, told = (values.get(key) for key in ("start", "end", "end_known_on"))
    if start and end and end < start:
        yield Note((*place, "end"), f"{end:%Y-%m-%d} is before start, {start:%Y-%m-%d}")
    if start and values.get("known_on", start) < start:
        yield Note(
            (*place, "known_on"), "a campaign is known from its first day on at the earliest"
        )
    if end and told and told < end:
        yield Note(
            (*place, "end_known_on"), f"the end is {end:%Y-%m-%d}; it is known then or later"
        )
    if told and values.get("known_on", told) > told:
        over = f"it is known to be over since {told:%Y-%m-%d}"
        yield Note((*place, "known_on"), f"{over}; a campaign is known by then")
    for one, other in (("end", "end_known_on"), ("end_known_on", "end")):
        if one in raw and other not in raw:
            yield Note((*place, one), f"there is no {other}; give both or neither")
    for since in values.get("tally_since", ()):
        if end and since > end:
            late = f"{since:%Y-%m-%d} is after end, {end:%Y-%m-%d}"
            yield Note((*place, "tally_since"), f"{late}; counts that begin then are not of it")


def _in_two_theatres(place: Place, theatres: Sequence[Theatre | None]) -> Iterator[Note]:
    """A strike falls in one theatre: in two it would be counted twice."""
    held = [(number, one) for number, one in enumerate(theatres) if one]
    for (_, one), (number, other) in combinations(held, 2):
        if shared := sorted(set(one.countries) & set(other.countries)):
            both = f"{' and '.join(shared)} is in theatre {one.id!r}, too"
            yield Note(
                (*place, "theatres", number, "countries"), f"{both}; a country is in one theatre"
            )


def _on_two_fronts(place: Place, fronts: Sequence[Front | None]) -> Iterator[Note]:
    """An attack is on one front, and every front is somewhere."""
    every = frozenset(codes("target"))
    held = [(number, one) for number, one in enumerate(fronts) if one]
    for number, one in held:
        if not one.countries and not one.sites:
            empty = "it has neither countries nor sites"
            yield Note((*place, "fronts", number), f"{empty}; say where this front is")
    for (_, one), (number, other) in combinations(held, 2):
        if not (set(one.targets) or every) & (set(other.targets) or every):
            continue
        for key in ("countries", "sites"):
            if shared := sorted(set(getattr(one, key)) & set(getattr(other, key))):
                both = f"{' and '.join(shared)} is on front {one.name!r}, too"
                right = "an attack is on one front, so name it once"
                yield Note((*place, "fronts", number, key), f"{both}; {right}")


def at_once(held: list[tuple[Place, Campaign]]) -> Iterator[Note]:
    """Campaigns that run at once on the same target: of which would a report be?

    One that is open ends, as far as counts go, where the next begins. A count that began on some
    day is of one campaign, too.
    """
    ordered = sorted(held, key=lambda each: each[1].start)
    right = "two campaigns run at once only if their targets differ"
    for (place, one), (other_place, other) in combinations(ordered, 2):
        shared = " and ".join(target for target in one.targets if target in other.targets)
        if shared and one.start == other.start:
            same = f"{one.id!r} on {shared} starts on that day, too"
            yield Note((*other_place, "start"), f"{same}; {right}")
        elif shared and one.end is not None and one.end >= other.start:
            begun = f"{other.id!r} on {shared} has begun by then, on {other.start:%Y-%m-%d}"
            yield Note((*place, "end"), f"{begun}; {right}")
        if shared and (since := sorted({*one.tally_since} & {*other.tally_since})):
            both = f"{since[0]:%Y-%m-%d} is that of {one.id!r} on {shared}, too"
            yield Note((*other_place, "tally_since"), f"{both}; a count is of one campaign")


def twice(key: str, entries: list[tuple[Place, Raw]]) -> Iterator[Note]:
    """Entries that share what each has for itself."""
    seen = Counter(str(raw.get(key)) for _, raw in entries)
    for place, raw in entries:
        if seen[str(raw.get(key))] > 1:
            yield Note((*place, key), f"{raw.get(key)!r} stands twice; each {key} stands once")
