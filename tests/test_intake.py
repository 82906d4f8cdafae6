"""Events of others: what each is to the record, and how accepted ones get into it.

The sample is made from the record itself, in ACLED's form, with the truth beside it. Whoever tunes
the weights does so on the half of it whose ids have an even CRC-32; the other half is for judging.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import counted
import pandas as pd
import pytest
from conftest import Command, copy_of_the_data
from openpyxl import Workbook, load_workbook

from analysis.errors import RecordError, UsageError
from analysis.intake import candidates, read_events
from analysis.intake.accept import accept
from analysis.intake.adding import Ask, add
from analysis.intake.days import days
from analysis.intake.parties import who
from analysis.intake.reading import read_texts
from analysis.intake.review import sheet
from analysis.intake.review import write as write_review
from analysis.intake.ucdp import UCDP_COLUMNS
from analysis.measures.explained import explained
from analysis.record import Record, check, read

SHARED = Path(__file__).parents[2] / "shared"
SAMPLE = SHARED / "cases" / "acled-form.csv"
UCDP = SHARED / "real" / "ucdp-ged-sample.csv"

needs_samples = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the samples are not part of the project"
)

#: Of a made-up event in ACLED's form, what is always there.
EVENT = {
    "event_id_cnty": "IRQ1",
    "event_date": "2024-01-20",
    "time_precision": "1",
    "sub_event_type": "Air/drone strike",
    "actor1": "Islamic Resistance in Iraq",
    "actor2": "Military Forces of the United States (2021-2025)",
    "location": "Ain al-Asad",
    "latitude": "33.79",
    "longitude": "42.44",
    "geo_precision": "1",
    "source": "Reuters",
    "notes": "",
    "fatalities": "0",
    "timestamp": "1706140800",
}


#: What others might tell of an attack.
TOLD = "Two drones were fired at US forces and shot down."


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def judged(record: Record, **changed: str) -> pd.Series:
    """The candidate of an event that differs so from the made-up one."""
    return candidates(read_events(as_csv([EVENT | changed])), record).iloc[0]


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record without the attacks that the sample tells as new."""
    data = copy_of_the_data(tmp_path_factory.mktemp("gaps") / "data")
    out = set((SHARED / "cases" / "acled-form-left-out.txt").read_text().split())
    for table, column in (("attacks", "attack_id"), ("responses", "in_response_to")):
        path = data / f"{table}.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        if table == "attacks":
            rows = rows[~rows[column].isin(out)]
        else:
            rows[column] = rows[column].where(~rows[column].isin(out), "")
        rows.to_csv(path, index=False, lineterminator="\n")
    assert check(data) == []
    return data


@pytest.fixture(scope="module")
def sample(gaps: Path) -> pd.DataFrame:
    """The candidates of the sample beside their truth."""
    found = candidates(read_events(SAMPLE.read_bytes()), read(gaps))
    truth = pd.read_csv(SAMPLE.with_name("acled-form-truth.csv"), dtype=str, keep_default_na=False)
    both = found.merge(
        truth, left_on="external_id", right_on="event_id_cnty", suffixes=("", "_true")
    )
    right = both["verdict"] == both["verdict_true"]
    right &= (both["verdict"] != "same-as") | (both["attack_id"] == both["attack_id_true"])
    tuned = both["external_id"].map(lambda name: zlib.crc32(name.encode()) % 2 == 0)
    return both.assign(right=right, tuned=tuned)


@needs_samples
def test_events_of_the_sample_are_told_apart(sample: pd.DataFrame) -> None:
    right = sample.groupby("verdict_true")["right"].sum()
    assert right["same-as"] >= 62  # of 66
    assert right["new"] >= 14  # of 15
    assert right["out-of-scope"] >= 29  # of 30


@needs_samples
def test_the_half_that_is_for_judging_is_told_apart_as_well(sample: pd.DataFrame) -> None:
    other = sample[~sample["tuned"]].groupby("verdict_true")["right"].agg(["sum", "size"])
    missed = other["size"] - other["sum"]
    assert missed.sum() <= 3
    assert missed["out-of-scope"] == 0


@needs_samples
def test_pairs_that_repeat_each_other_are_named_and_no_others(sample: pd.DataFrame) -> None:
    known = sample[sample["verdict_true"] == "same-as"]
    pairs = {
        frozenset(ids) for _, ids in known.groupby("attack_id_true")["external_id"] if len(ids) > 1
    }
    named = sample.loc[sample["repeats"] != "", ["external_id", "repeats"]]
    assert len(pairs) == 6
    assert {frozenset(pair) for pair in named.to_numpy()} == pairs


