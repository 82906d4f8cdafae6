"""Every third week of the wave gives a brief that reads well: nothing fails, nothing is empty."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pieces import ODD, check, pieces

WEEKS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2023-10-17", "2024-03-31", freq="21D")]


@pytest.mark.usefixtures("of_the_real_record")
@pytest.mark.parametrize("as_of", [*WEEKS, "2023-10-18", "2024-03-31", "2024-06-17", "2025-06-01"])
def test_a_brief_of_the_week(as_of: str) -> None:
    check(pieces("brief", as_of))


@pytest.mark.usefixtures("of_the_real_record")
@pytest.mark.parametrize(
    "parameters",
    [
        {"window_days": 1},
        {"window_days": 30},
        {"window_days": 7, "history_days": 7},
        {"history_days": 3660, "marking": "TLP:AMBER+STRICT"},
    ],
)
def test_a_brief_with_other_parameters(parameters: dict[str, object]) -> None:
    for as_of in ("2023-10-18", "2024-01-29"):
        for source, fragment in pieces("brief", as_of, **parameters):
            if "an.say" in source:
                assert not (odd := ODD.search(repr(fragment))), f"{source}: {odd}"


@pytest.mark.filterwarnings("error:constrained_layout not applied")
def test_figures_are_left_out_where_there_is_nothing_to_see(folder: Path) -> None:
    shown = dict(pieces("brief", "2023-10-31"))
    empty = [source for source, fragment in shown.items() if "an.draw" in source and not (
        fragment.html)]  # fmt: skip
    assert "an.draw.attack_map(brief)" in empty
    assert "an.draw.posture_timeline(brief)" not in empty
