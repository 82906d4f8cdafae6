"""Whether an event is one for the record: who attacked whom, and why not, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.intake.parties import heard, who
from analysis.intake.places import great_circle
from analysis.intake.reading import aimed_at, on_or_by
from analysis.record import Record
from analysis.record.codebook import SEA, codes, word

#: Kinds of case, in words of the sources, in which nobody is attacked.
_NO_ATTACK = re.compile(
    r"protest|demonstration|riot|mob |agreement|arrest|headquarters|non-violent|change to|unarmed"
    r"|looting|peaceful",
    re.IGNORECASE,
)
#: Kinds that strike from afar, as one attacks a base.
_REMOTE = re.compile(r"air|drone|missile|shell|artillery|rocket|mortar|disrupted", re.IGNORECASE)

#: Sites that are a whole landscape: that something happens there says little.
_WIDE = ("region", "city")

#: Where ships lie as well as at sea.
_PORT = "port"

#: So far, in km, from every site, US forces are not those of the record.
_ELSEWHERE = 400.0

#: The US forces, and what else may be attacked, as the codebook has them.
_FORCES, *_ = codes("target")
_WARSHIP, _SHIPPING = codes("target", having="at_sea")
_UNSTATED = codes("target")[-1]


class Judged(NamedTuple):
    """What an event is to the record.

    Parameters
    ----------
    target: code of what was attacked; empty where the event is out of scope.
    attacker: 1 or 2, the side that attacked; 0 where that does not matter.
    why: the reason, as a sentence without its full stop.
    """

    target: str
    attacker: int
    why: str


def scope(
    events: pd.DataFrame, near: pd.DataFrame, record: Record, attacks: pd.DataFrame
) -> pd.DataFrame:
    """Say of each event whether it is an attack that the record would have.

    Parameters
    ----------
    events: as :func:`analysis.intake.events.read_events` gives them.
    near: sites they may have been at, as :func:`analysis.intake.places.sites_near` gives them.
    record: the record, for its sites, groups and spans.
    attacks: what it knows, a row an attack.

    Returns
    -------
    DataFrame
        By the events' index: `target` (code; empty out of scope), `actor_id` of the attacker where
        the record knows it, `attacker` (1 or 2, which side that is) and `why`.
    """
    words = pd.unique(pd.concat([events["party_1"], events["party_2"]]))
    parties = who(words, record.actors, attacks)
    cases = _cases(events, near, record.sites, parties)
    # Much is equal from one event to the next: each kind of case is judged once.
    number = cases.groupby(list(cases), sort=False, dropna=False).ngroup()
    first = cases[~number.duplicated()]
    at_home = {
        str(actor): str(country)
        for actor, country in record.actors[["actor_id", "country"]].dropna().to_numpy()
    }
    judged = [
        _judged(
            case, {side: parties.loc[getattr(case, f"party_{side}")] for side in (1, 2)}, at_home
        )
        for case in first.itertuples(index=False, name="Case")
    ]
    each = pd.DataFrame(judged, columns=list(Judged._fields))
    found = each.iloc[number.to_numpy()].set_axis(events.index)
    attacker = events["party_1"].where(found["attacker"] == 1, events["party_2"])
    actor = attacker.map(parties["actor_id"])
    found["actor_id"] = actor.where(found["attacker"] > 0, "").astype("str")
    return _in_its_days(found, events, record, attacks)


def _cases(
    events: pd.DataFrame, near: pd.DataFrame, sites: pd.DataFrame, parties: pd.DataFrame
) -> pd.DataFrame:
    """All of an event that its verdict depends on; what its words say only where that matters."""
    best = near.drop_duplicates("event").set_index("event").reindex(events.index)
    places = sites.set_index("site_id")
    cases = events[["party_1", "party_2", "kind", "directed", "target"]].copy()
    cases["country"] = best["site_id"].map(places["country"].astype("str")).fillna("")
    cases["site_kind"] = best["site_id"].map(places["kind"].astype("str")).fillna("")
    cases["named"] = best["named"].eq(True)
    cases["far"] = _far_from_all(events, sites) & best["site_id"].isna()
    one_sided = events[["deaths_1", "deaths_2"]].min(axis=1) == 0
    balance = (events["deaths_1"] - events["deaths_2"]).clip(-1, 1)
    cases["more_deaths"] = balance.where(one_sided, 0.0)
    stance = {side: events[f"party_{side}"].map(parties["stance"]) for side in (1, 2)}
    target = {side: events[f"party_{side}"].map(parties["target"]) for side in (1, 2)}
    attacked = target[2].where(target[2] != "", target[1])
    said = np.zeros(len(events), dtype="int64")
    for code in attacked[attacked != ""].unique():
        asked = attacked == code
        said[asked] = [on_or_by(text, code) for text in events.loc[asked, "text"]]
    cases["said"] = said
    nobody = (events["party_1"] == "") & (events["party_2"] == "")
    cases["told"] = events["text"].where(nobody, "").map(_told)
    hostile = stance[1].isin(_HOSTILE) | stance[2].isin(_HOSTILE)
    placed = hostile & (attacked == "") & (cases["country"] != "")
    cases["aimed"] = _which(events.loc[placed, "text"], partial(aimed_at, target=_FORCES), events)
    afloat = events[placed & ((cases["country"] == SEA) | (cases["site_kind"] == _PORT))]
    words = afloat["party_1"] + " " + afloat["party_2"] + " " + afloat["text"]
    cases["ship"] = _which(words, _on_a_ship, events)
    return cases


_HOSTILE = ("aligned", "unidentified")


def _which(texts: pd.Series, test: Callable[[str], bool], events: pd.DataFrame) -> np.ndarray:
    """Which events have a text that passes a test; only those where that matters are asked."""
    passed = [place for place, text in texts.items() if test(text)]
    return events.index.isin(passed)


def _told(text: str) -> str:
    """What a text says was attacked, a code; empty where it does not say."""
    for code in codes("target"):
        pattern = heard("target", code)
        if pattern is not None and pattern.search(text):
            said = on_or_by(text, code)
            if said > 0 or (said == 0 and aimed_at(text, code)):
                return code
    return ""


def _on_a_ship(text: str) -> bool:
    pattern = heard("target", _SHIPPING)
    return pattern is not None and bool(pattern.search(text)) and on_or_by(text, _SHIPPING) >= 0


def _judged(case: Any, sides: dict[int, Any], at_home: dict[str, str]) -> Judged:
    """What a kind of case is."""
    if _NO_ATTACK.search(case.kind):
        return Judged("", 0, f"nobody is attacked: {case.kind.lower()}")
    if case.target:
        return _as_it_says(case, sides[1])
    if case.told:
        return _as_its_text_says(case)
    attacked = next((side for side in (2, 1) if sides[side].stance == "target"), 0)
    if attacked:
        return _on_a_target(case, sides, attacked)
    hostile = next((side for side in (1, 2) if sides[side].stance in _HOSTILE), 0)
    if hostile and case.aimed and _REMOTE.search(case.kind):
        return Judged(_forces_at(case.country), hostile, "its text says that it was aimed at them")
    if hostile and case.ship:
        return Judged(_SHIPPING, hostile, f"{_name(case, hostile)} attacked a ship")
    return _on_anything(case, sides, at_home)


def _as_it_says(case: Any, attacker: Any) -> Judged:
    """A source that knows the record's own words is believed, unless another attacks."""
    if case.target not in codes("target"):
        return Judged("", 0, f"{case.target!r} is no target of the record")
    if attacker.stance == "foreign":
        return Judged("", 0, f"{case.party_1} is not aligned with those whose attacks it holds")
    return Judged(case.target, 1 if case.party_1 else 0, "the source says so itself")


