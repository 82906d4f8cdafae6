"""The sheet in which a person reviews candidates: our columns filled in, a word to accept each."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import UsageError
from analysis.intake.candidates import VERDICTS, known_attacks
from analysis.intake.decided import says
from analysis.intake.doubts import QUALIFIER
from analysis.plain_text import one_line
from analysis.record import Record
from analysis.record.codebook import codes
from analysis.record.tables import kinds

#: What stands before and after the columns of the record's attacks.
BEFORE = ("accept", "verdict", "score", "external_id")
AFTER = ("repeats", "known", "changes", "reasons", "place", "source_says", "told_on", "via", "says")

#: What may stand in `accept`; empty is no decision yet.
YES, NO = "yes", "no"

#: Columns in which a person chooses from the codebook.
_CHOSEN = ("target", "outcome", "date_precision", "confirmation", "casualties_of", QUALIFIER)

#: A date that is off by more days than this has no word in the record.
_ABOUT = 2

#: What makes a spreadsheet take text for a formula.
FORMULA = ("=", "+", "-", "@", "\t")

_WIDTHS = {"attack_id": 34, "source_url": 40, "reasons": 70, "source_says": 70, "known": 60}


def sheet(found: pd.DataFrame, record: Record) -> pd.DataFrame:
    """The sheet: a row a candidate, those for the record first.

    Parameters
    ----------
    found: as :func:`analysis.intake.candidates.candidates` gives them.
    record: the record that they were compared with.

    Returns
    -------
    DataFrame of str
        :data:`BEFORE`, the columns of the record's attacks as they would be appended, and
        :data:`AFTER`. Beside a known attack stands only what its new version would say: an empty
        field leaves what was known before, and `reported_on` is the source's day or, where the
        attack has a version of that day or only later ones, the next free one. `confirmation` is
        proposed as media, never more, and `source_url` is the reviewer's to give where the source
        has none.
    """
    rows = pd.DataFrame("", index=found.index, columns=[*BEFORE, *kinds("attacks"), *AFTER])
    for name in ("verdict", "external_id", "repeats", "changes", "reasons", "place", "via"):
        rows[name] = found[name]
    rows["says"] = says(found)
    rows["score"] = found["score"].map("{:.2f}".format)
    rows["known"], rows["source_says"] = found["beside"], found["text"]
    rows["told_on"] = rows["reported_on"] = _days(found["reported_on"])
    via = (" (via " + found["via"] + ")").where(found["via"] != "", "")
    rows["publisher"] = (found["publisher"] + via).where(found["publisher"] != "", found["via"])
    rows["source_url"] = found["source_url"]
    _as_new(rows, found)
    _as_versions(rows, found)
    rows["reported_on"] = _days_of_their_own(rows[["attack_id", "reported_on"]], record)
    new = found["verdict"] == VERDICTS[0]
    rows.loc[new, "attack_id"] = next_ids(rows[new], set(known_attacks(record)["attack_id"]))
    order = found["verdict"].map(VERDICTS.index)
    rows = rows.loc[order.sort_values(kind="stable").index]
    return rows.map(one_line).reset_index(drop=True)


def next_ids(rows: pd.DataFrame, taken: set[str]) -> list[str]:
    """Ids for new attacks: day, site and the next number that is free.

    Parameters
    ----------
    rows: with `event_date` and `site_id`, text; where one is empty there is no id yet.
    taken: ids of the record.
    """
    taken = set(taken)
    ids = []
    for day, site in rows[["event_date", "site_id"]].itertuples(index=False):
        number = 1
        while (found := f"{day}-{site}-{number}") in taken:
            number += 1
        if day and site:
            taken.add(found)
        ids.append(found if day and site else "")
    return ids


def write(found: pd.DataFrame, record: Record, path: Path) -> None:
    """Write the sheet for review.

    Parameters
    ----------
    found, record: as for :func:`sheet`.
    path: ends in `.xlsx` or `.csv`.

    Raises
    ------
    UsageError
        If it ends otherwise.
    """
    rows = sheet(found, record)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(rows, path)
    elif path.suffix.lower() == ".csv":
        plain = rows.map(lambda text: f"'{text}" if text.startswith(FORMULA) else text)
        plain.to_csv(path, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    else:
        raise UsageError(f"--to {path}: write a sheet that ends in .xlsx or .csv.")


def _as_new(rows: pd.DataFrame, found: pd.DataFrame) -> None:
    """Fill in what a first version has."""
    first = ~found["verdict"].isin(VERDICTS[1:3])
    text = {
        "event_date": _days(found["event_date"]),
        "site_id": found["site_id"],
        "target": found["target"],
        "weapons": found["weapons"].where(found["weapons"] != "", _likely(found)),
        "outcome": found["outcome"].where(found["outcome"] != "", codes("outcome")[-1]),
        "claimed_by": found["claimed_by"],
        "attributed_to": found["attributed_to"].where(
            found["attributed_to"] != "", found["actor_id"].where(found["claimed_by"] == "", "")
        ),
        "casualties_of": found["casualties_of"],
        "date_precision": found["date_precision"].where(
            found["date_precision"] != "",
            np.select([found["days_off"] == 0, found["days_off"] <= _ABOUT], ["day", "about"], ""),
        ),
        "confirmation": codes("confirmation")[-1],
        "munitions": _counts(found["munitions"]),
        # In others' tables 0 stands for "none that we know of", which is none of our zeros.
        "killed": _counts(found["killed"].where(found["killed"] > 0)),
        "injured": _counts(found["injured"].where(found["injured"] > 0)),
        QUALIFIER: found[QUALIFIER].where((found["killed"] > 0) | (found["injured"] > 0), ""),
    }
    for name, values in text.items():
        filled = pd.Series(values, index=found.index, dtype="str")
        rows[name] = filled.where(first, "")


def _as_versions(rows: pd.DataFrame, found: pd.DataFrame) -> None:
    """Fill in what a later version of a known attack says: what changes, and nothing else."""
    known = found["verdict"].isin(VERDICTS[1:3])
    rows["attack_id"] = found["attack_id"].where(known, "")
    for name in ("killed", "injured", "munitions"):
        rows.loc[known, name] = _counts(found.loc[known, f"new_{name}"])
    hurt = known & found[["new_killed", "new_injured"]].notna().any(axis=1)
    rows.loc[hurt, QUALIFIER] = found.loc[hurt, QUALIFIER]


def _days_of_their_own(rows: pd.DataFrame, record: Record) -> list[str]:
    """Days on which later versions can be reported: none is before the first, no two are of one."""
    taken = {attack: set(days) for attack, days in version_days(record).items()}
    found = []
    for attack, told in rows.itertuples(index=False):
        day = told
        if told and attack in taken:
            day = max(told, min(taken[attack]))
            while day in taken[attack]:
                day = f"{dt.date.fromisoformat(day) + dt.timedelta(days=1)}"
            taken[attack].add(day)
        found.append(day)
    return found


def version_days(record: Record) -> dict[str, set[str]]:
    """The days on which the versions of each attack were reported, ISO."""
    days = _days(record.attacks["reported_on"])
    return {str(attack): set(of) for attack, of in days.groupby(record.attacks["attack_id"])}


def _likely(found: pd.DataFrame) -> pd.Series:
    """The weapon that a kind of event leaves likeliest, where its words name none."""
    unnamed = codes("weapon")[-1]
    likely = [joined.split("+")[0] or unnamed for joined in found["open_weapons"]]
    return pd.Series(likely, index=found.index, dtype="str")


def _days(days: pd.Series) -> pd.Series:
    written: pd.Series = days.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    return written


def _counts(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: "" if np.isnan(number) else str(int(number))).astype("str")


def _write_workbook(rows: pd.DataFrame, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.formatting.rule import ColorScaleRule
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page = book.active
    page.title = "review"
    page.append(list(rows.columns))
    for row in rows.itertuples(index=False):
        fields = zip(rows.columns, row, strict=True)
        page.append([float(text) if name == "score" else text for name, text in fields])
    letters = {name: get_column_letter(at) for at, name in enumerate(rows.columns, start=1)}
    end = len(rows) + 1
    for cells in page.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # what begins like a formula is text, too
                cell.number_format = "@"
    choices = {"accept": (YES, NO), "verdict": VERDICTS} | {of: codes(of) for of in _CHOSEN}
    for name, words in choices.items():
        rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
        rule.add(f"{letters[name]}2:{letters[name]}{max(end, 2)}")
        page.add_data_validation(rule)
    scale = {"start_type": "num", "start_value": 0, "start_color": "FFFFFF"}
    scale |= {"end_type": "num", "end_value": 1, "end_color": "F4B183"}
    page.conditional_formatting.add(
        f"{letters['score']}2:{letters['score']}{max(end, 2)}", ColorScaleRule(**scale)
    )
    for name, letter in letters.items():
        page.column_dimensions[letter].width = _WIDTHS.get(name, max(12, len(name) + 2))
        page[f"{letter}1"].font = Font(bold=True)
    page.freeze_panes = f"{letters['attack_id']}2"
    page.auto_filter.ref = page.dimensions
    book.save(path)
