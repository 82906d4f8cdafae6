"""What the record learned of single rows between two days, for numbers that rest on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.record import Known, between
from analysis.record.as_of import IDENTIFIERS

#: Columns of rows that numbers of people alone depend on.
_PEOPLE = {
    "killed", "injured", "casualties_of", "casualties_qualifier", "killed_claimed",
    "civilians_killed_claimed", "personnel",
}  # fmt: skip


@dataclass(frozen=True)
class Learned:
    """What the record learned between two reports, by the ids of its rows.

    `became` has of each row that was taken back how, `same_as` of the merged ones the other;
    `dates` the day of each row that has one; `again` are those reported more than once.
    """

    new: frozenset[str]
    reinstated: frozenset[str]
    became: Mapping[str, str]
    same_as: Mapping[str, str]
    revised: Mapping[str, Mapping[str, str]]
    dates: Mapping[str, pd.Timestamp]
    tallies: frozenset[str]
    again: frozenset[str]

    @classmethod
    def between(
        cls, before: Known, after: Known, rows: Collection[str], changes: pd.DataFrame | None = None
    ) -> Learned:
        """Compare two states of knowledge.

        Parameters
        ----------
        before, after: what was known.
        rows: those that are asked about.
        changes: what was learned between, where it is known; see :func:`analysis.record.changes`.
        """
        changes = between(before, after) if changes is None else changes
        of_kind = {kind: rows for kind, rows in changes.groupby("kind", sort=False)}
        none = changes.head(0)
        revised: dict[str, dict[str, str]] = {}
        for row in of_kind.get("revised", none).to_dict("records"):
            was, now = (
                "not reported" if pd.isna(row[side]) else str(row[side])
                for side in ("before", "after")
            )
            revised.setdefault(row["id"], {})[row["column"]] = f"{was} to {now}"
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
            new=frozenset(of_kind.get("new", none)["id"]),
            reinstated=frozenset(of_kind.get("reinstated", none)["id"]),
            became={one: how for one, how in withdrawn.items() if one in since or one in wanted},
            same_as=same_as,
            revised=revised,
            dates=_dates(after, rows) | _dates(before, rows),
            tallies=frozenset(after.tallies["tally_id"]),
            again=_reported_again(after, rows),
        )

    def came_or_went(self, row: str) -> str:
        """Whether a row is new, was taken back or counts again; empty if it is as it was."""
        if row in self.became:
            return self.became[row]
        if row in self.new:
            return "counted" if row in self.tallies else "new"
        return "reinstated" if row in self.reinstated else ""

    def changed(self, row: str, kind: str) -> str:
        """The reason that a row itself gives for another number of a kind; empty if none."""
        return self.came_or_went(row) or ("revised" if self.columns(row, kind) else "")

    def columns(self, row: str, kind: str) -> list[str]:
        """The columns of a row that were revised and that a number of a kind can depend on."""
        return [
            name for name in self.revised.get(row, ()) if kind == "people" or name not in _PEOPLE
        ]

    def told(self, rows: Collection[str], reason: str) -> str:
        """What of rows was revised, or which other ones they are, in words."""
        if reason == "merged":
            return "; ".join(f"{row} is {self.same_as[row]}" for row in rows)
        if reason != "revised":
            return ""
        return "; ".join(
            f"{row}: {name.replace('_', ' ')} {moved}"
            for row in rows
            for name, moved in self.revised.get(row, {}).items()
        )

    def every(self) -> Iterator[str]:
        """All rows of which anything was learned."""
        yield from {**dict.fromkeys(sorted(self.new)), **self.became, **self.revised}
        yield from sorted(self.reinstated)


def _reported_again(known: Known, wanted: Collection[str]) -> frozenset[str]:
    """Those of some rows that have several versions."""
    found: set[str] = set()
    for table, key in IDENTIFIERS.items():
        ids = getattr(known.versions, table)[key]
        ids = ids[ids.isin(list(wanted))]
        found.update(ids[ids.duplicated()])
    return frozenset(found)


def _dates(known: Known, wanted: Collection[str]) -> dict[str, pd.Timestamp]:
    """The day of each attack and strike, of those that are wanted."""
    found: dict[str, pd.Timestamp] = {}
    for table in ("attacks", "responses"):
        rows, key = getattr(known, table), IDENTIFIERS[table]
        rows = rows[rows[key].isin(list(wanted))]
        found |= dict(zip(rows[key], rows["event_date"], strict=True))
    return found
