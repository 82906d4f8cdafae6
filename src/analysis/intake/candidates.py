"""From events to candidates: what each is to the record, why, and beside which known attacks."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.intake.comparing import compared_in_words
from analysis.intake.days import local
from analysis.intake.doubts import joined
from analysis.intake.places import sites_near, turned
from analysis.intake.reading import read_texts
from analysis.intake.repeats import repeats
from analysis.intake.revisions import changes, in_words
from analysis.intake.scope import scope
from analysis.intake.scoring import (
    PARTS,
    crowd,
    mask,
    score,
    told_twice,
    weights,
    within_window,
)
from analysis.intake.ships import ships_known, ships_named
from analysis.record import Record
from analysis.record.codebook import codes
from analysis.record.rules.days import SLACK

#: What an event can be to the record.
VERDICTS = ("new", "same-as", "revises", "out-of-scope")

#: Kinds of event and the weapons that they leave open where a source's words name none; the first
#: is what the record would say.
_KINDS = (
    (r"air|drone", "drone+missile"),
    (r"shell|artillery|missile", "unknown+rocket+mortar+missile"),
    (r"ied|landmine|explosive", "ied"),
    (r"clash", "small-arms"),
)

#: How many known attacks stand beside a candidate.
_BESIDE = 3


def candidates(events: pd.DataFrame, record: Record) -> pd.DataFrame:
    """Say of each event what it is to the record; nothing is written.

    Parameters
    ----------
    events: as :func:`analysis.intake.events.read_events` gives them.
    record: the record that they are compared with, in all its versions.

    Returns
    -------
    DataFrame
        The events, a row each, with `site_id` (empty where no site is near), `km` from it,
        `target`, `weapons`, `munitions`, `injured`, `outcome` and `actor_id` (the attacker), all as
        far as the source says; and `verdict`, one of :data:`VERDICTS`, `attack_id` (the known
        attack that it is or revises, else empty), `score` (0 to 1, of the nearest known attack),
        `changes` (what it would change, in words), `beside` (the nearest known attacks with their
        scores), `new_killed`, `new_injured` and `new_munitions` (the numbers that would change),
        `repeats` (external id of a candidate that tells of the same attack) and `reasons`.
    """
    attacks = known_attacks(record)
    events = _completed(events, attacks)
    events = turned(events, record.sites)
    near = sites_near(events, record.sites)
    events = local(events, near, record.sites)
    judged = scope(events, near, record, attacks)
    inside = judged["target"] != ""
    found = _read(events.drop(columns="target").join(judged), inside)
    site = near.drop_duplicates("event").set_index("event")[["site_id", "km"]]
    found["site_id"] = site["site_id"].reindex(found.index).fillna("").astype("str")
    found["km"] = site["km"].reindex(found.index)
    reports = _reports(found[inside], frozenset().union(*attacks["ships"]), attacks)
    pairs = within_window(reports, near[near["event"].isin(reports.index)], attacks)
    scored = _by_their_ids(score(reports, attacks, pairs, record.actors), reports, attacks)
    scored = scored.sort_values(
        ["left", "score"], ascending=[True, False], kind="stable", ignore_index=True
    )
    scored = _each_its_own(scored, reports, record.actors)
    nearest = scored.drop_duplicates("left").set_index("left")
    _decide(found, nearest, attacks, inside)
    found["beside"] = _beside(scored, attacks).reindex(found.index).fillna("").astype("str")
    told = reports.assign(attack_id=found["attack_id"])
    repeated = repeats(told, found["external_id"], record.actors)
    found["repeats"] = repeated.reindex(found.index).fillna("").astype("str")
    found["reasons"] = _reasons(found, nearest, attacks)
    return found


def known_attacks(record: Record) -> pd.DataFrame:
    """What the record knows by now, a row an attack, as :func:`~.scoring.score` compares them."""
    through = record.attacks["reported_on"].max()
    attacks = record.attacks[:0] if pd.isna(through) else record.as_of(through).attacks
    text = attacks.select_dtypes("category").columns
    attacks = attacks.astype(dict.fromkeys(text, "str")).reset_index(drop=True)
    actor = attacks["claimed_by"].fillna(attacks["attributed_to"]).fillna("")
    return attacks.assign(
        slack=attacks["date_precision"].map(SLACK).fillna(0).astype("int64"),
        said_weapons=attacks["weapons"],
        weapons=mask(attacks["weapons"]),
        crowd=crowd(attacks, attacks),
        ships=_ships(attacks, record),
        actor_id=actor.astype("str"),
        **{name: attacks[name].astype("Float64").astype("float64") for name in _COUNTS},
        outcome=attacks["outcome"].fillna("").astype("str"),
    )


def _ships(attacks: pd.DataFrame, record: Record) -> pd.Series:
    """The words by which the ships of attacks at sea can be told, by the notes of all versions."""
    places = pd.concat(
        [table[name].dropna() for table in (record.sites, record.actors)
         for name in ("name", "aliases")]
    )  # fmt: skip
    at_sea = attacks["target"].isin(codes("target", having="at_sea"))
    versions = record.attacks[record.attacks["attack_id"].isin(attacks.loc[at_sea, "attack_id"])]
    words = ships_known(versions["note"], places).groupby(versions["attack_id"].to_numpy())
    of_each = {attack: frozenset().union(*found) for attack, found in words}
    return attacks["attack_id"].map(lambda attack: of_each.get(attack, frozenset()))


_COUNTS = ("munitions", "killed", "injured")


def _completed(events: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """What events leave out whose source knows the record's own ids, from the record."""
    known = attacks.set_index("attack_id")
    own = events["attack_id"].isin(known.index)
    if not own.any():
        return events
    events = events.copy()
    rows = known.loc[events.loc[own, "attack_id"]]
    for name in ("site_id", "target", "event_date"):
        given = events.loc[own, name]
        empty = given.isna() if name == "event_date" else given == ""
        events.loc[own, name] = given.where(~empty, rows[name].set_axis(given.index))
    return events


