"""What a report told, and what was known when it did: one side of a comparison of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.record import Known


@dataclass(frozen=True)
class Told:
    """What a report told, and what was known when it did.

    Parameters
    ----------
    facts: as facts.json has them: by name, with `value`, `unit`, `kind`, `span` and `evidence`.
    known: what was known on its as-of date, of all time, by the record as it is now.
    parameters: the values of its parameters.
    code: whatever changes with the code that made it; empty where that is not known.
    is_of_the_record: whether it was made from this very record; False where that is not known.
    came_since: the rows that its day has by now and had not when it was made, as
        :meth:`analysis.record.Record.came_since` gives them; None where that is not known.
    """

    facts: Mapping[str, Mapping[str, Any]]
    known: Known
    parameters: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    is_of_the_record: bool = False
    came_since: pd.DataFrame | None = None

    @cached_property
    def rows(self) -> frozenset[str]:
        """The rows behind any of its numbers."""
        return frozenset(row for fact in self.facts.values() for row in fact.get("evidence", ()))

    @property
    def window_days(self) -> int:
        """The length of its window."""
        return int(self.parameters.get("window_days", 7))