def older_form(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """As files were before 2023: other ids, digits, days in words, no third level."""
    code = {"Political militia": "3", "External/Other forces": "8"}
    older = []
    for now in rows:
        day = pd.Timestamp(now["event_date"])
        row = now | {"event_date": f"{day.day} {day:%B %Y}", "iso3": "IRQ"}
        row["data_id"] = row.pop("event_id_cnty")
        row |= {name: code.get(row[name], row[name]) for name in ("inter1", "inter2")}
        older.append({name: text for name, text in row.items() if name not in ("admin3", "iso")})
    return older


@needs_samples
@pytest.mark.parametrize("how", ["older", "semicolons", "xlsx", "json", "lines", "swapped"])
def test_another_shape_of_the_same_file_gives_the_same_verdicts(
    how: str, gaps: Path, sample: pd.DataFrame
) -> None:
    rows = list(csv.DictReader(io.StringIO(SAMPLE.read_text("utf-8"))))
    if how == "older":
        content = as_csv(older_form(rows))
    elif how == "semicolons":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerows([list(rows[0]), *(row.values() for row in rows)])
        content = b"\xef\xbb\xbf" + text.getvalue().encode()
    elif how == "xlsx":
        book = Workbook()
        book.active.append(list(rows[0]))
        for row in rows:
            day = pd.Timestamp(row["event_date"]).to_pydatetime()
            book.active.append([*(row | {"event_date": day}).values()])
        stream = io.BytesIO()
        book.save(stream)
        content = stream.getvalue()
    elif how == "json":
        content = json.dumps({"success": True, "data": rows}).encode()
    elif how == "lines":
        content = "\n".join(map(json.dumps, rows)).encode()
    else:  # who comes first says nothing
        both = {"actor1": "actor2", "actor2": "actor1", "inter1": "inter2", "inter2": "inter1"}
        content = as_csv([row | {a: row[b] for a, b in both.items()} for row in rows])
    found = candidates(read_events(content), read(gaps))
    assert found["verdict"].tolist() == sample["verdict"].tolist()
    assert found["attack_id"].tolist() == sample["attack_id"].tolist()


@needs_samples
def test_real_events_of_ucdp_all_get_a_verdict(record: Record) -> None:
    found = candidates(read_events(UCDP.read_bytes()), record)
    assert len(found) == 1000
    assert set(found["verdict"]) == {"out-of-scope"}  # none of them is after 2021 and on the US
    assert (found["reasons"] != "").all()


@needs_samples
def test_a_file_of_ucdp_without_a_header_is_the_same_file(record: Record) -> None:
    whole = read_events(UCDP.read_bytes())
    bare = read_events(UCDP.read_bytes().split(b"\n", 1)[1])
    pd.testing.assert_frame_equal(bare.drop(columns="line"), whole.drop(columns="line"))


def ucdp(**changed: str) -> bytes:
    """One event in UCDP's form, without a header."""
    row = dict.fromkeys(UCDP_COLUMNS, "") | {
        "id": "1", "side_a": "Government of United States of America", "where_prec": "1",
        "side_b": "Kataib Hezbollah", "where_coordinates": "Ain al-Asad", "latitude": "33.79",
        "longitude": "42.44", "date_prec": "1", "date_start": "2024-06-01 00:00:00.000",
        "date_end": "2024-06-01 00:00:00.000", "source_date": "2024-06-02;2024-06-03", "best": "2",
        "deaths_a": "2", "deaths_b": "0",
    } | changed  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerow(row.values())
    return text.getvalue().encode()


def test_who_died_tells_who_was_attacked_where_words_do_not(record: Record) -> None:
    (on,) = candidates(read_events(ucdp()), record).itertuples()
    (by,) = candidates(read_events(ucdp(deaths_a="0", deaths_b="2")), record).itertuples()
    assert (on.verdict, on.killed, f"{on.reported_on:%Y-%m-%d}") == ("new", 2, "2024-06-03")
    assert by.verdict == "out-of-scope"
    assert "a strike by" in by.reasons


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "same-as"),
        ({"notes": "US aircraft struck a warehouse of the group."}, "out-of-scope"),
        ({"actor1": "Military Forces of Turkey (2016-)"}, "out-of-scope"),
        ({"actor1": "Islamic State: Iraq"}, "out-of-scope"),
        ({"actor1": "Al Shabaab", "location": "Bala", "latitude": "2.67", "longitude": "44.79"},
         "out-of-scope"),
        ({"sub_event_type": "Peaceful protest"}, "out-of-scope"),
        ({"event_date": "0024-01-20"}, "out-of-scope"),
        ({"event_date": "2019-01-20"}, "out-of-scope"),
        ({"event_date": "30 February 2024"}, "out-of-scope"),
        ({"event_date": "2024-06-03", "timestamp": "1717977600"}, "new"),
        ({"latitude": "0", "longitude": "0"}, "same-as"),
        ({"notes": "Rockets were fired; 40 soldiers were injured."}, "revises"),
        # A day after a known attack: where there was hardly another, and where there were many.
        ({"event_date": "2024-04-23", "timestamp": "1717977600", "notes": TOLD}, "same-as"),
        ({"event_date": "2023-12-09", "timestamp": "1717977600", "notes": TOLD}, "new"),
        # Of the day of one of 15 rockets: as many, and another number.
        ({"notes": "15 rockets were fired at US forces. Five people were injured."}, "same-as"),
        ({"notes": "A drone was shot down near US forces. There were no injuries."}, "new"),
    ],
)  # fmt: skip
def test_kinds_of_event(record: Record, changed: dict[str, str], verdict: str) -> None:
    found = judged(record, **changed)
    assert found["verdict"] == verdict, found["reasons"]
    assert found["reasons"] != ""


def repeated(record: Record, *days: str) -> list[str]:
    """Which event each of several on one base repeats, of those days and alike otherwise."""
    rows = [
        EVENT | {"event_id_cnty": f"IRQ{at}", "event_date": day, "notes": TOLD,
                 "timestamp": "1717977600"}
        for at, day in enumerate(days)
    ]  # fmt: skip
    return list(candidates(read_events(as_csv(rows)), record)["repeats"])


def test_a_source_may_tell_of_an_attack_twice_with_two_days(record: Record) -> None:
    assert repeated(record, "2024-06-03", "2024-06-04") == ["IRQ1", "IRQ0"]
    assert repeated(record, "2024-06-03", "2024-06-06") == ["", ""]


def test_a_boat_without_a_crew_is_no_ship_that_attacks(record: Record) -> None:
    found = judged(
        record, location="Red Sea", latitude="15.5", longitude="41.5", actor1="Houthis",
        actor2="Civilians (International)", event_date="2024-06-12", timestamp="1719000000",
        sub_event_type="Attack", notes="An unmanned surface vessel struck the MV Tutor.",
    )  # fmt: skip
    assert found["attack_id"] == "2024-06-12-red-sea-1"


