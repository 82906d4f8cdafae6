"""As-of is absolute: nothing reported after the as-of date changes anything of a report."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import CHECKOUT, DATA, copy_of_the_data, of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from pieces import pieces

from analysis.measures.facts import brief_facts
from analysis.record import Known, Record, between, changes, read, snapshot

AS_OF = "2023-11-10"
REPORTS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
DATED = ("attacks", "tallies", "deployments", "responses", "milestones")


def mutated(folder: Path, seed: int, as_of: str = AS_OF) -> Path:
    """A copy of the record with rows reported after `as_of` changed, added and deleted."""
    copy_of_the_data(folder)
    chance = random.Random(seed)
    with (folder / "responses.csv").open(encoding="utf-8", newline="") as file:
        answered = {row["in_response_to"] for row in csv.DictReader(file)}
    for table in DATED:
        path = folder / f"{table}.csv"
        header, *rows = _rows(path)
        day = header.index("reported_on")
        earlier = [row for row in rows if row[day] <= as_of]
        later = [row for row in rows if row[day] > as_of]
        kept = [_changed(row, header, chance) for row in _kept(later, day, answered, chance)]
        mixed = [*earlier, *kept, *_added(table, kept, header, chance)]
        chance.shuffle(mixed)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *mixed])
    _add_a_site_and_an_actor(folder)
    _forget_campaigns(folder / "campaigns.toml", as_of)
    return folder


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _kept(
    later: list[list[str]], day: int, answered: set[str], chance: random.Random
) -> list[list[str]]:
    """Of some things all versions, of others only the first ones or none."""
    versions: dict[str, list[list[str]]] = {}
    for row in sorted(later, key=lambda row: row[day]):
        versions.setdefault(row[0], []).append(row)
    return [
        row
        for of, rows in versions.items()
        for row in (
            rows if of in answered or chance.random() < 0.6 else rows[: chance.randrange(len(rows))]
        )
    ]


def _changed(row: list[str], header: list[str], chance: random.Random) -> list[str]:
    """The row with another note and, where it has them, other counts."""
    changed = dict(zip(header, row, strict=True))
    changed["note"] = f"Changed {chance.randrange(10**6)}."
    for column in ("killed", "injured", "value", "quantity", "personnel", "killed_claimed"):
        if changed.get(column, "") not in ("", "0"):
            changed[column] = str(chance.randint(1, 500))
    return list(changed.values())


def _added(
    table: str, kept: list[list[str]], header: list[str], chance: random.Random
) -> list[list[str]]:
    """Further versions of known things, reported long after."""
    if table == "tallies":
        return []
    newest = list({row[0]: row for row in kept}.values())
    day = header.index("reported_on")
    return [
        [*row[:day], "2026-06-01", *row[day + 1 :]]
        for row in chance.sample(newest, min(5, len(newest)))
    ]


def _add_a_site_and_an_actor(folder: Path) -> None:
    """Reference rows that only later attacks could name."""
    with (folder / "sites.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("zz-later,Later Base,,IRQ,33.00,44.00,garrison,https://example.org/later\n")
    with (folder / "actors.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("zz-later-group,Later Group,,group,,iran,IRQ,Known only later.\n")


def _forget_campaigns(file: Path, as_of: str) -> None:
    """Only the campaigns that were known, none of them over unless that was known too."""
    head, *campaigns = file.read_text(encoding="utf-8").split("[[campaign]]\n")
    known = [text for text in campaigns if _date_of("known_on", text) <= as_of]
    for number, text in enumerate(known):
        if _date_of("end_known_on", text) > as_of:
            lines = text.splitlines(keepends=True)
            known[number] = "".join(line for line in lines if not line.startswith("end"))
    assert len(known) < len(campaigns)
    file.write_text("[[campaign]]\n".join([head, *known]), encoding="utf-8")


def _date_of(key: str, campaign: str) -> str:
    found = re.search(rf"^{key} = (\S+)$", campaign, flags=re.MULTILINE)
    return found[1] if found else ""


@pytest.mark.parametrize("seed", range(12))
def test_what_was_known_does_not_depend_on_later_rows(
    tmp_path: Path, record: Record, seed: int
) -> None:
    folder = mutated(tmp_path / "data", seed)
    changed = read(folder)  # which would say what is wrong with it
    for known, expected in (
        (changed.as_of(AS_OF), record.as_of(AS_OF)),
        (changed.as_of(AS_OF).of(), record.as_of(AS_OF).of()),
    ):
        assert _same(known, expected)
    assert changed.digest(AS_OF) == record.digest(AS_OF)
    assert changed.as_of(AS_OF).of().digest() == record.digest(AS_OF)
    assert changed.digest("2026-06-02") != record.digest("2026-06-02")


def test_words_that_only_later_rows_have_are_not_known(record: Record) -> None:
    known = record.as_of("2023-10-19")
    for attacks in (known.attacks, known.versions.attacks):
        for name in attacks.select_dtypes("category"):
            assert set(attacks[name].cat.categories) == set(attacks[name].dropna()), name


def _same(one: Known, other: Known) -> bool:
    tables = (*DATED, "sites", "actors")
    return all(getattr(one, table).equals(getattr(other, table)) for table in tables)


def test_every_byte_of_a_report_stays_when_later_rows_change(
    make_brief: Callable[..., Path], tmp_path: Path
) -> None:
    original = make_brief(AS_OF)
    changed = make_brief(AS_OF, data=mutated(tmp_path / "data", 99), reports=tmp_path / "reports")
    names = sorted(file.relative_to(original) for file in original.rglob("*") if file.is_file())
    assert [str(name) for name in names if len(name.parts) == 1] == [
        *("brief.html", "brief.ipynb", "brief.pdf", "facts.json", "manifest.json")
    ]
    assert {name.suffix for name in names if len(name.parts) == 2} == {".csv", ".png", ".svg"}
    for name in names:
        assert (original / name).read_bytes() == (changed / name).read_bytes(), name


@pytest.mark.parametrize(
    ("report", "as_of"), [*((report, AS_OF) for report in REPORTS), ("brief", "2024-01-29")]
)
def test_every_piece_of_every_report_stays_when_later_rows_change(
    handed_on: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, report: str, as_of: str
) -> None:
    monkeypatch.setenv(snapshot.VARIABLE, str(handed_on))
    expected = pieces(report, as_of)
    monkeypatch.delenv(snapshot.VARIABLE)
    monkeypatch.setenv("BRINKWATCH_DATA", str(mutated(tmp_path / "data", 7, as_of)))
    for (source, piece), (_, now) in zip(expected, pieces(report, as_of), strict=True):
        assert piece == now, source


@settings(max_examples=12)
@given(day=st.dates(pd.Timestamp("2023-10-17").date(), pd.Timestamp("2024-07-01").date()))
def test_knowledge_only_grows(record: Record, day: object) -> None:
    known = record.as_of(str(day))
    for table in DATED:
        rows = getattr(known, table)
        assert (rows["reported_on"] <= known.date).all()
        before = getattr(record.as_of(known.date - pd.Timedelta(days=1)), table)
        assert set(before.iloc[:, 0]) <= set(rows.iloc[:, 0])


def test_an_empty_field_of_a_later_row_leaves_what_was_known(data: Path) -> None:
    with (data / "attacks.csv").open("a", encoding="utf-8") as file:
        file.write(
            "2023-10-18-al-harir-1,2024-06-18,2023-10-18,day,al-harir,us-coalition-forces,drone,,"
            "impact,,,,,,,official,Test,https://example.org/,A later version.\n"
        )
    row = read(data).as_of("2024-06-18").attacks.set_index("attack_id").loc["2023-10-18-al-harir-1"]
    assert row["munitions"] == 1
    assert row["claimed_by"] == "tashkil-al-waritheen"
    assert row["outcome"] == "impact"
    assert row["first_reported_on"] == pd.Timestamp("2023-10-18")
    before = read(data).as_of("2024-06-17").attacks.set_index("attack_id")
    assert before.loc["2023-10-18-al-harir-1", "outcome"] == "intercepted"


def test_changes_name_each_field_with_both_values(record: Record) -> None:
    found = changes(record, "2023-10-18", "2023-10-24")
    attack = found[found["id"] == "2023-10-18-ain-al-asad-1"].set_index("column")
    assert attack.loc["claimed_by", "after"] == "islamic-resistance-in-iraq"
    assert attack.loc["injured", "after"] == "4"
    assert pd.isna(attack.loc["injured", "before"])
    assert set(attack["kind"]) == {"revised"}
    assert "note" not in attack.index
    new = found[found["kind"] == "new"]
    assert "2023-10-18-ain-al-asad-2" in set(new["id"])
    assert changes(record, "2023-10-24", "2023-10-24").empty


def test_facts_are_counted_from_what_was_known(record: Record) -> None:
    known, earlier = (of_the_war(record, day) for day in ("2023-10-24", "2023-10-17"))
    facts = brief_facts(known, between(earlier, known), 7)
    ids = {row for fact in facts.values() for row in fact.evidence}
    visible = {row for table in DATED for row in getattr(known, table).iloc[:, 0]}
    assert ids <= visible
    assert DATA.is_dir()
