"""The check names every fault with file, line and column, and finds none in the real record."""

import csv
import datetime as dt
import random
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from malformed import DATA, Case, cases, together
from small_record import SMALL, spoil, write

from analysis.errors import RecordError, told
from analysis.record.reading import check, read_tables
from analysis.record.tables import TABLES, file_name, kinds


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path)


#: After all that the record reports.
TODAY = dt.date(2026, 11, 29)


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check(folder)]


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return read_tables(folder)[0]


def test_the_real_record_has_no_fault():
    assert faults(DATA) == []


def test_the_small_record_has_no_fault(small: Path):
    assert faults(small) == []


RULES = [
    ("attacks", ",al-tanf,us", ",al-tnaf,us", "2: site_id: unknown site 'al-tnaf'; "
     "did you mean 'al-tanf'? Known sites are in sites.csv"),
    ("attacks", ",,militia,", ",,mob,", "2: attributed_to: unknown actor 'mob'; "
     "known actors are in actors.csv"),
    ("attacks", "2023-10-20,", "2023-10-17,", "3: reported_on: '2023-10-17' is before the "
     "event_date '2023-10-18'; a thing is reported on its day or later"),
    ("attacks", "2023-10-20,", "2023-10-18,", "3: attack_id: line 2 has the same attack_id and "
     "reported_on; give a revision a reported_on of its own, or delete one of the two"),
    ("attacks", ",,6,us", ",-3,6,us", "3: killed: '-3' is not a whole number of 0 or more; "
     "write digits only, or leave it empty if not reported"),
    ("attacks", ",night,", ",nigth,", "4: date_precision: 'nigth' is not in the codebook; "
     "did you mean 'night'? Write one of day, night, about"),
    ("attacks", "drone+rocket", "rocket+drone", "2: weapons: 'rocket+drone' is not a list from "
     "the codebook; did you mean 'drone+rocket'? Write one or more of drone, rocket, "
     "ballistic-missile, cruise-missile, missile, mortar, ied, boat, hijacking, small-arms, "
     "unknown, in this order, each once, joined by +"),
    ("attacks", ",official,", ",,", "2: confirmation: this is empty in the first version of "
     "'2023-10-18-al-tanf-1'; only later ones may leave it out"),
    ("attacks", "2023-10-18-al-tanf-1,", "2023-10-18-al-tanf-0,", "2: attack_id: "
     "'2023-10-18-al-tanf-0' is not an attack_id; write YYYY-MM-DD-<site_id>-<n>, n = 1, 2 … "
     "for several on one day at one site"),
    ("attacks", "Six hurt.", "n " * 20 + "n", "3: note: '" + "n " * 20 + "n' has more than "
     "20 words; say it in fewer"),
    ("tallies", "2023-10-17", "2023-02-30",
     "2: since: '2023-02-30' is not a date; write YYYY-MM-DD"),
    ("tallies", "2023-10-24,ALL", "2023-10-25,ALL", "2: through: '2023-10-25' is after the day it "
     "was said, '2023-10-24'; give the last day counted, or the statement's day if it says none"),
    ("tallies", "2023-10-17,2023-10-24", "2023-10-24,2023-10-17", "2: since: '2023-10-24' is after "
     "through, '2023-10-17'; the first day counted comes first"),
    ("tallies", "at-least,Official,AP,https://example.org/5", "exact,Ryder,AP,https://example.org/4",
     "3: line 2 has the same values; delete one of the two"),
    ("tallies", "ALL", "IRK", "2: scope: 'IRK' is no country or area; "
     "write its ISO 3166 alpha-3 code, or ALL or SEA"),
    ("tallies", ",13,", ",,", "2: value: this is empty; every row needs it"),
    ("tallies", ",13,", ",13.5,", "2: value: '13.5' is not a whole number of 0 or more; "
     "write digits only"),
    ("deployments", "csg-ford", "CSG Ford", "2: deployment_id: 'CSG Ford' is not an id; "
     "write lower-case letters and digits, in groups joined by single hyphens"),
    ("responses", "34.45", "94.45", "2: lat: '94.45' is not a number of degrees from -90 to 90; "
     "write decimal degrees such as 33.79"),
    ("responses", "34.45,40.92", "34.45,",
     "2: lon: there is a lat but no lon; give both or neither"),
    ("responses", "2023-10-19-erbil-1", "2023-10-32-erbil-1", "2: in_response_to: "
     "'2023-10-32-erbil-1' is not an attack_id; write YYYY-MM-DD-<site_id>-<n>, n = 1, 2 … "
     "for several on one day at one site"),
    ("milestones", "2023-11-30", "2023-11-23", "2: end_on: '2023-11-23' is before start_on, "
     "'2023-11-24'; a thing ends after it starts"),
    ("sites", "https://example.org/9", "javascript:alert(1)", "2: source_url: "
     "'javascript:alert(1)' is not the address of a page; write http:// or https://, a host and "
     "a path, without spaces"),
    ("sites", "Tanf|ATG", "Tanf| ATG", "2: aliases: 'Tanf| ATG' is not a list of names; "
     "write other names joined by | without spaces around it, each once"),
    ("actors", "Unnamed,,", "Unnamed,brigade,", "2: parent: 'militia' is below 'brigade' itself; "
     "no group is its own parent, however far up\n"
     "actors.csv:3: parent: 'brigade' is below 'militia' itself; "
     "no group is its own parent, however far up"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "expected"), RULES)
