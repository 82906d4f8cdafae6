"""Pages of paper: as many as a reader bears, none near empty, and nothing prints over the head."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.publish.order import Order
from analysis.publish.run import run

pytestmark = pytest.mark.usefixtures("one_warm_process")

#: Points from the top of the page: the running head ends, the text begins.
HEAD = 23 / 25.4 * 72

#: Points: a sheet of A4, and what stays white on its right.
A4_WIDE, MARGIN = 595, 40


def words(pdf: Path) -> list[list[tuple[float, str]]]:
    """The words of each page with their place from the top, in points."""
    told = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = told.split("<page ")[1:]
    word = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</word>')
    return [[(float(low), text) for low, _, text in word.findall(page)] for page in pages]


def lines_of_the_first_page(pdf: Path) -> list[list[tuple[float, float]]]:
    """Where the words of each line begin and end from the left, in points."""
    told = subprocess.run(
        ["pdftotext", "-l", "1", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    lines: dict[str, list[tuple[float, float]]] = {}
    for left, top, right in re.findall(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)"', told):
        lines.setdefault(top, []).append((float(left), float(right)))
    return [sorted(line) for line in lines.values()]


@pytest.mark.parametrize(
    ("report", "as_of", "most"),
    [
        ("brief", "2024-01-29", 6),
        ("brief", "2023-03-24", 6),
        ("posture", "2024-01-29", 5),
    ],
)
def test_pages_of_paper(
    make_brief: Callable[..., Path], tmp_path: Path, report: str, as_of: str, most: int
) -> None:
    is_brief = report == "brief"
    folder = (
        make_brief(as_of) if is_brief else run(Order(report, {"as_of": as_of}, reports=tmp_path))
    )
    pages = words(folder / f"{report}.pdf")
    assert len(pages) <= most
    for page in pages[1:]:
        head = " ".join(text for top, text in page if top < HEAD)
        assert re.fullmatch(
            r"(US forces|Ships) .* As of .* TLP:CLEAR|TLP:CLEAR .* As of .*", head
        ), head
    for line in lines_of_the_first_page(folder / f"{report}.pdf"):
        assert line[-1][1] < A4_WIDE - MARGIN, "a line runs off the paper"
        for (_, end), (start, _) in itertools.pairwise(line):
            assert start > end - 1, "words are printed over each other"
    for page in pages[:-1]:
        lowest = max(top for top, text in page if top < 770)
        assert lowest > 842 / 3
