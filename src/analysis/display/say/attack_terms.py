"""Where, on what and with what attacks were made and how they ended, as several reports say it."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.page import Page
from analysis.display.say.answer import listing
from analysis.measures.facts.site import WEAPONS
from analysis.record import Known

#: Targets by the ends of the names of their facts, as they follow a number.
TARGETS = {
    "us_forces": "on US and coalition forces",
    "warship": "on US warships",
    "shipping": "on commercial ships",
    "israel": "aimed at Israel",
    "other": "on another target or none that a source states",
}

#: With what an attack was made, after that verb.
WITH_WEAPON = {
    "drone": "with drones",
    "rocket": "with rockets",
    "ballistic-missile": "with ballistic missiles",
    "cruise-missile": "with cruise missiles",
    "missile": "with missiles of a kind not stated",
    "mortar": "with mortars",
    "ied": "with explosive devices",
    "boat": "with boats",
    "hijacking": "by hijacking the ship",
    "small-arms": "with small arms",
}


def place_of(known: Known, site_id: str) -> str:
    """Where a site is, after a verb; with its id where the record does not name it by then."""
    site = known.sites.set_index("site_id")
    if site_id not in site.index:
        return f"at {site_id}"
    name, kind = str(site.loc[site_id, "name"]), str(site.loc[site_id, "kind"])
    if kind == "sea-area" or name.endswith(" area"):
        return f"in {name}" if name.startswith("The ") else f"in the {name}"
    if kind in ("region", "city"):
        return f"in {name}"
    return f"at the {name}" if kind == "diplomatic" else f"at {name}"


def targets(page: Page, named: bool = False) -> Markup:
    """How many of the recorded attacks were on each kind of target; `named` begins a section."""
    aimed = [name for name in TARGETS if page.count(f"attacks_on_{name}")]
    if len(aimed) == 1:
        number = page.count("attacks_cumulative")
        subject = {1: "It was", 2: "Both were"}.get(number, "All were")
        if named:
            subject = {1: "The one attack was", 2: "Both attacks were"}.get(
                number, "All attacks were"
            )
        return Markup(f"{subject} {TARGETS[aimed[0]]}.")
    first, *rest = aimed
    verb = "was" if page.count(f"attacks_on_{first}") == 1 else "were"
    parts = [
        page.phrase(f"{{attacks_on_{first}}} {verb} {TARGETS[first]}"),
        *(page.phrase(f"{{attacks_on_{name}}} {TARGETS[name]}") for name in rest),
    ]
    return page.sentence(
        "of the {attacks_cumulative} recorded attacks, {parts}.", parts=listing(parts)
    )


def who_confirms_them(page: Page) -> Markup:
    """Who confirms the recorded attacks, and how many more are claimed only."""
    official = page.count("attacks_confirmed_cumulative")
    media = page.count("attacks_media_cumulative")
    if not media:
        every = {1: "it", 2: "both"}.get(official, "all of them")
        who = Markup(f"officials confirm {every}")
    elif not official:
        every = {1: "it is", 2: "both are"}.get(media, "all are")
        who = Markup(f"{every} reported by news and monitors only, not confirmed by officials")
    else:
        who = page.phrase(
            "officials confirm {attacks_confirmed_cumulative}, news and monitors alone report "
            "{attacks_media_cumulative}"
        )
    claims = (
        page.phrase("{attacks_claim_only_cumulative:more is|more are} known from claims alone")
        if page.count("attacks_claim_only_cumulative")
        else Markup("no others are known from claims alone")
    )
    return page.sentence("{who}; {claims}.", who=who, claims=claims)


def course(page: Page) -> Markup | None:
    """On how many days they fell, and how many at most within seven days."""
    if page.count("attack_days") < 2:
        return None
    if page.count("most_in_seven_days") < 2:
        return Markup("No two of them fell within seven days.")
    if page.count("most_in_seven_days") == page.count("attacks_cumulative"):
        return page.sentence("all fell within the seven days to {most_in_seven_days_on:day}.")
    return page.sentence(
        "they fell on {attack_days} different days, with at most {most_in_seven_days} in any "
        "seven days, as in those to {most_in_seven_days_on:day}."
    )


def armed(page: Page) -> Markup:
    """With what the attacks were made."""
    used = sorted(
        (weapon for weapon in WEAPONS if page.count(_weapon(weapon))),
        key=lambda weapon: -page.count(_weapon(weapon)),
    )
    if not used:
        return Markup("No source names a weapon.")
    if page.count("weapon_known") == 1:
        return page.sentence(
            "{which} was made {weapons}.",
            which="the attack"
            if page.count("attacks_cumulative") == 1
            else "the one attack whose weapon a source names",
            weapons=words.listing([WITH_WEAPON[weapon] for weapon in used]),
        )
    first, *rest = used
    if page.count(_weapon(first)) == page.count("weapon_known"):
        also = [page.phrase(f"{{{_weapon(each)}}} also {WITH_WEAPON[each]}") for each in rest]
        return page.sentence(
            "{every} whose weapon a source names were made {weapons}{also}.",
            every=every(page, "weapon_known"),
            weapons=WITH_WEAPON[first],
            also=Markup(", ") + listing(also) if also else "",
        )
    verb = "was" if page.count(_weapon(first)) == 1 else "were"
    parts = [
        page.phrase(f"{{{_weapon(first)}}} {verb} made {WITH_WEAPON[first]}"),
        *(page.phrase(f"{{{_weapon(weapon)}}} {WITH_WEAPON[weapon]}") for weapon in rest),
    ]
    mixed = sum(page.count(_weapon(weapon)) for weapon in used) > page.count("weapon_known")
    return page.sentence(
        "of the {weapon_known} attacks whose weapon a source names, {parts}{mixed}.",
        parts=listing(parts),
        mixed="; an attack with several kinds counts under each" if mixed else "",
    )


def _weapon(weapon: str) -> str:
    return f"weapon_{weapon.replace('-', '_')}"


#: How attacks end, after one and after several.
OUTCOMES = {
    "outcome_intercepted": ("was intercepted in full", "were intercepted in full"),
    "outcome_partly_intercepted": ("was intercepted in part", "were intercepted in part"),
    "outcome_impact": ("came through", "came through"),
    "outcome_missed": ("missed", "missed"),
    "outcome_failed": ("failed", "failed"),
}


def ended(page: Page) -> Markup:
    """How the attacks ended."""
    known, only_one = page.count("outcome_known"), page.count("attacks_cumulative") == 1
    if not known:
        return Markup(f"No source tells how {'it' if only_one else 'the attacks'} ended.")
    seen = [name for name in OUTCOMES if page.count(name)]
    if known == 1:
        return page.sentence(
            "{which} {how}.",
            which="it" if only_one else "the one attack with a known outcome",
            how=OUTCOMES[seen[0]][0],
        )
    if len(seen) == 1:
        return page.sentence(
            "{every} with a known outcome {how}.",
            every=every(page, "outcome_known"),
            how=OUTCOMES[seen[0]][1],
        )
    parts = [page.phrase(f"{{{name}}} {OUTCOMES[name][page.count(name) > 1]}") for name in seen]
    return page.sentence(
        "of the {outcome_known} attacks with a known outcome, {parts}.", parts=listing(parts)
    )


def every(page: Page, name: str) -> Markup:
    """All that a fact counts, two or more: "both attacks", "all four attacks"."""
    if page.count(name) == 2:
        return Markup("both attacks")
    return page.phrase(f"all {{{name}}} attacks")
