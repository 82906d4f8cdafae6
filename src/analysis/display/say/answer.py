"""What several sentences share: names, the way an answer is laid out, and lists."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import PAGE_TYPE, Fragment, words_alone
from analysis.display.writing import paragraph


def answer(*sentences: Markup | None, assumption: Markup | None = None) -> Fragment:
    """The answer's first sentence leads; the rest follows; assumptions stand apart."""
    first, *rest = [sentence for sentence in sentences if sentence]
    pieces = [paragraph(first, kind="answer")]
    if rest:
        pieces.append(paragraph(*rest))
    if assumption:
        pieces.append(paragraph(assumption, kind="assumption"))
    return Fragment(Markup("\n").join(pieces))


def lead(*sentences: Markup | None) -> Fragment:
    """The bottom line of a page: three to five sentences, each a paragraph of its own."""
    said = [sentence for sentence in sentences if sentence]
    body = Markup("\n").join(map(paragraph, said))
    html = Markup('<section class="bottom-line">{}</section>').format(body)
    return Fragment(html, {PAGE_TYPE: {"bottom_line": list(map(words_alone, said))}})


def listing(items: list[Markup]) -> Markup:
    """Phrases as a sentence lists them: "one, two and three"."""
    *first, last = items
    return Markup(", ").join(first) + Markup(" and ") + last if first else last
