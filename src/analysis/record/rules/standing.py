"""What is merged says into what, and that is another thing of the record which counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, all_versions, field, left_behind
from analysis.record.standing import COLUMNS, GONE, MERGED


def merged_names_another(rows: pd.DataFrame, key: str) -> Iterator[Broken]:
    """Where a thing is merged, it is said with which other one; nowhere else."""
    suspect = (rows["standing"] == MERGED) | rows["same_as"].notna()
    versions = all_versions(rows, key, suspect)
    known = left_behind(versions, key, list(COLUMNS))
    is_merged = known["standing"] == MERGED
    for index in versions.index[(versions["standing"] == MERGED) & known["same_as"].isna()]:
        yield index, f"this is empty, while standing is {MERGED}; name the other {key}"
    named = versions["same_as"].notna()
    for index in versions.index[named & ~is_merged]:
        right = f"write {MERGED} into standing, or leave this empty"
        yield index, f"{quoted(field(rows, index, 'same_as'))}, while nothing is merged; {right}"
    for index in versions.index[named & is_merged & (versions["same_as"] == versions[key])]:
        yield index, f"{quoted(field(rows, index, 'same_as'))} is this one itself; name the other"


def merged_into_what_counts(rows: pd.DataFrame, key: str) -> Iterator[Broken]:
    """What another thing is the same as was known by then, counts, and is not merged itself."""
    told = rows[rows["standing"].notna() | rows["same_as"].notna()]
    if told.empty:
        return
    known = left_behind(all_versions(rows, key, rows["standing"].notna()), key, list(COLUMNS))
    first = rows.groupby(key)["reported_on"].min()
    now: dict[str, _Standing] = {}
    for day, of_day in told.sort_values([key]).groupby("reported_on", sort=True):
        now |= {
            str(name): (field(known, int(str(index)), "standing"),
                        field(known, int(str(index)), "same_as"))
            for index, name in of_day[key].items() if index in known.index
        }  # fmt: skip
        for index, name in of_day[key].items():
            if wrong := _misplaced(str(name), now, first, str(day)):
                yield int(str(index)), wrong


#: What is known of a thing: its standing, and which other one it is.
_Standing = tuple[str, str]


def _misplaced(name: str, now: Mapping[str, _Standing], first: pd.Series, day: str) -> str:
    """What is wrong with where a merged thing, or what was merged into it, has gone by a day."""
    standing, other = now.get(name, ("", ""))
    if standing != MERGED or other == name or other not in first.index:
        return ""
    if first[other] > day:
        return f"{quoted(other)} was not known on {day}; merge the later into the earlier"
    became = now.get(other, ("", ""))[0]
    if became in GONE:
        right = "name one that counts" if became == MERGED else "retract this one, too"
        return f"{quoted(other)} is {became} itself; {right}"
    into = sorted(one for one, (word, same) in now.items() if (word, same) == (MERGED, name))
    return f"{quoted(into[0])} is merged into this one; merge that elsewhere, too" if into else ""
