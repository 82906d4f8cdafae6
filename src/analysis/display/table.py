"""The tables of the reports: attacks, US strikes, deployments, what changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.display.cells import table
from analysis.display.draw.history import NOTHING
from analysis.display.evidence import describe_rows
from analysis.display.fragment import Fragment
from analysis.display.outlook_tables import (
    outlook_assumptions,
    outlook_scores,
    outlook_thresholds,
)
from analysis.display.page import Page
from analysis.display.record_tables import (
    record_by_country,
    record_publishers,
    record_revisions,
    record_tallies,
)
from analysis.measures import actors, posture, responses, sites
from analysis.measures.effect import after_strikes
from analysis.measures.placebo import PlaceboTest
from analysis.measures.rate_ratio import RateRatio

__all__ = [
    "actor_attacks",
    "actor_strikes",
    "changes",
    "deployments",
    "outlook_assumptions",
    "outlook_scores",
    "outlook_thresholds",
    "ratio_in_words",
    "record_by_country",
    "record_publishers",
    "record_revisions",
    "record_tallies",
    "site_attacks",
    "strike_episodes",
    "strikes",
    "table",
]

MOST_ROWS = 6
MOST_EPISODES = 12
ON_ONE_LINE = Markup('<span class="date">{}</span>')


def strikes(page: Page) -> Fragment:
    """Days of US strikes in Iraq and Syria, newest first, with attacks before and after."""
    found = responses.in_iraq_and_syria(page.known)
    if found.empty:
        return NOTHING
    held = page.recorded[["attack_id", "event_date"]]
    days = [_strike_day(page, rows, held) for _, rows in found.groupby("event_date", sort=True)][
        ::-1
    ]
    shown = days[:MOST_ROWS]
    more = f"; the newest {MOST_ROWS} of {len(days)}" if len(days) > MOST_ROWS else ""
    return table(
        "Days of US strikes in Iraq and Syria, with recorded attacks in the seven days before "
        f"and after{more}",
        shown,
    )


def _strike_day(page: Page, rows: pd.DataFrame, held: pd.DataFrame) -> dict[str, object]:
    day = rows["event_date"].iloc[0]
    found = responses.before_and_after(held, day, page.as_of)
    names = page.known.actor_names()
    targets = rows["target_actor"].dropna().map(names).drop_duplicates()
    after: object = "–"
    if found.days:
        after = str(len(found.after)) + (f" in {found.days} d" if found.days < 7 else "")
    return {
        "Day": words.short_day(day),
        "Where": Markup("; ").join(rows["place"]) + page.cite(ids=tuple(rows["response_id"])),
        "Target, as officials name it": "; ".join(targets),
        "Before": str(len(found.before)) + (f" in {found.days} d" if found.days < 7 else ""),
        "After": after,
    }


def strike_episodes(page: Page) -> Fragment:
    """Episodes of US strikes in Iraq and Syria, newest first, with what came before and after."""
    effect = after_strikes(page.known, page.recorded, page.window_days)
    if effect.events.empty:
        return NOTHING
    places = dict(zip(effect.compared["first"], effect.places, strict=True))
    rows = [
        _episode_row(page, number, row, places.get(row["first"]))
        for number, row in enumerate(effect.events.to_dict("records"), start=1)
    ][::-1]
    shown = rows[:MOST_EPISODES]
    more = f"; the newest {len(shown)} of {len(rows)}" if len(rows) > len(shown) else ""
    span = f"{page.window_days} {words.noun(page.window_days, 'day|days')}"
    return table(
        f"Episodes of US strikes, with recorded attacks in the {span} before and after, the rate "
        f"ratio (after ÷ before) and its place among placebo dates{more}",
        shown,
    )


def _episode_row(
    page: Page, number: int, row: dict[Any, Any], place: PlaceboTest | None
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
        "Above placebo dates": f"{words.percent(place.place)} of {place.n}"
        if place and place.p_value is not None
        else "–",
    }


def _in_days(attacks: int, days: int, whole: int) -> str:
    """A count, with the number of days where these are not all."""
    so_far = f" in {days} d".replace(" ", words.NBSP) if days < whole else ""
    return f"{attacks}{so_far}" if days else "–"


def ratio_in_words(ratio: RateRatio) -> str:
    """A rate ratio with its interval, as short as a cell of a table asks for."""
    low = words.digits(round(ratio.low, 2))
    if ratio.high is None or ratio.estimate is None:
        return f"{low} or more"
    estimate, high = (words.digits(round(value, 2)) for value in (ratio.estimate, ratio.high))
    return f"{estimate} ({low}\N{EN DASH}{high})"


def deployments(page: Page, most: int = MOST_ROWS) -> Fragment:
    """What was sent: phase, dates of order and arrival, and the days between them."""
    units = posture.units(page.deployments, *posture.COMMITTED)
    if units.empty:
        return NOTHING
    moved = units.merge(posture.milestones_of(page.known), on="deployment_id")
    newest = moved.sort_values(["since", "deployment_id"], ascending=[False, True])
    shown = newest.head(most)
    more = f"; the latest {most} of {len(moved)} to move" if len(moved) > len(shown) else ""
    rows = [_deployment_row(page, row) for row in shown.to_dict("records")]
    if not any(row[LEAD] for row in rows):
        rows = [{name: cell for name, cell in row.items() if name != LEAD} for row in rows]
    return table(f"Units ordered, under way or in the region{more}", rows)


def site_attacks(page: Page) -> Fragment:
    """The latest attacks at the site, newest first, mere claims among them."""
    attacks = sites.at_site(page.known, str(page.parameters["site_id"]))
    return _latest_attacks(page, attacks, [], "there")


def actor_attacks(page: Page) -> Fragment:
    """The latest attacks that the group claims or that are attributed to it, newest first."""
    attacks = actors.named_for(page.known, str(page.parameters["actor_id"]))
    return _latest_attacks(page, attacks, ["Where"], "claimed by it or attributed to it")


def _latest_attacks(
    page: Page, attacks: pd.DataFrame, more_columns: list[str], which: str
) -> Fragment:
    if attacks.empty:
        return NOTHING
    newest = attacks.sort_values(["event_date", "attack_id"], ascending=False)
    shown = newest.head(MOST_ROWS).to_dict("records")
    on_others = any(row["target"] != "us-coalition-forces" for row in shown)
    target = ["Target"] if on_others else []
    columns = [
        "Day",
        *more_columns,
        *target,
        "Weapon",
        "Outcome",
        "Hurt",
        "Claimed by",
        "Reported by",
    ]
    rows = [_attack_row(page, row) for row in shown]
    only_claimed = (attacks["confirmation"] == "claim").any()
    claims = ", those known from claims alone among them" if only_claimed else ""
    whole = (
        f"the newest {len(rows)} of {words.digits(len(attacks))}"
        if len(attacks) > len(rows)
        else "newest first"
    )
    return table(
        f"Attacks {which}{claims}; {whole}",
        [{column: row[column] for column in columns} for row in rows],
    )


TARGETS = {
    "us-coalition-forces": "US forces",
    "us-warship": "US warship",
    "commercial-shipping": "ship",
    "israel": "Israel",
    "other": "other, not stated",
}

OUTCOMES = {
    "partly-intercepted": "intercepted in part",
    "impact": "came through",
    "unknown": "not known",
}

REPORTED_BY = {
    "official": "officials",
    "media": "news, monitors",
    "claim": "claimant only",
}


def _attack_row(page: Page, row: dict[Any, Any]) -> dict[str, object]:
    names = page.known.actor_names()
    claimant = names.get(row["claimed_by"], "")
    if not claimant and pd.notna(row["attributed_to"]):
        own = row["attributed_to"] == page.parameters.get("actor_id")
        claimant = f"nobody; attributed to {'it' if own else names.get(row['attributed_to'])}"
    return {
        "Day": escape(words.short_day(row["event_date"])) + page.cite(ids=(row["attack_id"],)),
        "Where": words.short_site(str(row["site"])),
        "Target": TARGETS[row["target"]],
        "Weapon": row["weapons"]
        .replace("unknown", "not named")
        .replace("ied", "IED")
        .replace("+", ", ")
        .replace("-", " "),
        "Outcome": OUTCOMES.get(row["outcome"], row["outcome"]),
        "Hurt": _hurt(row),
        "Claimed by": claimant or "nobody named",
        "Reported by": REPORTED_BY[row["confirmation"]],
    }


def _hurt(row: dict[Any, Any]) -> str:
    told = {harm: int(row[harm]) for harm in ("killed", "injured") if pd.notna(row[harm])}
    if not told:
        return "not stated"
    some = [f"{number} {harm}" for harm, number in told.items() if number]
    return ", ".join(some) or "none"


def actor_strikes(page: Page) -> Fragment:
    """Strikes that name the group, the one it is listed under or its parts as the target."""
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
            "By": STRUCK_BY[row["by"]],
            "Target, as officials name it": names.get(row["target_actor"], row["target_actor"]),
        }
        for row in newest.head(MOST_ROWS).to_dict("records")
    ]
    more = f"; the newest {len(rows)} of {len(found)}" if len(found) > len(rows) else ""
    return table(f"Strikes by the US or with it on this group and its kin{more}", rows)


STRUCK_BY = {"us": "US", "us-uk": "US and UK", "coalition": "coalition"}


LEAD = "Order to arrival"
PHASES = {"ordered": "ordered", "en-route": "under way", "arrived": "in the region"}


def _deployment_row(page: Page, row: dict[Any, Any]) -> dict[str, object]:
    ordered, arrived = row["ordered"], row["arrived"]
    lead = ""
    if pd.notna(ordered) and pd.notna(arrived):
        days = (arrived - ordered).days
        lead = f"{days} {words.noun(days, 'day|days')}"
    return {
        "Unit": escape(row["asset"]) + page.cite(ids=(row["deployment_id"],)),
        "Now": f"{PHASES[row['phase']]}, {words.area(row['area'])}",
        "Since": words.short_day(row["since"]),
        LEAD: lead,
    }


def changes(page: Page) -> Fragment:
    """Fields of known facts that changed, in words; the most telling first."""
    revised = page.changes[page.changes["kind"] == "revised"]
    if revised.empty:
        return NOTHING
    rank = {
        "killed": 0,
        "injured": 1,
        "confirmation": 2,
        "outcome": 3,
        "claimed_by": 4,
        "status": 2,
    }
    ordered = revised.assign(rank=revised["column"].map(rank).fillna(9)).sort_values(
        ["rank", "reported_on", "id", "column"], ascending=[True, False, True, True]
    )
    shown = ordered.head(MOST_ROWS)
    about = describe_rows(page.known, shown["id"].tolist()).to_dict("index")
    rows = [_change_row(page, row, about[row["id"]]) for row in shown.to_dict("records")]
    more = f"; {len(shown)} of {len(ordered)} changed fields" if len(ordered) > len(shown) else ""
    return table(f"Facts revised since {words.day(page.earlier.date)}{more}", rows)


def _change_row(page: Page, row: dict[Any, Any], about: dict[Any, Any]) -> dict[str, object]:
    before, after = (_in_words(page, row["column"], row[side]) for side in ("before", "after"))
    subject = about["place"] if about["table"] == "attacks" else about["what"].split(":")[0]
    return {
        "What": escape(f"{subject}, {words.short_day(about['date'])}")
        + page.cite(ids=(row["id"],)),
        "Field": row["column"].replace("_", " "),
        "Was": before,
        "Is": after,
        "Reported": words.short_day(row["reported_on"]),
    }


def _in_words(page: Page, column: str, value: Any) -> str:
    if pd.isna(value):
        return "not reported"
    text = str(value)
    if column in ("claimed_by", "attributed_to", "target_actor"):
        return page.known.actor_names().get(text, text)
    if column.endswith("_on"):
        return words.short_day(text)
    if column == "area":
        return words.area(text)
    is_number = text.lstrip("-").replace(".", "").isdigit()
    return text if is_number else text.replace("-", " ")
