"""Deliveries as messages to webhooks: each written, handed over, and noted in the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.deliver import outbox, payloads
from analysis.deliver.answer import Answer, OutOfReachError
from analysis.deliver.contents import Work, cleared
from analysis.deliver.outbox import Delivery
from analysis.deliver.webhook import Receiver
from analysis.errors import UsageError
from analysis.schedule.settings import Site, Webhook


def send_messages(owed: Sequence[Delivery], work: Work, webhook: Webhook) -> str:
    """Send to one webhook what is owed to it; return why the rest has to wait.

    Empty if nothing has to, or if it has asked itself to be left alone for a while.
    """
    try:
        receiver = Receiver(webhook, work.now)
        for part in owed:
            answer = _send(part, work, webhook, receiver)
            if answer is not None and answer.wait:
                break
    except (OutOfReachError, UsageError) as reason:
        return str(reason)
    return ""


def _send(part: Delivery, work: Work, webhook: Webhook, receiver: Receiver) -> Answer | None:
    """Write one message, hand it over, and note what became of it."""
    body = _written(part, work, webhook)
    if body is None:
        return None
    receiver.check()
    outbox.begin(work.connection, [part], work.now)
    try:
        answer = receiver.hand_over(part.message_id, body)
    except (OutOfReachError, UsageError):
        outbox.take_back(work.connection, [part])
        raise
    state = outbox.settle(work.connection, [part], answer, webhook, work.config.mail, work.now)
    work.account.states[state] += 1
    return answer


def _written(part: Delivery, work: Work, webhook: Webhook) -> bytes | None:
    """The body of the message for a delivery; None if there is none to send."""
    if part.kind == "withdrawal":
        what, _, why = part.reason.partition("\n")
        told = payloads.of_withdrawal(part.folder, part.manifest_sha256, what, why)
        return payloads.written(webhook.format, part.kind, told, part.happened)
    for _, publication, _ in cleared([part], work):
        told = payloads.of_publication(publication, work.config.site or Site())
        return payloads.written(webhook.format, part.kind, told, part.happened)
    return None
