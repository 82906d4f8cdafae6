"""What can go wrong, as a small tree; each message is one plain sentence that says what to do.

The command line turns the branch into its exit code: 1 the input is at fault, 2 usage,
3 a run failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

    >>> print(Fault("attacks.csv", 17, "site_id", "unknown site 'x'; add it to sites.csv"))
    attacks.csv:17: site_id: unknown site 'x'; add it to sites.csv
    """

    file: str
    line: int
    column: str
    message: str
    kind: Literal["fault", "remark"] = "fault"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.column, self.message) if part)


class RecordError(BrinkwatchError):
    """The record does not check; `faults` lists every fault."""

    exit_code = 1

    def __init__(self, faults: Sequence[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class RecordWarning(UserWarning):
    """What is remarkable about a record that can be used all the same."""


class PageWarning(UserWarning):
    """What of a notebook is not on the page, or lacks what a page should have."""


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
