"""Why the numbers of two reports differ: which rows came, went or changed, or what else moved.

A number rests on rows (its evidence), and the record says of each row when it was first reported,
revised or taken back. So each number that differs has reasons, with their rows:

- `new`: rows that were first reported since, or entered into the record since (`counted`: totals
  of officials or monitors);
- `revised`: rows that say otherwise now, in a column that the number depends on: one that decides
  what counts, or a detail that its description says it reads; also by a version that entered the
  record since;
- `retracted`, `merged`, `reinstated`: rows that count no more, or again;
- `window`: a later day, with the rows that its windows gained and lost thereby;
- `parameters`, `coverage`, `code`: the reports were made otherwise, or their days kept otherwise;
- `record`: the record of that day is another one now, and nothing tells which rows it was.

Code and record are named where nothing else explains a number, so none is left without a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.measures.differences import differing
from analysis.measures.metadata import reads
from analysis.measures.row_changes import Learned
from analysis.measures.told import Told

#: The reasons in the order in which they are told, each in words.
REASONS = {
    "retracted": "retracted",
    "merged": "merged with another",
    "reinstated": "counted again",
    "new": "new events",
    "counted": "new counts of others",
    "revised": "revised facts",
    "window": "the window moved",
    "parameters": "other parameters",
    "coverage": "the days are kept otherwise",
    "code": "method or code changed",
    "record": "the record of that day was changed",
}

COLUMNS = ["name", "unit", "kind", "before", "after", "reason", "rows", "detail"]

#: What is said of rows that are behind a number before and after, and did not change.
THE_SAME = "the same rows"

#: Facts that each day makes anew from all days before it.
_OF_EACH_DAY = ("ahead", "past forecasts")

#: Parameters that are the day itself, or say nothing about what is counted.
_ASIDE = ("as_of", "since", "correction", "marking", "history_days")


def explained(before: Told, after: Told, changes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say of every number that differs between two reports why it does.

    Parameters
    ----------
    before, after: the reports; the second is not of an earlier day.
    changes: what the record learned between the two, where it is known already; see
        :func:`analysis.record.changes`.

    Returns
    -------
    DataFrame
        One row for each number and reason, numbers in the order of the later report: `name`,
        `unit`, `kind`, `before`, `after` (its values, None where one report has it not), `reason`
        (a key of :data:`REASONS`), `rows` (ids, as a tuple; where none came, went or changed, all
        behind the number) and `detail` (what of them was revised, or which other one they are, in
        words, or :data:`THE_SAME`; else empty). Every fact whose value differs has a row at least.
    """
    behind = before.rows | after.rows
    learned = Learned.between(before.known, after.known, behind, changes, before.came_since)
    found = []
    for name, old, new in differing(before.facts, after.facts):
        about = {part: (new or old).get(part, "") for part in ("unit", "kind")}
        values = {"before": old.get("value"), "after": new.get("value")}
        for reason, rows in _reasons(name, old, new, before, after, learned):
            same = tuple(new.get("evidence", ()) or old.get("evidence", ()))
            detail = THE_SAME if same else ""
            if rows:
                detail = learned.told(rows, reason, about["kind"], reads(name))
            why = {"reason": reason, "rows": rows or same, "detail": detail}
            found.append({"name": name, **about, **values, **why})
    return pd.DataFrame(found, columns=COLUMNS, dtype=object)


