"""Append what a review accepts to the record: all of it, or nothing where `check` finds a fault."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from analysis.errors import Fault, RecordError, UsageError
from analysis.intake.candidates import VERDICTS
from analysis.intake.decided import DESK, note
from analysis.intake.forms import read_table
from analysis.intake.review import AFTER, BEFORE, FORMULA, NO, YES, next_ids, version_days
from analysis.record import Record, check, read
from analysis.record.tables import came_later, file_name, kinds

#: Other words that people write for the two.
_MEANT = {"y": YES, "x": YES, "true": YES, "1": YES, "n": NO, "false": NO, "0": NO, "": ""}


def accept(review: Path, data: Path, who: str, now: dt.datetime) -> Iterator[str]:
    """Append the accepted rows of a review to the record, and note what was decided.

    Parameters
    ----------
    review: the sheet that `record intake --to` wrote, with `yes` in `accept` where a row is to be
        appended as it stands, and `no` where it was rejected.
    data: the folder of the record.
    who: whoever reviewed it.
    now: the moment, for the log and because nothing is reported in the future.

    Yields
    ------
    What was done, a line each.

    Raises
    ------
    RecordError
        If a row cannot stand in the record; every fault, by the review's line. Nothing is written.
    UsageError
        If the file is no review.
    """
    rows = _reviewed(review)
    chosen = rows[rows["accept"] == YES]
    record = read(data)
    chosen = _numbered(chosen, record)
    if faults := list(_misfits(review.name, rows, chosen, record)):
        raise RecordError(faults)
    if len(chosen):
        append(review.name, chosen, data, now.date())
    decided = rows[rows["accept"] != ""]
    ids = chosen["attack_id"].reindex(decided.index).fillna(decided["attack_id"])
    decided = decided.assign(attack_id=ids, decision=decided["accept"])
    note(decided, data.parent / DESK, who, now, decided["accept"] == YES)
    added = int((chosen["verdict"] == VERDICTS[0]).sum())
    yield f"{added} new, {len(chosen) - added} later versions: appended to {data}/attacks.csv."
    undecided = int((rows["accept"] == "").sum())
    rejected = int((rows["accept"] == NO).sum())
    yield f"{rejected} rejected, {undecided} not decided."


def _reviewed(review: Path) -> pd.DataFrame:
    """The sheet as text, by line."""
    try:
        rows = read_table(review.read_bytes())
    except OSError as reason:
        raise UsageError(f"{review}: {reason.strerror}; name a sheet that can be read.") from None
    needed = [*BEFORE, *kinds("attacks"), *AFTER]
    optional = {*AFTER, *came_later("attacks")}
    if missing := [name for name in needed if name not in rows and name not in optional]:
        raise UsageError(f"{review} is no review: it lacks the column {missing[0]}.")
    rows = rows.reindex(columns=needed, fill_value="").map(_unmarked)
    word = rows["accept"].str.strip().str.lower()
    return rows.assign(accept=word.replace(_MEANT), verdict=rows["verdict"].str.strip())


def _unmarked(text: str) -> str:
    """Text without the mark that kept a spreadsheet from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _numbered(chosen: pd.DataFrame, record: Record) -> pd.DataFrame:
    """New attacks without an id get one."""
    unnamed = (chosen["verdict"] == VERDICTS[0]) & (chosen["attack_id"] == "")
    chosen = chosen.copy()
    taken = set(record.attacks["attack_id"]) | set(chosen["attack_id"])
    chosen.loc[unnamed, "attack_id"] = next_ids(chosen[unnamed], taken)
    return chosen


