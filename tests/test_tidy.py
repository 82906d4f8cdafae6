"""What programs do to a table is undone byte for byte, or it is told that it cannot be."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path

import pandas as pd
import pytest
from babel.dates import format_date
from conftest import DATA, Command, copy_of_the_data
from hypothesis import given, settings
from hypothesis import strategies as st
from small_record import spoil, write

from analysis.errors import Fault, RunError, told
from analysis.record import read
from analysis.record.broken import all_at_fault
from analysis.record.csv_text import in_lines, parse_strings
from analysis.record.reading import check, findings
from analysis.record.tables import TABLES, came_later, file_name, kinds
from analysis.record.tidy.folder import tidying
from analysis.record.tidy.whole import Tidied, tidied
from analysis.record.tidy.writing import Rewritten, write_all

Rows = list[list[str]]


def raw_of(table: str) -> bytes:
    return (DATA / file_name(table)).read_bytes()


def rows_of(table: str) -> Rows:
    return list(csv.reader(io.StringIO(raw_of(table).decode(), newline="")))


def saved(
    rows: Rows, separator: str = ",", end: str = "\n", encoding: str = "utf-8", before: str = "",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return (before + text.getvalue()).encode(encoding)


def mend(table: str, raw: bytes) -> Tidied:
    return tidied(file_name(table), table, raw)


def changed(rows: Rows, change: Callable[[str, str], str]) -> Rows:
    """Rows with each value that is not empty changed, given its column and itself."""
    header, *others = rows
    return [header] + [
        [change(name, value) if value else "" for name, value in zip(header, row, strict=True)]
        for row in others
    ]


def of_kind(table: str, kind: str, change: Callable[[str], str]) -> Callable[[Rows], bytes]:
    kind_of = kinds(table)
    return lambda rows: saved(
        changed(rows, lambda name, value: change(value) if kind_of[name] == kind else value)
    )


def dates(form: str) -> Callable[[str], str]:
    def written(value: str) -> str:
        day = pd.Timestamp(value)
        bare = {"D": str(day.day), "M": str(day.month)}
        return day.strftime(re.sub("[DM]", lambda found: bare[found[0]], form))

    return written


def in_words(language: str, form: str) -> Callable[[str], str]:
    return lambda value: format_date(pd.Timestamp(value), form, locale=language)


def by_pandas(table: str, **options: object) -> Callable[[Rows], bytes]:
    def write_out(_: Rows) -> bytes:
        frame = pd.read_csv(DATA / file_name(table))
        return str(frame.to_csv(**options)).encode()  # type: ignore[call-overload]

    return write_out


def curly(rows: Rows) -> bytes:
    quotes = iter("“”" * 10**6)
    text = "\n".join(re.sub('"', lambda _: next(quotes), line)
                     for line in saved(rows).decode().split("\n"))  # fmt: skip
    return text.encode()


def without_last_separators(rows: Rows) -> bytes:
    return "\n".join(line.rstrip(",") for line in saved(rows).decode().split("\n")).encode()


def noted(rows: Rows, odd: Callable[[str], str]) -> bytes:
    return saved(changed(rows, lambda name, value: odd(value) if name == "note" else value))


def decomma(value: str) -> str:
    return value.replace(".", ",")


def filled(row: list[str], word: str, places: Collection[int]) -> list[str]:
    """A row with a word in those of some places where nothing stands."""
    return [value or (word if at in places else "") for at, value in enumerate(row)]


def of_kinds_filled(table: str, rows: Rows, word: str, wanted: Collection[str]) -> Rows:
    places = [at for at, kind in enumerate(kinds(table).values()) if kind in wanted]
    return [filled(row, word, places) for row in rows]


def full_width(value: str) -> str:
    return value.translate({number: number + 0xFEE0 for number in range(0x21, 0x7F)})


def days_since(begin: str) -> Callable[[str], str]:
    return lambda value: str((pd.Timestamp(value) - pd.Timestamp(begin)).days)


MUTATIONS: dict[str, tuple[str, Callable[[Rows], bytes]]] = {
    "LibreOffice, semicolons, Windows-1252": ("sources", lambda rows: saved(rows, ";", "\n",
                                                                           "cp1252")),
    "LibreOffice, semicolons, all in quotes": ("tallies", lambda rows: saved(
        rows, ";", quoting=csv.QUOTE_ALL)),
    "LibreOffice in German": ("sites", lambda rows: saved(changed(
        rows, lambda name, value: decomma(value) if name in ("lat", "lon") else value), ";")),
    "Excel, semicolons": ("attacks", lambda rows: saved(rows, ";", "\r\n", "utf-8-sig")),
    "Excel, sep=": ("attacks", lambda rows: saved(rows, ";", "\r\n", "utf-8", "sep=;\r\n")),
    "Excel, sep=, BOM": ("milestones", lambda rows: saved(rows, ";", "\r\n", "utf-8-sig",
                                                          "sep=;\r\n")),
    "Excel, Unicode text": ("responses", lambda rows: saved(rows, "\t", "\r\n", "utf-16")),
    "UTF-16, big end first": ("actors", lambda rows: codecs.BOM_UTF16_BE + saved(
        rows, encoding="utf-16-be")),
    "UTF-16 without a mark": ("actors", lambda rows: saved(rows, encoding="utf-16-le")),
    "tabs": ("deployments", lambda rows: saved(rows, "\t")),
    "vertical bars": ("milestones", lambda rows: saved(rows, "|")),
    "CR alone": ("milestones", lambda rows: saved(rows, end="\r")),
    "CR CR LF": ("milestones", lambda rows: saved(rows, end="\r\r\n")),
    "Windows-1252": ("sources", lambda rows: saved(rows, encoding="cp1252")),
    "Windows-1252, CR LF": ("sources", lambda rows: saved(rows, ",", "\r\n", "cp1252")),
    "one line in Windows-1252": ("sources", lambda rows: b"\n".join(
        line.decode().encode("cp1252") if number == 50 else line
        for number, line in enumerate(saved(rows).split(b"\n")))),
    "pandas": ("attacks", by_pandas("attacks", index=False)),
    "pandas, index": ("attacks", by_pandas("attacks")),
    "pandas, index, read and written twice": ("tallies", lambda _: str(pd.read_csv(io.StringIO(str(
        pd.read_csv(DATA / "tallies.csv").to_csv()))).to_csv()).encode()),
    "pandas, decimal comma": ("deployments", by_pandas("deployments", index=False, sep=";",
                                                       decimal=",")),
    "numbers with two decimals": ("tallies", of_kind("tallies", "count", "{}.00".format)),
    "numbers with a decimal comma": ("tallies", of_kind("tallies", "count", "{},0".format)),
    "days first": ("attacks", of_kind("attacks", "date", dates("%d/%m/%Y"))),
    "days first, dots": ("responses", of_kind("responses", "date", dates("%d.%m.%Y"))),
    "days first, bare": ("milestones", of_kind("milestones", "date", dates("D/M/%Y"))),
    "days first, short year": ("tallies", of_kind("tallies", "date", dates("%d/%m/%y"))),
    "months first": ("attacks", of_kind("attacks", "date", dates("%m/%d/%Y"))),
    "months first, short": ("deployments", of_kind("deployments", "date", dates("M/D/%y"))),
    "years first, slashes": ("tallies", of_kind("tallies", "date", dates("%Y/%m/%d"))),
    "years first, bare": ("milestones", of_kind("milestones", "date", dates("%Y-M-D"))),
    "years first, together": ("milestones", of_kind("milestones", "date", dates("%Y%m%d"))),
    "names of months": ("responses", of_kind("responses", "date", dates("%d-%b-%y"))),
    "names of months first": ("tallies", of_kind("tallies", "date", dates("%B D, %Y"))),
    "midnight": ("coverage", of_kind("coverage", "date", "{} 00:00:00".format)),
    "midnight in ISO form": ("coverage", of_kind("coverage", "date", "{}T00:00".format)),
    "space around": ("tallies", lambda rows: saved(changed(rows, lambda _, value: f" {value}  "))),
    "tab after": ("milestones", lambda rows: saved(changed(rows, lambda _, value: f"{value}\t"))),
    "no-break spaces": ("attacks", lambda rows: noted(rows, lambda n: n.replace(" ", "\xa0"))),
    "narrow spaces": ("actors", lambda rows: noted(rows, lambda n: n.replace(" ", "\u202f"))),
    "line breaks": ("actors", lambda rows: noted(rows, lambda n: n.replace(" ", "\n", 1))),
    "lines of Windows": ("actors", lambda rows: noted(rows, lambda n: n.replace(" ", "\r\n"))),
    "no width": ("tallies", lambda rows: saved(changed(rows, lambda _, value: f"\u200b{value}"))),
    "soft hyphens": ("milestones", lambda rows: saved(
        changed(rows, lambda _, value: f"{value[0]}\xad{value[1:]}"))),
    "byte order marks": ("tallies", lambda rows: saved(changed(rows, lambda _, v: f"{v}\ufeff"))),
    "left to right": ("milestones", of_kind("milestones", "word", "\u200e{}\u200e".format)),
    "curly quotes": ("responses", curly),
    "no last separators": ("tallies", without_last_separators),
    "no last separators of sources": ("sources", without_last_separators),
    "empty rows at the end": ("tallies", lambda rows: saved(rows + [[""] * len(rows[0])] * 9)),
    "blank lines": ("tallies", lambda rows: saved(rows) + b"\n\n"),
    "blank lines between": ("tallies", lambda rows: saved(rows).replace(b"\n", b"\n\n")),
    "empty columns": ("sites", lambda rows: saved([[*row, "", ""] for row in rows])),
    "separators at the ends": ("tallies", lambda rows: saved(
        [rows[0], *([*row, ""] for row in rows[1:])])),
    "header in capitals": ("actors", lambda rows: saved([[n.upper() for n in rows[0]], *rows[1:]])),
    "header with spaces": ("actors", lambda rows: saved([[f" {n} " for n in rows[0]], *rows[1:]])),
    "columns the other way round": ("tallies", lambda rows: saved([row[::-1] for row in rows])),
    "R, with the names of rows": ("coverage", lambda rows: saved(
        [["", *rows[0]], *([str(number), *filled(row, "NA", range(1, 2))]
                           for number, row in enumerate(rows[1:], 1))], quoting=csv.QUOTE_ALL)),
    "SQL's words for nothing": ("responses", lambda rows: saved(of_kinds_filled(
        "responses", rows, "NULL", ("count", "id", "word")))),
    "pandas' words for no day": ("milestones", lambda rows: saved(of_kinds_filled(
        "milestones", rows, "NaT", ("date",)))),
    "apostrophes before days": ("tallies", of_kind("tallies", "date", "'{}".format)),
    "apostrophes before all": ("tallies", lambda rows: saved(changed(rows, lambda _, v: f"'{v}"))),
    "formulas of text": ("tallies", of_kind("tallies", "count", '="{}"'.format)),
    "thousands apart": ("deployments", of_kind("deployments", "count",
        lambda v: f"{int(v):,}".replace(",", "\u202f"))),
    "thousands apart by commas": ("deployments", of_kind("deployments", "count",
        lambda v: f"{int(v):,}")),
    "thousands apart by points": ("deployments", of_kind("deployments", "count",
        lambda v: f"{int(v):,}".replace(",", "."))),
    "dashes in words": ("actors", of_kind("actors", "id", lambda v: v.replace("-", "\u2011"))),
    "dashes in days": ("milestones", of_kind("milestones", "date", lambda v: v.replace("-", "–"))),
    "full width": ("tallies", of_kind("tallies", "date", full_width)),
    "full width degrees": ("sites", of_kind("sites", "degrees", full_width)),
    "in UTC": ("milestones", of_kind("milestones", "date", "{}T00:00:00.000Z".format)),
    "at midnight": ("milestones", of_kind("milestones", "date", dates("%m/%d/%Y %r"))),
    "weekdays": ("milestones", of_kind("milestones", "date", dates("%A, %B D, %Y"))),
    "names of months between": ("milestones", of_kind("milestones", "date", dates("%Y-%b-%d"))),
    "German names of months": ("tallies", of_kind("tallies", "date", in_words("de", "d. MMMM y"))),
    "French weekdays": ("milestones", of_kind("milestones", "date", in_words(
        "fr", "EEEE d MMMM y"))),
    "Spanish names of months": ("responses", of_kind("responses", "date", in_words(
        "es", "d 'de' MMMM 'de' y"))),
    "Italian short names": ("tallies", of_kind("tallies", "date", in_words("it", "dd-MMM-yy"))),
    "days since 1900": ("attacks", of_kind("attacks", "date", days_since("1899-12-30"))),
    "days since 1904": ("attacks", of_kind("attacks", "date", days_since("1904-01-01"))),
    "a title above": ("tallies", lambda rows: b"Table 1,,\n\n" + saved(rows)),
    "two files in one": ("actors", lambda rows: saved([*rows[:9], rows[0], *rows[9:]])),
    "header with dots": ("tallies", lambda rows: saved(
        [[name.replace("_", ".") for name in rows[0]], *rows[1:]])),
    "header of a machine": ("tallies", lambda rows: saved(
        [[name.title().replace("_", "") for name in rows[0]], *rows[1:]])),
    "no end of the last line, semicolons": ("coverage", lambda rows: saved(rows, ";")[:-1]),
}  # fmt: skip

#: Degrees lose their last nought, which says nothing.
INEXACT = {"pandas"}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_a_program_did_is_undone_byte_for_byte(name: str) -> None:
    table, mutate = MUTATIONS[name]
    raw = mutate(rows_of(table))
    assert raw != raw_of(table)
    found = mend(table, raw)
    assert found.content == raw_of(table)
    assert found.mended
    assert not found.faults
    assert len(list(told(found.mended))) <= 30


def test_there_are_forty_of_these() -> None:
    assert len(MUTATIONS) >= 45


@pytest.mark.parametrize("table", TABLES)
def test_no_byte_of_a_good_table_is_changed(table: str) -> None:
    original = raw_of(table)
    for raw in (original, codecs.BOM_UTF8 + original.replace(b"\n", b"\r\n"), original[:-1]):
        found = mend(table, raw)
        assert (found.content, found.mended, found.faults) == (None, [], [])


HEADER = "since,through,targets,kept,note\n"
SPAN = "2024-01-{:02},,israel,daily,\n"

#: What has two readings: table, what is replaced in the small record by what, and what is told.
DOUBTS = {
    "a day or a month": ("milestones", "2023-12-01,2023-11-24,2023-11-30",
        "01/12/2023,02/11/2023,03/11/2023",
        "2: reported_on: '01/12/2023' is written day first or month first, and nothing here"),
    "a year or a day": ("milestones", "2023-12-01", "20/12/21",
        "2: reported_on: '20/12/21' is written day first or year first, and nothing"),
    "a thousand or one": ("tallies", ",13,exact", ",1.000,exact", "2: value: '1.000' is not a"),
    "a thousand or a fraction": ("tallies", ",13,exact", ',"1,234",exact', "2: value: '1,234'"),
    "half a number": ("tallies", ",13,exact", ",13.5,exact", "2: value: '13.5' is not a whole"),
    "rounded": ("tallies", ",13,exact", ",1.3E+01,exact", "2: value: '1.3E+01' is not"),
    "two numbers": ("tallies", ",13,exact", ",1\xa03,exact", "2: value: white space U+00A0"),
    "a time of day": ("milestones", "2023-11-24", "2023-11-24 04:00", "2: start_on: '2023-11-24 "),
    "no day": ("milestones", "2023-11-24", "31/11/2023", "2: start_on: '31/11/2023' is not a date"),
    "a field is missing": ("attacks", ",night,", ",",
        "4: 17 fields where the header has 18, so some are missing, probably date_precision;"),
    "a comma in a text": ("attacks", "Six hurt.", "Six, hurt.", "3: 19 fields where the header"),
    "a quote within": ("attacks", '"Two drones, both shot down."', "“Two “big” drones, both.”",
        "2: 19 fields where the header has 18"),
    "none or not known": ("attacks", ",2,intercepted", ",None,intercepted",
        "2: munitions: 'None' is not a whole"),
    "a number more": ("tallies", ",13,exact", ",+13,exact", "2: value: '+13' is not"),
    "one epoch or another": ("milestones", "2023-12-01,2023-11-24,2023-11-30", "45261,45254,45260",
        "2: reported_on: '45261' is written as a number of days since 1900 or as"),
    "another weekday": ("milestones", "2023-11-24", '"Monday, November 24, 2023"',
        "2: start_on: 'Monday, November 24, 2023' is not a date"),
    "a row above the header": ("tallies", "reported_on,", "2024-01-01,2024-01-01,ALL\nreported_on,",
        "1: this is not the header"),
    "a quote not closed": ("attacks", 'shot down."', "shot down.", "2: note: the quote that opens"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTS)
def test_what_has_two_readings_is_told_and_left(tmp_path: Path, name: str) -> None:
    table, old, new, message = DOUBTS[name]
    write(tmp_path)
    file = tmp_path / file_name(table)
    spoil(tmp_path, file.name, old, new)
    found = mend(table, file.read_bytes())
    assert found.content is None
    told_of = [str(fault) for fault in check(tmp_path)]
    assert any(line.startswith(f"{file.name}:{message}") for line in told_of), told_of


@pytest.mark.parametrize("table", ["attacks", "sources"])
def test_a_file_of_the_macintosh_is_left_whole(table: str) -> None:
    """Its letters are dashes and marks in Windows-1252: read so, some names would be others."""
    raw = raw_of(table).decode().encode("mac_roman", "replace")
    found = mend(table, raw)
    assert found.content is None
    assert any("is not UTF-8" in fault.message for fault in found.faults)


def test_letters_saved_twice_are_read_once_or_left_as_they_are() -> None:
    raw = raw_of("sources").decode()
    twice = "".join(_in_windows(byte) for byte in raw.encode())
    found = mend("sources", twice.encode())
    assert found.content == raw.encode()
    assert not found.faults
    # Where a byte was lost nothing is taken away that may be part of a letter.
    rows = rows_of("milestones")
    rows[1][5] = "El PotosÃ\xad and Ã"
    found = mend("milestones", saved(rows))
    assert found.content is None
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "title")]


def _in_windows(byte: int) -> str:
    """A byte as programs read Windows-1252: what that lacks is as in Latin 1."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def test_a_letter_that_an_encoding_lacked_is_told() -> None:
    rows = rows_of("milestones")
    rows[1][5], rows[2][5] = "Café People’s Daily", "Café of 2024"
    found = mend("milestones", saved(rows).decode().encode("latin-1", "replace"))
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "title")]
    assert "copy them anew" in found.faults[0].message


