"""The rows that claims rest on (依据), for many claims at once: one query a kind of source.

Only what never changes, or what stood at the view, is read: an old export keeps its words.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, Select, func
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment
from pilot.store.models import (
    Decision,
    Evidence,
    LandingStep,
    PilotRun,
    PublicFact,
    Result,
    TransferSpan,
)


def rows_of(
    session: Session, kind: str, ids: Collection[int], view: Moment
) -> Sequence[RowMapping]:
    """What can be said about the sources of one kind, each with its `id`; [] for other kinds."""
    statement = _STATEMENTS.get(kind)
    if statement is None or not ids:
        return []
    return session.execute(statement(list(ids), view)).mappings().all()


def _decisions(ids: list[int], _view: Moment) -> Select:
    row = Decision
    return select(row.id, row.gate, row.conclusion, row.held_on).where(col(row.id).in_(ids))


def _evidence(ids: list[int], _view: Moment) -> Select:
    row = Evidence
    wanted = (row.id, row.doc_code, row.title, row.doc_no, row.issued_on)
    return select(*wanted).where(col(row.id).in_(ids))


def _steps(ids: list[int], _view: Moment) -> Select:
    row = LandingStep
    return select(row.id, row.level, row.reached_on, row.proof).where(col(row.id).in_(ids))


def _runs(ids: list[int], _view: Moment) -> Select:
    row = PilotRun
    return select(row.id, row.run_no, row.started_on, row.ended_on).where(col(row.id).in_(ids))


def _facts(ids: list[int], _view: Moment) -> Select:
    row = PublicFact
    return select(row.id, row.source, row.fact).where(col(row.id).in_(ids))


def _results(ids: list[int], _view: Moment) -> Select:
    return select(Result.id, Result.code).where(col(Result.id).in_(ids))


def _transfers(ids: list[int], view: Moment) -> Select:
    span = TransferSpan
    wanted = (span.transfer_id.label("id"), span.result_code, span.title, span.event_on)
    return select(*wanted).where(col(span.transfer_id).in_(ids), *_known(view))


def _contracts(ids: list[int], view: Moment) -> Select:
    span = TransferSpan
    return (
        select(
            span.contract_id.label("id"),
            func.min(span.contract_no).label("no"),
            func.min(span.title).label("title"),
            func.min(span.signed_on).label("signed_on"),
        )
        .where(col(span.contract_id).in_(ids), *_known(view))
        .group_by(col(span.contract_id))
    )


def _known(view: Moment) -> tuple:
    return TransferSpan.known_from <= view.known_at, TransferSpan.known_to > view.known_at


_STATEMENTS = {
    "decision": _decisions,
    "evidence": _evidence,
    "landing_step": _steps,
    "run": _runs,
    "public_fact": _facts,
    "result": _results,
    "transfer": _transfers,
    "contract": _contracts,
}