def _misfits(
    file: str, rows: pd.DataFrame, chosen: pd.DataFrame, record: Record
) -> Iterator[Fault]:
    """What the review itself has wrong; what the record would have, `check` says."""
    for line in rows.index[~rows["accept"].isin([YES, NO, ""])]:
        word = rows.at[line, "accept"]
        yield Fault(file, int(line), "accept", f"{word!r} is no decision; write {YES} or {NO}")
    known = version_days(record)
    for line, row in chosen.iterrows():
        at = int(str(line))
        if row["verdict"] not in VERDICTS[:3]:
            right = f"write one of {', '.join(VERDICTS[:3])}, or do not accept it"
            yield Fault(file, at, "verdict", f"{row['verdict']!r} cannot be accepted; {right}")
        elif row["verdict"] == VERDICTS[0] and row["attack_id"] in known:
            wrong = f"{row['attack_id']!r} is in the record already"
            right = "leave it empty for the next number, or call it a revision"
            yield Fault(file, at, "attack_id", f"{wrong}; {right}")
        elif row["verdict"] != VERDICTS[0] and row["attack_id"] not in known:
            wrong = f"{row['attack_id']!r} is not in the record"
            yield Fault(file, at, "attack_id", f"{wrong}; name a known attack, or call it new")
        elif wrong := _no_day_for_a_version(row["reported_on"], known.get(row["attack_id"])):
            yield Fault(file, at, "reported_on", f"{wrong}; write a later day")
        if row["told_on"] and row["reported_on"] < row["told_on"]:
            wrong = f"{row['reported_on']!r} is before the source's own date, {row['told_on']}"
            yield Fault(file, at, "reported_on", f"{wrong}; nobody could know it earlier")


def _no_day_for_a_version(day: str, versions: Collection[str] | None) -> str:
    """What is wrong with the day of a later version; empty where nothing is, or it is the first."""
    if not versions or not day:
        return ""
    if day in versions:
        return f"the record has a version of this attack of {day} already"
    first = min(versions)
    return f"{day!r} is before the first version of this attack, {first}" if day < first else ""


def append(file: str, chosen: pd.DataFrame, data: Path, today: dt.date) -> None:
    """Write the attacks with these rows at their end, if the record checks with them.

    Parameters
    ----------
    file: where the rows come from, as faults name it.
    chosen: the rows, text, with the columns of the record's attacks; the index is their line there.
    data: the folder of the record.
    today: nothing is reported later.

    Raises
    ------
    RecordError
        If the record would not check with them. Nothing is written.
    """
    path = data / file_name("attacks")
    before = path.read_bytes() if path.exists() else b""
    header = before.split(b"\n", 1)[0].decode() if before else ",".join(kinds("attacks"))
    columns = header.removeprefix("\ufeff").removesuffix("\r").split(",")
    end = "\r\n" if header.endswith("\r") else "\n"
    for name in came_later("attacks"):
        if name not in columns and (chosen[name] != "").any():
            line = int(chosen.index[chosen[name] != ""][0])
            right = "add the column to the header first"
            raise RecordError([Fault(file, line, name, f"{path.name} has no such column; {right}")])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(chosen[columns].to_numpy())
    start = before or f"{header}\n".encode()
    after = start + end.encode() * (not start.endswith(b"\n")) + text.getvalue().encode()
    last = after.count(b"\n") - text.getvalue().count("\n")
    if faults := _faults_with(after, data, today):
        lines = {last + place: int(line) for place, line in enumerate(chosen.index, start=1)}
        raise RecordError([_in_review(fault, file, lines) for fault in faults])
    with tempfile.NamedTemporaryFile(dir=data, prefix=".attacks-", delete=False) as new:
        try:
            new.write(after)
            new.flush()
            os.fsync(new.fileno())
            os.chmod(new.name, path.stat().st_mode if path.exists() else 0o644)
            if (path.read_bytes() if path.exists() else b"") != before:
                raise UsageError(f"{path} has changed in the meantime; accept the review again.")
            os.replace(new.name, path)
        except BaseException:
            os.unlink(new.name)
            raise


def _faults_with(attacks: bytes, data: Path, today: dt.date) -> list[Fault]:
    """What is wrong with the record once its attacks are these."""
    with tempfile.TemporaryDirectory() as folder:
        for one in data.iterdir():
            if one.is_file() and one.name != file_name("attacks"):
                (Path(folder) / one.name).symlink_to(one.absolute())
        (Path(folder) / file_name("attacks")).write_bytes(attacks)
        return check(Path(folder), today)


def _in_review(fault: Fault, file: str, lines: dict[int, int]) -> Fault:
    """A fault at the line of the review that the row comes from; others where they are."""
    if fault.file != file_name("attacks") or fault.line not in lines:
        return fault
    return Fault(file, lines[fault.line], fault.column, fault.message)
