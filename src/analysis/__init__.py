"""brinkwatch: briefs on attacks on US forces, from a record that remembers when facts became known.

A notebook needs these names:

    import analysis as an

    brief = an.open_brief(as_of="2024-01-29")
    an.say.bottom_line(brief)      # sentences written from facts
    an.draw.claimants(brief)       # figures
    an.table.strikes(brief)        # tables
    an.appendix.numbers(brief)     # where each number comes from
    an.read().as_of("2023-10-24")  # the record itself, as pandas frames
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.display import appendix, draw, say, table
    from analysis.record import Known, Record, changes, read
    from analysis.reports import (
        open_actor,
        open_brief,
        open_outlook,
        open_posture,
        open_record,
        open_response,
        open_site,
    )

#: Where each public name lives; imported at first use, so that the command starts at once.
_HOMES = {
    "Known": "analysis.record",
    "Record": "analysis.record",
    "appendix": "analysis.display",
    "changes": "analysis.record",
    "draw": "analysis.display",
    "open_actor": "analysis.reports",
    "open_brief": "analysis.reports",
    "open_outlook": "analysis.reports",
    "open_posture": "analysis.reports",
    "open_record": "analysis.reports",
    "open_response": "analysis.reports",
    "open_site": "analysis.reports",
    "read": "analysis.record",
    "say": "analysis.display",
    "table": "analysis.display",
}

__all__ = [
    "Known",
    "Record",
    "appendix",
    "changes",
    "draw",
    "open_actor",
    "open_brief",
    "open_outlook",
    "open_posture",
    "open_record",
    "open_response",
    "open_site",
    "read",
    "say",
    "table",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES[name]
    if home == "analysis.display":
        return import_module(f"{home}.{name}")
    return getattr(import_module(home), name)
