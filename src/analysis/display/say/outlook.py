"""The outlook in sentences: the coming days, how good forecasts have been, what they assume."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import card, moved, strip
from analysis.display.page import Page
from analysis.display.say.answer import answer, lead
from analysis.display.say.bottom_line import likelihood_of_attack

#: Of more attacks a sentence does not cite each source.
MOST_CITED = 12

#: What readers call the models and the baselines.
MODEL_NAMES = {
    "gamma-poisson": "discounted Gamma-Poisson model",
    "hawkes": "self-exciting (Hawkes) model",
    "hurdle": "hurdle negative binomial model",
}
BASELINE_NAMES = {"last-week": "last week again", "climatology": "all weeks so far"}
SIMPLER = {
    "last-week": "simply repeating last week",
    "climatology": "simply taking all weeks so far",
}


@section
def outlook(page: Page) -> Fragment:
    """What will the next week probably look like? The section of the brief.

    page: of `brief` or a report of one's own; it needs facts such as `forecast_model`,
        `baseline_better` and `forecast_median`.
    """
    if not page.facts["forecast_median"].known:
        return answer(likelihood_of_attack(page))
    why = "which had the best past scores of" if page.count("forecasts_checked") else "one of"
    assumption = Markup(
        "The forecast is that of the {}, {} three models. It assumes that the coming days are of "
        "the kind that past days were, knows nothing of plans or talks, and takes the latest days "
        "as known though reports of them may still come."
    ).format(_model(page), why)
    return answer(likelihood_of_attack(page), track_record(page), assumption=assumption)


@section
def outlook_bottom_line(page: Page) -> Fragment:
    """The forecast, the days before, the model, and how good such forecasts have been.

    page: of `outlook`; it needs facts such as `forecast_model`, `baseline_better` and
        `attacks_last_days`.
    """
    said = (likelihood_of_attack(page), _choice(page), _days_before(page), track_record(page))
    return lead(page, *said)


@section
def outlook_key_figures(page: Page) -> Fragment:
    """Likelihood, forecast, interval, days before, share of intervals that held, error.

    page: of `outlook`; it needs facts such as `forecast_crps`, `attacks_last_days` and
        `forecast_coverage`.
    """
    known = page.given("forecast_median")
    checked = page.given("forecasts_checked") and page.count("forecasts_checked") > 0
    unknown = "no forecast yet" if not known else "none to check yet"
    of_checked = page.phrase("of {forecasts_checked:forecast|forecasts}") if checked else ""
    last = " ".join(words.counted(page.horizon_days, "day|days"))
    return strip(
        card(
            page,
            "forecast_probability_any",
            change=words.likelihood(float(page.value("forecast_probability_any") or 0))
            if known
            else None,
            unknown=unknown,
        ),
        card(page, "forecast_median", unknown=unknown),
        card(
            page,
            "forecast_high",
            change=page.phrase("lower end {forecast_low:digits}") if known else None,
            unknown=unknown,
        ),
        card(
            page,
            "attacks_last_days",
            change=""
            if page.began_within(2 * page.horizon_days)
            else moved(page.facts["attacks_last_days"], page.facts["attacks_days_before"]),
            label="Attacks recorded {since_short}"
            if page.began_within(page.horizon_days)
            else f"Attacks recorded in the last {last}",
        ),
        card(page, "forecast_coverage", change=of_checked, unknown=unknown),
        card(
            page,
            "forecast_crps",
            change=page.phrase("{baseline_crps:digits} for the better baseline")
            if checked
            else None,
            unknown=unknown,
        ),
    )


@section
def outlook_forecast(page: Page) -> Fragment:
    """What will the coming days probably look like?

    page: of `outlook`; it needs facts such as `attacks_last_days`, `forecast_half_low` and
        `forecast_half_high`.
    """
    if not page.given("forecast_median"):
        return answer(likelihood_of_attack(page), _days_before(page, cited=True))
    half = page.sentence(
        "the 50{nbsp}% interval is from {forecast_half_low:digits} to {forecast_half_high:digits}."
    )
    assumption = page.phrase(
        "What is forecast is the number of attacks on {forces} that the record "
        "will hold once reports of these days are in: confirmed by officials or reported by news "
        "and monitors, without those that only the attackers claim."
    )
    spread = page.count("forecast_half_low") < page.count("forecast_half_high")
    return answer(
        likelihood_of_attack(page),
        half if spread else None,
        _days_before(page, cited=True),
        assumption=assumption,
    )


@if_kept
def _days_before(page: Page, cited: bool = False) -> Markup:
    """What the days behind the forecast held."""
    days = "day" if page.horizon_days == 1 else f"{words.number(page.horizon_days)} days"
    if page.facts["attacks_last_days"].kept == "sampled":
        return page.sentence(
            "in the {days} to {to_day} the record, which only samples these days, holds "
            "{attacks_last_days:attack|attacks}.{cite}",
            days=days,
            cite=_sources(page) if cited else "",
        )
    when, before = "in the {days} to {to_day}", ", in the {days} before {attacks_days_before}"
    if page.began_within(page.horizon_days):
        when = "{since}"
    if page.began_within(2 * page.horizon_days):
        before = ""
    elif not page.count("attacks_last_days") + page.count("attacks_days_before"):
        before = ", nor in the {days} before"
    return page.sentence(
        when + " the record holds {attacks_last_days:attack|attacks}" + before + ".{cite}",
        days=days,
        cite=_sources(page) if cited else "",
    )


def _sources(page: Page) -> Markup:
    """The sources of these attacks; of many only the list of rows behind each number has them."""
    few = page.count("attacks_last_days") <= MOST_CITED
    return page.cite("attacks_last_days") if few else Markup("")


def _model(page: Page) -> str:
    return MODEL_NAMES[str(page.value("forecast_model"))]


@if_kept
def _choice(page: Page) -> Markup | None:
    """Which model, and why."""
    if not page.facts["forecast_model"].known:
        return None
    if not page.count("forecasts_checked"):
        return Markup("It is the forecast of the {}, the simplest of three.").format(_model(page))
    return page.sentence(
        "it is the forecast of the {model}, which of three models has the best log score over the "
        "{forecasts_checked:past forecast|past forecasts} that could be checked.",
        model=_model(page),
    )


@if_kept
def track_record(page: Page) -> Markup:
    """How good such forecasts have been, in one sentence."""
    days = "one day" if page.horizon_days == 1 else f"{words.number(page.horizon_days)} days"
    if not page.facts["forecast_median"].known:
        return Markup("No earlier forecast exists that could be checked.")
    if not page.count("forecasts_checked"):
        return Markup("No earlier forecast of {} can be checked yet.").format(days)
    return page.sentence(
        "of {forecasts_checked:earlier forecast|earlier forecasts} of {days}, one a day, what came "
        "lay in the range that they gave {forecasts_within:times}; {forecasts_closer} of them "
        "came closer to it than {baseline} would have.",
        days=days,
        baseline=SIMPLER[str(page.value("baseline_better"))],
    )


@section
def outlook_track_record(page: Page) -> Fragment:
    """How good have such forecasts been?

    page: of `outlook`, `brief` or a report of one's own; it needs facts such as `baseline_better`
        and `forecasts_checked`.
    """
    if not page.count("forecasts_checked"):
        return answer(track_record(page))
    calibrated = page.sentence(
        "intervals that are right on average hold 90{nbsp}% of outcomes; these held "
        "{forecast_coverage}. Their mean error (CRPS) was {forecast_crps_share} of that of the "
        "better baseline ({baseline}).",
        baseline=BASELINE_NAMES[str(page.value("baseline_better"))],
    )
    assumption = Markup(
        "Each past forecast is made anew from what the record held on its day, by the model "
        "chosen on that day, and checked against what the record holds now. Forecasts of "
        "neighbouring days share most of the days they cover, so they are far fewer than they "
        "count. CRPS is the continuous ranked probability score in attacks: for a sure forecast "
        "it is the error; less is better."
    )
    return answer(track_record(page), calibrated, assumption=assumption)


@section
def outlook_models(page: Page) -> Fragment:
    """Which model is it, and what does each assume?

    page: of `outlook`; it needs facts such as `forecast_model`, `truces_in_force` and
        `forecasts_checked`.
    """
    if not page.facts["forecast_model"].known:
        return answer(Markup("No model has enough days to learn from."))
    if not page.count("forecasts_checked"):
        why = Markup("No score is known yet, so the simplest stands: the {}.").format(_model(page))
    else:
        why = page.sentence(
            "the {model} has the best past log score; it is the choice on "
            "{forecast_model_share} of days so far.",
            model=_model(page),
        )
    assumption = Markup(
        "On each day the model with the best sum of past log scores at this horizon is chosen, "
        "from outcomes as they were known on that day. Rules and priors are reasoned, but were "
        "set by people who knew this record."
    )
    return answer(why, _indicators(page), assumption=assumption)


@if_kept
def _indicators(page: Page) -> Markup:
    """The dated indicators that the models look at."""
    truce = (
        page.phrase("a truce is in force as far as known, and the models take it to last")
        if page.count("truces_in_force")
        else Markup("no truce is known to be in force")
    )
    strikes = page.phrase(
        "{us_strikes_recent:US strike is|US strikes are} recorded {theatre} in the last seven days"
    )
    cite = page.cite("truces_in_force", "us_strikes_recent")
    return page.sentence("{truce}; {strikes}.{cite}", truce=truce, strikes=strikes, cite=cite)


@section
def outlook_limits(page: Page) -> Fragment:
    """What could make it wrong?

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `reported_late_share`.
    """
    return answer(
        Markup(
            "A decision would: to suspend attacks, to retaliate, to make a truce or to break one. "
            "The models see none of them before the counts show it, but for truces once announced."
        ),
        _still_to_come(page),
        Markup(
            "Attacks that nobody reports are never counted, and a change in who reports looks "
            "like a change in attacks."
        ),
        Markup("The track record is of one wave; the next one need not resemble it.")
        if page.given("forecasts_checked") and page.count("forecasts_checked")
        else None,
    )


@if_kept
def _still_to_come(page: Page) -> Markup:
    """That the latest days may be known in part only."""
    late = page.facts["reported_late_share"]
    return page.sentence(
        "reports that are still to come make the latest days look quieter than they were{share}.",
        share=page.phrase(
            "; so far {reported_late_share} of attacks became known two or more days later"
        )
        if late.known and late.value
        else "",
    )
