"""Batches of imports (导入批次): lists, the work that waits, rows and problems in pages."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, literal, or_, update
from sqlmodel import Session, SQLModel, col, func, select

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import AT_WORK, Outcome
from pilot.store.models import (
    Account,
    Attachment,
    ImportBatch,
    ImportMapping,
    ImportProblem,
    ImportRow,
    ImportSource,
    JournalEntry,
    Transfer,
)

_AT_ONCE = 500  # ids in one statement


def batches(
    session: Session, base_id: int, offset: int, limit: int
) -> Sequence[tuple[ImportBatch, Attachment, str, str | None]]:
    """A page of batches, newest first: with the file, who brought it and the source's name."""
    query = (
        select(ImportBatch, Attachment, Account.name, ImportSource.name)
        .join(Attachment, col(Attachment.id) == col(ImportBatch.attachment_id))
        .join(Account, col(Account.id) == col(ImportBatch.by_id))
        .join(ImportSource, col(ImportSource.id) == col(ImportBatch.source_id), isouter=True)
        .where(ImportBatch.base_id == base_id)
        .order_by(col(ImportBatch.id).desc())
    )
    return session.exec(query.offset(offset).limit(limit)).all()


def how_many(session: Session, base_id: int) -> int:
    """How many batches a base has."""
    query = select(func.count()).select_from(ImportBatch).where(ImportBatch.base_id == base_id)
    return session.exec(query).one()


def waiting(session: Session, now: datetime) -> list[int]:
    """Batches with work to do that nobody holds, oldest first."""
    query = select(ImportBatch.id).where(col(ImportBatch.state).in_(AT_WORK), _free(now))
    return list(session.exec(query.order_by(col(ImportBatch.id))))


def take(session: Session, batch_id: int, now: datetime, until: datetime) -> bool:
    """Lease a batch that has work to do; False if another worker was faster."""
    query = update(ImportBatch).where(
        col(ImportBatch.id) == batch_id, col(ImportBatch.state).in_(AT_WORK), _free(now)
    )
    values = {"leased_until": until, "tries": col(ImportBatch.tries) + 1}
    return session.connection().execute(query.values(values)).rowcount == 1


def hold(session: Session, batch_id: int, until: datetime) -> None:
    """Keep the lease of a batch that is being worked on."""
    query = update(ImportBatch).where(
        col(ImportBatch.id) == batch_id,
        col(ImportBatch.state).in_(AT_WORK),
        col(ImportBatch.leased_until).is_not(None),
    )
    session.connection().execute(query.values(leased_until=until))


def note(session: Session, batch_id: int, **values: Any) -> None:
    """Write down how far a batch is; no change of a record, so that no page version grows."""
    query = update(ImportBatch).where(col(ImportBatch.id) == batch_id)
    session.connection().execute(query.values(**values))


def finish(session: Session, batch_id: int, **values: Any) -> None:
    """The same at the end of the work; a batch that was cancelled or applied meanwhile stays so."""
    query = update(ImportBatch).where(
        col(ImportBatch.id) == batch_id, col(ImportBatch.state).in_(AT_WORK)
    )
    session.connection().execute(query.values(**values))


def forget_findings(session: Session, batch_id: int) -> None:
    """Delete what an earlier check found."""
    for kind in (ImportRow, ImportProblem):
        session.connection().execute(delete(kind).where(col(kind.batch_id) == batch_id))