def test_a_broken_rule_is_told_with_what_would_be_right(
    small: Path, table: str, old: str, new: str, expected: str
):
    spoil(small, f"{table}.csv", old, new)
    assert faults(small) == f"{table}.csv:{expected}".split("\n")


LINES = [
    ('"Two drones', '" Two drones', "2: note: white space around 'Two drones, both shot down.'; "
     "delete it"),
    ('shot down."', "shot down.", "2: note: the quote that opens at position 157 is not closed on "
     "this line; quote the whole field and double each quote inside it"),
    ('shot down."', 'shot down."?', "2: note: text after the closing quote at position 186; "
     "quote the whole field and double each quote inside it"),
    ("Six hurt.", 'Six "hurt".', "3: note: a stray quote at position 161; "
     "quote the whole field and double each quote inside it"),
    ("both shot", "both\nshot", "2: note: the field holds a line break; write it on one line"),
    ("Six hurt.", "Six, hurt.", "3: 19 fields where the header has 18; write one for each column, "
     "and in quotes if it holds a comma"),
    (",night,", ",", "4: 17 fields where the header has 18, so some are missing, probably "
     "date_precision; end each field but the last with a comma"),
    ("2023-10-19-erbil", "\n2023-10-19-erbil", "4: this line holds no value; delete it"),
    ("Six hurt.", "Six\x00hurt.", "3: note: control character U+0000 at position 160; delete it"),
    ("Six hurt.", "Six\u202ehurt.", "3: note: control character U+202E at position 160; delete it"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), LINES)
def test_a_malformed_line_is_told_by_its_number_in_an_editor(
    small: Path, old: str, new: str, expected: str
):
    spoil(small, "attacks.csv", old, new)
    assert faults(small) == [f"attacks.csv:{expected}"]


def test_line_numbers_hold_after_a_line_break_in_a_field(small: Path):
    spoil(small, "attacks.csv", "both shot", "both\n\nshot")
    spoil(small, "attacks.csv", ",night,", ",noon,")
    assert [(fault.line, fault.column) for fault in check(small)] == [
        (2, "note"),
        (6, "date_precision"),
    ]


def test_a_byte_of_another_encoding_is_shown(small: Path):
    path = small / "tallies.csv"
    path.write_bytes(path.read_bytes().replace(b"Official", b"Offici\xe9l"))
    assert faults(small) == [
        "tallies.csv:3: speaker: byte 0xE9 at position 84 is not UTF-8 "
        "(in Windows-1252 it is 'é'); save as UTF-8"
    ]


PANDAS = [
    "attacks.csv:2: munitions: '2.0' is a whole number saved as a decimal; write 2 "
    "(the first of 2 like this)",
    "attacks.csv:2: injured: '4.0' is a whole number saved as a decimal; write 4 "
    "(the first of 2 like this)",
]


