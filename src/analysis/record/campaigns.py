"""Campaigns: the spans that reports count "since", with their targets, theatres and fronts.

`campaigns.toml` says what they are. As of a day a campaign is known only from its `known_on`, and
its end only from `end_known_on`; a report of a day is about the newest campaign that was known and
had begun by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.record.codebook import codes


@dataclass(frozen=True)
class Theatre:
    """Where the answer to a campaign falls.

    Parameters
    ----------
    id: as names of facts have it.
    name: what readers call it.
    countries: codes of the countries struck there.
    answers: the targets that strikes there answer; empty for those of the campaign.
    """

    id: str
    name: str
    countries: tuple[str, ...]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Front:
    """A place of the week-by-week table: sites named, and every site in some countries that no
    other front names.

    Parameters
    ----------
    name: what readers call it.
    countries, sites: codes and ids.
    targets: where only attacks on these count; empty where those on any target do.
    """

    name: str
    countries: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Campaign:
    """A campaign of attacks.

    Parameters
    ----------
    id, title: its key, and what readers call it.
    targets: codes of the targets whose attacks it counts.
    start, end: its first and last day; `end` is None while it is open, as far as known.
    known_on, end_known_on: the days from which start and end are known.
    tally_since: the starts of official counts that are this campaign's.
    theatres: where the answer to it falls; strikes in the first are compared with its attacks.
    fronts: the places of a week-by-week table.
    superseded_on: the start of the next campaign on one of its targets; None where none is known.
    """

    id: str
    title: str
    targets: tuple[str, ...]
    start: pd.Timestamp
    known_on: pd.Timestamp
    theatres: tuple[Theatre, ...]
    fronts: tuple[Front, ...]
    tally_since: tuple[pd.Timestamp, ...] = ()
    end: pd.Timestamp | None = None
    end_known_on: pd.Timestamp | None = None
    superseded_on: pd.Timestamp | None = None

    @property
    def at_sea(self) -> bool:
        """Whether all its targets are ships."""
        return set(self.targets) <= set(codes("target", having="at_sea"))

    @property
    def main(self) -> Theatre:
        """The theatre whose strikes are compared with its attacks."""
        return self.theatres[0]

    @property
    def answered_in(self) -> tuple[str, ...]:
        """The countries of all its theatres, in their order."""
        return tuple(code for theatre in self.theatres for code in theatre.countries)

    @property
    def last_day(self) -> pd.Timestamp | None:
        """The last day that its counts hold: its end, or the day before the next one began."""
        ends = [self.end] if self.end is not None else []
        if self.superseded_on is not None:
            ends.append(self.superseded_on - pd.Timedelta(days=1))
        return min(ends, default=None)

    def is_over(self, day: pd.Timestamp) -> bool:
        """Whether its last day is before a day."""
        return self.last_day is not None and self.last_day < day


def known_by(campaigns: Iterable[Campaign], day: pd.Timestamp) -> list[Campaign]:
    """The campaigns that were known and had begun by a day, oldest first, each as of that day."""
    known = [one for one in campaigns if max(one.known_on, one.start) <= day]
    ordered = sorted(known, key=lambda one: (one.start, one.id))
    return [_as_of(one, ordered, day) for one in ordered]


def as_of(campaign: Campaign, campaigns: Iterable[Campaign], day: pd.Timestamp) -> Campaign:
    """A campaign as a day knew it, or would have if it had known of it at all."""
    return _as_of(campaign, known_by(campaigns, day), day)


def _as_of(one: Campaign, known: Sequence[Campaign], day: pd.Timestamp) -> Campaign:
    later = [other.start for other in known
             if other.start > one.start and set(other.targets) & set(one.targets)]  # fmt: skip
    ended = one.end_known_on is not None and one.end_known_on <= day
    return replace(
        one,
        end=one.end if ended else None,
        end_known_on=one.end_known_on if ended else None,
        superseded_on=min(later, default=None),
    )


def current(campaigns: Iterable[Campaign], day: pd.Timestamp) -> Campaign | None:
    """The campaign that a report of a day is about if it names none: the newest on the first
    target of the codebook that was known and had begun by then.
    """
    first = codes("target")[0]
    known = [one for one in known_by(campaigns, day) if first in one.targets]
    return known[-1] if known else None


def first_known(campaigns: Iterable[Campaign]) -> pd.Timestamp | None:
    """The first day of which a report that names no campaign can be made."""
    first = codes("target")[0]
    return min(
        (max(one.known_on, one.start) for one in campaigns if first in one.targets), default=None
    )
