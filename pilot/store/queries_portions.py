"""Imports in portions (分段): which rows of a batch are written, by row and by record."""

import hashlib
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from pilot.domain.identifiers import stored_title_key
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import AT_WORK, IN_PORTIONS, BatchState
from pilot.store.models import Attachment, ImportBatch, ImportRow, Result

_AT_ONCE = 500  # ids in one statement


def written_up_to(session: Session, batch_id: int) -> int:
    """The last row that is written, 0 if none is: rows are written in the order of the file."""
    query = select(func.max(ImportRow.row)).where(*_written(batch_id))
    return session.exec(query).one() or 0


def how_many(session: Session, batch_id: int) -> int:
    """How many rows of a batch are written and not taken back."""
    return session.exec(select(func.count()).where(*_written(batch_id))).one()


def digests(session: Session, batch_id: int, first: int, last: int) -> dict[int, str | None]:
    """The digest that the check showed of each row from `first` to `last`."""
    query = select(ImportRow.row, ImportRow.digest).where(
        ImportRow.batch_id == batch_id, col(ImportRow.row).between(first, last)
    )
    return dict(session.exec(query).all())


def records_of(session: Session, batch_id: int, rows: Collection[int]) -> dict[int, int]:
    """The record that each of these rows has written."""
    query = select(ImportRow.row, ImportRow.record_id).where(*_written(batch_id))
    return _found(session, query, col(ImportRow.row), rows)


def last_written(
    session: Session, batch_id: int, before: int | None, limit: int
) -> Sequence[ImportRow]:
    """The last of the rows that are written, those before a row only; the last first."""
    query = select(ImportRow).where(*_written(batch_id))
    if before is not None:
        query = query.where(col(ImportRow.row) < before)
    return session.exec(query.order_by(col(ImportRow.row).desc()).limit(limit)).all()


def some_written(session: Session, batch_id: int, rows: Collection[int]) -> list[ImportRow]:
    """Those of these rows that are written, the last first."""
    query = select(ImportRow).where(*_written(batch_id), col(ImportRow.row).in_(rows))
    return list(session.exec(query.order_by(col(ImportRow.row).desc())))


def note_taken_back(session: Session, batch_id: int, rows: Collection[int]) -> None:
    """These rows are written no more."""
    query = update(ImportRow).where(
        col(ImportRow.batch_id) == batch_id, col(ImportRow.row).in_(rows)
    )
    session.connection().execute(query.values(record_rev=None))


def what_was_written(session: Session, batch_id: int) -> tuple[int, str]:
    """How many rows a batch has written, and the SHA-256 (hex) of row, record and digest of each.

    One line a row, in the order of the file: `row record digest`.
    """
    whole, number = hashlib.sha256(), 0
    query = select(ImportRow.row, ImportRow.record_id, ImportRow.digest).where(*_written(batch_id))
    query = query.order_by(col(ImportRow.row))
    for row, record_id, digest in _streamed(session, query):
        number += 1
        whole.update(f"{row} {record_id} {digest}\n".encode())
    return number, whole.hexdigest()


def results_in_the_way(
    session: Session, base_id: int, codes: Collection[str], titles: Collection[str]
) -> bool:
    """Whether a result has one of these codes, or a standing one of these titles."""
    coded = select(Result.id).where(Result.base_id == base_id, col(Result.code).in_(codes))
    if codes and session.exec(coded.limit(1)).first() is not None:
        return True
    keys = {stored_title_key(title) for title in titles}
    titled = select(Result.id).where(
        Result.base_id == base_id,
        col(Result.title_key).in_(keys),
        col(Result.title).in_(titles),
        col(Result.voided_at).is_(None),
    )
    return bool(titles) and session.exec(titled.limit(1)).first() is not None


def under_way(session: Session, base_id: int) -> Sequence[ImportBatch]:
    """The batches of a base of which some rows are there and others not."""
    query = select(ImportBatch).where(
        ImportBatch.base_id == base_id, col(ImportBatch.state).in_(IN_PORTIONS)
    )
    return session.exec(query.order_by(col(ImportBatch.id))).all()


def of_file(session: Session, base_id: int, kind: ImportKind, sha256: str) -> ImportBatch | None:
    """The last batch of this file that waits or is being worked on."""
    query = (
        select(ImportBatch)
        .join(Attachment, col(Attachment.id) == col(ImportBatch.attachment_id))
        .where(
            ImportBatch.base_id == base_id,
            ImportBatch.kind == kind,
            Attachment.sha256 == sha256,
            col(ImportBatch.state).in_({*AT_WORK, BatchState.CHECKED}),
        )
    )
    return session.exec(query.order_by(col(ImportBatch.id).desc())).first()


def _written(batch_id: int):
    return ImportRow.batch_id == batch_id, col(ImportRow.record_rev).is_not(None)


def _found(session: Session, query, column, wanted: Collection[int]) -> dict[int, int]:
    ordered, found = sorted(wanted), {}
    for start in range(0, len(ordered), _AT_ONCE):
        found |= dict(
            session.exec(query.where(column.in_(ordered[start : start + _AT_ONCE]))).all()
        )
    return found


def _streamed(session: Session, query) -> Iterator[tuple]:
    yield from session.connection().execute(query, execution_options={"yield_per": 5_000})
