"""The sentences of the reports, one function a section, each written from facts.

Every function takes the page and returns a fragment that reads well with no, one and many
events. Wording is neutral: who reports, who claims, who was hurt; "after", never "because of".
"""

# ruff: noqa: F401 - what is imported here is what notebooks have

from analysis.display.say.actor_kin import actor_kin
from analysis.display.say.actor_report import (
    actor_bottom_line,
    actor_coordination,
    actor_key_figures,
    actor_limits,
    actor_targets,
    actor_tempo,
)
from analysis.display.say.actor_strikes import actor_strikes
from analysis.display.say.attacks import attackers, where
from analysis.display.say.bottom_line import bottom_line
from analysis.display.say.effect import after_arrivals, after_strikes, rate_model
from analysis.display.say.happened import happened
from analysis.display.say.knowledge import changes, completeness
from analysis.display.say.masthead import masthead
from analysis.display.say.outlook import (
    outlook,
    outlook_bottom_line,
    outlook_forecast,
    outlook_key_figures,
    outlook_limits,
    outlook_models,
    outlook_track_record,
)
from analysis.display.say.posture_report import (
    in_the_region,
    lead_time,
    moves,
    posture_bottom_line,
    posture_key_figures,
    posture_limits,
)
from analysis.display.say.record_delay import record_delay, record_still_to_come
from analysis.display.say.record_report import (
    record_bottom_line,
    record_coverage,
    record_key_figures,
    record_limits,
)
from analysis.display.say.record_revisions import record_revisions
from analysis.display.say.record_sources import record_sources
from analysis.display.say.response import posture, response, spread
from analysis.display.say.response_report import (
    response_bottom_line,
    response_key_figures,
    response_limits,
    strikes_elsewhere,
    what_was_struck,
)
from analysis.display.say.site_claims import site_claims
from analysis.display.say.site_compared import site_compared
from analysis.display.say.site_report import (
    site_bottom_line,
    site_casualties,
    site_key_figures,
    site_limits,
    site_weapons,
    site_when,
)

#: What notebooks have: the functions, and not the modules in which they stand.
__all__ = [name for name, held in globals().items() if callable(held)]


def __dir__() -> list[str]:
    return __all__
