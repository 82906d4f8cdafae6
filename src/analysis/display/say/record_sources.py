"""Where the record comes from, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.record.codebook import codes, word
from analysis.record.wording import joined


@if_kept
def nothing_recorded(page: Page) -> Markup:
    """What to say where the record holds no attack yet."""
    return page.sentence(
        "the record holds no attack on {forces} by {to_day}, but it {samples}."
        if page.kept == "sampled"
        else "no attack on {forces} had been recorded by {last}.",
        last=words.day(min(page.known.through, page.as_of)) if page.stops else page.words["to_day"],
    )


@section
def record_sources(page: Page) -> Fragment:
    """Where does it come from?

    page: of `record`; it needs facts such as `one_sided`, `publishers` and `attack_rows`.
    """
    if not page.count("attack_rows"):
        return answer(nothing_recorded(page))
    assumption = Markup(
        "A publisher is who published the page that was read, also where it passes on an agency’s "
        "report; so fewer voices may stand behind the pages than their number says. Kind and side "
        "are our judgement of the publisher, not of whoever it passes on. Attacks that only the "
        "attackers claim are included."
    )
    return answer(
        _sources(page),
        _kinds(page),
        _top_publisher(page),
        _levels(page),
        _one_sided(page),
        assumption=assumption,
    )


@if_kept
def _sources(page: Page) -> Markup:
    return page.sentence(
        "the record’s {attack_rows:row|rows} on attacks {attack_rows:~comes|come} from "
        "{publishers:publisher|publishers}; {alone}.",
        alone=from_one_publisher(page),
    )


def from_one_publisher(page: Page) -> Markup:
    """How many attacks no second publisher reports."""
    if page.given("one_source_share") and page.value("one_source_share") == 1:
        return page.phrase("no attack is reported by more than one publisher")
    if not page.given("one_source_share"):
        return page.phrase(
            "the one attack rests on a single publisher"
            if page.count("attack_rows") == 1
            else "{one_source} of the attacks in the record {one_source:~rests on a single "
            "publisher|rest on a single publisher each}"
        )
    return page.phrase("{one_source_share} of the attacks are reported by a single publisher each")


@if_kept
def _kinds(page: Page) -> Markup | None:
    """Of what kind the publishers are, as far as the register has them."""
    shares = {code: f"rows_{code}_share" for code in codes("source_kind")}
    if page.count("attack_rows") == 1 or not all(page.given(name) for name in shares.values()):
        return None
    listed = sorted(shares, key=lambda code: float(page.value(shares[code]) or 0), reverse=True)
    said = {code: word("source_kind", code, "from") for code in listed}
    parts = [
        Markup("all come from {}").format(said[code])
        if page.value(shares[code]) == 1
        else page.phrase(f"{{{shares[code]}}} {'' if number else 'come '}from {said[code]}")
        for number, code in enumerate(code for code in listed if page.value(shares[code]))
    ]
    if not parts:
        return None
    return page.sentence(
        "of these rows {parts}; {passed_on} what somebody else reported.",
        parts=Markup(joined(parts)),
        passed_on=page.phrase("{rows_passed_on_share} pass on")
        if page.value("rows_passed_on_share")
        else "none passes on",
    )


@if_kept
def _one_sided(page: Page) -> Markup | None:
    """How many attacks the outlets of one side alone report."""
    if not page.count("one_sided"):
        return None
    return page.sentence(
        "{one_sided:attack is|attacks are} reported by outlets of one side to the conflict alone."
    )


@if_kept
def _top_publisher(page: Page) -> Markup | None:
    alone = page.count("publishers") < 2 or page.count("top_publisher_attacks") < 2
    if alone or not page.facts["top_publisher"].known:
        return None
    return page.sentence(
        "no other reports as many attacks as {top_publisher}, which reports "
        "{top_publisher_attacks}."
    )


@if_kept
def _levels(page: Page) -> Markup:
    return page.sentence(
        "officials confirm {attacks_confirmed_cumulative:attack|attacks}, news and monitors alone "
        "report {attacks_media_cumulative}, and {attacks_claim_only_cumulative} "
        "{attacks_claim_only_cumulative:~is|are} known from the attackers’ claims only."
    )
