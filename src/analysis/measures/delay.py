"""How long it takes until an attack is known.

The newest attacks are in the record only if they were reported fast, so their delays look shorter
than they will turn out to be. Seen backwards in time this truncation does no harm: among the
attacks known within k days of their day, the share that took exactly k is the reverse-time hazard,
which attacks old enough to have shown it give without bias (Kalbfleisch and Lawless, 1989, JASA
84; Lawless, 1994, Canadian Journal of Statistics 22; the epinowcast package builds on the same).

An attack is known here from the day on which the record held it as a recorded attack (`official`
or `media`) of the day it now stands at: a mere claim that is confirmed later has that delay.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Days after which an attack that is not known is taken never to become known.
LONGEST_DELAY = 28

#: The standard normal quantile of a two-sided interval of 95 %.
QUANTILE = 1.959963984540054

ASSUMPTION = (
    "reports come as late as they did so far, and none more than "
    f"{LONGEST_DELAY} days after its attack"
)


def reporting_delay(attacks: pd.DataFrame) -> pd.Series:
    """Days from the event to the first report of each attack, whole numbers from 0.

    Not corrected for reports still to come; :func:`distribution` is.
    """
    delay: pd.Series = (attacks["first_reported_on"] - attacks["event_date"]).dt.days
    return delay


def known_delays(spans: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Delays of the attacks that the record holds on a day, as that day knew them.

    Parameters
    ----------
    spans: what :func:`analysis.measures.triangle.known_spans` returns, of this day or a later one.
    as_of: the day; what became known later takes no part.

    Returns
    -------
    DataFrame
        One row for each recorded attack that stands on that day: `attack_id`, `event_date`,
        `delay` (days until it was first known as a recorded attack of that date).

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({
    ...     "attack_id": ["a", "b"],
    ...     "event_date": [day("2023-11-01"), day("2023-11-01")],
    ...     "known_from": [day("2023-11-01"), day("2023-11-03")],
    ...     "superseded_on": [pd.NaT, pd.NaT],
    ... })
    >>> known_delays(spans, day("2023-11-02"))["delay"].tolist()
    [0]
    """
    seen = spans[spans["known_from"] <= as_of]
    stands = seen["superseded_on"].isna() | (seen["superseded_on"] > as_of)
    rows = seen.assign(stands=stands).groupby(["attack_id", "event_date"], as_index=False)
    attacks = rows.agg(known_from=("known_from", "min"), stands=("stands", "any"))
    attacks = attacks[attacks["stands"]].reset_index(drop=True)
    delay = (attacks["known_from"] - attacks["event_date"]).dt.days
    return attacks[["attack_id", "event_date"]].assign(delay=delay)


def hazard_counts(delays: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Reports by delay, and the attacks among which each delay could have been seen.

    Parameters
    ----------
    delays: `event_date` and `delay` of each attack known on the as-of date.
    as_of: the day.

    Returns
    -------
    DataFrame
        Index `delay` from 0 to 28; `reported` (attacks with just that delay) and `at_risk`
        (attacks known within that delay, whose day is at least as long ago). Their ratio is the
        reverse-time hazard.

    Examples
    --------
    Of three attacks yesterday's counts only for delays up to a day:

    >>> rows = pd.DataFrame({
    ...     "event_date": pd.to_datetime(["2023-11-01", "2023-11-01", "2023-11-04"]),
    ...     "delay": [0, 2, 0],
    ... })
    >>> hazard_counts(rows, pd.Timestamp("2023-11-05")).head(3).to_numpy().tolist()
    [[2, 2], [0, 2], [1, 2]]
    """
    age = (as_of - delays["event_date"]).dt.days.to_numpy()
    delay = delays["delay"].to_numpy()
    steps = np.arange(LONGEST_DELAY + 1)
    # An attack is at risk from its own delay up to its age.
    started = np.bincount(delay[delay <= LONGEST_DELAY], minlength=len(steps))
    ended = np.bincount(age[(age < LONGEST_DELAY) & (delay <= LONGEST_DELAY)] + 1,
                        minlength=len(steps))  # fmt: skip
    return pd.DataFrame(
        {"reported": started, "at_risk": (started - ended).cumsum()},
        index=pd.Index(steps, name="delay"),
    )


def distribution(delays: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The share of attacks known within each delay, corrected for reports still to come.

    The product over longer delays of one minus the reverse-time hazard (Lawless, 1994), with
    Greenwood's variance. Its 95 % interval is Wilson's for as many attacks as would give that
    variance (Rothman, 1978, Journal of Chronic Diseases 31), which stays within 0 and 1 and keeps
    a width where no later report has been seen.

    Parameters
    ----------
    delays: `event_date` and `delay` of each attack known on the as-of date.
    as_of: the day.

    Returns
    -------
    DataFrame
        Index `delay`, from 0 to 28 or to the age of the oldest attack where that is less;
        `reported`, `at_risk`, `estimate` (among attacks that become known within the longest of
        these delays), `low`, `high`. Empty where no attack is known.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "event_date": pd.to_datetime(["2023-11-01"] * 4), "delay": [0, 0, 0, 2],
    ... })
    >>> distribution(rows, pd.Timestamp("2023-11-30"))["estimate"].head(3).tolist()
    [0.75, 0.75, 1.0]
    """
    counts = hazard_counts(delays, as_of)
    seen = counts[counts["at_risk"][::-1].cumsum()[::-1] > 0]  # up to the longest observable
    reported, at_risk = seen["reported"].to_numpy(), seen["at_risk"].to_numpy().clip(1)
    hazard = reported / at_risk
    estimate = _after(1 - hazard, np.multiply)
    with np.errstate(divide="ignore"):
        variance = _after(hazard / (at_risk - reported), np.add)  # of the estimate's logarithm
    low, high = _wilson(estimate, _equivalent(estimate, variance, at_risk))
    return seen.assign(estimate=estimate, low=low, high=high)


def _after(values: np.ndarray, combine: np.ufunc) -> np.ndarray:
    """At each place the sum or product of all values after it."""
    accumulated: np.ndarray = combine.accumulate(np.append(values, combine.identity)[:0:-1])
    return accumulated[::-1]


def _equivalent(estimate: np.ndarray, variance: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """As many attacks as a plain share of this estimate and variance would rest on.

    Where nothing varies it is the least number at risk at a longer delay, its limit.
    """
    least = np.minimum.accumulate(np.append(at_risk[1:], at_risk[-1:])[::-1])[::-1]
    varies = (estimate > 0) & (estimate < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        equivalent: np.ndarray = np.where(varies, (1 - estimate) / (estimate * variance), least)
    return equivalent


def _wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of 95 % for a share of n, which need not be whole."""
    weight = QUANTILE**2 / n
    middle = (share + weight / 2) / (1 + weight)
    half = np.sqrt(weight * (share * (1 - share) + weight / 4)) / (1 + weight)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
