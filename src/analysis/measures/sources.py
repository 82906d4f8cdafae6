"""Where the record comes from: who publishes its rows, of what kind, and how many an attack has.

Kind and side are the register's judgement of the outlet, not of whoever it passes on.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import counted
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of


@remembered
def publications(known: Known) -> pd.DataFrame:
    """The versions of the counted attacks, oldest first: who published each, and where."""
    attacks = counted(known)
    versions = known.versions.attacks[["attack_id", "reported_on", "publisher", "source_url"]]
    return versions[is_one_of(versions["attack_id"], attacks["attack_id"])].reset_index(drop=True)


def judged(known: Known, published: pd.DataFrame) -> pd.DataFrame:
    """The same with what the register says of each publisher: `kind`, `relays`, `party`.

    Each is empty where the register does not say.
    """
    columns = {"kind": "kind", "relays": "relays", "party_to_conflict": "party"}
    # A million rows have some hundred publishers.
    which, publishers = pd.factorize(published["publisher"])
    register = known.sources.set_index("publisher")[list(columns)].astype("str")
    said = register.reindex(publishers).fillna("").rename(columns=columns)
    return published.assign(**{name: said[name].array.take(which) for name in columns.values()})


@remembered
def one_sided(known: Known) -> dict[str, str]:
    """The attacks that outlets of one side alone report, and whose they are, by `attack_id`.

    Sides are codes of `party_to_conflict`. An attack of which any version was published by another
    outlet is none of them.
    """
    versions = judged(known, known.versions.attacks[["attack_id", "publisher"]])
    said = versions[["attack_id", "party"]].drop_duplicates()
    alone = said[~said["attack_id"].duplicated(keep=False) & (said["party"] != "")]
    return dict(alone.itertuples(index=False))


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
