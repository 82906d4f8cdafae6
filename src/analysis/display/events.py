"""An attack, a US strike or a movement in the words of one line, for sentences and for tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.places import name_of, place_of
from analysis.measures.sources import one_sided
from analysis.record import Known, remembered
from analysis.record.codebook import SEA, codes, country, word, word_if_any
from analysis.record.wording import joined

#: One row of a table, its columns by name.
Row = Mapping[Any, Any]

#: Kinds of site whose name is an area, in which something else is hit.
AREAS = ("region", "city", "sea-area")


class Salvo(NamedTuple):
    """What was fired, as the subject of a clause, and what stands between it and its target."""

    subject: str
    at: str
    made_at: str
    is_one: bool


def attack(row: Row, known: Known, number: str | None = None) -> str:
    """What was fired at what, and how it ended.

    Parameters
    ----------
    row: an attack, as :func:`analysis.measures.attacks.on_any_target` has it.
    known: what was known on the as-of date.
    number: how many munitions, as it is to be set; None where no source says.

    Returns
    -------
    str
        A clause such as "two drones fired at Al-Tanf Garrison in Syria were intercepted".
    """
    salvo, target = _salvo(row, number), struck(row, known)
    ended = word_if_any("outcome", str(row["outcome"]), "fired")
    if row["outcome"] == "impact":
        taken = _of_weapons(row, "done")
        if taken:
            return f"{target} {taken[0]}"
        if salvo.is_one:
            return f"{salvo.subject} hit {target}"
        return f"{salvo.subject} were {salvo.made_at} {target}, with impacts reported"
    if ended:
        return f"{salvo.subject} {salvo.at} {target} {words.noun(1 if salvo.is_one else 2, ended)}"
    were = "was" if salvo.is_one else "were"
    return f"{salvo.subject} {were} {salvo.made_at} {target}; no outcome is reported"


def fired(row: Row) -> str:
    """What was fired and how many, in a cell of a table: "two drones", "drones and rockets"."""
    salvo = _salvo(row, None if pd.isna(row["munitions"]) else words.number(row["munitions"]))
    said = salvo.subject.removeprefix("an attack with ").replace("an attempted ", "")
    return said.replace("an attack", "weapon not named")


def _salvo(row: Row, number: str | None) -> Salvo:
    weapons = str(row["weapons"]).split("+")
    forms = _of_weapons(row, "forms")
    if number is not None and len(forms) == len(weapons):
        is_one = len(forms) == 1 and row["munitions"] == 1
        kinds = joined([words.noun(1 if is_one else 2, form) for form in forms])
        if set(weapons) & set(codes("weapon", having="not_fired")):
            return Salvo(f"an attack with {number} {kinds}", "on", "made on", True)
        return Salvo(f"{number} {kinds}", "fired at", "fired at", is_one)
    tried = _of_weapons(row, "tried")
    if tried and len(weapons) == 1:
        return Salvo(f"an {tried[0]}", "of", "made on", True)
    used = [*_armed(weapons), *(f"an {what}" for what in tried)]
    made = f" with {joined(used)}" if used else ""
    return Salvo(f"an attack{made}", "on", "made on", True)


def _armed(weapons: list[str]) -> list[str]:
    """What weapons are called after "with", those that have a plural by it."""
    said = [
        words.noun(2, word_if_any("weapon", code, "forms") or "")
        or (word_if_any("weapon", code, "with") or "").removeprefix("with ")
        for code in weapons
        if not word_if_any("weapon", code, "tried")
    ]
    return [text for text in said if text]


def _of_weapons(row: Row, use: str) -> list[str]:
    said = (word_if_any("weapon", code, use) for code in str(row["weapons"]).split("+"))
    return [text for text in said if text]


def struck(row: Row, known: Known) -> str:
    """What an attack was on: a place with its country, or in an area the kind of target."""
    kind = known.sites.set_index("site_id")["kind"].get(row["site_id"])
    if kind in AREAS:
        return f"{word('target', row['target'], 'one')} {place_of(known, str(row['site_id']))}"
    return place_and_country({**row, "site": name_of(known, str(row["site_id"]))})


def place_and_country(row: Row, shortened: Callable[[str], str] | None = None) -> str:
    """The name of a site, and its country where the name does not say it.

    For a cell of a table the name may be `shortened`, and stands before a comma.
    """
    name, code = str(row["site"]), str(row["country"])
    said, link = (shortened(name), ", ") if shortened else (name, " in ")
    land = country(code).removeprefix("the ")
    if code == SEA or land in name or words.plain_site(name) in land:
        return said
    return f"{said}{link}{country(code)}"


def hurt(row: Row) -> str:
    """Who was hurt, in a cell of a table: "three killed, at least 34 injured on the US side"."""
    told = {harm: int(row[harm]) for harm in ("killed", "injured") if pd.notna(row[harm])}
    some = {harm: number for harm, number in told.items() if number}
    if not some:
        return {0: "not reported", 1: f"none {next(iter(told), '')}"}.get(len(told), "nobody")
    qualified = word_if_any("casualties_qualifier", str(row["casualties_qualifier"]), "before")
    last = next(reversed(some))  # as `casualties.exactness` has it
    said = [
        f"{(qualified or '') if harm == last else ''}{words.number(number)} {harm}"
        for harm, number in some.items()
    ]
    return f"{', '.join(said)} {among(row)}"


def among(row: Row) -> str:
    """Whose the dead and injured of an attack are, after them: "on the US side"."""
    return side_of(str(row["casualties_of"]), row["target"] in codes("target", having="at_sea"))


def side_of(whose: str, at_sea: bool) -> str:
    """The same of all dead and injured that a code counts, on ships or ashore."""
    aboard = word_if_any("casualties_of", whose, "aboard") if at_sea else None
    return aboard or word("casualties_of", whose, "among")


def claimed(row: Row, known: Known) -> str | None:
    """Who claims an attack: "claimed under the name Islamic Resistance in Iraq"."""
    if pd.isna(row["claimed_by"]):
        return None
    return f"claimed {claimant(row['claimed_by'], known)}"


def claimant(actor_id: str, known: Known) -> str:
    """Who claims something, after that verb: "by the Houthis", "under the name …"."""
    how = word("actor_kind", kind_of(actor_id, known), "claims")
    name = actor(actor_id, known) if how == "by" else known.actor_names().get(actor_id, actor_id)
    return f"{how} {name}"


def confirmed(row: Row, known: Known) -> str:
    """Who confirms an attack, and whose outlets alone report it where they are of one side."""
    level = word("confirmation", row["confirmation"], "confirmed")
    side = one_sided(known).get(row["attack_id"])
    if side is None:
        return level
    return f"{level}; read only in outlets of {word('party_to_conflict', side, 'side')}"


def attributed(row: Row, known: Known) -> str | None:
    """To whom an attack is attributed, where that is not who claims it."""
    if pd.isna(row["attributed_to"]) or row["attributed_to"] == row["claimed_by"]:
        return None
    return f"attributed to {actor(row['attributed_to'], known)}"


def actor(actor_id: str, known: Known) -> str:
    """The name of a group or state within a sentence."""
    name, kind = str(known.actor_names().get(actor_id, actor_id)), kind_of(actor_id, known)
    if word_if_any("actor_kind", kind, "article"):
        # The article says that it is not known which; a name need not say so in brackets again.
        return f"{'an' if name[0] in 'AEIOU' else 'a'} {name.partition(' (')[0]}"
    return words.with_article(name)


def named(table: str, row: Row, known: Known) -> str:
    """Which attack, strike or movement it is, within a sentence.

    Parameters
    ----------
    table: one of those whose things can be taken back.
    row: a row of it.
    known: what was known on the as-of date.
    """
    if table == "attacks":
        place, day = place_of(known, str(row["site_id"])), words.day(row["event_date"])
        return f"the attack of {day} {place}"
    if table == "responses":
        land, day = country(str(row["country"])), words.day(row["event_date"])
        return f"the {word('method', row['method'])} of {day} in {land} ({row['place']})"
    return f"{row['asset']} ({word('status', row['status'])})"


def against(targets: Iterable[object], countries: Iterable[object], known: Known) -> str:
    """Whom officials name as the target of strikes, after them: " against the Houthis".

    `targets` are ids of actors, missing where nobody is named. That a country itself was the target
    is said by where the strike was.
    """
    places = [country(str(code)).removeprefix("the ") for code in countries]
    named = [actor(one, known) for one in dict.fromkeys(targets) if isinstance(one, str)]
    said = [name for name in named if name.removeprefix("the ") not in places]
    return f" against {joined(said)}" if said else ""


def kind_of(actor_id: str, known: Known) -> str:
    """Code of what an actor is; a group where the record does not name it by then."""
    return str(_kinds(known).get(actor_id, "group"))


@remembered
def _kinds(known: Known) -> dict[str, str]:
    return dict(zip(known.actors["actor_id"], known.actors["kind"].astype("str"), strict=True))


def linked(row_id: str, text: str) -> Markup:
    """A text that leads to its row in the evidence table."""
    return Markup('<a class="row" href="#row-{}">{}</a>').format(row_id, text)
