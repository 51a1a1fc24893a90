"""Contracts that came with a batch of transfers (随批次登记的合同), when the batch is undone.

Voided transfers still name them, so that they stay; their numbers become free again.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session

from pilot.domain.identifiers import contract_no_key
from pilot.domain.import_columns import ImportKind
from pilot.domain.problems import Problem
from pilot.store import queries_import, queries_imports
from pilot.store.models import Contract, ImportBatch


def free(session: Session, batch: ImportBatch) -> None:
    """Let the corrected file use their numbers."""
    for contract in _entered_with(session, batch):
        contract.no = freed(contract.no, batch.id, longest=64)
        contract.no_key, contract.registration_no = contract_no_key(contract.no), None
        contract.registered_on = None


def freed(code: str, batch_id: int, longest: int = 32) -> str:
    """The code of a record that was taken back, so that the corrected file may use it again."""
    return f"撤{batch_id}-{code}"[:longest]


def _entered_with(session: Session, batch: ImportBatch) -> Sequence[Contract]:
    """The contracts that a batch of transfers entered besides."""
    if batch.kind is not ImportKind.TRANSFERS:
        return ()
    return queries_import.contracts_recorded_at(session, batch.base_id, batch.applied_at)


def in_use(
    session: Session, batch: ImportBatch, transfers: set[int], parts: Collection[str]
) -> Iterator[Problem]:
    """A contract that was changed since, or that something besides the batch names."""
    entered = _entered_with(session, batch)
    ids = {contract.id for contract in entered}
    named = queries_imports.naming(session, "contract", ids, {*parts, "transfer"}, batch.id)
    under = queries_imports.transfers_besides(session, ids, transfers)
    for contract in entered:
        if contract.rev > 1:
            message = f"合同 {contract.no}：导入之后又改动过。"
        elif contract.id in named or contract.id in under:
            message = f"合同 {contract.no}：已有其他记录用到它。"
        else:
            continue
        yield Problem("row", "contract-in-use", message, "请先处理，或在合同页面上更正。")
