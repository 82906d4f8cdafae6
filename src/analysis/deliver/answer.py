"""What became of a message that was handed over, whoever was to take it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from analysis.errors import RunError

#: How much is kept of what was said to a message.
LONGEST_REPLY = 300


class Outcome(Enum):
    """What became of a message."""

    TAKEN = "taken"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Answer:
    """What became of a message, and what was said to it; `wait` if no other is wanted before."""

    outcome: Outcome
    reply: str
    wait: dt.timedelta | None = None


class OutOfReachError(RunError):
    """Nothing can be handed over now: no connection, no trust in it, or no login."""
