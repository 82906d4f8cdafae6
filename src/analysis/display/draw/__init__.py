"""The figures of the reports, one module each.

Every function takes the page and returns a figure whose title states its finding, or nothing
where there would be nothing to see.
"""

# ruff: noqa: F401 - what is imported here is what notebooks have

from analysis.display.draw.actor_attacks import actor_attacks, actor_sites
from analysis.display.draw.actor_chance import actor_chance
from analysis.display.draw.attack_map import attack_map
from analysis.display.draw.claimants import claimants
from analysis.display.draw.completeness import record_against_officials
from analysis.display.draw.confirmation import confirmation_over_time
from analysis.display.draw.episodes import strike_episodes
from analysis.display.draw.fronts import fronts_over_time
from analysis.display.draw.lead_times import lead_times
from analysis.display.draw.outlook import outlook, outlook_models
from analysis.display.draw.outlook_record import outlook_calibration, outlook_track_record
from analysis.display.draw.placebo_ratios import placebo_ratios
from analysis.display.draw.posture import posture_timeline
from analysis.display.draw.presence import presence_by_kind
from analysis.display.draw.rate_model import rate_model
from analysis.display.draw.rate_ratios import arrival_ratios, strike_ratios
from analysis.display.draw.record_gap import gap_by_country
from analysis.display.draw.reporting_delay import counts_still_to_come, known_by_delay
from analysis.display.draw.revisions import injured_revised
from analysis.display.draw.site_attacks import site_attacks, site_weapons
from analysis.display.draw.site_compared import site_compared
from analysis.display.draw.strikes import attacks_and_strikes

#: What notebooks have: the functions, and not the modules in which they stand.
__all__ = [name for name, held in globals().items() if callable(held)]


def __dir__() -> list[str]:
    return __all__