@pytest.mark.parametrize(
    ("notes", "attack"),
    [
        ("A missile hit the bulk carrier Tutor off Hodeidah.", "2024-06-12-red-sea-1"),
        ("A missile hit a merchant vessel off Hodeidah.", "2024-06-12-red-sea-1"),
        ("A missile hit the MV Cape Nowhere off Hodeidah.", ""),
    ],
)
def test_a_sea_is_wide_and_the_names_of_ships_tell_attacks_apart(
    record: Record, notes: str, attack: str
) -> None:
    """Off Hodeidah it is 590 km to the point that stands for the Red Sea."""
    found = judged(
        record, location="Red Sea", latitude="15.5", longitude="41.5", actor1="Houthis",
        actor2="Civilians (International)", event_date="2024-06-12", timestamp="1719000000",
        sub_event_type="Shelling/artillery/missile attack", notes=notes,
    )  # fmt: skip
    assert (found["site_id"], found["target"]) == ("red-sea", "commercial-shipping")
    assert found["attack_id"] == attack


def test_whoever_attacked_a_ship_it_is_one_for_the_record(record: Record) -> None:
    at_sea = {"location": "Persian Gulf", "latitude": "27.0", "longitude": "51.0",
              "actor2": "Civilians (International)", "event_date": "2025-03-11",
              "timestamp": "1743000000",
              "notes": "A projectile hit a merchant vessel in the Persian Gulf."}  # fmt: skip
    for actor in ("Unidentified Armed Group", "Islamic Revolutionary Guard Corps"):
        found = judged(record, **at_sea, actor1=actor)
        assert (found["verdict"], found["target"]) == ("new", "commercial-shipping"), actor
    pirates = judged(record, **at_sea, actor1="Pirates (Somalia)")
    assert pirates["verdict"] == "out-of-scope"


def test_a_revision_says_what_would_change(record: Record) -> None:
    found = judged(record, notes="Rockets were fired at US forces; 40 soldiers were injured.")
    assert found["attack_id"] == "2024-01-20-ain-al-asad-1"
    assert found["changes"].startswith("injured: ")
    assert found["changes"].endswith(" → 40")


def test_a_base_that_the_record_does_not_know_is_new_without_a_site(record: Record) -> None:
    found = judged(record, location="Camp Nowhere", latitude="32.4", longitude="41.1")
    assert (found["verdict"], found["site_id"]) == ("new", "")


def test_own_columns_and_a_mapping(record: Record) -> None:
    own = read_events(
        b"attack_id,reported_on,event_date,site_id,target,weapons,injured\n"
        b"2024-01-20-ain-al-asad-1,2024-02-01,,,,,99\n"
    )
    assert candidates(own, record)[["verdict", "attack_id"]].to_numpy().tolist() == [
        ["revises", "2024-01-20-ain-al-asad-1"]
    ]
    mapping = {
        "columns": {"external_id": "Nr", "event_date": "Tag", "place": "Ort", "weapons": "Was"},
        "values": {"weapons": {"UAV": "drone"}},
        "always": {"target": "us-coalition-forces"},
    }
    others = read_events(b"Nr;Tag;Ort;Was\n7;3.6.2024;Ain al-Asad;UAV\n", mapping)
    (found,) = candidates(others, record).itertuples()
    assert (found.verdict, found.site_id, found.weapons) == ("new", "ain-al-asad", "drone")
    at_sea = read_events(
        b"Tag;Breite;L\xe4nge\n3.6.24;-12,5;47,125\n",
        {"columns": {"event_date": "Tag", "lat": "Breite", "lon": "Länge"}},
    )
    assert at_sea[["lat", "lon"]].to_numpy().tolist() == [[-12.5, 47.125]]
    with pytest.raises(UsageError, match="Datum"):
        read_events(b"Nr;Tag\n7;3.6.2024\n", {"columns": {"event_date": "Datum"}})
    with pytest.raises(UsageError, match="--map"):
        read_events(b"Nr;Tag\n7;3.6.2024\n")


@pytest.mark.parametrize(
    ("text", "target"),
    [("Drone struck US troops at the base.", "us-coalition-forces"),
     ("Rockets at US forces; no casualties.", "us-coalition-forces"),
     ("A missile hit the oil tanker off Hodeidah.", "commercial-shipping"),
     ("A US drone struck a warehouse.", ""), ("An explosion was heard.", "")],
)  # fmt: skip
def test_words_tell_who_was_attacked_where_no_column_does(
    text: str, target: str, record: Record
) -> None:
    mapping = {"columns": {"event_date": "When", "place": "Base", "text": "Narrative"}}
    told = read_events(f"When,Base,Narrative\n2024-05-30,Erbil,{text}\n".encode(), mapping)
    (found,) = candidates(told, record).itertuples()
    assert found.target == target
    assert target or "nobody" not in found.reasons


def test_weapons_and_outcomes_in_other_words_are_read(record: Record) -> None:
    mapping = {
        "columns": {"event_date": "When", "place": "Base", "weapons": "With", "outcome": "End"},
        "always": {"target": "us-coalition-forces"},
    }
    rows = b"one-way attack UAV,shot down\n107mm rockets,missed\nrocket+drone,impact\nodd,odd\n"
    lines = b"".join(b"2024-05-30,Erbil," + row for row in rows.splitlines(keepends=True))
    found = candidates(read_events(b"When,Base,With,End\n" + lines, mapping), record)
    assert found["weapons"].tolist() == ["drone", "rocket", "rocket+drone", ""]
    assert found["outcome"].tolist() == ["intercepted", "missed", "impact", ""]


