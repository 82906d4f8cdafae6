"""A table may lie in Parquet, in CSV or in both: what is known and what is wrong is the same."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import small_record
import ten_attacks
from conftest import copy_of_the_data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from malformed import Case, cases, together

from analysis.record import Record, check, read
from analysis.record.tables import TABLES, kinds

AS_OF = "2024-01-29"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small record, for a test to spoil."""
    return small_record.write(tmp_path)


def text_of(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])


def as_parquet(folder: Path, table: str, rows: pd.DataFrame | None = None) -> Path:
    """Put rows of a table, by default all, from its CSV file into Parquet."""
    csv = folder / f"{table}.csv"
    if rows is None:
        rows = text_of(csv)
        csv.unlink()
    path = folder / f"{table}.parquet"
    rows.to_parquet(path, index=False)
    return path


def typed(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as a desk's database would export them."""
    types = {"date": "datetime64[ns]", "count": "float64", "degrees": "float64", "word": "category"}
    types |= {"text": "str", "id": "str"}
    held = {name: kind for name, kind in kinds(table).items() if name in rows}
    return rows.astype({name: types[kind] for name, kind in held.items()})


def test_what_is_known_does_not_depend_on_the_format(data: Path, record: Record) -> None:
    for table in TABLES:
        as_parquet(data, table)
    assert check(data) == []
    assert read(data).as_of(AS_OF).of().digest() == record.as_of(AS_OF).of().digest()


def test_types_of_columns_do_not_matter(data: Path, record: Record) -> None:
    for table in TABLES:
        rows = text_of(data / f"{table}.csv")
        (data / f"{table}.csv").unlink()
        as_parquet(data, table, typed(table, rows))
    assert check(data) == []
    found = read(data)
    assert found.as_of(AS_OF).of().digest() == record.as_of(AS_OF).of().digest()
    pd.testing.assert_frame_equal(found.attacks, record.attacks)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**16), share=st.floats(0, 1))
def test_rows_may_lie_in_either_file_in_any_order(
    week: Record, tmp_path_factory: pytest.TempPathFactory, seed: int, share: float
) -> None:
    folder = ten_attacks.write(tmp_path_factory.mktemp("mixed") / "week")
    chance = random.Random(seed)
    for table in ten_attacks.HEADERS:
        rows = text_of(folder / f"{table}.csv").sample(frac=1, random_state=seed)
        in_parquet = np.array([chance.random() < share for _ in range(len(rows))], dtype=bool)
        as_parquet(folder, table, rows[in_parquet])
        rows[~in_parquet].to_csv(folder / f"{table}.csv", index=False)
    mixed = read(folder)  # which would say what is wrong with it
    for day in ("2023-11-03", "2023-11-07"):
        assert mixed.as_of(day).of().digest() == week.as_of(day).of().digest()


def test_a_row_that_both_files_have_is_named_at_both_places(small: Path) -> None:
    as_parquet(small, "attacks", text_of(small / "attacks.csv").iloc[[0, 2]])
    assert [str(fault) for fault in check(small)] == [
        f"attacks.parquet:{row}: attack_id: line {line} of attacks.csv has the same attack_id and "
        "reported_on; give a revision a reported_on of its own, or delete one of the two"
        for row, line in ((1, 2), (2, 4))
    ]


#: Mistakes in the value of a field, one of each kind and table; those in its characters are below.
OF_A_KIND = {
    f"{case.name.split(':')[0]} in {case.file}": case
    for case in cases()
    if "=" in case.name and not case.name.startswith(("half a place", "wrong list"))
}


@pytest.mark.parametrize(
    "mistakes", together(OF_A_KIND.values()), ids=lambda mistakes: mistakes[0].name
)
def test_the_same_is_wrong_with_the_same_value(tmp_path: Path, mistakes: list[Case]) -> None:
    folder = copy_of_the_data(tmp_path / "data")
    for case in mistakes:
        case.mutate(folder)
    in_csv = [(fault.file, fault.line - 1, fault.column, fault.message) for fault in check(folder)]
    assert {fault[:3] for fault in in_csv} == {
        (case.file, case.line - 1, case.column) for case in mistakes
    }
    for file in {case.file for case in mistakes}:
        as_parquet(folder, file.removesuffix(".csv"))
    assert [
        (fault.file.replace(".parquet", ".csv"), fault.line, fault.column, fault.message)
        for fault in check(folder)
    ] == in_csv


def one_fault(folder: Path) -> str:
    (fault,) = check(folder)
    return str(fault)


def test_flaws_of_characters_are_named(small: Path) -> None:
    rows = text_of(small / "attacks.csv")
    (small / "attacks.csv").unlink()
    rows["note"] = ["Two\nlines.", "A bell \x07 rings.", " Indented."]
    as_parquet(small, "attacks", rows)
    assert [str(fault) for fault in check(small)] == [
        "attacks.parquet:1: note: the field holds a line break; write it on one line",
        "attacks.parquet:2: note: control character U+0007 at position 8; delete it",
        "attacks.parquet:3: note: white space around 'Indented.'; delete it",
    ]


def test_bytes_that_are_no_text_are_named(small: Path) -> None:
    table = pa.Table.from_pandas(text_of(small / "actors.csv"), preserve_index=False)
    (small / "actors.csv").unlink()
    notes = [b"caf\xe9" if row == 1 else b"" for row in range(len(table))]
    broken = pa.array(notes, pa.binary()).view(pa.string())
    place = table.column_names.index("note")
    pq.write_table(table.set_column(place, "note", broken), small / "actors.parquet")
    assert one_fault(small).startswith(
        "actors.parquet:2: note: byte 0xE9 at position 4 is not UTF-8"
    )


