"""Malformed records, some two hundred: the real one with a single mistake, and where that is.

Deterministic: the mistakes fall on lines that a seeded generator picks from the record. Each
case is (name, mutate, file, line, column): `mutate(folder)` spoils a copy of the record in a
folder, and a check must then name exactly this file, line (0: the file as a whole) and column
(empty: no single one).
"""

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "data"


class Case(NamedTuple):
    name: str
    mutate: Callable[[Path], object]
    file: str
    line: int
    column: str


@cache
def cases() -> list[Case]:
    """Return the cases, always the same for the same record."""
    rng = random.Random(20231017)
    return [
        *_bad_dates(rng),
        *_unknown_ids(rng),
        *_bad_counts(rng),
        *_bad_words(rng),
        *_bad_places(rng),
        *_bad_text(rng),
        *_missing_values(rng),
        *_bad_ids(rng),
        *_contradictions(rng),
        *_bad_headers(),
        *_bad_lines(rng),
        *_bad_bytes(rng),
        *_bad_files(),
        *_against_each_other(rng),
    ]


def together(single: Iterable[Case]) -> list[list[Case]]:
    """Return cases in few records: no two wrong values in a row, no two other ones in a file."""
    records: list[list[Case]] = []
    for case in single:
        for record in records:
            if _kind(case) == _kind(record[0]) and _place(case) not in map(_place, record):
                record.append(case)
                break
        else:
            records.append([case])
    return records


def _kind(case: Case) -> str:
    """Whether values of a row are wrong, the row is none, or the whole file."""
    if isinstance(case.mutate, partial) and case.mutate.func is _set:
        return "values"
    return "row" if case.line > 1 else "file"


def _place(case: Case) -> tuple[str, int]:
    """Where a mistake would hide another: in its row, or in its file if rows may be lost."""
    return case.file, case.line if _kind(case) == "values" else 0


# How a mistake is made