@pytest.mark.parametrize(
    "where",
    [{"location": {"name": "Ain al-Asad", "lat": 33.79, "lon": 42.44}},
     {"site": {"latitude": 33.79, "longitude": 42.44}},
     {"location": {"type": "Point", "coordinates": [42.44, 33.79]}},
     {"where": {"base": "Asad", "at": {"type": "Point", "coordinates": [42.44, 33.79, 180]}}},
     {"type": "Feature", "geometry": {"type": "Point", "coordinates": [42.44, 33.79]}},
     {"location": "Ain al-Asad", "geometry": {"type": "Point", "coordinates": []}}],
)  # fmt: skip
def test_objects_in_objects_are_understood(record: Record, where: dict[str, object]) -> None:
    event = {
        "id": 7, "event_date": "2024-05-30", "target": "us-coalition-forces", "weapons": ["drone"],
        "outcome": "intercepted", "casualties": {"killed": 0, "injured": 4}, "source": {"id": 3},
    }  # fmt: skip
    (found,) = candidates(read_events(json.dumps([event | where]).encode()), record).itertuples()
    assert (found.site_id, found.external_id, found.injured) == ("ain-al-asad", "7", 4)
    assert found.weapons == "drone"


def test_a_line_of_json_that_is_none_is_named() -> None:
    with pytest.raises(UsageError, match="Object 2 of a file with one on each line is no JSON"):
        read_events(b'{"id": 1}\n\n{"id": 2\n{"id": 3}\n')


def test_what_was_intercepted_in_part_may_be_told_by_either_part(record: Record) -> None:
    told = "On 20 January 2024, ballistic missiles hit Ain al-Asad Air Base."
    event = EVENT | {"event_date": "2024-01-20", "location": "Ain al-Asad Air Base",
                     "country": "Iraq", "latitude": "33.79", "longitude": "42.44",
                     "actor1": "Islamic Resistance in Iraq", "notes": told}  # fmt: skip
    (found,) = candidates(read_events(as_csv([event])), record).itertuples()
    assert found.attack_id == "2024-01-20-ain-al-asad-1"


def test_rows_that_a_spreadsheet_cut_short_are_whole_again() -> None:
    rows = as_csv([EVENT, EVENT]).decode().splitlines()
    short = "\n".join([rows[0], rows[1], ",".join(rows[2].split(",")[:9])])
    assert len(read_events(short.encode())) == 2
    with pytest.raises(UsageError, match="line 3"):
        read_events("\n".join([*rows[:2], rows[2] + ",more"]).encode())


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024-01-31", "2024-01-31"), ("31 January 2024", "2024-01-31"), ("31-01-2024", "2024-01-31"),
     ("31/01/2024", "2024-01-31"), ("01/31/2024", "2024-01-31"), ("2024-02-30", "NaT"),
     ("January 31, 2024", "2024-01-31"), ("31-Jan-24", "2024-01-31"), ("20240131", "2024-01-31"),
     ("2024/01/31", "2024-01-31"), ("2024.1.31 04:00", "2024-01-31"),
     ("31. Januar 2024", "2024-01-31"), ("miércoles, 31 de enero de 2024", "2024-01-31"),
     ("31.1.24", "2024-01-31"), ("1/31/24", "2024-01-31"), ("31/01/1989", "1989-01-31")],
)  # fmt: skip
def test_days_are_read_as_they_are_written(written: str, day: str) -> None:
    assert [str(one)[:10] for one in days(pd.Series([written]))] == [day]


@pytest.mark.parametrize(
    ("written", "said"),
    [(["01/02/2024", "05-03-24"], True), (["01/02/2024", "31/01/2024"], False),
     (["1/2/2024", "1/31/2024"], False), (["1.2.2024"], False), (["02/02/2024"], False)],
)  # fmt: skip
def test_an_order_of_days_that_the_file_leaves_open_is_told(
    written: list[str], said: bool, record: Record
) -> None:
    events = read_events(as_csv([EVENT | {"event_date": day} for day in written]))
    reasons = candidates(events, record)["reasons"]
    assert reasons.str.contains("is read day first, which the file leaves open").all() == said


HEAD = ["Lfd. Nr.", "Datum", "Ort", "Waffe", "Verletzte"]
BY_HEAD = {
    "columns": {"external_id": "Lfd. Nr.", "event_date": "Datum", "place": "Ort",
                "weapons": "Waffe", "injured": "Verletzte"},
    "always": {"target": "us-coalition-forces"},
}  # fmt: skip
NOTES = [["Lagebild Nahost", "Stand: 31. Mai 2024"], []]
ROWS = [["1", "30.5.2024", "Erbil", "drone", "2"], ["2", "", "Camp Taji", "rocket", ""]]


def joined_cells() -> bytes:
    """A table below a title and a note, whose second row is of the day of the first."""
    book = Workbook()
    for row in (*NOTES, HEAD, *ROWS):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("B4:B5")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_document() -> bytes:
    """The same without the note, as LibreOffice has it."""
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
        for name, of in names.items()
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
            for text in row
        )
        + "</table:table-row>"
        for row in (HEAD, ROWS[0])
    )
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="1">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return text.getvalue()


def test_a_table_below_a_title_and_notes_is_found(record: Record) -> None:
    found = candidates(read_events(joined_cells(), BY_HEAD), record)
    assert found["site_id"].tolist() == ["erbil", "taji"]
    assert found["event_date"].nunique() == 1  # joined cells are of both rows
    lines = "\r\n".join(";".join(row) for row in (*NOTES, HEAD, *ROWS))
    (first, second) = candidates(read_events(lines.encode(), BY_HEAD), record).itertuples()
    assert (first.site_id, first.line) == ("erbil", 4)
    assert (second.verdict, second.line) == ("out-of-scope", 5)


