"""What goes into a delivery: editions as they were published, cleared for whoever gets them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from analysis.deliver import outbox
from analysis.deliver.clearance import why_withheld
from analysis.deliver.outbox import Delivery
from analysis.deliver.owing import NOTHING_ELSE
from analysis.deliver.publication import (
    DamagedError,
    Explain,
    Publication,
    ReplacedError,
    corrected,
    read,
)
from analysis.errors import BrinkwatchError
from analysis.schedule import notes
from analysis.schedule.choice import chosen_by
from analysis.schedule.settings import Config, Reader, Signing

#: How many publications are kept at hand, read and signed, from one mail to the next.
_AT_HAND = 16

#: Reads a publication for a delivery and formats, signed if it has to be.
Read = Callable[[str, str, tuple[str, ...]], Publication]


@dataclass
class Account:
    """What a call has done.

    Parameters
    ----------
    at_work: another call is at work, so this one has done nothing.
    states: how many messages came to which state of the ledger.
    withheld: how many deliveries were found not to be for their reader in this call.
    trouble: why something had to wait that was not refused, a sentence each: no server, no key,
        too much at once; and what of the archive cannot be read.
    """

    at_work: bool = False
    states: Counter[str] = field(default_factory=Counter)
    withheld: int = 0
    trouble: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing needs somebody to look after it."""
        return not self.trouble and not self.states["parked"]

    def __str__(self) -> str:
        later = self.states["pending"] + self.states["sending"]
        counts = {
            "sent": self.states["sent"],
            "to be tried again": later,
            "withheld": self.withheld,
            "parked (see brinkwatch status)": self.states["parked"],
        }
        told = [f"{count} {what}" for what, count in counts.items() if count or what == "sent"]
        return f"{', '.join(told)}."


@dataclass(frozen=True)
class Work:
    """What every message of a call needs."""

    connection: sqlite3.Connection
    config: Config
    now: dt.datetime
    read: Read
    explain: Explain
    account: Account


def give_up(parts: Sequence[Delivery], why: str, work: Work) -> None:
    """Park deliveries that nothing can be written for."""
    for part in parts:
        outbox.park(work.connection, part, why, work.config.mail, work.now)
        work.account.states["parked"] += 1


def cleared(
    parts: Sequence[Delivery], work: Work
) -> Iterator[tuple[Delivery, Publication, Reader]]:
    """Yield the publications that their reader may see; the others are withheld or parked.

    The marking that counts is the one that the bytes to be sent say.
    """
    for part in parts:
        reader = chosen_by(work.connection, work.config.readers, part.address, part.folder)
        if reader is None:
            outbox.withhold(work.connection, part.id, "not subscribed any more")
            continue
        publication = _read(part, reader, work)
        if publication is None:
            continue
        if why := why_withheld(publication.marking, reader.clearance):
            outbox.withhold(work.connection, part.id, why)
            continue
        called_for = notes.called_for(work.connection, part.folder)
        publication = replace(publication, called_for=called_for)
        if part.kind != "correction":
            yield part, publication, reader
            continue
        before = outbox.got_before(work.connection, part)
        if told := corrected(publication, before, work.explain):
            yield part, replace(publication, corrected=told), reader
        else:
            outbox.withhold(work.connection, part.id, NOTHING_ELSE)


def _read(part: Delivery, reader: Reader, work: Work) -> Publication | None:
    """The publication of a delivery; None if it cannot be sent, which is noted."""
    try:
        return work.read(part.folder, part.manifest_sha256, reader.formats)
    except ReplacedError as reason:
        outbox.withhold(work.connection, part.id, str(reason))
    except DamagedError as reason:
        give_up([part], str(reason), work)
    except BrinkwatchError as reason:
        if str(reason) not in work.account.trouble:
            work.account.trouble.append(str(reason))
    return None


def reading(reports: Path, signing: Signing | None, now: dt.datetime, clock: dt.datetime) -> Read:
    """Return what reads publications; one that many get is read and signed once."""

    @lru_cache(maxsize=_AT_HAND)
    def publication(folder: str, manifest_sha256: str, formats: tuple[str, ...]) -> Publication:
        found = read(reports, folder, manifest_sha256, formats)
        return found if signing is None else _with_signature(found, signing, now, clock)

    return publication


def _with_signature(
    publication: Publication, signing: Signing, now: dt.datetime, clock: dt.datetime
) -> Publication:
    from analysis.deliver.signature import signed

    attached = {
        name: signed(content, signing, now, clock) if name.endswith(".pdf") else content
        for name, content in publication.attached.items()
    }
    return replace(publication, attached=attached)
