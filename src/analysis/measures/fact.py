"""A fact: one number of a report, what kind of number it is, and the rows it was counted from.

A measure finds a value and the rows behind it (:class:`Found`); the metadata beside the measures
say what a fact of that name is (:mod:`analysis.measures.metadata`); both together are a
:class:`Fact`. How a fact is rounded and set follows from its kind, and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.measures.estimate import Estimate
from analysis.record.coverage import Level

Value = int | float | str | None

#: What a value is. The first ten are numbers; a `mean` is of counts, a `score` of forecasts.
#: `sites`, `actors` and `rows` are ids joined by spaces; a `word` is one of a list of codes, a
#: `name` is set as it is.
Kind = Literal[
    "count", "people", "rank", "days", "mean", "score", "ratio", "correlation", "share",
    "probability", "date", "site", "sites", "actor", "actors", "campaign", "rows", "word", "name",
]  # fmt: skip

#: What a fact speaks of: the as-of date, the window that ends on it, the one before, the campaign
#: up to the as-of date, all that the record holds, the coming days, or forecasts of the past.
Span = Literal["day", "window", "window before", "campaign", "record", "ahead", "past forecasts"]

#: What a fact rests on: attacks on the targets of the report, attacks on any target, US strikes or
#: movements (both kept wherever attacks on any target are; movements are of no campaign), or what
#: needs no day to have been kept: statements of others, names, what the record itself holds.
Basis = Literal["attacks", "any attacks", "strikes", "moves", "statements"]

#: Decimals of those kinds that are rounded.
DECIMALS: dict[str, int] = {
    **{"share": 4, "probability": 4, "ratio": 2, "correlation": 2, "score": 2, "mean": 1}
}

#: A fact names so many of the rows behind it; of more, the newest. All of a large record would
#: make each page a copy of it.
MOST_ROWS = 1_000


class Evidence(tuple[str, ...]):
    """Ids of the rows that a fact rests on; of very many the newest, and how many there are.

    >>> Evidence(["a", "b"]).total, len(Evidence(["b"], total=2) + Evidence(["c"]))
    (2, 2)
    """

    total: int

    def __new__(cls, rows: Iterable[str] = (), total: int | None = None) -> Evidence:
        """Name rows, which stand for `total` rows if they are not all."""
        evidence = super().__new__(cls, rows)
        evidence.total = len(evidence) if total is None else total
        return evidence

    def __add__(self, other: tuple[Any, ...]) -> Evidence:
        """The rows of both."""
        more = other if isinstance(other, Evidence) else Evidence(other)
        return Evidence((*self, *more), self.total + more.total)


@dataclass(frozen=True)
class Found:
    """What a measure found: a value, and the rows behind it.

    Parameters
    ----------
    value: the number; a name, id or ISO date as text; None where nothing is known.
    evidence: ids of the rows it was counted from.
    estimate: where the value is estimated or tested, the estimate.
    words: what the unit of the fact names besides the usual words, such as a country.
    qualifier: how exact the sources call it, a code of the codebook; empty where they do not say.
    """

    value: Value
    evidence: Evidence = field(default=Evidence())
    estimate: Estimate | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    qualifier: str = ""


@dataclass(frozen=True)
class Fact:
    """One number (or name, or date) that a report states.

    Parameters
    ----------
    value: see :class:`Found`; rounded as its kind asks for.
    kind: what the value is; it decides how the value is set.
    unit: what is counted and how, in words that a reader of the page understands.
    span: which days it speaks of.
    evidence: ids of the rows it was counted from.
    estimate: the estimate behind it, if it is one.
    title: what a key figure calls it, with the usual words in braces; empty where none does.
    qualifier: how exact the sources call it; see :class:`Found`.
    basis: what it rests on.
    every_attack: whether it needs every attack, though it is of a kind that some would do for.
    kept: how well the days that it speaks of were kept.
    withheld: whether it has no value because they were not kept well enough for it; see
        :mod:`analysis.measures.coverage`.
    """

    value: Value
    kind: Kind
    unit: str
    span: Span = "campaign"
    evidence: Evidence = field(default=Evidence())
    estimate: Estimate | None = None
    title: str = ""
    qualifier: str = ""
    basis: Basis = "attacks"
    every_attack: bool = False
    kept: Level = "daily"
    withheld: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a value.

        Raises
        ------
        Withheld
            If its days were not kept well enough to tell.
        """
        if self.withheld:
            raise Withheld(self)
        return self.value is not None


