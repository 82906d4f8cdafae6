"""The bottom line: what matters most, then five sentences of answer."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import lead
from analysis.display.say.counted import attacks_in_window, official_count
from analysis.display.say.lead import deaths_counted, leading_event
from analysis.display.say.sent import carriers, latest_strike


@section
def bottom_line(page: Page) -> Fragment:
    """What matters most first; then attacks, official count, US strikes, posture, outlook.

    page: of `brief` or a report of one's own; it needs facts such as `lead_event`, `lead_killed`
        and `lead_reason`.
    """
    news = (deaths_counted(page), leading_event(page))
    return lead(
        page,
        attacks_in_window(page),
        official_count(page),
        latest_strike(page),
        carriers(page),
        likelihood_of_attack(page),
        news=news,
    )


@if_kept
def likelihood_of_attack(page: Page) -> Markup:
    """The forecast in the words of ICD 203 with the number beside them."""
    if not page.facts["forecast_median"].known:
        return Markup("The series is too short for a forecast of {}.").format(page.coming)
    if page.count("forecast_low") == page.count("forecast_high"):
        return page.sentence(
            "{chance}; the forecast is {forecast_median:attack|attacks}.", chance=_chance(page)
        )
    return page.sentence(
        "{chance}; the forecast is {forecast_median:attack|attacks}, nine times in ten between "
        "{forecast_low:digits} and {forecast_high:digits}.",
        chance=_chance(page),
    )


def _chance(page: Page) -> Markup:
    """The likelihood of any attack, in the grammar that its words ask for."""
    likelihood = words.likelihood(float(page.value("forecast_probability_any") or 0))
    if likelihood in words.NOUNS:
        return page.phrase(
            "there {verb} {likelihood} ({forecast_probability_any}) that an attack "
            "falls in {coming}",
            verb="are" if likelihood.endswith("odds") else "is",
            likelihood=likelihood,
        )
    return page.phrase(
        "an attack in {coming} is {likelihood} ({forecast_probability_any})", likelihood=likelihood
    )
