"""An estimate: what every method of this package returns, whatever it estimates.

Four things belong to every estimate: the value, its interval, how many things it rests on, and
what it takes for granted. A test against chance has two more.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Differences that come about by chance in at most so many cases are called significant.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Estimate:
    """A number that a method worked out, with its uncertainty.

    Parameters
    ----------
    value: the estimate, or of a test what was observed; None where it has no finite value.
    low, high: ends of its interval, or of a test the range that chance keeps to; None where there
        is no such end.
    n: how many things it rests on: attacks, days, placebo dates; the method says which.
    assumption: what it takes for granted, in one sentence.
    level: share of such intervals that hold the truth, or of the cases of chance in the range.
    expected: of a test, the mean under chance.
    p_value: of a test, how often chance alone is as far off, two-sided; None where too little is
        known to say.
    place: of a test against placebo values, the share of them that is smaller, equal ones counting
        one half.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    assumption: str
    level: float = 0.95
    expected: float | None = None
    p_value: float | None = None
    place: float | None = None

    @property
    def significant(self) -> bool:
        """Whether chance alone would be this far off in at most 5 % of cases."""
        return self.p_value is not None and self.p_value <= SIGNIFICANT
