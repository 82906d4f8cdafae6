"""Rows of the record as evidence: one line a row, whatever its table, with its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.record import Known
from analysis.record.as_of import IDENTIFIERS

COLUMNS = ["id", "table", "date", "place", "what", "confirmation", "publisher", "source_url"]


def describe_rows(known: Known) -> pd.DataFrame:
    """Every row of the dated tables, described alike.

    Returns
    -------
    DataFrame
        Index `id`; columns `table`, `date` (of the thing itself), `place`, `what`,
        `confirmation` (attacks: the level; else who says it), `publisher`, `source_url`,
        `reported_on`.
    """
    describe = {
        "attacks": _attacks,
        "tallies": _tallies,
        "deployments": _deployments,
        "responses": _responses,
        "milestones": _milestones,
    }
    tables = []
    for name, key in IDENTIFIERS.items():
        table: pd.DataFrame = getattr(known, name)
        source = table[["publisher", "source_url", "reported_on"]]
        described = describe[name](table, known).join(source)
        tables.append(described.assign(id=table[key], table=name))
    return pd.concat(tables).set_index("id")


def _attacks(rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    weapons = rows["weapons"].str.replace("+", ", ").str.replace("-", " ")
    outcome = rows["outcome"].str.replace("-", " ")
    hurt = rows["injured"].map(lambda n: "" if pd.isna(n) or n == 0 else f"; {n} injured")
    killed = rows["killed"].map(lambda n: "" if pd.isna(n) or n == 0 else f"; {n} killed")
    return pd.DataFrame(
        {
            "date": rows["event_date"],
            "place": rows["site_id"].map(known.site_names()),
            "what": weapons.replace("unknown", "weapon unknown")
            + "; "
            + outcome.replace("unknown", "outcome unknown")
            + killed
            + hurt,
            "confirmation": rows["confirmation"],
        }
    )


def _tallies(rows: pd.DataFrame, _: Known) -> pd.DataFrame:
    since = rows["since"].map(words.short_day).astype("str")
    exactness = rows["qualifier"].map({"exact": "", "at-least": "at least ", "about": "about "})
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
            "place": rows["area"].map(words.area),
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
            "what": rows["method"].str.replace("-", " ") + " on " + target,
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

    rows: pd.DataFrame
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def cite(self, *ids: str) -> Markup:
        """Superscript numbers of the sources of these rows, in ascending order."""
        cited = self.rows.loc[[row for row in ids if row in self.rows.index]]
        sources = zip(cited["publisher"], cited["source_url"], strict=True)
        found = sorted({self.numbers.setdefault(s, len(self.numbers) + 1) for s in sources})
        links = [Markup('<a href="#source-{0}">{0}</a>').format(number) for number in found]
        if not links:
            return Markup("")
        return Markup('<sup class="cite">{}</sup>').format(Markup(", ").join(links))


def link(url: str, text: str) -> Markup:
    """A link where the address is one of the web's, its text alone where it is not."""
    if not url.startswith(("https://", "http://")):
        return Markup("{}").format(text)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, text)


def host(url: str) -> str:
    """The host of a web address, for readers of a printed page.

    >>> host("https://www.stripes.com/theaters/middle_east/")
    'stripes.com'
    """
    return (urlsplit(url).hostname or "").removeprefix("www.")
