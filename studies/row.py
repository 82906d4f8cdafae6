"""One line of the table of studies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StudyRow:
    """What a study asked, of what, and what it found.

    Parameters
    ----------
    measure: which measure of the package.
    question: what has to be true of it.
    setting: how the series were made, and how many.
    bound: within which the answer should lie.
    found: the answer.
    """

    measure: str
    question: str
    setting: str
    bound: str
    found: str
