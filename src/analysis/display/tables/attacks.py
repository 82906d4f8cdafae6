"""Tables of the latest attacks, at a site or of a group, row by row with their sources."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import escape

from analysis.display import events, words
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.tables.cells import MOST_ROWS, table
from analysis.measures import actors, sites
from analysis.record.codebook import word


@figure
def site_attacks(page: Page) -> Fragment:
    """The latest attacks at the site, newest first, mere claims among them.

    page: of `site`.
    """
    attacks = sites.at_site(page.known, str(page.parameters["site_id"]))
    return _latest_attacks(page, attacks, [], "there")


@figure
def actor_attacks(page: Page) -> Fragment:
    """The latest attacks that the group claims or that are attributed to it, newest first.

    page: of `actor`.
    """
    attacks = actors.named_for(page.known, str(page.parameters["actor_id"]))
    return _latest_attacks(page, attacks, ["Where"], "claimed by it or attributed to it")


def _latest_attacks(
    page: Page, attacks: pd.DataFrame, more_columns: list[str], which: str
) -> Fragment:
    if attacks.empty:
        return NOTHING
    newest = attacks.sort_values(["event_date", "attack_id"], ascending=False)
    shown = newest.head(MOST_ROWS).to_dict("records")
    on_others = any(row["target"] not in page.campaign.targets for row in shown)
    target = ["Target"] if on_others else []
    columns = [
        "Day",
        *more_columns,
        *target,
        "Weapon",
        "Outcome",
        "Hurt",
        "Claimed by",
        "Reported by",
    ]
    rows = [_attack_row(page, row) for row in shown]
    only_claimed = (attacks["confirmation"] == "claim").any()
    claims = ", those known from claims alone among them" if only_claimed else ""
    whole = (
        f"the newest {len(rows)} of {words.digits(len(attacks))}"
        if len(attacks) > len(rows)
        else "newest first"
    )
    return table(
        f"Attacks {which}{claims}; {whole}",
        [{column: row[column] for column in columns} for row in rows],
    )


def _attack_row(page: Page, row: dict[Any, Any]) -> dict[str, object]:
    names = page.known.actor_names()
    claimant = names.get(row["claimed_by"], "")
    if not claimant and pd.notna(row["attributed_to"]):
        own = row["attributed_to"] == page.parameters.get("actor_id")
        claimant = f"nobody; attributed to {'it' if own else names.get(row['attributed_to'])}"
    return {
        "Day": escape(words.short_day(row["event_date"])) + page.cite(ids=(row["attack_id"],)),
        "Where": words.short_site(str(row["site"])),
        "Target": word("target", row["target"]),
        "Weapon": ", ".join(word("weapon", code) for code in row["weapons"].split("+")),
        "Outcome": word("outcome", row["outcome"]),
        "Hurt": events.hurt(row),
        "Claimed by": claimant or "nobody named",
        "Reported by": word("confirmation", row["confirmation"], "by"),
    }
