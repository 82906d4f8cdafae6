"""What a report notebook opens: the record as of a day, and the facts of its page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.display.page import Page
from analysis.measures.fact import Fact
from analysis.measures.facts import brief_facts, state_facts
from analysis.parameters import Value, check_together, validate
from analysis.record import Known, between, read

#: How an as-of date is given to a report.
Day = str | dt.date | None


def open_brief(
    as_of: Day = None,
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
    days = _opened(as_of=as_of, window_days=window_days, history_days=history_days, marking=marking)
    return _page(
        days,
        report="brief",
        title="US forces under fire in the Middle East",
        facts=brief_facts(days.known, days.changes, window_days),
        earlier_facts=state_facts(days.earlier, window_days),
    )


def open_posture(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
) -> Page:
    """Open the report on US forces in the region; parameters, return and errors as the brief's."""
    from analysis.measures.facts.posture import posture_report_facts, posture_state_facts

    days = _opened(as_of=as_of, window_days=window_days, history_days=history_days, marking=marking)
    return _page(
        days,
        report="posture",
        title="US forces in the Middle East",
        facts=posture_report_facts(days.known, window_days),
        earlier_facts=posture_state_facts(days.earlier, window_days),
    )


def open_response(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
) -> Page:
    """Open the report on the attack rate after US strikes; parameters, return and errors as the
    brief's, but that `window_days` is also the length of the spans before and after a strike.
    """
    from analysis.measures.facts.response_report import response_report_facts, response_state_facts

    days = _opened(as_of=as_of, window_days=window_days, history_days=history_days, marking=marking)
    return _page(
        days,
        report="response",
        title="Attacks before and after US strikes",
        facts=response_report_facts(days.known, window_days),
        earlier_facts=response_state_facts(days.earlier, window_days),
    )


def open_site(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
    site_id: str = "ain-al-asad",
) -> Page:
    """Open the report on one site; other parameters, return and errors as the brief's.

    Parameters
    ----------
    site_id: key of sites.csv.
    """
    from analysis.display.say.site_report import title
    from analysis.measures.facts.site import site_facts

    days = _opened(
        as_of=as_of,
        window_days=window_days,
        history_days=history_days,
        marking=marking,
        site_id=site_id,
    )
    return _page(
        days,
        report="site",
        title=title(days.known, site_id),
        facts=site_facts(days.known, site_id, window_days),
        earlier_facts=site_facts(days.earlier, site_id, window_days),
    )


def open_outlook(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
    horizon_days: int = 7,
) -> Page:
    """Open the report on the coming days; other parameters, return and errors as the brief's.

    Parameters
    ----------
    horizon_days: how many days ahead the forecast looks.
    """
    from analysis.measures.facts.outlook import outlook_facts

    days = _opened(
        as_of=as_of,
        window_days=window_days,
        history_days=history_days,
        marking=marking,
        horizon_days=horizon_days,
    )
    return _page(
        days,
        report="outlook",
        title="What the coming days may bring",
        facts=outlook_facts(days.known, int(str(days.parameters["horizon_days"]))),
        earlier_facts={},
    )


def open_record(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
) -> Page:
    """Open the report on the record itself; parameters, return and errors as the brief's."""
    from analysis.measures.facts.completeness import record_report_facts

    days = _opened(as_of=as_of, window_days=window_days, history_days=history_days, marking=marking)
    return _page(
        days,
        report="record",
        title="How complete the record is",
        facts=record_report_facts(days.known, window_days),
        earlier_facts=record_report_facts(days.earlier, window_days),
    )


def open_actor(
    as_of: Day = None,
    window_days: int = 7,
    history_days: int = 120,
    marking: str = "TLP:CLEAR",
    actor_id: str = "islamic-resistance-in-iraq",
) -> Page:
    """Open the report on one group; other parameters, return and errors as the brief's.

    Parameters
    ----------
    actor_id: key of actors.csv.
    """
    from analysis.measures.facts.actor import actor_facts, actor_state_facts

    days = _opened(
        as_of=as_of,
        window_days=window_days,
        history_days=history_days,
        marking=marking,
        actor_id=actor_id,
    )
    return _page(
        days,
        report="actor",
        title=f"{days.known.actor_names().get(actor_id, actor_id)}: attacks and strikes",
        facts=actor_facts(days.known, actor_id, window_days),
        earlier_facts=actor_state_facts(days.earlier, actor_id, window_days),
    )


@dataclass(frozen=True)
class _Days:
    """The record on the as-of date and one window before, and the parameters as checked."""

    parameters: dict[str, Value]
    known: Known
    earlier: Known
    changes: pd.DataFrame


def _opened(**given: object) -> _Days:
    """Check the parameters of a report and read the record as of its day."""
    record = read()
    contents = record.contents()
    parameters = {name: validate(name, value, contents) for name, value in given.items()}
    check_together(parameters)
    day = pd.Timestamp(str(parameters["as_of"]))
    window = pd.Timedelta(days=int(str(parameters["window_days"])))
    known, earlier = record.as_of(day), record.as_of(day - window)
    return _Days(parameters, known, earlier, between(earlier, known))


def _page(
    days: _Days, report: str, title: str, facts: dict[str, Fact], earlier_facts: dict[str, Fact]
) -> Page:
    """The page of a report; `earlier_facts` are what its key figures are compared with."""
    return Page(
        report=report,
        title=title,
        parameters=days.parameters,
        known=days.known,
        earlier=days.earlier,
        changes=days.changes,
        facts=facts,
        earlier_facts=earlier_facts,
    )
