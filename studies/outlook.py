"""Does the Hawkes fit find its parameters, and how good are the forecasts on the real record?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd

from analysis.measures import outlook
from analysis.measures.outlook.hawkes import fit, simulate, sum_ahead
from analysis.measures.outlook.predictive import grid
from analysis.measures.outlook.scoring import crps, log_score
from analysis.record import read
from studies.row import StudyRow

#: What the simulated series are made with: background, branching, persistence.
PARAMETERS = (0.5, 0.6, 0.5)
NAMES = ("background", "branching", "persistence")
SEED = 20231017

#: Daily origins over which the forecasts of a campaign are judged, and the day whose record says
#: what came. Models and constants were chosen on the first span; the others were scored once, after
#: that. Campaigns of which the record holds a sample only are not scored.
SPANS = [
    ("chosen on these days", "gaza-war", "2023-11-03", "2023-12-24", "2023-12-31"),
    ("not chosen on these days", "gaza-war", "2024-04-01", "2024-12-24", "2024-12-31"),
    ("not chosen on these days", "red-sea", "2024-04-01", "2024-09-08", "2024-09-15"),
]


#: Constants of the models, each with values that it might have: module, name, model, what it is.
CONSTANTS: Mapping[tuple[str, str, str, str], Sequence[object]] = {
    ("gamma_poisson", "MEMORY", "gamma-poisson", "memory in days"): (4, 5, 6, 7, 8, 10, 14),
    ("gamma_poisson", "PRIOR", "gamma-poisson", "prior of one attack in two days, as shape and "
     "rate"): ((0.05, 0.1), (0.1, 0.2), (0.2, 0.4), (0.5, 1.0)),
    ("hawkes", "HALF_LIFE_DAYS", "hawkes", "half-life in days"): (7, 14, 21, 28, 42),
}  # fmt: skip


def hawkes_recovery(replicates: int, days: int) -> pd.DataFrame:
    """Fit the Hawkes model to series with known parameters.

    Returns
    -------
    DataFrame
        One row for each parameter: `truth`, `bias` (mean estimate - truth), `bias_error` (its
        Monte Carlo standard error), `within` (share of series whose 95 % interval, estimate ±
        1.96 standard errors, holds the truth).
    """
    chance = np.random.default_rng(SEED)
    fits = [fit(simulate(PARAMETERS, days, chance)) for _ in range(replicates)]
    truth = np.array(PARAMETERS)
    estimates = np.array([found.estimate for found in fits])
    low, high = (np.array([getattr(found, end) for found in fits]) for end in ("low", "high"))
    return pd.DataFrame(
        {
            "truth": truth,
            "bias": estimates.mean(axis=0) - truth,
            "bias_error": estimates.std(axis=0, ddof=1) / np.sqrt(replicates),
            "within": ((low <= truth) & (truth <= high)).mean(axis=0),
        },
        index=list(NAMES),
    )


def simulated_week(paths: int, days: int = 7, pull: float = 3.0) -> tuple[float, float]:
    """Mean and variance of the attacks in the days ahead, by simulation."""
    chance = np.random.default_rng(SEED)
    background, branching, persistence = PARAMETERS
    state, total = np.full(paths, pull), np.zeros(paths)
    for _ in range(days):
        counts = chance.poisson(background + branching * state)
        state = persistence * state + (1 - persistence) * counts
        total += counts
    return float(total.mean()), float(total.var())


def rows() -> list[StudyRow]:
    """The lines of the table."""
    scored = [row for span in SPANS for row in _record_rows(*span)]
    return [*_recovery_rows(1_000, 400), _moments_row(400_000), *scored, *_constant_rows()]


def _recovery_rows(replicates: int, days: int) -> list[StudyRow]:
    table = hawkes_recovery(replicates, days)
    return [
        StudyRow(
            measure="Hawkes fit",
            question=f"finds the {name} within its standard errors",
            setting=f"{replicates} series of {days} days, {name} {row['truth']:g}",
            bound="95 % interval holds the truth in 93 to 97 %",
            found=f"{row['within']:.1%}; bias {row['bias']:+.3f} ± {row['bias_error']:.3f}",
        )
        for name, row in table.iterrows()
    ]


def _moments_row(paths: int) -> StudyRow:
    background, branching, persistence = (np.array([value]) for value in PARAMETERS)
    mean, variance = sum_ahead(
        (background, branching, persistence), np.array([3.0]), np.ones((1, 7))
    )
    simulated = simulated_week(paths)
    return StudyRow(
        measure="Hawkes forecast",
        question="has the mean and variance of the coming week",
        setting=f"{paths:,} simulated weeks",
        bound="equal within 1 %",
        found=f"mean {mean[0]:.2f} against {simulated[0]:.2f}, variance {variance[0]:.1f} against "
        f"{simulated[1]:.1f}",
    )


def _record_rows(
    which: str, campaign: str, first: str, last: str, judged_on: str
) -> list[StudyRow]:
    """Scores on the real record, of each forecaster and of two ways that were not taken."""
    then = outlook.known_then(read().as_of(judged_on).of(campaign))
    assert then is not None
    found = outlook.run(then, horizon=7)
    others = {
        "mean of the models": mean_of_the_models(found),
        "chosen, recent days corrected": forecasts_from_corrected_counts(then),
    }
    found = replace(found, forecasts={**found.forecasts, **others})
    table = outlook.scores(found, pd.Timestamp(first), pd.Timestamp(last))
    better = table.loc[list(outlook.BASELINES), "crps"].min()
    bounds = {outlook.CHOSEN: "CRPS at most 0.80 of the better baseline; 90 % interval 86 to 94 %"}
    return [
        StudyRow(
            measure="outlook",
            question=f"forecasts the next seven days: {name}",
            setting=f"real record, {campaign}, {row['origins']:.0f} daily origins, {first} to "
            f"{last}; {which}",
            bound=bounds.get(str(name), ""),
            found=f"CRPS {row['crps']:.2f} ({row['crps'] / better:.2f} of the better baseline), "
            f"log score {row['log_score']:.2f}, 50 % interval held {row['coverage_50']:.0%}, "
            f"90 % {row['coverage_90']:.1%}",
        )
        for name, row in table.iterrows()
    ]


def _constant_rows() -> list[StudyRow]:
    """Scores of other values of a constant, on the days on which it may be chosen and no others."""
    which, campaign, first, last, judged_on = SPANS[0]
    then = outlook.known_then(read().as_of(judged_on).of(campaign))
    assert then is not None
    came = then.outcomes(7)[-1]
    days = (then.days >= pd.Timestamp(first)) & (then.days <= pd.Timestamp(last))
    counts = grid((float(np.nanmax(then.past_sums(7))) / 7 + 1) * 7)
    rows = []
    for (place, constant, model, what), values in CONSTANTS.items():
        module = import_module(f"analysis.measures.outlook.{place}")
        used, found = getattr(module, constant), []
        for value in values:
            setattr(module, constant, value)
            cdf = outlook.MODELS[model](then, 7, counts).cdf[days]
            made = outlook.Predictive(counts, cdf)
            scores = crps(made, came[days]).mean(), log_score(made, came[days]).mean()
            found.append(f"{value}: CRPS {scores[0]:.2f}, log score {scores[1]:.3f}")
        setattr(module, constant, used)
        rows.append(
            StudyRow(
                measure="outlook",
                question=f"which {what}: {model}",
                setting=f"real record, {campaign}, {days.sum()} daily origins, {first} to {last}; "
                f"{which}",
                bound=f"used: {used}",
                found="; ".join(found),
            )
        )
    return rows


def mean_of_the_models(found: outlook.Backtest) -> outlook.Predictive:
    """The linear pool of the three models, all alike."""
    cdfs = [found.forecasts[name].cdf for name in outlook.MODELS]
    return outlook.Predictive(found.latest.counts, np.mean(cdfs, axis=0))


def forecasts_from_corrected_counts(then: outlook.KnownThen, late: int = 7) -> outlook.Predictive:
    """The chosen forecast from counts divided by the share that is known so many days later.

    That share is counted from the attacks of days that were older on the origin.
    """
    counts = then.counts.astype(float)
    for origin in range(2 * late, len(counts)):
        older = np.arange(origin - late + 1)
        in_the_end = then.counts[origin, older].sum()
        for age in range(late):
            known = then.counts[older + age, older].sum() / max(1, in_the_end)
            counts[origin, origin - age] /= max(known, 0.1)
    return outlook.run(replace(then, counts=counts), horizon=7).forecasts[outlook.CHOSEN]
