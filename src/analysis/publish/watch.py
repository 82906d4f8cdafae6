"""A preview in the browser that follows what is saved: the story of `brinkwatch watch`.

It is served on this machine only, under an address that holds a secret. The report's own page has
no script; the page around it has one, which asks for the newest state, loads it out of sight and
then shows it where the reader was.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from markupsafe import escape

from analysis.errors import BrinkwatchError
from analysis.publish.preview import Preview

#: How often files are looked at, in seconds.
PAUSE = 0.1

#: How long a question for the next state may wait for its answer, in seconds.
PATIENCE = 20

AROUND = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Preview</title>
<style>
html, body {{ margin: 0; height: 100%; overflow: hidden; background: #fff; }}
iframe {{ position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }}
.away {{ visibility: hidden; }}
nav {{ position: fixed; right: 1rem; bottom: 1rem; z-index: 1; font: 14px sans-serif; }}
nav a {{ padding: .3em .6em; background: #1f4e79; color: #fff; text-decoration: none; }}
</style></head><body>
<nav><a href="report.pdf">PDF</a></nav>
<script nonce="{nonce}">
let shown = null, state = 0;
function show(number) {{
  const next = document.createElement("iframe");
  next.className = "away"; next.title = "The report";
  next.src = "page?" + number;
  next.onload = () => {{
    if (shown) {{ next.contentWindow.scrollTo(0, shown.contentWindow.scrollY); shown.remove(); }}
    next.className = ""; shown = next;
    document.title = next.contentDocument.title + " · preview " + number;
  }};
  document.body.appendChild(next);
}}
async function follow() {{
  for (;;) {{
    try {{
      const answer = await fetch("state?" + state);
      const number = Number(await answer.text());
      if (number !== state) {{ state = number; show(number); }}
    }} catch {{ await new Promise(done => setTimeout(done, 500)); }}
  }}
}}
follow();
</script></body></html>
"""

FAILED = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not as it should be</title>
<style>body {{ margin: 2rem auto; max-width: 50rem; padding: 0 1rem; font: 16px/1.5 sans-serif; }}
pre {{ white-space: pre-wrap; border-left: 4px solid #8c1d18; padding-left: 1rem; }}</style></head>
<body><h1>Not as it should be</h1><pre>{reason}</pre>
<p>The page comes back when this is mended and saved.</p></body></html>
"""


class Newest:
    """The newest state of a preview, made anew when something was saved.

    One thread makes it; those that answer the browser wait for it here.
    """

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._condition = threading.Condition()
        self._kernel = threading.Lock()
        self._number = 0
        self._html = ""

    def make(self) -> None:
        """Make the page if something has changed."""
        if self._number and not self._preview.changed():
            return
        with self._kernel:
            for html in told(self._preview.pages):
                with self._condition:
                    self._number, self._html = self._number + 1, html
                    self._condition.notify_all()

    def after(self, number: int) -> int:
        """The number of the newest state, as soon as it is another one."""
        with self._condition:
            self._condition.wait_for(lambda: self._number != number, PATIENCE)
            return self._number

    def page(self) -> str:
        """The newest page."""
        return self._html

    def paper(self) -> bytes | str:
        """The newest state as PDF; as a page that says why, if it cannot be made."""
        with self._kernel:
            try:
                return self._preview.paper()
            except BrinkwatchError as error:
                return FAILED.format(reason=escape(str(error)))


def told(pages: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Pages; where one cannot be made, one that says why."""
    try:
        yield from pages()
        return
    except BrinkwatchError as error:
        reason = str(error)
    except Exception as error:  # whatever a notebook half saved may do: the next save mends it
        reason = f"{type(error).__name__}: {error}"
    yield FAILED.format(reason=escape(reason))


@contextmanager
def serving(preview: Preview) -> Iterator[str]:
    """Serve a preview on this machine; yields its address, which holds a secret.

    Parameters
    ----------
    preview: the report under way.
    """
    newest, secret = Newest(preview), secrets.token_urlsafe(16)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(newest, secret))
    server.daemon_threads = True
    ends = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=_again_and_again, args=(newest.make, ends), daemon=True),
        threading.Thread(
            target=_again_and_again, args=(preview.interrupt_what_is_outdated, ends), daemon=True
        ),
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{secret}/"
    finally:
        ends.set()
        server.shutdown()
        server.server_close()
        preview.stop()
        for thread in threads:
            thread.join()


def _again_and_again(do: Callable[[], None], ends: threading.Event) -> None:
    while not ends.is_set():
        do()
        time.sleep(PAUSE)


def _handler(newest: Newest, secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers who knows the secret, and only under this machine's own name."""

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            own = {f"{name}:{self.server.server_port}" for name in ("127.0.0.1", "localhost")}  # type: ignore[attr-defined]
            if self.headers.get("Host") not in own or not path.startswith(f"/{secret}/"):
                self.send_error(404)
                return
            with suppress(ConnectionError):  # whoever closes a tab waits for no answer
                self._answer(path.removeprefix(f"/{secret}/"), query)

        def _answer(self, wanted: str, query: str) -> None:
            match wanted:
                case "":
                    nonce = secrets.token_urlsafe(16)
                    policy = (
                        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src "
                        "'unsafe-inline'; connect-src 'self'; frame-src 'self'"
                    )
                    self._send(AROUND.format(nonce=nonce), policy=policy)
                case "state":
                    self._send(
                        str(newest.after(int(query) if query.isdigit() else 0)), "text/plain"
                    )
                case "page":
                    self._send(newest.page())
                case "report.pdf":
                    made = newest.paper()
                    self._send(made, "text/html" if isinstance(made, str) else "application/pdf")
                case _:
                    self.send_error(404)

        def _send(self, content: str | bytes, kind: str = "text/html", policy: str = "") -> None:
            body = content.encode() if isinstance(content, str) else content
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the address holds a secret."""

    return Handler
