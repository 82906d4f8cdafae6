"""What a parameter of a report may be: one rule a name, for the command line and notebooks.

A parameter that is not in `RULES` is a notebook's own: a number, a text, or yes or no, of the type
of its default.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from analysis.errors import UsageError
from analysis.plain_text import one_line

#: Dates outside of these are slips of the keyboard.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)

#: The labels of the Traffic Light Protocol 2.0 (FIRST, 2022): who may read the report.
MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")

#: The parameter in which the page of a later edition says what was corrected, and why.
CORRECTION = "correction"

#: The longest text of a parameter that is shown to readers.
LONGEST_LINE = 2000

Value = dt.date | int | float | str | None


@dataclass(frozen=True)
class Contents:
    """What of a record decides whether a value can be.

    Parameters
    ----------
    newest_report: the newest `reported_on` of an attack, if there is one.
    record_through: the newest `reported_on` of any dated table, if there is one.
    first_day: the first day on which a report can be about a campaign by default, if there is one.
    sites, actors: the ids of all sites and actors.
    campaigns: the first day on which each campaign was known and had begun, by id.
    """

    newest_report: dt.date | None
    record_through: dt.date | None
    first_day: dt.date | None
    sites: Collection[str]
    actors: Collection[str]
    campaigns: Mapping[str, dt.date]


def validate(
    name: str, value: object, contents: Contents | None = None, default: object = None
) -> Value:
    """Return the value of one parameter in its type, or say in one sentence why it cannot be.

    Parameters
    ----------
    name: a name of `RULES`, or of a parameter of a notebook's own.
    value: as typed on the command line, set in a notebook, or typed already.
    contents: where given, it settles what only the record knows: an `as_of` of None becomes the
        newest `reported_on` of an attack, and a site, actor or campaign has to be in its table.
    default: of a notebook's own parameter; what is typed takes its type.

    Raises
    ------
    UsageError
        If the value cannot be.

    Examples
    --------
    >>> validate("as_of", "2023-10-24")
    datetime.date(2023, 10, 24)
    >>> validate("window_days", "14")
    14
    """
    if name == "as_of" and value is None and contents is not None:
        if contents.newest_report is None:
            raise UsageError("as_of: the record holds no attack yet; give a date.")
        value = contents.newest_report
    try:
        typed = RULES[name](value) if name in RULES else _of_type(value, default)
    except ValueError as reason:
        raise UsageError(f"{name}: {reason}.") from None
    if name in _TABLES and contents is not None and typed is not None:
        _check_listed(name, str(typed), contents)
    return typed


def check_together(values: Mapping[str, object], contents: Contents | None = None) -> None:
    """Raise UsageError where values that are fine alone contradict each other.

    Parameters
    ----------
    values: by name, in their types.
    contents: where given, the campaign has to be known by the as-of date, and one has to be.
    """
    as_of, campaign = values.get("as_of"), values.get("campaign")
    if contents is not None and isinstance(as_of, dt.date):
        if campaign is None:
            _check_not_before(as_of, contents.first_day)
        elif as_of < (known_from := contents.campaigns[str(campaign)]):
            raise UsageError(
                f"campaign: {campaign!r} was not known by {as_of}; it is from {known_from} on."
            )
    window, history = values.get("window_days"), values.get("history_days")
    if isinstance(window, int) and isinstance(history, int) and history < window:
        raise UsageError(
            f"history_days: {history} is shorter than the window; "
            f"give at least window_days, {window}."
        )
    since = values.get("since")
    if isinstance(since, dt.date) and isinstance(as_of, dt.date) and since >= as_of:
        raise UsageError(f"since: {since} is not before as_of, {as_of}; give an earlier day.")


def strictest(markings: Iterable[str]) -> str:
    """Return the marking that covers them all; one that is not known is stricter than any.

    >>> strictest(["TLP:GREEN", "TLP:CLEAR"])
    'TLP:GREEN'
    """
    order = MARKINGS.index
    return max(markings, key=lambda m: order(m) if m in MARKINGS else len(MARKINGS), default="")


def may_see(marking: str, clearance: str) -> bool:
    """Whether a clearance covers a marking; what is none of TLP 2.0 is covered by none.

    >>> may_see("TLP:GREEN", "TLP:AMBER"), may_see("TLP:RED", "TLP:AMBER"), may_see("", "TLP:RED")
    (True, False, False)
    """
    return marking in MARKINGS and MARKINGS.index(marking) <= MARKINGS.index(clearance)


def known(name: str, names: Iterable[str]) -> str:
    """What a reader may have meant: a near miss if there is one, and the known names.

    >>> known("breif", ["brief", "site"])
    "did you mean 'brief'? Known are brief, site"
    >>> known("brief", [])
    'none is known'
    """
    names = list(names)
    if not names:
        return "none is known"
    near = difflib.get_close_matches(name, names, n=1)
    suggestion = f"did you mean {near[0]!r}? Known" if near else "known"
    return f"{suggestion} are {', '.join(names)}"


def _check_not_before(as_of: dt.date, first_day: dt.date | None) -> None:
    if first_day is None:
        raise UsageError("as_of: the record knows no campaign that a report could be about.")
    if as_of < first_day:
        raise UsageError(f"as_of: {as_of} is before the record starts, {first_day}.")


def _check_listed(name: str, value: str, contents: Contents) -> None:
    file = _TABLES[name]
    ids: Collection[str] = getattr(contents, file.partition(".")[0])
    if value not in ids:
        raise UsageError(f"{name}: {value!r} is not in {file}; {known(value, ids)}.")


def _of_type(value: object, default: object) -> Value:
    """A value of a notebook's own parameter, read as its default is."""
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"{value!r} is no number and no text")
    if not isinstance(value, str) or default is None or isinstance(default, str):
        return value
    if isinstance(default, bool):
        if value.lower() not in ("true", "false"):
            raise ValueError(f"{value!r} is neither true nor false")
        return value.lower() == "true"
    try:
        return int(value) if isinstance(default, int) else float(value)
    except ValueError:
        raise ValueError(f"{value!r} is no number as its default, {default!r}, is") from None


