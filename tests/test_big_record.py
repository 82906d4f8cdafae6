"""Ten thousand attacks: the brief reads well, stays small, and every link leads somewhere."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from conftest import CHECKOUT
from pieces import ODD, pieces

from analysis.display.fragment import FACTS_TYPE, Fragment
from analysis.measures.fact import MOST_ROWS
from analysis.record import check, read

sys.path.append(str(CHECKOUT / "benchmarks"))
import big_record

AS_OF = "2024-06-16"
ROWS = 10_000

Pieces = dict[str, Fragment]


@pytest.fixture(scope="module", params=["wave", "many-sites", "one-day"])
def spread(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, spread: str) -> Path:
    return big_record.write(tmp_path_factory.mktemp("big") / spread, ROWS, spread=spread)


@pytest.fixture(scope="module")
def brief(folder: Path) -> Pieces:
    """What the cells of the brief show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRINKWATCH_DATA", str(folder))
        return dict(pieces("brief", AS_OF))


def test_the_record_is_valid(folder: Path) -> None:
    assert check(folder) == []
    assert len(read(folder).attacks) == ROWS


def test_sentences_read_well(brief: Pieces) -> None:
    for source, fragment in brief.items():
        if "an.say" in source:
            assert not (odd := ODD.search(repr(fragment))), f"{source}: {odd}"


def test_the_page_is_bounded_and_says_so(brief: Pieces) -> None:
    page = "".join(str(fragment.html) for fragment in brief.values())
    assert len(page) < 15e6
    evidence = str(brief["an.appendix.evidence(brief)"].html)
    choice = "Where a number rests on more than 1,000, these are the newest 1,000 behind it"
    assert choice in evidence


def test_every_link_leads_to_a_place_of_the_page(brief: Pieces) -> None:
    page = "".join(str(fragment.html) for fragment in brief.values())
    places = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r' href="#([^"]+)"', page)) <= places


def test_facts_count_all_rows_and_name_the_newest(folder: Path, brief: Pieces) -> None:
    facts = json.loads(json.dumps(brief["an.appendix.numbers(brief)"].data[FACTS_TYPE]))["facts"]
    attacks = read(folder).as_of(AS_OF).attacks
    on_us = attacks[(attacks["target"] == "us-coalition-forces")]
    held = on_us[on_us["confirmation"] != "claim"].sort_values(["event_date", "attack_id"])
    fact = facts["attacks_cumulative"]
    assert fact["value"] == fact["evidence_rows"] == len(held)
    assert fact["evidence"] == held["attack_id"].tolist()[-MOST_ROWS:]
    assert "evidence_rows" not in facts["attacks_official"]


def test_figures_do_not_grow_with_the_record(brief: Pieces) -> None:
    for source, fragment in brief.items():
        if "an.draw" in source:
            assert len(str(fragment.html)) < 1_500_000, source
