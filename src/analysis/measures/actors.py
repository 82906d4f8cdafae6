"""One group: the attacks it claims, those that others attribute to it, its kin, strikes on it."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import on_any_target
from analysis.measures.responses import american
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of


@remembered
def named_for(known: Known, *actor_ids: str) -> pd.DataFrame:
    """Attacks that a group claims or that officials or analysts attribute to it, on any target.

    Returns
    -------
    DataFrame
        The columns of :func:`analysis.measures.attacks.on_any_target` and `claimed`: whether one of
        these groups claims the attack itself; else it is attributed only.
    """
    attacks = on_any_target(known)
    claimed = is_one_of(attacks["claimed_by"], actor_ids)
    named = claimed | is_one_of(attacks["attributed_to"], actor_ids)
    return attacks.assign(claimed=claimed)[named].reset_index(drop=True)


def parent_of(known: Known, actor_id: str) -> str | None:
    """The group that the record lists a group under, if any."""
    parents = known.actors.set_index("actor_id")["parent"]
    parent = parents.get(actor_id)
    return parent if isinstance(parent, str) else None


def parts_of(known: Known, actor_id: str) -> tuple[str, ...]:
    """The groups that the record lists under a group, of those that dated rows name by then."""
    listed = known.actors[known.actors["parent"] == actor_id]
    return tuple(sorted(listed["actor_id"]))


def strikes_on(known: Known, *actor_ids: str) -> pd.DataFrame:
    """Strikes by the US or with it of which these groups were the named target, oldest first."""
    rows = american(known)
    return rows[is_one_of(rows["target_actor"], actor_ids)].reset_index(drop=True)
