"""Intake: events of others become candidates for the record, and accepted ones rows of it.

:func:`candidates` reads a file and gives a row for each of its events, with a verdict beside the
nearest known attacks. Nothing gets into the record by itself: a person reviews a sheet, and
:mod:`analysis.intake.accept` appends what that person accepted.
"""

from __future__ import annotations

from analysis.intake.candidates import candidates
from analysis.intake.events import read_events

__all__ = ["candidates", "read_events"]
