"""What can go wrong, as a small tree; each message is one plain sentence that says what to do.

The command line turns the branch into its exit code: 1 the input is at fault, 2 usage,
3 a run failed.
"""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal


class BrinkwatchError(Exception):
    """Any error that brinkwatch raises on purpose."""

    exit_code = 3


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with the record, where it stands and what would be right.

    Parameters
    ----------
    file: name of the table's file, such as ``attacks.csv``.
    line: line of that file as an editor counts it, from 1, of a Parquet file the row; 0 for the
        file as a whole.
    column: name of the column, empty where the fault is not one column's.
    message: what is wrong, what would be right.
    kind: a fault, for which a record is refused, or a remark, for which it is not.
    tidy: whether `brinkwatch record tidy` mends it.
    more: how many faults like this one there are further down, which are not told one by one.

    >>> print(Fault("attacks.csv", 17, "site_id", "unknown site 'x'; add it to sites.csv"))
    attacks.csv:17: site_id: unknown site 'x'; add it to sites.csv
    """

    file: str
    line: int
    column: str
    message: str
    kind: Literal["fault", "remark"] = "fault"
    tidy: bool = False
    more: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.column, self.message) if part)


#: So many faults of a kind are told one by one; of more than that, these first ones.
_MANY, _FIRST = 20, 5

#: What differs between faults that are alike: values and numbers.
_PARTICULARS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?:0x|U\+)?[0-9][0-9A-F,]*""")


def told(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield faults as lines for people, those that are alike together.

    What `brinkwatch record tidy` mends is one line a kind; of other kinds the first ones stand for
    very many.

    Examples
    --------
    >>> dates = [Fault("sites.csv", n, "lat", f"'{n}.0' is a decimal", tidy=True) for n in (2, 5)]
    >>> list(told(dates))
    ["sites.csv:2: lat: '2.0' is a decimal (the first of 2 like this)"]
    """
    listed = list(faults)
    alike: dict[tuple[str, str, str, bool], list[Fault]] = {}
    for fault in listed:
        alike.setdefault(_kind(fault), []).append(fault)
    lines = {kind: _as_lines(of_a_kind) for kind, of_a_kind in alike.items()}
    for fault in listed:  # each kind has a line at most for each of its faults
        yield from islice(lines[_kind(fault)], 1)


def _kind(fault: Fault) -> tuple[str, str, str, bool]:
    return fault.file, fault.column, _PARTICULARS.sub("…", fault.message), fault.tidy


def _as_lines(alike: Sequence[Fault]) -> Iterator[str]:
    first, number = alike[0], len(alike) + sum(fault.more for fault in alike)
    if number > 1 and first.tidy:
        yield f"{first} (the first of {number:,} like this)"
    elif number > _MANY:
        yield from map(str, alike[:_FIRST])
        where = ": ".join(part for part in (first.file, first.column) if part)
        yield f"{where}: and {number - _FIRST:,} more like this"
    else:
        yield from map(str, alike)


class RecordError(BrinkwatchError):
    """The record does not check; `faults` lists every fault."""

    exit_code = 1

    def __init__(self, faults: Sequence[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(told(self.faults)))


class RecordWarning(UserWarning):
    """What is remarkable about a record that can be used all the same."""


class PageWarning(UserWarning):
    """What of a notebook is not on the page, or lacks what a page should have."""


class WaitWarning(UserWarning):
    """What is waited for, and who holds it."""


class UsageError(BrinkwatchError):
    """An unknown report or parameter, or a value that a parameter cannot have."""

    exit_code = 2


class RunError(BrinkwatchError):
    """A report could not be made; the archive is as it was.

    `notebook` is where the half-run notebook was kept, if there is one.
    """

    exit_code = 3

    def __init__(self, message: str, notebook: Path | None = None):
        self.notebook = notebook
        super().__init__(message)


def stopped_by(error: OSError) -> str:
    """What is said where the machine stopped a run; of a full disk, where to make room."""
    where = f" ({error.filename})" if error.filename else ""
    said = f"The machine stopped the run: {error.strerror or error}{where}."
    if error.errno not in (errno.ENOSPC, errno.EDQUOT) or error.filename:
        return said
    return (
        f"{said} Reports are made in {tempfile.gettempdir()} (TMPDIR names another folder) "
        "and then put into the archive; make room there."
    )
