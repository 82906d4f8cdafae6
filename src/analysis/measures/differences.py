"""Which facts differ between two reports: a comparison of what their facts.json say, no more.

Why they differ, it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A fact that has another value in a later report than in an earlier one.

    Parameters
    ----------
    name, unit, kind: of the fact, as facts.json has them; of the later report, if it is there.
    before, after: its values; None where one has it not, or knows none.
    """

    name: str
    unit: str
    kind: str
    before: Any
    after: Any

    @property
    def is_number(self) -> bool:
        """Whether a number differs, rather than a word, a day or which rows are meant."""
        return any(
            isinstance(value, int | float) and not isinstance(value, bool)
            for value in (self.before, self.after)
        )


#: A fact as facts.json has it; empty where a report has it not.
Stated = Mapping[str, Any]


def differing(
    before: Mapping[str, Stated], after: Mapping[str, Stated]
) -> Iterator[tuple[str, Stated, Stated]]:
    """Yield the facts whose value differs, as both reports state them.

    In the order of the later report, then those that only the earlier has.
    """
    for name in {**after, **before}:
        old, new = before.get(name, {}), after.get(name, {})
        if old.get("value") != new.get("value"):
            yield name, old, new


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return the facts that differ, in the order of the later report, then those only the earlier.

    Parameters
    ----------
    before, after: what stands under `facts` in the two facts.json.

    Examples
    --------
    >>> was = {"attacks": {"value": 12, "unit": "attacks"}, "ships": {"value": None, "unit": "x"}}
    >>> found = differences(was, {"attacks": {"value": 13, "unit": "attacks"}})
    >>> [(one.name, one.before, one.after) for one in found]
    [('attacks', 12, 13)]
    """
    return [
        Difference(
            name,
            str((new or old).get("unit", "")),
            str((new or old).get("kind", "")),
            old.get("value"),
            new.get("value"),
        )
        for name, old, new in differing(before, after)
    ]


def numbers_that_differ(found: list[Difference]) -> str:
    """How many numbers differ, in words for a list.

    >>> numbers_that_differ([Difference("attacks", "attacks", "count", 12, 13)])
    '1 number differs'
    >>> numbers_that_differ([])
    'no number differs'
    """
    count = sum(one.is_number for one in found)
    if count == 1:
        return "1 number differs"
    return f"{count or 'no'} number{'s' * (count > 1)} differ{'s' * (count < 1)}"
