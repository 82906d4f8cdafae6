"""What happened in the window: attacks, US strikes, and units that came or went, as one list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures import posture, responses
from analysis.measures.attacks import in_window, on_targets
from analysis.record import Known, remembered
from analysis.record.codebook import codes
from analysis.record.coded import is_one_of

#: Deployments whose arrival or departure is an event; totals, levels and partners do not move.
MOVING = codes("counting", having="moves")

#: What a status makes of a deployment.
MOVES = {"arrived": "arrival", "departed": "departure"}

#: Kinds of event, in the order in which those of one day are told.
KINDS = ("attack", "strike", *MOVES.values())

COLUMNS = ["id", "kind", "event_date"]


@remembered
def of_window(known: Known, days: int) -> pd.DataFrame:
    """The events of the window, the oldest first.

    Attacks are those on the campaign's targets at any confirmation level, strikes those by the US
    or with it in one of its theatres; running totals are no strikes.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    days: length of the window of event dates that ends on that day.

    Returns
    -------
    DataFrame
        `id` (of the row), `kind` (one of :data:`KINDS`), `event_date`; the arrival of a unit at two
        places is two events with one id.
    """
    attacks = on_targets(known)[["attack_id", "event_date"]].set_axis(["id", "event_date"], axis=1)
    strikes = responses.american(known)
    strikes = strikes.loc[
        is_one_of(strikes["country"], known.campaign.answered_in), ["response_id", "event_date"]
    ].set_axis(["id", "event_date"], axis=1)
    each = [attacks.assign(kind="attack"), strikes.assign(kind="strike"), moves(known)]
    events = pd.concat([in_window(rows[COLUMNS], known.date, days) for rows in each])
    order = events["kind"].map(KINDS.index)
    return (
        events.assign(order=order)
        .sort_values(["event_date", "order", "id"], kind="stable", ignore_index=True)
        .drop(columns="order")
    )


@remembered
def moves(known: Known) -> pd.DataFrame:
    """Every arrival and departure of a US force that is known, each on the first day given for it.

    A later report of the same status in the same area tells nothing new; a unit that goes on to
    another area arrives there, from `within` the region if it was not on its way meanwhile. Where
    no source gives a date, it is that of the report. The way home is told of the unit itself where
    both are known.

    Returns
    -------
    DataFrame
        `id` (deployment_id), `kind`, `event_date`, `asset`, `area`, `unit_kind`, `within` (whether
        it was in the region when it came or left, by the report before).
    """
    versions = posture.as_reported(known)
    told = versions[
        is_one_of(versions["counting"], MOVING)
        & is_one_of(versions["status"], [*MOVES, "en-route", "ordered"])
    ]
    told = told.assign(event_date=told["effective_on"].fillna(told["reported_on"]))
    unit = pd.factorize(told["deployment_id"])[0]  # in order of id and report
    told = told.take(np.lexsort([told["event_date"].to_numpy(), unit]))
    status = told["status"].astype("str")
    known_before = told["deployment_id"] == told["deployment_id"].shift()
    told = told.assign(within=known_before & (status.shift() == "arrived"))
    state = status + " " + told["area"].astype("str")
    news = ~known_before | (state != state.shift())
    told = told[news & is_one_of(told["status"], MOVES) & (told["event_date"] <= known.date)]
    told = told.assign(home=told["counting"] == "return")
    told = told.sort_values(["home", "event_date"], kind="stable")
    told = told.drop_duplicates(["asset", "status", "event_date"])
    return pd.DataFrame(
        {
            "id": told["deployment_id"].astype("str"),
            "kind": told["status"].astype("str").map(MOVES),
            "event_date": told["event_date"],
            "asset": told["asset"],
            "area": told["area"],
            "unit_kind": told["kind"],
            "within": told["within"],
        }
    ).reset_index(drop=True)
