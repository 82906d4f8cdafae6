"""What the record learned between two days: facts new and facts revised, field by field."""

from __future__ import annotations

import pandas as pd

from analysis.record import standing
from analysis.record.as_of import Record
from analysis.record.known import Known
from analysis.record.versions import IDENTIFIERS
from analysis.record.written import as_text

#: Columns that say where a version comes from, not what it says.
PROVENANCE = ["reported_on", "first_reported_on", "publisher", "source_url", "note"]

#: Kinds of change, in the order in which they are told.
KINDS = ("withdrawn", "reinstated", "new", "revised")

COLUMNS = ["table", "id", "kind", "column", "before", "after", "reported_on"]


def changes(record: Record, before: str | pd.Timestamp, after: str | pd.Timestamp) -> pd.DataFrame:
    """Compare what was known on two days.

    Parameters
    ----------
    record: the record with all its versions.
    before, after: the two as-of dates.

    Returns
    -------
    DataFrame
        First what was taken back: for each thing that counts no more one row of `kind`
        "withdrawn", `column` "same_as" and in `after` the other id where it was merged, else
        `column` "standing"; and one "reinstated" for each that counts again. Then one row for each
        new fact (`kind` "new", `column`, `before` and `after` missing) and for
        each field that has another value than on the first day, or for a new fact than when it was
        first reported (`kind` "revised"), values as text;
        `reported_on` is the day of the newest version. A new source that says the same is no
        change. Each part is sorted by table, id and column.

    Examples
    --------
    >>> from analysis.record import read
    >>> found = changes(read(), "2023-10-18", "2023-10-19")
    >>> found.loc[found["id"] == "2023-10-18-al-harir-1", ["column", "before", "after"]].values
    array([['claimed_by', nan, 'tashkil-al-waritheen']], dtype=object)
    """
    return between(record.as_of(before), record.as_of(after))


def between(earlier: Known, later: Known) -> pd.DataFrame:
    """Compare two states of knowledge of one record; see :func:`changes`."""
    since = min(earlier.date, later.date)
    taken_back = [
        _standing_changes(name, key, since, earlier, later)
        for name, key in standing.WITHDRAWABLE.items()
    ]
    found = [_table_changes(name, key, since, earlier, later) for name, key in IDENTIFIERS.items()]
    return pd.concat([*taken_back, *found], ignore_index=True)


def _standing_changes(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> pd.DataFrame:
    """What was taken back, and what counts again."""
    before, after = (_standings(known.withdrawn[name], key) for known in (earlier, later))
    rows = _of_these(getattr(later, name), key, before["id"])
    again = before[before["id"].isin(rows[key])].drop(columns="reported_on")
    again = again.merge(rows[[key, "reported_on"]].rename(columns={key: "id"}), on="id")
    again = again.assign(kind="reinstated", before=again["after"], after=standing.STANDS)
    said = before.set_index("id")["after"]
    gone = after[after["after"] != after["id"].map(said)]
    # What was withdrawn by the very report that told of it first never counted.
    told = gone["first_reported_on"] <= since
    gone = gone[told | (gone["first_reported_on"] < gone["reported_on"])]
    gone = gone.assign(kind="withdrawn", before=gone["id"].map(said), table=name)
    both = pd.concat([gone, again.assign(table=name)]).reindex(columns=COLUMNS)
    order = both["kind"].map(KINDS.index)
    return _as_text(both.assign(order=order).sort_values(["order", "id"])[COLUMNS])


def _standings(withdrawn: pd.DataFrame, key: str) -> pd.DataFrame:
    """What became of each thing: `id`, `column`, `after`, `reported_on`, `first_reported_on`."""
    merged = withdrawn["same_as"].notna()
    became = withdrawn["same_as"].where(merged, withdrawn["standing"].astype("str"))
    return pd.DataFrame(
        {
            "id": withdrawn[key],
            "column": merged.map({True: "same_as", False: "standing"}).astype("str"),
            "after": became.astype("str"),
            "reported_on": withdrawn["reported_on"],
            "first_reported_on": withdrawn["first_reported_on"],
        }
    )


def _as_text(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"id": "str", "column": "str", "before": "str", "after": "str"})


def _table_changes(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> pd.DataFrame:
    now: pd.DataFrame = getattr(later, name)
    fresh = now.loc[now["first_reported_on"] > since, [key, "reported_on"]]
    new = fresh.rename(columns={key: "id"}).assign(table=name, kind="new")
    then, now = _reported_again(name, key, since, earlier, later)
    revised = revised_fields(key, then, now).assign(table=name, kind="revised")
    both = pd.concat([new.reindex(columns=COLUMNS), revised.reindex(columns=COLUMNS)])
    return _as_text(both.sort_values(["id", "column"], kind="stable"))


def _reported_again(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a version was reported of since: as known on the earlier day, and on the later one.

    What is new since was known by its first report, if it is compared at all: few things of many
    are, so they are taken out of the tables before anything else is done with them.
    """
    counted: pd.DataFrame = getattr(earlier, name)
    now: pd.DataFrame = getattr(later, name)
    gone = earlier.withdrawn.get(name, counted.iloc[:0])
    moved = pd.concat([rows.loc[rows["reported_on"] > since, key] for rows in (counted, gone, now)])
    versions = _of_these(getattr(later.versions, name), key, moved)
    known = pd.concat([_of_these(rows, key, moved)[counted.columns] for rows in (counted, gone)])
    first = versions[~versions[key].isin(known[key])].drop_duplicates(key)
    new = first.assign(first_reported_on=first["reported_on"])[counted.columns]
    then = pd.concat([known, new], ignore_index=True) if len(new) else known
    return then, _of_these(now, key, moved)


def _of_these(rows: pd.DataFrame, key: str, ids: pd.Series) -> pd.DataFrame:
    return rows[rows[key].isin(ids)]


def revised_fields(key: str, earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Each field that says something else: `id`, `column`, `before`, `after`, as :func:`changes`.

    Parameters
    ----------
    key: the column with the id.
    earlier, later: the same things in two states of knowledge, one row for each; missing equals
        missing.
    """
    aside = [key, *PROVENANCE, *standing.COLUMNS]
    fact_columns = [column for column in later.columns if column not in aside]
    old = as_text(earlier.set_index(key)[fact_columns])
    new = as_text(later.set_index(key)[fact_columns]).reindex(old.index)
    pairs = pd.concat({"before": old.stack(), "after": new.stack()}, axis=1)
    pairs = pairs[pairs["before"] != pairs["after"]].replace("", float("nan"))
    pairs.index = pairs.index.set_names(["id", "column"])
    return pairs.reset_index().merge(
        later[[key, "reported_on"]].rename(columns={key: "id"}), on="id"
    )
