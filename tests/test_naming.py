"""What a published folder is called: short, plain, and like no other report's."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import publish_report

from analysis.publish import listing
from analysis.publish.naming import folder_name, folder_of, spelled, variant

AS_OF = "2024-01-29"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, ""),
        ({"window_days": 14, "since": "2024-01-28", "correction": "…"}, "--window_days=14"),
        (
            {"window_days": 14, "marking": "TLP:AMBER+STRICT"},
            "--window_days=14--marking=TLP-AMBER-STRICT",
        ),
    ],
)
def test_the_name_of_a_folder_tells_the_parameters_that_are_not_the_defaults(
    values: dict[str, object], name: str
) -> None:
    defaults = {
        "as_of": None, "since": None, "correction": None,
        "window_days": 7, "marking": "TLP:CLEAR", "site_id": "al-tanf",
    }  # fmt: skip
    assert folder_name(defaults | {"as_of": AS_OF} | values, defaults) == f"{AS_OF}{name}"


@given(value=st.text(), other=st.text())
def test_a_value_cannot_leave_the_archive_or_look_like_another(value: str, other: str) -> None:
    first, second = (f"{AS_OF}--x={spelled(text)}" for text in (value, other))
    assert re.fullmatch(r"[A-Za-z0-9._=-]{,100}", first)
    assert (first == second) == (value == other)
    assert variant(first, {"x": value}) == {"x": value}
    assert variant(first, {"x": f"{value} (copy)"}) is None


def test_a_report_of_an_older_archive_keeps_its_folder(tmp_path: Path) -> None:
    values, defaults = {"as_of": AS_OF, "marking": "TLP:GREEN"}, {"as_of": None, "marking": ""}
    assert folder_of(tmp_path, values, defaults).name == f"{AS_OF}--marking=TLP-GREEN"
    old = tmp_path / f"{AS_OF}--marking=TLP%3AGREEN"
    old.mkdir()
    assert folder_of(tmp_path, values, defaults) == old


@pytest.mark.parametrize(
    "name",
    [
        "2024-01-29-copy", "2024-01-30", "2024-01-29--window_days=7 (copy)",
        "2024-01-29--window_days=7.bak", "2024-01-29--window_days=14", "2024-01-29--windows=7",
    ],
)  # fmt: skip
def test_a_copy_under_another_name_is_no_second_report(tmp_path: Path, name: str) -> None:
    folder = tmp_path / publish_report(tmp_path, AS_OF, window_days=7)
    shutil.copytree(folder, folder.with_name(name))
    found, odd = listing.survey(tmp_path)
    assert [one.folder for one in found] == [folder]
    assert list(odd) == [f"brief/{name}"]
