"""What of the things that the record has learned concerns a campaign."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_targets
from analysis.measures.fronts import on_all_fronts
from analysis.record import Known


def of_the_campaign(known: Known, changes: pd.DataFrame) -> pd.DataFrame:
    """The changes in attacks on its targets and fronts, in counts of them, in strikes in its
    theatres, in deployments and in milestones.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    changes: see :func:`analysis.record.changes`.
    """
    campaign, tallies = known.campaign, known.tallies
    gone = known.taken_back()
    strikes = pd.concat([known.responses, gone.responses])
    own = {
        "attacks": {
            *(row for of in (known, gone) for row in on_targets(of)["attack_id"]),
            *(row for of in (known, gone) for row in on_all_fronts(of)["attack_id"]),
        },
        "tallies": {*tallies.loc[tallies["target"].isin(campaign.targets), "tally_id"]},
        "responses": {*strikes.loc[strikes["country"].isin(campaign.answered_in), "response_id"]},
    }
    told = zip(changes["table"], changes["id"], strict=True)
    concerns = [table not in own or thing in own[table] for table, thing in told]
    return changes[pd.Series(concerns, changes.index, dtype=bool)].reset_index(drop=True)