class Withheld(Exception):
    """A sentence asks for a fact whose days were not kept well enough: it cannot be said."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact.unit)
        self.fact = fact


def rounded(value: Value, kind: str, decimals: int | None = None) -> Value:
    """A value as its kind is rounded, or to so many decimals.

    A ratio near 0 keeps two digits, so that it never reads 0.

    >>> rounded(0.62345, "share"), rounded(1.005, "ratio"), rounded(0.01234, "ratio")
    (0.6234, 1.0, 0.012)
    """
    if not isinstance(value, float) or kind not in DECIMALS:
        return value
    places = DECIMALS[kind] if decimals is None else decimals
    if value and (kind == "ratio" or decimals is not None):
        places = max(places, 1 - math.floor(math.log10(abs(value))))
    return round(float(value), places)


def count(rows: pd.DataFrame | pd.Series, **words: str) -> Found:
    """The number of rows; the first column holds their ids, or they are ids themselves.

    >>> count(pd.DataFrame({"attack_id": ["a", "b"]})).value
    2
    """
    return Found(len(rows), ids(rows), words=words)


def total(rows: pd.DataFrame, column: str, **words: str) -> Found:
    """The sum of a column over the rows that have a value there.

    >>> total(pd.DataFrame({"id": ["a", "b"], "killed": [3, None]}), "killed").evidence
    ('a',)
    """
    numbers = rows[column]
    stated = rows[rows.columns[0]][~numbers.array.isna()]
    return Found(int(numbers.sum()), ids(stated), words=words)


def share(part: pd.DataFrame | pd.Series, whole: pd.DataFrame | pd.Series, **words: str) -> Found:
    """Rows of `part` ÷ rows of `whole`; None where `whole` is empty."""
    if whole.empty:
        return Found(None, words=words)
    return Found(len(part) / len(whole), ids(whole), words=words)


def most(rows: pd.DataFrame, column: str) -> Found:
    """The value of `column` on most rows; of equals the one met last by date, then by name."""
    places, names = pd.factorize(rows[column])
    if not (places >= 0).any():
        return Found(None)
    times = np.bincount(places[places >= 0])
    tied = np.flatnonzero(times == times.max())
    if len(tied) > 1:
        dates = rows["event_date"].to_numpy()
        latest = np.array([dates[places == place].max() for place in tied])
        tied = tied[latest == latest.max()]
    first = min(tied.tolist(), key=lambda place: str(names[place]))
    return Found(str(names[first]), ids(rows[rows.columns[0]][places == first]))


def only(rows: pd.DataFrame, column: str, **words: str) -> Found:
    """The one value of a frame of at most one row; None where there is none."""
    value = None if rows.empty else rows[column].iloc[0]
    if value is None or pd.isna(value):
        return Found(None, words=words)
    if isinstance(value, pd.Timestamp):
        return Found(f"{value:%Y-%m-%d}", ids(rows), words=words)
    return Found(value if isinstance(value, str) else int(value), ids(rows), words=words)


def estimated(
    name: str, estimate: Estimate | None, evidence: Evidence, **words: str
) -> dict[str, Found]:
    """An estimate and the ends of its interval, as three facts: `name`, `name_low`, `name_high`."""
    values = {"": "value", "_low": "low", "_high": "high"}
    return {
        f"{name}{end}": Found(_part(estimate, part), evidence, estimate, words)
        for end, part in values.items()
    }


def tested(name: str, estimate: Estimate | None, evidence: Evidence) -> dict[str, Found]:
    """What chance gives: `name_expected`, `name_low`, `name_high`, and `name_p_value`."""
    return {
        f"{name}_{part}": Found(_part(estimate, part), evidence, estimate)
        for part in ("expected", "low", "high", "p_value")
    }


def _part(estimate: Estimate | None, part: str) -> float | None:
    value: float | None = None if estimate is None else getattr(estimate, part)
    return value


def ids(rows: pd.DataFrame | pd.Series) -> Evidence:
    """Ids of rows, the newest last: the values of a frame's first column."""
    column = rows[rows.columns[0]] if isinstance(rows, pd.DataFrame) else rows
    return Evidence(column.array[-MOST_ROWS:].tolist(), total=len(column))


def as_data(fact: Fact) -> dict[str, object]:
    """A fact as facts.json has it."""
    said: dict[str, object] = {"value": fact.value, "unit": fact.unit, **_traced(fact)}
    said |= {"kind": fact.kind, "span": fact.span, "kept": fact.kept}
    if fact.qualifier:
        said["qualifier"] = fact.qualifier
    if fact.estimate is None:
        return said
    ends = (fact.estimate.low, fact.estimate.high)
    return {
        **said,
        "interval": [None if end is None else rounded(float(end), "ratio") for end in ends],
        "level": fact.estimate.level,
        "n": fact.estimate.n,
        "assumption": fact.estimate.assumption,
    }


def _traced(fact: Fact) -> dict[str, object]:
    """The rows behind a fact; where they are too many to name, how many there are."""
    named: dict[str, object] = {"evidence": list(fact.evidence)}
    return named if is_whole(fact) else {**named, "evidence_rows": fact.evidence.total}


def is_whole(fact: Fact) -> bool:
    """Whether a fact names all rows behind it."""
    return len(fact.evidence) == fact.evidence.total
