"""Every week of the wave gives a brief that reads well: nothing fails, nothing is empty."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import nbformat
import pandas as pd
import pytest
from conftest import CHECKOUT, DATA

from analysis.display.fragment import Fragment

WEEKS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2023-10-17", "2024-03-31", freq="7D")]

#: What no person would write.
ODD = re.compile(
    r"\b(nan|None(?! of the)|NaT|<NA>|inf)\b|\{|\}|&lt;|\b(\w+) \2\b|\bno of\b"
    r"|\b1 (attacks|days|sites)\b"
    r"|\bone (attacks|days|sites|strikes)\b|  |\.\.|,\.|;\.|\b0 (attacks|days)\b"
)


def pieces(as_of: str, **parameters: object) -> list[tuple[str, Fragment]]:
    """Run the cells of the brief's notebook in this process; the fragments that they show."""
    notebook = nbformat.read(CHECKOUT / "notebooks" / "brief.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    names: dict[str, object] = {}
    exec(cells[0].source, names)
    names.update({"as_of": as_of, **parameters})
    exec(cells[1].source, names)
    return [(cell.source, eval(cell.source, names)) for cell in cells[2:]]


@pytest.fixture(autouse=True)
def _the_real_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRINKWATCH_DATA", str(DATA))


@pytest.mark.parametrize("as_of", [*WEEKS, "2023-10-18", "2024-03-31", "2024-06-17", "2025-06-01"])
def test_a_brief_of_the_week(as_of: str) -> None:
    shown = pieces(as_of)
    for source, fragment in shown:
        assert isinstance(fragment, Fragment), source
        if "an.say" in source:
            said = repr(fragment)
            assert len(said) > 20, source
            assert not (odd := ODD.search(said)), f"{source}: …{said[: odd.end()][-80:]}"
            assert said.rstrip("0123456789, ")[-1] in ".4" or "masthead" in source, said[-60:]
        if "an.draw" in source:
            for drawing in drawings(fragment):
                assert marks(drawing) >= 3, source
        if "an.table" in source and fragment.html:
            assert fragment.html.count("<tr") >= 2, source


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
    for as_of in ("2023-10-18", "2024-01-29", "2024-03-25"):
        for source, fragment in pieces(as_of, **parameters):
            if "an.say" in source:
                assert not (odd := ODD.search(repr(fragment))), f"{source}: {odd}"


def drawings(fragment: Fragment) -> list[str]:
    """The vector graphics of a figure: for the page and for the phone, or none."""
    encoded = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", str(fragment.html))
    return [base64.b64decode(data).decode() for data in encoded]


def marks(drawing: str) -> int:
    """Painted shapes besides axes and text: bars, points, lines, areas."""
    root = ET.fromstring(drawing)
    kinds = ("patch_", "line2d_", "PathCollection", "QuadMesh", "PolyCollection")
    groups = [group.get("id", "") for group in root.iter("{http://www.w3.org/2000/svg}g")]
    return sum(name.startswith(kinds) for name in groups)


def test_figures_are_left_out_where_there_is_nothing_to_see() -> None:
    shown = dict(pieces("2023-10-17"))
    empty = [source for source, fragment in shown.items() if "an.draw" in source and not (
        fragment.html)]  # fmt: skip
    assert "an.draw.attack_map(brief)" in empty
    assert "an.draw.posture_timeline(brief)" not in empty
