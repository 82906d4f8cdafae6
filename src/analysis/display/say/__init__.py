"""The sentences of the reports, one function a section, each written from facts.

Every function takes the page and returns a fragment that reads well with no, one and many
events. Wording is neutral: who reports, who claims, who was hurt; "after", never "because of".
"""

from analysis.display.say.attacks import attackers, where
from analysis.display.say.bottom_line import bottom_line, masthead
from analysis.display.say.knowledge import changes, completeness, outlook
from analysis.display.say.posture_report import (
    in_the_region,
    lead_time,
    moves,
    posture_bottom_line,
    posture_key_figures,
    posture_limits,
)
from analysis.display.say.response import posture, response, spread

__all__ = [
    "attackers",
    "bottom_line",
    "changes",
    "completeness",
    "in_the_region",
    "lead_time",
    "masthead",
    "moves",
    "outlook",
    "posture",
    "posture_bottom_line",
    "posture_key_figures",
    "posture_limits",
    "response",
    "spread",
    "where",
]