def _read(found: pd.DataFrame, inside: pd.Series) -> pd.DataFrame:
    """What the words of the events in scope tell, where the source has no column for it."""
    told = read_texts(found.loc[inside, "text"]).reindex(found.index)
    for name, kind in (("weapons", "weapon"), ("outcome", "outcome")):
        own = _in_codes(name, kind, found[name])
        unheard = f"its {name}, '" + found[name] + "', are no words that are known"
        unheard = unheard.where((found[name] != "") & (own == ""), "")
        found["remarks"] = joined(found["remarks"], unheard)
        found[name] = own.where(own != "", told[name].fillna("").astype("str"))
    for name in ("munitions", "injured"):
        found[name] = found[name].fillna(told[name])
    found["open_weapons"] = ""
    kinds = found["kind"].unique()  # few, each of which is asked once
    for pattern, weapons in _KINDS:
        said = [kind for kind in kinds if re.search(pattern, kind, re.IGNORECASE)]
        of_kind = found["kind"].isin(said)
        left = of_kind & (found["weapons"] == "") & (found["open_weapons"] == "") & inside
        found.loc[left, "open_weapons"] = weapons
    side = np.where(found["attacker"] == 1, found["deaths_2"], found["deaths_1"])
    found["killed"] = np.where(np.isnan(side), found["killed"], side)
    return found


def _in_codes(name: str, kind: str, said: pd.Series) -> pd.Series:
    """A column in codes of the record; what it says in other words is read like a text."""
    ours = set(codes(kind))
    theirs = pd.Series([one for one in said.unique() if one and not set(one.split("+")) <= ours])
    if theirs.empty:
        return said
    return said.replace(dict(zip(theirs, read_texts(theirs)[name], strict=True)))


def _reports(found: pd.DataFrame, ships: frozenset[str], attacks: pd.DataFrame) -> pd.DataFrame:
    """The candidates in scope as :func:`~.scoring.score` compares them."""
    at_sea = found["target"].isin(codes("target", having="at_sea"))
    named = ships_named(found["text"].where(at_sea, ""), ships)
    found = found.drop(columns=["text", "party_1", "party_2", "why"])
    weapons = found["weapons"].where(found["weapons"] != "", found["open_weapons"])
    claimed = found["claimed_by"].where(found["claimed_by"] != "", found["attributed_to"])
    return found.assign(
        slack=found["days_off"].astype("int64")
        + found["date_precision"].map(SLACK).fillna(0).astype("int64"),
        weapons=mask(weapons),
        actor_id=claimed.where(claimed != "", found["actor_id"]),
        ships=named,
        crowd=np.maximum(crowd(found, attacks), crowd(found, found)),
    )


def _by_their_ids(
    scored: pd.DataFrame, reports: pd.DataFrame, attacks: pd.DataFrame
) -> pd.DataFrame:
    """The pairs, and those that the source itself makes by naming an id of the record."""
    place = pd.Series(attacks.index, index=attacks["attack_id"])
    named = reports["attack_id"][reports["attack_id"].isin(place.index)]
    if named.empty:
        return scored
    own = pd.DataFrame({"left": named.index, "right": place.loc[named].to_numpy(), "score": 1.0})
    own = own.assign(**dict.fromkeys(PARTS, ""))
    return pd.concat([own, scored[~scored["left"].isin(own["left"])]], ignore_index=True)