def _day(value: object) -> dt.date:
    day = value if isinstance(value, dt.date) else _parsed_day(value)
    day = dt.date(day.year, day.month, day.day)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is not from {FIRST_DAY} to {LAST_DAY}")
    return day


def _parsed_day(value: object) -> dt.date:
    try:
        # strptime alone would take 2024-1-5, fromisoformat alone 20240105 and 2024-W01-5.
        if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
            return dt.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        pass
    raise ValueError(f"{value!r} is not a date; write it as YYYY-MM-DD")


def _whole(value: object, *, least: int, most: int) -> int:
    digits = isinstance(value, str) and value.isascii() and value.isdigit()
    number = int(str(value)) if digits else value
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise ValueError(f"{value!r} is not a whole number from {least} to {most}")
    return number


def _line_or_none(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value != one_line(value) or len(value) > LONGEST_LINE:
        raise ValueError(f"{value!r:.60} is not one line of at most {LONGEST_LINE} letters")
    return value


def _marking(value: object) -> str:
    if value not in MARKINGS:
        raise ValueError(f"{value!r} is not a marking; give one of {', '.join(MARKINGS)}")
    return str(value)


def _slug(value: object) -> str:
    if not isinstance(value, str) or not value or not set(value) <= _SLUG_CHARACTERS:
        raise ValueError(f"{value!r} is not an id; ids are such as ain-al-asad")
    return value


def _or_none(rule: Callable[[object], Value]) -> Callable[[object], Value]:
    return lambda value: None if value is None else rule(value)


_SLUG_CHARACTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-")

#: Parameters that are keys of a table of the record.
_TABLES = {"site_id": "sites.csv", "actor_id": "actors.csv", "campaign": "campaigns.toml"}

#: How each parameter is read and checked: the typed value, or a ValueError that says why not.
RULES: dict[str, Callable[[object], Value]] = {
    "as_of": _day,
    "since": _or_none(_day),
    "window_days": partial(_whole, least=1, most=366),
    "history_days": partial(_whole, least=7, most=3660),
    "horizon_days": partial(_whole, least=1, most=60),
    "marking": _marking,
    CORRECTION: _line_or_none,
    "site_id": _slug,
    "actor_id": _slug,
    "campaign": _or_none(_slug),
}
