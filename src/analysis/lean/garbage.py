"""The search for garbage, seldom: while libraries load and a report is made there is hardly any."""

from __future__ import annotations

import atexit
import gc

#: New objects until the youngest are looked through, and how often that is until all are. A brief
#: leaves 110,000: its kernel ends before it has looked once, which would take 0.03 s.
_SELDOM = (200_000, 50, 50)


def seldom_looked_for() -> None:
    """Have this process, and what is forked from it, look for garbage seldom.

    What there is by now is none: to look through it again and again would take long, and in a fork
    copy it. Nor is what there is at the end, when it goes anyway: 0.1 s of a command.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()
    atexit.register(gc.freeze)
