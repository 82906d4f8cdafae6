"""The sentence that leads a page: what matters most in the window."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import events, words
from analysis.display.events import Row
from analysis.display.page import Page
from analysis.display.places import name_of, place_of
from analysis.display.say.answer import listing
from analysis.measures import responses
from analysis.measures.attacks import on_targets, recorded_on_targets
from analysis.measures.salience import PAUSE
from analysis.record.codebook import SEA, country, place, word
from analysis.record.coded import is_one_of
from analysis.record.wording import joined, where

#: Of more places attacked together the first are named.
MOST_PLACES = 4

#: Numbers from here on are digits.
TEN = len(words.SMALL_NUMBERS)

#: Where the number of munitions stands in a clause until it is set.
NUMBER = "\N{OBJECT REPLACEMENT CHARACTER}"

#: Why an event is the first or largest of its kind, after a comma.
FIRSTS = {
    "first-attack": "the first attack",
    "first-by-a-state": "the first attack by a state’s own forces",
    "first-in-a-country": "the first attack {place}",
    "first-on-a-target": "the first attack on {them}",
    "largest-salvo": "the largest salvo whose size is known",
}

#: After how many were killed, where no source says how many were injured.
UNKNOWN_INJURED = " {side}, and no number of injured is reported"


def deaths_counted(page: Page) -> Markup | None:
    """Deaths that officials count and no event accounts for, where these matter most."""
    if not page.given("lead_killed_official"):
        return None
    one = page.count("lead_killed_official") == 1
    some = page.given("killed_record") and page.count("killed_record")
    return page.sentence(
        "officials count {lead_killed_official:person|people} killed {side} {since}, through "
        "{killed_official_through}; {accounted}.{cite}",
        accounted=page.phrase("the attacks in the record account for {killed_record} of them")
        if some
        else f"no attack in the record accounts for {'this death' if one else 'these deaths'}",
        cite=page.cite("lead_killed_official"),
    )


def leading_event(page: Page) -> Markup | None:
    """What matters most in the window, in one sentence; nothing where nothing stands out."""
    ids = page.facts["lead_event"].evidence
    if not ids:
        return None
    attacks = on_targets(page.known)
    attacks = attacks[is_one_of(attacks["attack_id"], ids)]
    if len(attacks) == 1:
        return _attack(page, attacks.iloc[0].to_dict()) + _others_killed(page)
    if len(attacks):
        return _attacks(page, attacks)
    strikes = responses.american(page.known)
    return _strikes(page, strikes[is_one_of(strikes["response_id"], ids)])


def _attack(page: Page, row: Row) -> Markup:
    # What the clause says after a semicolon comes after what else is said of the attack itself.
    clause, semicolon, silent = escape(
        events.attack(row, page.known, NUMBER if page.given("lead_munitions") else None)
    ).partition("; ")
    # Two numbers side by side would run together: the year and how many were fired.
    number_first = clause.startswith(NUMBER) and page.count("lead_munitions") >= TEN
    return page.sentence(
        "{when} {lead_on}{comma} {what}{first}{silent}{hurt}; {who}.{cite}",
        when="about" if row["date_precision"] == "about" else "on",
        comma="," if number_first else "",
        what=clause.replace(NUMBER, page.phrase("{lead_munitions}"))
        if NUMBER in clause
        else clause,
        first=_first(page, row),
        silent=semicolon + silent,
        hurt=_hurt(page, row),
        who=_who_says(page, row),
        cite=page.cite("lead_event"),
    )


def _first(page: Page, row: Row) -> str:
    """That it is the first or largest of its kind, where the whole campaign was kept."""
    said = FIRSTS.get(str(page.value("lead_reason")))
    if said is None:
        return ""
    them = word("target", row["target"], "them")
    first = said.format(them=them, place=place(str(row["country"])))
    if said == FIRSTS["largest-salvo"] and (alike := _as_large(page, row)) > 1:
        first = f"one of the {words.number(alike)} largest salvoes whose size is known"
    return f", {first} in the record of this campaign"


def _as_large(page: Page, row: Row) -> int:
    """How many salvoes of the day were as large, itself included."""
    rows = recorded_on_targets(page.known)
    same = (rows["event_date"] == row["event_date"]) & (rows["munitions"] == row["munitions"])
    return int(same.sum())


def _hurt(page: Page, row: Row) -> Markup:
    """Who was hurt, as far as a source says."""
    side = events.among(row)
    killed, injured = (page.given(name) for name in ("lead_killed", "lead_injured"))
    if killed and page.count("lead_killed"):
        also = " and {lead_injured} injured {side}" if injured else UNKNOWN_INJURED
        return page.phrase(
            "; {lead_killed:person|people} {lead_killed:~was|were} killed" + also, side=side
        )
    if injured and page.count("lead_injured"):
        also = " and none killed" if killed else ""
        return page.phrase(
            "; {lead_injured:person|people} {lead_injured:~was|were} injured{also} {side}",
            also=also,
            side=side,
        )
    told = [harm for harm, given in (("killed", killed), ("injured", injured)) if given]
    return Markup(f"; nobody was {' or '.join(told)}") if told else Markup("")


def _others_killed(page: Page) -> Markup:
    """How many died in other attacks of the window, as a sentence of its own."""
    if not page.given("lead_killed_besides"):
        return Markup("")
    return Markup(" ") + page.sentence(
        "{lead_killed_besides} more {lead_killed_besides:~person was|people were} killed {side} in "
        "other attacks of the {days}.{cite}",
        cite=page.cite("lead_killed_besides"),
    )


def _who_says(page: Page, row: Row) -> Markup:
    """Who claims it, whom others hold responsible, and whether officials confirm it."""
    named = (events.claimed(row, page.known), events.attributed(row, page.known))
    confirmed = {
        "official": "confirmed by officials",
        "media": "reported by news and monitors, not confirmed by officials",
    }[str(row["confirmation"])]
    nobody = "" if named[0] else ", and no claim is known"
    said = [Markup("{}").format(part) for part in (*named, confirmed) if part]
    return Markup("the attack is {}{}").format(listing(said), nobody)


def _attacks(page: Page, rows: pd.DataFrame) -> Markup:
    """Several attacks of one day that lead together, as a campaign begins."""
    is_first = page.value("lead_reason") == "first-attack"
    official = (rows["confirmation"] == "official").sum()
    both = "both" if len(rows) == 2 else "all of them"
    who = {len(rows): f"officials confirm {both}", 0: "news and monitors report them"}
    return page.sentence(
        "{what} {lead_on}, {places}; {who}.{cite}",
        what="the first attacks in the record of this campaign came on"
        if is_first
        else "attacks are recorded on",
        places=_places(page, rows),
        who=who.get(official, "officials confirm some of them"),
        cite=page.cite("lead_event"),
    )


def _places(page: Page, rows: pd.DataFrame) -> str:
    """Where attacks were: the first places of each country, and the seas."""
    ashore, afloat = [], []
    for code, named in rows.drop_duplicates("site_id").groupby(
        "country", sort=False, observed=True
    ):
        first = named.head(MOST_PLACES)
        if code == SEA:
            afloat += [place_of(page.known, str(site)) for site in first["site_id"]]
        else:
            names = [name_of(page.known, str(site)) for site in first["site_id"]]
            ashore.append(f"{joined(names)} {place(str(code))}")
    return joined([*([f"at {joined(ashore)}"] if ashore else []), *afloat])


def _strikes(page: Page, rows: pd.DataFrame) -> Markup:
    """The US strikes of one day."""
    countries = {country(str(code)).removeprefix("the ") for code in rows["country"]}
    told = [words.in_sentence(spot, countries) for spot in rows["place"].drop_duplicates()]
    places = "; ".join(filter(None, told))
    there = where(rows["country"].drop_duplicates().astype("str"))
    if len(told) == len(countries) == 1 and told[0].endswith(f" {next(iter(countries))}"):
        there, places = f"in {told[0]}", ""
    return page.sentence(
        "on {lead_on} {by} carried out {made}{against} {there}{places}{first}{toll}.{cite}",
        by=joined(_parties(rows["by"])),
        made=_made(rows["method"]),
        there=there,
        places=f" ({places})" if places else "",
        first=_first_strike(page),
        against=events.against(rows["target_actor"], rows["country"], page.known),
        toll=_toll(page),
        cite=page.cite("lead_event"),
    )


def _made(methods: pd.Series) -> str:
    """How strikes were made, each way once.

    >>> _made(pd.Series(["air-strike", "raid", "raid"])), _made(pd.Series(["air-strike"]))
    ('an air strike and raids', 'an air strike')
    """
    times = Counter(methods.astype("str"))
    one = {way: word("method", way) for way in times}
    return joined(
        [
            word("method", way, "several")
            if number > 1
            else f"{'an' if one[way][0] in 'aeiou' else 'a'} {one[way]}"
            for way, number in times.items()
        ]
    )


def _parties(by: pd.Series) -> list[str]:
    """Who carried out strikes, each party once, whether alone or with another.

    >>> _parties(pd.Series(["us", "us-uk"]))
    ['the US', 'the UK']
    """
    named = [party for one in by for party in word("by", str(one), "who").split(" and ")]
    return list(dict.fromkeys(named))


def _first_strike(page: Page) -> Markup:
    if page.value("lead_reason") != "first-strike":
        return Markup("")
    if not page.given("lead_strike_before"):
        return Markup(", the first US strike there in the record of this campaign")
    on, before = (pd.Timestamp(str(page.value(f"lead_{one}"))) for one in ("on", "strike_before"))
    # Of several countries one may be struck for the first time, and another was the day before.
    if on - before < PAUSE:
        return Markup("")
    return page.phrase(", the first US strike there since {lead_strike_before}")


def _toll(page: Page) -> Markup:
    """What was struck, and who was killed as one side or the other claims."""
    parts = []
    if page.given("lead_targets_struck"):
        parts.append(
            page.phrase(
                "{lead_targets_struck:target|targets} {lead_targets_struck:~is|are} reported struck"
            )
        )
    if page.given("lead_killed_claimed") and not page.count("lead_killed_claimed"):
        parts.append(Markup("it is said that nobody was killed"))
    elif page.given("lead_killed_claimed"):
        parts.append(page.phrase("{lead_killed_claimed} {lead_killed_claimed:~is|are} "
                                 "said to have been killed"))  # fmt: skip
    return Markup("; {}").format(listing(parts)) if parts else Markup("")
