"""Places in words: where a site is, the site with most attacks, the places that compare with it."""

from __future__ import annotations

import re

from markupsafe import Markup

from analysis.display import words
from analysis.display.page import Page
from analysis.measures.fronts import ELSEWHERE
from analysis.measures.sites import group_of, within
from analysis.record import Known
from analysis.record.codebook import country
from analysis.record.wording import joined

#: Of more sites that are equal their number is said, not their names.
MOST_EQUALS = 3

#: Names of places that take an article: those that end in what the place is.
DESCRIBED = re.compile(r" ((?!province)[a-z]+|Center|Emirates|Heights|Zone)$")


def place_of(known: Known, site_id: str) -> str:
    """Where a site is, after a verb; with its id where the record does not name it by then."""
    site = known.sites.set_index("site_id")
    if site_id not in site.index:
        return f"at {site_id}"
    name, kind = str(site.loc[site_id, "name"]), str(site.loc[site_id, "kind"])
    if kind == "sea-area" or name.endswith(" area"):
        return f"in {name}" if name.startswith("The ") else f"in the {name}"
    is_described = DESCRIBED.search(name.partition(" (")[0]) is not None
    article = "the " if is_described or kind == "diplomatic" else ""
    return f"{'in' if kind in ('region', 'city') else 'at'} {article}{name}"


def place(page: Page) -> str:
    """Where the site of a page is, after a verb: "at Al-Tanf Garrison", "in the Red Sea"."""
    return place_of(page.known, str(page.parameters["site_id"]))


def group_name(page: Page) -> str:
    """The places that the site of a page compares with, after a verb."""
    group = group_of(page.known, str(page.parameters["site_id"]))
    return within(group) if group else "at other places"


def busiest(page: Page) -> Markup | str:
    """The site with most attacks, or all of them where several have as many."""
    if page.count("busiest_sites_tied") == 1:
        return _at_sea_with_article(page, str(page.value("busiest_site")))
    if page.count("busiest_sites_tied") > MOST_EQUALS:
        return page.phrase(f"{{busiest_sites_tied:{page.words['site']}}}")
    sites = str(page.value("busiest_sites")).split()
    return joined([_at_sea_with_article(page, site) for site in sites])


def front_within(page: Page, front: str) -> str:
    """A front within a sentence: countries as they are, others with an article."""
    if front == ELSEWHERE:
        return front.lower()
    drawn = next(one for one in page.campaign.fronts if one.name == front)
    countries = {country(code) for code in drawn.countries}
    if set(re.split(", | and ", front)) <= countries:
        return front
    return f"the {front[0].lower() if front.startswith('Other ') else front[0]}{front[1:]}"


def _at_sea_with_article(page: Page, site_id: str) -> str:
    """The short name of a site, of a sea area with "the"."""
    kinds = page.known.sites.set_index("site_id")["kind"]
    name = words.plain_site(page.names[site_id])
    return f"the {name}" if kinds.get(site_id) in ("sea-area", "diplomatic") else name