def _reasons(
    name: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    before: Told,
    after: Told,
    learned: Learned,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Why a fact differs, with the rows of each reason."""
    found: dict[str, list[str]] = {}
    for row, reason in _of_rows(old, new, before, after, learned):
        found.setdefault(reason, []).append(row)
    if revised := _revised(old, new, learned, reads(name)):
        found.setdefault("revised", []).extend(revised)
    span = str((new or old).get("span", ""))
    moved = before.known.date != after.known.date
    if moved and (span in _OF_EACH_DAY or "interval" in new or new.get("kind") == "days"):
        found.setdefault("window", [])
    if old and new and old.get("kept") != new.get("kept"):
        found.setdefault("coverage", [])
    if _chosen(before) != _chosen(after):
        found.setdefault("parameters", [])
    if not found and (revised := _revised(old, new, learned, None)):
        found["revised"] = revised
    if not found and before.code == after.code and _is_of_others(old, new):
        others = dict(_of_other_rows(name, old or new, before, after, learned))
        near = _of_its_kind(others, old, new, before, after, learned)
        for row in near or others:
            found.setdefault(others[row], []).append(row)
    if not found:
        reason = _otherwise(old, new, before, after)
        behind = new.get("evidence", ()) or old.get("evidence", ())
        # What was revised before either day is what may have come into the record since.
        found[reason] = [row for row in behind if reason == "record" and row in learned.again]
    for reason in REASONS:
        if reason in found:
            yield reason, tuple(dict.fromkeys(found[reason]))


def _is_of_others(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether other rows than its own decide on a fact.

    So it is with one that only one report has, as it is told of only where there is something to
    tell, and with one of firsts and mosts, in which another row takes the place of one that went.
    """
    rows = [set(one.get("evidence", ())) for one in (old, new)]
    return not (old and new) or rows[0] != rows[1]


def _of_other_rows(
    name: str, fact: Mapping[str, Any], before: Told, after: Told, learned: Learned
) -> Iterator[tuple[str, str]]:
    """All rows of which something was learned that a fact can depend on, or that came into its days
    or left them.
    """
    kind, span = str(fact.get("kind", "")), str(fact.get("span", ""))
    changed = {row: learned.changed(row, kind, reads(name)) for row in learned.every()}
    changed = {row: reason for row, reason in changed.items() if reason}
    yield from changed.items()
    for row in sorted((before.rows | after.rows) & set(learned.dates)):
        if row not in changed and (reason := _moved(row, span, before, after, learned)):
            yield row, reason


def _of_its_kind(
    rows: Collection[str],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    before: Told,
    after: Told,
    learned: Learned,
) -> list[str]:
    """Those of other rows that can have taken the place of a fact's own, where these are attacks
    and strikes: others of its days, and counts that say which days those are.
    """
    own = [*old.get("evidence", ()), *new.get("evidence", ())]
    if not own or not learned.dates.keys() >= set(own):
        return []
    span = str((new or old).get("span", ""))
    counts = frozenset() if span.startswith("window") else learned.tallies
    due = [row for told in (before, after) for row in rows if _is_due(row, span, told, learned)]
    return [row for row in rows if row in counts or row in due]


def _of_rows(
    old: Mapping[str, Any], new: Mapping[str, Any], before: Told, after: Told, learned: Learned
) -> Iterator[tuple[str, str]]:
    """The rows that a fact gained or lost, each with how; of one of all, those of which anything
    was learned.
    """
    kind, span = str((new or old).get("kind", "")), str((new or old).get("span", ""))
    had, has = old.get("evidence", ()), new.get("evidence", ())
    if span == "record" and not had and not has:
        for row in learned.every():
            yield row, learned.changed(row, "people")
        return
    if "evidence_rows" in {**old, **new}:
        # Not all rows are named: whatever was learned of attacks or strikes may be among them.
        for row in learned.every():
            if row in learned.dates and (reason := learned.changed(row, kind)):
                yield row, reason
        return
    before_it, behind_it = set(had), set(has)
    gained = [row for row in has if row not in before_it]
    lost = [row for row in had if row not in behind_it]
    for row in [*gained, *lost]:
        if reason := _how_moved(row, kind, span, before, after, learned):
            yield row, reason


def _revised(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    learned: Learned,
    details: Collection[str] | None,
) -> list[str]:
    """The rows that a fact kept and that say otherwise now in what it depends on.

    Parameters
    ----------
    details: those that it reads; None where that is not known.
    """
    had, has = old.get("evidence", ()), new.get("evidence", ())
    # A number that is how many rows there are depends on nothing else that they say.
    if "evidence_rows" in {**old, **new} or (_counts_rows(old, had) and _counts_rows(new, has)):
        return []
    kind, kept = str((new or old).get("kind", "")), set(had)
    if kind == "rows" and details is not None:
        return []  # what is on a list before and after is not why the list is another one
    return [row for row in has if row in kept and learned.columns(row, kind, details)]


def _counts_rows(fact: Mapping[str, Any], rows: Collection[str]) -> bool:
    """Whether a number is how many rows there are behind it, whatever these say."""
    return fact.get("value") == len(rows) and "evidence_rows" not in fact


def _how_moved(row: str, kind: str, span: str, before: Told, after: Told, learned: Learned) -> str:
    """How a number has come to rest on a row, or to rest on it no more; empty if nothing tells."""
    if reason := learned.came_or_went(row):
        return reason
    dated = row in learned.dates
    if dated and (reason := _moved(row, span, before, after, learned)):
        return reason
    if learned.columns(row, kind):
        return "revised"
    if row not in before.rows and _is_due(row, span, before, learned):
        return "" if before.is_of_the_record else "new"  # entered into the record since
    # A count of officials is left for a newer one; movements have phases and no day of their own.
    return "" if dated or row in learned.tallies else _moved(row, span, before, after, learned)


def _moved(row: str, span: str, before: Told, after: Told, learned: Learned) -> str:
    """Whether a row came in or went out because the day is another one."""
    if before.known.date == after.known.date:
        return ""
    due = [_is_due(row, span, told, learned) for told in (before, after)]
    return "window" if row not in learned.dates or due[0] != due[1] else ""


def _is_due(row: str, span: str, told: Told, learned: Learned) -> bool:
    """Whether a row lies in the days of which a fact of a report speaks."""
    if row not in learned.dates:
        return False
    days, end = told.window_days, told.known.date
    if span == "window before":
        end -= pd.Timedelta(days=days)
    ago = (end - learned.dates[row]).days
    return 0 <= ago < days if span.startswith("window") else ago >= 0


def _otherwise(old: Mapping[str, Any], new: Mapping[str, Any], before: Told, after: Told) -> str:
    """Why a number differs that no row explains."""
    other_code = before.code != after.code
    if other_code and (not old or not new):
        return "code"
    if before.known.date != after.known.date:
        return "window"
    if other_code:
        return "code"
    return "code" if before.is_of_the_record and after.is_of_the_record else "record"


def _chosen(told: Told) -> dict[str, Any]:
    """The parameters that decide what is counted."""
    return {name: value for name, value in told.parameters.items() if name not in _ASIDE}
