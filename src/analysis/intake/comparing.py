"""What speaks for and against two reports being of one attack, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.scoring import DAYS_AROUND, PARTS

#: Parts of a comparison in words, where they are worth telling.
_WORDS = {
    ("place", "named"): "the same site by name",
    ("place", "near"): "near its site",
    ("place", "other"): "near its site, but another is named",
    ("day", "same"): "on the same day",
    ("day", "allowed"): "days that may be one",
    ("day", "one"): "a day apart",
    ("day", "more"): "days apart",
    ("target", "other"): "another target",
    ("weapon", "equal"): "the same weapons",
    ("weapon", "same"): "a weapon in common",
    ("weapon", "other"): "other weapons",
    ("attacker", "same"): "the same attacker",
    ("attacker", "kin"): "a related attacker",
    ("attacker", "other"): "another attacker",
    ("munitions", "same"): "as many fired",
    ("munitions", "one"): "one fired",
    ("munitions", "other"): "another number fired",
    ("killed", "same"): "as many killed",
    ("killed", "more"): "more killed",
    ("killed", "other"): "another number killed",
    ("injured", "same"): "as many injured",
    ("injured", "more"): "more injured",
    ("injured", "other"): "another number injured",
    ("ship", "same"): "a ship of that name",
    ("ship", "other"): "another ship",
    ("outcome", "same"): "the same outcome",
    ("outcome", "other"): "another outcome",
}

#: What one report alone may tell.
_TOLD = {
    "attacker": "the attacker",
    "weapon": "the weapon",
    "munitions": "how many were fired",
    "killed": "of people killed",
    "injured": "of people injured",
    "outcome": "the outcome",
}

#: From this share of days with attacks on, that one is near says little enough to be told.
_OFTEN = 0.2


def compared_in_words(pairs: pd.DataFrame) -> np.ndarray:
    """What speaks for and against each pair that :func:`~.scoring.score` has compared."""
    compared = pairs[list(PARTS)].fillna("").assign(often=_days_in_words(pairs["crowd"]))
    number, combinations = pd.factorize(pd.MultiIndex.from_frame(compared))
    words = [_in_words(parts, often) for *parts, often in combinations]
    told: np.ndarray = np.asarray([*words, ""], dtype=object)[number]
    return told


def _in_words(parts: list[str], often: str) -> str:
    found = list(zip(PARTS, parts, strict=True))
    said = [_WORDS[one] for one in found if one in _WORDS]
    alone = [_TOLD[part] for part, how in found if how == "silent"]
    if alone:
        said.append(f"only one tells {' and '.join(alone)}")
    return ", ".join(filter(None, (*said, often))) or "named by its id"


def _days_in_words(crowd: pd.Series) -> np.ndarray:
    """On how many days around there were attacks, where that makes a near one say little."""
    days = (crowd.fillna(0) * DAYS_AROUND).round().astype("int64")
    told = "attacks there on " + days.astype("str") + f" of the {DAYS_AROUND} days around"
    return told.where(crowd >= _OFTEN, "").to_numpy(object)
