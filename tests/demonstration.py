"""The demonstration, walked once through the real verbs for every test process of a day.

It takes half a minute or a whole one. The walked folder is kept under a digest of what it was
walked with.
"""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from pilot import seed
from pilot.config import ROOT
from pilot.store import schema
from pilot.store.engine import make_engine


def walked(kept: Path) -> Path:
    """The folder of the demonstration; `kept` is where walked ones lie. Copy before writing."""
    folder = kept / _digest()
    with FileLock(kept / "lock"):
        if not folder.exists():
            for old in filter(Path.is_dir, kept.iterdir()):
                shutil.rmtree(old)
            unfinished = folder.with_suffix(".part")
            _walk(unfinished)
            unfinished.rename(folder)
    return folder


def _walk(folder: Path) -> None:
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder / 'demo.db'}")
    schema.upgrade(engine)
    seed.load(engine, folder / "demo-attachments")
    engine.dispose()


def _digest() -> str:
    """Of the product, its data, the versions it runs with, and the day: passwords grow old."""
    digest = hashlib.sha256(f"{datetime.now(UTC):%Y-%m-%d}".encode())
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield from (ROOT / "constraints.txt", Path(__file__))
    yield from sorted((ROOT / "pilot").rglob("*.py"))
    local = ROOT / "data" / "local"
    data = (ROOT / "data").rglob("*")
    yield from sorted(path for path in data if path.is_file() and local not in path.parents)
