"""What matters most in the window: one order of importance for attacks, strikes and movements.

The order is a judgement, and this module is all of it. An event has the first of the reasons of
:data:`REASONS` that holds for it; among events of one reason more killed, then more injured, then
what officials confirm, then the larger salvo (or the more targets), then the newer comes first.
What only the attacker reports never leads. Firsts are those of the campaign as the record holds
them, among recorded attacks: only where every day of it was kept daily may a page call them so,
while the order uses them always. Deaths that no event accounts for are weighed by what officials
count, see :func:`deaths_counted`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures import casualties, events, responses, tallies
from analysis.measures.attacks import (
    CAME_THROUGH,
    RECORDED,
    is_until,
    on_targets,
    recorded_counted,
)
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of

#: So many injured in one attack are many.
MANY_INJURED = 10

#: After so many days without a US strike in a theatre the next one is news as a first is.
PAUSE = pd.Timedelta(days=30)

#: A salvo is large from so many munitions on.
LARGE_SALVO = 10

#: Why an event matters, the weightiest reason first.
REASONS = (
    "deaths",  # on the side attacked: Americans, on ships the crews
    "other-deaths",  # among partner forces, civilians and others
    "many-injured",
    "first-by-a-state",  # by a state's own forces
    "first-attack",  # of the campaign
    "first-strike",  # in a theatre or one of its countries, or after a pause
    "injured",
    "strike",  # in the campaign's first theatre
    "first-in-a-country",
    "first-on-a-target",
    "largest-salvo",  # so far
    "came-through",
    "attack",
    "strike-elsewhere",  # in another of its theatres
    "movement",
    "claim",  # known from the attacker alone
)

#: An event leads a page for one of these reasons; else the counts do.
LEADING = REASONS[: REASONS.index("largest-salvo") + 1]

#: Reasons for which all events of the day and kind lead together, not the first of them alone.
TOGETHER = ("first-attack", "first-strike", "strike")

#: What orders events of one reason, the larger first.
SIZES = ("killed", "injured", "official", "salvo")


@remembered
def ranked(known: Known, days: int) -> pd.DataFrame:
    """The events of the window, the one that matters most first.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    days: length of the window of event dates that ends on that day.

    Returns
    -------
    DataFrame
        `id`, `kind`, `event_date` as in :func:`analysis.measures.events.of_window`, whose index it
        keeps, and `reason`.
    """
    told = events.of_window(known, days)
    weighed = pd.concat([_attacks(known), _strikes(known)]).reindex(told["id"])
    reasons = weighed["reason"].fillna("movement").tolist()
    ranks = np.array([REASONS.index(reason) for reason in reasons], dtype=int)
    sizes = [-weighed[name].fillna(0).to_numpy(float) for name in SIZES]
    newest = -told["event_date"].to_numpy().astype("int64")
    ids = pd.factorize(told["id"], sort=True)[0]
    # The key that counts most comes last.
    order = np.lexsort([ids, newest, *reversed(sizes), ranks])
    return told.assign(reason=reasons).iloc[order]


def lead(known: Known, days: int) -> pd.DataFrame:
    """The rows that lead the page: of :func:`ranked`, the first and what belongs to it, or none."""
    order = ranked(known, days)
    if order.empty or order["reason"].iloc[0] not in LEADING:
        return order.head(0)
    first = order.iloc[0]
    if first["reason"] not in TOGETHER:
        return order.head(1)
    same = [order[name] == first[name] for name in ("kind", "event_date", "reason")]
    return order[np.logical_and.reduce(same)]


def deaths_counted(known: Known, days: int) -> pd.DataFrame:
    """The official count of the killed, where it tells of more deaths than the leading event does.

    What counts is how far it has risen in the window beyond the deaths that the attacks of the
    record account for; what it was before is the larger of its own value and of theirs.

    Parameters
    ----------
    known, days: as in :func:`ranked`.

    Returns
    -------
    DataFrame
        The tally, as :func:`analysis.measures.tallies.of_the_campaign` has it; 0 or 1 rows.
    """
    counts = tallies.of_the_campaign(known, "killed")
    newest, start = tallies.newest(counts), known.date - pd.Timedelta(days=days - 1)
    if newest.empty or newest["through"].iloc[0] < start:
        return counts.head(0)
    deadly = casualties.own(recorded_counted(known))
    before = max(
        _people(counts.loc[counts["through"] < start, "value"].max()),
        _people(deadly.loc[deadly["event_date"] < start, "killed"].sum()),
    )
    lately = deadly.loc[deadly["event_date"] >= start, "killed"]
    unaccounted = _people(newest["value"].iloc[0]) - before - _people(lately.sum())
    return newest if unaccounted > _people(lately.max()) else newest.head(0)


def _people(number: object) -> int:
    return 0 if pd.isna(number) else int(number)  # type: ignore[call-overload]


@remembered
def _attacks(known: Known) -> pd.DataFrame:
    """Attacks on the campaign's targets by id: why each matters, and how large it was."""
    rows = on_targets(known)
    killed, injured, salvo = (
        rows[name].to_numpy(int, na_value=0) for name in ("killed", "injured", "munitions")
    )
    official, claim = (is_one_of(rows["confirmation"], [one]) for one in ("official", "claim"))
    holds = {
        "claim": claim,
        "deaths": casualties.is_own(rows) & (killed > 0),
        "other-deaths": killed > 0,
        "many-injured": injured >= MANY_INJURED,
        "injured": injured > 0,
        **_firsts(known, rows),
        "largest-salvo": _largest(np.where(claim, 0, salvo), rows["event_date"].to_numpy()),
        "came-through": is_one_of(rows["outcome"], CAME_THROUGH),
    }
    # A mere claim is nothing more; of all else the weightiest reason counts.
    order = ["claim", *(reason for reason in REASONS if reason in holds and reason != "claim")]
    return pd.DataFrame(
        {
            "reason": np.select([holds[reason] for reason in order], order, "attack"),
            "killed": killed,
            "injured": injured,
            "official": official.astype(int),
            "salvo": salvo,
        },
        index=rows["attack_id"],
    )