def _as_its_text_says(case: Any) -> Judged:
    """A table that has no columns for the two sides tells of them in words."""
    if case.far:
        return Judged("", 0, "far from every site of the record")
    target = _forces_at(case.country) if case.told == _FORCES else case.told
    return Judged(target, 0, f"its text tells of an attack on {word('target', target, 'them')}")


def _on_a_target(case: Any, sides: dict[int, Any], attacked: int) -> Judged:
    """What an event is in which a target of the record takes part."""
    attacker = 3 - attacked
    target, other = sides[attacked].target, sides[attacker]
    them, name = word("target", target, "them"), _name(case, attacker)
    if other.stance == "target":
        return Judged("", 0, f"{case.party_1} and {case.party_2} are both on the same side")
    if other.stance == "foreign":
        return Judged("", 0, f"{name} is not aligned with those whose attacks the record holds")
    if _direction(case, attacked) < 0:
        return Judged("", 0, f"a strike by {_name(case, attacked)}, no attack on them")
    if case.far:
        return Judged("", 0, f"far from every site of the record: {case.party_1}")
    own = sides[attacked].country
    if target != _FORCES and own and case.country not in (own, SEA):
        return Judged("", 0, f"{name} and {_name(case, attacked)} fought outside its country")
    if other.stance == "named" and not (case.country and _REMOTE.search(case.kind)):
        return Judged("", 0, f"{name} is no group of the record, and it struck no site from afar")
    target = _forces_at(case.country) if target == _FORCES else target
    told = "nobody named" if other.stance == "nobody" else name
    hint = "; it is no group of the record" if other.stance == "named" else ""
    return Judged(target, attacker, f"an attack on {them} by {told}{hint}")


