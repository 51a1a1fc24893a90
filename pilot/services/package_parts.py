"""The children of a package that a submission brings (包内成果): entered, changed, taken out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from pilot.domain.draft_children import ChildDraft, as_result, child_key
from pilot.domain.drafts import ResultDraft
from pilot.domain.errors import GuardFailed
from pilot.domain.identifiers import IdentifierKind, identifier_key, title_key
from pilot.domain.people import Actor
from pilot.services import consequences, results
from pilot.services.command import within
from pilot.store import queries_lookalikes, queries_results
from pilot.store.models import Result

Numbers = Mapping[int, Sequence[tuple[str, str]]]  # kind and number of each, by result

_CHANGE = "填报变更"


def set_children(
    session: Session,
    package_id: int,
    package: ResultDraft,
    children: Sequence[ChildDraft],
    before: Sequence[ChildDraft],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Make the children of a package what a submission says, in one go.

    `before` are those it said when it was accepted last: of the registered children only what
    came from them is taken out again. A child is known by its number, else by its title.
    """
    if not (children or before):
        return
    registered = queries_results.children(session, package_id)
    numbers = queries_lookalikes.numbers(session, [row.id for row in registered])
    known = _matched(registered, numbers, children)
    kept = {row.id for row in known.values()}
    gone = [row for row in _matched(registered, numbers, before).values() if row.id not in kept]
    with consequences.together(session, by.base_id, at=at, reason="登记包内成果"):
        for row in gone:
            _take_out(session, row, by, at)
        for place, child in enumerate(children):
            _put_in(session, as_result(child, package, package_id), known.get(place), by, at)


def _matched(
    registered: Sequence[Result], numbers: Numbers, children: Sequence[ChildDraft]
) -> dict[int, Result]:
    """Which registered child each of `children` is, by its place: first by number, then by title.

    No registered one is two of them; strangers are left out.
    """
    by_key = {
        (kind, identifier_key(IdentifierKind(kind), number)): row
        for row in registered
        for kind, number in numbers.get(row.id, ())
    }
    found = {
        place: by_key[key]
        for place, child in enumerate(children)
        if (key := child_key(child)) in by_key
    }
    left = {title_key(row.title): row for row in registered if row not in found.values()}
    for place, child in enumerate(children):
        row = left.pop(title_key(str(child.title)), None) if place not in found else None
        if row is not None:
            found[place] = row
    return found


def _put_in(
    session: Session, draft: ResultDraft, known: Result | None, by: Actor, at: datetime
) -> None:
    """Enter a child, or change what a submission says of a registered one and nothing else."""
    save = within(results.save_result)
    if known is None:
        save(session, draft, by=by, at=at)
        return
    standing = results.result_draft(session, known)
    wanted = replace(
        standing,
        title=draft.title,
        kind=draft.kind,
        holders=draft.holders,
        numbers=draft.numbers or standing.numbers,
        registration_no=draft.registration_no or standing.registration_no,
    )
    if wanted != standing:
        save(session, wanted, by=by, at=at, result_id=known.id, reason=_CHANGE)


def _take_out(session: Session, row: Result, by: Actor, at: datetime) -> None:
    if queries_results.transfers_of(session, [row.id]):
        name = f"包内成果 {row.code}《{row.title}》"
        raise GuardFailed([f"{name}已单独登记转化，不能移出；请先作废它的转化事件，或退回填报"])
    within(results.void_result)(session, row.id, by=by, at=at, reason=_CHANGE)
