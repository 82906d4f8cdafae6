"""What a webhook is told of an edition: as JSON for programs, as a card for Slack or Teams.

All are made from the same data. Text of a report is never markup in them: Slack has it as
`plain_text`, Teams as runs of text, neither of which is read for links, mentions or emphasis.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.deliver.publication import Publication
from analysis.plain_text import day_in_words, one_line
from analysis.publish.announcement import announcement
from analysis.schedule.settings import Site

#: What a message is about, by the kind of its delivery.
TYPES = {
    "report": "edition.published",
    "correction": "edition.corrected",
    "withdrawal": "edition.withdrawn",
}

#: Services refuse a card with a longer text, or with more figures.
_LONGEST_HEADING, _LONGEST_TEXT, _MOST_FIGURES = 150, 1_500, 10

_MEDIA_TYPES = {"pdf": "application/pdf", "html": "text/html"}

Json = dict[str, Any]


def of_publication(publication: Publication, site: Site) -> Json:
    """Return what is told of an edition that is published, or that corrects another.

    Parameters
    ----------
    publication: with the files that come along, and what it corrects.
    site: where readers find the archive.
    """
    told = announcement(publication, site.address, site.clearance)
    told["called_for"] = publication.called_for
    if publication.corrected is not None:
        corrected = publication.corrected
        told["corrected"] = {
            "said": corrected.said,
            "changes": [vars(change) for change in corrected.changes],
        }
    if publication.attached:
        told["files"] = [_file(name, content) for name, content in publication.attached.items()]
    return told


def of_withdrawal(folder: str, manifest_sha256: str, what: str, why: str) -> Json:
    """Return what is told of an edition that was taken back.

    Parameters
    ----------
    folder: of the report, within the archive.
    manifest_sha256: digest of the manifest of the edition that was sent.
    what: its title, day and marking, in words.
    why: what its readers are told.
    """
    report, _, name = folder.partition("/")
    return {
        "report": report,
        "as_of": name[:10],
        "folder": folder,
        "title": one_line(what),
        "why": one_line(why),
        "digest": f"sha256:{manifest_sha256}",
    }


def written(form: str, kind: str, told: Json, at: str) -> bytes:
    """Return the body of a message; the same for the same.

    Parameters
    ----------
    form: ``json``, ``slack`` or ``teams``.
    kind: of the delivery.
    told: what is told, of `of_publication` or `of_withdrawal`.
    at: when it was published or withdrawn, in ISO.
    """
    if form == "json":
        content = {"type": TYPES[kind], "timestamp": at, "data": told}
    else:
        content = _CARDS[form](_card(kind, told))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _file(name: str, content: bytes) -> Json:
    return {
        "name": name,
        "media_type": _MEDIA_TYPES[name.rpartition(".")[2]],
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": base64.b64encode(content).decode(),
    }


@dataclass(frozen=True)
class _Card:
    """What a card shows: a line with the marking, a heading, paragraphs, figures, a link."""

    above: str
    heading: str
    paragraphs: tuple[str, ...]
    figures: tuple[tuple[str, str], ...] = ()
    link: str = ""


def _card(kind: str, told: Mapping[str, Any]) -> _Card:
    day = f"As of {day_in_words(told['as_of'])}"
    if kind == "withdrawal":
        advice = "Please do not use or pass on the report that you were sent."
        return _Card(day, _cut(f"Withdrawn: {told['title']}", _LONGEST_HEADING),
                     (_cut(told["why"]), advice))  # fmt: skip
    corrected = told.get("corrected")
    word = "Correction: " if corrected else ""
    paragraphs = [told["called_for"], *_said_of(corrected), told["lead"]]
    return _Card(
        f"{told['marking']} · {day}",
        _cut(f"{word}{told['title']}", _LONGEST_HEADING),
        tuple(_cut(paragraph) for paragraph in paragraphs if paragraph),
        tuple(_figure(figure) for figure in told["key_figures"][:_MOST_FIGURES]),
        told["link"] or "",
    )


def _said_of(corrected: Mapping[str, Any] | None) -> list[str]:
    """What was said, and what is right."""
    if not corrected:
        return []
    changes = "; ".join(
        f"{change['label']}: it said {change['before'] or 'not known'}, "
        f"it is {change['after'] or 'not known'}"
        for change in corrected["changes"]
    )
    return [corrected["said"], changes]


def _figure(figure: Mapping[str, str]) -> tuple[str, str]:
    change = f" ({_cut(figure['change'], _LONGEST_HEADING)})" if figure["change"] else ""
    label = _cut(figure["label"], _LONGEST_HEADING)
    return _cut(figure["value"], _LONGEST_HEADING), f"{label}{change}"


def _cut(text: str, longest: int = _LONGEST_TEXT) -> str:
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _slack(card: _Card) -> Json:
    """Blocks, and a text for notifications, in which three characters are Slack's own."""

    def plain(text: str) -> Json:
        return {"type": "plain_text", "text": text, "emoji": False}

    def section(text: str) -> Json:
        return {"type": "section", "text": plain(text)}

    blocks = [
        {"type": "context", "elements": [plain(card.above)]},
        {"type": "header", "text": plain(card.heading)},
        *map(section, card.paragraphs),
    ]
    if card.figures:
        fields = [plain(f"{value}  {label}") for value, label in card.figures]
        blocks.append({"type": "section", "fields": fields})
    if card.link:
        link = {"type": "mrkdwn", "text": f"<{_for_slack(card.link)}|Open the page>"}
        blocks.append({"type": "section", "text": link})
    notice = _for_slack(" ".join([card.heading, *card.paragraphs[:1]]))
    return {"text": f"{_for_slack(card.above)}: {notice}", "blocks": blocks}


def _for_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(card: _Card) -> Json:
    """An adaptive card, as Teams takes it of a webhook."""

    def text(*runs: Json, **other: object) -> Json:
        return {"type": "RichTextBlock", "inlines": list(runs), **other}

    def run(words: str, **other: object) -> Json:
        return {"type": "TextRun", "text": words, **other}

    body = [
        text(run(card.above, size="Small", weight="Bolder")),
        text(run(card.heading, size="Large", weight="Bolder")),
        *(text(run(paragraph)) for paragraph in card.paragraphs),
        *(text(run(f"{value}  ", weight="Bolder"), run(label)) for value, label in card.figures),
    ]
    content: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if card.link:
        content["actions"] = [
            {"type": "Action.OpenUrl", "title": "Open the page", "url": card.link}
        ]
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


_CARDS: Mapping[str, Callable[[_Card], Json]] = {"slack": _slack, "teams": _teams}
