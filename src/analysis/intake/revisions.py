"""What a report of a known attack would change in the record."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Numbers that a later report may give or raise. That it says fewer changes nothing: counts rise
#: as they become known, and a source that was early stays so.
RISING = ("killed", "injured")

#: A number that a later report may give where nobody had.
GIVEN = ("munitions",)


def changes(reports: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """The numbers of reports that are news to the record.

    Parameters
    ----------
    reports: of an attack each, with the columns of :data:`RISING` and :data:`GIVEN`.
    attacks: what is known of these attacks, row by row.

    Returns
    -------
    DataFrame
        By the reports' index, a column for each number: what it would be, missing where nothing
        changes.
    """
    found = {}
    for name in (*RISING, *GIVEN):
        said = reports[name].to_numpy(float)
        known = attacks[name].astype("Float64").to_numpy(float, na_value=np.nan)
        news = np.isnan(known) & (said > 0)
        if name in RISING:
            news |= said > known
        found[name] = np.where(news, said, np.nan)
    return pd.DataFrame(found, index=reports.index)


def in_words(changed: pd.DataFrame, attacks: pd.DataFrame) -> list[str]:
    """Each row's changes as a person reads them: `killed: nothing → 1`; nothing where none."""
    said = []
    for place, row in enumerate(changed.itertuples(index=False)):
        known = attacks.iloc[place]
        parts = []
        for name, value in zip(changed.columns, row, strict=True):
            if not np.isnan(value):
                before = "nothing" if pd.isna(known[name]) else str(int(known[name]))
                parts.append(f"{name}: {before} → {int(value)}")
        said.append("; ".join(parts))
    return said
