"""What hangs on a result: its holders in order, and the numbers that name it."""

from collections.abc import Sequence

from sqlmodel import Session

from pilot.domain.drafts import Number, ResultDraft
from pilot.domain.errors import Conflict
from pilot.domain.identifiers import IdentifierKind, identifier_key
from pilot.store import queries_results
from pilot.store.models import Result, ResultHolder, ResultIdentifier


def set_holders(
    session: Session,
    result: Result,
    draft: ResultDraft,
    rows: Sequence[ResultHolder] | None = None,
) -> bool:
    """Make the holders those of the draft, place by place; whether anything changed.

    `rows` are those it has, where the caller knows: a new result has none.
    """
    rows = queries_results.holders(session, result.id) if rows is None else rows
    wanted = [(holder.organisation_id, holder.share) for holder in draft.holders]
    if [(row.organisation_id, row.share) for row in rows] == wanted:
        return False
    for row, (organisation_id, share) in zip(rows, wanted, strict=False):
        row.organisation_id, row.share = organisation_id, share
    for row in rows[len(wanted) :]:
        session.delete(row)
    session.add_all(
        ResultHolder(
            base_id=result.base_id,
            result_id=result.id,
            organisation_id=organisation_id,
            position=position,
            share=share,
        )
        for position, (organisation_id, share) in enumerate(wanted, 1)
        if position > len(rows)
    )
    return True


def set_numbers(
    session: Session,
    result: Result,
    draft: ResultDraft,
    known: Sequence[ResultIdentifier] | None = None,
) -> bool:
    """Make the numbers those of the draft; Conflict names the result that has one already.

    "暂无" and the like name nothing and are not kept. The registration number is one of them.
    `known` are those it has, where the caller knows.
    """
    wanted = numbers_of(draft)
    known = queries_results.identifiers(session, result.id) if known is None else known
    rows = {(row.kind, row.key): row for row in known}
    if {place: row.number for place, row in rows.items()} == wanted:
        return False
    for kind, key in wanted.keys() - rows.keys():
        _check_free(session, result, kind, key, wanted[kind, key])
    for place, row in rows.items():
        if place in wanted:
            row.number = wanted[place]
        else:
            session.delete(row)
    session.add_all(
        ResultIdentifier(
            base_id=result.base_id, result_id=result.id, kind=kind, number=number, key=key
        )
        for (kind, key), number in wanted.items()
        if (kind, key) not in rows
    )
    return True


def numbers_of(draft: ResultDraft) -> dict[tuple[str, str], str]:
    """The numbers that name a result, by kind and key; the registration number is one of them."""
    numbers = list(draft.numbers)
    if draft.registration_no:
        numbers.append(Number(IdentifierKind.REGISTRATION, draft.registration_no))
    keyed = {
        (number.kind.value, identifier_key(number.kind, number.number)): number.number
        for number in numbers
    }
    return {place: number for place, number in keyed.items() if place[1]}


def _check_free(session: Session, result: Result, kind: str, key: str, number: str) -> None:
    other = queries_results.result_with_number(session, result.base_id, kind, key)
    if other and other.id != result.id:
        what = f"{IdentifierKind(kind).label} {number}"
        raise Conflict(
            f"{what} 已登记在成果 {other.code}《{other.title}》名下；"
            "如是同一成果请直接使用，如录错请核对。"
        )
