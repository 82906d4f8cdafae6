"""Places in words: where a site is, the site with most attacks, the places that compare with it."""

from __future__ import annotations

import re
from collections.abc import Callable

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

#: Names of places that take an article: those that end in what the place is, but for bases.
DESCRIBED = re.compile(r" ((?!province)[a-z]+|Center|Emirates|Heights|(?<!Landing )Zone)$")


def place_of(known: Known, site_id: str) -> str:
    """Where a site is, after a verb; with its id where the record does not name it by then."""
    name, kind = _name_and_kind(known, site_id)
    inside = kind in ("region", "city") or _is_area(name, kind)
    return f"{'in' if inside else 'at'} {name_of(known, site_id)}"


def name_of(known: Known, site_id: str, shortened: Callable[[str], str] = str) -> str:
    """A site within a sentence: "Al-Tanf Garrison", "the Red Sea", "the Majnoon oil field"."""
    full, kind = _name_and_kind(known, site_id)
    name = shortened(full)
    what_it_is = name.partition(" (")[0].partition(" in ")[0]
    is_described = DESCRIBED.search(what_it_is) is not None
    takes_article = is_described or kind == "diplomatic" or _is_area(name, kind)
    return f"the {name}" if takes_article and not name.startswith("The ") else name


def _name_and_kind(known: Known, site_id: str) -> tuple[str, str]:
    site = known.sites[known.sites["site_id"] == site_id]
    return (site_id, "") if site.empty else (str(site["name"].item()), str(site["kind"].item()))


def _is_area(name: str, kind: str) -> bool:
    return kind == "sea-area" or name.endswith(" area")


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
        return name_of(page.known, str(page.value("busiest_site")), words.plain_site)
    if page.count("busiest_sites_tied") > MOST_EQUALS:
        return page.phrase(f"{{busiest_sites_tied:{page.words['site']}}}")
    sites = str(page.value("busiest_sites")).split()
    return joined([name_of(page.known, site, words.plain_site) for site in sites])


def front_within(page: Page, front: str) -> str:
    """A front within a sentence: countries as they are, others with an article."""
    if front == ELSEWHERE:
        return front.lower()
    drawn = next(one for one in page.campaign.fronts if one.name == front)
    countries = {country(code) for code in drawn.countries}
    if set(re.split(", | and ", front)) <= countries:
        return front
    return f"the {front[0].lower() if front.startswith('Other ') else front[0]}{front[1:]}"
