"""Number or nothing: whether a fact may be stated, by how well its days were kept.

This is the one place that decides it. Over days that nobody kept, a fact is withheld: not 0, but
not known. Over days that were only sampled, counts are lower bounds, and what needs every attack
(rates, ratios, shares, tests, forecasts) is withheld. A span of days is as good as its worst day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.measures.fact import Basis, Evidence, Fact, Span
from analysis.record import Known, remembered
from analysis.record.codebook import codes
from analysis.record.coverage import LEVELS, Level

#: Kinds of fact that follow from every attack, not from some.
NEED_EVERY_ATTACK = ("share", "ratio", "correlation", "probability", "mean", "score", "rank")

DAY = pd.Timedelta(days=1)


@remembered
def of_span(
    known: Known, start: pd.Timestamp, end: pd.Timestamp, targets: tuple[str, ...] = ()
) -> Level:
    """How well a span was kept, clipped at the campaign's start: as well as its worst day.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    start, end: first and last day.
    targets: codes of the targets asked; the campaign's if none is named.
    """
    start = max(start, known.campaign.start)
    if end < start:
        return "none"
    return LEVELS[int(known.levels(start, end, targets).min())]


def of_window(known: Known, days: int, targets: tuple[str, ...] = ()) -> Level:
    """How well the window that ends on the as-of date was kept."""
    return of_span(known, known.date - (days - 1) * DAY, known.date, targets)


@remembered
def of_campaign(known: Known, targets: tuple[str, ...] = ()) -> Level:
    """How well the campaign was kept to the last day that was; sampled where days between were
    not kept at all.
    """
    levels = known.levels(known.campaign.start, known.through, targets)
    if not levels.any():
        return "none"
    return LEVELS[max(int(levels.min()), LEVELS.index("sampled"))]


def daily_to_the_day(known: Known, targets: tuple[str, ...] = ()) -> bool:
    """Whether every day of the campaign to the as-of date was kept daily, as forecasts need."""
    return of_span(known, known.campaign.start, known.date, targets) == "daily"


def as_kept(
    facts: Mapping[str, Fact], known: Known, window_days: int, targets: tuple[str, ...] = ()
) -> dict[str, Fact]:
    """Facts as far as their days were kept: the others have no value and no evidence.

    Parameters
    ----------
    facts: as counted.
    known: what was known on the as-of date, of a campaign.
    window_days: length of the window.
    targets: of the attacks that they count; the campaign's if none is named.
    """
    kept = {
        (basis, span): of_days(known, basis, span, window_days, targets)
        for basis, span in {(fact.basis, fact.span) for fact in facts.values()}
    }
    return {name: _as_kept(fact, kept[fact.basis, fact.span]) for name, fact in facts.items()}


def of_days(
    known: Known, basis: Basis, span: Span, window_days: int, targets: tuple[str, ...] = ()
) -> Level:
    """How well the days of which a fact speaks were kept, for what it rests on."""
    if basis == "statements":
        return "daily"
    if basis in ("strikes", "moves"):
        whose = known.as_if_only if basis == "moves" else known
        each = [_of_span_of(whose, span, window_days, (one,)) for one in codes("target")]
        return "none" if all(one == "none" for one in each) else "daily"
    kept = _of_span_of(known, span, window_days, targets)
    if basis == "any attacks" and kept == "daily":
        # Of other targets some may be missing.
        return max(
            "sampled", _of_span_of(known, span, window_days, codes("target")), key=LEVELS.index
        )
    return kept


def _of_span_of(known: Known, span: Span, days: int, targets: tuple[str, ...]) -> Level:
    match span:
        case "window":
            return of_window(known, days, targets)
        case "window before":
            end = known.date - days * DAY
            return of_span(known, end - (days - 1) * DAY, end, targets)
        case "day":
            return of_window(known, 1, targets)
        case "ahead" | "past forecasts":
            return "daily" if daily_to_the_day(known, targets) else "none"
        case _:
            return of_campaign(known, targets)


def _as_kept(fact: Fact, kept: Level) -> Fact:
    fact = fact if fact.kept == kept else replace(fact, kept=kept)
    if withheld(kept, fact.kind, fact.every_attack):
        return replace(fact, value=None, evidence=Evidence(), estimate=None, withheld=True)
    if kept == "sampled" and fact.kind == "people" and fact.value == 0:
        return replace(fact, value=None)
    return fact


def withheld(kept: Level, kind: str, every_attack: bool) -> bool:
    """Whether a fact of some kind may not be stated over days kept so.

    >>> withheld("none", "count", False), withheld("sampled", "count", False)
    (True, False)
    >>> withheld("sampled", "share", False), withheld("daily", "share", True)
    (True, False)
    """
    if kept == "none":
        return True
    return kept == "sampled" and (every_attack or kind in NEED_EVERY_ATTACK)
