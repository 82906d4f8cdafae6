"""Deliveries as mails: each written, handed to the mail server, and noted in the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.message import EmailMessage

from analysis.deliver import outbox
from analysis.deliver.answer import OutOfReachError
from analysis.deliver.contents import Work, cleared, give_up
from analysis.deliver.message import failure_letter, letter, withdrawal_letter
from analysis.deliver.outbox import Delivery
from analysis.deliver.publication import Publication
from analysis.deliver.smtp import MailServer
from analysis.errors import UsageError
from analysis.schedule.config import Mail, Reader, Subscription

#: Attachments of a digest, in bytes; what is beyond waits for the next one. Servers that take
#: less than 25 MB in their encoding, which adds a third, are rare.
LARGEST_DIGEST = 15_000_000


def send_mails(owed: Sequence[Sequence[Delivery]], work: Work, mail: Mail) -> str:
    """Send mails, each of the deliveries in one part of `owed`; return why the rest has to wait.

    Empty if nothing has to.
    """
    try:
        with MailServer(mail) as server:
            for parts in owed:
                _send(parts, work, mail, server)
    except (OutOfReachError, UsageError) as reason:
        return str(reason)
    return ""


def _send(parts: Sequence[Delivery], work: Work, mail: Mail, server: MailServer) -> None:
    """Write one mail, hand it over, and note what became of it."""
    written = _written(parts, work, mail)
    if written is None:
        return
    parts, message = written
    content = message.as_bytes()
    server.connect()
    outbox.begin(work.connection, parts, work.now)
    answer = server.hand_over(parts[0].address, content)
    state = outbox.settle(work.connection, parts, answer, mail, mail, work.now)
    work.account.states[state] += 1


def _written(
    parts: Sequence[Delivery], work: Work, mail: Mail
) -> tuple[Sequence[Delivery], EmailMessage] | None:
    """The mail for these deliveries, and which of them are in it; None if none can be."""
    first, now = parts[0], work.now
    try:
        if first.kind == "failure":
            slot = outbox.about_slot(work.connection, first.folder)
            told = "\n\n".join(filter(None, [first.reason, slot]))
            text = failure_letter(first.folder, told, first.address, mail, first.message_id, now)
            return parts, text
        if first.kind == "withdrawal":
            what, _, why = first.reason.partition("\n")
            text = withdrawal_letter(what, why, first.address, mail, first.message_id, now)
            return parts, text
        found = list(_fitting(cleared(parts, work)))
        if not found:
            return None
        parts, publications, readers = zip(*found, strict=True)
        return parts, letter(publications, readers[0], mail, parts[0].message_id, now)
    except UsageError as reason:
        give_up(parts, str(reason), work)
        return None


def _fitting(
    found: Iterator[tuple[Delivery, Publication, Reader]],
) -> Iterator[tuple[Delivery, Publication, Subscription]]:
    """The first of them, and more as long as one mail can hold them."""
    size = 0
    for part, publication, reader in found:
        assert isinstance(reader, Subscription)  # a mail address is that of no webhook
        more = sum(map(len, publication.attached.values()))
        if size and size + more > LARGEST_DIGEST:
            return
        size += more
        yield part, publication, reader
