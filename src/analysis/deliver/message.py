"""The mails: a report or several for one reader, and what failed for the operator.

What goes in decides every byte. Text from reports, addresses and servers gets into a header only by
`addresses`, and into the HTML only escaped; so nothing that a row of the record says can become a
header or markup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.deliver.addresses import header_text, named, sender, sender_domain
from analysis.deliver.publication import Publication
from analysis.deliver.titles import cut, file_name, size_of, subject
from analysis.deliver.unsubscribing import way_out
from analysis.parameters import strictest
from analysis.plain_text import day_in_words, one_line
from analysis.schedule.settings import Mail, Subscription

#: Lines end as SMTP wants them, and no byte needs a server that knows more than ASCII. A line may
#: be as long as SMTP allows: Python forgets to quote a name that it folds.
POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=990)

#: Colours of the labels on black, as TLP 2.0 has them.
COLOURS = {
    "TLP:GREEN": "#33ff00",
    "TLP:AMBER": "#ffc000",
    "TLP:AMBER+STRICT": "#ffc000",
    "TLP:RED": "#ff2b2b",
}


def letter(
    publications: Sequence[Publication],
    reader: Subscription,
    mail: Mail,
    message_id: str,
    now: dt.datetime,
    before: str = "",
    left_out: str = "",
) -> EmailMessage:
    """Write the mail with one report, or the digest with several.

    Parameters
    ----------
    publications: what to send, with the files to attach.
    reader: who gets it; nobody else is named in it.
    mail: in whose name it is sent.
    message_id: from `message_id`, so that a second copy can be told from another mail.
    now: the date of the mail.
    before: Message-ID of the mail with the edition before, which mail programs show together.
    left_out: why what the reader is subscribed to is not attached; empty if it is.

    Raises
    ------
    UsageError
        If the address of the reader or the sender could be anything but one address.
    """
    marking = strictest(publication.marking for publication in publications)
    message = _addressed(subject(publications, marking), reader.address, mail, message_id, now)
    if reader.name:
        message.replace_header("To", named(reader.name, reader.address))
    reports = dict.fromkeys(publication.report for publication in publications)
    _put_into_thread(message, reports, mail, before)
    out = way_out(mail, reader.address)
    if out:
        message["List-Unsubscribe"] = f"<{header_text(out.link)}>"
        if out.one_click:
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [line for p in publications for line in (p.called_for, *p.bottom_line) if line]
    attached = [(file_name(p, name), p.attached[name]) for p in publications for name in p.attached]
    pictures = _pictures(publications, message_id)
    said = {
        "publications": publications,
        "marking": marking,
        "subject": message["Subject"],
        "preview": next(iter(lines), ""),
        "attached": [f"{name} ({size_of(len(content))})" for name, content in attached],
        "why": f"{reader.address} is subscribed to {' and '.join(reports)}.",
        "unsubscribe": out.link if out else "",
        "pictures": pictures,
        "left_out": left_out,
        "colours": COLOURS,
    }
    message.set_content(_template("letter.txt.j2", **said))
    message.add_alternative(_template("letter.html.j2", **said), subtype="html")
    _add_pictures(message, publications, pictures)
    for name, content in attached:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("text", "html")
        message.add_attachment(content, *kind, filename=name)
    _set_boundaries(message, message_id)
    return message


def failure_letter(
    what: str, reason: str, operator: str, mail: Mail, message_id: str, now: dt.datetime
) -> EmailMessage:
    """Write to the operator what failed and why.

    Parameters
    ----------
    operator: the address.
    what: what failed, for the subject.
    reason: the reason and, where there is one, the cell; several lines.
    """
    message = _addressed(f"Failed: {cut(what)}", operator, mail, message_id, now)
    lines = [one_line(line) if line.strip() else "" for line in reason.splitlines()]
    told = "\n".join([f"Failed: {one_line(what)}", "", *lines])
    message.set_content(f"{told}\n\n`brinkwatch status` says what is owed and what was sent.\n")
    return message


def withdrawal_letter(
    what: str,
    why: str,
    reader: str,
    mail: Mail,
    message_id: str,
    now: dt.datetime,
    report: str = "",
    before: str = "",
) -> EmailMessage:
    """Write to a reader that a report which they got is withdrawn.

    Parameters
    ----------
    what: its title, day and marking.
    why: what they are told.
    reader: the address.
    report: its name.
    before: Message-ID of the mail in which they got it.
    """
    message = _addressed(f"Withdrawn: {cut(what)}", reader, mail, message_id, now)
    if report:
        _put_into_thread(message, [report], mail, before)
    message.set_content(
        f"Withdrawn: {one_line(what)}\n\n{one_line(why)}\n\n"
        "Please do not use or pass on the report that you were sent.\n"
    )
    return message


def message_id(mail: Mail, *key: str) -> str:
    """Return the Message-ID of what the key names; always the same for the same key.

    >>> message_id(Mail("localhost", "Desk <desk@example.org>"), "brief/2024-01-29", "a@b.org")
    '<220ec08845565b80faed0f31c47b402a@example.org>'
    """
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:32]
    return f"<{digest}@{sender_domain(mail)}>"


def _addressed(
    subject: str, recipient: str, mail: Mail, message_id: str, now: dt.datetime
) -> EmailMessage:
    """A mail without content, with all that every mail has."""
    message = EmailMessage(policy=POLICY)
    message["Subject"] = header_text(subject)
    message["From"] = named(*sender(mail))
    message["To"] = named("", recipient)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    # Asks machines not to answer: no notes of absence to the desk.
    message["Auto-Submitted"] = "auto-generated"
    return message


def _put_into_thread(
    message: EmailMessage, reports: Collection[str], mail: Mail, before: str
) -> None:
    """Say which list a mail is of, and which mail went before it: RFC 2919 and RFC 5322."""
    name = next(iter(reports)) if len(reports) == 1 else "digest"
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "reports"
    message["List-Id"] = f"{header_text(name)} <{plain}.brinkwatch.{sender_domain(mail)}>"
    if before:
        message["In-Reply-To"] = before
        message["References"] = before


def _pictures(publications: Sequence[Publication], message_id: str) -> dict[str, str]:
    """By the name of each publication with a figure, the Content-ID of its picture."""
    left, _, right = message_id.strip("<>").partition("@")
    return {
        publication.name: f"{left}.figure-{number}@{right}"
        for number, publication in enumerate(publications, start=1)
        if publication.figure is not None
    }


def _add_pictures(
    message: EmailMessage, publications: Sequence[Publication], pictures: Mapping[str, str]
) -> None:
    """Put the pictures beside the HTML that shows them."""
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    for publication in publications:
        if publication.figure is not None:
            page.add_related(
                publication.figure.content,
                "image",
                "png",
                cid=f"<{pictures[publication.name]}>",
                disposition="inline",
                filename=publication.figure.name,
            )


def _set_boundaries(message: EmailMessage, message_id: str) -> None:
    """Part the mail by lines that no part can have, so that the same mail is the same bytes.

    Nobody who writes what is in it knows the digest; and Python need not search for such lines.
    """
    digest = hashlib.sha256(f"boundary {message_id}".encode()).hexdigest()[:32]
    whole = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(whole):
        part.set_boundary(f"=_{digest}_{number}")


def _template(name: str, **said: object) -> str:
    return _environment().get_template(name).render(**said)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name) and ".html" in str(name),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["in_words"] = day_in_words
    return environment
