"""The PDF for whoever hears it: what PDF/UA asks of its structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from analysis.publish.pdf import pdf

ROW_HEADS = """<html lang="en"><title>t</title><h1>A</h1><table>
<thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><th>row</th><td>1</td></tr></tbody></table>
<p><a href="#source-3">3</a> <a href="https://example.org/">out</a></p>
<p id="source-3">Three.</p></html>"""


def elements(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every element of the document's structure, in the order in which it is read."""

    def below(kids: Any) -> Iterator[Any]:
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from below(kid.get("/K", pikepdf.Array()))

    return below(document.Root.StructTreeRoot.K)


def links(document: pikepdf.Pdf) -> list[Any]:
    return [note for page in document.pages for note in page.get("/Annots", [])]


@pytest.fixture(scope="module")
def brief(make_brief: Callable[..., Path]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        yield document


def test_no_level_of_the_headings_is_left_out(brief: pikepdf.Pdf) -> None:
    kinds = [str(element.S) for element in elements(brief)]
    levels = [int(kind[2]) for kind in kinds if kind in ("/H1", "/H2", "/H3", "/H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(now <= before + 1 for before, now in pairwise(levels))


def test_every_head_of_a_table_says_what_it_is_the_head_of(brief: pikepdf.Pdf) -> None:
    heads = [element for element in elements(brief) if element.S == "/TH"]
    assert len(heads) > 10
    assert {str(head.A.Scope) for head in heads} == {"/Column"}


def test_a_head_of_a_row_is_one(tmp_path: Path) -> None:
    path = tmp_path / "rows.pdf"
    path.write_bytes(pdf(ROW_HEADS))
    with pikepdf.open(path) as document:
        heads = [element for element in elements(document) if element.S == "/TH"]
        assert [str(head.A.Scope) for head in heads] == ["/Column", "/Column", "/Row"]
        assert [str(link.Contents) for link in links(document)] == [
            "Source 3",
            "https://example.org/",
        ]


def test_every_link_says_where_it_leads_and_every_figure_what_it_shows(brief: pikepdf.Pdf) -> None:
    told = {str(link.Contents) for link in links(brief)}
    assert {"Where this number comes from", "Source 1"} < told
    assert all(one.startswith(("Where ", "Source ", "http")) for one in told)
    figures = [element for element in elements(brief) if element.S == "/Figure"]
    assert len(figures) == 7
    assert all(len(str(figure.Alt)) > 20 for figure in figures)
