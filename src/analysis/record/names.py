"""What else the things of a table are called: whoever writes a name means the id."""

from __future__ import annotations

import pandas as pd

from analysis.plain_text import plain
from analysis.record.tables import id_column


def names_of(table: str, rows: pd.DataFrame) -> dict[str, str]:
    """The ids of a table's things by their names and aliases, as :func:`plain` has them.

    A name that several share leads to none. Tables whose things have no names have none here.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": ["ain-al-asad"], "name": ["Ain al-Asad"],
    ...     "aliases": ["Al-Asad|Al-Assad"]})
    >>> sorted(names_of("sites", sites))
    ['ain-al-asad', 'al-asad', 'al-assad']
    """
    key = id_column(table)
    if key is None or not {key, "name", "aliases"} <= set(rows):
        return {}
    meant: dict[str, set[str]] = {}
    for thing, name, aliases in rows[[key, "name", "aliases"]].fillna("").itertuples(index=False):
        for called in filter(None, [thing, name, *aliases.split("|")]):
            meant.setdefault(plain(called), set()).add(thing)
    return {name: thing for name, (thing, *others) in meant.items() if not others}
