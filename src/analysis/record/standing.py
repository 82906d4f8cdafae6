"""What is taken back: things that a later version retracts, or says to be another one's double.

`standing` and `same_as` are columns like any other, so earlier days stay true: from the day of
such a version on, until one says `stands`, the thing is none of those that anybody counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.record.codebook import codes
from analysis.record.coded import is_one_of

#: The columns that say whether a thing counts, and which other one it is.
COLUMNS = ("standing", "same_as")

#: The words of `standing`.
STANDS, RETRACTED, MERGED = codes("standing")

#: Those of what does not count any more.
GONE = codes("standing", having="gone")

#: The tables whose things can be taken back, each with the column that names one.
WITHDRAWABLE = {"attacks": "attack_id", "deployments": "deployment_id", "responses": "response_id"}


def is_gone(newest: pd.DataFrame) -> np.ndarray:
    """Whether each thing does not count any more.

    Examples
    --------
    >>> is_gone(pd.DataFrame({"standing": ["stands", "retracted", None, "merged"]})).tolist()
    [False, True, False, True]
    """
    return is_one_of(newest["standing"], GONE)


def withdrawn(newest: pd.DataFrame) -> pd.DataFrame:
    """What does not count any more; `same_as` of what is merged only."""
    gone = is_gone(newest)
    if not gone.any():
        return newest.iloc[:0]
    rows = newest[gone].reset_index(drop=True)
    return rows.assign(same_as=rows["same_as"].where(rows["standing"] == MERGED))


def still_counted(rows: pd.DataFrame, key: str, gone: pd.DataFrame) -> pd.DataFrame:
    """Rows, one a thing or one a version, without those of things that are gone."""
    return rows[~is_one_of(rows[key], gone[key])].reset_index(drop=True) if len(gone) else rows


def answering(responses: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """Strikes with the attack that each answers: of one that was merged the other, of one that was
    retracted none.

    Parameters
    ----------
    responses: rows of that table, one a strike or one a version.
    attacks: those that are gone, see :func:`withdrawn`.
    """
    meant = counted_as(attacks)
    if not meant or not is_one_of(responses["in_response_to"], meant).any():
        return responses
    answered = responses["in_response_to"]
    return responses.assign(in_response_to=answered.map(lambda one: meant.get(one, one)))


def counted_as(attacks: pd.DataFrame) -> Mapping[str, str | None]:
    """What each attack that is gone is counted as: another that counts, or none."""
    gone = set(attacks["attack_id"])
    same = zip(attacks["attack_id"], attacks["same_as"], strict=True)
    return {one: other if isinstance(other, str) and other not in gone else None
            for one, other in same}  # fmt: skip
