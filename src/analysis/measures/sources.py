"""Where the record comes from: who publishes its rows, and how many sources an attack has."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import counted
from analysis.record import Known, remembered


@remembered
def publications(known: Known) -> pd.DataFrame:
    """The versions of the counted attacks, oldest first: who published each, and where."""
    attacks = counted(known)
    versions = known.versions.attacks[["attack_id", "reported_on", "publisher", "source_url"]]
    return versions[versions["attack_id"].isin(attacks["attack_id"])].reset_index(drop=True)


def by_publisher(published: pd.DataFrame) -> pd.DataFrame:
    """One row for each publisher, the one with most attacks first.

    Parameters
    ----------
    published: what :func:`publications` returns.

    Returns
    -------
    DataFrame
        `publisher`, `rows` (versions), `attacks` (that it reports), `first` (of which the record's
        first row is its own), `alone` (that nobody else reports).
    """
    pairs = published.drop_duplicates(["attack_id", "publisher"])
    alone = pairs[~pairs["attack_id"].duplicated(keep=False)]
    first = published.drop_duplicates("attack_id")
    counts = {
        "rows": published["publisher"].value_counts(),
        "attacks": pairs["publisher"].value_counts(),
        "first": first["publisher"].value_counts(),
        "alone": alone["publisher"].value_counts(),
    }
    table = pd.DataFrame(counts).fillna(0).astype("int64").rename_axis("publisher").reset_index()
    return table.sort_values(
        ["attacks", "rows", "publisher"], ascending=[False, False, True], ignore_index=True
    )


def per_attack(published: pd.DataFrame) -> pd.DataFrame:
    """One row for each attack: `attack_id`, `sources` (pages that different publishers published).

    Examples
    --------
    >>> rows = pd.DataFrame({"attack_id": ["a", "a", "b"], "publisher": ["x", "y", "x"]})
    >>> per_attack(rows)["sources"].tolist()
    [2, 1]
    """
    return (
        published.groupby("attack_id", sort=False)["publisher"]
        .nunique()
        .rename("sources")
        .reset_index()
    )