def test_letters_of_another_alphabet_are_left() -> None:
    rows = rows_of("milestones")
    rows[1][5] = "Переговоры в Вене"
    raw = saved(rows, encoding="cp1251")
    found = mend("milestones", raw)
    assert found.content is None
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "title")]


def test_a_line_of_windows_beside_what_may_be_either_is_left() -> None:
    rows = rows_of("milestones")
    rows[1][5], rows[2][5] = "Caf\xe9", "Kaf\xe9s"
    lines = saved(rows).split(b"\n")
    lines[2] = lines[2].replace("\xe9".encode(), b"\xe9")
    assert mend("milestones", b"\n".join(lines)).content == saved(rows)
    # As Windows-1252 this is an accented letter before a quote, as UTF-8 another letter.
    lines[1] = lines[1].replace("\xe9".encode(), b"\xc9\x94")
    assert mend("milestones", b"\n".join(lines)).content is None


def test_days_are_told_apart_by_what_stands_beside_them(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "attacks.csv").read_text("utf-8")
    for day in ("18", "19", "20"):
        text = re.sub(f"(?<=,)2023-10-{day}", f"10/{int(day) - 12:02}/2023", text)
    text = re.sub("^2023-10-(..)", lambda day: f"2023-10-{int(day[1]) - 12:02}", text, flags=re.M)
    (tmp_path / "attacks.csv").write_text(text, "utf-8")
    found = mend("attacks", text.encode())
    assert b"2023-10-06-al-tanf-1,2023-10-06,2023-10-06,day" in (found.content or b"")
    assert "month first" in found.mended[0].message