def test_a_sheet_of_libreoffice_is_read(record: Record) -> None:
    (found,) = candidates(read_events(open_document(), BY_HEAD), record).itertuples()
    assert (found.site_id, found.weapons, found.injured) == ("erbil", "drone", 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\x1f\x8b\x08", "unpack it"), (b"%PDF-1.7\r", "PDF"), (b"\xef\xbb\xbf <html>", "HTML"),
     (b"PK\x05\x06" + bytes(18), "unpack it"), (b"\xd0\xcf\x11\xe0" + bytes(600), "workbook")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_named(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_events(content)


def test_rows_behind_a_quotation_mark_that_is_never_closed_are_not_lost() -> None:
    told = (
        b'event_date,site_id,target,weapons\n2024-05-30,erbil,other,"drone\n2024-05-31,taji,a,b\n'
    )
    with pytest.raises(UsageError, match="row 1 and never closed"):
        read_events(told)


@pytest.mark.parametrize(
    "content",
    [b"event_date,site_id,target,weapons\r2024-05-30,erbil,other,drone\r",
     "event_date,site_id,target,weapons\n2024-05-30,erbil,other,drone".encode("utf-16-le"),
     b"event_date,site_id,target,weapons,note\n2024-05-30,erbil,other\n2024-05-30,erbil,other,drone,"
     + b"x" * 200_000],
)  # fmt: skip
def test_text_of_odd_makes_is_read(content: bytes) -> None:
    assert read_events(content)["site_id"].iloc[-1] == "erbil"


def test_columns_may_be_told_by_their_number_where_there_is_no_header() -> None:
    mapping = {"columns": {"event_date": 2, "place": 3}}
    events = read_events(b"1\t20240530\tErbil\n2\t20240531\tTaji\n", mapping)
    assert events["place"].tolist() == ["Erbil", "Taji"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"fatalities": "2-3"}, "killed is '2-3', which is no one number"),
     ({"fatalities": "-99"}, "killed is '-99', which is no one number"),
     ({"fatalities": "1.5"}, "killed is '1.5', which is no one number"),
     ({"event_date": "Sunday"}, "'Sunday' is no day that can be read"),
     ({"latitude": "0", "longitude": "0"}, "its coordinates, '0' and '0', are no place"),
     ({"latitude": "33 47 N"}, "its coordinates, '33 47 N' and '42.44', are no place"),
     ({"latitude": "42.44", "longitude": "33.79"}, "stand the other way round"),
     ({"fatalities": ""}, ""), ({"fatalities": "n/a"}, ""), ({"fatalities": "–"}, "")],
)  # fmt: skip
def test_what_cannot_be_taken_over_is_told(
    changed: dict[str, str], said: str, record: Record
) -> None:
    found = judged(record, **changed)
    assert said in found["remarks"] if said else not found["remarks"]
    assert not found["killed"] > 0
    assert "event_date" in changed or found["site_id"] == "ain-al-asad"


@pytest.mark.parametrize(
    ("injured", "own", "number", "qualifier"),
    [("at least 4", "", "4", "at-least"), ("More than 20", "", "20", "at-least"),
     ("20+", "", "20", "at-least"), ("ca. 40", "", "40", "about"), ("~40", "", "40", "about"),
     ("5", "at-least", "5", "at-least"), ("about 5", "at-least", "5", "at-least"),
     ("5", "", "5", ""), ("up to 5", "", "", ""), ("4 to 5", "", "", ""), ("1,200", "", "", "")],
)  # fmt: skip
def test_a_number_that_a_source_bounds_or_rounds_is_taken_with_that_word(
    injured: str, own: str, number: str, qualifier: str, record: Record
) -> None:
    row = {"event_date": "2024-05-30", "site_id": "erbil", "target": "us-coalition-forces",
           "weapons": "drone", "injured": injured, "casualties_qualifier": own}  # fmt: skip
    found = candidates(read_events(as_csv([row])), record)
    (proposed,) = sheet(found, record).to_dict("records")
    assert (proposed["injured"], proposed["casualties_qualifier"]) == (number, qualifier)
    assert injured.isdigit() or f"injured is '{injured}'" in proposed["reasons"]


def test_a_revision_has_the_word_of_a_number_only_beside_a_number(record: Record) -> None:
    row = {"attack_id": "2024-01-28-tower-22-1", "reported_on": "2024-02-09", "injured": ""}
    for injured, qualifier in (("about 60", "about"), ("", "")):
        told = as_csv([row | {"event_date": "2024-01-28", "weapons": "drone", "injured": injured}])
        (proposed,) = sheet(candidates(read_events(told), record), record).to_dict("records")
        assert proposed["casualties_qualifier"] == qualifier


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024-05-30T22:30:00Z", "2024-05-31"), ("30 May 2024 21:45 UTC", "2024-05-31"),
     ("2024-05-30 22:30:00.000+00:00", "2024-05-31"), ("1717108200000", "2024-05-31"),
     ("2024-05-30T12:30:00Z", "2024-05-30"), ("2024-05-30T22:30:00+03:00", "2024-05-30"),
     ("2024-05-30T22:30:00", "2024-05-30"), ("2024-05-30", "2024-05-30")],
)  # fmt: skip
def test_a_moment_in_utc_is_of_the_day_that_it_was_at_the_site(
    written: str, day: str, record: Record
) -> None:
    row = {"event_date": written, "site_id": "erbil", "target": "us-coalition-forces",
           "weapons": "drone", "reported_on": "2024-05-30"}  # fmt: skip
    (proposed,) = sheet(candidates(read_events(as_csv([row])), record), record).to_dict("records")
    assert (proposed["event_date"], proposed["attack_id"]) == (day, f"{day}-erbil-1")
    assert proposed["reported_on"] == day  # nothing is reported before it happens
    assert ("given in UTC, fell on 31 May 2024" in proposed["reasons"]) == (day == "2024-05-31")


def test_words_for_weapons_that_nobody_knows_are_told(record: Record) -> None:
    mapping = {
        "columns": {"event_date": "When", "place": "Base", "weapons": "With"},
        "always": {"target": "us-coalition-forces"},
    }
    told = read_events(b"When,Base,With\n2024-05-30,Erbil,Brieftauben\n", mapping)
    (found,) = candidates(told, record).itertuples()
    assert "'Brieftauben', are no words that are known" in found.reasons


