"""The databases of a run: loaded once for each version of loader and schema, then kept."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.loader import load
from benchmarks.sizes import Size
from pilot.config import ROOT
from pilot.store import schema
from pilot.store.engine import make_engine

Tell = Callable[[str], None]


def home() -> Path:
    """Where they lie: PILOT_BENCH_DIR, else beside the other local data."""
    return Path(os.environ.get("PILOT_BENCH_DIR", ROOT / "data" / "local" / "bench"))


def prepared(size: Size, day: object, tell: Tell) -> Path:
    """The folder of a portfolio of this size, made now unless it is there for today already."""
    folder = home() / size.name
    stamp = folder / "loaded.json"
    wanted = {"version": _version(), "day": str(day)}
    if stamp.exists() and json.loads(stamp.read_text())["made_from"] == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    start = time.perf_counter()
    rows = load(engine, size, tell)
    engine.dispose()
    seconds = time.perf_counter() - start
    stamp.write_text(json.dumps({"made_from": wanted, "rows": rows, "seconds": seconds}))
    tell(f"{size.name}: {rows:,} rows in {seconds:.0f} s")
    return folder


def _version() -> str:
    found = hashlib.sha256(schema.head().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in _LOADER:
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


_LOADER = {"book", "ledger", "lives", "loader", "papers", "results", "sizes", "spans"}
_LOADER |= {"rounds", "plants", "words", "world", "writer"}
