"""What a value of the configuration may be: one rule a kind, the typed value or why not.

A rule takes what TOML holds and returns the value that `config` keeps, or raises ValueError with
a reason. No reason repeats a value that could be a secret.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import zoneinfo
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError

from analysis.parameters import known
from analysis.schedule import triggers
from analysis.schedule.clock import Span
from analysis.schedule.triggers import Trigger
from analysis.toml_text import Rule

#: Names by which a machine knows its own zone, or that are rules and no zone; and the folders in
#: which some machines have all zones once more, one of them by another count of seconds.
OF_THE_MACHINE = ("localtime", "posixrules", "Factory")
_AGAIN = ("right/", "posix/")

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?")
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
                   r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")  # fmt: skip
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?P<host>[A-Za-z0-9.-]+)")
_SENDER = re.compile(r"(?:(?P<name>[^<>]+) )?<(?P<address>[^<>]+)>")
_LONGEST_SHOWN = 60


def text(value: object) -> str:
    """One line of text, without control characters and white space at its ends."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{shown(value)} is not a text")
    if not value.isprintable() or value != value.strip():
        raise ValueError(f"{shown(value)} has a control character or white space at its ends")
    return value


def whole(value: object, *, least: int, most: int) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{shown(value)} is not a whole number from {least} to {most}")
    return value


def one_of(value: object, *, names: Sequence[str]) -> str:
    """One of a few words."""
    if value not in names:
        raise ValueError(f"{shown(value)} cannot be; give one of {', '.join(names)}")
    return str(value)


def several(value: object, *, each: Rule) -> tuple[Any, ...]:
    """A list of at least one value, none of them twice."""
    if not isinstance(value, list) or not value:
        raise ValueError(f'{shown(value)} is not a list; write it as ["one", "two"]')
    found = tuple(each(item) for item in value)
    for item in found:
        if found.count(item) > 1:
            raise ValueError(f"{shown(item)} is there more than once")
    return found


def slug(value: object) -> str:
    """A name of lower-case letters, digits and hyphens."""
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a name; names are such as morning-brief")
    return value


def cron(value: object) -> str:
    """A cron expression that comes round; fields as in Debian's cron."""
    fields = "minute, hour, day of month, month, day of week, such as '0 6 * * *'"
    expression = text(value)
    if len(expression.split()) != 5:
        raise ValueError(f"{shown(value)} has not five fields; give {fields}")
    try:
        next(CronSim(expression, dt.datetime(2024, 1, 1)))
    except CronSimError as reason:
        what = str(reason).lower().replace("bad ", "the field is wrong: ")
        raise ValueError(f"{shown(value)}: {what}; give {fields}") from None
    except StopIteration:
        raise ValueError(f"{shown(value)} never comes round") from None
    return expression


def timezone(value: object) -> str:
    """A time zone of the tz database, the same one on every machine."""
    name = text(value)
    try:
        if name in OF_THE_MACHINE or name.startswith(_AGAIN):
            raise ValueError(name)
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        named = sorted(zoneinfo.available_timezones().difference(OF_THE_MACHINE))
        zones = known(name.removeprefix("right/").removeprefix("posix/"), named).split("?")
        meant = f"{zones[0]}?" if len(zones) > 1 else "names are such as America/New_York"
        raise ValueError(f"unknown time zone {shown(value)}; {meant}") from None
    return name


def day(value: object) -> dt.date:
    """A date since the record starts."""
    try:
        found = dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if isinstance(found, dt.datetime) or not isinstance(found, dt.date):
        raise ValueError(f"{shown(value)} is not a date; write it as YYYY-MM-DD")
    return found


def time_of_day(value: object) -> dt.time:
    """A time of day, to the minute.

    >>> time_of_day("07:00")
    datetime.time(7, 0)
    """
    found = None
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value, re.ASCII):
        with suppress(ValueError):
            found = dt.time.fromisoformat(value)
    if found is None:
        raise ValueError(f"{shown(value)} is not a time of day; write it as 07:00")
    return found


def part_of_a_day(value: object) -> Span:
    """From a time of day to another.

    >>> str(part_of_a_day("22:00-06:00"))
    '22:00-06:00'
    """
    ends = value.split("-") if isinstance(value, str) else []
    try:
        begins, ends_at = map(time_of_day, ends)
    except ValueError:
        raise ValueError(
            f"{shown(value)} is not a part of a day; write it as 22:00-06:00"
        ) from None
    if begins == ends_at:
        raise ValueError(f"{shown(value)} begins when it ends")
    return Span(begins, ends_at)