def test_what_pandas_does_to_counts_is_told_once_with_its_cause(small: Path):
    pd.read_csv(small / "attacks.csv").to_csv(small / "attacks.csv", index=False)
    assert list(told(check(small))) == PANDAS
    spoil(small, "attacks.csv", ",night,", ",noon,")
    rest = [(fault.line, fault.column) for fault in check(small) if not fault.tidy]
    assert rest == [(4, "date_precision")]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_what_a_spreadsheet_does_to_a_file_is_told_once_with_its_cause(small: Path, quoting: int):
    spoil(small, "attacks.csv", "Shafaq", "Zeitung für Alle")
    spoil(small, "attacks.csv", "Six hurt.", "Sechs – alle leicht.")
    rows = list(csv.reader((small / "attacks.csv").read_text("utf-8").splitlines()))

    def write(separator: str) -> None:
        with (small / "attacks.csv").open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=separator, quoting=quoting).writerows(rows)

    letters = [
        "attacks.csv:3: note: byte 0x96 at position {} is not UTF-8 (in Windows-1252 it is '–'); "
        "save as UTF-8",
        "attacks.csv:4: publisher: byte 0xFC at position {} is not UTF-8 "
        "(in Windows-1252 it is 'ü'); save as UTF-8",
    ]
    write(";")
    separators = "attacks.csv:1: the file is separated by semicolons; save it with commas"
    at = re.compile("(?<=at position )[0-9]+")
    assert [at.sub("{}", fault) for fault in faults(small)] == [separators, *letters]
    write(",")
    assert [at.sub("{}", fault) for fault in faults(small)] == letters


@pytest.mark.parametrize("name", ["Tanf", "atg", "AL TANF", "Al-Tanf  Garrison", "al-tnaf"])
def test_a_name_in_place_of_an_id_is_answered_with_the_id(small: Path, name: str):
    spoil(small, "attacks.csv", ",al-tanf,", f",{name},")
    (fault,) = check(small)
    assert (fault.line, fault.column) == (2, "site_id")
    assert "did you mean 'al-tanf'?" in fault.message


def test_a_name_of_two_leads_to_none(small: Path):
    spoil(small, "sites.csv", "Erbil Air Base,,", "Erbil Air Base,ATG,")
    spoil(small, "attacks.csv", ",al-tanf,", ",ATG,")
    assert faults(small) == [
        "attacks.csv:2: site_id: unknown site 'ATG'; known sites are in sites.csv"
    ]


def test_all_faults_are_listed_by_file_line_and_column(small: Path):
    spoil(small, "sites.csv", "garrison", "castle")
    spoil(small, "attacks.csv", ",night,", ",noon,")
    spoil(small, "attacks.csv", ",2,intercepted", ",two,shot")
    spoil(small, "tallies.csv", "2023-10-24", "yesterday")
    (small / "milestones.csv").unlink()
    assert [(fault.file, fault.line, fault.column) for fault in check(small)] == [
        ("attacks.csv", 2, "munitions"),
        ("attacks.csv", 2, "outcome"),
        ("attacks.csv", 4, "date_precision"),
        ("tallies.csv", 2, "reported_on"),
        ("milestones.csv", 0, ""),
        ("sites.csv", 2, "kind"),
    ]


@pytest.mark.parametrize("spoilt", ["", "al-tanf,Al-Tanf Garrison\n"])
def test_a_site_is_not_unknown_because_its_table_cannot_be_read(small: Path, spoilt: str):
    header = SMALL["sites.csv"].split("\n")[0]
    (small / "sites.csv").write_text(f"{header}\n{spoilt}" if spoilt else "", "utf-8")
    assert {fault.file for fault in check(small)} == {"sites.csv"}


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path):
    (fault,) = check(tmp_path / "nowhere")
    assert (
        fault.message
        == "there is no such folder; name the one of the record, or `brinkwatch init` a desk"
    )


def test_a_later_version_may_leave_out_what_it_does_not_change(small: Path):
    revision = "2023-10-18-al-tanf-1,2023-11-01,,,,,,,,,7,,,,,AP,https://example.org/0,\n"
    with (small / "attacks.csv").open("a") as attacks:
        attacks.write(revision)
    assert faults(small) == []


def test_a_later_version_may_correct_the_date_and_keeps_the_id(small: Path):
    spoil(small, "attacks.csv", "2023-10-20,2023-10-18", "2023-10-20,2023-10-17")
    assert faults(small) == []


def test_tables_without_rows_are_good(small: Path):
    for file in [file for file in SMALL if file.endswith(".csv")]:
        (small / file).write_text(SMALL[file].split("\n")[0] + "\n", "utf-8")
    assert {name: len(frame) for name, frame in tables(small).items()} == dict.fromkeys(TABLES, 0)


def test_a_record_with_faults_is_not_read(small: Path):
    spoil(small, "attacks.csv", ",night,", ",noon,")
    spoil(small, "sites.csv", "garrison", "castle")
    with pytest.raises(RecordError) as refused:
        read_tables(small)
    assert list(refused.value.faults) == check(small)


def test_columns_have_the_types_of_what_they_hold():
    types = {"date": "datetime64[s]", "count": "Int64", "degrees": "float64", "text": "str"}
    types["id"] = "str"
    for table, frame in tables(DATA).items():
        types["word"] = "category" if table == "attacks" else "str"
        expected = {name: types[kind] for name, kind in kinds(table).items()}
        if table == "tallies":
            expected = {"tally_id": "str"} | expected
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == expected


