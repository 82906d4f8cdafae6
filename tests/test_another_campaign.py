"""Rows of another campaign change no page: drawn at random, with its target, country and groups.

What the forces are is one answer for all campaigns, so movements are none of another's rows.
"""

from __future__ import annotations

import csv
import io
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from conftest import DATA, copy_of_the_data
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pieces import said_on

import analysis as an
from analysis.record import snapshot
from analysis.record.codebook import codes

#: A day of each kind: dense and watched, quiet, sampled before and after, of another campaign.
DAYS = ["2024-01-29", "2024-06-24", "2023-03-24", "2025-06-24", "2026-03-12"]

CAMPAIGNS = tomllib.loads((DATA / "campaigns.toml").read_text("utf-8"))["campaign"]

#: Targets and countries that no campaign of the record concerns.
TARGETS = [code for code in codes("target") if all(code not in one["targets"] for one in CAMPAIGNS)]
PLACES = [place for one in CAMPAIGNS for key in ("theatres", "fronts") for place in one[key]]
COUNTRIES = sorted(
    {*codes("country"), "TUR", "EGY"} - {c for place in PLACES for c in place.get("countries", ())}
)

SOURCE = {"publisher": "AP", "source_url": "https://example.org/"}


class Other(NamedTuple):
    """Another campaign: its entry of campaigns.toml, and rows by table."""

    entry: str
    rows: dict[str, list[dict[str, str]]]


@st.composite
def others(draw: st.DrawFn, as_of: str) -> Other:
    """A campaign that is under way on a day, with attacks, strikes and counts to that day."""
    year = as_of[:4]
    month = as_of[5:7]
    last = int(as_of[8:])
    day = st.integers(1, last).map(lambda number: f"{year}-{month}-{number:02}")
    target, country = draw(st.sampled_from(TARGETS)), draw(st.sampled_from(COUNTRIES))
    start = draw(day.filter(lambda text: text <= f"{year}-{month}-09"))
    # Officials may count it from a day on which they count another from.
    since = draw(
        st.sampled_from([one for one in (start, "2021-01-20", "2023-10-17") if one <= start])
    )
    counted = draw(st.sampled_from(["official", "monitor"]))
    group = draw(st.sampled_from(["strangers", "kataib-hezbollah", "houthis"]))
    attacks, strikes, tallies = [], [], []
    for number in range(draw(st.integers(1, 6))):
        when = draw(day.filter(lambda text: text >= start))
        site = draw(st.sampled_from(["somewhere", "elsewhere"]))
        hurt = draw(st.sampled_from(["", "0", "3"]))
        level = draw(st.sampled_from(["official", "media", "claim"]))
        attacks.append({
            "attack_id": f"{when}-{site}-{number + 1}", "reported_on": when, "event_date": when,
            "date_precision": draw(st.sampled_from(codes("date_precision"))), "site_id": site,
            "target": target, "weapons": draw(st.sampled_from(["drone", "rocket", "unknown"])),
            "outcome": draw(st.sampled_from(codes("outcome"))), "killed": hurt, "injured": hurt,
            "casualties_of": draw(st.sampled_from(codes("casualties_of"))) if hurt == "3" else "",
            "claimed_by": group, "confirmation": level, **SOURCE,
        })  # fmt: skip
    for number in range(draw(st.integers(0, 3))):
        when = draw(day.filter(lambda text: text >= start))
        strikes.append({
            "response_id": f"{when}-{country.lower()}-{number + 1}", "reported_on": when,
            "event_date": when, "place": "A place", "country": country, "method": "air-strike",
            "by": draw(st.sampled_from(codes("by"))), "target_actor": group,
            "counting": draw(st.sampled_from(codes("response_counting"))), "targets_struck": "5",
            **SOURCE,
        })  # fmt: skip
    for number in range(draw(st.integers(0, 3))):
        tallies.append({
            "reported_on": as_of, "since": since, "through": as_of,
            "scope": draw(st.sampled_from(["ALL", country])), "target": target,
            "measure": draw(st.sampled_from(codes("measure"))), "value": str(900 + number),
            "qualifier": draw(st.sampled_from(codes("qualifier"))), "counted_by": counted,
            "speaker": f"Speaker {number}", **SOURCE,
        })  # fmt: skip
    entry = f"""
[[campaign]]
id = "another"
title = "Another"
targets = ["{target}"]
start = {start}
known_on = {start}
tally_since = [{since}]
theatres = [{{ id = "there", name = "There", countries = ["{country}"] }}]
fronts = [
  {{ name = "Here", sites = ["somewhere"] }},
  {{ name = "Rest", countries = ["{country}"] }},
]
"""
    sites = [
        {"site_id": site, "name": site.title(), "country": country, "kind": "region", **SOURCE}
        for site in ("somewhere", "elsewhere")
    ]
    actors = [{"actor_id": "strangers", "name": "Strangers", "kind": "group"}]
    rows = {"attacks": attacks, "responses": strikes, "tallies": tallies, "sites": sites}
    return Other(entry, {**rows, "actors": actors})


def with_rows(folder: Path, other: Other) -> Path:
    """A copy of the record that has the other campaign, too."""
    data = copy_of_the_data(folder)
    with (data / "campaigns.toml").open("a", encoding="utf-8") as file:
        file.write(other.entry)
    for table, rows in other.rows.items():
        append(data / f"{table}.csv", rows)
    return data


def append(path: Path, rows: Sequence[dict[str, str]]) -> None:
    columns = path.read_text("utf-8").split("\n", 1)[0].split(",")
    text = io.StringIO(newline="")
    csv.DictWriter(text, columns, restval="", extrasaction="ignore").writerows(rows)
    with path.open("a", encoding="utf-8") as file:
        file.write(text.getvalue().replace("\r\n", "\n"))


def shown(report: str, as_of: str, data: Path, **parameters: str) -> dict[str, Any]:
    """Facts with their evidence and sentences of a page, without how far the record goes.

    The record is that of a folder, or one that was read before.
    """
    place = {snapshot.VARIABLE: str(data)} if data.is_file() else {"BRINKWATCH_DATA": str(data)}
    with mock.patch.dict(os.environ, place):
        page = an.open(report, as_of=as_of, **parameters)
        facts = {name: (fact.value, fact.evidence) for name, fact in page.facts.items()}
        return {"facts": facts | {"record_through": None}, "said": said_on(page) | {"masthead": ""}}


# A page takes seconds: what fails is told as it was drawn, not made smaller.
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_rows_of_another_campaign_change_nothing(
    data: st.DataObject, handed_on: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    as_of = data.draw(st.sampled_from(DAYS))
    other = data.draw(others(as_of))
    folder = with_rows(tmp_path_factory.mktemp("other") / "data", other)
    report = data.draw(st.sampled_from(["brief", "brief", "response", "outlook"]))
    now, then = (shown(report, as_of, place) for place in (folder, handed_on))
    for name, fact in then["facts"].items():
        assert now["facts"].get(name) == fact, name
    assert now["facts"].keys() == then["facts"].keys()
    assert now["said"] == then["said"]
