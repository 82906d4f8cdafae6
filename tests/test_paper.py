"""The page on paper: what is set with less looks, reads and leads as on screen."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from analysis.publish.paper import on_paper
from analysis.publish.pdf import pdf

DRAWING = """<svg viewBox="0 0 400 100" width="400pt" font-family="Public Sans, sans-serif"
 font-size="10"><title>Words</title><g text-anchor="start"><text x="200" y="20">Begins</text></g>
<g text-anchor="middle"><text x="200" y="40">Centred</text></g>
<g text-anchor="end" font-weight="bold"><text x="200" y="60">Ends</text></g>
<text x="200" y="80">AVAVAVAVAV</text><text x="300" y="80">AV</text><text x="350" y="80"> </text>
</svg>"""


def boxes(document: Path) -> dict[str, tuple[float, float]]:
    """Where each word begins and ends on its line, in points."""
    command = ["pdftotext", "-bbox", document, "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    words = re.findall(r'<word xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)</word>', found)
    return {word: (float(left), float(right)) for left, right, word in words}


def test_the_words_of_a_drawing_stand_where_they_were_drawn(tmp_path: Path) -> None:
    document = tmp_path / "words.pdf"
    style = "<style>@page { margin: 0; size: 400pt 100pt } body { margin: 0 }</style>"
    document.write_bytes(pdf(f"{style}{on_paper(DRAWING)}"))
    found = boxes(document)
    assert found["Begins"][0] == pytest.approx(200, abs=0.5)
    assert sum(found["Centred"]) / 2 == pytest.approx(200, abs=0.5)
    assert found["Ends"][1] == pytest.approx(200, abs=0.5)
    wide, narrow = (right - left for left, right in (found["AVAVAVAVAV"], found["AV"]))
    assert wide < 5 * narrow - 2  # letters that fit into each other move together


def test_what_is_no_link_on_paper_does_not_say_that_it_is_one(
    make_brief: Callable[..., Path],
) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        items = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        told = [item for item in items if item.get("/S") == "/Link"]
        lead = [item for item in items if item.get("/Type") == "/OBJR"]
    assert len(told) > 50
    assert len(lead) >= len(told)


def test_every_number_that_paper_explains_leads_there(make_brief: Callable[..., Path]) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        names = {
            str(name)
            for name in document.Root.Names.Dests.Names
            if isinstance(name, pikepdf.String)
        }
        links = [note for page in document.pages for note in page.get("/Annots", [])]
        facts = [str(link.Dest) for link in links if str(link.get("/Dest", "")).startswith("fact-")]
    assert len(set(facts)) > 15
    assert set(facts) <= names
