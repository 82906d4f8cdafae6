"""The head of the page: what it is, of which day, how far the record goes, what was corrected."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import in_notebooks, words
from analysis.display.fragment import PAGE_TYPE, Fragment
from analysis.display.kept import section
from analysis.display.page import Page
from analysis.display.say.counted import hit
from analysis.parameters import CORRECTION
from analysis.record.codebook import country


@section
def masthead(page: Page) -> Fragment:
    """Title, as-of date, window, marking, correction; its data tell the publisher what it is.

    page: of any report.
    returns: The head of the page.
    """
    marking = page.parameters["marking"]
    html = Markup(
        '<header class="masthead"><p class="marking">{}</p><h1>{}</h1>'
        '<p class="dateline">What was known on {} · window {}{}</p></header>{}'
    ).format(
        marking,
        page.title,
        words.day(page.as_of),
        page.window,
        _record_ends(page),
        _correction(page),
    )
    about = {
        "title": page.title,
        "as_of": f"{page.as_of:%Y-%m-%d}",
        "window": page.window,
        "marking": marking,
        "description": f"{page.title}: what the public record held on {words.day(page.as_of)} "
        f"about attacks on {page.words['forces']} in the Middle East and the US response.",
        "keywords": ["US forces", *map(country, hit(page)), "attacks", "deployments"],
        "data_digest": page.known.digest(),
        "campaign": page.known.campaign.title,
    }
    return Fragment(html, {PAGE_TYPE: about}, in_notebooks.sheet())


def _correction(page: Page) -> Markup:
    """What a later edition says of the one before; nothing on a first."""
    said = page.parameters.get(CORRECTION)
    return Markup('<aside class="correction"><p>{}</p></aside>').format(said) if said else Markup()


def _record_ends(page: Page) -> Markup:
    """The day of the newest report, and how well the window was kept, if not daily."""
    newest = page.known.record_through
    if newest is None:
        return Markup(" · the record holds no report yet")
    kept = {"daily": "", "sampled": ", a sample only", "none": ", not kept for the window"}
    how = "" if page.campaign.superseded_on else kept[page.kept_window]
    return Markup(" · reports through {}{}").format(words.short_day(newest), how)
