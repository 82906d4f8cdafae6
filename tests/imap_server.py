"""A mailbox on loopback, as much of IMAP as it takes to read it: real sockets."""

from __future__ import annotations

import re
import socketserver
import threading


class Mailbox:
    """The one mailbox of a user; as a context it listens on `port`.

    Parameters
    ----------
    messages: what is in it, by number; all unread.
    login: the only user and password that may read.
    name: of the mailbox, as IMAP has it.
    """

    def __init__(
        self,
        messages: dict[int, bytes],
        login: tuple[str, str] = ("reports", "hunter2"),
        name: str = "INBOX",
    ):
        self.messages, self.login, self.name = messages, login, name
        self.seen: set[int] = set()

    def __enter__(self) -> Mailbox:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, command: str) -> tuple[list[bytes], str]:
        """What is said to a command: untagged answers, and how it ended."""
        if command.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1"], "OK done"
        if command.startswith("LOGIN"):
            fits = command == 'LOGIN {} "{}"'.format(*self.login)
            return [], "OK in" if fits else f"NO not with {command}"
        if command.startswith("SELECT"):
            fits = command == f'SELECT "{self.name}"'
            return [b"* 1 EXISTS"], "OK done" if fits else "NO none"
        if command.startswith("UID SEARCH UNSEEN"):
            found = (n for n, m in self.messages.items() if b"multipart/report" in m)
            unread = " ".join(str(n) for n in found if n not in self.seen)
            return [f"* SEARCH {unread}".encode()], "OK done"
        if fetch := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            number, most = int(fetch[1]), int(fetch[2])
            content = self.messages[number][:most]
            head = f"* 1 FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n".encode()
            return [head + content + b")"], "OK done"
        if store := re.match(r"UID STORE (\d+) \+FLAGS", command):
            self.seen.add(int(store[1]))
            return [], "OK done"
        return ([b"* BYE"] if command == "LOGOUT" else []), "OK done"


def _handler(mailbox: Mailbox) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                untagged, end = mailbox.answer(command)
                for one in untagged:
                    self.wfile.write(one + b"\r\n")
                self.wfile.write(f"{tag} {end}\r\n".encode())

    return Handler
