"""The forecast of the coming days and its track record, from one run over all origins.

On every day of the past each model forecasts what was to come from what was known on that day. The
forecast that reports show is that of the model chosen on the day: the one with the best past log
scores at a horizon of a week; one model makes the forecasts of all horizons. Only spans that had
passed by the origin take part in the choice, with their counts as known on it; so past choices and
their forecasts are what a reader of that day would have got. The mean of the three models'
distributions was tried and did slightly worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.measures.coverage import daily_to_the_day
from analysis.measures.outlook.baselines import climatology, last_week
from analysis.measures.outlook.gamma_poisson import MEMORY, gamma_poisson
from analysis.measures.outlook.hawkes import hawkes
from analysis.measures.outlook.hurdle import hurdle
from analysis.measures.outlook.known_then import SHORTEST_SERIES, KnownThen, known_then
from analysis.measures.outlook.predictive import Predictive, grid
from analysis.measures.outlook.scoring import covered, crps, log_score
from analysis.record import Known, remembered

#: Takes what was known on each origin, the horizon in days and the grid of counts.
Model = Callable[[KnownThen, int, np.ndarray], Predictive]

MODELS: Mapping[str, Model] = {
    "gamma-poisson": gamma_poisson,
    "hawkes": hawkes,
    "hurdle": hurdle,
}
BASELINES: Mapping[str, Model] = {"last-week": last_week, "climatology": climatology}

#: The forecast that reports show.
CHOSEN = "chosen"

ASSUMPTION = (
    "The coming days are of the kind that one of the three models learned from the days before."
)


@dataclass(frozen=True)
class Backtest:
    """Forecasts on every origin, and what came.

    Parameters
    ----------
    horizon: days ahead.
    origins: the days of the forecasts; the last is the as-of date.
    forecasts: by name ("chosen", the models, the baselines) one distribution for each origin.
    models: name of the model chosen on each origin.
    came: attacks in the `horizon` days after each origin as known on the as-of date; NaN where
        these days have not passed.
    """

    horizon: int
    origins: pd.DatetimeIndex
    forecasts: Mapping[str, Predictive]
    models: pd.Series
    came: np.ndarray

    @property
    def latest(self) -> Predictive:
        """The chosen forecast of the as-of date."""
        return self.forecasts[CHOSEN][-1]

    @cached_property
    def ended(self) -> int:
        """How many origins have a horizon that has passed; they come first."""
        return int((~np.isnan(self.came)).sum())

    def past(self, first: pd.Timestamp | None = None, last: pd.Timestamp | None = None) -> slice:
        """The origins from `first` to `last` that have an outcome."""
        end = self.ended if last is None else self.origins.searchsorted(last, side="right")
        start = 0 if first is None else self.origins.searchsorted(first)
        return slice(int(start), min(int(end), self.ended))


@remembered
def backtest(known: Known, horizon: int = 7) -> Backtest | None:
    """Forecast the next `horizon` days, and on every past day those that came after it.

    Parameters
    ----------
    known: what was known on the as-of date.
    horizon: days ahead, 1 to 60.

    Returns
    -------
    Backtest or None
        None where fewer than seven days are known, or where the record was not kept on every day
        of the campaign to the as-of date.

    Examples
    --------
    >>> from analysis.record import read
    >>> found = backtest(read().as_of("2024-01-29").of())
    >>> low, high = found.latest.interval(0.9)
    >>> bool(low <= found.latest.quantile(0.5) <= high)
    True
    """
    if not daily_to_the_day(known):
        return None
    then = known_then(known)
    return None if then is None else run(then, horizon)


def run(then: KnownThen, horizon: int) -> Backtest:
    """The same from what was known on each day."""
    outcomes = then.outcomes(horizon)
    counts = grid(_largest(then, horizon))
    origins = slice(SHORTEST_SERIES - 1, None)
    made = {
        name: Predictive(counts, model(then, horizon, counts).cdf[origins])
        for name, model in (MODELS | BASELINES).items()  # type: ignore[operator]
    }
    cdfs = np.stack([made[name].cdf for name in MODELS])
    best = _best(then) if horizon != MEMORY else _best_of(made, outcomes[origins, origins])
    chosen = Predictive(counts, cdfs[best, np.arange(len(best))])
    return Backtest(
        horizon=horizon,
        origins=then.days[origins],
        forecasts={CHOSEN: chosen, **made},
        models=pd.Series(np.array(list(MODELS))[best], then.days[origins]),
        came=outcomes[-1, origins],
    )


def _best(then: KnownThen) -> np.ndarray:
    """Which of the models is chosen on each origin."""
    counts = grid(_largest(then, MEMORY))
    origins = slice(SHORTEST_SERIES - 1, None)
    made = {
        name: Predictive(counts, model(then, MEMORY, counts).cdf[origins])
        for name, model in MODELS.items()
    }
    return _best_of(made, then.outcomes(MEMORY)[origins, origins])


def _best_of(made: Mapping[str, Predictive], outcomes: np.ndarray) -> np.ndarray:
    merits = [_merit(made[name], outcomes) for name in MODELS]
    best: np.ndarray = np.argmax(merits, axis=0)
    return best


def _largest(then: KnownThen, horizon: int) -> float:
    """The largest count that any week ever had and one attack a day more, per `horizon` days."""
    span = min(horizon, SHORTEST_SERIES)
    return (float(np.nanmax(then.past_sums(span))) / span + 1) * horizon


def _merit(model: Predictive, outcomes: np.ndarray) -> np.ndarray:
    """The sum of a model's past log scores on each origin; the more the better.

    `outcomes` has a row for each origin and a column for each earlier one: what came after the
    earlier one as known on the origin, NaN where it had not passed.
    """
    now, earlier = np.nonzero(~np.isnan(outcomes))
    # Most outcomes are known on many origins alike; each is scored once.
    came = outcomes[now, earlier].astype(int)
    most = came.max(initial=0) + 1
    pairs, which = np.unique(earlier * most + came, return_inverse=True)
    origins, came = np.divmod(pairs, most)
    scored = log_score(Predictive(model.counts, model.cdf[origins]), came)[which]
    merit: np.ndarray = -np.bincount(now, scored, minlength=len(outcomes))
    return merit


def scores(
    found: Backtest, first: pd.Timestamp | None = None, last: pd.Timestamp | None = None
) -> pd.DataFrame:
    """How good each forecaster has been over past origins.

    Parameters
    ----------
    found: what :func:`backtest` returns.
    first, last: the origins that count; by default all whose horizon has passed.

    Returns
    -------
    DataFrame
        One row for each forecaster: `origins` (how many), `crps` (mean, attacks), `log_score`
        (mean, nats), `coverage_50`, `coverage_90` (shares). Empty where no origin counts.
    """
    past = found.past(first, last)
    came = found.came[past]
    columns = ["origins", "crps", "log_score", "coverage_50", "coverage_90"]
    if not len(came):
        return pd.DataFrame(columns=columns, index=list(found.forecasts)[:0])
    rows = {}
    for name, forecast in found.forecasts.items():
        made = Predictive(forecast.counts, forecast.cdf[past])
        rows[name] = [
            len(came),
            crps(made, came).mean(),
            log_score(made, came).mean(),
            covered(made, came, 0.5).mean(),
            covered(made, came, 0.9).mean(),
        ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def closer(found: Backtest, baseline: str) -> int:
    """How many past forecasts of the chosen model had a smaller CRPS than those of a baseline."""
    past = found.past()
    errors = [
        crps(Predictive(made.counts, made.cdf[past]), found.came[past])
        for made in (found.forecasts[CHOSEN], found.forecasts[baseline])
    ]
    return int((errors[0] < errors[1]).sum())
