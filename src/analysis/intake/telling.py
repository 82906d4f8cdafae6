"""Candidates for whoever reads them: a person at a terminal, or a program."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd

from analysis.intake.candidates import VERDICTS
from analysis.intake.events import listed
from analysis.plain_text import one_line

_FIELDS = ("external_id", "verdict", "attack_id", "repeats", "score", "reasons")

#: What stands side by side: column, its width, of a candidate and of a known attack.
_BESIDE = (
    ("event_date", 10, "event_date"),
    ("site_id", 24, "site_id"),
    ("weapons", 24, "said_weapons"),
    ("munitions", 5, "munitions"),
    ("killed", 6, "killed"),
    ("injured", 7, "injured"),
    ("actor_id", 28, "actor_id"),
)


def as_json(found: pd.DataFrame) -> str:
    """Candidates as a JSON list of `external_id`, `verdict`, `attack_id`, `repeats`, `score` and
    `reasons`; null where there is none.

    Parameters
    ----------
    found: as :func:`analysis.intake.candidates.candidates` gives them.
    """
    line = "{" + ", ".join(f'"{name}": %s' for name in _FIELDS) + "}"
    rows = zip(*(_in_json(found[name]) for name in _FIELDS), strict=True)
    return "[\n" + ",\n".join(map(line.__mod__, rows)) + "\n]"


def _in_json(values: pd.Series) -> Iterator[str]:
    """Values as JSON has them, each distinct one put so once; null for an empty one."""
    say = json.JSONEncoder(ensure_ascii=False).encode
    codes, distinct = pd.factorize(values)
    said = [say(value) if value != "" else "null" for value in distinct.tolist()]
    return map([*said, "null"].__getitem__, codes.tolist())


def as_text(found: pd.DataFrame, attacks: pd.DataFrame) -> Iterator[str]:
    """Candidates as lines: how many of each verdict, then each with the nearest known attack below.

    Those out of scope are counted by reason.

    Parameters
    ----------
    found: as :func:`analysis.intake.candidates.candidates` gives them.
    attacks: as :func:`analysis.intake.candidates.known_attacks` gives them.
    """
    numbers = found["verdict"].value_counts()
    told = ", ".join(f"{numbers.get(verdict, 0):,} {verdict}" for verdict in VERDICTS)
    repeating = int((found["repeats"] != "").sum())
    yield f"{len(found):,} candidates: {told}; {repeating:,} repeat another. Nothing is written."
    known = attacks.set_index("attack_id")
    for verdict in VERDICTS[:-1]:
        rows = found[found["verdict"] == verdict].sort_values("event_date", kind="stable")
        if len(rows):
            yield f"\n{verdict}\n  {_line('', {name: name for name, _, _ in _BESIDE})}"
        for _, row in rows.iterrows():
            yield from _beside(row, known)
    outside = found[found["verdict"] == VERDICTS[-1]]
    out = outside["why"].value_counts()
    if len(out):
        yield f"\n{VERDICTS[-1]}"
    for why, number in out.head(_MOST).items():
        lines = listed(outside.loc[outside["why"] == why, "line"])
        yield f"  {number:>9,}  {one_line(str(why))} (line {lines})"
    if len(out) > _MOST:
        rest = out.iloc[_MOST:]
        yield f"  {rest.sum():>9,}  for {len(rest):,} more reasons; --json has all"


_MOST = 20


def _beside(row: pd.Series, known: pd.DataFrame) -> Iterator[str]:
    yield "  " + _line(row["external_id"], {name: row[name] for name, _, _ in _BESIDE})
    nearest = row["beside"].split(" ")[0]
    if nearest:
        attack = known.loc[nearest]
        values = {name: attack[theirs] for name, _, theirs in _BESIDE}
        yield "  " + _line(f"{row['score']:.2f} known", values)
    yield f"    {one_line(row['reasons'])}" + (
        f"; repeats {one_line(row['repeats'])}" if row["repeats"] else ""
    )


def _line(head: str, values: dict[str, object]) -> str:
    cells = [f"{_cell(values[name]):<{width}}" for name, width, _ in _BESIDE]
    return f"{one_line(head):<14} {' '.join(cells)}".rstrip()


def _cell(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.0f}"
    return one_line(str(value)) or "–"
