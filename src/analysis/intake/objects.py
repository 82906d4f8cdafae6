"""Rows of a file in JSON: objects in a list, in an answer of a service, on a map, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.errors import UsageError

#: Where services hold the rows of an answer.
_ROWS_IN = ("data", "Result", "results", "result", "features", "events", "rows")


def objects(text: str) -> list[dict[str, str]]:
    """The objects of a text, each with its fields as text.

    Raises
    ------
    UsageError
        If it is no JSON, or holds no list of objects.
    """
    held = _json(text)
    while isinstance(held, dict):
        inner = next((held[key] for key in _ROWS_IN if isinstance(held.get(key), list)), None)
        held = [held] if inner is None else inner
    rows = [_flat(one) for one in held if isinstance(one, dict)]
    if not rows:
        raise UsageError(f"No list of objects in the JSON; give one, or one in {_ROWS_IN[0]!r}.")
    return rows


def _json(text: str) -> Any:
    """What a text in JSON holds; of a text with an object on each line a list of these."""
    try:
        return json.loads(text)
    except ValueError as reason:
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines[1:] or not all(line.lstrip().startswith("{") for line in lines):
            raise UsageError(f"This begins like JSON but is none: {reason}.") from None
    held = []
    for number, line in enumerate(lines, start=1):
        try:
            held.append(json.loads(line))
        except ValueError as reason:
            where = f"Object {number} of a file with one on each line"
            raise UsageError(f"{where} is no JSON: {reason}.") from None
    return held


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """An object's fields as text; what stands in `properties`, as maps have it, among them."""
    properties = row.get("properties")
    own = {key: value for key, value in row.items() if key not in ("properties", "geometry")}
    among = properties if isinstance(properties, dict) else {}
    merged = {**_position(row.get("geometry")), **own, **among}
    return {name: shown(value) for name, value in _leaves(merged)}


def _leaves(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of an object and of those in it, which have its name and a dot before theirs."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _leaves(_position(value) or value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _position(geometry: object) -> dict[str, Any]:
    """The coordinates of a point as maps have it; nothing where it is none."""
    match geometry:
        case {"type": "Point", "coordinates": [longitude, latitude, *_]} | {
            "type": "MultiPoint",
            "coordinates": [[longitude, latitude, *_]],
        }:
            return {"longitude": longitude, "latitude": latitude}
    return {}


def shown(value: object) -> str:
    """A value as a person would write it into a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