def _direction(case: Any, attacked: int) -> int:
    """1 where the target was attacked, -1 where it attacked.

    The order of the parties says little; words first, then who died, then where it was.
    """
    if case.directed:
        return 1 if attacked == 2 else -1
    if case.said:
        return int(case.said)
    if case.more_deaths in (1, -1):
        return 1 if (case.more_deaths > 0) == (attacked == 1) else -1
    return 1 if attacked == 2 or case.named else -1


def _on_anything(case: Any, sides: dict[int, Any], at_home: dict[str, str]) -> Judged:
    """What an event is in which no target of the record is named: one of its sites may be hit."""
    name, attacker = _name(case, 1), sides[1]
    if attacker.stance not in _HOSTILE:
        both = " and ".join(filter(None, (case.party_1, case.party_2)))
        if not both:
            return Judged("", 0, "neither its columns nor its text say who was attacked")
        return Judged("", 0, f"between others: {both}")
    if not (case.named and _REMOTE.search(case.kind)):
        return Judged("", 0, f"{name} attacked no target of the record and none of its sites")
    if sides[2].stance == "aligned":
        return Judged("", 0, f"{name} and {_name(case, 2)} are both aligned")
    if case.site_kind in _WIDE and (
        attacker.stance == "unidentified" or at_home.get(attacker.actor_id) == case.country
    ):
        return Judged("", 0, f"{name} attacked no target of the record, in a wide area")
    return Judged(_UNSTATED, 1, f"{name} struck a site of the record")


def _name(case: Any, side: int) -> str:
    return str(case.party_1 if side == 1 else case.party_2) or "somebody"


def _forces_at(country: str) -> str:
    return _WARSHIP if country == SEA else _FORCES


def _far_from_all(events: pd.DataFrame, sites: pd.DataFrame) -> pd.Series:
    """Events that are far from every site; those without coordinates are not."""
    cells = events[["lat", "lon"]].round(0)
    placed = sites[sites["lat"].notna()]
    far = {
        cell: great_circle(
            pd.Series(cell[0]).to_numpy(),
            pd.Series(cell[1]).to_numpy(),
            placed["lat"].to_numpy(float),
            placed["lon"].to_numpy(float),
        ).min()
        > _ELSEWHERE
        for cell in cells.dropna().drop_duplicates().itertuples(index=False, name=None)
    }
    distant = [far.get(cell, False) for cell in cells.itertuples(index=False, name=None)]
    return pd.Series(distant, index=events.index, dtype=bool)


def _in_its_days(
    found: pd.DataFrame, events: pd.DataFrame, record: Record, attacks: pd.DataFrame
) -> pd.DataFrame:
    """Out of scope, too, what has no day, and what was before the record begins."""
    begins = pd.concat([record.coverage["since"], attacks["event_date"]]).min()
    undated = events["event_date"].isna()
    early = events["event_date"] + pd.to_timedelta(events["days_off"], unit="D") < begins
    later = (found["target"] != "") & (events["event_date"] > events["reported_on"])
    for out, why in (
        (later, "its day is after the source's own date"),
        (undated, "its day is not told, or cannot be read"),
        (early, f"before the record begins, {begins:%Y-%m-%d}"),
    ):
        found.loc[out, ["target", "actor_id"]] = ""
        found.loc[out, "attacker"] = 0
        found.loc[out, "why"] = why
    return found
