"""What the record learned between two days: facts new and facts revised, field by field."""

from __future__ import annotations

import pandas as pd

from analysis.record.as_of import IDENTIFIERS, Known, Record
from analysis.record.written import as_text

#: Columns that say where a version comes from, not what it says.
PROVENANCE = ["reported_on", "first_reported_on", "publisher", "source_url", "note"]

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
        One row for each new fact (`kind` "new", `column`, `before` and `after` missing) and for
        each field that has another value than on the first day, or for a new fact than when it was
        first reported (`kind` "revised"), values as text;
        `reported_on` is the day of the newest version. A new source that says the same is no
        change. Sorted by table, id and column.

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
    found = [
        _table_changes(name, key, since, _then(name, key, earlier, later), getattr(later, name))
        for name, key in IDENTIFIERS.items()
    ]
    return pd.concat(found, ignore_index=True)


def _then(name: str, key: str, earlier: Known, later: Known) -> pd.DataFrame:
    """What was known of each thing on the earlier day; of what is new since, its first report."""
    known: pd.DataFrame = getattr(earlier, name)
    versions: pd.DataFrame = getattr(later.versions, name)
    first = versions.sort_values("reported_on", kind="stable").drop_duplicates(key)
    new = first[~first[key].isin(known[key])].assign(first_reported_on=first["reported_on"])
    return pd.concat([known, new[known.columns]], ignore_index=True) if len(new) else known


def _table_changes(
    name: str, key: str, since: pd.Timestamp, earlier: pd.DataFrame, later: pd.DataFrame
) -> pd.DataFrame:
    fresh = later.loc[later["first_reported_on"] > since, [key, "reported_on"]]
    new = fresh.rename(columns={key: "id"}).assign(table=name, kind="new")
    moved = _reported_again(key, since, earlier, later)
    revised = _revised_fields(
        key, earlier[earlier[key].isin(moved)], later[later[key].isin(moved)]
    ).assign(table=name, kind="revised")
    both = pd.concat([new.reindex(columns=COLUMNS), revised.reindex(columns=COLUMNS)])
    return both.sort_values(["id", "column"], kind="stable").astype(
        {"id": "str", "column": "str", "before": "str", "after": "str"}
    )


def _reported_again(
    key: str, since: pd.Timestamp, earlier: pd.DataFrame, later: pd.DataFrame
) -> pd.Series:
    """Ids of which a version was reported since."""
    ids = [known.loc[known["reported_on"] > since, key] for known in (earlier, later)]
    both: pd.Series = pd.concat(ids)
    return both


def _revised_fields(key: str, earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Each field whose value differs; missing equals missing."""
    fact_columns = [column for column in later.columns if column not in [key, *PROVENANCE]]
    old = as_text(earlier.set_index(key)[fact_columns])
    new = as_text(later.set_index(key)[fact_columns]).reindex(old.index)
    pairs = pd.concat({"before": old.stack(), "after": new.stack()}, axis=1)
    pairs = pairs[pairs["before"] != pairs["after"]].replace("", float("nan"))
    pairs.index = pairs.index.set_names(["id", "column"])
    return pairs.reset_index().merge(
        later[[key, "reported_on"]].rename(columns={key: "id"}), on="id"
    )
