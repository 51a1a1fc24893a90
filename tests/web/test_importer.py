"""The importer's lane in a real server: progress, a kill in the middle, a bug that stays a bug."""

import csv
import io
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.services import attachments, importing
from pilot.services.command import perform
from pilot.store import queries_imports
from pilot.store.engine import reading, writing
from pilot.store.models import (
    Account,
    ImportBatch,
    ImportMapping,
    ImportRow,
    ImportSource,
    JournalEntry,
    Notice,
    Organisation,
)
from tests.serving import Server, people, serving

ROWS = 1_500


@pytest.fixture
def folder(tmp_path):
    """Where the server keeps its data."""
    return tmp_path


def big_file() -> bytes:
    """More units than a page would check by itself; foreign ones need no code."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(("单位名称", "单位类型", "注册地"))
    out.writerows((f"示例境外单位{number:05d}", "境外", "") for number in range(ROWS))
    return text.getvalue().encode("utf-8-sig")


def bring(engine: Engine, folder: Path, data: bytes) -> int:
    """What the page does with an uploaded file."""
    place = folder / "attachments"
    file = attachments.keep(place, data, shown_name="单位.csv", limit_bytes=10**8)
    args = {"by": manager(engine), "now": datetime.now(UTC)}
    return perform(engine, importing.stage, ImportKind.ORGANISATIONS, file=file, **args).subject_id


def manager(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(Account.id).where(Account.login == "manager")).one()


def batch_of(server: Server, batch_id: int) -> ImportBatch:
    with reading(server.engine) as session:
        return session.get(ImportBatch, batch_id)


def until(server: Server, batch_id: int, is_so: Callable[[ImportBatch], bool]) -> ImportBatch:
    """The batch once it is so."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if is_so(batch := batch_of(server, batch_id)):
            return batch
        time.sleep(0.02)
    raise AssertionError(f"still {batch.state}, {batch.done} of {batch.total}: {batch.message}")


def lease_ends(server: Server, batch_id: int) -> None:
    """As if the time of a lease had passed."""
    with writing(server.engine) as session:
        queries_imports.note(session, batch_id, leased_until=datetime.now(UTC))


def how_many(server: Server, what, *where) -> int:
    with reading(server.engine) as session:
        return session.exec(select(func.count()).select_from(what).where(*where)).one()


def test_a_server_killed_in_the_middle_takes_its_batch_up_again(folder):
    with serving(folder) as server:
        batch_id = bring(server.engine, folder, big_file())
        half = until(server, batch_id, lambda batch: batch.done > 0)
        os.kill(server.process.pid, signal.SIGKILL)
        assert 0 < half.done < half.total == ROWS
        assert half.state is BatchState.WAITING
    with serving(folder, lambda _engine: None) as server:
        lease_ends(server, batch_id)
        checked = until(server, batch_id, lambda batch: batch.state is BatchState.CHECKED)
        assert (checked.new, checked.hard, checked.tries) == (ROWS, 0, 2)
        assert how_many(server, ImportRow) == ROWS  # nothing of the first try is left

        by = {"by": manager(server.engine), "now": datetime.now(UTC)}
        perform(server.engine, importing.queue, batch_id, **by)
        until(server, batch_id, lambda batch: batch.state is BatchState.APPLIED)
        assert how_many(server, Organisation) == ROWS
        applied = JournalEntry.subject_id == batch_id, JournalEntry.action == "import.apply"
        assert how_many(server, JournalEntry, *applied) == 2  # asked for, and done once


def test_a_bug_is_given_up_after_three_tries_and_told(folder):
    def broken(engine: Engine) -> None:
        """A confirmed mapping that no program wrote: reading it is a bug, not a refusal."""
        people(engine)
        batch_id = bring(engine, folder, big_file())
        with writing(engine) as session:
            batch = session.get(ImportBatch, batch_id)
            frame = {"base_id": batch.base_id, "recorded_at": batch.recorded_at}
            source = ImportSource(kind=batch.kind, name="示例来源", **frame)
            session.add(source)
            session.flush()
            where = {
                "version": 1,
                "first_row": 1,
                "levels": 1,
                "columns": "{",
                "by_id": batch.by_id,
            }
            mapping = ImportMapping(source_id=source.id, **where, **frame)
            session.add(mapping)
            session.flush()
            batch.mapping_id = mapping.id

    with serving(folder, broken) as server:
        for number in range(1, 4):
            until(server, 1, lambda batch, n=number: batch.tries == n and not at_work(batch))
            lease_ends(server, 1)
        failed = until(server, 1, lambda batch: batch.state is BatchState.FAILED)
        assert "重新检查" in failed.message
        number = failed.message.partition("编号 ")[2][:8]
        assert f"is given up, number {number}" in server.log.read_text()
        assert how_many(server, Notice, Notice.about_id == 1) == 2  # who brought it, who keeps it


def at_work(batch: ImportBatch) -> bool:
    """Whether a worker holds it: it says nothing yet of this try."""
    return batch.state is BatchState.WAITING and f"第 {batch.tries} 次" not in batch.message
