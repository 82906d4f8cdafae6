"""Facts on whether attacks went together: several sites a day, close in time, fronts in step."""

from __future__ import annotations

import pandas as pd

from analysis.measures import comovement, coordination, fronts
from analysis.measures.attacks import daily_counts
from analysis.measures.chance import AgainstChance
from analysis.measures.dispersion import dispersion_index
from analysis.measures.fact import Evidence, Fact, Value, ids
from analysis.record import Known


def coordination_facts(held: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Fact]:
    """Days with several sites and close pairs of attacks, against chance, for given attacks."""
    days = coordination.multi_site_days_against_chance(held, as_of)
    pairs = coordination.close_pairs(held, as_of)
    what = "days on which two or more sites were hit"
    close = "pairs of attacks at different sites on one day or night"
    return {
        **_chance_facts("multi_site_days", what, days, ids(held)),
        "close_pairs": Fact(None if pairs is None else int(pairs.observed), close, ids(held)),
        **_chance_facts("close_pairs", close, pairs, ids(held)),
    }


def dispersion_facts(held: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Fact]:
    """Whether given attacks bunch on days, over the whole time and within weeks."""
    daily = daily_counts(held, as_of)
    facts = {}
    for name, span, what in (
        ("dispersion", None, "variance ÷ mean of attacks a day"),
        ("dispersion_within_weeks", 7, "variance ÷ mean of attacks a day within weeks"),
    ):
        found = dispersion_index(daily, span)
        index = None if found is None else round(found.observed, 2)
        facts[name] = Fact(index, what, ids(held))
        facts.update(_chance_facts(name, what, found, ids(held)))
    return facts


def claimant_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """How much of what is claimed goes under one name."""
    found = coordination.claimant_share(held)
    rows = ids(held[held["claimed_by"].notna()])
    unit = "share of claimed attacks that the group with most claims has"
    values = (None,) * 3 if found is None else (found.estimate, found.low, found.high)
    names = ("top_claimant_share", "top_claimant_share_low", "top_claimant_share_high")
    units = (unit, f"lower end of the 95 % interval: {unit}", f"upper end of it: {unit}")
    return {
        name: Fact(None if value is None else round(value, 4), unit, rows)
        for name, value, unit in zip(names, values, units, strict=True)
    }


def _chance_facts(
    name: str, what: str, found: AgainstChance | None, rows: Evidence
) -> dict[str, Fact]:
    """What chance gives for a statistic, and how far off the observed one is."""
    values: dict[str, Value] = dict.fromkeys(("expected", "low", "high", "p_value"))
    if found is not None:
        values = {
            "expected": round(found.expected, 1),
            "low": round(found.low, 2),
            "high": round(found.high, 2),
            "p_value": round(found.p_value, 4),
        }
    units = {
        "expected": f"{what}: expected by chance",
        "low": f"{what}: lower end of the range that chance keeps to in 95 % of cases",
        "high": f"{what}: upper end of that range",
        "p_value": f"{what}: how often chance is as far off (two-sided mid-p)",
    }
    return {f"{name}_{part}": Fact(value, units[part], rows) for part, value in values.items()}


def comovement_facts(known: Known) -> dict[str, Fact]:
    """How many pairs of fronts went together or against each other, week by week."""
    attacks = fronts.on_all_fronts(known)
    pairs = comovement.of_all_pairs(comovement.weekly(attacks, known.date))
    together = [pair for pair in pairs if pair.low > 0]
    opposed = [pair for pair in pairs if pair.high < 0]
    clear = max(together + opposed, key=lambda pair: abs(pair.rank_correlation), default=None)
    rows = ids(attacks)
    facts = {
        "front_pairs_compared": Fact(
            len(pairs), "pairs of fronts whose weekly counts can be compared", rows
        ),
        "front_pairs_together": Fact(
            len(together), "pairs of fronts that rose and fell together (interval above 0)", rows
        ),
        "front_pairs_opposed": Fact(
            len(opposed), "pairs of fronts that moved in opposite ways (interval below 0)", rows
        ),
        "front_pairs_weeks": Fact(
            pairs[0].weeks if pairs else None, "weeks in which fronts are compared", rows
        ),
    }
    for name, unit in (
        ("first", "one front of the pair with the clearest tie"),
        ("second", "the other front of that pair"),
        ("rank_correlation", "rank correlation of their weekly counts"),
        ("low", "lower end of its 95 % interval"),
        ("high", "upper end of its 95 % interval"),
    ):
        value = None if clear is None else getattr(clear, name)
        facts[f"front_pair_{name}"] = Fact(
            round(value, 2) if isinstance(value, float) else value, unit, rows
        )
    return facts
