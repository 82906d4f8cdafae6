"""How many attacks the next days will probably bring, and how good such forecasts have been.

A model takes what was known on each origin (:class:`KnownThen`: daily counts and dated indicators
as known that day), a horizon in days and a grid of counts, and returns a :class:`Predictive`
distribution for each origin. There are three: the discounted Gamma-Poisson model, the
self-exciting (Hawkes) model and a hurdle negative binomial regression; and two baselines,
climatology and last week. :func:`backtest` runs them over all days of the record and chooses
one of the three by past scores.
"""

from analysis.measures.outlook.backtest import (
    ASSUMPTION,
    BASELINES,
    CHOSEN,
    MODELS,
    Backtest,
    backtest,
    closer,
    run,
    scores,
)
from analysis.measures.outlook.known_then import KnownThen, known_then
from analysis.measures.outlook.predictive import Predictive
from analysis.measures.outlook.scoring import pit_histogram

__all__ = [
    "ASSUMPTION",
    "BASELINES",
    "CHOSEN",
    "MODELS",
    "Backtest",
    "KnownThen",
    "Predictive",
    "backtest",
    "closer",
    "known_then",
    "pit_histogram",
    "run",
    "scores",
]
