"""Portfolios that many page tests begin with: written once in a process, and copied after that."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from pilot.store.engine import writing
from tests import remembered

_filled: dict[tuple, Path] = {}


def fill(engine: Engine, write: Callable[..., None], *about: object) -> None:
    """Bring the fresh database of a page test to what `write(session, *about)` makes of it."""
    file = Path(engine.url.database)
    if (write, *about) not in _filled:
        with writing(engine) as session:
            write(session, *about)
        engine.dispose()  # the last connection writes the log into the file
        _filled[write, *about] = Path(shutil.copy(file, _folder()))
    else:
        engine.dispose()
        shutil.copy(_filled[write, *about], file)
    remembered.begin(engine, f"{write.__module__}.{write.__qualname__}", *about)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pilot-filled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
