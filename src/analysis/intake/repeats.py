"""Which candidates tell of the same attack: a source lists one twice more often than one thinks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.scoring import score, told_twice

#: What two candidates have in common if there is nothing at all to tell them apart.
_ALIKE = [
    "site_id", "event_date", "slack", "target", "weapons", "actor_id", "munitions", "injured",
    "outcome", "ships", "attack_id",
]  # fmt: skip

#: By so many days the second report of an attack may differ from the first.
_DAYS_APART = 1

#: A candidate is compared with so many others of its site and days, so that time stays in
#: proportion to the file's length whatever it holds.
_OTHERS = 20


def repeats(reports: pd.DataFrame, names: pd.Series, actors: pd.DataFrame) -> pd.Series:
    """Say of each candidate which other one it repeats.

    Parameters
    ----------
    reports: in scope and placed, as :func:`analysis.intake.scoring.score` has them, with `site_id`
        and `attack_id` (the known attack that each is, else empty).
    names: their external ids.
    actors: the record's table.

    Returns
    -------
    Series of str
        By the reports' index, the external id of the first candidate in the file that tells of the
        same attack; beside that first one, the next. Empty where there is none.
    """
    placed = reports[(reports["site_id"] != "") & reports["event_date"].notna()]
    alike = placed.groupby(_ALIKE, sort=False, dropna=False).ngroup()
    first = placed.index.to_series().groupby(alike).transform("first")
    alone = placed[first == placed.index]
    pairs = _side_by_side(alone)
    scored = score(alone, alone, pairs, actors)
    one, other = (alone["attack_id"].loc[scored[side]].to_numpy() for side in ("left", "right"))
    # What is known to be two attacks is no repetition, however alike the reports are.
    apart = (one != other) & (one != "") & (other != "")
    same = scored[told_twice(scored).to_numpy() & ~apart]
    earlier = same.groupby("right")["left"].min()
    leader = first.map(earlier).fillna(first).astype("int64")
    said: pd.Series = _named(leader, names).reindex(reports.index)
    return said.fillna("").astype("str")


def _side_by_side(alone: pd.DataFrame) -> pd.DataFrame:
    """Each with the few before it of the same site, and of that day or the one before."""
    ordered = alone.sort_values(["site_id", "event_date"], kind="stable")
    sites, days = ordered["site_id"], ordered["event_date"]
    found = []
    for apart in range(1, _OTHERS + 1):
        near = (days - days.shift(apart)).dt.days <= _DAYS_APART
        alike = ((sites.shift(apart) == sites) & near).to_numpy()
        if not alike.any():
            break
        place = np.flatnonzero(alike)
        found.append(
            pd.DataFrame({"left": ordered.index[place - apart], "right": ordered.index[place]})
        )
    pairs = pd.concat(found) if found else pd.DataFrame({"left": [], "right": []}, dtype="int64")
    return pairs.reset_index(drop=True).assign(named=True, elsewhere=False, nearness=1.0)


def _named(leader: pd.Series, names: pd.Series) -> pd.Series:
    """The id beside each: of the one that leads its group; beside that one, of the next."""
    follows = leader[leader != leader.index]
    said = names.loc[follows].set_axis(follows.index)
    next_one = pd.Series(follows.index, index=follows.to_numpy())
    next_one = next_one[~next_one.index.duplicated()]
    leads = names.loc[next_one].set_axis(next_one.index)
    both: pd.Series = pd.concat([said, leads[~leads.index.isin(said.index)]])
    return both
