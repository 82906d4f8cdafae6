"""A mail server on loopback that fails when it is told to: real sockets, real SMTP.

It takes mail as any server does, and remembers it; `plan` says for each step of each conversation
what goes wrong there. Run as a program it serves until it is stopped.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

#: The steps at which something can go wrong: the greeting, the commands, and after the last dot.
STEPS = ("connect", "mail", "rcpt", "data", "content")

#: What can go wrong: a reply, `stall` for longer than anybody waits, `drip` a line of a reply now
#: and then for as long, `drop` the connection; and after the last dot `take-drop` and `take-stall`,
#: where the mail is taken and no answer comes.
Plan = Callable[[str, str], str]


@dataclass(frozen=True)
class Taken:
    """A mail that the server has taken; `answered` where the client heard so."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    answered: bool

    @property
    def message(self) -> EmailMessage:
        """The mail as a mail program reads it."""
        return cast(EmailMessage, message_from_bytes(self.content, policy=policy.default))

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


class FaultyServer(Controller):
    """The server; as a context it listens on `port`.

    Parameters
    ----------
    plan: called with a step and the recipient (empty before it is known); returns what goes wrong.
    stall: how long it stalls, in seconds; longer than the client's patience.
    tls, starttls: a context to encrypt with from the beginning, or when asked.
    login: the only user and password that may send.
    """

    def __init__(
        self,
        plan: Plan = lambda step, recipient: "",
        *,
        stall: float = 30,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ):
        self.plan, self.stall, self.login = plan, stall, login
        self.taken: list[Taken] = []
        self.happened: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[str] = Counter()
        self.connections = 0
        self.lock = threading.Lock()
        options: dict[str, Any] = {}
        if login:
            options = {"auth_required": True, "authenticator": self._authenticate}
        super().__init__(
            self, hostname="127.0.0.1", port=0, ssl_context=tls, tls_context=starttls,
            require_starttls=starttls is not None, auth_require_tls=bool(login and starttls),
            **options,
        )  # fmt: skip

    def __enter__(self) -> FaultyServer:
        plan, self.plan = self.plan, lambda step, recipient: ""
        self.start()
        self.plan, self.connections = plan, 0
        self.happened.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _trigger_server(self) -> None:
        """Learn which port it is before the knock that finds out whether it answers."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> SMTP:
        return _Conversation(self, **self.SMTP_kwargs)

    def copies(self) -> Counter[str]:
        """How many copies of each mail there are."""
        return Counter(mail.message_id for mail in self.taken)

    async def goes_wrong(self, step: str, conversation: SMTP, recipient: str = "") -> str:
        """Let happen what the plan says; return the reply, nothing where all is well."""
        fault = self.plan(step, recipient)
        self.happened[step, fault] += 1
        if fault.endswith("stall"):
            await asyncio.sleep(self.stall)
            fault = "drop"
        if fault == "drip":
            await self.drip(conversation)
            fault = "drop"
        if fault.endswith("drop"):
            if conversation.transport is not None:
                conversation.transport.abort()
            return "421 gone"
        return fault

    async def drip(self, conversation: SMTP) -> None:
        end = asyncio.get_running_loop().time() + self.stall
        while asyncio.get_running_loop().time() < end and conversation.transport is not None:
            conversation.transport.write(b"250-wait\r\n")
            await asyncio.sleep(0.1)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self.goes_wrong("mail", server)
        if not reply:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = await self.goes_wrong("rcpt", server, address)
        if not reply:
            envelope.rcpt_tos.append(address)
        elif reply.startswith("5"):
            self.refused[address] += 1
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        fault = self.plan("content", recipient)
        self.happened["content", fault] += 1
        if fault in ("", "take-drop", "take-stall"):
            content = cast(bytes, envelope.content)
            mail = Taken(str(envelope.mail_from), tuple(envelope.rcpt_tos), content, not fault)
            with self.lock:
                self.taken.append(mail)
        if fault.endswith("stall"):
            await asyncio.sleep(self.stall)
        if fault.endswith(("drop", "stall")) and server.transport is not None:
            server.transport.abort()
        if fault.startswith("5"):
            self.refused[recipient] += 1
        return fault if fault[:1].isdigit() else "250 taken"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        good = (data.login.decode(), data.password.decode()) == self.login
        # Not handled: the answer is left to aiosmtpd.
        return AuthResult(success=good, handled=False)


class _Conversation(SMTP):
    """One connection; the steps that aiosmtpd has no hook for."""

    def __init__(self, server: FaultyServer, **options: Any):
        self.faulty = server
        super().__init__(server, **options)

    async def _handle_client(self) -> None:
        if not self.session or not self.session.ssl:
            self.faulty.connections += 1
            reply = await self.faulty.goes_wrong("connect", self)
            if reply and self.transport is not None:
                await self.push(reply)
                self.transport.close()
                return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        recipients = self.envelope.rcpt_tos if self.envelope else []
        reply = await self.faulty.goes_wrong("data", self, next(iter(recipients), ""))
        if reply:
            if recipients and reply.startswith("5"):
                self.faulty.refused[recipients[0]] += 1
            await self.push(reply)
            return
        await super().smtp_DATA(arg)
