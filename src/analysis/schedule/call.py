"""One call of `brinkwatch due`: what each of its steps needs, and how the operator hears of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass

from analysis.publish.order import Order
from analysis.schedule import notes
from analysis.schedule.attempt import Make
from analysis.schedule.clock import stamp
from analysis.schedule.settings import Config


@dataclass(frozen=True)
class Call:
    """What every step of a call needs.

    Parameters
    ----------
    connection: the ledger, which no other call changes meanwhile.
    config: schedules, and who gets what they make.
    order: where record, archive and notebooks are; report and parameters are each schedule's.
    now: the moment of the call.
    make: what makes one report.
    """

    connection: sqlite3.Connection
    config: Config
    order: Order
    now: dt.datetime
    make: Make


def tell_operator(
    call: Call, what: str, reason: str, at: dt.datetime | None = None, once: bool = False
) -> None:
    """Put into the outbox that something failed, if there is an operator to hear of it.

    Parameters
    ----------
    call: the call that has found it.
    what, reason: see :func:`analysis.schedule.notes.queue_failure`.
    at: when; the moment of the call if None.
    once: whether the same is told but once, and not again at another moment.
    """
    mail, moment = call.config.mail, at or call.now
    if mail and mail.operator:
        time = "" if once else stamp(moment)
        notes.queue_failure(call.connection, what, reason, mail.operator, moment, time)
