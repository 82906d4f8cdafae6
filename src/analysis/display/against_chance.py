"""Whether a fact is more, fewer or about what chance gives, as sentences and figures say it."""

from __future__ import annotations

from analysis.display.page import Page
from analysis.measures.estimate import SIGNIFICANT


def observed(page: Page, name: str) -> float:
    """What was held against chance: the fact `name` as far as it lies in whole weeks."""
    estimate = page.facts[f"{name}_expected"].estimate
    assert estimate is not None
    return float(estimate.value or 0)


def beyond_chance(page: Page, name: str) -> bool:
    """Whether chance hardly gives as much or as little.

    What lies at an end of the range that is told, 95 % of cases, lies in it.
    """
    low, high = (float(page.value(f"{name}_{end}") or 0) for end in ("low", "high"))
    is_rare = float(page.value(f"{name}_p_value") or 0) <= SIGNIFICANT
    return is_rare and not low <= observed(page, name) <= high
