"""One site among those that compare with it, in sentences: its share, rank and interceptions."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.places import group_name
from analysis.display.say.answer import answer
from analysis.measures.sites import FEWEST_FOR_PERCENT
from analysis.record.wording import targets

ORDINALS = (
    *("", "", "second ", "third ", "fourth ", "fifth "),
    *("sixth ", "seventh ", "eighth ", "ninth ", "tenth "),
)


@section
def site_compared(page: Page) -> Fragment:
    """How does it compare with other sites?

    page: of `site`; it needs facts such as `site_rank`, `group_sites` and `group_attacks`.
    """
    if not page.count("attacks_cumulative"):
        return answer(_none_here(page))
    if page.count("group_sites") < 2:
        return answer(_none_elsewhere(page))
    if page.count("group_attacks") < FEWEST_FOR_PERCENT:
        return answer(_of_few(page))
    assumption = Markup(
        "The comparison is with attacks {} whose targets were {}. The intervals (Clopper and "
        "Pearson, 1934) take attacks as independent of each other; several in one operation make "
        "the true uncertainty larger."
    ).format(group_name(page), targets(page.targets))
    return answer(_rank(page), _window_share(page), _interception(page), assumption=assumption)


def elsewhere(page: Page) -> Markup:
    """How many attacks the record holds in all other places."""
    return page.sentence(
        "elsewhere the record holds {elsewhere_cumulative:attack|attacks} on {them} {since}.",
        them=targets(page.targets),
    )


@if_kept
def _none_here(page: Page) -> Markup:
    if not page.count("group_attacks"):
        return elsewhere(page)
    template = (
        "the one attack on {them} recorded {group} was not there."
        if page.count("group_attacks") == 1
        else "none of the {group_attacks} attacks on {them} recorded {group} was there."
    )
    return page.sentence(template, them=targets(page.targets), group=group_name(page))


@if_kept
def _none_elsewhere(page: Page) -> Markup:
    template = (
        "no other attack is recorded {group}, so there is none to compare with."
        if page.count("attacks_cumulative") == 1
        else "all {attacks_cumulative} attacks recorded {group} were there, so there are no others "
        "to compare with."
    )
    return page.sentence(template, group=group_name(page))


@if_kept
def _of_few(page: Page) -> Markup:
    return page.sentence(
        "{attacks_cumulative} of the {group_attacks} attacks recorded {group} "
        "{attacks_cumulative:~was|were} there.",
        group=group_name(page),
    )


@if_kept
def _rank(page: Page) -> Markup:
    return page.sentence(
        "with {attacks_cumulative:attack|attacks} it has {site_share} of the "
        "{group_attacks} recorded {group} (95{nbsp}% interval {site_share_low} to "
        "{site_share_high}), {standing}.",
        group=group_name(page),
        standing=_standing(page),
    )


def _standing(page: Page) -> Markup:
    """Its place among the sites attacked: "the most of 17 attacked (one other has as many)"."""
    rank, as_many = page.count("site_rank"), page.count("sites_with_as_many")
    if 1 < rank == page.count("group_sites") - as_many:
        standing = page.phrase("the fewest of {group_sites} attacked")
    elif rank < len(ORDINALS):
        standing = page.phrase(f"the {ORDINALS[rank]}most of {{group_sites}} attacked")
    else:
        standing = page.phrase("place {site_rank:digits} of {group_sites:digits}")
    if as_many:
        standing += page.phrase(" ({sites_with_as_many:other has|others have} as many)")
    return standing


@if_kept
def _window_share(page: Page) -> Markup | None:
    """How many of the attacks in the window were here, of those that compare."""
    page.needs("site_share")  # of a sample no part is told
    here, whole = page.count("attacks_window"), page.count("group_attacks_window")
    if not whole:
        return None
    if whole == 1:
        return Markup(f"The one such attack in the window was {'there' if here else 'elsewhere'}.")
    return page.sentence(
        {
            0: "none of the {group_attacks_window} such attacks in the window was there.",
            whole: "all {group_attacks_window} such attacks in the window were there.",
        }.get(here, "of the {group_attacks_window} such attacks in the window, {n} {was} there."),
        n=page.phrase("{attacks_window}"),
        was="was" if here == 1 else "were",
    )


@if_kept
def _interception(page: Page) -> Markup | None:
    """The share intercepted here and at the others, where enough outcomes are known."""
    known = page.count("outcome_known"), page.count("elsewhere_outcome_known")
    if min(known) < FEWEST_FOR_PERCENT:
        return None
    return page.sentence(
        "of its {outcome_known} attacks with a known outcome {intercepted_share} were "
        "intercepted in full (95{nbsp}% interval {intercepted_share_low} to "
        "{intercepted_share_high}), of the {elsewhere_outcome_known} at the others "
        "{elsewhere_intercepted_share} ({elsewhere_intercepted_share_low} to "
        "{elsewhere_intercepted_share_high})."
    )
