"""The databases of a run: loaded once for each version of loader and schema, then kept."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import cluster
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
    if not _is_loaded(folder, str(day)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _load(f"sqlite:///{folder / 'pilot.db'}", folder, size, day, tell)
    return folder


def on_postgres(size: Size, day: object, tell: Tell) -> tuple[Path, str]:
    """The same on PostgreSQL, made only if there is none: its folder, and its database's URL.

    What another day has loaded will do: hours of loading.
    """
    folder, server = home() / size.name, cluster.server(home() / "postgres")
    url = cluster.exists(server, size.name)
    if not (url and _is_loaded(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        url = cluster.made(server, size.name)
        _load(url, folder, size, day, tell)
    return folder, url


def _is_loaded(folder: Path, day: str | None = None) -> bool:
    """Whether this version of the loader has filled it, on this day if one is asked for."""
    stamp = folder / "loaded.json"
    made_from = json.loads(stamp.read_text())["made_from"] if stamp.exists() else {}
    return made_from.get("version") == _version() and day in (None, made_from["day"])


def _load(url: str, folder: Path, size: Size, day: object, tell: Tell) -> None:
    engine = make_engine(url)
    start = time.perf_counter()
    rows = load(engine, size, tell)
    engine.dispose()
    seconds = time.perf_counter() - start
    made_from = {"version": _version(), "day": str(day)}
    told = {"made_from": made_from, "rows": rows, "seconds": seconds}
    (folder / "loaded.json").write_text(json.dumps(told))
    tell(f"{size.name}: {rows:,} rows in {seconds:.0f} s")


def _version() -> str:
    found = hashlib.sha256(schema.head().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in _LOADER:
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


_LOADER = {"book", "ledger", "lives", "loader", "papers", "results", "sizes", "spans"}
_LOADER |= {"rounds", "plants", "words", "world", "writer"}
