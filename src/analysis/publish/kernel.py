"""The kernel of a report: this very Python, all its files in one folder, listening on no network.

It is started, talked to and left to finish here; what it runs is in `analysis.publish.execution`.
"""

from __future__ import annotations

import asyncio
import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar, Protocol

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from analysis.publish.warm.provisioner import PROVISIONER

#: Systems allow 104 bytes or more, of which Jupyter needs a few for what it appends.
LONGEST_SOCKET_NAME = 96

#: So many seconds a kernel has to finish in, once its cells have run.
PATIENCE = 60

#: So many seconds a lost event of a socket may cost, and those from one look at a file to the next.
_LOOK_AGAIN, MOMENT = 1.0, 0.005

#: What the kernel runs when all cells have run; in parentheses, so that it leaves no name behind.
_FINISH = "__import__('analysis.finish').finish.finish({!r})"


class Cells(Protocol):
    """The cells that a kernel runs."""

    def has_run(self) -> bool:
        """Whether all of them have run."""

    def together(self) -> Sequence[str]:
        """What the next ones say that can be asked for at once; one that fails ends the run."""


class ShellChannel(AsyncZMQSocketChannel):
    """Hears a kernel's answers, also those of which nobody woke it.

    Where a cell shows widgets, nbclient sends on this socket while it waits for the answer, and
    the one event that tells of it may be lost: then it would wait for ever.
    """

    async def get_msg(  # type: ignore[override]
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        """Return the next message, looking for it every now and then, too.

        Raises
        ------
        Empty
            If none came in `timeout` seconds; None for no such limit.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while (left := deadline - time.monotonic()) > _LOOK_AGAIN:
            with suppress(Empty):
                return await super().get_msg(_LOOK_AGAIN)
        return await super().get_msg(max(left, 0))


class ReportClient(AsyncKernelClient):
    """Talks to a kernel that nobody else has talked to."""

    shell_channel_class = Type(ShellChannel)

    #: What the kernel is to run.
    cells: Cells | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # It calls while the kernel is being born; ZeroMQ would call again a tenth of a second later
        # or two, and the kernel is there before that.
        self.context.setsockopt(zmq.RECONNECT_IVL, round(MOMENT * 1000))
        # What it was asked for before its turn, with the numbers of these messages.
        self._asked: deque[tuple[str, str]] = deque()

    def execute(  # type: ignore[override]
        self, code: str, silent: bool = False, **options: Any
    ) -> str:
        """Have the kernel run a cell; return the number of the message that asks for it.

        Those after it may be asked for, too, so that between two of them the kernel has not to wait
        for the question. If one fails, it leaves out those after it.
        """
        ask: Callable[..., str] = super().execute
        if not self._asked and self.cells is not None and not silent:
            self._asked.extend((cell, ask(cell)) for cell in self.cells.together())
        if not self._asked or silent:
            return ask(code, silent=silent, **options)
        asked, message = self._asked.popleft()
        if asked != code:
            raise RuntimeError("another cell was to be run")
        return message

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's first answer.

        As Jupyter does, which then listens for another fifth of a second: to what other clients
        may have caused, and there are none.
        """
        deadline = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < deadline:
            self.kernel_info()
            with suppress(Empty):
                reply = await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)  # it hears what the kernel has to show
                self._handle_kernel_info_reply(reply)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel did not answer in {timeout:.0f} seconds")


class ReportKernel(AsyncKernelManager):
    """A kernel that is left to finish what its cells have left it with; see `analysis.finish`."""

    client_factory = Type(ReportClient)

    #: Those of a subclass and their folder; each has its own.
    started: ClassVar[list[AsyncKernelManager]]
    folder: ClassVar[Path]

    #: Knows when all cells have run: then there may be something to finish, and time for it.
    progress: ClassVar[Cells | None] = None

    _talking: ReportClient | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.started.append(self)

    @classmethod
    def processes(cls) -> list[Any]:
        """The processes of those that were started."""
        found = (getattr(kernel.provisioner, "process", None) for kernel in cls.started)
        return [process for process in found if process is not None]

    def client(self, **options: Any) -> ReportClient:  # type: ignore[override]
        """Whoever talks to the kernel."""
        client = super().client(**options)
        assert isinstance(client, ReportClient)
        client.cells, self._talking = self.progress, client
        return client

    async def shutdown_kernel(  # type: ignore[override]
        self, now: bool = False, restart: bool = False
    ) -> None:
        """Ask the kernel to finish what it was left with, and leave it to that if it is `now`.

        Otherwise see it done, and then to the kernel's end. Where not all cells have run it is
        ended as any other.
        """
        has_run = self.progress is not None and self.progress.has_run()
        if self._talking is not None and has_run and not restart and await self.is_alive():
            self._talking.execute(_FINISH.format(str(self.folder)), silent=True)
            await self._wait_for("begun" if now else "done")
            if now:
                return
        await super().shutdown_kernel(now=now, restart=restart)

    async def _wait_for(self, name: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / name).exists():
            if time.monotonic() > deadline or not await self.is_alive():
                return  # whoever waits for the end will find out
            await asyncio.sleep(MOMENT)


@contextmanager
def kernel_of(
    scratch: Path, environment: Mapping[str, str], zygote: str
) -> Iterator[type[ReportKernel]]:
    """A kernel whose files are all in the scratch folder and that listens on no network.

    (Where the scratch folder's name is too long for sockets, it listens on this machine's own
    network, to whoever has the key.)
    """
    connection_file = scratch / "kernel.json"
    is_short = len(os.fsencode(connection_file)) <= LONGEST_SOCKET_NAME
    connection = {
        "transport": "ipc" if is_short else "tcp",
        "connection_file": str(connection_file),
    }
    forked = {"provisioner_name": PROVISIONER, "config": {"zygote": zygote}}

    class KernelHere(ReportKernel):
        started: ClassVar = []
        folder: ClassVar = scratch

        def __init__(self, **options: Any) -> None:
            super().__init__(**connection, **options)

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            metadata = {"kernel_provisioner": forked} if zygote else {}
            return KernelSpec(
                argv=argv, display_name="Python 3", language="python", metadata=metadata
            )

        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            with (scratch / "kernel.log").open("wb") as log:
                await super().start_kernel(env=environment, stdout=log, stderr=log, **options)

    try:
        yield KernelHere
    finally:
        # nbclient ends a kernel that runs, but not one that was starting at an interruption.
        for process in KernelHere.processes():
            process.kill()
            process.wait()
