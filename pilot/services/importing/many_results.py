"""New results of a checked batch, written and taken back as a whole (成批登记成果).

Row for row what `results.save_result` writes: the same columns, keys, numbers and journal lines.
A result that belongs to a package is left to the verb, which looks at the package's transfers; one
that does not has no transfer yet, so that nothing of the ledger depends on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from pilot.domain import drafts
from pilot.domain.drafts import ResultDraft
from pilot.domain.errors import Conflict
from pilot.domain.identifiers import running_number
from pilot.domain.import_columns import ImportKind
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.services import consequences
from pilot.services.importing.entered_contracts import freed
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.result_parts import numbers_of
from pilot.services.results import LAST, code_prefix, columns
from pilot.store import many, memo, queries, queries_results, result_spans
from pilot.store.models import ImportBatch, ImportRow, Result, ResultHolder, ResultIdentifier


@dataclass(frozen=True, slots=True)
class Entered:
    """A record that a batch has written: its key and page version."""

    id: int
    rev: int = 1


def plain(plan: Plan) -> bool:
    """Whether a row enters a result that stands for itself."""
    return plan.outcome is Outcome.NEW and plan.draft.package_id is None


def enter(session: Session, plans: Sequence[Plan], by: Actor, at: datetime) -> list[Entered]:
    """Write the results of `plans`, all `plain` and checked, in their order."""
    session.flush()
    wanted = [drafts.as_stored(plan.draft) for plan in plans]
    codes = list(_codes(session, wanted, by, at))
    ids = many.next_ids(session, Result, len(wanted))
    frame = many.columns_of(Result) | {"base_id": by.base_id, "recorded_at": at, "rev": 1}
    rows = [
        frame | columns(draft) | {"id": row_id, "code": code}
        for row_id, code, draft in zip(ids, codes, wanted, strict=True)
    ]
    holders = _parts(session, ResultHolder, ids, [_holders(draft) for draft in wanted], by)
    numbers = _parts(session, ResultIdentifier, ids, [_numbers(draft) for draft in wanted], by)
    for row, own_holders, own_numbers in zip(rows, holders, numbers, strict=True):
        many.note(session, Result, row)
        for one in own_holders:
            many.note(session, ResultHolder, one)
        for one in own_numbers:
            many.note(session, ResultIdentifier, one)
    many.enter(session, Result, rows)
    many.enter(session, ResultHolder, [one for some in holders for one in some])
    many.enter(session, ResultIdentifier, [one for some in numbers for one in some])
    result_spans.begin(session, ids, at)
    return [Entered(row_id) for row_id in ids]


def void(
    session: Session, batch: ImportBatch, rows: Sequence[ImportRow], *, at: datetime, reason: str
) -> set[int]:
    """Take back results that a batch entered and nothing names; the rows of the file that are gone.

    What `results.void_result` does with each. Those in a package are left to the verb.
    """
    if batch.kind is not ImportKind.RESULTS:
        return set()
    entered = {row.record_id: row.row for row in rows if row.outcome is Outcome.NEW}
    found = queries_results.standing_alone(session, batch.base_id, entered)
    for result in found:
        result.voided_at, result.void_reason = at, reason
        result.code = freed(result.code, batch.id)
    ids = [result.id for result in found]
    for number in queries_results.identifiers_of(session, ids):
        session.delete(number)
    session.flush()
    consequences.of_results(session, batch.base_id, ids, at=at, reason=reason)
    return {entered[result_id] for result_id in ids}


def _codes(
    session: Session, wanted: Sequence[ResultDraft], by: Actor, at: datetime
) -> Iterator[str]:
    """The code that each brings, else the next of the year; Conflict for one just given."""
    prefix = code_prefix(local_day(at).year)
    read = partial(queries.last_number, session, Result, by.base_id, prefix)
    number = memo.once(session, LAST, read)
    given: set[str] = set()
    for draft in wanted:
        code = draft.code
        if code is None:
            number += 1
            code = f"{prefix}{number:04d}"
        else:
            number = max(number, running_number(code, prefix) or 0)
        if code in given:
            raise Conflict(f"成果编号 {code} 已经使用，请留空由系统编号。")
        given.add(code)
        yield code
    memo.note(session, LAST, number)


def _parts(
    session: Session, kind: type, owners: Sequence[int], parts: Sequence[list[Mapping]], by: Actor
) -> list[list[dict[str, Any]]]:
    """The rows that hang on each result, with their keys."""
    ids = iter(many.next_ids(session, kind, sum(map(len, parts))))
    return [
        [{"id": next(ids), "base_id": by.base_id, "result_id": owner, **one} for one in some]
        for owner, some in zip(owners, parts, strict=True)
    ]


def _holders(draft: ResultDraft) -> list[Mapping]:
    return [
        {"organisation_id": holder.organisation_id, "position": place, "share": holder.share}
        for place, holder in enumerate(draft.holders, 1)
    ]


def _numbers(draft: ResultDraft) -> list[Mapping]:
    return [
        {"kind": kind, "key": key, "number": number}
        for (kind, key), number in numbers_of(draft).items()
    ]
