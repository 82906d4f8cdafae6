"""Days in their order: nothing is told before it was, over before it began, answered beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import codes
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, all_versions, field, left_behind

_DAY = len("YYYY-MM-DD")

#: By how many days an attack's date may be off, by its precision.
SLACK = {"day": 0, "night": 1, "about": 2}

#: A strike has the date of Washington, an attack that of its site: so many days may lie between.
_ABROAD = 1


def told_afterwards(rows: pd.DataFrame, key: str) -> Iterator[Broken]:
    """No version dates a thing after the day on which it was first reported."""
    # An id begins with the day of its first version: almost all rows need no other look.
    suspect = rows["event_date"] > rows[key].str.slice(0, _DAY)
    first = all_versions(rows, key, suspect).groupby(key)["reported_on"].min()
    right = "it was known by then, so correct the day, or give what happened later an id of its own"
    for index, name, day in rows.loc[suspect, [key, "event_date"]].itertuples(name=None):
        if day > first[name]:
            told = f"is after {quoted(first[name])}, when an earlier version told of it"
            yield index, f"{quoted(day)} {told}; {right}"


def told_once_it_is(rows: pd.DataFrame, column: str, having: str) -> Iterator[Broken]:
    """What nobody can know beforehand is reported on its day or later.

    Parameters
    ----------
    rows: milestones.
    column: the day that is meant.
    having: the word in the codebook of the kinds that it is asked of.
    """
    kind = left_behind(rows, "milestone_id", ["kind"])["kind"]
    ahead = kind.isin(codes("milestone_kind", having)) & (rows[column] > rows["reported_on"])
    for index, day, told in rows.loc[ahead, [column, "reported_on"]].itertuples(name=None):
        wrong = f"{quoted(day)} is after {quoted(told)}, when it was reported"
        if having == "over":
            right = f"leave it empty until somebody says that the {kind[index]} is over"
        else:
            right = f"{'an' if kind[index][0] in 'aeiou' else 'a'} {kind[index]} is told of later"
        yield index, f"{wrong}; {right}"


def ends_after_it_started(rows: pd.DataFrame) -> Iterator[Broken]:
    """What ends does so after it started, whichever version gave the two days."""
    known = left_behind(rows, "milestone_id", ["start_on", "end_on"])
    given = rows["start_on"].notna() | rows["end_on"].notna()
    for index in rows.index[given & (known["end_on"] < known["start_on"])]:
        start, end = (quoted(field(known, index, name)) for name in ("start_on", "end_on"))
        wrong = f"{end} is before start_on, {start}"
        if not field(rows, index, "end_on"):
            wrong = f"this is empty, and {end} of an earlier version is before start_on, {start}"
        yield index, f"{wrong}; a thing ends after it starts"


def answers_what_was(rows: pd.DataFrame, attacks: pd.DataFrame) -> Iterator[Broken]:
    """A strike answers what was before it, as far as the dates of the two can tell."""
    answers = rows[rows["in_response_to"].notna()]
    answered = attacks[attacks["attack_id"].isin(answers["in_response_to"])]
    earlier = answered["date_precision"].map(SLACK).fillna(0)
    days = pd.to_datetime(answered["event_date"]) - pd.to_timedelta(earlier, unit="D")
    earliest = days.groupby(answered["attack_id"]).min() - pd.Timedelta(days=_ABROAD)
    struck = rows.groupby("response_id")["event_date"].max()
    right = "an answer comes after what it answers, so name an earlier one or none"
    for index, strike, attack in answers[["response_id", "in_response_to"]].itertuples(name=None):
        if earliest[attack] > pd.Timestamp(struck[strike]):
            wrong = f"{quoted(attack)} was after the strike, on {quoted(struck[strike])}"
            yield index, f"{wrong}; {right}"


def summary_answers_nothing(rows: pd.DataFrame) -> Iterator[Broken]:
    """A running total over many strikes answers no one attack."""
    answers = rows["in_response_to"].notna()
    versions = all_versions(rows, "response_id", answers)
    counting = left_behind(versions, "response_id", ["counting"])["counting"]
    for index in counting.index[answers[counting.index] & (counting == "summary")]:
        wrong = f"{quoted(field(rows, index, 'in_response_to'))}, while counting is summary"
        yield index, f"{wrong}; leave this empty, or make it a strike of its own (event)"
