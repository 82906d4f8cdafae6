"""Tables of US strikes: episodes with what came before and after, strikes on a group."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from analysis.display import events, words
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.tables.cells import MOST_ROWS, table
from analysis.measures import actors
from analysis.measures.effect import after_strikes
from analysis.measures.estimate import Estimate
from analysis.record.codebook import word

MOST_EPISODES = 12
ON_ONE_LINE = Markup('<span class="date">{}</span>')


@figure
def strike_episodes(page: Page) -> Fragment:
    """Episodes of US strikes in the main theatre, newest first, with what came before and after.

    page: of `response`; it needs the fact `episodes_fell`.
    """
    page.needs("episodes_fell")  # a sample cannot tell
    effect = after_strikes(page.known, page.window_days)
    if effect.events.empty:
        return NOTHING
    places = dict(zip(effect.compared["first"], effect.places, strict=True))
    numbered = list(enumerate(effect.events.to_dict("records"), start=1))[::-1]
    shown = [
        _episode_row(page, number, row, places.get(row["first"]))
        for number, row in numbered[:MOST_EPISODES]
    ]
    more = f"; the newest {len(shown)} of {len(numbered)}" if len(numbered) > len(shown) else ""
    span = f"{page.window_days} {words.noun(page.window_days, 'day|days')}"
    return table(
        f"Episodes of US strikes, with recorded attacks in the {span} before and after, the rate "
        f"ratio (after ÷ before) and its place among placebo dates{more}",
        shown,
    )


def _episode_row(
    page: Page, number: int, row: dict[Any, Any], place: Estimate | None
) -> dict[str, object]:
    strikes = page.known.responses.set_index("response_id").loc[list(row["ids"])]
    where = Markup("; ").join(strikes["place"].drop_duplicates())
    ratio = row["found"] if place else None
    return {
        "No.": str(number),
        "Days": ON_ONE_LINE.format(words.short_span(row["first"], row["last"])),
        "Where": where + page.cite(ids=row["ids"]),
        "Before": _in_days(row["before"], row["days_before"], page.window_days),
        "After": _in_days(row["after"], row["days_after"], page.window_days),
        "Ratio": "–" if ratio is None else ON_ONE_LINE.format(ratio_in_words(ratio)),
        "Above placebo dates": f"{words.percent(place.place or 0)} of {place.n}"
        if place and place.p_value is not None
        else "–",
    }


def _in_days(attacks: int, days: int, whole: int) -> str:
    """A count, with the number of days where these are not all."""
    so_far = f" in {days} d".replace(" ", words.NBSP) if days < whole else ""
    return f"{attacks}{so_far}" if days else "–"


def ratio_in_words(ratio: Estimate) -> str:
    """A rate ratio with its interval, as short as a cell of a table asks for."""
    low = words.digits(round(float(ratio.low or 0), 2))
    if ratio.high is None or ratio.value is None:
        return f"{low} or more"
    estimate, high = (words.digits(round(value, 2)) for value in (ratio.value, ratio.high))
    return f"{estimate} ({low}\N{EN DASH}{high})"


@figure
def actor_strikes(page: Page) -> Fragment:
    """Strikes that name the group, the one it is listed under or its parts as the target.

    page: of `actor`.
    """
    actor = str(page.parameters["actor_id"])
    parent = actors.parent_of(page.known, actor)
    kin = (actor, *([parent] if parent else []), *actors.parts_of(page.known, actor))
    found = actors.strikes_on(page.known, *kin)
    if found.empty:
        return NOTHING
    names = page.known.actor_names()
    newest = found.sort_values(["event_date", "response_id"], ascending=False)
    rows = [
        {
            "Day": escape(words.short_day(row["event_date"]))
            + page.cite(ids=(row["response_id"],)),
            "Where": row["place"],
            "By": word("by", row["by"]),
            "Target, as officials name it": names.get(row["target_actor"], row["target_actor"]),
        }
        for row in newest.head(MOST_ROWS).to_dict("records")
    ]
    more = f"; the newest {len(rows)} of {len(found)}" if len(found) > len(rows) else ""
    name = events.actor(actor, page.known)
    return table(f"Strikes by the US or with it on {name} and its kin{more}", rows)
