"""A million changes of projects and a million results: a province's lists, many times over.

Only what these counts and lists read is there: projects with their spans, results with their
holders. There is no ledger, paper or journal, so that `pilot verify` is not for it. Every
constraint is on; the keys and codes of each copy are moved apart, all else is the province's.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.prepare import Tell, home
from pilot.store import schema
from pilot.store.engine import learn, make_engine, sqlite_driver

_WHOLE = ("base", "journal_head", "organisation", "account", "account_role", "person")
_WHOLE += ("code_item", "checklist_item", "definition", "receiver_rule", "report_template")
_TIMES = {"project": 7, "project_span": 7, "result": 10, "result_holder": 10, "result_span": 10}
_KEYS = {"id", "project_id", "result_id", "package_id", "parent_id", "merged_into_id"}
_CODES = {"code", "package"}
_STEP = 1_000_000  # more than any key of a province


def multiplied(province: Path, tell: Tell) -> Path:
    """The folder of the database, made now unless it was made from this province already."""
    folder, source = home() / "million", province / "loaded.json"
    stamp = folder / "loaded.json"
    if stamp.exists() and stamp.read_bytes() == source.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = time.perf_counter()
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    schema.upgrade(engine)
    rows = _fill(sqlite_driver(), folder / "pilot.db", province / "pilot.db")
    learn(engine)
    engine.dispose()
    shutil.copy(source, stamp)
    tell(f"million: {rows:,} rows in {time.perf_counter() - start:.0f} s")
    return folder


def _fill(driver: ModuleType, path: Path, province: Path) -> int:
    line, rows = driver.connect(path, isolation_level=None), 0
    for setting in ("foreign_keys=ON", "cache_size=-2000000"):
        line.execute(f"PRAGMA {setting}")
    line.execute("ATTACH ? AS province", (str(province),))
    line.execute("BEGIN IMMEDIATE")
    for statement in _statements(line):
        rows += line.execute(statement).rowcount
    line.execute("COMMIT")
    line.close()
    return rows


def _statements(line: Any) -> Iterator[str]:
    for table in _WHOLE:
        yield f'INSERT INTO main."{table}" SELECT * FROM province."{table}"'
    for table, times in _TIMES.items():
        columns = [name for _, name, *_ in line.execute(f"PRAGMA main.table_info({table})")]
        names = ", ".join(f'"{name}"' for name in columns)
        for copy in range(times):
            values = ", ".join(_moved(name, copy) for name in columns)
            yield f"INSERT INTO main.{table} ({names}) SELECT {values} FROM province.{table}"


def _moved(name: str, copy: int) -> str:
    if name in _KEYS:
        return f'"{name}" + {copy * _STEP}'
    return f"\"{name}\" || '-{copy}'" if name in _CODES else f'"{name}"'
