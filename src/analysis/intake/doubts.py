"""What a file says that is not taken over as it stands, in words for whoever reviews it.

Nothing is lost without a word: a number that is none, a place that is none, words nobody knows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.record.codebook import codes, word

#: The column, and its codes, that tell a number of people that is bounded or rounded.
QUALIFIER = "casualties_qualifier"

#: What tables write where they know nothing.
_NOTHING = r"(?i)[\W_]*|n/?a|nan|none|null|nil|unknown"

#: What separates remarks.
_BETWEEN = "; "


def joined(remarks: pd.Series, more: pd.Series) -> pd.Series:
    """Remarks with others after them, by event.

    >>> joined(pd.Series(["", "a", "a"]), pd.Series(["b", "", "b"])).tolist()
    ['b', 'a', 'a; b']
    """
    told = more.index[more != ""]  # few, as a rule
    if told.empty:
        return remarks
    before = remarks.loc[told]
    said = before + np.where(before != "", _BETWEEN, "") + more.loc[told]
    return remarks.where(more == "", said.reindex(remarks.index))


def counts(written: pd.Series, name: str) -> tuple[pd.Series, pd.Series]:
    """A column of counts as numbers, and what is to be said of fields that are none.

    Parameters
    ----------
    written: text, or numbers.
    name: what is counted.

    Returns
    -------
    numbers, remarks
        A number is whole and not negative, else missing: whoever writes "2-3" or "several" leaves
        open which it is, and a person has to say.

    Examples
    --------
    >>> numbers, remarks = counts(pd.Series(["3", "2-3", "–", "-99"]), "injured")
    >>> numbers.tolist()
    [3.0, nan, nan, nan]
    >>> remarks.tolist()
    ['', "injured is '2-3', which is no one number", '', "injured is '-99', which is no one number"]
    """
    numbers = pd.to_numeric(written, errors="coerce").astype("float64")
    whole = numbers.ge(0) & np.isfinite(numbers) & numbers.mod(1).eq(0)
    left = written[~whole & written.notna()].astype("str")
    left = left[~left.str.fullmatch(_NOTHING)]
    said = name + " is '" + left + "', which is no one number"
    return numbers.where(whole), _of_some(said, written)


def bounded(written: pd.Series, name: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    """A column of casualties without the words that bound or round a number.

    Parameters
    ----------
    written: text, or numbers.
    name: what is counted.

    Returns
    -------
    counts, qualifiers, remarks
        The column with the number alone where such words stand beside it, what they are in a code
        of the record, and how it was read; the latter two empty elsewhere.

    Examples
    --------
    >>> counts, qualifiers, remarks = bounded(pd.Series(["at least 4", "40+", "ca. 9"]), "injured")
    >>> counts.tolist(), qualifiers.tolist()
    (['4', '40', '9'], ['at-least', 'at-least', 'about'])
    >>> remarks[0]
    "injured is 'at least 4', taken as 4"
    """
    left = written[pd.to_numeric(written, errors="coerce").isna() & written.notna()].astype("str")
    parts = left.str.strip().str.extract(r"^(\D*?)\s*(\d+)\s*(\D*)$")
    words, numbers = parts[0] + parts[2], parts[1]
    codes_of = pd.Series("", index=left.index, dtype="str")
    for code in codes(QUALIFIER):
        heard = word(QUALIFIER, code, "heard")
        codes_of = codes_of.mask(words.str.fullmatch(heard, case=False).eq(True), code)
    found = codes_of[codes_of != ""].index
    said = name + " is '" + left[found] + "', taken as " + numbers[found]
    counted = written.astype("object").where(~written.index.isin(found), numbers)
    return counted, _of_some(codes_of, written), _of_some(said, written)


def no_place(lat: pd.Series, lon: pd.Series, placed: pd.Series) -> pd.Series:
    """What is to be said of coordinates that are none.

    Parameters
    ----------
    lat, lon: text, as the file has them.
    placed: whether they are a place on Earth.
    """
    lat, lon = (degrees[~placed].fillna("").astype("str") for degrees in (lat, lon))
    said = "its coordinates, '" + lat + "' and '" + lon + "', are no place"
    return _of_some(said[(lat + lon).str.strip() != ""], placed)


def _of_some(said: pd.Series, events: pd.Series) -> pd.Series:
    """What is said of some events, by event: empty of the others."""
    return said.astype("str").reindex(events.index, fill_value="")
