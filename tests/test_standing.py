"""What is retracted or merged counts no more from that day on, and before as it did."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import ten_attacks
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from small_record import add, write
from taken_back import with_version, without

import analysis as an
from analysis.measures.fact import Fact
from analysis.measures.facts import brief_facts
from analysis.measures.facts.actor import actor_facts
from analysis.measures.facts.completeness import record_report_facts
from analysis.measures.facts.outlook import outlook_facts
from analysis.measures.facts.posture import posture_report_facts
from analysis.measures.facts.response_report import response_report_facts
from analysis.measures.facts.site import site_facts
from analysis.measures.learned import of_the_campaign
from analysis.record import Known, Record, between, changes, check, read
from analysis.record.reading import findings

#: Facts that tell of the taking back itself, or of the newest report of any kind.
OF_THE_CHANGE = {
    "new_facts_since_previous",
    "revised_facts_since_previous",
    "withdrawn_facts_since_previous",
    "reinstated_facts_since_previous",
    "record_through",
}

ATTACKS = [row.split(",")[0] for row in ten_attacks.TEN_ATTACKS]
RETRACTED = {"standing": "retracted"}


def facts_as_of(record: Record, day: str) -> dict[str, Fact]:
    """The facts of a brief but those of the change."""
    known = of_the_war(record, day)
    learned = of_the_campaign(known, between(of_the_war(record, "2023-10-31"), known))
    found = brief_facts(known, learned, 7)
    return {name: fact for name, fact in found.items() if name not in OF_THE_CHANGE}


THINGS = st.sampled_from(
    [*(("attacks", row) for row in ATTACKS),
     *(("responses", row) for row in ("2023-11-03-syr-1", "2023-11-04-yem-1")),
     *(("deployments", row) for row in ("ship", "guns", "all-guns"))]
)  # fmt: skip


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return read(ten_attacks.write(tmp_path_factory.mktemp("ten") / "week"))


@settings(max_examples=10, deadline=None)
@given(things=st.sets(THINGS, min_size=1, max_size=4), as_of=st.sampled_from(["08", "12"]))
def test_facts_are_those_of_a_record_that_never_had_what_is_retracted(
    ten: Record, things: set[tuple[str, str]], as_of: str
):
    taken_back = never_had = ten
    for table, row in things:
        taken_back = with_version(taken_back, table, row, "2023-11-08", **RETRACTED)
        never_had = without(never_had, table, [row])
    day = f"2023-11-{as_of}"
    assert facts_as_of(taken_back, day) == facts_as_of(never_had, day)
    assert of_the_war(taken_back, "2023-11-07").digest() == of_the_war(ten, "2023-11-07").digest()


@settings(max_examples=4, deadline=None)
@given(pair=st.permutations(ATTACKS).map(lambda rows: rows[:2]))
def test_a_merged_pair_counts_once(ten: Record, pair: list[str]):
    one, other = pair
    merged = with_version(ten, "attacks", one, "2023-11-08", standing="merged", same_as=other)
    never_had = without(ten, "attacks", [one], same_as=other)
    assert facts_as_of(merged, "2023-11-08") == facts_as_of(never_had, "2023-11-08")
    counted = merged.as_of("2023-11-08").attacks["attack_id"]
    assert set(counted) == set(ATTACKS) - {one}


@pytest.fixture(scope="module")
def both(record: Record) -> tuple[Known, Known]:
    """The real record as of a day on which things were taken back, and as if it never had them."""
    things = {
        "attacks": ["2024-01-28-tower-22-1", "2024-01-20-ain-al-asad-1", "2023-10-18-al-harir-1"],
        "responses": ["2023-10-26-syr-1", "2024-01-23-irq-1"],
        "deployments": ["csg-dwight-d-eisenhower", "csg-gerald-r-ford"],
    }
    taken_back = never_had = record
    for table, rows in things.items():
        key = {"attacks": "attack_id", "responses": "response_id"}.get(table, "deployment_id")
        assert set(rows) <= set(getattr(record, table)[key]), table
        for row in rows:
            taken_back = with_version(taken_back, table, row, "2024-02-08", **RETRACTED)
        never_had = without(never_had, table, rows)
    return of_the_war(taken_back, "2024-02-10"), of_the_war(never_had, "2024-02-10")


@pytest.mark.parametrize(
    "facts",
    [
        lambda known: site_facts(known, "tower-22", 14),
        lambda known: actor_facts(known, "islamic-resistance-in-iraq", 14),
        lambda known: posture_report_facts(known, 14),
        lambda known: response_report_facts(known, 14),
        lambda known: outlook_facts(known, 7),
        lambda known: record_report_facts(known, 14),
    ],
    ids=["site", "actor", "posture", "response", "outlook", "record"],
)
def test_no_report_counts_what_is_retracted(both: tuple[Known, Known], facts):
    taken_back, never_had = (
        {name: fact for name, fact in facts(known).items() if name != "record_through"}
        for known in both
    )
    assert taken_back == never_had


def test_what_stands_again_counts_as_before(week: Record):
    row = "2023-11-04-charlie-1"
    back = with_version(week, "attacks", row, "2023-11-08", **RETRACTED)
    back = with_version(back, "attacks", row, "2023-11-10", standing="stands")
    assert facts_as_of(back, "2023-11-10") == facts_as_of(week, "2023-11-10")
    assert "attacks_cumulative" in facts_as_of(back, "2023-11-09")
    (change,) = changes(back, "2023-11-09", "2023-11-10").to_dict("records")
    assert (change["kind"], change["id"], change["before"]) == ("reinstated", row, "retracted")


def test_a_unit_that_stands_again_is_where_it_was(week: Record):
    back = with_version(week, "deployments", "ship", "2023-11-08", **RETRACTED)
    back = with_version(back, "deployments", "ship", "2023-11-10", standing="stands")
    values = [
        posture_report_facts(of_the_war(back, day), 7)["carriers_in_region"].value
        for day in ("2023-11-07", "2023-11-09", "2023-11-10")
    ]
    assert values == [1, 0, 1]


def test_what_is_taken_back_is_the_first_change(week: Record):
    back = with_version(week, "attacks", "2023-11-07-bravo-1", "2023-11-08", **RETRACTED)
    back = with_version(
        back, "attacks", "2023-11-01-bravo-1", "2023-11-09",
        standing="merged", same_as="2023-11-01-alpha-1",
    )  # fmt: skip
    found = changes(back, "2023-11-01", "2023-11-09")
    assert found[["kind", "id", "column", "after"]].head(2).to_numpy().tolist() == [
        ["withdrawn", "2023-11-01-bravo-1", "same_as", "2023-11-01-alpha-1"],
        ["withdrawn", "2023-11-07-bravo-1", "standing", "retracted"],
    ]
    assert "2023-11-07-bravo-1" not in set(found.loc[found["kind"] == "new", "id"])


def test_a_strike_answers_what_the_attack_is_now(week: Record):
    row, other = "2023-11-01-bravo-1", "2023-11-02-alpha-1"
    answers = week.responses.assign(
        in_response_to=week.responses["in_response_to"].mask(
            week.responses["response_id"] == "2023-11-03-syr-1", row
        )
    )
    week = with_version(
        Record(**{**vars(week), "responses": answers}), "attacks", row, "2023-11-08",
        standing="merged", same_as=other,
    )  # fmt: skip
    week = with_version(week, "attacks", other, "2023-11-10", **RETRACTED)
    named = [
        week.as_of(f"2023-11-{day}").responses.set_index("response_id")["in_response_to"]
        for day in ("07", "08", "10")
    ]
    first, then, last = (one["2023-11-03-syr-1"] for one in named)
    assert (first, then) == (row, other)
    assert pd.isna(last)


def test_the_page_says_first_what_counts_no_more(folder: Path):
    text = (folder / "attacks.csv").read_text("utf-8").splitlines()
    columns = len(text[0].split(","))
    silent = "," * (columns - 4)
    rows = [
        f"2023-11-01-alpha-1,2023-11-08{silent}Daily,https://example.org/no,No.,retracted,",
        f"2023-11-04-bravo-1,2023-11-08{silent}Daily,https://example.org/one,One.,merged,"
        "2023-11-04-charlie-1",
    ]
    lines = [f"{text[0]},standing,same_as", *(f"{row},," for row in text[1:]), *rows]
    (folder / "attacks.csv").write_text("\n".join(lines) + "\n", "utf-8")
    page = an.open("brief", as_of="2023-11-08")
    said = str(an.say.changes(page).html.striptags())
    assert (
        "count no more: the attack of 1 November 2023 at Alpha Base was retracted and the attack "
        "of 4 November 2023 at Bravo Base was found to be the same as another."
    ) in said.replace("\N{NO-BREAK SPACE}", " ")
    assert said.index("count no more") < said.index("revised")
    an.appendix.key_figures(page)
    table = str(an.table.changes(page).html.striptags())
    assert table.index("retracted") < table.index("status") < table.index("Key figures that differ")
    an.appendix.numbers(page)
    evidence = str(an.appendix.evidence(page).html)
    assert "the same as 2023-11-04-charlie-1" in evidence
    assert "https://example.org/no" in str(an.appendix.sources(page).html)


def test_the_page_says_why_key_figures_are_others(folder: Path):
    said = {}
    for since in ("2023-11-06", "2023-11-02"):
        page = an.open("brief", as_of="2023-11-07", since=since)
        an.appendix.key_figures(page)
        rows = str(an.table.changes(page).html).split("Key figures that differ")[1].split("<tr>")
        cells = [re.findall("<td>(.*?)</td>", row) for row in rows]
        said[since] = {row[0]: row[1:] for row in cells if row}
    window = "Attacks recorded in the seven days"
    assert said["2023-11-06"] == {window: ["6", "7", "one new event"]}
    assert said["2023-11-02"][window] == ["2", "7", "five new events"]
    assert said["2023-11-02"]["Carrier strike groups in the region"][2] == "one revised fact"


# Rules

MERGED = {"standing": "merged", "same_as": "2023-10-19-erbil-1"}
SAID: dict[str, tuple[list[dict[str, str]], list[tuple[int, str]]]] = {
    "retracted": ([{"standing": "retracted"}], []),
    "merged": ([MERGED], []),
    "merged and undone": ([MERGED, {"standing": "stands"}], []),
    "merged, and told of again": ([MERGED, {"munitions": "2"}], []),
    "merged with nothing": ([{"standing": "merged"}], [(0, "this is empty, while standing is")]),
    "the same as, but not merged": (
        [{"same_as": "2023-10-19-erbil-1"}], [(0, "while nothing is merged")]),
    "the same as, but retracted": (
        [{**MERGED, "standing": "retracted"}], [(0, "while nothing is merged")]),
    "merged with itself": (
        [{"standing": "merged", "same_as": "2023-10-18-al-tanf-1"}], [(0, "this one itself")]),
    "merged with what is not there": (
        [{"standing": "merged", "same_as": "2023-10-19-erbil-2"}],
        [(0, "unknown attack '2023-10-19-erbil-2'; did you mean '2023-10-19-erbil-1'")]),
    "another word": ([{"standing": "withdrawn"}], [(0, "'withdrawn' is not in the codebook")]),
}  # fmt: skip


def with_standing(folder: Path, rows: list[dict[str, str]]) -> list[int]:
    """Add versions of an attack to the small record; return their lines."""
    path = write(folder) / "attacks.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    text = "\n".join([f"{head},standing,same_as", *(f"{line},," for line in lines)]) + "\n"
    path.write_text(text, "utf-8", newline="\n")
    return [_added(folder, f"2023-11-{day:02}", row) for day, row in enumerate(rows, start=1)]


def _added(folder: Path, day: str, row: dict[str, str]) -> int:
    silent = dict.fromkeys(
        ("event_date", "date_precision", "site_id", "target", "weapons", "outcome", "confirmation"),
        "",
    )
    values = {"attack_id": "2023-10-18-al-tanf-1", "reported_on": day, **silent, **row}
    return add(folder, "attacks", **values)


@pytest.mark.parametrize("name", SAID)
def test_standing_is_checked(name: str, tmp_path: Path):
    rows, wrong = SAID[name]
    lines = with_standing(tmp_path, rows)
    found = check(tmp_path)
    assert [fault.line for fault in found] == [lines[number] for number, _ in wrong], found
    assert all(part in str(fault) for fault, (_, part) in zip(found, wrong, strict=True))


def test_an_answer_to_what_is_retracted_is_remarked_on(tmp_path: Path):
    with_standing(tmp_path, [])
    assert not [one for one in findings(tmp_path) if one.column == "in_response_to"]
    _added(tmp_path, "2023-11-01", {"attack_id": "2023-10-19-erbil-1", **RETRACTED})
    (remark,) = (one for one in findings(tmp_path) if one.column == "in_response_to")
    assert (remark.kind, remark.file, remark.line) == ("remark", "responses.csv", 2)
    assert "'2023-10-19-erbil-1' was retracted on 2023-11-01" in remark.message


CHAINS = {
    "merged into what was merged": (
        [("erbil", "01", "retracted", ""), ("al-tanf", "02", "merged", "erbil")],
        [(1, "is retracted itself; retract this one, too")]),
    "merged around": (
        [("erbil", "01", "merged", "al-tanf"), ("al-tanf", "02", "merged", "erbil")],
        [(1, "is merged itself; name one that counts")]),
    "merged the other way round": (
        [("erbil", "01", "merged", "al-tanf"), ("erbil", "02", "stands", ""),
         ("al-tanf", "02", "merged", "erbil")], []),
    "merged, and both retracted": (
        [("erbil", "01", "merged", "al-tanf"), ("al-tanf", "02", "retracted", "")], []),
    "merged before the other was known": (
        [("late", "05", "", ""), ("al-tanf", "02", "merged", "late")],
        [(1, "was not known on 2023-11-02")]),
    "merged on, and what was merged into it not": (
        [("late", "01", "", ""), ("erbil", "02", "merged", "al-tanf"),
         ("al-tanf", "03", "merged", "late")],
        [(2, "is merged into this one; merge that elsewhere, too")]),
    "merged on, with what was merged into it": (
        [("late", "01", "", ""), ("erbil", "02", "merged", "al-tanf"),
         ("al-tanf", "03", "merged", "late"), ("erbil", "03", "merged", "late")], []),
}  # fmt: skip

CALLED = {
    "erbil": "2023-10-19-erbil-1",
    "al-tanf": "2023-10-18-al-tanf-1",
    "late": "2023-11-01-erbil-1",
    "": "",
}


@pytest.mark.parametrize("name", CHAINS)
def test_what_is_merged_does_not_chain(name: str, tmp_path: Path):
    rows, wrong = CHAINS[name]
    with_standing(tmp_path, [])
    lines = []
    for row, day, standing, other in rows:
        said = {"attack_id": CALLED[row], "standing": standing, "same_as": CALLED[other]}
        if row == "late":
            said["reported_on"] = f"2023-11-{day}"
            said["event_date"] = "2023-11-01"
            lines.append(add(tmp_path, "attacks", **said))
        else:
            lines.append(_added(tmp_path, f"2023-11-{day}", said))
    found = check(tmp_path)
    assert [fault.line for fault in found] == [lines[number] for number, _ in wrong], found
    assert all(part in str(fault) for fault, (_, part) in zip(found, wrong, strict=True))
