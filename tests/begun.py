"""Programs that begin as copies of one process (fork), which has imported tests.imported already.

Three seconds of imports are spent once instead of at every start of a server. What comes after
them is what `python -m NAME …` does, in a process of its own that leads its own group.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

_CAN_COPY = "forkserver" in multiprocessing.get_all_start_methods()
COPIES = multiprocessing.get_context("forkserver" if _CAN_COPY else "spawn")


def import_first(*names: str) -> None:
    """Modules that every copy begins with, besides what servers import; before the first one."""
    if _CAN_COPY:
        COPIES.set_forkserver_preload(["tests.imported", *names])


import_first()


@dataclass(frozen=True, slots=True)
class Begun:
    """A running program, to be watched and ended as a `subprocess.Popen` is."""

    copy: BaseProcess

    @property
    def pid(self) -> int:
        """Its number."""
        return self.copy.pid

    def poll(self) -> int | None:
        """How it ended, None if it runs."""
        return self.copy.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has; subprocess.TimeoutExpired if it has not within seconds."""
        self.copy.join(timeout)
        if self.copy.exitcode is None:
            raise subprocess.TimeoutExpired(self.copy.name, timeout)
        return self.copy.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it by force."""
        self.copy.kill()


def begin(program: Sequence[str], folder: Path, log: Path, environment: Mapping[str, str]) -> Begun:
    """Run `python -m …` in a folder; what it says is added to a log."""
    args = (list(program), folder, log, dict(environment))
    copy = COPIES.Process(target=_run, args=args, name=program[0])
    with _without_main():
        copy.start()
    return Begun(copy)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Let a copy not begin with this process's main script: after a test of a page, that is the
    page, which would read its settings before the copy is given its own."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


def _run(program: list[str], folder: Path, log: Path, environment: dict[str, str]) -> None:
    if _CAN_COPY:
        os.setsid()
    with log.open("a") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)
