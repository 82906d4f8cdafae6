"""The warm process as others see it: start it, and have it fork a kernel."""

from __future__ import annotations

import atexit
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from analysis.publish.warm.environment import fixed_environment
from analysis.publish.warm.zygote import LONGEST_MESSAGE, can_fork

logger = logging.getLogger(__name__)

#: How long the warm process may take to load everything, and to end, in seconds.
START_TIMEOUT, STOP_TIMEOUT = 60, 5


@contextmanager
def warm_process() -> Iterator[str]:
    """Start a warm process and end it, and its kernels, with the context.

    Yields
    ------
    str
        The socket to give to :func:`fork`, at once: whoever forks waits until all is loaded.
        Empty where there are no forks.
    """
    if not can_fork():
        logger.info("This system has no forks for kernels; they start cold, one by one.")
        yield ""
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="brinkwatch-warm-")))
        address = str(folder / "zygote")
        listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        try:
            with _short_name(address) as name:
                listener.bind(name)
        except OSError as reason:
            logger.warning("Kernels start cold: no socket in %s (%s).", folder, reason)
            yield ""
            return
        listener.listen()
        stack.enter_context(_serving(listener, folder))
        # Only the warm process listens; if it is killed, nobody waits for an answer.
        listener.close()
        yield address


@contextmanager
def _short_name(address: str) -> Iterator[str]:
    """Another name of a socket: the folder for temporary files may be too long for one."""
    folder, name = os.path.split(address)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


@contextmanager
def _serving(listener: socket.socket, scratch: Path) -> Iterator[None]:
    """Run the warm process; with the context it has ended, whatever interrupted its start."""
    lifeline, ours = os.pipe()
    ending, running = os.pipe()  # of the second end the warm process has the only copy
    # It is the end of a thread that the system tells a child of: of use if it is the main one.
    parent = os.getpid() if threading.current_thread() is threading.main_thread() else 0
    arguments = [str(number) for number in (listener.fileno(), lifeline, parent)]
    process: subprocess.Popen[bytes] | None = None
    with open(ending, "rb"), open(running, "wb") as held:
        try:
            with open(lifeline, "rb"), open(ours, "wb"):
                process = subprocess.Popen(
                    [sys.executable, "-m", "analysis.publish.warm.zygote", *arguments],
                    pass_fds=(listener.fileno(), lifeline, running),
                    env=fixed_environment(scratch),
                    cwd=scratch,  # modules are looked for there, too, and there are none
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
                held.close()
                yield
        finally:
            held.close()
            if process is not None:
                _stop(process)
            else:  # an interruption between its start and our knowing of it
                select.select([ending], [], [], START_TIMEOUT)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@cache
def own_warm_process() -> str:
    """The warm process of this process, started at the first call and ended with it."""
    stack = ExitStack()
    address = stack.enter_context(warm_process())
    atexit.register(stack.close)
    return address


class ForkedKernel:
    """A kernel that the warm process has forked, with what `subprocess.Popen` has of use here."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self._look(timeout=0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end and return its exit code."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and whatever it has started."""
        with suppress(OSError):
            self._connection.send(json.dumps({"signal": number}).encode())

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], timeout)[0]:
            self.returncode = self._last_answer()
            self._connection.close()
        return self.returncode

    def _last_answer(self) -> int:
        try:
            answer = self._connection.recv(LONGEST_MESSAGE)
        except OSError:
            answer = b""
        # Without an answer the warm process is gone, and the system has killed the kernel with it.
        return int(json.loads(answer)["status"]) if answer else -signal.SIGKILL


def fork(
    address: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: str | Path,
    streams: Sequence[int],
) -> ForkedKernel:
    """Have a warm process fork a kernel.

    Parameters
    ----------
    address: what :func:`warm_process` gave.
    command: what would start the kernel: a Python, `-m`, a module and its arguments.
    environment, folder: its variables and its working folder.
    streams: file descriptors for what it prints and for its complaints.

    Raises
    ------
    OSError
        If the warm process is gone, or the environment is too large to be sent.
    """
    request = {"command": command, "environment": dict(environment), "folder": str(folder)}
    with ExitStack() as stack:
        connection = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        connection.settimeout(START_TIMEOUT)
        with _short_name(address) as name:
            connection.connect(name)
        socket.send_fds(connection, [json.dumps(request).encode()], streams)
        answer = connection.recv(LONGEST_MESSAGE)
        if not answer:
            raise ConnectionResetError("it has ended")
        stack.pop_all()
    return ForkedKernel(connection, json.loads(answer)["process"])
