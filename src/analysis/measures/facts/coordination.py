"""Facts on whether attacks went together: several sites a day, close in time, fronts in step."""

from __future__ import annotations

import pandas as pd

from analysis.measures import comovement, coordination, fronts
from analysis.measures.attacks import daily_counts, last_whole_week, multi_site_days, until
from analysis.measures.dispersion import dispersion_index
from analysis.measures.fact import Fact, Found, estimated, ids, tested
from analysis.measures.metadata import beside, facts
from analysis.record import Known

METADATA = beside(__file__)


def coordination_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """Days with several sites and close pairs of attacks, against chance, for given attacks."""
    end = last_whole_week(known)
    in_weeks, span = until(held, end), (known.campaign.start, end)
    days = coordination.multi_site_days_against_chance(in_weeks, *span)
    pairs = coordination.close_pairs(in_weeks, *span)
    rows = ids(in_weeks)
    found = {
        "multi_site_days_in_weeks": Found(len(multi_site_days(in_weeks)), rows),
        **tested("multi_site_days", days, rows),
        "close_pairs": Found(None if pairs is None else int(pairs.value or 0), rows, pairs),
        **tested("close_pairs", pairs, rows),
    }
    return facts(found, METADATA, known)


def dispersion_facts(known: Known, held: pd.DataFrame) -> dict[str, Fact]:
    """Whether given attacks bunch on days, over the whole time and within weeks."""
    end = last_whole_week(known)
    daily, rows = daily_counts(held, known.campaign.start, end), ids(until(held, end))
    found: dict[str, Found] = {}
    for name, span in (("dispersion", None), ("dispersion_within_weeks", 7)):
        index = dispersion_index(daily, span)
        found[name] = Found(None if index is None else index.value, rows, index)
        found |= tested(name, index, rows)
    return facts(found, METADATA, known)


def comovement_facts(known: Known) -> dict[str, Fact]:
    """How many pairs of fronts went together or against each other, week by week."""
    pairs = comovement.of_all_pairs(known)
    together = [pair for pair in pairs if float(pair.correlation.low or 0) > 0]
    opposed = [pair for pair in pairs if float(pair.correlation.high or 0) < 0]
    clear = max(
        together + opposed, key=lambda pair: abs(float(pair.correlation.value or 0)), default=None
    )
    rows = ids(fronts.on_all_fronts(known))
    tie = estimated("front_pair", clear.correlation if clear else None, rows)
    found = {
        "front_pairs_compared": Found(len(pairs), rows),
        "front_pairs_together": Found(len(together), rows),
        "front_pairs_opposed": Found(len(opposed), rows),
        "front_pairs_weeks": Found(pairs[0].correlation.n if pairs else None, rows),
        "front_pair_first": Found(clear.first if clear else None, rows),
        "front_pair_second": Found(clear.second if clear else None, rows),
        "front_pair_rank_correlation": tie.pop("front_pair"),
        **tie,
    }
    return facts(found, METADATA, known)
