"""The response report in sentences: what was struck and when, strikes elsewhere, and limits."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import card, strikes_card, strip
from analysis.display.page import Page
from analysis.display.say.answer import answer, lead, times
from analysis.display.say.counted import attacks_in_window
from analysis.display.say.effect import (
    moved_after_arrivals,
    moved_after_strikes,
    span_length,
    strikes_together,
    when_latest,
)
from analysis.display.say.sent import latest_strike, no_strike
from analysis.measures.facts.responses import theatre_fact
from analysis.record import Theatre
from analysis.record.wording import targets, where

NBSP = words.NBSP

#: From so many times the average on, the days before strikes are called busier than usual.
BURST = 1.15


@section
def response_bottom_line(page: Page) -> Fragment:
    """What was struck, whether the rate changed after it, and what speaks against reading more.

    page: of `response`; it needs facts such as `episodes`, `arrivals_compared` and
        `attacks_span_mean`.
    """
    if not page.count("episodes"):
        return lead(
            page,
            latest_strike(page),
            Markup("So there is no attack rate after a strike to compare with the rate before."),
            attacks_in_window(page),
            moved_after_arrivals(page),
        )
    return lead(
        page,
        latest_strike(page),
        moved_after_strikes(page),
        strikes_together(page),
        _bursts(page),
        moved_after_arrivals(page),
    )


@section
def response_key_figures(page: Page) -> Fragment:
    """Episodes, attacks before and after the latest, its rate ratio, all together.

    page: of `response`; it needs facts such as `episodes`, `episodes_ratio` and
        `arrivals_compared`.
    """
    latest = page.given("latest_episode_ratio_low")
    # Of one episode "all together" is itself, with half an attack added to each count.
    several = not page.given("episodes_compared") or page.count("episodes_compared") != 1
    together = card(page, "episodes_ratio", _random_days(page), unknown="nothing to compare yet")
    return strip(
        strikes_card(page, "episodes"),
        card(page, "latest_episode_before", "", unknown="no strike yet"),
        card(page, "latest_episode_after", _days_after(page), unknown="no strike yet"),
        card(
            page,
            "latest_episode_ratio",
            _latest_interval(page) if latest else "",
            unknown=_latest_interval(page) if latest else "nothing to compare yet",
        ),
        *([together] if several else []),
        card(page, "arrivals_compared", ""),
    )


def _days_after(page: Page) -> str:
    if not page.given("latest_episode_days_after") or page.kept != "daily":
        return ""
    known = page.count("latest_episode_days_after")
    so_far = "" if known == page.window_days else " so far"
    return f"in {known} {words.noun(known, 'day|days')}{so_far}"


def _latest_interval(page: Page) -> str:
    low = words.digits(float(page.value("latest_episode_ratio_low") or 0))
    if not page.given("latest_episode_ratio_high"):
        return f"95{NBSP}%: {low} or more"
    high = words.digits(float(page.value("latest_episode_ratio_high") or 0))
    return f"95{NBSP}%: {low} to {high}"


def _random_days(page: Page) -> str:
    """What the same episodes on random days give; nothing where there are too few other days."""
    if not page.given("episodes_as_far_share"):
        return ""
    low, high = (
        words.digits(float(page.value(f"episodes_ratio_{end}") or 0)) for end in ("low", "high")
    )
    return f"random days: {low} to {high}"


@section
def what_was_struck(page: Page) -> Fragment:
    """What did the US strike, and when?

    page: of `response`; it needs facts such as `episodes`, `latest_episode_on` and
        `latest_episode_last_on`.
    """
    if not page.count("episodes"):
        return answer(latest_strike(page))
    return answer(latest_strike(page), _episodes(page), _latest(page), assumption=_rule(page))


@if_kept
def _episodes(page: Page) -> Markup:
    if page.count("episodes") == page.count("us_strikes_cumulative") == 1:
        return Markup("It is compared with the days around it as one episode.")
    return page.sentence(
        "strikes at most {span} apart count as one, so they form {episodes:episode|episodes}.",
        span=span_length(page),
    )


def _rule(page: Page) -> Markup:
    return page.phrase(
        "Two strikes at most {span} apart are one episode, because the {days} after the first "
        "would otherwise hold the second; the days of an episode belong neither to the days "
        "before nor to those after it. Dates are those that Washington announced.",
        span=span_length(page),
    )


@if_kept
def _latest(page: Page) -> Markup:
    """The attacks around the latest episode."""
    counts = page.phrase(
        "in the {latest_episode_days_before:day|days} before the latest episode, which {when}, "
        "the record holds {latest_episode_before:attack|attacks}",
        when=when_latest(page),
    )
    if not page.count("latest_episode_days_after"):
        return page.sentence("{counts}; no day has passed since.", counts=counts)
    return page.sentence(
        "{counts}, in the {latest_episode_days_after:day|days} after it "
        "{latest_episode_after}{early}.",
        counts=counts,
        early=""
        if page.facts["latest_episode_placebos"].known
        else ", too few days to compare rates",
    )


@section
def strikes_elsewhere(page: Page) -> Fragment:
    """What about strikes elsewhere?

    page: of `response`; it needs facts such as `us_strikes_yemen_first_on`,
        `us_strikes_yemen_answers_window` and `us_strikes_yemen_answers_cumulative`.
    """
    said = [
        sentence
        for theatre in page.campaign.theatres[1:]
        for sentence in _of_theatre(page, theatre)
    ]
    return answer(*said or [Markup("No other theatre of strikes is counted apart.")])


def _of_theatre(page: Page, theatre: Theatre) -> list[Markup]:
    """Strikes in a theatre but the main one, and the attacks that they answer."""
    name, there = theatre_fact(theatre), where(theatre.countries)
    answered = targets(theatre.answers or page.campaign.targets)
    attacks = _answered(page, name, answered)
    if not page.count(f"{name}_cumulative"):
        return [no_strike(page, where(theatre.countries, "or")), attacks]
    first = page.sentence(
        f"strikes {{there}} concern attacks on {{answered}} and are counted apart: "
        f"{{{name}_cumulative}} {{from_on}}, in {{{name}_episodes:episode|episodes}}."
        "{cite}",
        from_on=_from_the_first(page, name),
        there=there,
        answered=answered,
        cite=page.cite(f"{name}_first_on"),
    )
    before = page.sentence(
        f"in the {{days}} before the first of them the record holds "
        f"{{{name}_answers_before:attack|attacks}} on {{answered}}.",
        answered=answered,
    )
    rest = Markup(
        "As strikes there follow each other within days, there are hardly any days after one that "
        "are not days before the next, and no rate after them is compared here."
    )
    return [first, before, attacks, rest]


def _from_the_first(page: Page, name: str) -> Markup:
    """The days over which strikes are counted; those of a campaign that is over end with it."""
    last = page.campaign.last_day
    if last is None or not page.campaign.is_over(page.as_of):
        return page.phrase(f"since {{{name}_first_on}}")
    return page.phrase(f"from {{{name}_first_on}} to {{last}}", last=words.day(last))


def _answered(page: Page, name: str, answered: str) -> Markup:
    """Recorded attacks on the targets that strikes answer, in all and in the window."""
    whole, window = f"{name}_answers_cumulative", f"{name}_answers_window"
    held = f"the record holds {{{whole}:attack|attacks}} on {{answered}} {{since}}"
    none_is_told = page.kept_window == "sampled" and not page.count(window)
    if not page.count(whole) or none_is_told:
        return page.sentence(f"{held}.", answered=answered)
    if page.count(whole) == page.count(window):
        fell = {1: "which fell", 2: "both"}.get(page.count(whole), "all of them")
        return page.sentence(f"{held}, {fell} in the {{days}} to {{to_day}}.", answered=answered)
    # What comes after the campaign's end is in the window and not in the total.
    of_them = "after those" if page.campaign.is_over(page.as_of) else "of them"
    return page.sentence(
        f"{held}, {{{window}}} {of_them} in the {{days}} to {{to_day}}.", answered=answered
    )


@section
def response_limits(page: Page) -> Fragment:
    """What can this not show?

    page: of `response`; it needs the facts `busy_ratio`, `attacks_span_mean` and
        `attacks_before_mean`.
    """
    without = Markup(
        "Nothing here says what would have happened without strikes: talks, truces, weather and "
        "the plans of the groups move the rate as well."
    )
    bursts = _bursts(page)
    if bursts is None:
        return answer(Markup("Strikes are not compared with the days around them."), without)
    newest = Markup(
        "Reports of the latest days may still come, which makes the days after the newest strike "
        "look quieter than they were; and where the newest strike lies at the end of a short "
        "period, its place among placebo dates looks more unusual than it is."
    )
    return answer(bursts, _after_busy(page), without, newest)


@if_kept
def _bursts(page: Page) -> Markup | None:
    """Regression to the mean: how busy the days before strikes were, against average ones."""
    if not page.facts["attacks_before_mean"].known:
        return None
    before = float(page.value("attacks_before_mean") or 0)
    average = float(page.value("attacks_span_mean") or 0)
    verdict = (
        "so a fall after them may be no more than the end of a burst"
        if before > BURST * average
        else "so strikes did not come after much busier days than usual"
    )
    return page.sentence(
        "an episode of strikes followed {attacks_before_mean:digits} "
        "{attacks_before_mean:~attack|attacks} in the {days} before "
        "on average, against {attacks_span_mean:digits} in an average {span} of the period, "
        "{verdict}.",
        span="day" if page.window_days == 1 else f"{span_length(page)}",
        verdict=verdict,
    )


@if_kept
def _after_busy(page: Page) -> Markup | None:
    if not page.facts["busy_ratio"].known:
        return None
    return page.sentence(
        "after {busy_days:day|days} that followed at least {busy_least:attack|attacks} in the "
        "{days} before, but were no day of a strike, the rate was {times} that before{also}.",
        times=times(page, "busy_ratio"),
        also=": busy days are followed by quieter ones without strikes too"
        if float(page.value("busy_ratio") or 0) < 1
        else "",
    )
