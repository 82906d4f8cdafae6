"""The warm process: everything that a report imports is loaded here once, and kernels are forked.

Run as `python -m analysis.publish.warm.zygote LISTENER LIFELINE PARENT`: the file descriptors of a
listening Unix socket and of a pipe that ends with the process it serves, and the number of that
process, or 0 where it is not to die with the thread that started it. Each connection asks for one
kernel, by a message of JSON with two file descriptors, for what it prints and for its complaints:

    {"command": […], "environment": {…}, "folder": …}   answered by {"process": number}

A signal for the kernel is {"signal": number}; when the kernel ends, the last answer is
{"status": number}, as `subprocess` has it. A kernel lives no longer than its connection and no
longer than this process, which lives no longer than the one it serves.

A fork copies one thread only. So nothing here starts a second: what is loaded is hardly used.

A forked kernel is as good as one that was just started; see :mod:`analysis.publish.warm.fresh`.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import sys
import tempfile
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import wait
from typing import Any, NoReturn

from analysis.lean import garbage
from analysis.lean.undocumented import undocumented
from analysis.publish.warm import fresh

#: What the kernel of a report finds loaded.
LOADED = (
    "geopandas",
    "ipykernel.kernelapp",
    # What a kernel's shell is made of. Not the inline backend: it ties matplotlib to the shell that
    # is there when it is loaded.
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.csvs",
    "pandas.io.formats.html",
    "scipy.optimize",
    "scoringrules",
    "analysis.display.appendix",
    "analysis.display.draw",
    "analysis.display.say",
    "analysis.display.tables",
    "analysis.reports",
)

#: The longest message in bytes; an environment has a few thousand.
LONGEST_MESSAGE = 100_000

_PR_SET_PDEATHSIG = 1


@dataclass
class Kernel:
    """A forked kernel: its process, a descriptor that tells of its end, and who asked for it."""

    process: int
    ended: int
    connection: socket.socket


def can_fork() -> bool:
    """Whether kernels can be forked here such that none is ever left behind: on Linux they can."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends; now, if it has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def main(listener: int, lifeline: int, parent: int) -> None:
    """Load everything, then fork a kernel for whoever asks, until the lifeline ends."""
    if parent:
        die_with(parent)
    gc.disable()
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel asks for it when it is loaded
    with fresh.as_in_a_notebook(), undocumented():
        for module in LOADED:
            import_module(module)
    _read_what_pages_share()
    fresh.prepare(tempfile.gettempdir())
    fresh.nobody_was_warned()
    garbage.seldom_looked_for()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _serve(socket.socket(fileno=listener), lifeline)


def _read_what_pages_share() -> None:
    """Read the map, the typeface, its letters and the style, which are the same on every page."""
    from analysis.display.draw.attack_map import land
    from analysis.display.plot import house_style
    from analysis.display.vector import know_letters

    land()
    know_letters()
    with house_style():
        pass


def _serve(listener: socket.socket, lifeline: int) -> None:
    kernels: list[Kernel] = []
    try:
        while True:
            ends = [kernel.ended for kernel in kernels]
            connections = [kernel.connection for kernel in kernels]
            ready = wait([lifeline, listener, *ends, *connections])
            if lifeline in ready:
                return
            for kernel in list(kernels):
                if kernel.connection in ready and kernel.ended not in ready:
                    _obey(kernel)
                elif kernel.ended in ready:
                    _bury(kernel)
                    kernels.remove(kernel)
            if listener in ready and (born := _born(listener)):
                kernels.append(born)
    finally:
        for kernel in kernels:
            _signal(kernel, signal.SIGKILL)
            wait([kernel.ended])
        os._exit(0)


def _born(listener: socket.socket) -> Kernel | None:
    """Fork the kernel that somebody asks for; none if they are gone before they have asked."""
    connection, _ = listener.accept()
    message, streams, _, _ = socket.recv_fds(connection, LONGEST_MESSAGE, 2)
    if not message:
        connection.close()
        return None
    request = json.loads(message)
    _read_ahead(request["environment"])
    zygote = os.getpid()
    # What is sent to the kernel at once is to find it, and not the zygote's handler in a copy.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    process = os.fork()
    if process == 0:
        _become_kernel(request, streams, zygote)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    _lead_a_group(process)
    for stream in streams:
        os.close(stream)
    kernel = Kernel(process, os.pidfd_open(process), connection)
    _tell(kernel, {"process": process})
    return kernel


def _read_ahead(environment: dict[str, str]) -> None:
    """Read the record that the kernel is going to ask for, so that all kernels share it."""
    from analysis.record import snapshot

    # If it cannot be read, or warns, the kernel is to find out and say so.
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        snapshot.load_if_any(environment)


def _become_kernel(request: dict[str, Any], streams: list[int], zygote: int) -> NoReturn:
    """Be what the command would have started: a kernel in a process group of its own."""
    status = 1
    try:
        die_with(zygote)
        _lead_a_group(os.getpid())
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, stream in enumerate([nothing, *streams]):
            os.dup2(stream, descriptor)
        _close_all_but(3)  # what ties others to the zygote
        os.environ.clear()
        os.environ.update(request["environment"], JPY_PARENT_PID=str(zygote))
        os.chdir(request["folder"])
        fresh.be_as_new(request["command"])
        runpy.run_module(request["command"][2], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _close_all_but(first: int) -> None:
    """Close the descriptors from one on that are open; the limit can be a billion."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) >= first:
            with suppress(OSError):  # the one by which they were listed
                os.close(int(name))


def _lead_a_group(process: int) -> None:
    """Give a kernel a process group of its own; zygote and kernel both do, neither waits."""
    with suppress(OSError):
        os.setpgid(process, process)


def _obey(kernel: Kernel) -> None:
    """Pass a signal on; whoever hangs up wants no kernel any more."""
    try:
        message = kernel.connection.recv(LONGEST_MESSAGE)
    except OSError:
        message = b""
    if message:
        _signal(kernel, json.loads(message)["signal"])
    else:
        _signal(kernel, signal.SIGKILL)
        wait([kernel.ended])


def _signal(kernel: Kernel, number: int) -> None:
    """Send a signal to the kernel and whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(kernel.process, number)


def _bury(kernel: Kernel) -> None:
    """Take note of how a kernel ended, and tell whoever asked for it."""
    _, status = os.waitpid(kernel.process, 0)
    _tell(kernel, {"status": os.waitstatus_to_exitcode(status)})
    os.close(kernel.ended)
    kernel.connection.close()


def _tell(kernel: Kernel, message: dict[str, int]) -> None:
    with suppress(OSError):
        kernel.connection.send(json.dumps(message).encode())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
