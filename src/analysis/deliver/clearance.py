"""Who may see a report: its marking against a reader's clearance, both of TLP 2.0.

This is the one place that decides it. What is not known is not sent.
"""

from __future__ import annotations

from analysis.parameters import MARKINGS, may_see

#: Mail is not for the eyes and ears of individuals only, which is what this marking asks for.
NEVER_MAILED = "TLP:RED"


def why_withheld(marking: str, clearance: str) -> str:
    """Return why a report may not be mailed to a reader; nothing where it may.

    Parameters
    ----------
    marking: of the report.
    clearance: the highest marking that the reader may see.

    >>> why_withheld("TLP:GREEN", "TLP:AMBER")
    ''
    >>> why_withheld("TLP:AMBER+STRICT", "TLP:AMBER")
    'TLP:AMBER+STRICT is above the clearance, TLP:AMBER'
    >>> why_withheld("TLP:RED", "TLP:RED")
    'TLP:RED is never mailed'
    """
    for label in (marking, clearance):
        if label not in MARKINGS:
            return f"{label!r} is no marking of TLP 2.0"
    if marking == NEVER_MAILED:
        return f"{NEVER_MAILED} is never mailed"
    if not may_see(marking, clearance):
        return f"{marking} is above the clearance, {clearance}"
    return ""
