"""Results as they were known (成果): a change closes a span and opens the next."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from pilot.domain.moment import FOREVER
from pilot.store import many, queries_results
from pilot.store.known_spans import joined, rewrite
from pilot.store.models import (
    Organisation,
    Person,
    Result,
    ResultHolder,
    ResultIdentifier,
    ResultSpan,
)


def refresh(session: Session, result_ids: Collection[int], at: datetime) -> None:
    """Record how these results read now, known from `at`; the parts of their packages too.

    A voided result's span closes for good, or until its merge is taken back.
    """
    if not result_ids:
        return
    session.flush()
    ids = queries_results.family(session, result_ids)
    results = session.exec(select(Result).where(col(Result.id).in_(ids))).all()
    current, now = _current(session, ids), _read(session, ids, results)
    for result in results:
        frame = {"base_id": result.base_id, "result_id": result.id}
        values = now[result.id] if result.voided_at is None else None
        rewrite(session, ResultSpan, frame, current.get(result.id), values, at)
    session.flush()


def begin(session: Session, result_ids: Sequence[int], at: datetime) -> None:
    """The first spans of results that were just entered, in a few statements (`many`)."""
    query = select(*_READ).where(col(Result.id).in_(result_ids)).order_by(col(Result.id))
    results = session.exec(query).all()
    now = _read(session, list(result_ids), results)
    known = {"known_from": at, "known_to": FOREVER}
    rows = [{"base_id": row.base_id, "result_id": row.id} | known | now[row.id] for row in results]
    many.enter(session, ResultSpan, rows)


_READ = tuple(
    getattr(Result, name)
    for name in (
        "id", "base_id", "code", "title", "kind", "field", "registration_no", "package_id",
        "split_reason", "contact_id",
    )
)  # fmt: skip


def _current(session: Session, ids: list[int]) -> dict[int, ResultSpan]:
    query = select(ResultSpan).where(
        col(ResultSpan.result_id).in_(ids), ResultSpan.known_to == FOREVER
    )
    return {span.result_id: span for span in session.exec(query)}


def _read(session: Session, ids: list[int], results: Sequence[Result]) -> dict[int, dict[str, Any]]:
    """What the list shows of each result now."""
    holders, numbers = _holders(session, ids), _numbers(session, ids)
    people = _people(session, {result.contact_id for result in results})
    codes = {result.id: result.code for result in results}  # a package is of the family
    return {
        result.id: {
            "code": result.code,
            "title": result.title,
            "kind": result.kind,
            "field": result.field,
            "registration_no": result.registration_no,
            "holders": joined(holders[result.id], 500),
            "numbers": " ".join(numbers[result.id]) or None,
            "package": codes.get(result.package_id),
            "split": result.split_reason is not None,
            "contact": people.get(result.contact_id),
        }
        for result in results
    }


def _holders(session: Session, ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(ResultHolder.result_id, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(ResultHolder.organisation_id))
        .where(col(ResultHolder.result_id).in_(ids))
        .order_by(col(ResultHolder.result_id), col(ResultHolder.position))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for result_id, name in session.exec(query):
        found[result_id].append(name)
    return found


def _people(session: Session, ids: set[int | None]) -> dict[int, str]:
    wanted = ids - {None}
    if not wanted:
        return {}
    return dict(
        session.exec(select(Person.id, Person.name).where(col(Person.id).in_(wanted))).all()
    )


def _numbers(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """Every number of each result, as it is written and as it is compared."""
    query = (
        select(ResultIdentifier.result_id, ResultIdentifier.number, ResultIdentifier.key)
        .where(col(ResultIdentifier.result_id).in_(ids))
        .order_by(col(ResultIdentifier.result_id), col(ResultIdentifier.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for result_id, number, key in session.exec(query):
        found[result_id] += [number] if number == key else [number, key]
    return found
