"""What a report notebook opens: the record as of a day, and the facts of its page."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.display.page import Page
from analysis.measures.facts import brief_facts, state_facts
from analysis.parameters import check_together, validate
from analysis.record import between, read


def open_brief(
    as_of: str | dt.date | None = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
) -> Page:
    """Open the brief: read the record as of a day and count its facts.

    Parameters
    ----------
    as_of: the as-of date; None is the day of the newest report of an attack.
    window_days: length of the window of event dates that ends on the as-of date.
    history_days: how far back the figures go.
    marking: a label of the Traffic Light Protocol.

    Returns
    -------
    Page
        What the functions of `analysis.say`, `analysis.draw` and `analysis.table` take.

    Raises
    ------
    UsageError
        If a parameter has a value that it cannot have.
    RecordError
        If the record does not check.
    """
    record = read()
    given = {
        "as_of": as_of,
        "window_days": window_days,
        "history_days": history_days,
        "marking": marking,
    }
    contents = record.contents()
    parameters = {name: validate(name, value, contents) for name, value in given.items()}
    check_together(parameters)
    day, window = pd.Timestamp(str(parameters["as_of"])), pd.Timedelta(days=window_days)
    known, earlier = record.as_of(day), record.as_of(day - window)
    changes = between(earlier, known)
    return Page(
        report="brief",
        title="US forces under fire in the Middle East",
        parameters=parameters,
        known=known,
        earlier=earlier,
        changes=changes,
        facts=brief_facts(known, changes, window_days),
        earlier_facts=state_facts(earlier, window_days),
    )
