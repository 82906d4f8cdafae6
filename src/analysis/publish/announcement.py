"""A published report in a few values, for programs: what it is, what it says first, where it is.

One form for all who are told of it: webhooks, and commands that run after it is published.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from analysis.parameters import may_see
from analysis.publish.reading import Published


def announcement(one: Published, address: str = "", clearance: str = "") -> dict[str, Any]:
    """Return what there is to say of an edition, as JSON has it.

    Parameters
    ----------
    one: the edition.
    address: where readers find the archive; empty if there is no such place.
    clearance: the highest marking of what is shown there.

    Returns
    -------
    dict
        `report`, `title`, `as_of` (ISO), `edition` (from 1), `folder` (within the archive),
        `marking`, `parameters`, `lead` (its first sentence), `key_figures` (`label`, `value`,
        `change`), `correction` (what its page says of the edition before), `link` (of its page;
        null if there is none), and `digest` (SHA-256 of its manifest, which has that of each file).
    """
    return {
        "report": one.report,
        "title": one.title,
        "as_of": one.as_of,
        "edition": one.number,
        "folder": one.name,
        "marking": one.marking,
        "parameters": one.parameters,
        "lead": next(iter(one.bottom_line), ""),
        "key_figures": [vars(figure) for figure in one.key_figures],
        "correction": one.correction,
        "link": page_link(one, address, clearance) or None,
        "digest": f"sha256:{one.manifest_sha256}",
    }


def page_link(one: Published, address: str, clearance: str) -> str:
    """Return the link to the page of an edition; empty if readers find none, or not this one.

    Parameters
    ----------
    one: the edition.
    address: where readers find the archive; empty if there is no such place.
    clearance: the highest marking of what is shown there.
    """
    page = f"{one.report}.html"
    if not address or page not in one.files or not may_see(one.marking, clearance):
        return ""
    return f"{address.rstrip('/')}/{quote(f'{one.name}/{page}')}"
