"""Movements: what is said of a force can be said of one, and follows from what was said before."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import codes, word
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, field, left_behind

_KEY = "deployment_id"

#: What cannot follow what: who has been there is not called off, who has left is not prolonged, who
#: was called off does not leave.
_NEVER_AFTER = {
    "departed": ("cancelled",),
    "cancelled": ("arrived", "extended", "departed"),
    "extended": ("departed", "cancelled"),
}

#: The way that a force goes. A longer stay comes in between, whenever it is announced.
_STEPS = {"ordered": 0, "en-route": 1, "arrived": 2, "extended": 2, "departed": 3}


def status_fits_counting(rows: pd.DataFrame) -> Iterator[Broken]:
    """What is only put on readiness has not moved, a level never does, and the way home is away."""
    known = left_behind(rows, _KEY, ["status", "counting"])
    for counting in codes("counting", having="statuses"):
        can_be = word("counting", counting, "statuses").split("|")
        says = (known["counting"] == counting) & ~known["status"].isin(can_be)
        given = rows["status"].notna() | rows["counting"].notna()
        for index in rows.index[says & given]:
            wrong = f"{quoted(field(known, index, 'status'))}, while counting is {counting}"
            yield index, f"{wrong}; write {' or '.join(can_be)}, or another counting"


def status_follows(rows: pd.DataFrame) -> Iterator[Broken]:
    """What a version says can have come after what the one before it said."""
    told = _with_the_one_before(rows)
    right = "give the status that it has now, or what is another move an id of its own"
    for status, never in _NEVER_AFTER.items():
        wrong = (told["status"] == status) & told["before"].isin(never)
        for index, before in told.loc[wrong, "before"].items():
            yield int(str(index)), f"{quoted(status)} after {quoted(before)}; {right}"


def steps_in_order(rows: pd.DataFrame) -> Iterator[Broken]:
    """A force does not arrive before it was ordered, nor leave before it arrived."""
    told = _with_the_one_before(rows)
    told = told[told["status"].map(_STEPS) > told["before"].map(_STEPS)]
    early = told[told["effective_on"] < told["since"]]
    for index, day, since, before in early[["effective_on", "since", "before"]].itertuples(
        name=None
    ):
        wrong = f"{quoted(day)} is before {quoted(since)}, since when it was {before}"
        yield index, f"{wrong}; correct the day, or the status"


def quantity_has_unit(rows: pd.DataFrame) -> Iterator[Broken]:
    """Where there is a quantity, it is said of what."""
    unit = left_behind(rows, _KEY, ["unit"])["unit"]
    for index, quantity in rows.loc[rows["quantity"].notna() & unit.isna(), "quantity"].items():
        wrong = f"this is empty, while quantity is {quantity}"
        yield int(str(index)), f"{wrong}; say what it counts: {', '.join(codes('unit'))}"


def unit_fits_kind(rows: pd.DataFrame) -> Iterator[Broken]:
    """A force is counted in what it has."""
    known = left_behind(rows, _KEY, ["kind", "unit"])
    given = rows["unit"].notna() | rows["kind"].notna()
    for unit in codes("unit", having="of"):
        has = known["kind"].isin(word("unit", unit, "of").split("|"))
        for index in rows.index[given & (known["unit"] == unit) & known["kind"].notna() & ~has]:
            kind = field(known, index, "kind")
            fit = [one for one in codes("unit") if kind in word("unit", one, "of").split("|")]
            right = f"write {', '.join(fit)} or personnel, or correct the kind"
            yield index, f"{quoted(unit)} of kind {kind}; {right}"


def people_are_counted_once(rows: pd.DataFrame) -> Iterator[Broken]:
    """Where the quantity is of people, personnel is the same number or none."""
    of_people = left_behind(rows, _KEY, ["unit"])["unit"] == "personnel"
    both = rows[of_people & rows["quantity"].notna() & rows["personnel"].notna()]
    for index, quantity, personnel in both[["quantity", "personnel"]].itertuples(name=None):
        if int(quantity) != int(personnel):
            wrong = f"{personnel}, while quantity says {quantity} people"
            yield index, f"{wrong}; give one number, or leave this empty"


def ships_are_afloat(rows: pd.DataFrame) -> Iterator[Broken]:
    """Ships are where there is water for them."""
    known = left_behind(rows, _KEY, ["kind", "area"])
    given = rows["area"].notna() | rows["kind"].notna()
    ships = known["kind"].isin(codes("deployment_kind", having="afloat"))
    for index in rows.index[given & ships & known["area"].isin(codes("area", having="ashore"))]:
        area, kind = field(known, index, "area"), field(known, index, "kind")
        yield index, f"{quoted(area)} of kind {kind}; give the sea where it is, or correct the kind"


def _with_the_one_before(rows: pd.DataFrame) -> pd.DataFrame:
    """Versions that give a status, with that of the one `before` and `since` when that held.

    A day that was then ahead, when something was planned for it, is none.
    """
    known = left_behind(rows, _KEY, ["status", "effective_on"])
    past = known["effective_on"].where(known["effective_on"] <= rows["reported_on"])
    ordered = rows.sort_values("reported_on", kind="stable").index
    states = pd.DataFrame({"before": known["status"], "since": past}).loc[ordered]
    earlier = states.groupby(rows.loc[ordered, _KEY], sort=False).shift()
    told = rows[["status", "effective_on"]].join(earlier)
    return told[told["status"].notna() & told["before"].notna()]
