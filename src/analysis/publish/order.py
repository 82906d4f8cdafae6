"""What to make: a report, its parameters and the folders; light, for whoever only orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.checkout import CHECKOUT


@dataclass(frozen=True)
class Order:
    """What to make, from what, and where to publish it.

    Parameters
    ----------
    report: name of the report, which is the name of its notebook.
    parameters: values by name for those that should not be the notebook's defaults, as typed.
    data, reports, notebooks: folders of the record, of the archive and of the reports.
    force: make it even if what is published was made from the same inputs.
    today: the day it is for whoever orders. A later as-of date is refused, a day's grace given; no
        byte of what is made depends on it. None where it does not matter.
    """

    report: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    data: Path = CHECKOUT / "data"
    reports: Path = CHECKOUT / "reports"
    notebooks: Path = CHECKOUT / "notebooks"
    force: bool = False
    today: dt.date | None = field(default=None, compare=False)

    @property
    def comments(self) -> Path:
        """The folder of analysts' comments, beside that of the notebooks."""
        return self.notebooks.parent / "comments"
