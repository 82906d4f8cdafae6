"""What the list of the window's events is: all of them or some, of days kept how well."""

from __future__ import annotations

from analysis.display.fragment import Fragment
from analysis.display.kept import kept_through, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.measures.facts.lead import MOST_EVENTS
from analysis.record.wording import where

NONE = {
    "daily": "no attack on {forces}, no US strike {theatre_or} and no arrival or departure of a "
    "US unit was recorded in the {days} to {to_day}.",
    "sampled": "the record holds no event of the {days} to {to_day}, which it only samples.",
}
WHICH = {
    "daily": "",
    "sampled": ", which the record only samples",
    "none": ", for all of which the record was not kept",
}


@section
def happened(page: Page) -> Fragment:
    """What happened?"""
    which = WHICH[page.kept_window]
    if not page.given("events_told"):
        if page.kept_window == "none":
            return answer(kept_through(page))
        return answer(page.sentence(NONE[page.kept_window]))
    if page.given("events_more"):
        return answer(
            page.sentence(
                f"of the {{days}} to {{to_day}}{which}, these are the {MOST_EVENTS} events that "
                "matter most, and {events_more} more, in the evidence table of the HTML page."
            )
        )
    return answer(
        page.sentence(
            "these are all attacks on {forces}, US strikes {theatres} and movements of US units "
            f"that the record holds of the {{days}} to {{to_day}}{which}.",
            theatres=where(page.campaign.answered_in),
        )
    )
