"""One TOML file: its content, the line on which each key stands, and its values in their types.

`tomllib` tells no lines. But it knows where a statement ends: lines are put together until they
make sense alone, and what they hold is the key that starts on the first of them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import Fault, RecordError

#: Where a value stands: names of keys, and the number of an entry where there are several.
Place = tuple[str | int, ...]

#: Reads one value: returns it in its type, or raises a ValueError that says what would be right.
Rule = Callable[[Any], Any]


class Note(NamedTuple):
    """What is wrong, where."""

    place: Place
    message: str


#: How quotation marks come out of mails and word processors.
_CURLY = re.compile("[\u201c-\u201f\u2018-\u201b\u00ab\u00bb]")

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_toml(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """Return the content of a TOML file, and the line of each table and key.

    Raises
    ------
    RecordError
        If the file cannot be read or is no TOML; of that only the first fault can be told.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as reason:
        raise RecordError([Fault(path.name, 0, "", f"{reason.strerror} ({path})")]) from None
    except UnicodeDecodeError as reason:
        line = reason.object.count(b"\n", 0, reason.start) + 1
        raise RecordError([Fault(path.name, line, "", "the line is not in UTF-8")]) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise RecordError([_syntax_fault(path.name, text, str(reason))]) from None
    return content, dict(_lines(text))


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """Return the line of a value; of what it is part of where it has none of its own.

    >>> line_of(("mail", "port"), {("mail",): 7})
    7
    """
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0)


def dotted(place: Place) -> str:
    """Return a place as one would say it.

    >>> dotted(("schedule", 1, "parameters", "marking"))
    'schedule.parameters.marking'
    """
    return ".".join(part for part in place if isinstance(part, str))


def read_values(
    raw: Mapping[str, Any],
    rules: Mapping[str, Rule],
    required: Collection[str],
    place: Place,
    notes: list[Note],
) -> dict[str, Any]:
    """Return the values of a table that can be read, in their types; note what is wrong.

    Keys without a rule are left alone.

    >>> notes: list[Note] = []
    >>> read_values({"port": "25", "host": 1}, {"port": int, "name": str}, ["name"], (), notes)
    {'port': 25}
    >>> notes
    [Note(place=('name',), message='this key is missing')]
    """
    values = {}
    for key, rule in rules.items():
        if key not in raw:
            if key in required:
                notes.append(Note((*place, key), "this key is missing"))
            continue
        try:
            values[key] = rule(raw[key])
        except ValueError as reason:
            notes.append(Note((*place, key), str(reason)))
    return values


def _syntax_fault(file: str, text: str, message: str) -> Fault:
    position = _POSITION.search(message)
    at_the_end = text.rstrip().count("\n") + 1
    line = int(position[1]) if position and position[1] else at_the_end
    what = _POSITION.sub("", message)
    curly = _CURLY.search(text.split("\n")[line - 1])
    right = f"; write quotation marks straight, not {curly[0]}" if curly else ""
    return Fault(file, line, "", f"this is not TOML: {what[:1].lower()}{what[1:]}{right}")


def _lines(text: str) -> Iterator[tuple[Place, int]]:
    """Place and first line of every table and key of a text that is TOML."""
    entries: Counter[Place] = Counter()
    table: Place = ()
    first, statement = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        statement += f"{line}\n"
        try:
            held = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if held and statement.lstrip().startswith("["):
            table = _table(held, entries)
            yield table, first
        else:
            yield from ((table + place, first) for place in _places(held))
        first, statement = number + 1, ""


def _table(header: dict[str, Any], entries: Counter[Place]) -> Place:
    """The place of the table that a header opens, counted among those of its name."""
    place: Place = ()
    held: Any = header
    while isinstance(held, dict) and held:
        ((name, held),) = held.items()
        place = (*place, name)
        if held == [{}]:
            entries[place] += 1
        if place in entries:
            place = (*place, entries[place] - 1)
    return place


def _places(held: dict[str, Any]) -> Iterator[Place]:
    for name, value in held.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, *place) for place in _places(value))
