"""The inbox to which mails come back: a folder of messages, or a mailbox on an IMAP server.

What is in a folder stays there. Of a mailbox, unread notices are read and then marked as read.
"""

from __future__ import annotations

import imaplib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path

from analysis.deliver.encryption import encryption
from analysis.deliver.login import password
from analysis.errors import RunError
from analysis.plain_text import one_line
from analysis.schedule.settings import Inbox

#: So much of a message is read: the notice comes before what it returns.
LONGEST = 1_000_000

#: So many messages of a mailbox are read in a call.
MOST = 500

_UNREAD_NOTICES = 'UNSEEN HEADER Content-Type "multipart/report"'


def read_inbox(inbox: Inbox, take_in: Callable[[list[bytes]], object]) -> None:
    """Read the messages of an inbox, and hand them on.

    Parameters
    ----------
    inbox: as configured.
    take_in: called with the messages; what it has taken is marked as read.

    Raises
    ------
    RunError
        If the inbox cannot be read.
    UsageError
        If the password is not where the configuration says.
    """
    if inbox.folder is not None:
        take_in(list(_of_folder(inbox.folder)))
        return
    try:
        with closing(_Mailbox(inbox)) as mailbox:
            numbers, messages = mailbox.unread()
            take_in(messages)
            mailbox.mark_as_read(numbers)
    except (OSError, imaplib.IMAP4.error) as reason:
        where = f"{inbox.mailbox} on {inbox.host}:{inbox.port}"
        why = one_line(getattr(reason, "strerror", None) or str(reason)) or "no answer in time"
        raise RunError(f"The inbox {where} cannot be read: {why.rstrip('.')}.") from None


def _of_folder(folder: Path) -> Iterator[bytes]:
    """The messages of a folder: of those files in it, or, as Maildir has it, in `new` and `cur`."""
    try:
        files = [*folder.iterdir(), *chain.from_iterable(
            (folder / name).iterdir() for name in ("new", "cur") if (folder / name).is_dir()
        )]  # fmt: skip
    except OSError as reason:
        raise RunError(f"The inbox {folder} cannot be read: {reason.strerror}.") from None
    for file in sorted(files):
        # One that is gone meanwhile, or is nobody's to read, is no notice.
        with suppress(OSError):
            if file.is_file() and not file.name.startswith("."):
                with file.open("rb") as opened:
                    yield opened.read(LONGEST)


class _Mailbox:
    """A mailbox that is open, in a connection that is encrypted and logged in."""

    def __init__(self, inbox: Inbox) -> None:
        secret = password(inbox) or ""
        timeout = inbox.timeout.total_seconds()
        assert inbox.host is not None
        assert inbox.user is not None
        if inbox.security == "tls":
            self._server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                inbox.host, inbox.port, ssl_context=encryption(inbox.ca_file), timeout=timeout
            )
        else:
            self._server = imaplib.IMAP4(inbox.host, inbox.port, timeout)
        try:
            self._server.login(inbox.user, secret)
        except imaplib.IMAP4.error:
            # Its text may repeat what it was sent.
            self.close()
            raise OSError(None, f"it refuses the login of {inbox.user!r}") from None
        name = _in_ascii(inbox.mailbox).replace("\\", "\\\\").replace('"', '\\"')
        done, said = self._server.select(f'"{name}"')
        if done != "OK":
            self.close()
            raise OSError(None, f"there is no such mailbox ({_words(said)})")

    def unread(self) -> tuple[list[str], list[bytes]]:
        """The numbers of notices that nobody has read, and the messages."""
        _, found = self._server.uid("SEARCH", _UNREAD_NOTICES)
        numbers = _words(found).split()[:MOST]
        messages = []
        for number in numbers:
            _, parts = self._server.uid("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST}>)")
            messages += [part[1] for part in parts if isinstance(part, tuple)]
        return numbers, messages

    def mark_as_read(self, numbers: list[str]) -> None:
        for number in numbers:
            self._server.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def close(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._server.logout()


def _in_ascii(mailbox: str) -> str:
    """The name of a mailbox as IMAP has it (RFC 3501, 5.1.3); one in ASCII is taken to be so.

    >>> _in_ascii("Zurück & Co"), _in_ascii("Entw&APw-rfe")
    ('Zur&APw-ck &- Co', 'Entw&APw-rfe')
    """
    if mailbox.isascii():
        return mailbox

    def coded(letters: re.Match[str]) -> str:
        base64 = b64encode(letters[0].encode("utf-16-be"), altchars=b"+,")
        return f"&{base64.decode().rstrip('=')}-"

    return re.sub(r"[^\x20-\x7e]+", coded, mailbox.replace("&", "&-"))


def _words(said: list[bytes | None] | list[bytes]) -> str:
    return " ".join((part or b"").decode("utf-8", "replace") for part in said)
