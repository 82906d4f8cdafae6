"""The tables of the record report: the gap by country, tallies, revisions, publishers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.tables.cells import table
from analysis.measures import reconciliation, revisions, sources
from analysis.record.codebook import ALL, country, place, word

#: Rows shown of a longer table.
MOST_ROWS = 8
MOST_TALLIES = 6

#: Two statements that agree in these say the same.
SAME_COUNT = ["through", "counted", "qualifier"]

#: What a count by country names besides countries.
PLACES = {reconciliation.REST: "No country named", ALL: "All"}


@figure
def record_by_country(page: Page) -> Fragment:
    """The newest count with a split by country against the record.

    page: of `record`, `brief` or a report of one's own.
    """
    split = reconciliation.by_country(page.known)
    if split.empty:
        return NOTHING
    rows = [
        {
            "Where": Markup("{}{}").format(
                PLACES.get(row["scope"]) or country(row["scope"]),
                Markup("")
                if row["scope"] == reconciliation.REST
                else page.cite(ids=(row["tally_id"],)),
            ),
            "Officials count": str(row["counted"]),
            "Record, officially confirmed": str(row["confirmed"]),
            "Gap": _signed(row["gap"]),
            "Described": "–" if pd.isna(row["coverage"]) else words.percent(row["coverage"]),
            "Record, with news and monitors": str(row["recorded"]),
        }
        for row in split.to_dict("records")
    ]
    through = words.day(split["through"].iloc[0])
    return table(f"Attacks through {through}: the newest official count by country", rows)


@figure
def record_tallies(page: Page) -> Fragment:
    """Officials' newest counts against the record, newest first, with the gap by country.

    page: of `record`, `brief` or a report of one's own.
    """
    whole = reconciliation.against_tallies(page.known)
    whole = whole.drop_duplicates(SAME_COUNT, keep="last")
    if len(whole) < 2:
        return NOTHING
    gaps = {
        code: reconciliation.against_tallies(page.known, code).set_index(
            ["reported_on", "through"]
        )["gap"]
        for code in reconciliation.countries_counted(page.known)
        if code in reconciliation.most_counted(page.known)
    }
    newest = whole.tail(MOST_TALLIES).sort_values(["through", "reported_on"], kind="stable")
    shown = newest.iloc[::-1]
    rows = [_tally_row(page, row, gaps) for row in shown.to_dict("records")]
    more = f"; the newest {MOST_TALLIES} of {len(whole)}" if len(whole) > len(shown) else ""
    return table(
        f"Officials’ counts, and the record’s attacks through the last day counted{more}", rows
    )


def _tally_row(page: Page, row: dict[Any, Any], gaps: dict[str, pd.Series]) -> dict[str, object]:
    statement = (row["reported_on"], row["through"])
    by_country = {
        f"{place(scope)[:1].upper()}{place(scope)[1:]}": _signed(gap[statement])
        if statement in gap.index
        else "–"
        for scope, gap in gaps.items()
    }
    return {
        "Through": words.short_day(row["through"]),
        "Officials count": escape(
            f"{word('qualifier', row['qualifier'], 'before')}{row['counted']}"
        )
        + page.cite(ids=(row["tally_id"],)),
        "Record, officially confirmed": str(row["confirmed"]),
        "Gap": _signed(row["gap"]),
        **by_country,
        "Described": "–" if pd.isna(row["coverage"]) else words.percent(row["coverage"]),
    }


def _signed(number: int) -> str:
    """A number with a minus sign that is one."""
    return str(number).replace("-", "\N{MINUS SIGN}")


@figure
def record_revisions(page: Page) -> Fragment:
    """What was revised after the first report, by what it says.

    page: of `record`, `brief` or a report of one's own.
    """
    found = revisions.revisions(page.known)
    if found.empty:
        return NOTHING
    counted = revisions.by_column(found, page.attacks)

    def share(row: dict[Any, Any]) -> str:
        """What part of the attacks that is; of a sample it tells nothing."""
        return f" ({words.percent(row['share'])})" if page.kept == "daily" else ""

    rows = [
        {
            "What": row["column"].replace("_", " ").capitalize(),
            "Attacks revised": f"{row['revised']}{share(row)}",
            "Not reported at first": str(row["filled"]),
            "Said otherwise": str(row["changed"]),
            "Days later, median": words.digits(row["median_days"]),
            "Days later, at most": str(row["longest_days"]),
            "More people": "" if pd.isna(row["change"]) else _signed(row["change"]),
        }
        for row in counted.to_dict("records")
    ]
    return table(
        f"What is said otherwise than at first of {len(page.attacks)} attacks, claims included; "
        "days from the first report to the newest value",
        rows,
    )


@figure
def record_publishers(page: Page) -> Fragment:
    """The publishers that report most attacks.

    page: of `record`, `brief` or a report of one's own.
    """
    found = sources.by_publisher(sources.publications(page.known))
    if len(found) < 2:
        return NOTHING
    shown = sources.judged(page.known, found.head(MOST_ROWS))
    rows = [
        {
            "Publisher": row["publisher"],
            "Kind": word("source_kind", row["kind"], "one"),
            "Attacks it reports": str(row["attacks"]),
            "First in the record": str(row["first"]),
            "Reported by nobody else": str(row["alone"]),
        }
        for row in shown.to_dict("records")
    ]
    more = f"; {len(shown)} of {len(found)} publishers" if len(found) > len(shown) else ""
    return table(f"Who reports the attacks, most first{more}", rows)
