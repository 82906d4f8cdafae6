"""What the record says of an attack today that it did not say at first, and by how much.

The first report of an attack is what its first row says; the newest state takes for each column
the newest value that is not empty. A revision is a column in which the two differ: *filled* where
the first report left it open (empty, or `unknown`), *changed* where it said something else.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import counted
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of
from analysis.record.written import as_text

#: Columns that say what happened, in the order in which a page names them.
COLUMNS = [
    "killed",
    "injured",
    "casualties_of",
    "confirmation",
    "outcome",
    "weapons",
    "munitions",
    "claimed_by",
    "attributed_to",
    "event_date",
    "date_precision",
    "target",
]

#: Columns that count people.
PEOPLE = ("killed", "injured")

#: How well an attack is confirmed, from the weakest.
CONFIRMATION = ("claim", "media", "official")

OPEN = "unknown"


@remembered
def revisions(known: Known) -> pd.DataFrame:
    """Every column of a counted attack that says something else than at first.

    Returns
    -------
    DataFrame
        One row for each attack and column, by attack: `attack_id`, `event_date`, `column`, `kind`
        (`filled` or `changed`), `before`, `after` (as text; missing where empty), `change` (of
        `killed` and `injured`: how many more people, none reported taken as 0; else missing),
        `first_reported_on`, `revised_on` (when the newest value was first given), `days` (between
        these two).
    """
    attacks, versions = counted(known), known.versions.attacks
    again = versions.loc[versions["attack_id"].duplicated(), "attack_id"].unique()
    wanted = attacks[is_one_of(attacks["attack_id"], again)]
    rows = versions[is_one_of(versions["attack_id"], wanted["attack_id"])]
    rows = rows.sort_values(["attack_id", "reported_on"], kind="stable", ignore_index=True)
    found = [_of_column(rows, column) for column in COLUMNS]
    dates = wanted[["attack_id", "event_date"]]
    revised = pd.concat(found, ignore_index=True).merge(dates, on="attack_id")
    order = {column: place for place, column in enumerate(COLUMNS)}
    revised = revised.sort_values(
        ["event_date", "attack_id", "column"],
        key=lambda values: values.map(order) if values.name == "column" else values,
        ignore_index=True,
    )
    return revised[
        [
            "attack_id",
            "event_date",
            "column",
            "kind",
            "before",
            "after",
            "change",
            "first_reported_on",
            "revised_on",
            "days",
        ]
    ]


def _of_column(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The attacks whose newest value of a column is not their first, by attack."""
    attack = rows["attack_id"]
    value = rows[column].astype("object").groupby(attack, sort=False).ffill()
    text = value.map(as_text, na_action="ignore").astype("str")
    moved = text.ne(text.groupby(attack, sort=False).shift()) & text.notna()
    since = rows["reported_on"].where(moved).groupby(attack, sort=False).ffill()
    table = pd.DataFrame({"attack_id": attack, "text": text, "value": value, "since": since,
                          "reported_on": rows["reported_on"]})  # fmt: skip
    by_attack = table.groupby("attack_id", sort=False)
    first, newest = (
        by_attack.head(1).set_index("attack_id"),
        by_attack.tail(1).set_index("attack_id"),
    )
    differs = (first["text"] != newest["text"]) & newest["text"].notna()
    before, after = first[differs], newest[differs]
    filled = before["text"].isna() | (before["text"] == OPEN)
    change = _people(after) - _people(before) if column in PEOPLE else pd.Series(pd.NA, after.index)
    return pd.DataFrame(
        {
            "column": column,
            "kind": filled.map({True: "filled", False: "changed"}).astype("str"),
            "before": before["text"],
            "after": after["text"],
            "change": change.astype("Int64"),
            "first_reported_on": before["reported_on"],
            "revised_on": after["since"],
            "days": (after["since"] - before["reported_on"]).dt.days,
        }
    ).reset_index()


def _people(rows: pd.DataFrame) -> pd.Series:
    return rows["value"].astype("Int64").fillna(0)


def by_column(revised: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """Revisions counted by column, those with most first.

    Parameters
    ----------
    revised: what :func:`revisions` returns.
    attacks: the attacks that it looked at.

    Returns
    -------
    DataFrame
        `column`, `revised` (attacks), `filled`, `changed`, `share` (of all attacks), `median_days`
        and `longest_days` (from the first report to the newest value), `change` (people more;
        missing where the column counts none).
    """
    by_name = revised.groupby("column", sort=False)
    table = by_name.agg(
        revised=("attack_id", "size"),
        filled=("kind", lambda kinds: int((kinds == "filled").sum())),
        changed=("kind", lambda kinds: int((kinds == "changed").sum())),
        median_days=("days", "median"),
        longest_days=("days", "max"),
        change=("change", lambda change: change.sum(min_count=1)),
    ).reset_index()
    table.insert(4, "share", table["revised"] / max(len(attacks), 1))
    return table.sort_values("revised", ascending=False, kind="stable", ignore_index=True)


def confirmation_moves(revised: pd.DataFrame) -> pd.DataFrame:
    """Attacks confirmed otherwise than at first: the rows of that column, and `raised`."""
    rows = revised[revised["column"] == "confirmation"]
    rank = {level: place for place, level in enumerate(CONFIRMATION)}
    return rows.assign(raised=rows["after"].map(rank) > rows["before"].map(rank))