def test_days_that_a_program_swapped_are_told_apart_by_the_id() -> None:
    rows = rows_of("attacks")
    days, first = [], {}
    for row in rows[1:]:
        first.setdefault(row[0], row)
    kept = [rows[0]] + [row for row in first.values() if row[1] == row[2] == row[0][:10]]
    for row in kept[1:]:
        year, month, day = row[2].split("-")
        days.append([f"{year}-{day}-{month}" if day <= "12" else f"{day}/{month}/{year}"] * 2)
    swapped = [kept[0]] + [
        [row[0], *two, *row[3:]] for row, two in zip(kept[1:], days, strict=True)
    ]
    assert mend("attacks", saved(swapped)).content == saved(kept)
    without_ids = [[row[1], "", "israel", "daily", ""] for row in swapped[1:]]
    found = mend("coverage", (HEADER + saved(without_ids).decode()).encode())
    assert found.content is None
    assert "may have swapped day and month of the others" in found.faults[0].message


def test_rows_that_cannot_be_read_stay_while_others_are_mended() -> None:
    lines = raw_of("attacks").decode().split("\n")
    lines[4] = lines[4].replace(",", ',"', 1)
    bare = next(number for number in range(5, 99) if '"' not in lines[number])
    lines[bare] += "\xa0"
    found = mend("attacks", "\n".join(lines).encode())
    assert found.content == "\n".join(lines).replace("\xa0", "").encode()
    assert [fault.line for fault in found.mended] == [bare + 1]
    assert [fault.line for fault in found.faults] == [5]
    # Between semicolons such a row would be lost among commas.
    semicolons = saved(rows_of("attacks"), ";").decode().split("\n")
    semicolons[4] = semicolons[4].replace(";", ';"', 1)
    found = mend("attacks", "\n".join(semicolons).encode())
    assert found.content is None
    assert not any(fault.tidy for fault in [*found.mended, *found.faults])
    assert [fault.line for fault in found.faults] == [1, 5]


