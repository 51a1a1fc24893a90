"""`pilot import … --apply` of a long file: a batch in portions, its progress on the terminal.

The same batch that a page would bring: the command may be stopped and run again, and a server
goes on with it meanwhile.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Engine

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import AT_WORK, BatchState
from pilot.services import attachments, importing
from pilot.services.command import perform
from pilot.services.importing import under_way
from pilot.services.importing.under_way import Standing
from pilot.store.engine import reading

_LOOK = 0.2  # seconds
_HOLD = 20.0


def carry(engine: Engine, kind: ImportKind, file: Path, by: int) -> None:
    """Bring, check and write a long file, or go on with it where it was left."""
    batch = _begun(engine, kind, file, by)
    batch = _until_done(engine, batch.id)
    if batch.state is BatchState.CHECKED and not batch.hard and batch.new + batch.changed:
        typer.echo(f"{kind.label} {batch.total:,} 行：新增 {batch.new:,}，变更 {batch.changed:,}")
        perform(engine, importing.queue, batch.id, by=by, now=_now())
        batch = _until_done(engine, batch.id)
    _say(batch)


def _begun(engine: Engine, kind: ImportKind, file: Path, by: int) -> Standing:
    with file.open("rb") as body:
        sha256 = hashlib.file_digest(body, "sha256").hexdigest()
    with reading(engine) as session:
        batch = under_way.of_file(session, by, kind, sha256)
    if batch is not None:
        typer.echo(f"接着办理导入批次 {batch.id}（{batch.state.label}）。")
        return batch
    limit = settings().max_import_mb * 1024 * 1024
    stored = attachments.keep(
        settings().attachments, file.read_bytes(), shown_name=file.name, limit_bytes=limit
    )
    done = perform(engine, importing.stage, kind, file=stored, by=by, now=_now())
    typer.echo(f"导入批次 {done.subject_id}：分段写入，中断后再运行同一命令会接着办理。")
    return _batch(engine, done.subject_id)


def _until_done(engine: Engine, batch_id: int) -> Standing:
    """Work on a batch, or wait for the server that does; where it then stands."""
    with _shown() as show:
        while (batch := _batch(engine, batch_id)).state in AT_WORK:
            work = threading.Thread(target=_work, args=(engine, batch_id), daemon=True)
            work.start()
            held = time.monotonic()
            while work.is_alive():
                work.join(_LOOK)
                show(_batch(engine, batch_id))
                if time.monotonic() - held > _HOLD:
                    importing.hold(engine, batch_id, _now())
                    held = time.monotonic()
            time.sleep(_LOOK)
    return batch


def _work(engine: Engine, batch_id: int) -> None:
    importing.work(engine, settings().attachments, batch_id, _now)


@contextmanager
def _shown() -> Iterator:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns) as progress:
        task = progress.add_task("导入")

        def show(batch: Standing) -> None:
            checks = batch.state in (BatchState.WAITING, BatchState.CHECKED)
            total = batch.total if checks else batch.new + batch.changed
            label = "正在检查" if batch.state is BatchState.WAITING else batch.state.label
            progress.update(task, description=label, completed=batch.done, total=total or None)

        yield show


def _say(batch: Standing) -> None:
    if batch.state is BatchState.APPLIED:
        typer.echo(f"已全部写入 {batch.done:,} 行；SHA-256 {batch.written or '—'}。")
        return
    if batch.state is BatchState.CHECKED and not batch.hard and not batch.message:
        typer.echo("没有需要写入的内容。")
        return
    said = f"有 {batch.hard:,} 处错误，没有写入任何内容。" if batch.hard else batch.message
    raise PilotError(f"{said}详见导入批次 {batch.id} 的页面。")


def _batch(engine: Engine, batch_id: int) -> Standing:
    with reading(engine) as session:
        return under_way.batch_of(session, batch_id)


def _now() -> datetime:
    return datetime.now(UTC)
