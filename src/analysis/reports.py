"""What a report notebook opens: the record as of a day, and the facts of its page.

`REPORTS` says of each report what it is called, which facts its page states and which of them its
key figures compare with an earlier day; everything else is the same for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis import laboratory
from analysis.comments import comment_on
from analysis.display.in_notebooks import prepare
from analysis.display.page import Page, remember
from analysis.display.places import place_of
from analysis.errors import UsageError
from analysis.measures import actors, sites
from analysis.measures.attacks import targets_with
from analysis.measures.coverage import as_kept, of_window
from analysis.measures.fact import Fact
from analysis.measures.facts import brief_facts, compared_facts
from analysis.measures.facts.actor import actor_compared_facts, actor_facts
from analysis.measures.facts.attacks import campaign_facts
from analysis.measures.facts.completeness import record_compared_facts, record_report_facts
from analysis.measures.facts.outlook import outlook_facts
from analysis.measures.facts.posture import posture_compared_facts, posture_report_facts
from analysis.measures.facts.response_report import response_compared_facts, response_report_facts
from analysis.measures.facts.site import site_compared_facts, site_facts
from analysis.measures.learned import of_the_campaign
from analysis.parameters import CORRECTION, check_together, known, validate
from analysis.record import Known, between, read

#: Values of a report's parameters by name, each in its type.
Values = Mapping[str, Any]

#: What every report may be given, and what it takes where it is not.
PARAMETERS: Values = {
    "as_of": None,
    "campaign": None,
    "window_days": 7,
    "history_days": 120,
    "marking": "TLP:CLEAR",
    CORRECTION: None,
}

Facts = dict[str, Fact]


@dataclass(frozen=True)
class Days:
    """The record on the as-of date and one window before, and the parameters as checked.

    `changes` is what the record learned since `then`; see :func:`analysis.record.changes`.
    """

    values: Values
    known: Known
    earlier: Known
    then: Known
    changes: pd.DataFrame


@dataclass(frozen=True)
class Report:
    """What a report is.

    Parameters
    ----------
    title: what its readers call it.
    facts: the facts of its page.
    earlier: those of the earlier day that key figures are compared with, and no others: a fact
        with a title can be one.
    targets: those that it is about: how well these were kept decides what it states.
    further: its parameters besides those of all reports, with their defaults; without one where
        the value is None.
    """

    title: Callable[[Days], str]
    facts: Callable[[Days], Facts]
    earlier: Callable[[Known, Values], Facts]
    targets: Callable[[Days], tuple[str, ...]] = lambda days: days.known.campaign.targets
    further: Values = field(default_factory=dict)


def open_report(report: str, *, title: str | None = None, **given: object) -> Page:
    """Open a report: read the record as of a day and count the facts of its page.

    Parameters
    ----------
    report: its name, one of :data:`REPORTS`.
    title: of a report of one's own, which has the facts of the brief and whatever parameters its
        notebook gives it.
    given: values of its parameters, as typed or in their types: `as_of` (None is the day of the
        newest report of an attack), `campaign` (a key of campaigns.toml; None is the newest that
        was known and had begun), `window_days` (length of the window of event dates that ends on
        the as-of date), `history_days` (how far back figures go), `marking` (a label of the Traffic
        Light Protocol), `correction` (what a later edition says of the one before; every run of
        `brinkwatch` works it out), and what the report takes besides: `since` (from when changes
        are counted; None is one window before), `site_id`, `actor_id`, `horizon_days`.

    Returns
    -------
    Page
        What the functions of `analysis.say`, `analysis.draw` and `analysis.table` take.

    Raises
    ------
    UsageError
        If there is no such report or parameter, or a value cannot be.
    RecordError
        If the record does not check.

    Examples
    --------
    >>> page = open_report("brief", as_of="2023-10-24")
    >>> page.value("attacks_official")
    13
    """
    wanted = REPORTS.get(report) or _own(report, title, given)
    prepare()
    days = _opened(report, {**PARAMETERS, **wanted.further}, given)
    targets, window = wanted.targets(days), _window(days.values)
    kept = of_window(days.known, days.values["window_days"], targets)
    facts = {**campaign_facts(days.known, kept), **wanted.facts(days)}
    earlier = as_kept(wanted.earlier(days.earlier, days.values), days.earlier, window, targets)
    page = Page(
        report=report,
        title=title or wanted.title(days),
        parameters=days.values,
        known=days.known,
        earlier=days.earlier,
        then=days.then,
        changes=days.changes,
        facts=as_kept(facts, days.known, window, targets),
        earlier_facts=earlier,
        facts_then=earlier
        if days.then is days.earlier
        else as_kept(wanted.earlier(days.then, days.values), days.then, window, targets),
        targets=targets,
        comment=comment_on(report, f"{days.values['as_of']:%Y-%m-%d}"),
    )
    return remember(page)


def _own(report: str, title: str | None, given: Values) -> Report:
    """A report that is only its notebook: the facts of the brief, under a title of its own."""
    if title is None:
        raise UsageError(
            f"Unknown report {report!r}; {known(report, REPORTS)}. A report of your own takes a "
            f"title: an.open({report!r}, title=…)."
        )
    further = {name: None for name in given if name not in PARAMETERS}
    return replace(REPORTS["brief"], title=_titled(title), further=further)


def _window(values: Values) -> int:
    """The days that a report counts attacks in: those of the window, or as many as it forecasts."""
    return int(values.get("horizon_days", values["window_days"]))


def _opened(report: str, defaults: Values, given: Mapping[str, object]) -> Days:
    """Check the parameters of a report and read the record as of its day."""
    for name in given:
        if name not in defaults:
            raise UsageError(f"The report {report!r} has no parameter {name!r}; "
                             f"{known(name, defaults)}.")  # fmt: skip
    record = read()
    contents = record.contents()
    if given.get("as_of") is None and (of_session := os.environ.get(laboratory.VARIABLE)):
        given = {**given, "as_of": of_session}
    values: Values = {
        name: validate(name, value, contents) for name, value in {**defaults, **given}.items()
    }
    check_together(values, contents)
    day = pd.Timestamp(values["as_of"])
    now = record.as_of(day).of(values["campaign"])
    window = pd.Timedelta(days=values["window_days"])
    earlier = record.as_of(day - window).of(now.campaign)
    asked = values.get("since")
    then = record.as_of(pd.Timestamp(asked)).of(now.campaign) if asked else earlier
    learned = of_the_campaign(now, between(then, now))
    return Days(values, now, earlier, then, learned)


def _titled(title: str) -> Callable[[Days], str]:
    return lambda days: title


def _actor_title(days: Days) -> str:
    actor = days.values["actor_id"]
    return f"{days.known.actor_names().get(actor, actor)}: attacks and strikes"


#: The reports by name; each is the notebook of that name.
REPORTS: Mapping[str, Report] = {
    "brief": Report(
        title=lambda days: days.known.campaign.title,
        facts=lambda days: brief_facts(days.known, days.changes, days.values["window_days"]),
        earlier=lambda known, values: compared_facts(known, values["window_days"]),
        further={"since": None},
    ),
    "site": Report(
        title=lambda days: f"Attacks {place_of(days.known, days.values['site_id'])}",
        facts=lambda days: site_facts(
            days.known, days.values["site_id"], days.values["window_days"]
        ),
        earlier=lambda known, values: site_compared_facts(
            known, values["site_id"], values["window_days"]
        ),
        targets=lambda days: targets_with(
            days.known, sites.at_site(days.known, days.values["site_id"])
        ),
        further={"site_id": None},
    ),
    "actor": Report(
        title=_actor_title,
        facts=lambda days: actor_facts(
            days.known, days.values["actor_id"], days.values["window_days"]
        ),
        earlier=lambda known, values: actor_compared_facts(
            known, values["actor_id"], values["window_days"]
        ),
        targets=lambda days: targets_with(
            days.known, actors.named_for(days.known, days.values["actor_id"])
        ),
        further={"actor_id": None},
    ),
    "response": Report(
        title=_titled("Attacks before and after US strikes"),
        facts=lambda days: response_report_facts(days.known, days.values["window_days"]),
        earlier=lambda known, values: response_compared_facts(known, values["window_days"]),
    ),
    "posture": Report(
        title=_titled("US forces in the Middle East"),
        facts=lambda days: posture_report_facts(days.known, days.values["window_days"]),
        earlier=lambda known, values: posture_compared_facts(known, values["window_days"]),
    ),
    "outlook": Report(
        title=_titled("What the coming days may bring"),
        facts=lambda days: outlook_facts(days.known, days.values["horizon_days"]),
        earlier=lambda known, values: {},
        further={"horizon_days": 7},
    ),
    "record": Report(
        title=_titled("How complete the record is"),
        facts=lambda days: record_report_facts(days.known, days.values["window_days"]),
        earlier=lambda known, values: record_compared_facts(known, values["window_days"]),
    ),
}
