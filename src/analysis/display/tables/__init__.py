"""The tables of the reports, one module a kind; `table` makes one of any rows."""

# ruff: noqa: F401 - what is imported here is what notebooks have

from analysis.display.tables.attacks import actor_attacks, site_attacks
from analysis.display.tables.cells import table
from analysis.display.tables.changes import changes
from analysis.display.tables.deployments import deployments
from analysis.display.tables.happened import happened
from analysis.display.tables.outlook import outlook_assumptions, outlook_scores, outlook_thresholds
from analysis.display.tables.own import of
from analysis.display.tables.record import (
    record_by_country,
    record_publishers,
    record_revisions,
    record_tallies,
)
from analysis.display.tables.strikes import actor_strikes, strike_episodes

#: What notebooks have: the functions, and not the modules in which they stand.
__all__ = [name for name, held in globals().items() if callable(held)]


def __dir__() -> list[str]:
    return __all__
