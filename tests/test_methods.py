"""The documented methods: the table of studies is whole, and is put between its marks."""

from __future__ import annotations

import re

import pytest
from conftest import CHECKOUT

from studies.__main__ import BEGIN, END, STUDIES, markdown, with_table
from studies.row import StudyRow

METHODS = (CHECKOUT / "docs" / "methods.md").read_text(encoding="utf-8")
ROW = StudyRow("rate ratio", "Does it hold?", "2,000 series", "93 to 97 %", "95 %")


def test_every_study_has_lines_in_the_table() -> None:
    table = METHODS.partition(BEGIN)[2].partition(END)[0]
    measures = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")}
    assert {"rate ratio", "placebo test", "nowcast", "reporting delay", "outlook"} <= measures
    assert sorted(STUDIES) == sorted(
        path.stem
        for path in (CHECKOUT / "studies").glob("[a-z]*.py")
        if "def rows()" in path.read_text(encoding="utf-8")
    )


def test_the_table_replaces_what_was_between_its_marks() -> None:
    text = f"before\n{BEGIN}\nstale\n{END}\nafter\n"
    once = with_table(text, [ROW])
    assert once.startswith("before\n")
    assert once.endswith("after\n")
    assert "stale" not in once
    assert markdown([ROW]).splitlines()[-1] in once
    assert with_table(once, [ROW]) == once
    with pytest.raises(SystemExit):
        with_table("no marks", [ROW])


def test_every_section_that_is_named_exists() -> None:
    links = re.findall(r"^- \[.*\]\(#(.*)\)$", METHODS, flags=re.MULTILINE)
    headings = re.findall(r"^## (.*)$", METHODS, flags=re.MULTILINE)
    assert links == [re.sub(r"[^a-z ]", "", name.lower()).replace(" ", "-") for name in headings]
