"""The head of the page and its bottom line: what matters most, then five sentences of answer."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.display import in_notebooks, words
from analysis.display.fragment import PAGE_TYPE, Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import lead, listing
from analysis.display.say.happened import titles
from analysis.display.say.lead import leading_event
from analysis.measures import milestones, posture
from analysis.measures.attacks import countries_hit
from analysis.parameters import CORRECTION
from analysis.record.codebook import SEA, country, place


@section
def masthead(page: Page) -> Fragment:
    """Title, as-of date, window, marking, correction; its data tell the publisher what it is."""
    marking = page.parameters["marking"]
    html = Markup(
        '<header class="masthead"><p class="marking">{}</p><h1>{}</h1>'
        '<p class="dateline">What was known on {} · window {}{}</p></header>{}'
    ).format(
        marking,
        page.title,
        words.day(page.as_of),
        page.window,
        _record_ends(page),
        _correction(page),
    )
    about = {
        "title": page.title,
        "as_of": f"{page.as_of:%Y-%m-%d}",
        "window": page.window,
        "marking": marking,
        "description": f"{page.title}: what the public record held on {words.day(page.as_of)} "
        f"about attacks on {page.words['forces']} in the Middle East and the US response.",
        "keywords": ["US forces", *map(country, hit(page)), "attacks", "deployments"],
        "data_digest": page.known.digest(),
        "campaign": page.known.campaign.title,
    }
    return Fragment(html, {PAGE_TYPE: about}, in_notebooks.sheet())


def _correction(page: Page) -> Markup:
    """What a later edition says of the one before; nothing on a first."""
    said = page.parameters.get(CORRECTION)
    return Markup('<aside class="correction"><p>{}</p></aside>').format(said) if said else Markup()


def _record_ends(page: Page) -> Markup:
    """The day of the newest report, and how well the window was kept where not daily."""
    newest = page.known.record_through
    if newest is None:
        return Markup(" · the record holds no report yet")
    kept = {"daily": "", "sampled": ", a sample only", "none": ", not kept for the window"}
    return Markup(" · reports through {}{}").format(words.short_day(newest), kept[page.kept_window])


@section
def bottom_line(page: Page) -> Fragment:
    """What matters most first; then attacks, official count, US strikes, posture, outlook."""
    news = leading_event(page)
    return lead(
        page,
        attacks_in_window(page),
        official_count(page),
        latest_strike(page),
        carriers(page),
        likelihood_of_attack(page),
        news=news,
    )


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
            confirmed=who_confirms(page),
            claims=claims_only(page),
            **when,
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
        confirmed=who_confirms(page),
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


def who_confirms(page: Page) -> Markup:
    """Who reports the attacks of the window."""
    official, media = page.count("attacks_window_official"), page.count("attacks_window_media")
    one = page.count("attacks_window") == 1
    if not media:
        both = page.count("attacks_window") == 2
        whole = "it" if one else "both" if both else "all of them"
        return Markup(f"officials confirm {whole}")
    if not official:
        which = "it is" if one else "all are"
        return Markup(f"{which} reported by news and monitors only")
    return page.phrase(
        "officials confirm {attacks_window_official}, news and monitors alone report "
        "{attacks_window_media}"
    )


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
        "officials count {attacks_official:attack|attacks} {since}, through "
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
    wanted = ("injured",) if _deaths_are_told(page) else ("killed", "injured")
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
    deadly = page.attacks[page.attacks["killed"].fillna(0) > 0]
    told = deadly["attack_id"].isin(page.facts["killed_record"].evidence)
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


@if_kept
def latest_strike(page: Page) -> Markup:
    """US strikes in the main theatre so far, and how long ago the latest was."""
    if not page.given("us_strikes_cumulative") and page.given("us_targets_struck"):
        return page.sentence(
            "the record dates no single US strike {theatre_or}; {total}.{cite}",
            total=_running_total(page),
            cite=page.cite("us_targets_struck"),
        )
    if not page.count("us_strikes_cumulative"):
        return _first_strike_is_untold(page)
    return page.sentence(
        "the record holds {us_strikes_cumulative:US strike|US strikes} {theatre} "
        "{since}, {the_latest}on {latest_us_strike}{ago}{total}.{cite}",
        the_latest="the latest " if page.count("us_strikes_cumulative") > 1 else "",
        ago=_ago(page),
        total=Markup("; ") + _running_total(page) if page.given("us_targets_struck") else "",
        cite=page.cite("latest_us_strike", "us_targets_struck"),
    )


def no_strike(page: Page, there: str, since: str = "", noted: Markup | str = "") -> Markup:
    """That no US strike is known there; of a sample, that it is one, and what it notes instead."""
    said = (
        "the record holds no US strike {there}{since}, but it {samples}{noted}."
        if page.kept == "sampled"
        else "no US strike {there} has been recorded{since}."
    )
    return page.sentence(said, there=there, since=since, noted=noted)


def _first_strike_is_untold(page: Page) -> Markup:
    """That no strike is told where the answer falls; where there is fighting, under what name."""
    rows = milestones.fighting(page.known)
    is_told = page.kept == "sampled" and not rows.empty  # a source that is not told is not cited
    noted = Markup("; it notes {}").format(titles(page, rows)) if is_told else ""
    return no_strike(page, page.words["theatre_or"], f" {page.words['since']}", noted)


def _running_total(page: Page) -> Markup:
    """How many targets a running total over many strikes gives."""
    return page.phrase(
        "a running total reported on {us_targets_struck_through} gives "
        "{us_targets_struck:target|targets} struck {theatre}"
    )


def _ago(page: Page) -> Markup:
    """How long ago the latest strike was, where the record was kept to this day."""
    if not page.given("days_since_us_strike"):
        return Markup("")
    if not page.count("days_since_us_strike"):
        return Markup(", the day of this report")
    return page.phrase(", {days_since_us_strike:day|days} ago")


@if_kept
def carriers(page: Page) -> Markup:
    """Carriers, Marines, people and air defence sent to the region."""
    committed = page.count("carriers_committed")
    if not committed:
        ships = page.sentence("no carrier strike group is known to be committed to the region")
    else:
        ships = page.sentence(
            "{carriers_committed:carrier strike group is|carrier strike groups are} committed to "
            "the region{there}",
            there=_of_them_there(page),
        )
    return (
        ships
        + _reinforcements(page)
        + Markup(".")
        + page.cite("carriers_committed", "marines_committed", "air_defense_committed")
    )


def _of_them_there(page: Page) -> Markup:
    there, committed = page.count("carriers_in_region"), page.count("carriers_committed")
    if not there:
        return Markup(", none of them there yet" if committed > 1 else " and not there yet")
    if there == committed:
        return Markup({1: " and is there", 2: ", both there"}.get(there, ", all of them there"))
    return page.phrase(", {carriers_in_region} of them there")


def _reinforcements(page: Page) -> Markup:
    parts = []
    if page.count("marines_committed"):
        parts.append(page.phrase("{marines_committed} Marines are ordered or under way"))
    if page.count("air_defense_committed"):
        parts.append(
            page.phrase(
                "{rounded}{air_defense_committed:air-defence system is|air-defence systems are} "
                "ordered, under way or there",
                rounded=_rounded(page),
            )
        )
    return Markup("").join(Markup("; ") + part for part in parts)


def _rounded(page: Page) -> str:
    """A summary bounds the number from above; units without a number make it a lower bound."""
    evidence = set(page.facts["air_defense_committed"].evidence)
    sent = posture.on_day(page.known)
    if evidence & set(sent.loc[sent["counting"] == "summary", "deployment_id"]):
        return "at most "
    units = posture.units(sent, *posture.COMMITTED, kind="air-defense")
    return "at least " if units["quantity"].isna().any() else ""


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
        "an attack in {coming} is {likelihood} ({forecast_probability_any})",
        likelihood=likelihood,
    )
