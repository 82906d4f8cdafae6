"""Deliveries as mails: each written, handed to the mail server, and noted in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.deliver import outbox
from analysis.deliver.answer import OutOfReachError
from analysis.deliver.contents import Work, cleared, give_up
from analysis.deliver.message import failure_letter, letter, withdrawal_letter
from analysis.deliver.operator import about_slot
from analysis.deliver.outbox import Delivery
from analysis.deliver.publication import Publication
from analysis.deliver.smtp import MailServer
from analysis.deliver.titles import size_of
from analysis.deliver.unsubscribing import way_out
from analysis.errors import UsageError
from analysis.publish.announcement import page_link
from analysis.schedule.settings import Mail, Reader, Site, Subscription

#: Attachments of a digest, in bytes; what is beyond waits for the next one. Servers that take
#: less than 25 MB in their encoding, which adds a third, are rare.
LARGEST_DIGEST = 15_000_000

#: What is told where less is attached than a reader asked for.
_NO_HTML = "The page itself is left out, as the mail server takes no mail that is so large."
_LINK_ALONE = "Nothing is attached, as the mail server takes no mail that is so large."


@dataclass(frozen=True)
class _Written:
    """A mail: its bytes, and the deliveries that are in it."""

    parts: Sequence[Delivery]
    content: bytes


def send_mails(owed: Sequence[Sequence[Delivery]], work: Work, mail: Mail) -> str:
    """Send mails, each of the deliveries in one part of `owed`; return why the rest has to wait.

    Empty if nothing has to.
    """
    try:
        way_out(mail, mail.sender)  # a secret that is not there is no fault of a mail
        with MailServer(mail) as server:
            for parts in owed:
                _send(parts, work, mail, server)
    except (OutOfReachError, UsageError) as reason:
        return str(reason)
    return ""


def _send(parts: Sequence[Delivery], work: Work, mail: Mail, server: MailServer) -> None:
    """Write one mail, hand it over, and note what became of it."""
    editions = _editions(parts, work)
    if parts[0].kind not in outbox.IN_WORDS and not editions:
        return
    server.connect()
    try:
        if editions:
            written = _fitting(editions, work, mail, server.largest)
        else:
            written = _Written(parts, _in_words(parts[0], work, mail))
    except UsageError as reason:
        give_up([part for part, _, _ in editions] or parts, str(reason), work)
        return
    outbox.begin(work.connection, written.parts, work.now)
    try:
        answer = server.hand_over(parts[0].address, written.content)
    except OutOfReachError:
        outbox.take_back(work.connection, written.parts)
        raise
    state = outbox.settle(work.connection, written.parts, answer, mail, mail, work.now)
    work.account.states[state] += 1


#: What is sent of an edition, and to whom.
_Edition = tuple[Delivery, Publication, Subscription]


def _editions(parts: Sequence[Delivery], work: Work) -> list[_Edition]:
    """The editions that these deliveries are of and that may be sent; none of words alone."""
    if parts[0].kind in outbox.IN_WORDS:
        return []
    site = work.config.site or Site()
    return [
        (part, replace(one, link=page_link(one, site.address, site.clearance)), reader)
        for part, one, reader in _of_one_mail(cleared(parts, work))
    ]


def _of_one_mail(found: Iterator[tuple[Delivery, Publication, Reader]]) -> Iterator[_Edition]:
    """The first of them, and more as long as one mail can hold them."""
    size = 0
    for part, publication, reader in found:
        assert isinstance(reader, Subscription)  # a mail address is that of no webhook
        more = sum(map(len, publication.attached.values()))
        if size and size + more > LARGEST_DIGEST:
            return
        size += more
        yield part, publication, reader


def _in_words(part: Delivery, work: Work, mail: Mail) -> bytes:
    """The mail of a delivery whose words the ledger has."""
    if part.kind == "failure":
        slot = about_slot(work.connection, part.folder)
        told = "\n\n".join(filter(None, [part.reason, slot]))
        address, number = part.address, part.message_id
        return failure_letter(part.folder, told, address, mail, number, work.now).as_bytes()
    what, _, why = part.reason.partition("\n")
    report, before = part.folder.partition("/")[0], outbox.thread_of(work.connection, part)
    return withdrawal_letter(
        what, why, part.address, mail, part.message_id, work.now, report, before
    ).as_bytes()


def _fitting(editions: Sequence[_Edition], work: Work, mail: Mail, largest: int) -> _Written:
    """The mail with these editions that the server takes: if need be with less, or with fewer.

    The PDFs alone, then those of fewer reports, then of the first of them the link alone.

    Raises
    ------
    UsageError
        If there is none, and no link to give instead.
    """
    for some, left_out in _ever_less(editions):
        parts, publications, readers = zip(*some, strict=True)
        before = outbox.thread_of(work.connection, parts[0])
        content = letter(
            publications, readers[0], mail, parts[0].message_id, work.now, before, left_out
        ).as_bytes()
        if not largest or len(content) <= largest:
            return _Written(parts, content)
    raise UsageError(
        f"it is too large: the mail server takes {size_of(largest)} at most, and there is no page "
        "to link to (address and clearance under [site])"
    )


def _ever_less(editions: Sequence[_Edition]) -> Iterator[tuple[Sequence[_Edition], str]]:
    """Ever less of these editions, and what is told of what is left out."""
    yield editions, ""
    lean = [(part, _without_page(one), reader) for part, one, reader in editions]
    is_less = any(
        one.attached.keys() != full.attached.keys()
        for (_, one, _), (_, full, _) in zip(lean, editions, strict=True)
    )
    for count in range(len(lean), 0, -1):
        yield lean[:count], _NO_HTML if is_less else ""
    part, first, reader = lean[0]
    if first.link:
        yield [(part, replace(first, attached={}), reader)], _LINK_ALONE


def _without_page(one: Publication) -> Publication:
    """An edition with its PDF alone, and no picture."""
    pdf = {name: content for name, content in one.attached.items() if name.endswith(".pdf")}
    return replace(one, attached=pdf or one.attached, figure=None)
