"""A record that is read and checked already, handed on to other processes of the same run.

To read and check takes longer than to load what came of it, and a report that is made while
somebody edits the tables is to be of one state of them.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.record.as_of import Record

#: The environment variable that names the snapshot to be used in place of the tables.
VARIABLE = "BRINKWATCH_SNAPSHOT"


def save(record: Record, file: Path) -> None:
    """Write a record into a file, which has to lie where nobody else may write."""
    with file.open("wb") as opened:
        pickle.dump(record, opened, protocol=pickle.HIGHEST_PROTOCOL)


def load_if_any(environment: Mapping[str, str]) -> Record | None:
    """The record of the snapshot that these variables name, if they name one."""
    if not (file := environment.get(VARIABLE)):
        return None
    record = _load(Path(file))
    # Frames of its own for whoever asks; they copy what they change.
    held = {field.name: getattr(record, field.name) for field in fields(record)}
    frames = {name: each.copy(deep=False) for name, each in held.items() if hasattr(each, "copy")}
    return replace(record, **frames)


@lru_cache(maxsize=1)
def _load(file: Path) -> Record:
    with file.open("rb") as opened:
        record: Record = pickle.load(opened)
    return record
