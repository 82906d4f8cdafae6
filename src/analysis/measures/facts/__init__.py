"""The facts of the brief: every number its text states, by name, with its evidence.

The names are a contract (facts.json); the sentences in `display` are written from them.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_us_forces, recorded
from analysis.measures.fact import Fact
from analysis.measures.facts.attacks import attack_facts, claim_facts
from analysis.measures.facts.coordination import comovement_facts, coordination_facts
from analysis.measures.facts.knowledge import change_facts, delay_facts, nowcast_facts
from analysis.measures.facts.officials import casualty_facts, tally_facts
from analysis.measures.facts.outlook import forecast_facts
from analysis.measures.facts.responses import response_facts
from analysis.measures.facts.spread import front_facts, posture_facts
from analysis.measures.outlook import backtest
from analysis.record import Known


def brief_facts(known: Known, changes: pd.DataFrame, window_days: int) -> dict[str, Fact]:
    """All facts of a brief.

    Parameters
    ----------
    known: what was known on the as-of date.
    changes: what the record has learned in the window; see :func:`analysis.record.changes`.
    window_days: length of the window of event dates that ends on the as-of date.

    Returns
    -------
    dict
        Facts by name, in the order in which the page uses them; the value is None where
        nothing is known.
    """
    attacks = on_us_forces(known)
    return {
        **state_facts(known, window_days),
        **coordination_facts(recorded(attacks), known.date),
        **comovement_facts(known),
        **forecast_facts(backtest(known), recorded(attacks)),
        **change_facts(changes),
        **delay_facts(recorded(attacks)),
        **nowcast_facts(known, recorded(attacks), window_days),
    }


def state_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """The facts that a day can be compared in with an earlier one: no forecast, no changes."""
    attacks = on_us_forces(known)
    return {
        **attack_facts(attacks, known.date, window_days),
        **tally_facts(known, attacks),
        **claim_facts(recorded(attacks)),
        **casualty_facts(known, attacks),
        **response_facts(known, recorded(attacks), window_days),
        **front_facts(known, window_days),
        **posture_facts(known),
    }
