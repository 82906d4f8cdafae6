"""A receiver of webhooks on loopback that fails when it is told to: real sockets, real HTTP.

It takes messages as any receiver does, and remembers them; `plan` says of each what goes wrong.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What goes wrong with a message, by its id and how often it came: a status with headers below
#: it, `stall` for longer than anybody waits, `drip` a byte now and then, `drop` the connection
#: unread; and `take-drop`, `take-stall` and `twice`, where it is taken and no answer comes, or two.
Plan = Callable[[str, int], str]

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Taken:
    """A message that was taken; `answered` where whoever sent it heard so."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: bool

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """The receiver; as a context it listens on `port`. It says `raw` and nothing else, if set."""

    def __init__(
        self,
        plan: Plan = lambda number, times: "",
        *,
        stall: float = 3,
        tls: ssl.SSLContext | None = None,
    ):
        self.plan, self.stall, self.tls = plan, stall, tls
        self.taken: list[Taken] = []
        self.came: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.faults: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.raw: bytes | None = None

    def __enter__(self) -> Receiver:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        place = f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"
        return f"{place}/hook?key=hunter2"

    def copies(self) -> Counter[str]:
        return Counter(message.id for message in self.taken)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            number = headers["webhook-id"]
            with receiver.lock:
                receiver.came[number] += 1
                receiver.bodies.setdefault(number, set()).add(body)
                fault = receiver.plan(number, receiver.came[number])
                receiver.faults[fault.partition("\n")[0]] += 1
                if fault in ("", "take-drop", "take-stall", "twice"):
                    answered = not fault.startswith("take")
                    receiver.taken.append(Taken(self.path, headers, body, answered))
            self.answer(fault)

        def answer(self, fault: str) -> None:
            self.close_connection = True
            if receiver.raw is not None:
                with suppress(OSError):
                    self.wfile.write(receiver.raw)
                return
            if fault.endswith("stall"):
                time.sleep(receiver.stall)
            if fault.endswith(("drop", "stall")):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if fault == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                end = time.monotonic() + receiver.stall
                with suppress(OSError):
                    while time.monotonic() < end:
                        self.wfile.write(b"X-Wait: 1\r\n")
                        time.sleep(0.1)
                return
            head, _, rest = (fault if fault[:1].isdigit() else "204 Taken").partition("\n")
            lines = [f"HTTP/1.1 {head}", *rest.split("\n")] if rest else [f"HTTP/1.1 {head}"]
            whole = "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()
            self.wfile.write(whole * (2 if fault == "twice" else 1))

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