def test_a_time_of_day_is_no_date(small: Path) -> None:
    rows = typed("milestones", text_of(small / "milestones.csv"))
    (small / "milestones.csv").unlink()
    rows.loc[0, "reported_on"] += pd.Timedelta(hours=7)
    as_parquet(small, "milestones", rows)
    assert one_fault(small).startswith("milestones.parquet:1: reported_on: '20")
    assert one_fault(small).endswith("is not a date; write YYYY-MM-DD")


def test_a_fraction_is_no_count(small: Path) -> None:
    rows = typed("tallies", text_of(small / "tallies.csv"))
    (small / "tallies.csv").unlink()
    rows.loc[1, "value"] = 2.5
    as_parquet(small, "tallies", rows)
    assert one_fault(small).startswith("tallies.parquet:2: value: '2.5' is not a whole number")


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("note", [["a"]], "list"),
        ("note", [{"a": 1}], "struct"),
        ("note", [b"a"], "binary"),
        ("note", [True], "bool"),
        ("note", [pd.Timestamp("2024-01-01", tz="UTC")], "timestamp"),
    ],
)
def test_a_column_of_another_kind_is_one_fault(
    small: Path, column: str, values: list[object], kind: str
) -> None:
    rows = text_of(small / "actors.csv")
    (small / "actors.csv").unlink()
    as_parquet(small, "actors", rows.assign(**{column: values * len(rows)}))
    assert one_fault(small).startswith(f"actors.parquet: {column}: a column of type {kind}")


def test_columns_that_are_missing_or_unknown_are_named(small: Path) -> None:
    rows = text_of(small / "sites.csv").rename(columns={"lat": "latitude"}).assign(severity="1")
    (small / "sites.csv").unlink()
    as_parquet(small, "sites", rows.drop(columns="aliases"))
    found = {str(fault).split(";")[0] for fault in check(small)}
    assert found == {
        "sites.parquet: severity: unknown column 'severity'",
        "sites.parquet: aliases: this column is missing",
        "sites.parquet: latitude: unknown column 'latitude'",
        "sites.parquet: lat: this column is missing",
    }


def test_the_order_of_columns_does_not_matter(data: Path, record: Record) -> None:
    rows = text_of(data / "attacks.csv")
    (data / "attacks.csv").unlink()
    as_parquet(data, "attacks", rows[sorted(rows)])
    assert read(data).as_of(AS_OF).of().digest() == record.as_of(AS_OF).of().digest()


def test_a_row_without_any_value_is_named(small: Path) -> None:
    rows = text_of(small / "actors.csv")
    (small / "actors.csv").unlink()
    rows = rows.reindex(range(len(rows) + 1))
    as_parquet(small, "actors", rows)
    assert one_fault(small) == f"actors.parquet:{len(rows)}: this row holds no value; delete it"


@settings(max_examples=8)
@given(chance=st.randoms(use_true_random=False))
def test_damaged_files_are_faults_and_nothing_worse(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    folder = ten_attacks.write(tmp_path_factory.mktemp("damaged") / "week")
    files = [as_parquet(folder, table) for table in ("attacks", "deployments", "tallies")]
    for path in files:
        raw = bytearray(path.read_bytes())
        for _ in range(chance.randrange(1, 9)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw[: chance.randrange(1, len(raw) + 1)])
    at_fault = {fault.file for fault in check(folder)}
    assert at_fault <= {"responses.csv", *(path.name for path in files)}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"attack_id,reported_on\n"])
def test_what_is_no_parquet_is_one_fault(small: Path, content: bytes) -> None:
    (small / "milestones.parquet").write_bytes(content)
    assert one_fault(small) == (
        "milestones.parquet: this is no Parquet file that can be read; write it anew"
    )


def test_a_folder_in_place_of_the_file_is_one_fault(small: Path) -> None:
    (small / "milestones.parquet").mkdir()
    assert one_fault(small) == (
        "milestones.parquet: this is not a plain file; the record needs this file"
    )


def test_without_either_file_the_csv_is_asked_for(small: Path) -> None:
    (small / "milestones.csv").unlink()
    assert one_fault(small).startswith("milestones.csv: no such file or directory")


def test_whole_numbers_may_lie_there_as_decimals(data: Path, record: Record) -> None:
    rows = text_of(data / "attacks.csv")
    (data / "attacks.csv").unlink()
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for column, scale in (("killed", 0), ("injured", 2)):
        numbers = pa.array(rows[column].astype("Int64"), pa.int64()).cast(pa.decimal128(38, scale))
        table = table.set_column(table.column_names.index(column), column, numbers)
    pq.write_table(table, data / "attacks.parquet")
    assert check(data) == []
    assert read(data).as_of(AS_OF).of().digest() == record.as_of(AS_OF).of().digest()


@pytest.mark.parametrize(
    ("table", "column", "cast"),
    [("attacks", "killed", "int64"), ("attacks", "event_date", "date32"),
     ("sites", "lat", "double"), ("actors", "note", "string")],
)  # fmt: skip
def test_a_column_of_another_type_is_told_its_cast(
    small: Path, table: str, column: str, cast: str
) -> None:
    rows = text_of(small / f"{table}.csv")
    (small / f"{table}.csv").unlink()
    as_parquet(small, table, rows.assign(**{column: True}))
    assert one_fault(small) == (
        f"{table}.parquet: {column}: a column of type bool is no column of a table; "
        f"cast it to {cast}"
    )
