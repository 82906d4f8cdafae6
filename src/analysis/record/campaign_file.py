"""Read and check `campaigns.toml`: the campaigns, and a fault with its line for what cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import Fault, RecordError
from analysis.parameters import known
from analysis.record.campaign_rules import Raw, at_once, contradictions, twice
from analysis.record.campaigns import Campaign, Front, Theatre
from analysis.record.codebook import codes
from analysis.record.columns import is_slug
from analysis.toml_text import Note, Place, Rule, line_of, read_toml, read_values

FILE = "campaigns.toml"


def read_campaigns(
    data: Path, sites: Collection[str] | None, today: dt.date | None = None
) -> tuple[tuple[Campaign, ...], list[Fault]]:
    """Return the campaigns of a record, as far as they can be read, and every fault.

    Parameters
    ----------
    data: the folder of the record.
    sites: the ids that a front may name; None if they could not be read.
    today: what is known only more than a day later is a fault; None where it does not matter.
    """
    if not (data / FILE).exists():
        right = "it says which campaigns there are and since when each counts"
        return (), [Fault(FILE, 0, "", f"there is no such file; {right}")]
    try:
        content, lines = read_toml(data / FILE)
    except RecordError as error:
        return (), list(error.faults)
    notes = list(_unknown(content, ("campaign",), ()))
    entries = _tables(content, "campaign", (), notes)
    made = [_campaign(place, raw, sites, today, notes) for place, raw in entries]
    notes += twice("id", entries)
    notes += at_once([(place, one) for (place, _), one in zip(entries, made, strict=True) if one])
    if not entries and not notes:
        notes.append(Note((), "it holds no [[campaign]]; a report has nothing to count since"))
    faults = [
        Fault(FILE, line_of(place, lines), next((str(key) for key in place[2:3]), ""), message)
        for place, message in notes
    ]
    return tuple(one for one in made if one), sorted(set(faults))


def _campaign(
    place: Place, raw: Raw, sites: Collection[str] | None, today: dt.date | None, notes: list[Note]
) -> Campaign | None:
    before = len(notes)
    target = partial(_several, each=partial(_code, of="target"), least=1)
    values = _values(
        place,
        raw,
        {"id": _slug, "title": _text, "targets": target, "start": _day, "known_on": _day},
        {"end": _day, "end_known_on": _day, "tally_since": partial(_several, each=_day),
         "theatres": _list, "fronts": _list, "basis": _text},
        notes,
    )  # fmt: skip
    values.pop("basis", None)
    values["theatres"] = tuple(
        _made(Theatre, at, each, {"id": _slug, "name": _text, "countries": _countries},
              {"answers": target}, notes)
        for at, each in _tables(raw, "theatres", place, notes)
    )  # fmt: skip
    site = _text if sites is None else partial(_key, ids=sites, table="sites")
    values["fronts"] = tuple(
        _made(Front, at, each, {"name": _text}, {"countries": _countries,
              "sites": partial(_several, each=site), "targets": target}, notes)
        for at, each in _tables(raw, "fronts", place, notes)
    )  # fmt: skip
    notes += contradictions(place, raw, values, today)
    return Campaign(**values) if len(notes) == before else None


def _made(
    kind: Callable[..., Any],
    place: Place,
    raw: Raw,
    needed: Mapping[str, Rule],
    further: Mapping[str, Rule],
    notes: list[Note],
) -> Any:
    before = len(notes)
    values = _values(place, raw, needed, further, notes)
    return kind(**values) if len(notes) == before else None


def _values(
    place: Place,
    raw: Raw,
    needed: Mapping[str, Rule],
    further: Mapping[str, Rule],
    notes: list[Note],
) -> dict[str, Any]:
    """The values of a table that can be read, in their types."""
    rules = {**needed, **further}
    notes += _unknown(raw, rules, place)
    return read_values(raw, rules, needed, place, notes)


def _tables(raw: Raw, key: str, place: Place, notes: list[Note]) -> list[tuple[Place, Raw]]:
    """Place and content of each table of a list."""
    held = raw.get(key, [])
    if isinstance(held, list) and all(isinstance(each, dict) for each in held):
        return [((*place, key, number), each) for number, each in enumerate(held)]
    notes.append(Note((*place, key), "write this as a list of tables"))
    return []


def _unknown(raw: Raw, names: Collection[str], place: Place) -> Iterator[Note]:
    for key in raw:
        if key not in names:
            yield Note((*place, key), f"unknown key {key!r}; {known(key, names)}")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value.splitlines()) > 1:
        raise ValueError(f"{value!r} is no text of one line")
    return value


def _slug(value: object) -> str:
    if not isinstance(value, str) or not is_slug(value):
        raise ValueError(f"{value!r} is not an id; write lower-case letters, digits and hyphens")
    return value


def _day(value: object) -> pd.Timestamp:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError(f"{value!r} is not a date; write it bare, as YYYY-MM-DD")
    return pd.Timestamp(value)


def _list(value: object) -> None:
    """Looked at table by table; see :func:`_tables`."""


def _several(value: object, *, each: Rule, least: int = 0) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) < least:
        raise ValueError(f"{value!r} is no list" + " of one or more" * bool(least))
    found = tuple(each(one) for one in value)
    if again := sorted({str(one) for one in value if value.count(one) > 1}):
        raise ValueError(f"{again[0]!r} stands twice; each stands once")
    return found


def _code(value: object, *, of: str) -> str:
    choices = codes(of)
    if value not in choices:
        raise ValueError(f"{value!r} is not in the codebook; {known(str(value), choices)}")
    return str(value)


def _key(value: object, *, ids: Collection[str], table: str) -> str:
    if value not in ids:
        raise ValueError(f"unknown {table[:-1]} {value!r}; known {table} are in {table}.csv")
    return str(value)


def _countries(value: object) -> tuple[str, ...]:
    choices = codes("country")
    for one in value if isinstance(value, list) else ():
        if one not in choices:
            raise ValueError(f"{one!r} is no country or area; write its ISO 3166 alpha-3 code")
    return _several(value, each=str, least=1)
