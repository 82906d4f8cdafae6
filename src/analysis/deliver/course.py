"""What may become of a delivery: one table, and the writing of it into the ledger.

Whatever happens to a delivery is an event of this table, and nothing else changes its state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from analysis.schedule.ledger import change, value

#: What a delivery is, what happens to it, and what it is then.
STATES: Mapping[tuple[str, str], str] = MappingProxyType({
    ("pending", "begun"): "sending",  # written down before whoever takes it hears of it
    ("sending", "begun"): "sending",  # it was on its way when a process or a connection broke
    ("sending", "taken"): "sent",
    ("sent", "returned"): "parked",  # it was taken, and came back
    ("sending", "deferred"): "pending",
    ("sending", "left open"): "sending",  # it may have been taken, so it stays what it was
    ("sending", "not reached"): "pending",
    ("sending", "given up"): "parked",
    ("pending", "given up"): "parked",
    ("pending", "withheld"): "withheld",
    ("sending", "withheld"): "withheld",
    ("withheld", "withheld"): "withheld",  # for another reason
    ("withheld", "allowed"): "pending",
    ("parked", "taken up again"): "pending",
    ("parked", "left open"): "sending",
})  # fmt: skip

#: Deliveries that are still to be made, in SQL.
OPEN = "state IN ('pending', 'sending')"


def happen(connection: sqlite3.Connection, number: int, event: str, **columns: object) -> str:
    """Write down what happens to a delivery; return what it is then.

    Parameters
    ----------
    connection: the ledger.
    number: of the delivery.
    event: of :data:`STATES`.
    columns: further columns and their values.
    """
    after = STATES[value(connection, "SELECT state FROM delivery WHERE id = ?", number), event]
    change(connection, "delivery", {"id": number}, state=after, **columns)
    return after
