"""What of the things that the record has learned concerns a campaign."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_targets
from analysis.measures.fronts import on_all_fronts
from analysis.record import Known
from analysis.record.coded import is_one_of


def of_the_campaign(known: Known, changes: pd.DataFrame) -> pd.DataFrame:
    """The changes in attacks on its targets and fronts, in counts of them, in strikes in its
    theatres, in deployments and in milestones.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    changes: see :func:`analysis.record.changes`.
    """
    campaign, tallies = known.campaign, known.tallies
    is_gone = is_one_of(changes["kind"], ["withdrawn"]).any()
    both = (known, known.taken_back()) if is_gone else (known,)
    strikes = pd.concat([one.responses[["response_id", "country"]] for one in both])
    own = {
        "attacks": pd.concat(
            [rows(one)["attack_id"] for rows in (on_targets, on_all_fronts) for one in both]
        ),
        "tallies": tallies.loc[is_one_of(tallies["target"], campaign.targets), "tally_id"],
        "responses": strikes.loc[
            is_one_of(strikes["country"], campaign.answered_in), "response_id"
        ],
    }
    concerns = ~is_one_of(changes["table"], own)
    for table, ids in own.items():
        # Few of a million things have changed.
        changed = ids[is_one_of(ids, changes["id"])]
        concerns |= is_one_of(changes["table"], [table]) & is_one_of(changes["id"], changed)
    return changes[concerns].reset_index(drop=True)
