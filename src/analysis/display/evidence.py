"""Rows of the record as evidence: one line a row, whatever its table, with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.measures.casualties import are_some
from analysis.record import Known, remembered
from analysis.record.codebook import word
from analysis.record.coded import as_rows, is_one_of
from analysis.record.standing import COLUMNS, WITHDRAWABLE
from analysis.record.versions import IDENTIFIERS, REGISTER
from analysis.record.wording import joined

Source = tuple[str, str]  # who published, and the page


def describe_rows(known: Known, ids: Collection[str]) -> pd.DataFrame:
    """Rows of the dated tables, described alike.

    Parameters
    ----------
    known: what was known on the as-of date.
    ids: which rows; an id that no table has is left out.

    Returns
    -------
    DataFrame
        Index `id`; columns `table`, `date` (of the thing itself), `place`, `what`,
        `confirmation` (attacks: the level; else who says it; of what was taken back, that),
        `publisher`, `source_url`, `reported_on`; in the order of the tables.
    """
    known = _with_withdrawn(known)
    describe = {
        "attacks": _attacks,
        "tallies": _tallies,
        "deployments": _deployments,
        "responses": _responses,
        "milestones": _milestones,
    }
    found = _rows_of(known, ids)
    some = {name: rows for name, rows in found.items() if len(rows)}
    tables = [
        describe[name](rows, known).assign(
            publisher=rows["publisher"],
            source_url=rows["source_url"],
            reported_on=rows["reported_on"],
            id=rows[IDENTIFIERS[name]],
            table=name,
        )
        for name, rows in (some or found).items()
    ]
    told = pd.concat(tables).set_index("id")
    gone = _became(known)
    held = zip(told.index, told["confirmation"], strict=True)
    return told.assign(confirmation=[gone.get(row, said) for row, said in held])


def _with_withdrawn(known: Known) -> Known:
    """What was known with what was taken back: none of it counts, but a page may tell of it."""
    if not any(map(len, known.withdrawn.values())):
        return known
    gone = known.taken_back()
    both = {
        name: pd.concat([getattr(known, name), getattr(gone, name)[getattr(known, name).columns]],
                        ignore_index=True)
        for name in WITHDRAWABLE
    }  # fmt: skip
    return replace(gone, **both)


def _became(known: Known) -> dict[str, str]:
    """What became of each thing that was taken back: "retracted", "the same as …"."""
    return {
        row: became(standing, other)
        for name, key in WITHDRAWABLE.items()
        for row, standing, other in known.withdrawn[name][[key, *COLUMNS]].itertuples(index=False)
    }


def became(standing: str, other: str | None) -> str:
    """What became of a thing that was taken back; `other` is the id of the one that it is."""
    return word("standing", standing, "gone") + (f" {other}" if isinstance(other, str) else "")


def _rows_of(known: Known, ids: Collection[str]) -> dict[str, pd.DataFrame]:
    """The rows with these ids, by table."""
    tables: dict[str, pd.DataFrame] = {name: getattr(known, name) for name in IDENTIFIERS}
    return {name: rows[is_one_of(rows[IDENTIFIERS[name]], ids)] for name, rows in tables.items()}


def _attacks(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    codes = rows[["weapons", "outcome", "confirmation"]].astype("str")
    weapons = codes["weapons"].str.replace("+", ", ").str.replace("-", " ")
    outcome = codes["outcome"].str.replace("-", " ")
    return pd.DataFrame(
        {
            "date": rows["event_date"],
            "place": rows["site_id"].astype("str").map(known.site_names()),
            "what": weapons.replace("unknown", "weapon unknown")
            + "; "
            + outcome.replace("unknown", "outcome unknown")
            + _people(rows["killed"], "killed")
            + _people(rows["injured"], "injured"),
            "confirmation": codes["confirmation"],
        }
    )


def _people(counts: pd.Series, harm: str) -> pd.Series:
    """How many were harmed, as the end of a description; nothing where none are known of."""
    told: pd.Series = "; " + counts.astype("str") + f" {harm}"
    return told.where(are_some(counts), "")


def _tallies(rows: pd.DataFrame, _: Known) -> pd.DataFrame:
    since = rows["since"].map(words.short_day).astype("str")
    exactness = rows["qualifier"].map(partial(word, "qualifier", use="before"))
    what = exactness + rows["value"].astype("str") + " " + rows["measure"] + " since " + since
    return pd.DataFrame(
        {
            "date": rows["through"],
            "place": rows["scope"],
            "what": what,
            "confirmation": rows["speaker"],
        }
    )


def _deployments(rows: pd.DataFrame, _: Known) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": rows["effective_on"].fillna(rows["reported_on"]),
            "place": rows["area"].map(partial(word, "area")),
            "what": rows["asset"] + ": " + rows["status"].str.replace("-", " "),
            "confirmation": rows["counting"],
        }
    )


def _responses(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    target = rows["target_actor"].map(known.actor_names()).fillna("not named")
    return pd.DataFrame(
        {
            "date": rows["event_date"],
            "place": rows["place"],
            "what": rows["method"].map(partial(word, "method")) + " on " + target,
            "confirmation": rows["by"],
        }
    )


def _milestones(rows: pd.DataFrame, _: Known) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": rows["start_on"],
            "place": "",
            "what": rows["title"],
            "confirmation": rows["kind"],
        }
    )


@dataclass
class Endnotes:
    """The sources cited so far, numbered in the order in which the page cites them.

    The one thing of a page that remembers: a source cited again keeps its number, so running a
    cell twice changes nothing.
    """

    known: Known
    numbers: dict[Source, int] = field(default_factory=dict)

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        """Where in each table an id is."""
        ids = {name: getattr(self._told, name)[key].tolist() for name, key in IDENTIFIERS.items()}
        return {name: dict(zip(each, range(len(each)), strict=True)) for name, each in ids.items()}

    @cached_property
    def _told(self) -> Known:
        return _with_withdrawn(self.known)

    def cite(self, *ids: str) -> Markup:
        """Superscript numbers of the sources of these rows, in ascending order."""
        sources: dict[str, list[Source]] = defaultdict(list)
        for table, place in self._places.items():
            found = {row: place[row] for row in ids if row in place}
            if not found:
                continue
            rows, places = getattr(self._told, table), list(found.values())
            pages = (rows[name].array.take(places) for name in ("publisher", "source_url"))
            for row, *page in zip(found, *pages, strict=True):
                sources[row].append(tuple(page))
        cited = [source for row in ids for source in sources[row]]
        numbers = sorted({self.numbers.setdefault(s, len(self.numbers) + 1) for s in cited})
        links = [Markup('<a href="#source-{0}">{0}</a>').format(number) for number in numbers]
        if not links:
            return Markup("")
        return Markup('<sup class="cite">{}</sup>').format(Markup(", ").join(links))

    def listed(self) -> list[tuple[int, Source, pd.Timestamp]]:
        """Number, source and day of each source cited; the day is that of its first row."""
        pages = {url for _, url in self.numbers}
        days: dict[Source, pd.Timestamp] = {}
        for table in (getattr(self._told, name) for name in IDENTIFIERS):
            cited = np.flatnonzero(is_one_of(table["source_url"], pages))
            for row in as_rows(table[["publisher", "source_url", "reported_on"]], cited):
                days.setdefault((row["publisher"], row["source_url"]), row["reported_on"])
        return [(number, source, days[source]) for source, number in self.numbers.items()]


@remembered
def kinds_of_publishers(known: Known) -> dict[str, str]:
    """What the register says of each publisher, as the end of an endnote.

    Its kind, whose it is, and whom it passes on where its name does not say so:
    "; outlet of a party, the Iran-aligned side; passes on Reuters".
    """
    told = {}
    for publisher, _, relays, kind, party in known.sources[REGISTER].itertuples(index=False):
        of = [word("source_kind", kind, "one")] if isinstance(kind, str) else []
        of += [word("party_to_conflict", party, "side")] if isinstance(party, str) else []
        others = str(relays).split("|") if isinstance(relays, str) else []
        unnamed = [name for name in others if name not in publisher]
        passes_on = [f"passes on {joined(unnamed)}"] if unnamed else []
        said = [*([", ".join(of)] if of else []), *passes_on]
        told[publisher] = "".join(f"; {part}" for part in said)
    return told


def link(url: str, text: str) -> Markup:
    """A link where the address is one of the web's, its text alone where it is not."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return Markup(f'<a href="{escape(url)}">{escape(text)}</a>')


def host(url: str) -> str:
    """The host of a web address, for readers of a printed page.

    >>> host("https://www.stripes.com/theaters/middle_east/")
    'stripes.com'
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")
