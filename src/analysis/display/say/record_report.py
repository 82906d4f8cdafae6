"""The record report in sentences: how complete it is, and what it does not hold."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import card, strip
from analysis.display.page import Page
from analysis.display.say.answer import answer, lead, listing
from analysis.display.say.knowledge import held_against, no_share, still_to_come
from analysis.display.say.record_delay import known_when
from analysis.display.say.record_revisions import people_revised
from analysis.display.say.record_sources import from_one_publisher, nothing_recorded
from analysis.measures import reconciliation
from analysis.record.codebook import place


@section
def record_bottom_line(page: Page) -> Fragment:
    """Coverage and where the gap lies, how late attacks become known, revisions, sources.

    page: of `record`; it needs facts such as `split_gap`, `split_through` and `one_source_share`.
    """
    if not page.count("attacks_cumulative"):
        return lead(page, nothing_recorded(page), _coverage(page))
    return lead(
        page,
        _coverage_in_short(page),
        known_when(page),
        still_to_come(page),
        people_revised(page, cited=False),
        page.sentence("{alone}.", alone=from_one_publisher(page)),
    )


@if_kept
def _coverage_in_short(page: Page) -> Markup:
    if not page.facts["record_coverage"].known:
        return no_share(page)
    return page.sentence(
        "officials count {attacks_official:attack|attacks} through {attacks_official_through}; "
        "of these the record describes {record_counted:digits} one by one, "
        "officially confirmed ({record_coverage}){where}.{cite}",
        where=_most_of_the_gap(page),
        cite=page.cite("attacks_official"),
    )


def _most_of_the_gap(page: Page) -> Markup:
    """The country in which most of the gap lies; nothing where no count is split or none has."""
    gaps = {code: page.count(_gap_fact(code)) for code in _counted_apart(page)}
    if not gaps:
        return Markup("")
    most, gap = max(gaps, key=lambda code: gaps[code]), page.count("split_gap")
    if gaps[most] < 1 or gap < gaps[most]:
        return Markup("")
    if gap == gaps[most]:
        return page.phrase("; {split_gap} left open {split_gap:~lies|lie} {there}",
                           there=place(most))  # fmt: skip
    name = _gap_fact(most)
    return page.phrase(
        f"; of {{split_gap}} left open{{when}}, {{{name}}} {{{name}:~lies|lie}} {{there}}",
        when=Markup("") if _same_day(page) else page.phrase(" through {split_through}"),
        there=place(most),
    )


def _counted_apart(page: Page) -> list[str]:
    """Countries of the newest count with a split, by code."""
    codes = reconciliation.countries_counted(page.known)
    return [code for code in codes if _gap_fact(code) in page.facts]


def _gap_fact(code: str) -> str:
    return f"split_gap_{code.lower()}"


def _same_day(page: Page) -> bool:
    """Whether the newest count by country is that of the newest count of all."""
    return page.value("split_through") == page.value("attacks_official_through")


@section
def record_key_figures(page: Page) -> Fragment:
    """Coverage, recorded attacks, delay, reports to come, revisions, single sources.

    page: of `record`; it needs facts such as `one_source_share` and `known_within_0_share`.
    """
    none = "none in the record"
    no_share_of_it = "more than they count" if page.given("record_counted") else none
    return strip(
        card(page, "attacks_official", unknown=none),
        card(page, "record_coverage", _share_before(page, "record_coverage"), no_share_of_it),
        card(page, "attacks_cumulative", label="Attacks recorded, with news and monitors"),
        card(page, "known_within_0_share", _share_before(page, "known_within_0_share")),
        card(page, "nowcast_missing", ""),
        card(page, "one_source_share", _share_before(page, "one_source_share")),
    )


def _share_before(page: Page, name: str) -> str:
    """A share on the earlier day; nothing where there was none."""
    before = page.earlier_facts[name].value
    if not isinstance(before, float):
        return ""
    return f"{words.percent(before)} on {words.short_day(page.earlier.date)}"


@section
def record_coverage(page: Page) -> Fragment:
    """How much of what officials count does the record hold?

    page: of `record`; it needs facts such as `tallies`, `split_gap` and `split_through`.
    """
    if not page.facts["attacks_official"].known:
        return answer(_coverage(page), _beside_officials(page))
    assumption = Markup(
        f"The comparison takes it that {reconciliation.ASSUMPTION}; officials do not say what they "
        "count as one attack. Each count is held against what the record knows today."
    )
    return answer(
        _coverage(page), held_against(page), _gap_by_country(page), _fullest(page),
        _beside_officials(page),
        assumption=assumption,
    )  # fmt: skip


@if_kept
def _coverage(page: Page) -> Markup:
    if not page.facts["record_coverage"].known:
        return no_share(page)
    return page.sentence(
        "officials count {attacks_official:attack|attacks} through {attacks_official_through}; "
        "of these the record describes {record_counted:digits} one by one with "
        "an official’s word ({record_coverage}); with those that news and monitors "
        "alone report it holds {record_recorded:digits} through that day.{cite}",
        cite=page.cite("attacks_official"),
    )


@if_kept
def _gap_by_country(page: Page) -> Markup | None:
    """Where the attacks lie that officials count and nobody describes with their word."""
    gap = "split_gap" if page.given("split_gap") else "record_gap"
    if page.count(gap) < 1:
        return None
    codes = sorted(_counted_apart(page), key=lambda code: -page.count(_gap_fact(code)))
    parts = [page.phrase(f"{{{_gap_fact(code)}}} {place(code)}") for code in codes]
    if len(codes) == 1 and page.count(gap) > 1:
        parts = [Markup("all ") + place(codes[0])]
    # Where the record holds more in one place than officials count, the others do not add up.
    add_up = sum(page.count(_gap_fact(code)) for code in codes) == page.count(gap)
    return page.sentence(
        f"counted without a confirmed row {{{gap}:~is|are}} {{{gap}:attack|attacks}}{{when}}"
        "{parts}.",
        when=Markup("")
        if gap == "record_gap" or _same_day(page)
        else page.phrase(" of the newest count by country, through {split_through}"),
        parts=Markup(": ") + listing(parts) if add_up else "",
    )


@if_kept
def _fullest(page: Page) -> Markup | None:
    """When the record came closest, where that is some time ago."""
    now, best = page.value("record_coverage"), page.value("fullest_coverage")
    if page.count("tallies") < 2 or best is None or now == best:
        return None
    return page.sentence(
        "officials have given such a count on {tallies:day|days}; the record came closest to the "
        "one through {fullest_coverage_through}, of which it describes "
        "{fullest_coverage}."
    )


@if_kept
def _beside_officials(page: Page) -> Markup | None:
    """Attacks that no official confirms, and what they have to do with a gap where there is one."""
    others = page.count("attacks_media_cumulative") + page.count("attacks_claim_only_cumulative")
    if not others:
        return None
    which = "it" if others == 1 else "some of them"
    return page.sentence(
        "{since} the record holds {attacks_media_cumulative:attack|attacks} that news and "
        "monitors alone report and {attacks_claim_only_cumulative} that only the attackers claim"
        "{gap}.",
        gap=f"; {which} may be among those that officials count, so the levels are never added up "
        "to fill the gap"
        if page.count("record_gap") > 0
        else "",
    )


@section
def record_limits(page: Page) -> Fragment:
    """What does the record not hold?

    page: of `record`, `brief` or a report of one's own; it needs the facts `attacks_cumulative` and
        `attacks_official_through`.
    """
    unseen = Markup(
        "Attacks that nobody reported are not in the record, nor is the hour of an attack; the "
        "same attack may stand in two rows where two sources place it differently."
    )
    if not page.count("attacks_cumulative"):
        return answer(unseen)
    return answer(
        unseen,
        _weapon_and_outcome(page),
        _since_the_count(page),
    )


@if_kept
def _weapon_and_outcome(page: Page) -> Markup:
    """Of how many attacks the weapon and the outcome are known; of one and of all in words."""
    held, weapon, outcome = map(page.count, ("attacks_cumulative", "weapon_known", "outcome_known"))
    if held == 1:
        which = {
            (1, 1): "the weapon and the outcome are",
            (1, 0): "the weapon alone is",
            (0, 1): "the outcome alone is",
            (0, 0): "neither the weapon nor the outcome is",
        }[weapon, outcome]
        return page.sentence("of the only recorded attack, {which} known.", which=which)
    whole = "both" if held == 2 else "all"
    of = "of {attacks_cumulative:recorded attack|recorded attacks}, "
    if weapon == outcome == held:
        return page.sentence(of + "the weapon and the outcome are known of {whole}.", whole=whole)
    return page.sentence(
        of + "the weapon is known of {weapon} and the outcome of {outcome}.",
        weapon=whole if weapon == held else page.phrase("{weapon_known}"),
        outcome=whole if outcome == held else page.phrase("{outcome_known}"),
    )


@if_kept
def _since_the_count(page: Page) -> Markup | None:
    """What the newest official count cannot hold."""
    through = page.value("attacks_official_through")
    if through is None or str(through) >= f"{page.as_of:%Y-%m-%d}":
        return None
    return page.sentence(
        "the newest official count ends on {attacks_official_through}; later attacks have "
        "nothing official to be held against."
    )
