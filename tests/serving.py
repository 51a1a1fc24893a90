"""A real server in a process of its own, with a seeded database; for web and browser tests."""

import atexit
import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from pilot.config import ROOT
from pilot.domain.people import Role
from pilot.services import accounts, opening
from pilot.services.command import perform
from pilot.services.opening import NewBase
from pilot.store import schema
from pilot.store.engine import make_engine
from tests import begun
from tests.begun import Begun

PASSWORD = "Right-Horse-77"
ADMIN = "boss"  # the first administrator; every other role has an account of its own name
Seed = Callable[[Engine], None]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its database, its folder, its log and its process."""

    url: str
    engine: Engine
    folder: Path
    log: Path
    process: Begun | None = None  # not told by the replicas behind nginx

    @property
    def host(self) -> str:
        """Host and port, as in a Host header."""
        return self.url.partition("://")[2]


def people(engine: Engine) -> None:
    """One base, an administrator, and one account of every other role, ready to work."""
    now = datetime.now(UTC)
    base = NewBase("PJ", "示例中试基地", "211100", "盘锦市")
    opening.open_first_base(engine, base, login=ADMIN, name="管理员", password=PASSWORD, at=now)
    for role in Role:
        if role is not Role.ADMIN:
            account(engine, role.value, role)


@functools.cache
def furnished(seed: Seed = people) -> Path:
    """A migrated database with what `seed` puts in, made once in this process; to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="pilot-furnished-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    schema.upgrade(engine)
    seed(engine)
    engine.dispose()
    return folder / "pilot.db"


def account(engine: Engine, login: str, *roles: Role, ready: bool = True) -> int:
    """An account with the common password; unless `ready`, it still has to change it."""
    now, first = datetime.now(UTC), "First-Horse-77"
    temporary = first if ready else PASSWORD
    args = (login, f"示例{login}", roles, temporary)
    made = perform(engine, accounts.create, *args, by=1, now=now).subject_id
    if ready:
        perform(engine, accounts.change_password, first, PASSWORD, by=made, now=now)
    return made


@contextlib.contextmanager
def serving(
    folder: Path,
    seed: Seed = people,
    app: str = "app:app",
    app_dir: Path = ROOT,
    port: int = 0,
    database: str = "",
    **environment: str,
) -> Iterator[Server]:
    """Run the product on a port (a free one) until the block ends.

    Its database is a file of the folder, or the one at the URL `database`; `environment` holds
    PILOT_… settings.
    """
    file = folder / "pilot.db"
    engine = make_engine(database or f"sqlite:///{file}")
    if database:
        environment["PILOT_DATABASE_URL"] = database
    if seed is people and not (database or file.exists()):
        shutil.copy(furnished(), file)
    else:
        with contextlib.suppress(schema.SchemaTooNew):  # the server is to say so itself
            schema.upgrade(engine)
            seed(engine)
    port, log = port or free_port(), folder / "server.log"
    command = ["uvicorn", app, "--app-dir", str(app_dir)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--timeout-graceful-shutdown", "1"]
    settings = {"PILOT_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)} | environment
    process = begun.begin(command, folder, log, os.environ | settings)
    try:
        _wait(process, f"http://127.0.0.1:{port}/healthz", log)
        yield Server(f"http://127.0.0.1:{port}", engine, folder, log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        engine.dispose()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process: Begun, url: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")
