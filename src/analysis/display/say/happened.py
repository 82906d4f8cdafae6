"""What the list of the window's events is: all of them or some, of days kept how well."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import kept_through, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.measures import milestones
from analysis.measures.facts.lead import MOST_EVENTS
from analysis.record.wording import where

NONE = {
    "daily": "no attack on {forces}, no US strike {theatre_or} and no arrival or departure of a "
    "US unit {was_recorded}.",
    "sampled": "the record holds no event of the {days} to {to_day}, which it only samples.",
}
MOVES_ALONE = "these are the movements of US units in the {days} to {to_day}."
WHICH = {
    "daily": "",
    "sampled": ", which the record only samples",
    "none": ", not all of which the record was kept for",
}


#: So many milestones of the window are named beside its events.
MOST_NOTED = 5


@section
def happened(page: Page) -> Fragment:
    """What happened?

    page: of `brief` or a report of one's own; it needs the facts `events_more` and `events_told`.
    """
    which = WHICH[page.kept_window]
    if page.campaign.superseded_on and page.given("events_told"):
        return answer(kept_through(page), page.sentence(MOVES_ALONE), _noted(page))
    if not page.given("events_told"):
        if page.kept_window == "none":
            return answer(kept_through(page, again=True))
        # Of the days before the campaign nothing is known.
        so_far = "has been recorded {since}"
        when = page.phrase(so_far if page.opens else "was recorded in the {days} to {to_day}")
        none = page.sentence(NONE[page.kept_window], was_recorded=when)
        return answer(none, _noted(page))
    if page.given("events_more"):
        return answer(
            page.sentence(
                f"of the {{days}} to {{to_day}}{which}, these are the {MOST_EVENTS} events that "
                "matter most; {events_more} more {events_more:~is|are} in the evidence table of "
                "the HTML page."
            ),
            _noted(page),
        )
    return answer(
        page.sentence(
            "these are all attacks on {forces}, US strikes {theatres}, and movements of US units "
            f"that the record holds of the {{days}} to {{to_day}}{which}.",
            theatres=where(page.campaign.answered_in),
        ),
        _noted(page),
    )


def _noted(page: Page) -> Markup | None:
    """What else happened, in the titles that the record gives it."""
    rows = milestones.of_window(page.known, page.window_days, MOST_NOTED)
    if rows.empty:
        return None
    return page.sentence("the record also notes: {noted}.", noted=titles(page, rows))


def titles(page: Page, rows: pd.DataFrame) -> Markup:
    """Milestones by title and day, each with its source."""
    return Markup("; ").join(
        Markup("“{}” ({}){}").format(
            row["title"], words.day(row["start_on"]), page.cite(ids=(row["milestone_id"],))
        )
        for row in rows.to_dict("records")
    )