@cache
def _rows(file: str) -> list[dict[str, str]]:
    """The rows of a table; row i stands on line i + 2."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _written(values: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _set(file: str, line: int, changes: dict[str, str], folder: Path) -> None:
    header, *_ = (folder / file).read_text("utf-8").split("\n")
    row = _rows(file)[line - 2] | changes
    _replace_line(file, line, lambda _: _written([row[name] for name in header.split(",")]), folder)


def _replace_line(file: str, line: int, new: Callable[[str], str], folder: Path) -> None:
    lines = (folder / file).read_text("utf-8").split("\n")
    lines[line - 1] = new(lines[line - 1])
    (folder / file).write_text("\n".join(lines), "utf-8", newline="\n")


def _replace_bytes(file: str, new: Callable[[bytes], bytes], folder: Path) -> None:
    (folder / file).write_bytes(new((folder / file).read_bytes()))


def _with_semicolons(folder: Path) -> None:
    rows = _rows("actors.csv")
    with (folder / "actors.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([rows[0], *(row.values() for row in rows)])


def _case(kind: str, file: str, line: int, column: str, value: str) -> Case:
    """A case in which one field has a wrong value."""
    name = f"{kind}: {file}:{line} {column}={value!r}"
    return Case(name, partial(_set, file, line, {column: value}), file, line, column)


def _pick(rng: random.Random, file: str, *given: str) -> int:
    """The line of some row in which these columns are given."""
    rows = enumerate(_rows(file), start=2)
    return rng.choice([line for line, row in rows if all(row[name] for name in given)])


# The families of mistakes

_DATES = {
    "attacks.csv": ["reported_on", "event_date"],
    "tallies.csv": ["reported_on", "since", "through"],
    "deployments.csv": ["reported_on", "effective_on"],
    "responses.csv": ["reported_on", "event_date"],
    "milestones.csv": ["reported_on", "start_on", "end_on"],
}
_FILES = [*_DATES, "sites.csv", "actors.csv"]


def _bad_dates(rng: random.Random) -> Iterator[Case]:
    wrong = ["2023-02-30", "18/18/2023", "2023-0-5", "20231318", "1723-10-18", "yesterday"]
    wrong += ["2023-10-18T04:00", "2023-13-01", "2023-10-00", "2O23-10-18", "٢٠٢٣-10-18"]
    for file, columns in _DATES.items():
        for column in columns:
            for value in rng.sample(wrong, 2):
                yield _case("bad date", file, _pick(rng, file, column), column, value)


def _unknown_ids(rng: random.Random) -> Iterator[Case]:
    keys = {
        "attacks.csv": ["site_id", "claimed_by", "attributed_to"],
        "responses.csv": ["target_actor", "in_response_to"],
        "actors.csv": ["parent", "sponsor"],
    }
    for file, columns in keys.items():
        for column in columns:
            line = _pick(rng, file, column)
            right = _rows(file)[line - 2][column]
            for value in (right[:2] + right[3:], right.title()):
                yield _case("unknown id", file, line, column, value)


def _bad_counts(rng: random.Random) -> Iterator[Case]:
    counts = {
        "attacks.csv": ["munitions", "killed", "injured"],
        "tallies.csv": ["value"],
        "deployments.csv": ["quantity", "personnel"],
        "responses.csv": ["targets_struck", "killed_claimed", "civilians_killed_claimed"],
    }
    wrong = ["-1", "2.5", "two", "1,000", "1e3", "+4", "n/a", "²", "3 or 4", "0x10"]
    for file, columns in counts.items():
        for column in columns:
            yield _case("negative", file, _pick(rng, file), column, "-3")
            yield _case("bad count", file, _pick(rng, file), column, rng.choice(wrong))


def _bad_words(rng: random.Random) -> Iterator[Case]:
    words = {
        "attacks.csv": "date_precision target weapons outcome casualties_of confirmation",
        "tallies.csv": "scope target measure qualifier",
        "deployments.csv": "status kind counting unit area",
        "responses.csv": "country by method",
        "milestones.csv": "kind",
        "sites.csv": "country kind",
        "actors.csv": "country",
    }
    for file, columns in words.items():
        for column in columns.split():
            line = _pick(rng, file, column)
            right = _rows(file)[line - 2][column]
            yield _case("wrong word", file, line, column, right.swapcase())
    line = _pick(rng, "attacks.csv")
    for weapons in ("rocket+drone", "drone+drone", "drone, rocket"):
        yield _case("wrong list", "attacks.csv", line, "weapons", weapons)


def _bad_places(rng: random.Random) -> Iterator[Case]:
    wrong = {"sites.csv": ("33,79", "-180.5"), "responses.csv": ("91", "42°E")}
    for file, degrees in wrong.items():
        line = _pick(rng, file, "lat", "lon")
        for column, value in zip(("lat", "lon"), degrees, strict=True):
            yield _case("bad degrees", file, line, column, value)
            yield _case("half a place", file, line, column, "")


def _bad_text(rng: random.Random) -> Iterator[Case]:
    urls = ["javascript:alert(1)", "file:///etc/passwd", "https://", "www.example.org/a"]
    urls += ["https://exa mple.org/", "ftp://example.org/a"]
    dated = list(_DATES)
    for file, value in zip([*dated, "sites.csv"], urls, strict=True):
        yield _case("bad address", file, _pick(rng, file), "source_url", value)
    for file in ("attacks.csv", "tallies.csv", "actors.csv"):
        yield _case("long note", file, _pick(rng, file), "note", "word " * 20 + "word")
    yield _case("long title", "milestones.csv", 2, "title", "one two three four " * 2 + "a b c")
    yield _case("bad names", "sites.csv", _pick(rng, "sites.csv"), "aliases", "One||Two")
    yield _case("bad names", "actors.csv", _pick(rng, "actors.csv"), "aliases", "One|Two|One")


def _missing_values(rng: random.Random) -> Iterator[Case]:
    required = {
        "attacks.csv": "attack_id reported_on event_date site_id confirmation",
        "tallies.csv": "reported_on since value speaker",
        "deployments.csv": "deployment_id counting publisher",
        "responses.csv": "response_id event_date method",
        "milestones.csv": "reported_on title",
        "sites.csv": "name kind",
        "actors.csv": "name",
    }
    for file, columns in required.items():
        rows = _rows(file)
        key = next(iter(rows[0]))
        once = [row[key] for row in rows]
        lines = [line for line, row in enumerate(rows, start=2) if once.count(row[key]) == 1]
        for column in columns.split():
            line = rng.choice(lines) if key.endswith("_id") else _pick(rng, file)
            yield _case("missing", file, line, column, "")


def _bad_ids(rng: random.Random) -> Iterator[Case]:
    answered = {row["in_response_to"] for row in _rows("responses.csv")}
    attacks = enumerate(_rows("attacks.csv"), start=2)
    free = [line for line, row in attacks if row["attack_id"] not in answered]
    for value in ("18-10-2023-al-tanf-1", "2023-10-18-Al-Tanf-1", "al-tanf-1"):
        yield _case("bad id", "attacks.csv", rng.choice(free), "attack_id", value)
    for file in ("deployments.csv", "responses.csv", "milestones.csv"):
        column = next(iter(_rows(file)[0]))
        yield _case("bad id", file, _pick(rng, file), column, "Not a slug")
    for file in _FILES:
        rows = _rows(file)
        column = next(iter(rows[0]))
        again = _written(list(rng.choice(rows).values())) + "\n"
        add = partial(_replace_bytes, file, lambda raw, again=again: raw + again.encode())
        fault_column = column if column.endswith("_id") else ""
        yield Case(f"twice: {file} {again[:40]}", add, file, len(rows) + 2, fault_column)


def _contradictions(rng: random.Random) -> Iterator[Case]:
    line = _pick(rng, "attacks.csv")
    yield _case("too early", "attacks.csv", line, "reported_on", "2023-01-01")
    line = _pick(rng, "responses.csv")
    yield _case("too early", "responses.csv", line, "reported_on", "2023-01-01")
    line = _pick(rng, "tallies.csv")
    yield _case("too late", "tallies.csv", line, "through", "2030-01-01")
    yield _case("too late", "tallies.csv", line, "since", "2030-01-01")
    line = _pick(rng, "milestones.csv", "end_on")
    yield _case("too early", "milestones.csv", line, "end_on", "2023-01-01")
    for number in ("0", "one"):
        id_of_no_attack = f"2023-11-21-ain-al-asad-{number}"
        line = _pick(rng, "responses.csv", "in_response_to")
        yield _case("no attack's id", "responses.csv", line, "in_response_to", id_of_no_attack)
    iran = next(
        n for n, row in enumerate(_rows("actors.csv"), start=2) if row["actor_id"] == "iran"
    )
    yield _case("own parent", "actors.csv", iran, "parent", "iran")


def _once(file: str, **having: str) -> list[int]:
    """The lines of ids with one version that has these values; an empty one stands for none."""
    rows = _rows(file)
    ids = [next(iter(row.values())) for row in rows]
    return [
        line
        for line, row in enumerate(rows, start=2)
        if ids.count(next(iter(row.values()))) == 1
        and all(row[name] == value for name, value in having.items())
    ]


def _against_each_other(rng: random.Random) -> Iterator[Case]:
    """What each field may hold, and the row, or the others of its id, contradict."""

    def case(file: str, line: int, column: str, **changes: str) -> Case:
        name = f"contradiction: {file}:{line} {column}, {changes}"
        return Case(name, partial(_set, file, line, changes), file, line, column)

    attacks, strikes, moves, sites = (
        f"{table}.csv" for table in ("attacks", "responses", "deployments", "sites")
    )
    line = rng.choice(_once(attacks, casualties_of="us"))
    hurt = {"injured": "30", "killed": "2"}
    yield case(attacks, line, "casualties_of", casualties_of="", **hurt)
    line = rng.choice(_once(attacks, casualties_of=""))
    yield case(attacks, line, "casualties_of", casualties_of="us", injured="0", killed="")
    yield case(attacks, rng.choice(_once(attacks)), "attack_id", site_id="diyala")
    yield case(attacks, rng.choice(_once(attacks)), "attack_id", event_date="2020-01-03")
    line = _pick(rng, strikes, "in_response_to")
    yield case(strikes, line, "in_response_to", in_response_to="2023-10-16-ain-al-asad-1")
    yield case(strikes, rng.choice(_once(strikes, lat="")), "response_id", country="LBN")
    rows = _rows(attacks)
    later = [
        line
        for line, (row, before) in enumerate(zip(rows[1:], rows, strict=False), start=3)
        if row["attack_id"] == before["attack_id"] and row["reported_on"] > before["reported_on"]
    ]
    yield case(attacks, rng.choice(later), "site_id", site_id="diyala")
    line = rng.choice(_once(attacks, confirmation="claim"))
    yield case(attacks, line, "claimed_by", claimed_by="")
    line = rng.choice(_once(sites, country="IRQ", kind="air-base"))
    row = _rows(sites)[line - 2]
    yield case(sites, line, "lat", lat=row["lon"], lon=row["lat"])
    yield case(sites, line, "lat", lat="0", lon="0")
    line = rng.choice(_once(moves, status="arrived"))
    yield case(moves, line, "effective_on", effective_on="2026-10-01")
    line = rng.choice(_once(attacks))
    yield case(attacks, line, "reported_on", reported_on="2034-01-01")


def _bad_headers() -> Iterator[Case]:
    columns = ["outcome", "value", "counting", "method", "title", "kind", "sponsor"]
    named = list(zip(_FILES, columns, strict=True))
    edits = [
        *(("missing column", file, column, f",{column}", "") for file, column in named),
        *(("misspelt column", file, column, column, f"{column}s") for file, column in named[:4]),
        ("column twice", "attacks.csv", "outcome", ",outcome", ",outcome,outcome"),
        ("unknown column", "sites.csv", "severity", ",kind", ",kind,severity"),
        ("columns out of order", "sites.csv", "lat", "lat,lon", "lon,lat"),
    ]
    for kind, file, column, old, new in edits:
        mutate = partial(_replace_line, file, 1, lambda line, o=old, n=new: line.replace(o, n, 1))
        yield Case(f"{kind}: {file} {column}", mutate, file, 1, column)
    yield Case("semicolons: actors.csv", _with_semicolons, "actors.csv", 1, "")
    headless = partial(_replace_bytes, "tallies.csv", lambda raw: raw.split(b"\n", 1)[1])
    yield Case("no header: tallies.csv", headless, "tallies.csv", 1, "")


def _bad_lines(rng: random.Random) -> Iterator[Case]:
    for number, file in enumerate(_FILES):
        last = list(_rows(file)[0])[-1]
        line = _pick(rng, file, last)
        row = list(_rows(file)[line - 2].values())
        start, end = _written(row[:-1]), row[-1].replace('"', "")
        half = len(end) // 2
        edits = {
            "quote not closed": (last, f'{start},"{end}'),
            "stray quote": (last, f'{start},{end.replace(",", ";")[:half]}"'),
            "text after quote": (last, f'{start},"{end}" x'),
            "line break": (last, f'{start},"{end[:half]}\n{end[half:]}"'),
            "white space": (last, f'{start},"{end} "'),
            "too many fields": ("", f"{_written(row)},"),
            "too few fields": ("", start),
            "blank line": ("", f"\n{_written(row)}"),
        }
        for name in (list(edits) * 3)[3 * number : 3 * number + 3]:
            column, text = edits[name]
            mutate = partial(_replace_line, file, line, lambda _, text=text: text)
            yield Case(f"{name}: {file}:{line}", mutate, file, line, column)


def _bad_bytes(rng: random.Random) -> Iterator[Case]:
    for file, spoilt in zip(
        _FILES, (b"\xe9", b"\x92", b"\x00", b"\xc3", b"\x1b", b"\xff", b"\r"), strict=True
    ):
        rows = _rows(file)
        column = list(rows[0])[-1]
        line = _pick(rng, file, column)

        def insert(raw: bytes, line: int = line, spoilt: bytes = spoilt) -> bytes:
            lines = raw.split(b"\n")
            lines[line - 1] = lines[line - 1][:-3] + spoilt + lines[line - 1][-3:]
            return b"\n".join(lines)

        mutate = partial(_replace_bytes, file, insert)
        yield Case(f"byte {spoilt!r}: {file}:{line}", mutate, file, line, column)
    whole: dict[str, Callable[[bytes], bytes]] = {
        "CR": lambda raw: raw.replace(b"\n", b"\r"),
        "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    }
    for name, spoil in whole.items():
        file = rng.choice(_FILES)
        yield Case(f"{name}: {file}", partial(_replace_bytes, file, spoil), file, 1, "")


def _bad_files() -> Iterator[Case]:
    for file in _FILES:
        yield Case(f"no file: {file}", lambda folder, f=file: (folder / f).unlink(), file, 0, "")
    for file in _FILES[:2]:
        empty = partial(_replace_bytes, file, lambda _: b"")
        yield Case(f"empty file: {file}", empty, file, 0, "")

    def folder_instead(folder: Path) -> None:
        (folder / "milestones.csv").unlink()
        (folder / "milestones.csv").mkdir()

    yield Case("folder instead: milestones.csv", folder_instead, "milestones.csv", 0, "")