# Any mutations at once


FIELDS: list[Callable[[str, str], str]] = [
    lambda kind, value: f"{value} ",
    lambda kind, value: f"\xa0{value}",
    lambda kind, value: f"{value}\u200b",
    lambda kind, value: f"{value[:1]}\xad{value[1:]}",
    lambda kind, value: value.replace(" ", "\xa0") if kind == "text" else value,
    lambda kind, value: value.replace(" ", "\n", 1) if kind == "text" else value,
    lambda kind, value: f"{value}.0" if kind == "count" else value,
    lambda kind, value: f"{value}.000" if kind == "count" else value,
    lambda kind, value: value.replace(".", ",") if kind == "degrees" else value,
    lambda kind, value: value if kind == "text" else f"'{value}",
    lambda kind, value: '="{}"'.format(value.replace('"', '""')),
    lambda kind, value: value if kind == "text" else full_width(value),
    lambda kind, value: value if kind == "text" else value.replace("-", "\u2212"),
    lambda kind, value: value if kind == "text" else "NaN",
]
DATES = ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y/%m/%d", "%d-%b-%y", "%Y%m%d", "%Y-%m-%d 00:00",
         "%Y-%m-%dT00:00:00Z", "%a %d %b %Y"]  # fmt: skip
LINES: list[Callable[[str, str], str]] = [
    lambda line, mark: line.rstrip(mark),
    lambda line, mark: line + mark,
    lambda line, mark: f"{line}\n{mark * 3}",
    lambda line, mark: line.replace('"', "“", 1)[::-1].replace('"', "”", 1)[::-1],
    lambda line, mark: line.replace(mark, "", 1),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes, bytes]:
    """A few rows of a table as they are, and as some programs after each other leave them."""
    table = draw(st.sampled_from(list(TABLES)))
    header, *rows = rows_of(table)
    picked = draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=6, unique=True))
    rows = [rows[number] for number in sorted(picked)]
    original, kind_of = saved([header, *rows]), kinds(table)
    forms = {name: draw(st.sampled_from(["", "", *DATES]))
             for name, kind in kind_of.items() if kind == "date"}  # fmt: skip
    spoilt = changed([header, *rows], lambda name, value: dates(forms[name])(value)
                     if forms.get(name) else value)  # fmt: skip
    for _ in range(draw(st.integers(0, 3))):
        row = draw(st.sampled_from(spoilt[1:]))
        place = draw(st.integers(0, len(header) - 1))
        if row[place]:
            row[place] = draw(st.sampled_from(FIELDS))(kind_of[header[place]], row[place])
    if draw(st.booleans()):
        spoilt = [[str(number - 1) if number else "", *row] for number, row in enumerate(spoilt)]
    mark = draw(st.sampled_from([",", ",", ";", "\t"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    text = saved(spoilt, mark, quoting=quoting).decode()
    # Within a text of several lines a separator more is one of its own, and nobody can know.
    of_one_line = not any("\n" in value for row in spoilt for value in row)
    if of_one_line and draw(st.booleans()):
        lines = text.split("\n")
        number = draw(st.integers(1, len(lines) - 1))
        lines[number] = draw(st.sampled_from(LINES))(lines[number], mark)
        text = "\n".join(lines)
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    if encoding == "cp1252" and text.encode("cp1252", "replace").decode("cp1252") != text:
        encoding = "utf-8"  # letters that are lost can be known to nobody
    return table, original, text.encode(encoding)


@settings(max_examples=80)
@given(mutated())
def test_what_is_mended_is_as_it_was_or_it_is_told(given_: tuple[str, bytes, bytes]) -> None:
    table, original, raw = given_
    found = mend(table, raw)
    after = raw if found.content is None else found.content
    again = mend(table, after)
    assert again.content is None
    then, _ = parse_strings("", original, list(kinds(table)), came_later(table))
    assert then is not None
    if in_lines(after) == original:
        return
    told_at = {(fault.line, fault.column) for fault in found.faults}
    assert told_at or found.rows is not None
    alike = found.rows is not None and found.rows.fillna("").values.tolist() == (
        then.fillna("").values.tolist()
    )
    if alike:
        return  # in other quotation marks or line ends, which say the same
    if found.rows is not None and found.rows.fillna("").equals(then.fillna("")):
        return  # a good file may put quotes around more than it must
    if found.rows is not None:
        told_at |= all_at_fault(table, found.rows)
        lines = found.rows.index
        if len(lines) == len(then):
            for column in then:
                is_other = found.rows[column].fillna("").values != then[column].fillna("").values
                for line in lines[is_other]:
                    assert {(line, column), (line, ""), (0, "")} & told_at, (line, column)
    assert told_at, (after.decode("utf-8", "replace"), original.decode())


# The folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path)


def test_letters_that_an_encoding_lacked_are_named_as_lost() -> None:
    rows = rows_of("sources")
    rows[1][1], rows[2][1] = "Baladi ????", "El País"
    found = mend("sources", saved(rows, encoding="cp1252"))
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "outlet")]
    assert "saved as '????'; copy them anew" in found.faults[0].message
    assert found.content == saved(rows)


def test_quotation_marks_that_no_field_needs_are_taken_away(command: Command, small: Path) -> None:
    file = small / "milestones.csv"
    original = file.read_bytes()
    rows = list(csv.reader(io.StringIO(original.decode())))
    file.write_bytes(saved(rows, quoting=csv.QUOTE_ALL))
    assert command("check", "--data", small).code == 0
    shown = command("record", "tidy", "--data", small)
    assert "milestones.csv: fields stand in quotation marks that they do not need" in shown.out
    command("record", "tidy", "--write", "--data", small)
    assert file.read_bytes() == original


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("table", ["sites", "responses"])
def test_zeros_that_a_spreadsheet_dropped_are_given_back(
    tmp_path: Path, table: str, separator: str
) -> None:
    data = copy_of_the_data(tmp_path / "data")
    file = data / file_name(table)
    original = file.read_bytes()

    def as_number(name: str, value: str) -> str:
        return f"{float(value):.15g}" if name in ("lat", "lon") else value

    file.write_bytes(saved(changed(rows_of(table), as_number), separator))
    assert file.read_bytes() != original
    found = tidying(data)
    assert re.search(
        r"degrees lack the zeros at their end: \S+ was \S+0$", found.mended[-1].message
    )
    write_all(found.files)
    assert file.read_bytes() == original
    assert tidying(data).files == []


def test_zeros_are_given_back_only_where_all_are_gone(tmp_path: Path) -> None:
    data = copy_of_the_data(tmp_path / "data")
    with (data / "sites.csv").open("a", encoding="utf-8") as table:
        table.write("new-post,New Post,,IRQ,33.5,43.45,garrison,https://example.org/\n")
    assert tidying(data) == ([], [], [])


@pytest.mark.parametrize("separator", [",", ";"])
def test_noughts_before_counts_are_taken_away(tmp_path: Path, separator: str) -> None:
    data = copy_of_the_data(tmp_path / "data")
    file = data / "attacks.csv"
    original = file.read_bytes()
    rows = list(csv.reader(io.StringIO(of_kind("attacks", "count", "00{}".format)(
        rows_of("attacks")).decode(), newline="")))  # fmt: skip
    file.write_bytes(saved(rows, separator))
    assert bool(check(data)) == (separator == ";")
    found = tidying(data)
    assert re.search(r"counts have noughts before them: 00(\d+) is \1$", found.mended[-1].message)
    write_all(found.files)
    assert file.read_bytes() == original


@pytest.mark.parametrize(
    ("table", "spoilt", "message"),
    [
        ("tallies", lambda rows: of_kinds_filled("tallies", rows, "null", ("text",)),
         "texts are 'null' where nothing stands, and no text is empty"),
        ("sources", lambda rows: changed(rows, lambda _, v: unicodedata.normalize("NFD", v)),
         "texts hold letters in parts"),
        ("sites", lambda rows: changed(rows, lambda name, v: repr(float(v) + 4e-15)
                                       if name in ("lat", "lon") else v),
         "degrees hold what a calculation left: 28.930000000000003 is 28.93"),
        ("sites", lambda rows: changed(rows, lambda name, v: str(float(v))
                                       if name in ("lat", "lon") else v),
         "degrees lack the zeros at their end"),
    ],
)  # fmt: skip
def test_what_no_check_misses_is_as_usual_again(
    tmp_path: Path, table: str, spoilt: Callable[[Rows], Rows], message: str
) -> None:
    data = copy_of_the_data(tmp_path / "data")
    file = data / file_name(table)
    original = file.read_bytes()
    file.write_bytes(saved(spoilt(rows_of(table))))
    assert check(data) == []
    found = tidying(data)
    assert any(message in fault.message for fault in found.mended)
    write_all(found.files)
    assert file.read_bytes() == original
    assert tidying(data) == ([], [], [])


def test_what_may_be_meant_is_told_and_left(command: Command, small: Path) -> None:
    spoil(small, "attacks.csv", "Six hurt.", "Six hurt at A&amp;B.")
    spoil(small, "milestones.csv", ",AP,", ",NA,")
    for arguments in (["check"], ["record", "tidy"]):
        told_of = command(*arguments, "--data", small)
        assert told_of.code == 0
        said = told_of.out + told_of.err
        assert "attacks.csv:3: note: '&amp;' is how HTML writes '&'; write that if it is" in said
        assert "milestones.csv:2: publisher: 'NA' is what a program writes where nothing" in said


def semicolons(file: Path) -> None:
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
    file.write_bytes(saved(rows, ";", "\r\n", "utf-8-sig"))


def test_the_command_shows_makes_and_is_content(command: Command, small: Path) -> None:
    original = {path.name: path.read_bytes() for path in small.iterdir()}
    for name in ("attacks.csv", "sites.csv"):
        semicolons(small / name)
    shown = command("record", "tidy", "--data", small)
    assert shown.code == 1
    assert shown.out == (
        "To mend in attacks.csv, sites.csv, with --write:\n"
        "  attacks.csv:1: the file is separated by semicolons; save it with commas\n"
        "  sites.csv:1: the file is separated by semicolons; save it with commas\n"
    )
    made = command("record", "tidy", "--data", small, "--write")
    assert (made.code, made.out.split("\n")[0]) == (0, "Mended in attacks.csv, sites.csv:")
    assert {path.name: path.read_bytes() for path in small.iterdir()} == original
    content = command("record", "tidy", "--data", small)
    assert (content.code, content.out) == (0, f"There is nothing to mend in {small}.\n")


def test_check_tells_all_kinds_in_one_round(small: Path) -> None:
    spoil(small, "attacks.csv", ",night,", ",noon,")
    spoil(small, "attacks.csv", ",al-tanf,us", ",ATG,us")
    spoil(small, "attacks.csv", ",2,intercepted", ",2.0,intercepted")
    semicolons(small / "attacks.csv")
    assert [str(fault) for fault in check(small)] == [
        "attacks.csv:1: the file is separated by semicolons; save it with commas",
        "attacks.csv:2: site_id: unknown site 'ATG'; did you mean 'al-tanf'? "
        "Known sites are in sites.csv",
        "attacks.csv:2: munitions: '2.0' is a whole number saved as a decimal; write 2",
        "attacks.csv:4: date_precision: 'noon' is not in the codebook; "
        "write one of day, night, about",
    ]


def test_an_alias_of_the_real_record_is_answered_with_the_id(tmp_path: Path) -> None:
    folder = copy_of_the_data(tmp_path / "data")
    spoil(folder, "attacks.csv", ",ain-al-asad,", ",al-assad,")
    (fault,) = check(folder)
    assert "did you mean 'ain-al-asad'?" in fault.message


def test_windows_line_ends_and_a_byte_order_mark_change_nothing_that_is_known(small: Path) -> None:
    digest = read(small).digest("2023-12-01")
    for path in small.glob("*.csv"):
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(small) == []
    assert read(small).digest("2023-12-01") == digest


def test_of_very_many_faults_the_first_are_told_and_the_number(small: Path) -> None:
    rows = "".join(f"place-{number},Place,,IRQ,north,,city,https://example.org/\n"
                   for number in range(3_000))  # fmt: skip
    with (small / "sites.csv").open("a", encoding="utf-8") as sites:
        sites.write(rows)
    found = [fault for fault in check(small) if fault.column == "lat"]
    assert (len(found), found[-1].more) == (1_000, 2_000)
    lines = [line for line in told(found) if ": lat: " in line]
    assert (len(lines), lines[-1]) == (6, "sites.csv: lat: and 2,995 more like this")


def test_files_that_look_like_tables_and_are_not_read_are_named(small: Path) -> None:
    for name in ("attacks (1).csv", "~$attacks.csv", "Attacks.CSV", "attacks.csv.csv", "notes.txt"):
        (small / name).write_text("x", "utf-8")
    named = {one.file: one for one in findings(small) if "is not read" in one.message}
    assert sorted(named) == ["Attacks.CSV", "attacks (1).csv", "attacks.csv.csv", "~$attacks.csv"]
    assert {one.kind for one in named.values()} == {"remark"}
    assert all(one.message.endswith("attacks.csv is") for one in named.values())


def two_files(folder: Path) -> list[Rewritten]:
    (folder / "a.csv").write_bytes(b"a")
    (folder / "b.csv").write_bytes(b"b")
    return [Rewritten(folder / "a.csv", b"a", b"A"), Rewritten(folder / "b.csv", b"b", b"B")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = two_files(tmp_path)
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target.name == "b.csv":
            raise OSError(28, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(OSError, match="No space"):
            write_all(files)
    assert contents(tmp_path) == {"a.csv": b"a", "b.csv": b"b"}
    (tmp_path / "b.csv").write_bytes(b"someone else's")
    with pytest.raises(RunError, match="changed meanwhile"):
        write_all(files)
    assert contents(tmp_path) == {"a.csv": b"a", "b.csv": b"someone else's"}
    write_all(two_files(tmp_path))
    assert contents(tmp_path) == {"a.csv": b"A", "b.csv": b"B"}


def test_what_is_tidied_is_what_check_read(small: Path) -> None:
    spoil(small, "attacks.csv", ",2,intercepted", ",2.0,intercepted")
    spoil(small, "sites.csv", "garrison", "castle")
    found = tidying(small)
    assert [(one.file, one.column) for one in found.mended] == [("attacks.csv", "munitions")]
    assert [(one.file, one.column) for one in found.left] == [("sites.csv", "kind")]
    assert isinstance(found.left[0], Fault)
