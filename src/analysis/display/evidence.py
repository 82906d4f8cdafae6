"""Rows of the record as evidence: one line a row, whatever its table, with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.record import Known, remembered
from analysis.record.codebook import word
from analysis.record.coded import rows_with
from analysis.record.standing import COLUMNS, WITHDRAWABLE
from analysis.record.versions import IDENTIFIERS, REGISTER
from analysis.record.wording import joined

Source = tuple[str, str]  # who published, and the page

#: A row of a table: values by column.
Row = dict[Any, Any]


#: The columns of each table that its rows are described by, beside their source.
_READ = {
    "attacks": ["event_date", "site_id", "weapons", "outcome", "killed", "injured", "confirmation"],
    "tallies": ["since", "through", "scope", "measure", "value", "qualifier", "speaker"],
    "deployments": ["reported_on", "effective_on", "asset", "status", "counting", "area"],
    "responses": ["event_date", "place", "method", "target_actor", "by"],
    "milestones": ["start_on", "kind", "title"],
}
_SOURCE = ["publisher", "source_url"]


class Described(NamedTuple):
    """A row of a dated table as a page tells of it, whatever the table.

    `date` is that of the thing itself; `confirmation` of an attack its level, of others who says
    it, and of what was taken back that.
    """

    id: str
    table: str
    date: pd.Timestamp
    place: str
    what: str
    confirmation: str
    publisher: str
    source_url: str


def describe_rows(known: Known, ids: Collection[str]) -> list[Described]:
    """Rows of the dated tables, described alike, in the order of the tables.

    Parameters
    ----------
    known: what was known on the as-of date.
    ids: which rows; an id that no table has is left out.
    """
    known = _with_withdrawn(known)
    describe: dict[str, Callable[[Row], dict[str, Any]]] = {
        "attacks": partial(_attack, known.site_names()),
        "tallies": _tally,
        "deployments": _deployment,
        "responses": partial(_response, known.actor_names()),
        "milestones": _milestone,
    }
    gone = _became(known)
    told = [
        Described(row[key], name, publisher=row["publisher"], source_url=row["source_url"],
                  **describe[name](row))
        for name, key in IDENTIFIERS.items()
        for row in rows_with(getattr(known, name)[[key, *_READ[name], *_SOURCE]], key, ids)
    ]  # fmt: skip
    return [row._replace(confirmation=gone.get(row.id, row.confirmation)) for row in told]


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
        for row, standing, other in zip(
            *(known.withdrawn[name][column] for column in (key, *COLUMNS)), strict=True
        )
    }


def became(standing: str, other: str | None) -> str:
    """What became of a thing that was taken back; `other` is the id of the one that it is."""
    return word("standing", standing, "gone") + (f" {other}" if isinstance(other, str) else "")


def _attack(sites: Mapping[str, str], row: Row) -> dict[str, Any]:
    weapons, outcome = row["weapons"], row["outcome"]
    fired = (
        weapons.replace("+", ", ").replace("-", " ") if weapons != "unknown" else "weapon unknown"
    )
    became = outcome.replace("-", " ") if outcome != "unknown" else "outcome unknown"
    harm = "".join(_people(row[harm], harm) for harm in ("killed", "injured"))
    return {
        "date": row["event_date"],
        "place": sites[row["site_id"]],
        "what": f"{fired}; {became}{harm}",
        "confirmation": row["confirmation"],
    }


def _people(number: Any, harm: str) -> str:
    """How many were harmed, as the end of a description; nothing where none are known of."""
    return "" if pd.isna(number) or not number else f"; {number} {harm}"


def _tally(row: Row) -> dict[str, Any]:
    counted = f"{word('qualifier', row['qualifier'], 'before')}{row['value']} {row['measure']}"
    return {
        "date": row["through"],
        "place": row["scope"],
        "what": f"{counted} since {words.short_day(row['since'])}",
        "confirmation": row["speaker"],
    }


def _deployment(row: Row) -> dict[str, Any]:
    effective = row["effective_on"]
    return {
        "date": row["reported_on"] if pd.isna(effective) else effective,
        "place": word("area", row["area"]),
        "what": f"{row['asset']}: {row['status'].replace('-', ' ')}",
        "confirmation": row["counting"],
    }


def _response(actors: Mapping[str, str], row: Row) -> dict[str, Any]:
    target = actors.get(row["target_actor"], "not named")
    return {
        "date": row["event_date"],
        "place": row["place"],
        "what": f"{word('method', row['method'])} on {target}",
        "confirmation": row["by"],
    }


def _milestone(row: Row) -> dict[str, Any]:
    return {
        "date": row["start_on"],
        "place": "",
        "what": row["title"],
        "confirmation": row["kind"],
    }


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
            published = table[["publisher", "source_url", "reported_on"]]
            for row in rows_with(published, "source_url", pages):
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