def test_a_post_without_a_place_is_at_the_site_that_it_names(record: Record) -> None:
    mapping = {"columns": {"event_date": "at", "text": "text"}}
    posts = [
        {"at": "Thu May 30 18:32:00 +0000 2024", "text": "Drone at US forces in ʿAïn al-Asad!"},
        {"at": 1717093920000, "text": "Rockets at US forces between Erbil and Taji base"},
    ]
    found = candidates(read_events(json.dumps(posts).encode(), mapping), record)
    assert found["event_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-05-30"] * 2
    assert found["site_id"].tolist() == ["ain-al-asad", ""]
    assert "compared with no known attack" in found["reasons"].iloc[1]


def test_deaths_of_no_side_are_told(record: Record) -> None:
    row = dict.fromkeys(UCDP_COLUMNS, "") | {
        "id": "1", "side_a": "Government of United States of America", "side_b": "Kataib Hezbollah",
        "date_start": "2024-05-30", "latitude": "36.24", "longitude": "43.96", "deaths_a": "0",
        "deaths_b": "0", "deaths_unknown": "2", "best": "2",
    }  # fmt: skip
    (found,) = candidates(read_events(as_csv([row])), record).itertuples()
    assert "deaths of no side, which are in no count: 2" in found.reasons


def test_rows_of_one_external_id_are_told(record: Record) -> None:
    days_of = {"IRQ1": "2024-01-20", "IRQ2": "2024-05-03", "IRQ3": "2024-05-04"}
    rows = [EVENT | {"event_id_cnty": name, "event_date": day} for name, day in days_of.items()]
    found = candidates(read_events(as_csv([*rows, rows[0] | {"fatalities": "3"}])), record)
    told = found["reasons"].str.contains("one id is given to lines 2, 5 of the file")
    assert told.tolist() == [True, False, False, True]


def test_parties(record: Record) -> None:
    stances = {
        "Military Forces of the United States (2021-2025)": "target",
        "Global Coalition Against Daesh": "target",
        "Saudi-led Coalition": "named",
        "Military Forces of Israel (2022-)": "target",
        "Kataib Hizballah": "aligned",
        "Military Forces of Iran (1989-) Islamic Revolutionary Guard Corps": "aligned",
        "Military Forces of Iran (1989-)": "aligned",
        "PDKI: Democratic Party of Iran": "named",
        "Civilians (Iran)": "named",
        "Popular Mobilization Forces": "aligned",
        "Islamic State (Iraq)": "foreign",
        "Military Forces of Turkey (2016-)": "foreign",
        "Unidentified Armed Group (Iraq)": "unidentified",
        "": "nobody",
    }
    assert who(stances, record.actors, record.attacks)["stance"].to_dict() == stances


def test_words_of_a_text() -> None:
    told = read_texts(
        pd.Series(
            [
                "A group fired 12 rockets and two drones. Most of them were intercepted.",
                "An armed drone fell near the base; three US soldiers were lightly wounded.",
                "Nothing of the kind.",
            ]
        )
    )
    assert told["weapons"].tolist() == ["drone+rocket", "drone", ""]
    assert told["munitions"].fillna(-1).tolist() == [12, 1, -1]
    assert told["injured"].fillna(-1).tolist() == [-1, 3, -1]
    assert told["outcome"].tolist() == ["partly-intercepted", "missed", ""]


# From the sheet to the record

