"""What several sentences share: names, the way an answer is laid out, and lists."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from analysis.display import words
from analysis.display.comment import analyst_comment
from analysis.display.fragment import NOTHING, PAGE_TYPE, Fragment, words_alone
from analysis.display.kept import kept_through, reasons
from analysis.display.page import Page
from analysis.display.writing import facts_named, paragraph


def answer(*sentences: Markup | None, assumption: Markup | None = None) -> Fragment:
    """The answer's first sentence leads; the rest follows; assumptions stand apart."""
    said = [sentence for sentence in sentences if sentence]
    if not said:
        return NOTHING
    first, *rest = said
    pieces = [paragraph(first, kind="answer")]
    if rest:
        pieces.append(paragraph(*rest))
    if assumption:
        pieces.append(paragraph(assumption, kind="assumption"))
    return Fragment(Markup("\n").join(pieces))


#: What is told of the days between a campaign and the next.
TOLD_AFTER = ", and of later ones only those of the {days} to {to_day} are told"


def lead(page: Page, *sentences: Markup | None, news: Sequence[Markup | None] = ()) -> Fragment:
    """The bottom line of a page: sentences, each a paragraph of its own, and what cannot be said.

    Where the record was not kept to the as-of date that comes first, else the news.
    """
    said = [sentence for sentence in (*news, _over(page), *sentences) if sentence]
    if page.kept_window == "none":
        said.insert(0, kept_through(page))
    said += [reason for reason in reasons(page, in_full=True) if reason not in said]
    first, *rest = said
    body = Markup("\n").join([paragraph(first, kind="first"), *map(paragraph, rest)])
    page.headline.update(facts_named(body))
    comment = analyst_comment(page.comment).html
    html = Markup('<section class="bottom-line">{}</section>{}').format(body, comment)
    return Fragment(html, {PAGE_TYPE: {"bottom_line": list(map(words_alone, said))}})


def _over(page: Page) -> Markup | None:
    """That the campaign is over, where it is known to be."""
    campaign = page.campaign
    if campaign.last_day is None or not campaign.is_over(page.as_of):
        return None
    if campaign.end != campaign.last_day:
        return page.sentence("the counts here end on {end}.", end=words.day(campaign.last_day))
    untold = campaign.superseded_on or page.kept_window == "none"
    then = "" if untold else TOLD_AFTER
    return page.sentence(
        "the campaign that is counted here ended on {end}: its totals of attacks and strikes stop "
        "there" + then + ".",
        end=words.day(campaign.last_day),
    )


def times(page: Page, ratio: str) -> Markup:
    """How much higher one rate is, before the other: "1.2 times", or "the same as"."""
    if float(page.value(ratio) or 0) == 1:
        return Markup("the same as")
    return page.phrase(f"{{{ratio}:digits}} times")


def listing(items: list[Markup]) -> Markup:
    """Phrases as a sentence lists them: "one, two and three"."""
    *first, last = items
    return Markup(", ").join(first) + Markup(" and ") + last if first else last
