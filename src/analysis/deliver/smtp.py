"""Handing mail to the server: one connection for many mails, opened again when it breaks.

Each mail is a transaction of its own, for one recipient. What the server says decides: taken,
refused for good (5yz), refused for now (4yz, or the connection broke), or, where the connection
broke after the whole mail was handed over, not answered: then it may have been taken.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from types import TracebackType

from analysis.deliver.addresses import sender_address
from analysis.deliver.answer import LONGEST_REPLY, Answer, Outcome, OutOfReachError
from analysis.deliver.encryption import encryption
from analysis.deliver.login import password
from analysis.plain_text import one_line
from analysis.schedule.settings import Mail

#: How often to knock before the server counts as out of reach, without a wait in between.
KNOCKS = 3

#: After so many mails in a row that broke the connection, the others wait for a later call: a
#: server that stalls would keep each of them for as long as the configured time-out.
BROKEN_IN_A_ROW = 10


class MailServer:
    """The configured server, as a context: for each mail `connect`, then `hand_over`.

    They are two steps because the ledger has to know in between: what fails before is no attempt.
    """

    def __init__(self, mail: Mail):
        self._mail = mail
        self._password = password(mail)
        self._session: smtplib.SMTP | None = None
        self._broken = 0

    def __enter__(self) -> MailServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None and error is None:
            # What the server has taken it has taken, whether or not it says goodbye.
            with suppress(OSError):
                self._session.quit()
        self._hang_up()

    def connect(self) -> None:
        """Be ready for a mail: open the connection, or clear it of what was refused before.

        Raises
        ------
        OutOfReachError
            If there is no server to talk to.
        """
        if self._broken >= BROKEN_IN_A_ROW:
            place = f"{self._mail.host}:{self._mail.port}"
            raise OutOfReachError(f"{place} broke {self._broken} connections in a row.")
        if self._session is not None:
            try:
                _expect(self._session.rset(), {250})
                return
            except OSError:
                self._hang_up()
        for knock in range(1, KNOCKS + 1):
            try:
                self._session = _connected(self._mail, self._password)
                return
            except OSError as reason:
                if knock == KNOCKS:
                    raise OutOfReachError(_why_out_of_reach(self._mail, reason)) from None

    @property
    def largest(self) -> int:
        """How many bytes a mail may have for the server it is connected to; 0 if it says nothing.

        RFC 1870 has it as SIZE.
        """
        said = self._session.esmtp_features.get("size", "") if self._session else ""
        return int(said) if said.isascii() and said.isdecimal() else 0

    def hand_over(self, recipient: str, content: bytes) -> Answer:
        """Hand one mail to the server it is connected to, for one recipient.

        Raises
        ------
        OutOfReachError
            If it takes no mail of this sender, whoever is to get it; so it has not taken this one.
        """
        if self._session is None:
            return Answer(Outcome.DEFERRED, "no connection")
        answer = _transaction(self._session, self._mail, recipient, content)
        self._broken = 0 if self._session.sock else self._broken + 1
        return answer

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


class _Session(smtplib.SMTP):
    """A connection on which each reply is there as a whole in time, or it is broken.

    Its time-out alone is one of each line: whoever sends a word now and then, as some do to whom
    they take for a sender of spam, would be waited for, and all that is owed to others would wait.
    """

    def getreply(self) -> tuple[int, bytes]:
        begun = time.monotonic()
        timer = threading.Timer(self.timeout, _break, [self.sock])
        timer.daemon = True
        timer.start()
        try:
            return super().getreply()
        except OSError:
            if time.monotonic() - begun >= self.timeout:
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()


def _break(connection: socket.socket) -> None:
    with suppress(OSError):
        # By the socket below: what encrypts is in use.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _EncryptedSession(_Session, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""


def _connected(mail: Mail, secret: str | None) -> smtplib.SMTP:
    """A connection that is encrypted and logged in as the configuration has it."""
    connect = (
        partial(_EncryptedSession, context=encryption(mail.ca_file))
        if mail.security == "tls"
        else _Session
    )
    # The sender's own host as our name: this machine's is nobody's business.
    own_name = sender_address(mail).rpartition("@")[2]
    session = connect(mail.host, mail.port, own_name, timeout=mail.timeout.total_seconds())
    try:
        if mail.security == "starttls":
            session.starttls(context=encryption(mail.ca_file))
        elif mail.security != "tls":
            _check_loopback(session.sock)
        if mail.user and secret is not None:
            session.login(mail.user, secret)
        else:
            session.ehlo_or_helo_if_needed()
    except BaseException:
        session.close()
        raise
    return session


def _check_loopback(connection: socket.socket | None) -> None:
    """Raise ConnectionError unless nobody but this machine can read what is said."""
    peer = connection.getpeername()[0] if connection else ""
    if not ipaddress.ip_address(peer).is_loopback:
        raise ConnectionError(f"{peer} is another machine, and security is 'none'")


def _transaction(session: smtplib.SMTP, mail: Mail, recipient: str, content: bytes) -> Answer:
    handed_over = False
    try:
        _name_sender(session, mail, len(content))
        _expect(session.rcpt(recipient), {250, 251})
        _expect(session.docmd("DATA"), {354})
        handed_over = True
        session.send(_as_data(content))
        reply = _expect(session.getreply(), {250})
    except smtplib.SMTPResponseException as refusal:
        return _refused(session, refusal)
    except OSError as trouble:
        # What the server says later must not be taken for the answer to the next mail.
        session.close()
        outcome = Outcome.UNANSWERED if handed_over else Outcome.DEFERRED
        return Answer(outcome, _in_a_sentence(trouble))
    return Answer(Outcome.TAKEN, reply)


def _name_sender(session: smtplib.SMTP, mail: Mail, length: int) -> None:
    """Begin a mail; a refusal for good is of all of this sender, but for one that is too large."""
    sender = sender_address(mail)
    size = [f"SIZE={length}"] if session.has_extn("size") else []
    reply = session.mail(sender, size)
    if 500 <= reply[0] < 600 and reply[0] != _TOO_LARGE:
        why = _shown(*reply).rstrip(".")
        raise OutOfReachError(f"{mail.host}:{mail.port} takes no mail of {sender}: {why}.")
    _expect(reply, {250})


def _refused(session: smtplib.SMTP, refusal: smtplib.SMTPResponseException) -> Answer:
    final = 500 <= refusal.smtp_code < 600
    if refusal.smtp_code == _CLOSING:
        session.close()
    return Answer(Outcome.REFUSED if final else Outcome.DEFERRED, _in_a_sentence(refusal))


#: The server says that it ends the connection; that a mail is larger than it takes.
_CLOSING, _TOO_LARGE = 421, 552


def _expect(reply: tuple[int, bytes], codes: Collection[int]) -> str:
    """The reply in one line, if it has one of these codes."""
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)
    return _shown(*reply)


def _as_data(content: bytes) -> bytes:
    """The mail as it goes over the line: a dot that begins a line doubled, a dot at the end."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _why_out_of_reach(mail: Mail, reason: OSError) -> str:
    place = f"{mail.host}:{mail.port}"
    if isinstance(reason, smtplib.SMTPAuthenticationError):
        # Its text may repeat what it was sent, so the code alone is told.
        return f"{place} refuses the login of {mail.user!r} ({reason.smtp_code})."
    if isinstance(reason, ssl.SSLCertVerificationError):
        why = reason.verify_message.rstrip(".")
        return f"The certificate of {place} is not trusted: {why}."
    return f"{place} takes no mail: {_in_a_sentence(reason).rstrip('.')}."


def _in_a_sentence(reason: OSError) -> str:
    if isinstance(reason, smtplib.SMTPResponseException):
        error = reason.smtp_error
        return _shown(reason.smtp_code, error if isinstance(error, bytes) else error.encode())
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return one_line(reason.strerror or str(reason))[:LONGEST_REPLY]


def _shown(code: int, text: bytes) -> str:
    said = one_line(text.decode("utf-8", "replace"))[:LONGEST_REPLY]
    return f"{code} {said}".strip()
