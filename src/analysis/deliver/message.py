"""The mails: a report or several for one reader, and what failed for the operator.

Pure: what goes in decides every byte but the boundaries between the parts. Text from reports,
addresses and servers gets into a header only as one line without controls (`_header`), and into
the HTML only escaped; so nothing that a row of the record says can become a header or markup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.deliver.publication import Publication
from analysis.errors import UsageError
from analysis.parameters import strictest
from analysis.plain_text import day_in_words, one_line
from analysis.schedule.config import Mail, Subscription

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

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_SENDER = re.compile(r"(?:(?P<name>[^<>]*) )?<(?P<address>[^<>]+)>")
_LONGEST_NAME = 60
_LONGEST_TITLE = 120


def letter(
    publications: Sequence[Publication],
    reader: Subscription,
    mail: Mail,
    message_id: str,
    now: dt.datetime,
) -> EmailMessage:
    """Write the mail with one report, or the digest with several.

    Parameters
    ----------
    publications: what to send, with the files to attach.
    reader: who gets it; nobody else is named in it.
    mail: in whose name it is sent.
    message_id: from `message_id`, so that a second copy can be told from another mail.
    now: the date of the mail.

    Raises
    ------
    UsageError
        If the address of the reader or the sender could be anything but one address.
    """
    marking = strictest(publication.marking for publication in publications)
    message = _addressed(_subject(publications, marking), reader.address, mail, message_id, now)
    if reader.name:
        message.replace_header("To", _named(reader.name, reader.address))
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{_header(mail.unsubscribe)}>"
        if mail.unsubscribe.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [line for p in publications for line in (p.called_for, *p.bottom_line) if line]
    reports = dict.fromkeys(publication.report for publication in publications)
    attached = [
        (_file_name(p, name), p.attached[name]) for p in publications for name in p.attached
    ]
    said = {
        "publications": publications,
        "marking": marking,
        "subject": message["Subject"],
        "preview": next(iter(lines), ""),
        "attached": [f"{name} ({_size(content)})" for name, content in attached],
        "why": f"{reader.address} is subscribed to {' and '.join(reports)}.",
        "unsubscribe": mail.unsubscribe or "",
        "colours": COLOURS,
    }
    message.set_content(_template("letter.txt.j2", **said))
    message.add_alternative(_template("letter.html.j2", **said), subtype="html")
    for name, content in attached:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("text", "html")
        message.add_attachment(content, *kind, filename=name)
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
    message = _addressed(f"Failed: {_cut(what)}", operator, mail, message_id, now)
    lines = [one_line(line) if line.strip() else "" for line in reason.splitlines()]
    told = "\n".join([f"Failed: {one_line(what)}", "", *lines])
    message.set_content(f"{told}\n\n`brinkwatch status` says what is owed and what was sent.\n")
    return message


def withdrawal_letter(
    what: str, why: str, reader: str, mail: Mail, message_id: str, now: dt.datetime
) -> EmailMessage:
    """Write to a reader that a report which they got is withdrawn.

    Parameters
    ----------
    what: its title, day and marking.
    why: what they are told.
    reader: the address.
    """
    message = _addressed(f"Withdrawn: {_cut(what)}", reader, mail, message_id, now)
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
    return f"<{digest}@{sender_address(mail).rpartition('@')[2]}>"


def sender_address(mail: Mail) -> str:
    """Return the address of the sender without the name."""
    return _checked(_sender(mail)[1])


def _sender(mail: Mail) -> tuple[str, str]:
    """Name and address of the sender; whatever the name holds, it is no second address."""
    match = _SENDER.fullmatch(mail.sender)
    return (match["name"] or "", match["address"]) if match else ("", mail.sender)


def _addressed(
    subject: str, recipient: str, mail: Mail, message_id: str, now: dt.datetime
) -> EmailMessage:
    """A mail without content, with all that every mail has."""
    message = EmailMessage(policy=POLICY)
    message["Subject"] = _header(subject)
    message["From"] = _named(*_sender(mail))
    message["To"] = _named("", recipient)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    # Asks machines not to answer: no notes of absence to the desk.
    message["Auto-Submitted"] = "auto-generated"
    return message


def _header(text: str) -> str:
    """Text fit for a header. "=?" goes apart: mail programs would decode what follows it.

    >>> _header("=?utf-8?q?x=0D=0ABcc:_all@example.org?=")
    '= ?utf-8?q?x=0D=0ABcc:_all@example.org?='
    """
    return one_line(text).replace("=?", "= ?")


def _named(name: str, address: str) -> Address:
    # Quotation marks of its own could end those that it is put into.
    plain = _header(name.replace('"', "'").replace("\\", "/"))[:_LONGEST_NAME].strip(" '")
    try:
        return Address(display_name=plain, addr_spec=_checked(address))
    except ValueError:  # what Python finds wrong with it, such as a dot that nothing precedes
        raise _no_address(address) from None


def _checked(address: str) -> str:
    """The address, if a header and the server can read it in one way only."""
    if not _ADDRESS.fullmatch(address) or "=?" in address:
        raise _no_address(address)
    return address


def _no_address(address: str) -> UsageError:
    return UsageError(f"{one_line(repr(address))} is not a mail address.")


def _subject(publications: Sequence[Publication], marking: str) -> str:
    """Title, day, why it was made, and marking; of several reports how many they are."""
    newest = max(publication.as_of for publication in publications)
    corrects = publications[0].corrected is not None
    if len(publications) == 1:
        correction = "Correction: " if corrects else ""
        called_for = publications[0].called_for
        why = f": {_cut(called_for)}" if called_for else ""
        what = f"{correction}{_cut(publications[0].title)}, as of {newest}{why}"
    else:
        kind = "corrected" if corrects else "new"
        what = f"{len(publications)} {kind} reports, the newest as of {newest}"
    return f"{what} [{marking}]"


def _cut(title: str) -> str:
    """A title that leaves room in a subject for what comes after it."""
    line = one_line(title)
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"


def _file_name(publication: Publication, name: str) -> str:
    """A name that tells one report from the next in a folder of downloads.

    The folder's part holds the parameters: ``site-2023-11-30--site_id=al-tanf.pdf``. A later
    edition has its number: ``brief-2024-01-29-edition-2.pdf``.
    """
    stem, _, ending = name.rpartition(".")
    number = publication.number
    edition = f"-edition-{number}" if number > 1 else ""
    full = f"{stem}-{publication.folder.name}{edition}.{ending}"
    return re.sub(r"[^A-Za-z0-9._=+-]+", "-", full)


def _size(content: bytes) -> str:
    """How large a file is, for readers.

    >>> _size(b"x" * 263_000), _size(b"x" * 1_640_000)
    ('263\\xa0kB', '1.6\\xa0MB')
    """
    kilobytes = max(1, round(len(content) / 1000))
    return (
        f"{kilobytes}\N{NO-BREAK SPACE}kB"
        if kilobytes < 1000
        else (f"{kilobytes / 1000:.1f}\N{NO-BREAK SPACE}MB")
    )


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
