"""What the record learned of single rows between two days, for numbers that rest on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.record import Known, between
from analysis.record.changes import revised_fields
from analysis.record.coded import is_one_of
from analysis.record.versions import IDENTIFIERS, newest_of

#: Columns of rows that numbers of people alone depend on.
_PEOPLE = {
    "killed", "injured", "casualties_of", "casualties_qualifier", "killed_claimed",
    "civilians_killed_claimed", "personnel",
}  # fmt: skip

#: Columns that tell how an attack or strike went and not whether it counts: a number depends on
#: one only if its description says that it reads it (see :mod:`analysis.measures.metadata`).
DETAILS = frozenset({
    "weapons", "munitions", "outcome", "claimed_by", "attributed_to", "date_precision",
    "targets_struck", "in_response_to",
})  # fmt: skip

#: Columns that pages show and that no number depends on.
_SHOWN_ONLY = {"title", "place", "method", "lat", "lon"}


@dataclass(frozen=True)
class Learned:
    """What the record learned between two reports, by the ids of its rows.

    `became` has of each row that was taken back how, `same_as` of the merged ones the other;
    `dates` the day of each row that has one; `again` are those reported more than once, `gone`
    those that the record has no more.
    """

    new: frozenset[str]
    reinstated: frozenset[str]
    became: Mapping[str, str]
    same_as: Mapping[str, str]
    revised: Mapping[str, Mapping[str, str]]
    dates: Mapping[str, pd.Timestamp]
    tallies: frozenset[str]
    again: frozenset[str]
    gone: frozenset[str]

    @classmethod
    def between(
        cls,
        before: Known,
        after: Known,
        rows: Collection[str],
        changes: pd.DataFrame | None = None,
        came: pd.DataFrame | None = None,
    ) -> Learned:
        """Compare two states of knowledge.

        Parameters
        ----------
        before, after: what was known.
        rows: those that are asked about.
        changes: what was learned between, where it is known; see :func:`analysis.record.changes`.
        came: the rows that entered the record of the earlier day since it was looked at, by `id`
            and `reported_on`.
        """
        changes = between(before, after) if changes is None else changes
        of_kind = {kind: rows for kind, rows in changes.groupby("kind", sort=False)}
        none = changes.head(0)
        entered, filed = (frozenset(), []) if came is None else _entered(before, came)
        revised: dict[str, dict[str, str]] = {}
        for row in [*filed, *of_kind.get("revised", none).to_dict("records")]:
            was, now = (
                "not reported" if pd.isna(row[side]) else str(row[side])
                for side in ("before", "after")
            )
            field = str(row["column"]).replace("_", " ")
            revised.setdefault(row["id"], {})[row["column"]] = f"{field} {was} to {now}"
        withdrawn = {
            str(one): str(standing)
            for name, rows in after.withdrawn.items()
            for one, standing in zip(rows[IDENTIFIERS[name]], rows["standing"], strict=True)
        }
        same_as = {
            str(one): str(other)
            for name, rows_of in after.withdrawn.items()
            for one, other in zip(rows_of[IDENTIFIERS[name]], rows_of["same_as"], strict=True)
            if isinstance(other, str)
        }
        wanted = set(rows)
        since = set(of_kind.get("withdrawn", none)["id"])
        return cls(
            new=frozenset(of_kind.get("new", none)["id"]) | entered,
            reinstated=frozenset(of_kind.get("reinstated", none)["id"]),
            became={one: how for one, how in withdrawn.items() if one in since or one in wanted},
            same_as=same_as,
            revised=revised,
            dates=_dates(after, rows) | _dates(before, rows),
            tallies=frozenset(after.tallies["tally_id"]),
            again=_reported_again(after, rows),
            gone=frozenset(wanted - _there(after, wanted) - _there(before, wanted)),
        )

    def came_or_went(self, row: str) -> str:
        """Whether a row is new, was taken back or counts again; empty if it is as it was."""
        if row in self.became:
            return self.became[row]
        if row in self.new:
            return "counted" if row in self.tallies else "new"
        if row in self.gone:
            return "record"
        return "reinstated" if row in self.reinstated else ""

    def changed(self, row: str, kind: str, reads: Collection[str] | None = None) -> str:
        """The reason that a row itself gives for another number; empty if none."""
        went = self.came_or_went(row)
        return went or ("revised" if self.columns(row, kind, reads) else "")

    def columns(self, row: str, kind: str, reads: Collection[str] | None = None) -> list[str]:
        """The columns of a row that were revised and that a number of a kind can depend on.

        A number of people depends on who was hurt; on what else is said only where that is as it
        was. Of the details it depends on those that it `reads`; on all if that is not known.
        """
        read = DETAILS if reads is None else reads
        revised = [name for name in self.revised.get(row, ()) if name not in _SHOWN_ONLY]
        people = [name for name in revised if name in _PEOPLE]
        others = [
            name for name in revised
            if name in read or name not in _PEOPLE | DETAILS
        ]  # fmt: skip
        return people or others if kind == "people" else others

    def told(
        self, rows: Collection[str], reason: str, kind: str, reads: Collection[str] | None = None
    ) -> str:
        """What of rows a number of a kind rests on was revised, or which other ones they are."""
        if reason == "merged":
            return "; ".join(f"{row} is {self.same_as[row]}" for row in rows)
        if reason != "revised":
            return ""
        revised = {
            row: [
                self.revised[row][name]
                for name in self.columns(row, kind, reads)
                or self.columns(row, kind)
                or self.revised[row]
            ]
            for row in rows
            if row in self.revised
        }
        return "; ".join(f"{row}: {', '.join(fields)}" for row, fields in revised.items())

    def every(self) -> Iterator[str]:
        """All rows of which anything was learned."""
        yield from {**dict.fromkeys(sorted(self.new)), **self.became, **self.revised}
        yield from sorted(self.reinstated)


def _entered(known: Known, came: pd.DataFrame) -> tuple[frozenset[str], list[dict[Any, Any]]]:
    """Of rows that entered the record of a day: the things that are new thereby, and what of others
    they revised.
    """
    new: set[str] = set()
    revised: list[dict[Any, Any]] = []
    for table, key in IDENTIFIERS.items():
        versions, newest = getattr(known.told, table), getattr(known, table)
        versions = versions[is_one_of(versions[key], came["id"])].reset_index(drop=True)
        ours = pd.MultiIndex.from_frame(versions[[key, "reported_on"]])
        before = versions[~ours.isin(pd.MultiIndex.from_frame(came))].reset_index(drop=True)
        new |= set(versions[key]) - set(before[key])
        then = newest_of(before, key)
        now = newest[is_one_of(newest[key], then[key])]
        revised += revised_fields(key, then.to_dict("records"), now.to_dict("records"))
    return frozenset(new), revised


def _there(known: Known, wanted: Collection[str]) -> set[str]:
    """Those of some rows that stand in the dated tables, whatever became of them."""
    ids = (getattr(known.told, table)[key] for table, key in IDENTIFIERS.items())
    return {one for column in ids for one in column[is_one_of(column, wanted)]}


def _reported_again(known: Known, wanted: Collection[str]) -> frozenset[str]:
    """Those of some rows that have several versions."""
    found: set[str] = set()
    for table, key in IDENTIFIERS.items():
        ids = getattr(known.versions, table)[key]
        ids = ids[is_one_of(ids, wanted)]
        found.update(ids[ids.duplicated()])
    return frozenset(found)


def _dates(known: Known, wanted: Collection[str]) -> dict[str, pd.Timestamp]:
    """The day of each attack and strike, of those that are wanted."""
    found: dict[str, pd.Timestamp] = {}
    for table in ("attacks", "responses"):
        rows, key = getattr(known, table), IDENTIFIERS[table]
        rows = rows[is_one_of(rows[key], wanted)]
        found |= dict(zip(rows[key], rows["event_date"], strict=True))
    return found
