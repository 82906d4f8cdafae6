"""What a parameter of a report may be: one rule a name, for the command line and notebooks.

A parameter that is not in `RULES` cannot be used by a report; to add one, add its rule here.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from analysis.errors import UsageError

#: First day of the wave of attacks that the record is about; nothing was known before.
WAVE_START = dt.date(2023, 10, 17)

#: A later date is a slip of the keyboard.
LAST_DAY = dt.date(2199, 12, 31)

#: The labels of the Traffic Light Protocol 2.0 (FIRST, 2022): who may read the report.
MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")

Value = dt.date | int | str


@dataclass(frozen=True)
class Contents:
    """What of a record decides whether a value can be.

    Parameters
    ----------
    newest_report: the newest `reported_on` of an attack, if there is one.
    sites, actors: the ids of all sites and actors.
    """

    newest_report: dt.date | None
    sites: Collection[str]
    actors: Collection[str]


def validate(name: str, value: object, contents: Contents | None = None) -> Value:
    """Return the value of one parameter in its type, or say in one sentence why it cannot be.

    Parameters
    ----------
    name: a name of `RULES`.
    value: as typed on the command line, set in a notebook, or typed already.
    contents: where given, it settles what only the record knows: an `as_of` of None becomes the
        newest `reported_on` of an attack, and a site or an actor has to be in its table.

    Raises
    ------
    UsageError
        If the name is unknown or the value cannot be.

    Examples
    --------
    >>> validate("as_of", "2023-10-24")
    datetime.date(2023, 10, 24)
    >>> validate("window_days", "14")
    14
    """
    if name not in RULES:
        raise UsageError(f"Unknown parameter {name!r}; {known(name, RULES)}.")
    if name == "as_of" and value is None and contents is not None:
        if contents.newest_report is None:
            raise UsageError("as_of: the record holds no attack yet; give a date.")
        value = contents.newest_report
    try:
        typed = RULES[name](value)
    except ValueError as reason:
        raise UsageError(f"{name}: {reason}.") from None
    if name in _TABLES and contents is not None:
        _check_listed(name, str(typed), contents)
    return typed


def check_together(values: Mapping[str, object]) -> None:
    """Raise UsageError where values that are fine alone contradict each other."""
    window, history = values.get("window_days"), values.get("history_days")
    if isinstance(window, int) and isinstance(history, int) and history < window:
        raise UsageError(
            f"history_days: {history} is shorter than the window; "
            f"give at least window_days, {window}."
        )


def known(name: str, names: Iterable[str]) -> str:
    """What a reader may have meant: a near miss if there is one, and the known names.

    >>> known("breif", ["brief", "site"])
    "did you mean 'brief'? Known are brief, site"
    """
    names = list(names)
    near = difflib.get_close_matches(name, names, n=1)
    suggestion = f"did you mean {near[0]!r}? Known" if near else "known"
    return f"{suggestion} are {', '.join(names)}"


def _check_listed(name: str, value: str, contents: Contents) -> None:
    table = _TABLES[name]
    ids: Collection[str] = getattr(contents, table)
    if value not in ids:
        raise UsageError(f"{name}: {value!r} is not in {table}.csv; {known(value, ids)}.")


def _day(value: object) -> dt.date:
    day = value if isinstance(value, dt.date) else _parsed_day(value)
    day = dt.date(day.year, day.month, day.day)
    if day < WAVE_START:
        raise ValueError(f"{day} is before the record starts, {WAVE_START}")
    if day > LAST_DAY:
        raise ValueError(f"{day} is after {LAST_DAY}")
    return day


def _parsed_day(value: object) -> dt.date:
    try:
        # strptime alone would take 2024-1-5, fromisoformat alone 20240105 and 2024-W01-5.
        if isinstance(value, str) and len(value) == len("2024-01-29"):
            return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        pass
    raise ValueError(f"{value!r} is not a date; write it as 2024-01-29")


def _whole(value: object, *, least: int, most: int) -> int:
    digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number = int(str(value)) if digits else value
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise ValueError(f"{value!r} is not a whole number from {least} to {most}")
    return number


def _marking(value: object) -> str:
    if value not in MARKINGS:
        raise ValueError(f"{value!r} is not a marking; give one of {', '.join(MARKINGS)}")
    return str(value)


def _slug(value: object) -> str:
    if not isinstance(value, str) or not value or not set(value) <= _SLUG_CHARACTERS:
        raise ValueError(f"{value!r} is not an id; ids are such as ain-al-asad")
    return value


_SLUG_CHARACTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-")

#: Parameters that are keys of a table of the record.
_TABLES = {"site_id": "sites", "actor_id": "actors"}

#: How each parameter is read and checked: the typed value, or a ValueError that says why not.
RULES: dict[str, Callable[[object], Value]] = {
    "as_of": _day,
    "window_days": partial(_whole, least=1, most=366),
    "history_days": partial(_whole, least=7, most=3660),
    "horizon_days": partial(_whole, least=1, most=60),
    "marking": _marking,
    "site_id": _slug,
    "actor_id": _slug,
}
