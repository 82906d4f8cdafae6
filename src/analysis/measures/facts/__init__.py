"""The facts of the brief: every number its text states, by name, with its evidence.

The names are a contract (facts.json); the sentences in `display` are written from them. What each
name means is said beside the modules, in `*.meta.toml`.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_targets, recorded_counted
from analysis.measures.fact import Fact
from analysis.measures.facts.attacks import attack_facts, claim_facts, level_facts
from analysis.measures.facts.coordination import comovement_facts, coordination_facts
from analysis.measures.facts.knowledge import change_facts, delay_facts, nowcast_facts
from analysis.measures.facts.lead import lead_facts
from analysis.measures.facts.officials import (
    casualty_compared_facts,
    casualty_facts,
    tally_compared_facts,
    tally_facts,
)
from analysis.measures.facts.outlook import forecast_facts
from analysis.measures.facts.posture import posture_facts
from analysis.measures.facts.responses import response_facts, strike_compared_facts
from analysis.measures.facts.spread import front_facts
from analysis.record import Known


def brief_facts(known: Known, changes: pd.DataFrame, window_days: int) -> dict[str, Fact]:
    """All facts of a brief.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    changes: what the record has learned in the window; see :func:`analysis.record.changes`.
    window_days: length of the window of event dates that ends on the as-of date.

    Returns
    -------
    dict
        Facts by name, in the order in which the page uses them; the value is None where
        nothing is known.
    """
    return {
        **lead_facts(known, window_days),
        **state_facts(known, window_days),
        **coordination_facts(known, recorded_counted(known)),
        **comovement_facts(known),
        **forecast_facts(known),
        **change_facts(known, changes),
        **delay_facts(known),
        **nowcast_facts(known, window_days),
    }


def state_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """The facts of how things stand on a day: no forecast, no changes."""
    return {
        **attack_facts(known, window_days),
        **tally_facts(known),
        **claim_facts(known, recorded_counted(known)),
        **casualty_facts(known, window_days),
        **response_facts(known, window_days),
        **front_facts(known, window_days),
        **posture_facts(known),
    }


def compared_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that have a title, and so can be key figures: of an earlier day no others are
    asked for.
    """
    return {
        **level_facts(known, on_targets(known), window_days),
        **tally_compared_facts(known),
        **casualty_compared_facts(known),
        **strike_compared_facts(known),
        **posture_facts(known),
    }
