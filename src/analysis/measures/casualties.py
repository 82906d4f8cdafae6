"""Casualties as the record's rows give them, by whose they are and at which confirmation."""

from __future__ import annotations

import pandas as pd

#: Rows whose casualties are American at least in part; `mixed` counts cannot be split.
AMERICAN = ("us", "mixed")


def american(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks on US forces with casualties that are American, at least in part."""
    return attacks[attacks["casualties_of"].isin(AMERICAN)]


def partner(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks on US forces with casualties among partner forces only."""
    return attacks[attacks["casualties_of"] == "partner"]
