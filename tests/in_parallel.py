"""The command in real processes that begin at once: Python starts and imports only the first time.

A program. Its arguments are those of the command; for each line on its input, which says how many,
it forks processes that run the command, prints their ids, waits for them, and prints their exit
codes (negative: the signal that killed them).
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import typer.main

from analysis import cli
from analysis.checkout import CHECKOUT
from analysis.publish.catalogue import find

MODULES = ("analysis.deliver.hand_out", "analysis.schedule.config", "pydantic", "typer._adapters")


class Calls:
    """A row of such processes, seen from a test."""

    def __init__(self, program: subprocess.Popen[str]):
        self.program = program

    def start(self, count: int = 1) -> list[int]:
        """Start so many; return their ids."""
        assert self.program.stdin
        self.program.stdin.write(f"{count}\n")
        self.program.stdin.flush()
        return self._line()

    def wait(self) -> list[int]:
        """Wait until all have ended; return their exit codes."""
        return self._line()

    def _line(self) -> list[int]:
        assert self.program.stdout
        return [int(number) for number in self.program.stdout.readline().split()]


@contextlib.contextmanager
def calls_of(*arguments: str | Path) -> Iterator[Calls]:
    """Be ready to run the command with these arguments."""
    program = subprocess.Popen(
        [sys.executable, __file__, *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with program:
        yield Calls(program)
        assert program.stdin
        program.stdin.close()


def _serve() -> None:
    for module in MODULES:
        importlib.import_module(module)
    find("brief", CHECKOUT / "notebooks")  # has nbformat build its validator
    # What all commands take is half of what a call costs: it is worked out once.
    typer.main.get_command = cache(typer.main.get_command)
    typer.main.get_command(cli.app)
    for line in sys.stdin:
        children = [_fork() for _ in range(int(line))]
        print(*children, flush=True)
        print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children),
              flush=True)  # fmt: skip


def _fork() -> int:
    child = os.fork()
    if child == 0:
        # What the command says is not for the test that reads our output.
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        try:
            cli.main()
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 0)
    return child


if __name__ == "__main__":
    _serve()
