"""US strikes by theatre.

A strike answers attacks on the targets of its theatre: theatres are never added up. Running totals
over many strikes (`counting` = `summary`) are no strikes and take no part.
"""

from __future__ import annotations

import pandas as pd

from analysis.record import Known, Theatre, remembered
from analysis.record.codebook import codes
from analysis.record.coded import is_one_of

#: Strikes by the US or with it.
AMERICAN = codes("by", having="american")


@remembered
def american(known: Known) -> pd.DataFrame:
    """Strikes by the US or with it since the campaign began, anywhere, oldest first."""
    rows = known.responses
    wanted = is_one_of(rows["by"], AMERICAN) & is_one_of(rows["counting"], ["event"])
    return rows[wanted].sort_values("event_date", kind="stable", ignore_index=True)


@remembered
def running_totals(known: Known) -> pd.DataFrame:
    """Running totals over many strikes by the US or with it, with a number of targets struck.

    They give targets, but they are no strikes; the newest is last.
    """
    rows = known.responses
    are_totals = is_one_of(rows["by"], AMERICAN) & is_one_of(rows["counting"], ["summary"])
    totals = rows[are_totals & rows["targets_struck"].notna()]
    return totals.sort_values("reported_on", kind="stable", ignore_index=True)


@remembered
def in_theatre(known: Known, theatre: Theatre) -> pd.DataFrame:
    """Those of them in the countries of a theatre."""
    rows = american(known)
    return rows[is_one_of(rows["country"], theatre.countries)].reset_index(drop=True)


def in_main_theatre(known: Known) -> pd.DataFrame:
    """Those of them in the theatre whose strikes are compared with the campaign's attacks."""
    return in_theatre(known, known.campaign.main)
