"""Facts on the fronts: which are active, which opened last, which are heating up."""

from __future__ import annotations

import re

import pandas as pd

from analysis.measures import fronts
from analysis.measures.attacks import in_window, until
from analysis.measures.fact import Fact, Found, count, ids, only
from analysis.measures.metadata import beside, facts
from analysis.record import Known
from analysis.record.coded import is_one_of

METADATA = beside(__file__)


def front_facts(known: Known, days: int) -> dict[str, Fact]:
    """How many of the fronts are active, which opened last, which are heating up."""
    attacks = fronts.on_all_fronts(known)[["attack_id", "event_date", "front"]]
    window = in_window(attacks, known.date, days)
    previous = in_window(attacks, known.date - pd.Timedelta(days=days), days)
    held = until(attacks, known.through)
    first = fronts.first_attacks(held)
    opened = in_window(first, known.date, days)
    found = {
        "fronts_active_window": Found(int(window["front"].nunique()), ids(window)),
        "fronts_active_cumulative": Found(int(held["front"].nunique()), ids(first)),
        "fronts_opened_window": Found(len(opened), ids(opened)),
        "front_opened_last": only(first.tail(1), "front"),
        "front_opened_last_on": only(first.tail(1), "event_date"),
    }
    for front in fronts.names(known):
        for label, rows in (("window", window), ("previous_window", previous)):
            there = rows["attack_id"][is_one_of(rows["front"], [front])]
            found[front_fact(front, label)] = count(there, front=front)
    return facts(found, METADATA, known)


def front_fact(front: str, window: str) -> str:
    """The name of the fact that counts attacks on a front in a window."""
    return f"front_{re.sub('[^a-z0-9]+', '_', front.lower()).strip('_')}_{window}"
