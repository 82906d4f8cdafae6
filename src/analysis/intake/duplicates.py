"""Attacks of the record that may be one and the same, as the intake would judge two reports.

A pair is listed and nothing more: whoever keeps the record decides, and joins the two by a later
version (`standing` and `same_as`, see data/README.md). What one page tells of as two attacks comes
last, however alike the two are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.intake.candidates import known_attacks
from analysis.intake.comparing import compared_in_words
from analysis.intake.places import sites_near
from analysis.intake.scoring import score, weights, within_window
from analysis.plain_text import one_line
from analysis.record import Record

COLUMNS = ("attack_id", "same_as", "score", "one_page", "reasons", "note", "other_note")

#: What is said where a page tells of both.
_ONE_PAGE = "one page tells of both"


def duplicates(record: Record) -> pd.DataFrame:
    """Pairs of attacks that may be one, by what the record knows by now.

    Parameters
    ----------
    record: the record; what was retracted or merged takes no part.

    Returns
    -------
    DataFrame
        A row for each pair: `attack_id` (known later, or the second of a day) and `same_as` (the
        other), `score` (0 to 1, see :mod:`analysis.intake.scoring`; those from `listed`
        on), `one_page` (whether one page tells of both), `reasons`, and the two notes. The
        likeliest come first.
    """
    attacks = known_attacks(record)
    pairs = _each_once(within_window(*_as_reports(attacks, record.sites), attacks))
    scored = score(attacks, attacks, pairs, record.actors)
    alike = scored[scored["score"] >= weights()["listed"]]
    alike = alike.sort_values("score", ascending=False, kind="stable")
    alike = alike.drop_duplicates(["first", "second"])
    later, earlier = attacks.loc[alike["second"]], attacks.loc[alike["first"]]
    ids = (later["attack_id"].to_numpy(), earlier["attack_id"].to_numpy())
    together = _on_one_page(record, *ids)
    said = compared_in_words(alike).astype(object)
    found = pd.DataFrame(
        {
            "attack_id": ids[0],
            "same_as": ids[1],
            "score": alike["score"].to_numpy(),
            "one_page": together,
            "reasons": said + np.where(together, f", but {_ONE_PAGE}", "").astype(object),
            "note": later["note"].fillna("").to_numpy(),
            "other_note": earlier["note"].fillna("").to_numpy(),
        },
        columns=COLUMNS,
    )
    return found.sort_values(
        ["one_page", "score", "attack_id", "same_as"],
        ascending=[True, False, True, True], ignore_index=True,
    )  # fmt: skip


def _as_reports(attacks: pd.DataFrame, sites: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The known attacks as events that a source puts at a site, and the sites they are near."""
    points = sites.set_index("site_id")[["lat", "lon"]].reindex(attacks["site_id"])
    reports = attacks[["site_id", "event_date"]].assign(
        place="",
        lat=points["lat"].to_numpy(float),
        lon=points["lon"].to_numpy(float),
        within_km=0.0,
        days_off=attacks["slack"],
    )
    return reports, sites_near(reports, sites)


def _each_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of two, each with which of the two comes `first` and `second`."""
    both = pairs[["left", "right"]]
    ordered = pairs.assign(first=both.min(axis=1), second=both.max(axis=1))
    return ordered[ordered["first"] != ordered["second"]]


def _on_one_page(record: Record, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether a page is a source of both attacks of each pair."""
    pages = record.attacks.groupby("attack_id", observed=True)["source_url"].agg(frozenset)
    shared = [bool(pages[a] & pages[b]) for a, b in zip(one, other, strict=True)]
    return np.asarray(shared, dtype=bool)


def as_json(found: pd.DataFrame) -> str:
    """The pairs as a JSON list, with the columns of :func:`duplicates`."""
    rows = found.to_dict("records")
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def as_text(found: pd.DataFrame) -> Iterator[str]:
    """The pairs as lines: how many, then each with its reasons and notes."""
    apart = int((~found["one_page"]).sum())
    pairs = "1 pair" if len(found) == 1 else f"{len(found):,} pairs"
    also = f"; of {len(found) - apart:,} {_ONE_PAGE}" * (apart < len(found))
    yield f"{pairs} may be one attack each{also}. Nothing is merged."
    for row in found.itertuples(index=False):
        yield f"\n{row.score:.2f}  {row.attack_id}  {row.same_as}"
        yield f"      {row.reasons}"
        for note in filter(None, (row.note, row.other_note)):
            yield f"      {one_line(str(note))}"
