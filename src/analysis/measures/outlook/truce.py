"""What a truce does to the rate of attacks: a factor, learned while truces last.

The groups of this record say that they act over Gaza, so a truce there should bring fewer attacks.
Before any truce has been seen the factor is one half, worth what four expected attacks would
teach; each day in a truce updates it, as counts do in a Gamma-Poisson model. A day counts as so
much of an ordinary day, and so the rate of before takes up again when a truce ends.
"""

from __future__ import annotations

import numpy as np

from analysis.measures.outlook.known_then import KnownThen

#: The factor before any truce, and how many expected attacks that guess is worth.
FACTOR, WORTH = 0.5, 4.0

#: The rate of before is that of so many days up to the first day of the truce.
DAYS_BEFORE = 14


def factors(known: KnownThen) -> np.ndarray:
    """The factor as known on each day, shape (n,).

    (2 + attacks in truces) ÷ (4 + attacks expected there at the rate of before).
    """
    found = np.full(len(known.days), FACTOR)
    past = known.truce[:, : len(known.days)] & (known.age >= 0)
    for origin in np.flatnonzero(past.any(axis=1)):
        counts, truce = known.counts[origin], past[origin]
        first = int(truce.argmax())
        before = counts[max(0, first - DAYS_BEFORE) : first]
        expected = truce.sum() * (before.mean() if len(before) else 0.0)
        found[origin] = (FACTOR * WORTH + counts[truce].sum()) / (WORTH + expected)
    return found


def exposure(known: KnownThen) -> np.ndarray:
    """How much of an ordinary day each past day was, 0 for days ahead; shape (n, n)."""
    past = known.age >= 0
    in_truce = known.truce[:, : len(known.days)]
    return np.where(in_truce, factors(known)[:, None], 1.0) * past


def exposure_ahead(known: KnownThen, horizon: int) -> np.ndarray:
    """The same of each of the next `horizon` days; shape (n, horizon)."""
    return np.where(known.ahead(horizon), factors(known)[:, None], 1.0)
