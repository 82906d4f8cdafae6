"""Two baselines that a forecast has to beat: all weeks so far, and last week once more."""

from __future__ import annotations

import math

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
    shape = (len(known.days), len(counts))
    places = origins * len(counts) + np.searchsorted(counts, sums[origins, ends])
    share = np.bincount(places, minlength=math.prod(shape)).reshape(shape)
    spans = share.sum(axis=1, keepdims=True)
    seen = share.any(axis=0)
    around = np.zeros((len(counts), len(counts)))
    around[seen] = poisson(counts, np.maximum(counts[seen], LEAST))
    cdf = share @ around / np.maximum(spans, 1)
    past = known.age >= 0
    rate = horizon * (known.counts * past).sum(axis=1) / past.sum(axis=1)
    none = spans[:, 0] == 0
    cdf[none] = poisson(counts, np.maximum(rate[none], LEAST))
    return Predictive(counts, cdf)


def last_week(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """A Poisson distribution around the count of the last seven days, per `horizon` days."""
    week = (known.age >= 0) & (known.age < 7)
    mean = (known.counts * week).sum(axis=1) * horizon / 7
    return Predictive(counts, poisson(counts, np.maximum(mean, LEAST)))
