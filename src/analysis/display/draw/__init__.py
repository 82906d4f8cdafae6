"""The figures of the reports, one module each.

Every function takes the page and returns a figure whose title states its finding, or nothing
where there would be nothing to see.
"""

from analysis.display.draw.attack_map import attack_map
from analysis.display.draw.claimants import claimants
from analysis.display.draw.completeness import record_against_officials
from analysis.display.draw.fronts import fronts_over_time
from analysis.display.draw.lead_times import lead_times
from analysis.display.draw.outlook import outlook
from analysis.display.draw.posture import posture_timeline
from analysis.display.draw.presence import presence_by_kind
from analysis.display.draw.strikes import attacks_and_strikes

__all__ = [
    "attack_map",
    "attacks_and_strikes",
    "claimants",
    "fronts_over_time",
    "lead_times",
    "outlook",
    "posture_timeline",
    "presence_by_kind",
    "record_against_officials",
]
