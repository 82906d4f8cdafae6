"""What `check` remarks on: no fault, but what whoever keeps the record may want to know.

Days that nobody is said to have watched, spans that say two things, publishers nobody has judged,
strikes that answer what was retracted, texts that hold what a program may have put there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import combinations, groupby

import pandas as pd

from analysis.errors import Fault
from analysis.record.columns import by_value, is_day
from analysis.record.csv_fields import quoted
from analysis.record.standing import RETRACTED
from analysis.record.tables import file_name, kinds
from analysis.record.tidy.doubts import doubts

#: So many publishers are named, those of most rows.
_NAMED = 5

#: Spellings that have so much in common may be two of one publisher.
_ALIKE = 0.8

#: After every day.
_OPEN = "9999"

#: A span of coverage.csv: line, first day, last day, targets, and how it was kept.
Span = tuple[int, str, str, frozenset[str], str]


def remarks(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield what is remarkable about a record.

    Parameters
    ----------
    tables: those that could be read, all text.
    """
    for table, rows in tables.items():
        yield from doubts(table, rows)
    if "coverage" in tables:
        spans = list(_spans(tables["coverage"]))
        yield from _kept_twice(spans)
        yield from _outside(tables, spans)
    if "sources" in tables:
        yield from _not_listed(tables)
    if {"attacks", "responses"} <= set(tables):
        yield from _answer_what_is_retracted(tables["attacks"], tables["responses"])


def _remark(table: str, line: int, column: str, message: str) -> Fault:
    return Fault(file_name(table), line, column, message, kind="remark")


def _spans(coverage: pd.DataFrame) -> Iterator[Span]:
    """The spans that can be read."""
    ends = coverage["through"].fillna(_OPEN)
    good = by_value(is_day, coverage["since"]) & (by_value(is_day, ends) | (ends == _OPEN))
    for line, since, targets, kept in coverage.loc[
        good & coverage["targets"].notna(), ["since", "targets", "kept"]
    ].itertuples(name=None):
        yield line, since, str(ends[line]), frozenset(targets.split("+")), str(kept)


def _kept_twice(spans: list[Span]) -> Iterator[Fault]:
    """Yield spans that say of the same days and target that they were kept well and not so well."""
    for (line, since, through, targets, kept), (later, from_, until, others, said) in combinations(
        spans, 2
    ):
        first, last, both = max(since, from_), min(through, until), sorted(targets & others)
        if both and first <= last and kept != said:
            days = f"from {first}" + f" to {last}" * (last != _OPEN)
            where = f"line {line}" if line > 0 else f"row {-line} of the Parquet file"
            wrong = f"{quoted(said)} of {'+'.join(both)} {days}, where {where} says {quoted(kept)}"
            yield _remark("coverage", max(later, 0), "kept", f"{wrong}; the better of them counts")


def _outside(tables: Mapping[str, pd.DataFrame], spans: list[Span]) -> Iterator[Fault]:
    """Yield what lies on days of which no span says how they were kept."""
    if not spans:
        message = "no span says which days were kept, so no report can count anything"
        yield _remark("coverage", 0, "", f"{message}; add one for the days that somebody watched")
        return
    if "attacks" in tables:
        rows = tables["attacks"]
        for target, days in _by_day(rows, rows["target"]).items():
            of_target = [span for span in spans if target in span[3]]
            yield from _gaps("attacks", f" on {target}", days, of_target)
    if "responses" in tables:
        # Strikes are taken as kept wherever any target is.
        rows = tables["responses"]
        for days in _by_day(rows, pd.Series("", rows.index)).values():
            yield from _gaps("responses", "", days, spans)


def _by_day(rows: pd.DataFrame, group: pd.Series) -> dict[str, dict[str, int]]:
    """Rows by group and day."""
    numbers = rows["event_date"].groupby([group, rows["event_date"]]).size()
    found: dict[str, dict[str, int]] = {}
    for key, number in numbers.items():
        of, day = (str(part) for part in key) if isinstance(key, tuple) else ("", "")
        if is_day(day):
            found.setdefault(of, {})[day] = int(number)
    return found


def _gaps(table: str, what: str, days: Mapping[str, int], spans: list[Span]) -> Iterator[Fault]:
    """Yield a remark for each stretch between spans that has rows."""
    outside = sorted(
        day for day in days if not any(since <= day <= through for _, since, through, *_ in spans)
    )
    for _, gap in groupby(outside, lambda day: sum(since <= day for _, since, *_ in spans)):
        held = list(gap)
        number = sum(days[day] for day in held)
        rows = "1 row" if number == 1 else f"{number:,} rows"
        when = f"of {held[0]}" if len(held) == 1 else f"from {held[0]} to {held[-1]}"
        wrong = f"{rows}{what} {when} {'lies' if number == 1 else 'lie'} in no span of coverage.csv"
        right = "reports say nothing of these days; add a span if somebody watched them"
        yield _remark(table, 0, "event_date", f"{wrong}: {right}")


def _answer_what_is_retracted(attacks: pd.DataFrame, strikes: pd.DataFrame) -> Iterator[Fault]:
    """Yield strikes that name an attack which was retracted, so that they answer none any more."""
    said = attacks[attacks["standing"].notna()].sort_values("reported_on", kind="stable")
    newest = said.drop_duplicates("attack_id", keep="last").set_index("attack_id")
    retracted = newest.loc[newest["standing"] == RETRACTED, "reported_on"]
    for line, attack in strikes["in_response_to"].items():
        if attack in retracted.index:
            since = f"{quoted(str(attack))} was retracted on {retracted[str(attack)]}"
            right = "reports of that day and later name no attack that this strike answers"
            at = max(int(str(line)), 0)
            yield _remark("responses", at, "in_response_to", f"{since}; {right}")


def _not_listed(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Yield the publishers that sources.csv lacks, as one remark."""
    named = [rows["publisher"] for table, rows in tables.items()
             if "publisher" in rows and table != "sources"]  # fmt: skip
    if not named:
        return
    every = pd.concat(named)
    lacking = every[~every.isin(tables["sources"]["publisher"])].value_counts()
    lacking = lacking.rename_axis("name").reset_index(name="rows")
    lacking = lacking.sort_values(["rows", "name"], ascending=[False, True])
    if lacking.empty:
        return
    listed = sorted(tables["sources"]["publisher"].dropna())
    most = [
        f"{quoted(name)} ({rows:,}{_near(name, listed)})"
        for name, rows in lacking.head(_NAMED).to_numpy().tolist()
    ]
    more = len(lacking) - len(most)
    which = ", ".join(most) + f" and {more:,} more" * (more > 0)
    publishers = "1 publisher is" if len(lacking) == 1 else f"{len(lacking):,} publishers are"
    row = {**dict.fromkeys(kinds("sources"), ""), "publisher": lacking["name"].iloc[0]}
    line = pd.DataFrame([row]).to_csv(header=False, index=False).strip()
    message = f"{publishers} not listed here: {which}; add a row for each, such as {line}"
    yield _remark("sources", 0, "publisher", message)


def _near(name: str, listed: list[str]) -> str:
    """The publisher that is spelt most like this one."""
    near = get_close_matches(name, listed, n=1, cutoff=_ALIKE)
    return f", near {quoted(near[0])}" if near else ""
