"""Casualties as the record's rows give them, by whose they are and at which confirmation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.record.codebook import codes
from analysis.record.coded import is_one_of

#: Rows whose casualties are American at least in part; `mixed` counts cannot be split.
AMERICAN = ("us", "mixed")

#: Columns that tell how many were hurt, and whose they are.
READ = ["target", "outcome", "killed", "injured", "casualties_of", "casualties_qualifier"]


def american(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks with casualties that are American, at least in part."""
    return attacks[is_one_of(attacks["casualties_of"], AMERICAN)]


def partner(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks with casualties among partner forces only."""
    return attacks[attacks["casualties_of"] == "partner"]


def others(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks with casualties among crews, civilians and others."""
    return attacks[attacks["casualties_of"] == "other"]


def are_some(people: pd.Series) -> npt.NDArray[np.bool_]:
    """Whether each number of people is known, and more than none."""
    some: npt.NDArray[np.bool_] = people.to_numpy(int, na_value=0) > 0
    return some


def exactness(attacks: pd.DataFrame, harm: str) -> pd.Series:
    """How exact sources call the numbers of the killed or of the injured: a code where they do.

    What they say of the casualties of an attack they say of the larger number, which is still
    rising: of the injured where there are any, else of the killed.
    """
    of_injured = are_some(attacks["injured"])
    return attacks["casualties_qualifier"][of_injured if harm == "injured" else ~of_injured]


def own(attacks: pd.DataFrame) -> pd.DataFrame:
    """Attacks with casualties of the side they were aimed at: Americans, on ships the crews."""
    return attacks[is_own(attacks)]


def is_own(attacks: pd.DataFrame) -> np.ndarray:
    """Whether the casualties of each attack are of the side that it was aimed at."""
    afloat = is_one_of(attacks["target"], codes("target", having="at_sea"))
    crews = afloat & is_one_of(attacks["casualties_of"], ("other",))
    own: np.ndarray = crews | is_one_of(attacks["casualties_of"], AMERICAN)
    return own
