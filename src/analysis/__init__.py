"""brinkwatch: briefs on attacks on US forces, from a record that remembers when facts became known.

A notebook needs these names:

    import analysis as an

    brief = an.open("brief", as_of="2024-01-29")
    an.say.bottom_line(brief)      # sentences written from facts
    an.draw.claimants(brief)       # figures
    an.table.happened(brief)       # tables
    an.figure(draw, title=…)       # a figure of one's own, and an.table.of(frame, …) a table
    an.appendix.numbers(brief)     # where each number comes from
    an.read().as_of("2023-10-24")  # the record itself, as pandas frames
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.display import appendix, draw, say
    from analysis.display import tables as table
    from analysis.display.draw.own import figure
    from analysis.record import Known, Record, changes, read
    from analysis.reports import open_report as open

#: Where each public name lives: a module, and its name there, empty for the module itself. It is
#: imported at first use, so that the command starts at once.
_HOMES = {
    "Known": ("analysis.record", "Known"),
    "Record": ("analysis.record", "Record"),
    "appendix": ("analysis.display.appendix", ""),
    "changes": ("analysis.record", "changes"),
    "draw": ("analysis.display.draw", ""),
    "figure": ("analysis.display.draw.own", "figure"),
    "open": ("analysis.reports", "open_report"),
    "read": ("analysis.record", "read"),
    "say": ("analysis.display.say", ""),
    "table": ("analysis.display.tables", ""),
}

__all__ = [
    "Known",
    "Record",
    "appendix",
    "changes",
    "draw",
    "figure",
    "open",
    "read",
    "say",
    "table",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, of_module = _HOMES[name]
    home = import_module(module)
    return getattr(home, of_module) if of_module else home


def __dir__() -> list[str]:
    return __all__
