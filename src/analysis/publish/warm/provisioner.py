"""How Jupyter comes to warm kernels: a kernel provisioner. Any kernel specification can ask for it:

    "metadata": {"kernel_provisioner": {"provisioner_name": "brinkwatch-fork"}}

Where the system has no such forks, as on Windows, the kernel is started as any other; the log says
so.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from analysis.publish.warm.process import STOP_TIMEOUT, ForkedKernel, fork, own_warm_process
from analysis.publish.warm.zygote import can_fork

#: The name under which Jupyter finds it.
PROVISIONER = "brinkwatch-fork"

#: The only command that can be had as a fork: this Python's own kernel.
_COMMAND = [sys.executable, "-m", "ipykernel_launcher"]

logger = logging.getLogger(__name__)


class ForkProvisioner(LocalProvisioner):
    """Starts each kernel as a fork of a warm process."""

    zygote = Unicode(help="Socket of the warm process; if empty, of one that this process starts.")

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork the kernel, or start it as any other where that cannot be."""
        if not can_fork():
            logger.info("This system has no forks for kernels; they are started one by one.")
        elif cmd[:3] != _COMMAND:
            logger.info("%s is not this Python's own kernel; it is started by itself.", cmd)
        else:
            try:
                return await self._fork(cmd, **options)
            except OSError as reason:
                logger.warning("The kernel starts cold, for want of a warm process: %s.", reason)
        return await super().launch_kernel(cmd, **options)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel; it has ended when this returns, so that nobody has to ask again."""
        forked = self.process
        await super().kill(restart)
        if isinstance(forked, ForkedKernel):
            await asyncio.to_thread(forked.wait, STOP_TIMEOUT)

    async def _fork(
        self,
        cmd: list[str],
        env: dict[str, str] | None = None,
        cwd: str | None = None,
        stdout: Any = None,
        stderr: Any = None,
        **_: Any,
    ) -> KernelConnectionInfo:
        folder = cwd or str(Path.cwd())
        address = self.zygote or own_warm_process()
        with ExitStack() as opened:
            streams = [_descriptor(stdout, 1, opened), _descriptor(stderr, 2, opened)]
            arguments = (address, cmd, os.environ if env is None else env, folder, streams)
            # The first kernel waits for the warm process to load everything.
            kernel: ForkedKernel = await asyncio.to_thread(fork, *arguments)
        self.process, self.pid, self.cwd = kernel, kernel.pid, folder  # type: ignore[assignment]
        return self.connection_info


def _descriptor(stream: Any, inherited: int, opened: ExitStack) -> int:
    """The file descriptor behind what `subprocess` would take for a stream."""
    if stream is None:
        return inherited
    if stream == subprocess.DEVNULL:
        return opened.enter_context(open(os.devnull, "wb")).fileno()
    if isinstance(stream, int) and stream < 0:
        raise OSError(f"a forked kernel has no {stream} for a stream")
    return stream if isinstance(stream, int) else int(stream.fileno())
