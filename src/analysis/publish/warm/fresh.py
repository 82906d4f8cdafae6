"""Why a forked kernel is as good as a new one: whatever a notebook does, it shows the same.

What libraries take note of while they are loaded, of the warm process and not of the kernel, is
taken back in the fork; what looks for the kernel's shell when it is loaded, as matplotlib's inline
backend does, is left to the kernel. Three things can still be seen: `sys.modules` names more than
it would, matplotlib knows the house's typeface before the first figure, and `help` of its functions
and scipy's does not list what can be set or which arrays are taken.
"""

from __future__ import annotations

import builtins
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from analysis.lean import Later, without


@contextmanager
def as_in_a_notebook() -> Iterator[None]:
    """Tell libraries that ask while they are loaded, as pandas does, that they are in a kernel."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def prepare(folder: str) -> None:
    """Make ready what a kernel has for other uses than a report.

    Parameters
    ----------
    folder: of the warm process, which only its user can enter and which ends with it.
    """
    from ipykernel import ipkernel
    from ipykernel.iostream import IOPubThread

    # Nobody steps through a report; the debugger takes longer than the rest of the start.
    with without("debugpy"):
        import_module("ipykernel.debugger")
    # For it a kernel asks every module for its file; in a fork, to look at one is to copy it.
    nothing_loaded: Any = Later("sys")
    nothing_loaded.modules = {}
    vars(ipkernel)["sys"] = nothing_loaded

    # What child processes of the notebook print comes over a socket: a file, and no TCP port.
    kind: Any = IOPubThread
    kind._setup_pipe_in = partialmethod(_hear_children, folder=folder)
    kind._setup_pipe_out = _speak_to_parent


def nobody_was_warned() -> None:
    """Forget what has been warned of once: it has been told to nobody yet."""
    warnings.onceregistry.clear()  # type: ignore[attr-defined]
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            vars(module).pop("__warningregistry__", None)


def be_as_new(command: list[str]) -> None:
    """Let this process look as if it had just been started by a command, here and now."""
    import matplotlib as mpl
    import numpy as np

    time.tzset()
    tempfile.tempdir = None
    sys.orig_argv[:] = command
    sys.argv[1:] = command[3:]
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    if backend := os.environ.get("MPLBACKEND"):
        mpl.rcParams["backend"] = backend
    sys.breakpointhook = _pass_by
    np.random.seed()  # as `random` does by itself in every fork


def _pass_by(*_: object, **__: object) -> None:
    """Do what the debugger's own `breakpoint()` does in a kernel where nobody debugs: nothing."""


def _hear_children(thread: Any, folder: str) -> None:
    """Listen as `IOPubThread` does, in a file of this process's own."""
    import zmq
    from zmq.eventloop.zmqstream import ZMQStream

    thread._pipe_uuid = os.urandom(16)
    thread._pipe_port = f"ipc://{folder}/{os.getpid()}"
    heard = thread.socket.context.socket(zmq.PULL)
    heard.linger = 0
    try:
        heard.bind(thread._pipe_port)
    except zmq.ZMQError:  # the folder's name is too long for a socket
        heard.close()
        thread._pipe_flag = False
        return
    thread._pipe_in = ZMQStream(heard, thread.io_loop)
    thread._pipe_in.on_recv(thread._handle_pipe_msg)


def _speak_to_parent(thread: Any) -> tuple[Any, Any]:
    """Connect as `IOPubThread` does, in a process that a notebook has forked."""
    import zmq

    context = zmq.Context()
    spoken = context.socket(zmq.PUSH)
    spoken.linger = 3000  # milliseconds until what nobody hears is lost
    spoken.connect(thread._pipe_port)
    return context, spoken
