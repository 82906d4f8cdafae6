"""An analyst's comment: below the bottom line, signed, only text, and part of what a page is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import CHECKOUT

import analysis as an
from analysis.comments import VARIABLE
from analysis.display.comment import analyst_comment
from analysis.errors import UsageError
from analysis.publish.order import Order
from analysis.publish.plan import settled
from analysis.publish.run import make


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with notebooks, whose comments are its own."""
    shutil.copytree(CHECKOUT / "notebooks", tmp_path / "notebooks")
    return tmp_path


def comment(desk: Path, text: str, day: str = "2023-10-24") -> None:
    path = desk / "comments" / "posture" / f"{day}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.usefixtures("one_warm_process")
def test_it_stands_below_the_bottom_line_and_its_bytes_make_another_report(desk: Path) -> None:
    order = Order(
        "posture", {"as_of": "2023-10-24"}, reports=desk / "r", notebooks=desk / "notebooks"
    )
    comment(desk, "Author: A. Name\n\nTwo carriers are *not* a **wave**.\n")
    made = make(order)
    soup = BeautifulSoup((made.folder / "posture.html").read_text("utf-8"), "html.parser")
    first, second = soup.select("section.bottom-line, aside.comment")
    assert second.get_text(" ", strip=True) == (
        "Analyst’s comment · A. Name Two carriers are not a wave ."
    )
    assert first.find_next_sibling() is second
    assert len(json.loads((made.folder / "manifest.json").read_text("utf-8"))["comment"]) == 64
    assert not make(order).fresh
    comment(desk, "Author: A. Name\n\nTwo carriers are a wave.\n")
    comment(desk, "Of another day.\n", day="2023-10-25")
    (plan,), _ = settled([order])
    assert not plan.is_done


def test_markup_in_it_is_text_and_nothing_is_fetched() -> None:
    said = str(
        analyst_comment(
            "<script>x</script>\n\n[a](javascript:alert(1)) ![b](http://example.org/c.png)\n\n-- B"
        ).html
    )
    assert "<script" not in said
    assert "javascript:" not in said
    assert "<img" not in said
    assert "Analyst’s comment · B" in said


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_one_is_none(text: str) -> None:
    assert analyst_comment(text).html == ""


def test_who_did_not_sign_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "brief").mkdir()
    (tmp_path / "brief" / "2023-10-24.md").write_text("Watch the north.", "utf-8")
    assert "Analyst’s comment · unsigned" in repr(
        an.say.bottom_line(an.open("brief", as_of="2023-10-24"))
    )
    (tmp_path / "brief" / "2023-10-24.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"2023-10-24\.md: the comment cannot be read"):
        an.open("brief", as_of="2023-10-24")
