"""The file of a batch (批次的文件), read again whenever it is checked or written."""

import contextlib
from collections.abc import Iterator

from sqlmodel import Session

from pilot.domain.arrangement import Arrangement
from pilot.services.sheets import Sheet, Table, arranged, read_sheet
from pilot.store import files
from pilot.store.files import Place
from pilot.store.models import Attachment, ImportBatch, ImportMapping


@contextlib.contextmanager
def sheet_of(folder: Place, file: Attachment) -> Iterator[Sheet]:
    """The sheet in a stored file; FileRefused with everything that is wrong with it.

    A long one is read from the file whenever its rows are asked for, inside the block only.
    """
    with files.on_disk(folder, file.sha256) as path:
        yield read_sheet(path, file.name)


def table_of(session: Session, batch: ImportBatch, sheet: Sheet) -> Table:
    """The table of a batch by its confirmed mapping."""
    mapping = session.get(ImportMapping, batch.mapping_id) if batch.mapping_id else None
    where = Arrangement(mapping.first_row, mapping.levels) if mapping else Arrangement()
    return arranged(sheet, where)