#: After all that the record reports.
LATER = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A file with one new attack, one known and one of others."""
    return delivered(tmp_path / "told.csv")


def delivered(path: Path, **said: str) -> Path:
    """The file, with what it says of the new attack besides."""
    rows = [
        {
            "event_date": "2024-06-03",
            "timestamp": "1717977600",
            "notes": "=1+1 at US forces",
            **said,
        },
        {},
        {"actor1": "Military Forces of Turkey (2016-)"},
    ]
    numbered = [{"event_id_cnty": f"IRQ{place}"} | row for place, row in enumerate(rows)]
    path.write_bytes(as_csv([EVENT | row for row in numbered]))
    return path


def reviewed(path: Path, **fields: str) -> Iterator[str]:
    """Fill in fields of the first row of a workbook, and say what stood in it."""
    book = load_workbook(path)
    page = book.active
    names = [cell.value for cell in page[1]]
    for name, text in fields.items():
        page.cell(2, names.index(name) + 1).value = text
    book.save(path)
    yield from (str(cell.value or "") for cell in page[2])


def test_a_review_becomes_a_row(command: Command, data: Path, told: Path, tmp_path: Path) -> None:
    attacks = data / "attacks.csv"
    review = tmp_path / "review.xlsx"
    done = command("record", "intake", told, "--data", data, "--to", review)
    assert (done.code, done.err) == (0, "")
    before = attacks.read_bytes()
    assert "=1+1 at US forces" in [*reviewed(review, accept="yes")]

    refused = command("record", "accept", review, "--data", data)
    assert refused.code == 1
    assert refused.err.startswith("review.xlsx:2: source_url: ")
    assert attacks.read_bytes() == before

    [*reviewed(review, source_url="https://example.org/1", note="Seen on the page.")]
    done = command("record", "accept", review, "--data", data, "--who", "Kim")
    assert (done.code, done.err) == (0, ""), done.err
    added = attacks.read_bytes().removeprefix(before).decode()
    assert added == (
        "2024-06-03-ain-al-asad-1,2024-06-10,2024-06-03,day,ain-al-asad,us-coalition-forces,drone,,"
        "unknown,,,,,,islamic-resistance-in-iraq,media,Reuters (via ACLED),https://example.org/1,"
        "Seen on the page.\n"
    )
    assert check(data) == []
    log = (data.parent / "intake" / "log.csv").read_text("utf-8")
    assert "Kim,ACLED,IRQ0,yes,new,2024-06-03-ain-al-asad-1" in log

    again = command("record", "accept", review, "--data", data)
    assert again.code == 1
    assert "is in the record already" in again.err

    # The next delivery has it again, and one after that says something else.
    assert [one["external_id"] for one in listed(command, told, data)] == ["IRQ1", "IRQ2"]
    assert len(listed(command, told, data, "--again")) == 3
    said = command("record", "intake", told, "--data", data).out
    assert "\n1 more were decided before and say the same; --again has them, too." in said
    later = delivered(tmp_path / "later.csv", notes="Two drones injured three US soldiers")
    (revised, *_) = listed(command, later, data)
    assert revised["external_id"] == "IRQ0"
    assert (revised["verdict"], revised["attack_id"]) == ("revises", "2024-06-03-ain-al-asad-1")


@pytest.fixture
def review(record: Record, told: Path, tmp_path: Path) -> Path:
    """The review of the file, of which the first row is accepted."""
    sheet = tmp_path / "review.xlsx"
    write_review(candidates(read_events(told.read_bytes()), record), record, sheet)
    [*reviewed(sheet, accept="yes", source_url="https://example.org/1")]
    return sheet


def test_a_row_ends_as_those_of_its_file_do(data: Path, review: Path) -> None:
    attacks = data / "attacks.csv"  # as a spreadsheet saves it
    attacks.write_bytes(b"\xef\xbb\xbf" + attacks.read_bytes().replace(b"\n", b"\r\n"))
    before = attacks.read_bytes()
    [*accept(review, data, "Kim", LATER)]
    added = attacks.read_bytes().removeprefix(before)
    assert added.startswith(b"2024-06-03-ain-al-asad-1,")
    assert added.endswith(b"\r\n")
    assert added.count(b"\n") == 1
    assert check(data) == []


def test_numbers_change_by_the_accepted_rows_and_by_nothing_else(
    record: Record, data: Path, tmp_path: Path
) -> None:
    """An attack that is new, a revision of one, a row that is rejected and one left undecided."""
    rows = [
        {"event_date": "2024-06-03", "timestamp": "1717977600", "notes": "Two drones were fired."},
        {"notes": "Rockets were fired; 40 soldiers were injured.", "timestamp": "1717977600"},
        {"event_date": "2024-06-05", "timestamp": "1717977600"},
        {"event_date": "2024-06-08", "timestamp": "1717977600"},
    ]
    events = as_csv([EVENT | {"event_id_cnty": f"IRQ{at}"} | row for at, row in enumerate(rows)])
    sheet = tmp_path / "review.csv"
    write_review(candidates(read_events(events), record), record, sheet)
    review = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    verdicts = dict(zip(review["external_id"], review["verdict"], strict=True))
    assert verdicts == {"IRQ0": "new", "IRQ1": "revises", "IRQ2": "new", "IRQ3": "new"}
    decided = {"IRQ0": "yes", "IRQ1": "yes", "IRQ2": "no", "IRQ3": ""}
    review["accept"] = review["external_id"].map(decided)
    review["source_url"] = "https://example.org/1"
    review.to_csv(sheet, index=False)
    [*accept(sheet, data, "Kim", dt.datetime(2026, 6, 1, tzinfo=dt.UTC))]
    assert check(data) == []

    day, new, known = "2024-06-11", "2024-06-03-ain-al-asad-1", "2024-01-20-ain-al-asad-1"
    after = read(data)
    came = after.came_since(day, record.census(day))
    assert sorted(came["id"]) == [known, new]
    was, now = counted.told(record, day, 14), counted.told(after, day, 14)
    assert now.rows ^ was.rows == {new}
    then = replace(was, known=now.known, is_of_the_record=False, came_since=came)
    found = explained(then, now)
    differing = {name for name, one in was.facts.items() if one != now.facts[name]}
    assert set(found["name"]) <= differing
    assert {"attacks_window", "attacks_cumulative", "injured_record"} <= set(found["name"])
    assert set(found["reason"]) == {"new", "revised"}
    assert {row for rows in found["rows"] for row in rows} == {new, known}
    assert counted.why(found, "attacks_window") == {"new": (new,)}
    assert counted.why(found, "injured_record") == {"revised": (known,)}
    # What an earlier version of it said otherwise than the first is no news.
    (detail,) = found.loc[found["name"] == "injured_record", "detail"]
    assert detail == f"{known}: injured 5 to 40"
    assert counted.why(found, "drone_share") == {"new": (new,)}


def listed(command: Command, file: Path, data: Path, *options: str) -> list[dict[str, object]]:
    """What the command says of a file, as data."""
    done = command("record", "intake", file, "--data", data, "--json", *options)
    found: list[dict[str, object]] = json.loads(done.out)
    return found


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"accept": "perhaps"}, "accept: 'perhaps' is no decision"),
        (
            {"reported_on": "2024-06-09"},
            "reported_on: '2024-06-09' is before the source's own date",
        ),
        ({"verdict": "same-as", "attack_id": "2024-06-03-ain-al-asad-7"}, "attack_id: "),
        ({"verdict": "out-of-scope"}, "verdict: "),
        ({"site_id": "nowhere"}, "site_id: unknown site 'nowhere'"),
        ({"killed": "3"}, "casualties_of: this is empty"),
    ],
)
def test_what_cannot_stand_in_the_record_is_named_by_the_line_of_the_review(
    data: Path, review: Path, fields: dict[str, str], wrong: str
) -> None:
    before = (data / "attacks.csv").read_bytes()
    [*reviewed(review, **fields)]
    with pytest.raises(RecordError) as refused:
        [*accept(review, data, "Kim", LATER)]
    assert str(refused.value.faults[0]).startswith(f"review.xlsx:2: {wrong}")
    assert (data / "attacks.csv").read_bytes() == before


def test_a_version_gets_a_day_of_its_own_and_no_other_stands(
    command: Command, data: Path, tmp_path: Path
) -> None:
    """The source told of it on a day of which the record has a version already."""
    told, review = tmp_path / "told.csv", tmp_path / "review.xlsx"
    said = {"notes": "Rockets were fired; 140 soldiers were injured.", "timestamp": "1705795200"}
    attack = "2024-01-20-ain-al-asad-1"
    known = read(data).attacks
    days = known.loc[known["attack_id"] == attack, "reported_on"].dt.strftime("%Y-%m-%d").tolist()
    told.write_bytes(as_csv([EVENT | said | {"event_id_cnty": "IRQ1"}]))
    assert command("record", "intake", told, "--data", data, "--to", review).code == 0
    (proposed,) = pd.read_excel(review, dtype=str, engine="calamine")["reported_on"]
    assert "2024-01-21" in days  # the source's own
    assert proposed > "2024-01-21"
    assert proposed not in days

    given = {"accept": "yes", "source_url": "https://example.org/1", "casualties_of": "us"}
    for day, wrong in (
        ("2024-01-21", "the record has a version of this attack of 2024-01-21 already"),
        ("2024-01-19", "'2024-01-19' is before the first version of this attack, "),
    ):
        [*reviewed(review, reported_on=day, told_on="", **given)]
        refused = command("record", "accept", review, "--data", data)
        assert refused.code == 1
        assert refused.err.startswith(f"review.xlsx:2: reported_on: {wrong}")
        assert refused.err.count("\n") == 1  # and nothing else is said of it
    [*reviewed(review, reported_on=proposed)]
    assert command("record", "accept", review, "--data", data).code == 0
    assert check(data) == []


def test_a_sheet_in_csv_does_as_well_and_the_command_speaks_json(
    command: Command, data: Path, told: Path, tmp_path: Path
) -> None:
    review = tmp_path / "review.csv"
    done = command("record", "intake", told, "--data", data, "--to", review, "--json")
    listed = json.loads(done.out)
    assert [one["verdict"] for one in listed] == ["new", "same-as", "out-of-scope"]
    assert set(listed[0]) == {"external_id", "verdict", "attack_id", "repeats", "score", "reasons"}
    rows = pd.read_csv(review, dtype=str, keep_default_na=False)
    assert rows["source_says"][0] == "'=1+1 at US forces"
    rows.loc[0, ["accept", "source_url"]] = ["yes", "https://example.org/1"]
    rows.to_csv(review, index=False)
    done = command("record", "accept", review, "--data", data)
    assert done.code == 0, done.err
    assert check(data) == []


ANSWERS = {
    "site_id": ["nowhere", "Al-Asad"],
    "event_date": ["2024-01-20"],
    "date_precision": ["day"],
    "target": ["us-coalition-forces"],
    "weapons": ["rocket+drone", "drone"],
    "outcome": ["unknown"],
    "claimed_by": ["Islamic Resistance in Iraq"],
    "confirmation": ["media"],
    "reported_on": ["2024-01-21"],
    "publisher": ["Reuters"],
    "source_url": ["https://example.org/1"],
    "add this row? yes or no": ["yes"],
}


def answering(answers: Mapping[str, Sequence[str]]) -> tuple[Ask, list[str]]:
    """Gives the answers to each question in turn, then nothing; and the questions so far."""
    left = {question: list(said) for question, said in answers.items()}
    asked: list[str] = []

    def ask(question: str, choices: Sequence[str]) -> str:
        asked.append(question)
        return left[question].pop(0) if left.get(question) else ""

    return ask, asked


def test_one_attack_is_asked_for_and_what_is_known_nearby_is_shown(data: Path) -> None:
    ask, asked = answering(ANSWERS)
    before = (data / "attacks.csv").read_bytes()
    said = "\n".join(add(data, LATER, ask))
    assert (asked.count("site_id"), asked.count("weapons"), asked.count("outcome")) == (2, 2, 1)
    assert "unknown site 'nowhere'" in said
    assert "did you mean 'drone+rocket'" in said
    assert "2024-01-20-ain-al-asad-1 (" in said
    added = (data / "attacks.csv").read_bytes().removeprefix(before).decode()
    assert added.startswith("2024-01-20-ain-al-asad-2,2024-01-21,2024-01-20,day,ain-al-asad,")
    assert check(data) == []


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"add this row? yes or no": ["no"]}, ""),
        ({"killed": ["2"]}, "casualties_of: this is empty"),
    ],
)
def test_nothing_is_added_that_cannot_stand_or_is_not_wanted(
    data: Path, answers: dict[str, list[str]], wrong: str
) -> None:
    ask, _ = answering(ANSWERS | answers)
    before = (data / "attacks.csv").read_bytes()
    with pytest.raises(RecordError, match=wrong) if wrong else nullcontext():
        assert [*add(data, LATER, ask)][-1] == ("Nothing is written.")
    assert (data / "attacks.csv").read_bytes() == before


def test_a_new_attack_never_takes_the_id_of_one_that_was_taken_back(data: Path) -> None:
    path = data / "attacks.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    gone = dict.fromkeys(head.split(","), "") | {
        "attack_id": "2024-01-20-ain-al-asad-1", "reported_on": "2024-11-01",
        "publisher": "Reuters", "source_url": "https://example.org/0",
    }  # fmt: skip
    lines = [f"{head},standing,same_as", *(f"{row},," for row in rows)]
    path.write_text("\n".join([*lines, ",".join(gone.values()) + ",retracted,", ""]), "utf-8")
    ask, _ = answering(ANSWERS)
    assert list(add(data, LATER, ask))[-1].startswith("new: 2024-01-20-ain-al-asad-2;")
    counted = set(read(data).as_of("2024-12-01").attacks["attack_id"])
    assert counted & {f"2024-01-20-ain-al-asad-{n}" for n in (1, 2)} == {"2024-01-20-ain-al-asad-2"}
