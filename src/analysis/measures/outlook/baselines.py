"""Two baselines that a forecast has to beat: all weeks so far, and last week once more."""

from __future__ import annotations

import numpy as np

from analysis.measures.outlook.known_then import KnownThen
from analysis.measures.outlook.predictive import Predictive, poisson

#: The least a mean can be: half an attack.
LEAST = 0.5


def climatology(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """All past spans of `horizon` days as known on the origin, each as likely as another.

    Each stands for a Poisson distribution around its count, so that no count is impossible. Where
    no span is whole yet, the rate so far stands for all.
    """
    sums = known.past_sums(horizon)
    origins, ends = np.nonzero(~np.isnan(sums))
    share = np.zeros((len(known.days), len(counts)))
    places = np.searchsorted(counts, sums[origins, ends])
    np.add.at(share, (origins, places), 1.0)
    spans = share.sum(axis=1, keepdims=True)
    around = poisson(counts, np.maximum(counts, LEAST))
    past = known.age >= 0
    rate = horizon * (known.counts * past).sum(axis=1) / past.sum(axis=1)
    so_far = poisson(counts, np.maximum(rate, LEAST))
    return Predictive(counts, np.where(spans > 0, share @ around / np.maximum(spans, 1), so_far))


def last_week(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """A Poisson distribution around the count of the last seven days, per `horizon` days."""
    week = (known.age >= 0) & (known.age < 7)
    mean = (known.counts * week).sum(axis=1) * horizon / 7
    return Predictive(counts, poisson(counts, np.maximum(mean, LEAST)))