def _firsts(known: Known, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Which attacks are the first of their kind in the campaign, all of the first day together."""
    days = rows["event_date"].to_numpy()
    held = is_one_of(rows["confirmation"], RECORDED) & is_until(rows["event_date"], known.through)
    states = known.actors.loc[known.actors["kind"] == "state", "actor_id"].tolist()
    by_state = is_one_of(rows["claimed_by"], states) | is_one_of(rows["attributed_to"], states)
    return {
        "first-by-a-state": _first_of(days, held & by_state),
        "first-attack": _first_of(days, held),
        "first-in-a-country": _first_of_each(days, held, rows["country"]),
        "first-on-a-target": _first_of_each(days, held, rows["target"]),
    }


def _first_of(days: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Which of those held are of their first day."""
    return held & (days == days[held].min()) if held.any() else held


def _first_of_each(days: np.ndarray, held: np.ndarray, kinds: pd.Series) -> np.ndarray:
    """Which of those held are of the first day of their kind."""
    first = np.zeros(len(days), dtype=bool)
    for kind in kinds.unique():
        first |= _first_of(days, held & is_one_of(kinds, [kind]))
    return first


def _largest(salvo: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Salvoes that are large, and larger than any of the days before; attacks by date."""
    so_far = np.maximum.accumulate(np.append(0, salvo))
    before = so_far[days.searchsorted(days)]
    return (salvo >= LARGE_SALVO) & (salvo > before)


@remembered
def _strikes(known: Known) -> pd.DataFrame:
    """US strikes in the campaign's theatres by id: why each matters, and how large it was."""
    read = ["response_id", "event_date", "country", "killed_claimed", "targets_struck"]
    theatres = [responses.in_theatre(known, theatre)[read] for theatre in known.campaign.theatres]
    weighed = [
        rows.assign(reason=_why_struck(rows, main=number == 0))
        for number, rows in enumerate(theatres)
    ]
    rows = pd.concat(weighed).drop_duplicates("response_id")
    return pd.DataFrame(
        {
            "reason": rows["reason"].to_numpy(object),
            "killed": rows["killed_claimed"].array,
            "salvo": rows["targets_struck"].array,
        },
        index=rows["response_id"].astype("str"),
    )


def _why_struck(rows: pd.DataFrame, main: bool) -> np.ndarray:
    dates = rows["event_date"]
    days = dates.drop_duplicates().sort_values()
    after_pause = days[days.diff().fillna(PAUSE) >= PAUSE]
    first_there = dates.groupby(rows["country"], observed=True).min()
    usual = "strike" if main else "strike-elsewhere"
    return np.where(dates.isin({*after_pause, *first_there}), "first-strike", usual)
