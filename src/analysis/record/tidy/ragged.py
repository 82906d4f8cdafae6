"""Rows of more or fewer fields than their header: what they lack, if only one thing can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.record.broken import fields_at_fault
from analysis.record.tables import kinds

Values = tuple[str, ...]


class Reading(NamedTuple):
    """A row with as many fields as its header, and the position where some were put in or out."""

    values: Values
    position: int
    at_end: bool


def readings(
    table: str, columns: Sequence[str], rows: Mapping[int, Sequence[str]]
) -> dict[int, list[Reading]]:
    """Return in which ways each row can be read so that each field holds what its column may.

    Parameters
    ----------
    table: a name in `TABLES`.
    columns: the header's.
    rows: the fields of rows of other lengths, by line.

    Examples
    --------
    >>> columns = ["since", "through", "targets", "kept", "note"]
    >>> span = ["2024-01-01", "", "israel", "daily"]
    >>> readings("coverage", columns, {2: span})[2]
    [Reading(values=('2024-01-01', '', 'israel', 'daily', ''), position=4, at_end=True)]
    """
    found: dict[int, list[Reading]] = {line: [] for line in rows}
    by_length: dict[int, dict[int, Sequence[str]]] = {}
    for line, fields in rows.items():
        by_length.setdefault(len(fields), {})[line] = fields
    for of_a_length in by_length.values():
        for attempt in _attempts(of_a_length, len(columns)):
            for line in _good(table, columns, attempt):
                if attempt[line].values not in {other.values for other in found[line]}:
                    found[line].append(attempt[line])
    return {line: _possible(table, columns, ways) for line, ways in found.items()}


def _attempts(rows: Mapping[int, Sequence[str]], width: int) -> Iterator[dict[int, Reading]]:
    """Yield rows of one length, all changed at the same position; that at the end comes first."""
    length = len(next(iter(rows.values())))
    for position in range(min(length, width), -1, -1):
        changed = {}
        for line, fields in rows.items():
            rest = fields[position + max(0, length - width) :]
            if any(fields[position : len(fields) - len(rest)]):
                continue  # nothing that stands there is ever dropped
            values = (*fields[:position], *[""] * (width - length), *rest)
            changed[line] = Reading(values, position, at_end=not rest)
        if changed:
            yield changed


def _good(table: str, columns: Sequence[str], attempt: Mapping[int, Reading]) -> list[int]:
    """Return the lines in which each field holds what its column may."""
    values = [reading.values for reading in attempt.values()]
    frame = pd.DataFrame(values, index=list(attempt), columns=list(columns), dtype="str")
    at_fault = fields_at_fault(table, frame.mask(frame == ""))
    wrong = {line for line, column in at_fault if column in columns}
    return [line for line in attempt if line not in wrong]


def _possible(table: str, columns: Sequence[str], ways: list[Reading]) -> list[Reading]:
    """Leave out readings in which a word of the codebook, a number or a day becomes a note."""
    if not ways or not ways[0].at_end:
        return ways
    kind = kinds(table)
    free = [at for at, name in enumerate(columns) if kind.get(name) == "text"]
    words = {
        value
        for value, name in zip(ways[0].values, columns, strict=True)
        if value and kind.get(name, "text") != "text"
    }
    others = [way for way in ways[1:] if not any(way.values[at] in words for at in free)]
    return [ways[0], *others]
