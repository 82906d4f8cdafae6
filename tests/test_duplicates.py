"""`record duplicates` lists attacks that may be one, with the reasons, and merges none."""

from __future__ import annotations

import json

import pytest
from conftest import Command
from taken_back import with_version

from analysis.intake.duplicates import as_json, as_text, duplicates
from analysis.record import Record

PAIR = ("2023-11-02-alpha-1", "2023-11-01-alpha-1")


@pytest.fixture
def week(week: Record) -> Record:
    """The week, in which the second of two at a site was as the first, on the same day."""
    attacks = week.attacks.copy()
    one, other = (attacks["attack_id"] == attack for attack in PAIR)
    for name in ("event_date", "weapons"):
        attacks.loc[one, name] = attacks.loc[other, name].iloc[0]
    return Record(**{**vars(week), "attacks": attacks})


def with_pages(record: Record) -> Record:
    """The record with a page of its own for each row."""
    pages = "https://example.org/" + record.attacks["attack_id"].astype("str")
    return Record(**{**vars(record), "attacks": record.attacks.assign(source_url=pages)})


def test_pairs_have_ids_scores_and_reasons(week: Record):
    found = duplicates(with_pages(week)).set_index(["attack_id", "same_as"])
    pair = found.loc[PAIR]
    assert 0.3 <= pair["score"] < 1
    assert "the same site by name" in pair["reasons"]
    assert "the same weapons" in pair["reasons"]
    sites = {one[11:-2] for pair in found.index for one in pair}
    assert "charlie" not in sites  # hit once


def test_attacks_of_one_page_come_last_and_say_so(week: Record):
    found = duplicates(week)
    assert found["one_page"].all()
    assert found["reasons"].str.endswith("but one page tells of both").all()
    mixed = with_pages(week)
    shared = mixed.attacks["source_url"].mask(
        mixed.attacks["attack_id"].isin(PAIR), "https://example.org/both"
    )
    found = duplicates(
        Record(**{**vars(mixed), "attacks": mixed.attacks.assign(source_url=shared)})
    )
    assert tuple(found.iloc[-1][["attack_id", "same_as"]]) == PAIR
    assert found["one_page"].sum() == 1


def test_what_is_merged_is_listed_no_more(week: Record):
    one, other = PAIR
    merged = with_version(week, "attacks", one, "2023-11-08", standing="merged", same_as=other)
    assert one not in set(duplicates(merged)["attack_id"])
    assert one in set(duplicates(week)["attack_id"])


def test_text_and_json_say_the_same(week: Record):
    found = duplicates(with_pages(week))
    listed = json.loads(as_json(found))
    assert [row["attack_id"] for row in listed] == found["attack_id"].tolist()
    lines = list(as_text(found))
    assert lines[0].startswith("1 pair may be one attack each. Nothing")
    assert sum("  ".join(PAIR) in line for line in lines) == 1


def test_the_record_names_pairs_of_which_its_notes_say_that_they_may_be_one(record: Record):
    found = duplicates(record)
    pairs = {frozenset(pair) for pair in zip(found["attack_id"], found["same_as"], strict=True)}
    assert {"2023-11-13-rumaylan-landing-zone-1", "2023-11-13-rumaylan-landing-zone-2"} in pairs
    assert {"2024-06-22-arabian-sea-1", "2024-06-24-arabian-sea-1"} in pairs


def test_the_command_lists_them_for_machines(command: Command):
    done = command("record", "duplicates", "--json")
    assert done.code == 0, done.err
    first = json.loads(done.out)[0]
    assert {"attack_id", "same_as", "score", "reasons"} <= set(first)