def trigger(value: object) -> Trigger:
    """A condition over facts."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{shown(value)} is no condition, such as attacks_window >= 10")
    return triggers.parse(value)


def duration(value: object, *, most: str = "366d") -> dt.timedelta:
    """A span of time, at least a second.

    >>> duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not match:
        raise ValueError(f"{shown(value)} is not a span of time; write it as 30s, 10m, 2h or 1d")
    span = _span(match)
    longest = _DURATION.fullmatch(most)
    assert longest is not None
    if not dt.timedelta() < span <= _span(longest):
        raise ValueError(f"{shown(value)} is not from 1s to {most}")
    return span


def _span(match: re.Match[str]) -> dt.timedelta:
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def written(span: dt.timedelta) -> str:
    """A span of time as the configuration has it.

    >>> written(duration("1d90m"))
    '1d1h30m'
    """
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"d": span.days, "h": hours, "m": minutes, "s": seconds}
    return "".join(f"{number}{unit}" for unit, number in parts.items() if number)


def _why_not(name: str) -> str:
    """What is said of a name that is a mail address to few servers only."""
    if name.isascii():
        return ""
    return "; letters before the @ that are not ASCII need servers with SMTPUTF8, which is not used"


def address(value: object) -> str:
    """A mail address, the address alone; its domain as the network has it.

    >>> address("leser@bücher.example")
    'leser@xn--bcher-kva.example'
    """
    name, _, domain = value.rpartition("@") if isinstance(value, str) else ("", "", "")
    plain = f"{name}@{in_ascii(domain)}"
    match = _ADDRESS.fullmatch(plain)
    if not match or not _HOST.fullmatch(match["host"]):
        raise ValueError(
            f"{shown(value)} is not a mail address, such as reader@example.org{_why_not(name)}"
        )
    return plain


def in_ascii(domain: str) -> str:
    """A domain as the network has it; one that cannot be one as it is.

    >>> in_ascii("bücher.example"), in_ascii("b cher.example"), in_ascii("Example.org")
    ('xn--bcher-kva.example', 'b cher.example', 'Example.org')
    """
    if domain.isascii():
        return domain
    # Its tables load slowly, and hardly any domain needs them.
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def sender(value: object) -> str:
    """A mail address, with or without a name: ``Desk <desk@example.org>``."""
    match = _SENDER.fullmatch(text(value))
    if match:
        return f"{match['name'] or ''} <{address(match['address'])}>".lstrip()
    return address(value)


def host(value: object) -> str:
    """The name or the number of a machine."""
    try:
        return str(ipaddress.ip_address(text(value)))
    except ValueError:
        pass
    plain = in_ascii(text(value))
    if not _HOST.fullmatch(plain):
        raise ValueError("this is not the name of a machine, such as smtp.example.org")
    return plain


def link(value: object, *, schemes: Sequence[str]) -> str:
    """A complete link, without a password in it."""
    link = text(value)
    parts = urlsplit(link)
    plain = link.isascii() and not set(' <>"') & set(link)
    if parts.scheme not in schemes or not plain or not (parts.netloc or parts.path):
        raise ValueError(f"this is not a link that begins with {' or '.join(schemes)}")
    if parts.scheme != "mailto" and (parts.username or parts.password or not parts.hostname):
        raise ValueError("the link must name a machine, and neither user nor password")
    if parts.scheme == "mailto":
        address(parts.path)
    return link


def file(value: object) -> Path:
    """The name of a file; one that begins with ~ is in a home."""
    try:
        return Path(text(value)).expanduser()
    except RuntimeError:
        raise ValueError(f"{shown(value)} is in a home that is not known; name it whole") from None


def command(value: object) -> tuple[str, ...]:
    """A program and its arguments, each a text; no shell reads them."""
    if not isinstance(value, list) or not value:
        raise ValueError(f'{shown(value)} is no command; write it as ["program", "argument"]')
    return tuple(text(word) for word in value)


def variable(value: object) -> str:
    """The name of an environment variable; nothing that could be the secret is repeated."""
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError(
            "this is not the name of an environment variable, such as BRINKWATCH_SMTP_PASSWORD; "
            "the secret itself does not belong in this file"
        )
    return value


def table(value: object) -> dict[str, object]:
    """Names and values."""
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not a table")
    return value


def choices(value: object) -> dict[str, tuple[object, ...]]:
    """Names, and of each the values that it may have: one, or a list of them.

    >>> choices({"site_id": ["al-tanf", "erbil"], "window_days": 7})
    {'site_id': ('al-tanf', 'erbil'), 'window_days': (7,)}
    """
    found = {}
    for name, one in table(value).items():
        each = one if isinstance(one, list) else [one]
        if not each or any(isinstance(item, (list, dict)) for item in each):
            raise ValueError(f"{name} is {shown(one)}; give one value, or a list of values")
        found[name] = tuple(each)
    return found


def is_loopback(host: str) -> bool:
    """Whether a name or number is that of this machine, whatever a server of names says.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("example.org")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown(value: object) -> str:
    """A value as a message shows it: one line, cut where long."""
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


count = partial(whole, least=0, most=100_000)
