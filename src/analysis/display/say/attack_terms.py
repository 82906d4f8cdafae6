"""Where, on what and with what attacks were made and how they ended, as several reports say it."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.kept import if_kept
from analysis.display.page import Page
from analysis.display.say.answer import listing
from analysis.measures.facts.attacks import target_fact
from analysis.measures.facts.site import OUTCOMES, WEAPONS, outcome_fact, weapon_fact
from analysis.record.codebook import codes, word
from analysis.record.wording import joined


@if_kept
def targets(page: Page, named: bool = False) -> Markup:
    """How many of the recorded attacks were on each kind of target; `named` begins a section."""
    aimed = [(target_fact(code), word("target", code, "how")) for code in codes("target")]
    aimed = [(name, how) for name, how in aimed if page.count(name)]
    if len(aimed) == 1:
        number = page.count("attacks_cumulative")
        how = aimed[0][1] if number > 1 else _on_one(page)
        subject = {1: "It was", 2: "Both were"}.get(number, "All were")
        if named:
            subject = {1: "The one attack was", 2: "Both attacks were"}.get(
                number, "All attacks were"
            )
        return Markup(f"{subject} {how}.")
    (first, how_first), *rest = aimed
    parts = [
        page.phrase(f"{{{first}}} {{{first}:~was|were}} {how_first}"),
        *(page.phrase(f"{{{name}}} {how}") for name, how in rest),
    ]
    return page.sentence(
        "of the {attacks_cumulative} recorded attacks, {parts}.", parts=listing(parts)
    )


def _on_one(page: Page) -> str:
    """On what a single attack was: on a ship, where several are on ships."""
    (code,) = (code for code in codes("target") if page.count(target_fact(code)))
    one_ship = code in codes("target", having="at_sea")
    return f"on {word('target', code, 'one')}" if one_ship else word("target", code, "how")


@if_kept
def who_confirms_them(page: Page) -> Markup:
    """Who confirms the recorded attacks, and how many more are claimed only."""
    who = who_confirms(page, "attacks_confirmed_cumulative", "attacks_media_cumulative")
    if not page.count("attacks_confirmed_cumulative"):
        who += Markup(", not confirmed by officials")
    claims = (
        page.phrase("{attacks_claim_only_cumulative:more is|more are} known from claims alone")
        if page.count("attacks_claim_only_cumulative")
        else Markup("no others are known from claims alone")
    )
    return page.sentence("{who}; {claims}.", who=who, claims=claims)


def who_confirms(page: Page, official: str, media: str) -> Markup:
    """Who reports attacks, by the facts that count those of officials and those of news alone."""
    if not page.count(media):
        every = {1: "it", 2: "both"}.get(page.count(official), "all of them")
        return Markup(f"officials confirm {every}")
    if not page.count(official):
        every = {1: "it is", 2: "both are"}.get(page.count(media), "all are")
        return Markup(f"{every} reported by news and monitors only")
    return page.phrase(
        f"officials confirm {{{official}}}, news and monitors alone report {{{media}}}"
    )


@if_kept
def course(page: Page) -> Markup | None:
    """On how many days they fell, and how many at most within seven days."""
    if page.count("attack_days") < 2:
        return None
    if page.count("most_in_seven_days") < 2:
        return Markup("No two of them fell within seven days.")
    if page.count("most_in_seven_days") == page.count("attacks_cumulative"):
        return page.sentence("all fell within the seven days to {most_in_seven_days_on}.")
    return page.sentence(
        "they fell on {attack_days} different days, with at most {most_in_seven_days} in any "
        "seven days, as in those to {most_in_seven_days_on}."
    )


def with_weapon(weapon: str) -> str:
    """With what an attack was made, after that verb."""
    return word("weapon", weapon, "with")


@if_kept
def armed(page: Page) -> Markup:
    """With what the attacks were made."""
    used = sorted(
        (weapon for weapon in WEAPONS if page.count(weapon_fact(weapon))),
        key=lambda weapon: -page.count(weapon_fact(weapon)),
    )
    if not used:
        return Markup("No source names a weapon.")
    if page.count("weapon_known") == 1:
        return page.sentence(
            "{which} was made {weapons}.",
            which="the attack"
            if page.count("attacks_cumulative") == 1
            else "the one attack whose weapon a source names",
            weapons=joined([with_weapon(weapon) for weapon in used]),
        )
    first, *rest = used
    if page.count(weapon_fact(first)) == page.count("weapon_known"):
        also = [page.phrase(f"{{{weapon_fact(each)}}} also {with_weapon(each)}") for each in rest]
        return page.sentence(
            "{every} whose weapon a source names were made {weapons}{also}.",
            every=every(page, "weapon_known"),
            weapons=with_weapon(first),
            also=Markup(", ") + listing(also) if also else "",
        )
    parts = [
        page.phrase(
            f"{{{weapon_fact(first)}}} {{{weapon_fact(first)}:~was|were}} made {with_weapon(first)}"
        ),
        *(page.phrase(f"{{{weapon_fact(weapon)}}} {with_weapon(weapon)}") for weapon in rest),
    ]
    mixed = sum(page.count(weapon_fact(weapon)) for weapon in used) > page.count("weapon_known")
    return page.sentence(
        "of the {weapon_known} attacks whose weapon a source names, {parts}{mixed}.",
        parts=listing(parts),
        mixed="; an attack with several kinds counts under each" if mixed else "",
    )


@if_kept
def ended(page: Page) -> Markup:
    """How the attacks ended."""
    known, only_one = page.count("outcome_known"), page.count("attacks_cumulative") == 1
    if not known:
        return Markup(f"No source tells how {'it' if only_one else 'the attacks'} ended.")
    seen = [code for code in OUTCOMES if page.count(outcome_fact(code))]
    if known == 1:
        return page.sentence(
            "{which} {how}.",
            which="it" if only_one else "the one attack with a known outcome",
            how=word("outcome", seen[0], "one"),
        )
    if len(seen) == 1:
        return page.sentence(
            "{every} with a known outcome {how}.",
            every=every(page, "outcome_known"),
            how=word("outcome", seen[0], "several"),
        )
    parts = [page.phrase(f"{{{outcome_fact(code)}}} {_ended(page, code)}") for code in seen]
    return page.sentence(
        "of the {outcome_known} attacks with a known outcome, {parts}.", parts=listing(parts)
    )


def _ended(page: Page, outcome: str) -> str:
    use = "several" if page.count(outcome_fact(outcome)) > 1 else "one"
    return word("outcome", outcome, use)


def every(page: Page, name: str) -> Markup:
    """All that a fact counts, two or more: "both attacks", "all four attacks"."""
    if page.count(name) == 2:
        return Markup("both attacks")
    return page.phrase(f"all {{{name}}} attacks")