def _each_its_own(
    scored: pd.DataFrame, reports: pd.DataFrame, actors: pd.DataFrame
) -> pd.DataFrame:
    """The pairs without those in which another event is that attack.

    Two events of one file that differ are two attacks: the known one is the likelier of them, and
    the other is its next best or new. Only what repeats the likelier one may be the same attack.
    """
    for _ in range(_ROUNDS):
        claims = scored.drop_duplicates("left")
        claims = claims[claims["score"] >= weights()["same"]]
        leader = claims.sort_values(["score", "left"], ascending=[False, True]).drop_duplicates(
            "right"
        )
        led_by = claims["right"].map(leader.set_index("right")["left"])
        others = claims[led_by != claims["left"]]
        pairs = pd.DataFrame(
            {"left": led_by[others.index].to_numpy(), "right": others["left"].to_numpy()},
            index=others.index,
        ).assign(named=True, elsewhere=False, nearness=1.0)
        asked = reports.loc[np.unique(pairs[["left", "right"]])]
        alike = score(asked, asked, pairs, actors)
        repeated = alike.index[told_twice(alike)]
        lost = others.index.difference(repeated)
        if lost.empty:
            break
        scored = scored.drop(lost)
    return scored


#: How often an event may lose an attack to another: there are few at one site within days.
_ROUNDS = 5


def _decide(
    found: pd.DataFrame, nearest: pd.DataFrame, attacks: pd.DataFrame, inside: pd.Series
) -> None:
    """Put verdict, attack_id, score and changes beside each candidate."""
    same = nearest[nearest["score"] >= weights()["same"]]
    known = attacks.loc[same["right"]]
    changed = changes(found.loc[same.index], known)
    found["verdict"] = np.where(inside, "new", "out-of-scope")
    found["attack_id"] = ""
    found["score"] = nearest["score"].reindex(found.index).fillna(0.0)
    found["changes"] = ""
    found[changed.columns.map("new_{}".format)] = changed.reindex(found.index)
    found.loc[same.index, "attack_id"] = known["attack_id"].to_numpy()
    news = changed.notna().any(axis=1)
    found.loc[same.index, "verdict"] = np.where(news, "revises", "same-as")
    told = in_words(changed[news], known[news.to_numpy()])
    found.loc[news.index[news], "changes"] = told
    found[["verdict", "attack_id", "changes"]] = found[["verdict", "attack_id", "changes"]].astype(
        "str"
    )


def _beside(scored: pd.DataFrame, attacks: pd.DataFrame) -> pd.Series:
    """The nearest known attacks of each candidate, ids and scores, the likeliest first."""
    top = scored[scored.groupby("left").cumcount() < _BESIDE]
    said = attacks["attack_id"].loc[top["right"]].to_numpy().astype(object)
    said = said + " (" + top["score"].map("{:.2f}".format).to_numpy() + ")"
    return pd.Series(said, index=top["left"], dtype=object).groupby(level=0).agg(", ".join)


def _reasons(found: pd.DataFrame, nearest: pd.DataFrame, attacks: pd.DataFrame) -> pd.Series:
    """Why each verdict is what it is: a sentence about scope, one about the nearest attack."""
    scope_said = found["why"]
    place = found["site_id"].where(found["site_id"] != "", "no site of the record")
    away = found["km"].map(lambda km: "" if np.isnan(km) else f" ({km:.0f} km)")
    inside = found["verdict"] != "out-of-scope"
    said = (scope_said + "; at " + place + away).where(inside, scope_said)
    compared = compared_in_words(nearest)
    ids = attacks["attack_id"].loc[nearest["right"]].to_numpy().astype(object)
    beside = pd.Series("; " + ids + ": " + compared, index=nearest.index, dtype=object)
    news = found["changes"].where(found["changes"] == "", "; would change " + found["changes"])
    told = said + beside.reindex(found.index).fillna("").astype("str") + news
    lonely = (found["verdict"] == "new") & ~found.index.isin(nearest.index)
    alone = np.where(
        found["site_id"] != "", "; nothing known there within days",
        "; so it is compared with no known attack",
    )  # fmt: skip
    told = told.where(~lonely, told + alone)
    remarks = found["remarks"]
    return (told + ("; " + remarks).where(remarks != "", "")).astype("str")
