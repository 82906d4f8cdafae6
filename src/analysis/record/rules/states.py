"""What a version leaves behind must make sense, with what earlier ones of its id gave."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.codebook import codes
from analysis.record.columns import by_value
from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, all_versions, left_behind

_CASUALTIES = ["killed", "injured"]


def casualties_are_somebodys(rows: pd.DataFrame) -> Iterator[Broken]:
    """Where somebody was killed or injured, it is said whose they are; nowhere else."""
    hurt, of = _hurt(rows), rows["casualties_of"]
    versions = all_versions(rows, "attack_id", hurt == of.isna())
    known = left_behind(versions, "attack_id", ["casualties_of"])
    nobodys = hurt[versions.index] & known["casualties_of"].isna()
    right = f"say whose they are: {', '.join(codes('casualties_of'))}"
    for index, *counts in versions.loc[nobodys, _CASUALTIES].itertuples(name=None):
        given = zip(_CASUALTIES, counts, strict=True)
        told = " and ".join(f"{column} is {count}" for column, count in given if _is_some(count))
        yield index, f"this is empty, while {told}; {right}"
    yield from _without_casualties(versions, "casualties_of")


def qualifier_has_casualties(rows: pd.DataFrame) -> Iterator[Broken]:
    """A number of casualties is qualified where there is one."""
    qualified = rows[rows["casualties_qualifier"].notna()]
    suspect = pd.Series(rows.index.isin(qualified.index[~_hurt(qualified)]), rows.index)
    versions = all_versions(rows, "attack_id", suspect)
    yield from _without_casualties(versions, "casualties_qualifier")


def claim_has_claimant(rows: pd.DataFrame) -> Iterator[Broken]:
    """What only the attacker says is claimed by somebody."""
    is_claim = rows["confirmation"] == "claim"
    versions = all_versions(rows, "attack_id", is_claim & rows["claimed_by"].isna())
    known = left_behind(versions, "attack_id", ["claimed_by"])
    nobodys = is_claim[versions.index] & known["claimed_by"].isna()
    message = (
        "this is empty, while confirmation is claim, the attacker's word alone; "
        "name the actor who claimed it, or write media where it is a monitor's or the news'"
    )
    for index in versions.index[nobodys]:
        yield index, message


def moved_by_then(rows: pd.DataFrame) -> Iterator[Broken]:
    """What has arrived or departed did so by the day on which it was reported."""
    known = left_behind(rows, "deployment_id", ["status", "effective_on"])
    over = ["arrived", "departed"]
    says = rows["status"].isin(over) | rows["effective_on"].notna()
    early = says & known["status"].isin(over) & (known["effective_on"] > rows["reported_on"])
    for index in rows.index[early]:
        status, day = str(known.at[index, "status"]), quoted(str(known.at[index, "effective_on"]))
        wrong = f"{day} is after {quoted(str(rows.at[index, 'reported_on']))}, when it was reported"
        if rows["effective_on"].isna()[index]:
            wrong = f"this is empty, and {day} of an earlier version is after the report"
        right = f"what is reported {status} did so by then, so correct the day or the status"
        yield index, f"{wrong}; {right}"


def _without_casualties(versions: pd.DataFrame, column: str) -> Iterator[Broken]:
    """Rows that fill a column though no version up to them gives anybody killed or injured."""
    ordered = versions.sort_values("reported_on", kind="stable")
    ever = _hurt(ordered).groupby(ordered["attack_id"]).cummax()
    filled = ordered.loc[ordered[column].notna() & ~ever, column]
    for index, value in filled.sort_index().items():
        wrong = f"{quoted(value)}, while neither killed nor injured is greater than 0"
        yield int(str(index)), f"{wrong}; give the number, or leave this empty"


def _hurt(rows: pd.DataFrame) -> pd.Series:
    killed, injured = (by_value(_is_some, rows[column]) for column in _CASUALTIES)
    return killed | injured


def _is_some(count: object) -> bool:
    return isinstance(count, str) and int(count) > 0
