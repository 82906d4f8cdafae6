"""What `brinkwatch record intake` does with its file: read, compare, tell or write a sheet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from analysis.errors import UsageError
from analysis.intake.candidates import candidates, known_attacks
from analysis.intake.decided import DESK, linked, undecided
from analysis.intake.events import read_events
from analysis.intake.telling import as_json, as_text
from analysis.record import read
from analysis.toml_text import read_toml


def intake(
    file: Path,
    mapping: Path | None,
    to: Path | None,
    as_for_machines: bool,
    data: Path,
    again: bool = False,
) -> Iterator[str]:
    """Read a file of others and say what its events are to the record.

    Parameters
    ----------
    file: CSV, a sheet or JSON; `-` for standard input.
    mapping: a TOML file that says which column holds what; None where the form is known.
    to: the sheet for review to be written, if any; then only the numbers are told.
    as_for_machines: tell everything as JSON.
    data: the folder of the record.
    again: also what was decided before and says nothing else now.

    Raises
    ------
    RecordError
        If the record does not check.
    UsageError
        If the file cannot be read as events.
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else _bytes(file)
    said = read_toml(mapping)[0] if mapping is not None else None
    record = read(data)
    desk = data.parent / DESK
    found = candidates(linked(read_events(content, said), desk), record)
    left = found.index[undecided(found, desk) | again]
    decided = len(found) - len(left)
    found = found.loc[left]
    if to is not None:
        from analysis.intake.review import write

        write(found, record, to)
    if as_for_machines:
        yield as_json(found)
        return
    lines = as_text(found, known_attacks(record))
    yield next(lines)
    if decided:
        yield f"{decided:,} more were decided before and say the same; --again has them, too."
    if to is not None:
        yield f"Review {to}, then: brinkwatch record accept {to}"
        return
    yield from lines


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as reason:
        raise UsageError(f"{file}: {reason.strerror}; name a file that can be read.") from None
