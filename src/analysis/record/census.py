"""Which rows a record had, in so few bytes that a manifest can hold them: a sketch of their names.

A row is named by its id and the day on which it was reported. Rows are corrected by later versions
and none is taken out, so what was there once is there for good. To see that, and which rows came
since, their names would do, but of a large record they are megabytes. What is kept is how many
fall into each of 64 bins, four times over by four parts of the name's checksum (a count-min sketch,
modulo 256: Cormode and Muthukrishnan (2005), J. Algorithms 55(1)). A row that is gone empties its
four bins, unless rows that came fill all of them; a row is taken to have come if all four of its
bins have filled. With one row that came either is wrong once in 17 million, with thirty of them
once in fifty.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from zlib import crc32

import numpy as np

_PARTS, _BINS = 4, 64

#: Where so many rows came, bins overflow, and nothing is said.
_TOO_MANY = 4_000


def taken(rows: Sequence[str]) -> str:
    """The census of rows by their names.

    >>> taken(["a", "b"]) == taken(["b", "a"]) != taken(["a", "a"])
    True
    """
    marks = _marks(rows)
    bins = [np.bincount(marks[:, part], minlength=_BINS) for part in range(_PARTS)]
    return b64encode(np.stack(bins).astype("u1").tobytes()).decode()


def lost(was: str, now: str, more: int) -> int:
    """How many rows are gone at least since a census.

    Parameters
    ----------
    was, now: what :func:`taken` gave then, and gives by now.
    more: how many rows there are more than then; negative for fewer.

    >>> lost(taken(["a", "b"]), taken(["a", "c", "d"]), more=1)
    1
    """
    if more > _TOO_MANY:
        return 0
    fewer = -_change(was, now).clip(max=0).sum(axis=1)
    return max(int(fewer.max()), -more)


def came(was: str, rows: Sequence[str]) -> np.ndarray:
    """Which of the rows that there are by now came since a census.

    >>> came(taken(["a", "b"]), ["a", "b", "c"]).tolist()
    [False, False, True]
    """
    marks = _marks(rows)
    grown = _change(was, taken(rows)) > 0
    all_grown: np.ndarray = np.all([grown[part, marks[:, part]] for part in range(_PARTS)], axis=0)
    return all_grown


def _marks(rows: Sequence[str]) -> np.ndarray:
    """In which bin of each part a row falls."""
    sums = np.fromiter(map(crc32, map(str.encode, rows)), ">u4", len(rows))
    return sums.view("u1").reshape(-1, _PARTS) % _BINS


def _change(was: str, now: str) -> np.ndarray:
    """By how much each bin has filled (or emptied, below 0)."""
    one, other = (
        np.frombuffer(b64decode(text), "u1").reshape(_PARTS, _BINS) for text in (was, now)
    )
    change: np.ndarray = (other - one).view("i1").astype("int64")
    return change
