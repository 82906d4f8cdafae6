"""What came after strikes and arrivals, against days before and other days, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer, times
from analysis.measures.effect import SERIES_GAP
from analysis.measures.effect import rate_model as model_of
from analysis.measures.estimate import SIGNIFICANT
from analysis.measures.event_study import SHORTEST_SPAN
from analysis.measures.rate_ratio import ASSUMPTION

NBSP = words.NBSP


def when_latest(page: Page) -> Markup:
    """When the latest episode was, to follow "which"."""
    if page.value("latest_episode_on") == page.value("latest_episode_last_on"):
        return page.phrase("fell on {latest_episode_on}")
    return page.phrase("lasted from {latest_episode_on} to {latest_episode_last_on}")


@section
def after_strikes(page: Page) -> Fragment:
    """Did the attack rate change after strikes?

    page: of `response`; it needs facts such as `episodes`, `episodes_unequal` and
        `episodes_compared`.
    """
    if not page.count("episodes"):
        return answer(
            page.sentence(
                "the record dates no strike after which it could have changed, but it {samples}."
                if page.kept == "sampled"
                else "no strike has been recorded{to_the_last} after which it could have changed."
            )
        )
    if not page.count("episodes_compared"):
        return answer(moved_after_strikes(page))
    return answer(
        moved_after_strikes(page),
        strikes_together(page),
        _latest_place(page) if page.count("episodes_compared") > 1 else None,
        _shared(page),
        assumption=Markup(ASSUMPTION) + _placebo_dates(page),
    )


def _placebo_dates(page: Page) -> Markup:
    """Which days strikes are compared with; nothing where there are too few for it."""
    names = ("episodes_as_far_share", "latest_episode_placebo_share")
    if not any(page.facts[name].known for name in names):
        return Markup("")
    return page.phrase(
        " A placebo date is any day of the {period_days} from {start} until all is "
        "over that is not in an episode and leaves whole spans on both sides; {placebo_dates} "
        "are. The comparison takes for granted that a strike might as well have come on any "
        "other day."
    )


@if_kept
def moved_after_strikes(page: Page) -> Markup:
    """After how many episodes the rate was lower, after how many higher."""
    compared = page.count("episodes_compared")
    if page.window_days < SHORTEST_SPAN:
        return page.sentence(
            "spans of {span} are too short to compare rates; the report needs a window of three "
            "days or more.",
            span=span_length(page),
        )
    if not compared:
        return Markup(
            "No episode of strikes has three days on both sides yet, so rates cannot be compared."
        )
    if compared == 1:
        return _one_moved(page)
    return page.sentence(
        "of {episodes_compared:episode|episodes} that can be compared, the attack rate in the "
        "{days} after was lower than in the {days} before in {episodes_fell} and higher in "
        "{episodes_rose}{clear}.",
        clear=_clear(page, "episodes"),
    )


def _one_moved(page: Page) -> Markup:
    return page.sentence(
        "after the {episodes_compared:episode|episodes} that can be compared the attack rate was "
        "{how} before{clear}.",
        how=_direction(page, "episodes"),
        clear=_clear(page, "episodes"),
    )


def _direction(page: Page, name: str) -> str:
    """Where the rate after the one that can be compared lies, before "before"."""
    if page.count(f"{name}_fell"):
        return "lower than"
    return "higher than" if page.count(f"{name}_rose") else "the same as"


def _clear(page: Page, name: str) -> Markup:
    """For how many the interval leaves no doubt of the direction."""
    fell, rose = page.count(f"{name}_clearly_fell"), page.count(f"{name}_clearly_rose")
    one = page.count(f"{name}_compared") == 1
    if not fell and not rose:
        every = "the" if one else "every"
        return Markup("; {} 95{}% interval holds an unchanged rate").format(every, NBSP)
    sides = {"below": f"{name}_clearly_fell", "above": f"{name}_clearly_rose"}
    parts = [
        page.phrase("{side} an unchanged rate" + ("" if one else f" for {{{fact}}}"), side=side)
        for side, fact in sides.items()
        if page.count(fact)
    ]
    return page.phrase("; the 95{nbsp}% interval lies {parts}", parts=Markup(" and ").join(parts))


@if_kept
def strikes_together(page: Page) -> Markup | None:
    """All episodes together, and whether random days give as much; of one, itself."""
    if page.count("episodes_compared") < 2:
        return _latest_place(page)
    if not page.facts["episodes_as_far_share"].known:
        return page.sentence(
            "over {all} together the rate after was {times} the rate before (geometric mean); the "
            "period is too short for a comparison with other days.",
            all=_all(page, "episodes"),
            times=times(page, "episodes_ratio"),
        )
    return _on_random_days(page, "episodes", "{episodes_placements:digits} draws")


def _on_random_days(page: Page, name: str, draws: str) -> Markup:
    """The ratio over all together, and what the same give that are put on random days."""
    return page.sentence(
        f"over {{all}} together the rate after was {{times}} the rate before (geometric mean), "
        f"{{verdict}} what the period gives by itself: the same {name} put on "
        f"random days give {{{name}_ratio_low:digits}} to {{{name}_ratio_high:digits}} in "
        f"95{{nbsp}}% of {draws}, and {{{name}_as_far_share}} of draws lie as far out.",
        all=_all(page, name),
        times=times(page, f"{name}_ratio"),
        verdict=_verdict(page, name),
    )


def _all(page: Page, name: str) -> str:
    return "both" if page.count(f"{name}_compared") == 2 else "all of them"


def _verdict(page: Page, name: str) -> str:
    """Where a ratio lies against random placements, as the two-sided test has it."""
    if float(page.value(f"{name}_as_far_share") or 0) > SIGNIFICANT:
        return "within"
    return "above" if float(page.value(f"{name}_placebo_share") or 0) > 0.5 else "below"


@if_kept
def _latest_place(page: Page) -> Markup | None:
    """The latest episode by itself: ratio, interval, and its place among placebo dates."""
    if not page.facts["latest_episode_ratio_low"].known:
        return None
    place = (
        page.phrase(
            ", higher than at {latest_episode_placebo_share} of "
            "{latest_episode_placebos:placebo date|placebo dates}"
        )
        if page.facts["latest_episode_placebo_share"].known
        else Markup("; there are too few other days to compare it with")
    )
    return page.sentence(
        "after the latest episode, which {when}, the rate was {ratio} times that before{place}.",
        when=when_latest(page),
        ratio=_latest_ratio(page),
        place=place,
    )


def _latest_ratio(page: Page) -> Markup:
    """The ratio with its interval, as far as it has ends."""
    if not page.facts["latest_episode_ratio"].known:
        return page.phrase("{latest_episode_ratio_low:digits} or more (95{nbsp}% interval)")
    return page.phrase(
        "{latest_episode_ratio:digits} (95{nbsp}% interval {latest_episode_ratio_low:digits}"
        "{upper})",
        upper=page.phrase(" to {latest_episode_ratio_high:digits}")
        if page.facts["latest_episode_ratio_high"].known
        else " or more",
    )


@if_kept
def _shared(page: Page) -> Markup | None:
    if not page.count("episodes_unequal"):
        return None
    return page.sentence(
        "after {episodes_unequal:episode|episodes} some of the days after are also days before the "
        "next, so the comparisons are not independent of each other{alike}.",
        alike="; random placements have the same trait"
        if page.facts["episodes_as_far_share"].known
        else "",
    )


@section
def after_arrivals(page: Page) -> Fragment:
    """Did it change after large deployments arrived?

    page: of `posture` or `response`; it needs facts such as `arrivals_compared`,
        `arrivals_as_far_share` and `arrivals_clearly_fell`.
    """
    if not page.count("arrivals_compared"):
        return answer(moved_after_arrivals(page))
    placed = None
    if page.count("arrivals_compared") > 1 and page.facts["arrivals_as_far_share"].known:
        placed = _on_random_days(page, "arrivals", "draws")
    assumption = page.phrase(
        "Large are carrier strike groups, units of 1,000 people or more and, where nobody says how "
        "many people, units of three ships or batteries or more; arrivals at most {span} apart "
        "count as one. An announced arrival may be days older than its announcement, and the "
        "first strikes fell in the same weeks.",
        span=span_length(page),
    )
    return answer(moved_after_arrivals(page), placed, assumption=assumption)


@if_kept
def moved_after_arrivals(page: Page) -> Markup:
    """After how many large arrivals the rate was lower, after how many higher."""
    if page.window_days < SHORTEST_SPAN:
        return Markup("Spans as short as this are not compared after arrivals either.")
    if not page.count("arrivals_compared"):
        return page.sentence(
            "no large unit has arrived {since} with three days on both sides to compare."
        )
    if page.count("arrivals_compared") == 1:
        return page.sentence(
            "after the {arrivals_compared:large arrival|large arrivals} that can be compared the "
            "attack rate in the {days} after was {how} before{clear}.",
            how=_direction(page, "arrivals"),
            clear=_clear(page, "arrivals"),
        )
    return page.sentence(
        "of {arrivals_compared:large arrival|large arrivals} of US forces that can be compared, "
        "the attack rate in the {days} after was lower in {arrivals_fell} and higher in "
        "{arrivals_rose}{clear}.",
        clear=_clear(page, "arrivals"),
    )


@section
def rate_model(page: Page) -> Fragment:
    """Does a model of the whole period say otherwise?

    page: of `response`; it needs the facts `model_breaks` and `model_clear_levels`.
    """
    if not page.facts["model_breaks"].known:
        reason = model_of(page.known).reason
        return answer(page.sentence("no model is fitted, because {reason}.", reason=reason))
    clear = page.count("model_clear_levels")
    first = page.sentence(
        "a model of {model_days} days, with a break in level and trend at the start of "
        "{model_breaks:series|series} of strikes, finds {steps} in the rate.",
        steps=page.phrase("{model_clear_levels:clear step|clear steps}")
        if clear
        else "no clear step",
    )
    latest = page.sentence(
        "at {the} break, on {model_break_on}, the fitted rate steps to {model_level:digits} "
        "times what the trend before led to expect (95{nbsp}% interval {model_level_low:digits} to "
        "{model_level_high:digits}), and from then on its weekly growth is {model_slope:digits} "
        "times that before ({model_slope_low:digits} to {model_slope_high:digits}).",
        the="the latest" if page.count("model_breaks") > 1 else "its",
    )
    assumption = page.phrase(
        "Negative binomial regression with standard errors that allow for autocorrelation (Newey "
        "and West, 1987); strikes at most {gap} days apart are one series, and a series with "
        "fewer than {gap} days before or after its first day gets no break. It assumes a constant "
        "weekly growth between breaks; where the rate wanders by itself such a model calls breaks "
        "clear far more often than the nominal 5{nbsp}% of cases.",
        gap=words.digits(SERIES_GAP),
    )
    return answer(first, latest, assumption=assumption)


def span_length(page: Page) -> str:
    """The length of a span, such as "seven days" or "one day"."""
    number, noun = words.counted(page.window_days, "day|days")
    return f"{number} {noun}"
