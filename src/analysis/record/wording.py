"""What units and sentences call a campaign: its start, its targets, where the answer falls.

These are the words that every unit, sentence and caption may use without being given them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.record.campaigns import Campaign
from analysis.record.codebook import codes, place, word
from analysis.record.known import Known

#: Targets that go together under one name where a campaign counts them all.
SHIPS = "ships"


def usual_words(known: Known, space: str = " ") -> dict[str, str]:
    """The words of a known campaign by the names that templates use.

    Parameters
    ----------
    known: what was known on the as-of date, of a campaign.
    space: between day and month; a page has a no-break space there.

    Returns
    -------
    dict
        `since` ("since 17 October 2023", of one that is over "from … to …") and `start`, `to_day`
        (the as-of date), `forces` (its targets after "attacks on"), `side` (where its dead and
        injured are counted), `site` (one and several of the places attacked), `one_site` and
        `sites` by themselves, and `at` before them, `theatre` and `theatre_or` (where the answer
        falls, after "struck" and after "no strike").
    """
    campaign = known.campaign
    start = day(campaign.start, space)
    one_site, sites = ("area", "areas") if campaign.at_sea else ("site", "sites")
    return {
        "since": _from_to(campaign, space) if campaign.is_over(known.date) else f"since {start}",
        "since_short": f"since {campaign.start.day} {campaign.start:%b %Y}",
        "start": start,
        "to_day": day(known.date, space),
        "forces": targets(campaign.targets),
        "side": "on board" if campaign.at_sea else "on the US side",
        "site": f"{one_site}|{sites}",
        "one_site": one_site,
        "sites": sites,
        "at": "in" if campaign.at_sea else "at",
        "theatre": where(campaign.main.countries),
        "theatre_or": where(campaign.main.countries, "or"),
    }


def _from_to(campaign: Campaign, space: str) -> str:
    """The days of a campaign that is over."""
    first, last = campaign.start, campaign.last_day
    assert last is not None
    start = f"{first.day}{space}{first:%B}" if first.year == last.year else day(first, space)
    return f"from {start} to {day(last, space)}"


def day(date: pd.Timestamp, space: str = " ") -> str:
    """A date in full.

    >>> day(pd.Timestamp("2024-01-29"))
    '29 January 2024'
    """
    return f"{date.day}{space}{date:%B %Y}"


def targets(of: Sequence[str]) -> str:
    """Targets after "attacks on"; all kinds of ships together are ships.

    >>> targets(["us-coalition-forces"]), targets(["us-warship", "commercial-shipping"])
    ('US and coalition forces', 'ships')
    """
    afloat = codes("target", having="at_sea")
    if set(afloat) <= set(of):
        of = [code for code in of if code not in afloat]
        return joined([*(word("target", code, "them") for code in of), SHIPS])
    return joined([word("target", code, "them") for code in of])


def where(countries: Iterable[str], link: str = "and") -> str:
    """Countries after a verb, "in" said once.

    >>> where(["IRQ", "SYR"], "or"), where(["YEM", "SEA"])
    ('in Iraq or Syria', 'in Yemen and at sea')
    """
    said = [place(code) for code in countries]
    on_land = [text for text in said if text.startswith("in ")]
    rest = [text for text in said if not text.startswith("in ")]
    land = [text if not number else text.removeprefix("in ") for number, text in enumerate(on_land)]
    return joined(land + rest, link)


def joined(items: Sequence[str], link: str = "and") -> str:
    """Items as a sentence lists them.

    >>> joined(["Iraq"]), joined(["Iraq", "Syria"]), joined(["Iraq", "Syria", "Jordan"])
    ('Iraq', 'Iraq and Syria', 'Iraq, Syria and Jordan')

    Items that are lists themselves are kept apart.

    >>> joined(["Iraq and Syria", "Jordan"]), joined(["A, a ship", "B", "C"])
    ('Iraq and Syria, and Jordan', 'A, a ship; B; and C')
    """
    *first, last = items
    if first and any(", " in item or f" {link} " in item for item in items):
        between = "; " if any(", " in item for item in items) else ", "
        return f"{between.join(first)}{between}{link} {last}"
    return f"{', '.join(first)} {link} {last}" if first else last