def keep(session: Session, kind: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert many rows or problems at once."""
    if values := [dict(row) for row in rows]:
        session.connection().execute(insert(kind), values)


def note_written(session: Session, batch_id: int, written: Mapping[int, SQLModel]) -> None:
    """Which record each row made or changed, and the page version it left behind."""
    query = (
        update(ImportRow.__table__)
        .where(ImportRow.__table__.c.batch_id == batch_id)
        .where(ImportRow.__table__.c.row == bindparam("in_row"))
        .values(record_id=bindparam("to_id"), record_rev=bindparam("to_rev"))
    )
    values = [
        {"in_row": row, "to_id": record.id, "to_rev": record.rev} for row, record in written.items()
    ]
    if values:
        session.connection().execute(query, values)


def rows(
    session: Session, batch_id: int, outcome: Outcome | None, offset: int, limit: int
) -> Sequence[ImportRow]:
    """A page of the rows of a batch, in the order of the file."""
    query = select(ImportRow).where(ImportRow.batch_id == batch_id)
    if outcome is not None:
        query = query.where(ImportRow.outcome == outcome)
    return session.exec(query.order_by(col(ImportRow.row)).offset(offset).limit(limit)).all()


def written_rows(session: Session, batch_id: int) -> Sequence[ImportRow]:
    """The rows that made or changed a record, the last first."""
    query = select(ImportRow).where(
        ImportRow.batch_id == batch_id, col(ImportRow.outcome).in_((Outcome.NEW, Outcome.CHANGED))
    )
    return session.exec(query.order_by(col(ImportRow.row).desc())).all()


def problems(
    session: Session, batch_id: int, hard: bool | None, offset: int, limit: int | None
) -> Sequence[ImportProblem]:
    """A page of the problems of a batch, in the order of the file."""
    query = select(ImportProblem).where(ImportProblem.batch_id == batch_id)
    if hard is not None:
        query = query.where(ImportProblem.hard == hard)
    query = query.order_by(col(ImportProblem.position)).offset(offset)
    return session.exec(query if limit is None else query.limit(limit)).all()


def sources(session: Session, base_id: int, kind: ImportKind) -> Sequence[ImportSource]:
    """The sources of a kind, by name."""
    query = select(ImportSource).where(ImportSource.base_id == base_id, ImportSource.kind == kind)
    return session.exec(query.order_by(col(ImportSource.name))).all()


def source_named(
    session: Session, base_id: int, kind: ImportKind, name: str
) -> ImportSource | None:
    """The source of this name."""
    query = select(ImportSource).where(
        ImportSource.base_id == base_id, ImportSource.kind == kind, ImportSource.name == name
    )
    return session.exec(query).first()


def latest_mapping(session: Session, source_id: int | None) -> ImportMapping | None:
    """How the files of a source are read now."""
    query = select(ImportMapping).where(ImportMapping.source_id == source_id)
    return session.exec(query.order_by(col(ImportMapping.version).desc())).first()


def mappings(
    session: Session, base_id: int, kind: ImportKind
) -> Sequence[tuple[ImportSource, ImportMapping, str]]:
    """Every version of every source of a kind, newest first, with who confirmed it."""
    query = (
        select(ImportSource, ImportMapping, Account.name)
        .join(ImportMapping, col(ImportMapping.source_id) == col(ImportSource.id))
        .join(Account, col(Account.id) == col(ImportMapping.by_id))
        .where(ImportSource.base_id == base_id, ImportSource.kind == kind)
        .order_by(col(ImportSource.name), col(ImportMapping.version).desc())
    )
    return session.exec(query.limit(_AT_ONCE)).all()


def revisions(session: Session, kind: type[SQLModel], ids: Collection[int]) -> dict[int, int]:
    """The page version of each record that is still there."""
    found: dict[int, int] = {}
    for some in _portions(ids):
        found |= dict(session.exec(select(kind.id, kind.rev).where(col(kind.id).in_(some))).all())
    return found


def last_changes(
    session: Session, base_id: int, subject: str, ids: Collection[int]
) -> dict[int, tuple[datetime, str]]:
    """When and by whom each record was last the subject of a command."""
    found: dict[int, tuple[datetime, str]] = {}
    for some in _portions(ids):
        query = (
            select(JournalEntry.subject_id, JournalEntry.at, Account.name)
            .join(Account, col(Account.id) == col(JournalEntry.by_id))
            .where(
                JournalEntry.base_id == base_id,
                JournalEntry.subject == subject,
                col(JournalEntry.subject_id).in_(some),
            )
            .order_by(col(JournalEntry.sequence))
        )
        found |= {row_id: (at, name) for row_id, at, name in session.exec(query)}
    return found


def naming(
    session: Session, table: str, ids: Collection[int], but: Collection[str], batch_id: int
) -> dict[int, set[str]]:
    """Which tables have rows that name each record of `table`; not asked of the tables in `but`.

    Asked of every foreign key there is, so that a new table cannot be forgotten. A record that
    the batch itself entered does not count: they are taken back together.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for other in SQLModel.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name != table or other.name in but:
                continue
            namer = other.c.id if other.name == table else literal(-1)
            for some in _portions(ids):
                query = select(key.parent, namer).where(key.parent.in_(some))
                pairs = session.connection().execute(query).all()
                own = entered_by(session, batch_id, {by for _, by in pairs if by > 0})
                for row_id, by in pairs:
                    if by not in own:
                        found[row_id].add(other.name)
    return found


def entered_by(session: Session, batch_id: int, ids: Collection[int]) -> dict[int, int]:
    """The row of a batch that entered each of these records; others are left out."""
    found: dict[int, int] = {}
    for some in _portions(ids):
        query = select(ImportRow.record_id, ImportRow.row).where(
            ImportRow.batch_id == batch_id,
            ImportRow.outcome == Outcome.NEW,
            col(ImportRow.record_id).in_(some),
        )
        found |= dict(session.exec(query).all())
    return found


def transfers_besides(
    session: Session, contract_ids: Collection[int], but: Collection[int]
) -> set[int]:
    """Which of these contracts have a standing transfer that is not one of `but`."""
    found: set[int] = set()
    for some in _portions(contract_ids):
        query = select(Transfer.contract_id, Transfer.id).where(
            col(Transfer.contract_id).in_(some), col(Transfer.voided_at).is_(None)
        )
        found |= {contract_id for contract_id, row_id in session.exec(query) if row_id not in but}
    return found


def _free(now: datetime):
    return or_(col(ImportBatch.leased_until).is_(None), col(ImportBatch.leased_until) < now)


def _portions(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
