"""What is counted, in sentences: the attacks of the window, official counts, dead and injured."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.display.kept import if_kept
from analysis.display.page import Page
from analysis.display.say.answer import listing
from analysis.display.say.attack_terms import who_confirms
from analysis.measures.attacks import countries_hit
from analysis.measures.casualties import are_some
from analysis.record.codebook import SEA, place
from analysis.record.coded import is_one_of


def hit(page: Page) -> list[str]:
    """The countries where the campaign's targets were hit, by code, in order of the first hit."""
    return [code for code in countries_hit(page.shown) if code != SEA]


@if_kept
def attacks_in_window(page: Page, which: str = "") -> Markup:
    """How many attacks the window holds, against the one before, by who confirms them.

    `which` says of which attacks the page's facts speak; those on the campaign's targets if empty.
    """
    when = {"which": which or f"on {page.words['forces']}"}
    if page.facts["attacks_window"].kept == "sampled":
        return _sampled_in_window(page, **when)
    if page.count("attacks_window"):
        return page.sentence(
            "in the {days} to {to_day} the record holds {attacks_window:attack|attacks} {which}"
            "{compared}; {confirmed}{claims}.",
            compared=against_window_before(page),
            confirmed=_who_confirms(page),
            claims=claims_only(page),
            **when,
        )
    if page.opens:
        # Of the days before the campaign nothing is known.
        return page.sentence(
            "no attack {which} has been recorded {since}{claims}.", claims=claims_only(page), **when
        )
    return page.sentence(
        "no attack {which} was recorded in the {days} to {to_day}{compared}{claims}.",
        compared=""
        if page.begins
        else page.phrase(", after {attacks_previous_window} in the {days} before")
        if page.count("attacks_previous_window")
        else page.phrase(", nor in the {days} before"),
        claims=claims_only(page),
        **when,
    )


def _sampled_in_window(page: Page, **when: str) -> Markup:
    """The same of days that were only sampled: at least so many, and no comparison."""
    if not page.count("attacks_window"):
        return page.sentence(
            "the record holds no attack {which} in the {days} to {to_day}, but it only samples "
            "these days{claims}.",
            claims=claims_only(page),
            **when,
        )
    return page.sentence(
        "in the {days} to {to_day} the record holds at least {attacks_window:attack|attacks} "
        "{which}, as it only samples these days; {confirmed}{claims}.",
        confirmed=_who_confirms(page),
        claims=claims_only(page),
        **when,
    )


def against_window_before(page: Page) -> Markup:
    """How many the window before held; nothing where the campaign begins in this one."""
    if page.begins:
        return Markup("")
    now, before = page.count("attacks_window"), page.count("attacks_previous_window")
    if not before:
        return page.phrase(", after none in the {days} before")
    if now == before:
        return page.phrase(", as many as in the {days} before")
    return page.phrase(
        ", up from {attacks_previous_window} in the {days} before"
        if now > before
        else ", down from {attacks_previous_window} in the {days} before"
    )


def _who_confirms(page: Page) -> Markup:
    """Who reports the attacks of the window."""
    return who_confirms(page, "attacks_window_official", "attacks_window_media")


def claims_only(page: Page) -> Markup:
    """Attacks of the window that only the attackers report; nothing where there are none."""
    if not page.count("attacks_window_claim_only"):
        return Markup("")
    return page.phrase(
        "; {attacks_window_claim_only:attack|attacks} known from the attackers’ own claims only "
        "{attacks_window_claim_only:~is|are} not counted here"
    )


@if_kept
def official_count(page: Page) -> Markup:
    """What officials count since the campaign began, the split by country, and casualties."""
    if not page.facts["attacks_official"].known:
        return page.sentence(
            "the record knows of no official count of attacks; it holds "
            "{at_least}{attacks_cumulative:attack|attacks} {since}; {casualties}.{cite}",
            at_least=at_least(page, "attacks_cumulative"),
            casualties=casualties(page),
            cite=page.cite("killed_official", "injured_official"),
        )
    return page.sentence(
        "officials count {attacks_official:attack|attacks} since {start}, through "
        "{attacks_official_through}{split}; {casualties}.{cite}",
        split=_official_split(page),
        casualties=casualties(page),
        cite=page.cite("attacks_official", "killed_official", "injured_official"),
    )


def _official_split(page: Page) -> Markup:
    """The split by country, where it belongs to the same day as the whole."""
    known = [
        code
        for code in hit(page)
        if page.count(f"attacks_official_{code.lower()}")
        and page.value(f"attacks_official_{code.lower()}_through")
        == page.value("attacks_official_through")
    ]
    if len(known) < 2:
        return Markup("")
    parts = [
        page.phrase(f"{{attacks_official_{code.lower()}:digits}} {place(code)}") for code in known
    ]
    return Markup(" ({})").format(Markup(", ").join(parts))


def casualties(page: Page) -> Markup:
    """The dead and injured of the side attacked, by the record's rows and by officials."""
    hurt = deaths_and_injuries(page, "killed_record", "injured_record")
    if not hurt and not (page.given("injured_official") or page.given("killed_official")):
        return page.phrase(
            "no dead or injured {side} are in the record, which {samples}"
            if page.kept == "sampled"
            else "no number of dead or injured {side} had been reported"
        )
    missing = "" if page.given("injured_record") else " and no number of injured"
    return page.phrase(
        "the record gives {hurt} {side}{missing}{officials}"
        if hurt
        else "the record gives no number of dead or injured {side}{officials}",
        hurt=hurt or "",
        missing=missing,
        officials=_by_officials(page),
    )


def _by_officials(page: Page) -> Markup:
    """The dead and injured that officials count, each with the day of the count."""
    told = page.given("lead_killed_official") or _deaths_are_told(page)
    wanted = ("injured",) if told else ("killed", "injured")
    harms = [harm for harm in wanted if page.given(f"{harm}_official")]
    days = {page.value(f"{harm}_official_through") for harm in harms}
    if len(harms) == 2 and len(days) == 1:
        return page.phrase(
            "; officials count {killed_official} killed and {injured_official} injured through "
            "{injured_official_through}"
        )
    counts = [
        page.phrase(f"{{{harm}_official}} {harm} through {{{harm}_official_through}}")
        for harm in harms
    ]
    return Markup("; officials count {}").format(listing(counts)) if counts else Markup("")


def _deaths_are_told(page: Page) -> bool:
    """Whether the record's own deaths are as many as officials count, or more and newer."""
    if not page.given("killed_official") or not page.given("killed_record"):
        return False
    official, record = page.count("killed_official"), page.count("killed_record")
    deadly = page.attacks[are_some(page.attacks["killed"])]
    told = is_one_of(deadly["attack_id"], page.facts["killed_record"].evidence)
    counted_to = pd.Timestamp(str(page.value("killed_official_through")))
    newer = bool(counted_to < deadly.loc[told, "event_date"].max())
    return official == record or (official < record and newer)


def deaths_and_injuries(page: Page, killed: str, injured: str) -> Markup | None:
    """The dead and injured by two facts, as far as they are known; None where neither is."""
    parts = [
        page.phrase(f"{{{name}:{nouns}}}")
        for name, nouns in ((killed, "death|deaths"), (injured, "injury|injuries"))
        if page.given(name)
    ]
    return Markup(" and ").join(parts) if parts else None


def at_least(page: Page, name: str) -> str:
    """What stands before a count of days that were only sampled."""
    return "at least " if page.facts[name].kept == "sampled" and page.count(name) else ""