def test_what_is_not_reported_is_missing_and_a_zero_is_a_zero():
    held = tables(DATA)
    attack = held["attacks"].set_index(["attack_id", "reported_on"])
    first = attack.loc[("2023-10-18-ain-al-asad-1", pd.Timestamp("2023-10-18"))]
    assert first[["munitions", "weapons"]].tolist() == [2, "drone"]
    assert first[["killed", "claimed_by"]].isna().all()
    strike = held["responses"].query("response_id == '2023-10-26-syr-1'")
    assert strike["killed_claimed"].tolist() == [pd.NA, 0]
    assert strike["lat"].tolist() == [34.45226, 34.45226]


def test_the_order_of_lines_does_not_matter(tmp_path: Path):
    shutil.copy(DATA / "campaigns.toml", tmp_path)
    for table in [table for table in TABLES if (DATA / file_name(table)).exists()]:
        header, *lines = (DATA / file_name(table)).read_text("utf-8").splitlines(keepends=True)
        random.Random(1).shuffle(lines)
        (tmp_path / file_name(table)).write_text(header + "".join(lines), "utf-8", newline="\n")
    shuffled, original = tables(tmp_path), tables(DATA)
    for table in TABLES:
        pd.testing.assert_frame_equal(shuffled[table], original[table])


def test_spans_that_begin_on_one_day_have_an_order_of_their_own(small: Path):
    header = "since,through,targets,kept,note"
    spans = ["2024-04-01,2024-12-31,israel,sampled,", "2024-04-01,2024-09-15,us-warship,daily,"]
    read = []
    for lines in (spans, spans[::-1]):
        (small / "coverage.csv").write_text("\n".join([header, *lines, ""]), "utf-8")
        read.append(tables(small)["coverage"])
    pd.testing.assert_frame_equal(*read)


def test_tallies_keep_their_ids_when_others_are_added(small: Path):
    ids = tables(small)["tallies"].set_index("speaker")["tally_id"]
    assert ids.to_dict() == {
        "Official": "tally-2023-10-24-all-us-coalition-forces-attacks-13",
        "Ryder": "tally-2023-10-24-all-us-coalition-forces-attacks-13-2",
    }
    header, *lines = SMALL["tallies.csv"].splitlines(keepends=True)
    later = [line.replace("2023-10-24,2", "2023-10-25,2", 1) for line in lines]
    (small / "tallies.csv").write_text(header + "".join([*later, *reversed(lines)]), "utf-8")
    more = tables(small)["tallies"]
    assert more["tally_id"].is_unique
    same_day = more[more["reported_on"] == "2023-10-24"].set_index("speaker")["tally_id"]
    assert same_day.to_dict() == ids.to_dict()


def test_every_malformed_record_is_another():
    names = {case.name for case in cases()}
    assert len(names) == len(cases()) == 210


@pytest.mark.parametrize("mistakes", together(cases()), ids=lambda mistakes: mistakes[0].name)
def test_a_malformed_record_is_refused_at_the_right_places(tmp_path: Path, mistakes: list[Case]):
    for file in [*DATA.glob("*.csv"), DATA / "campaigns.toml"]:
        shutil.copy(file, tmp_path)
    for case in mistakes:
        case.mutate(tmp_path)
    found = {(fault.file, fault.line, fault.column) for fault in check(tmp_path, TODAY)}
    assert found == {(case.file, case.line, case.column) for case in mistakes}


BYTES = st.one_of(
    st.binary(max_size=6), st.sampled_from([b'"', b",", b"\n", b"\r", b"\xef\xbb\xbf"])
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(sorted(SMALL)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), BYTES), min_size=1, max_size=4),
)
def test_whatever_the_bytes_a_record_is_read_or_refused(
    small: Path, file: str, edits: list[tuple[float, int, bytes]]
):
    raw = SMALL[file].encode()
    for place, deleted, inserted in edits:
        start = round(place * len(raw))
        raw = raw[:start] + inserted + raw[start + deleted :]
    (small / file).write_bytes(raw)
    try:
        found = check(small)
        lines = len(raw.replace(b"\r", b"\n").split(b"\n"))
        assert all(0 <= fault.line <= lines for fault in found if fault.file == file)
        if not found:
            read_tables(small)
    finally:
        (small / file).write_text(SMALL[file], "utf-8", newline="\n")
