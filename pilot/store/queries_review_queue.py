"""The reviewers' queue (审核队列): by tab, counted and paged in SQL."""

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from pilot.domain.submissions import ENDED, OPEN, Tab
from pilot.domain.vocabulary import SubmissionState
from pilot.store import search
from pilot.store.checkers import votes_of_round
from pilot.store.models import Account, Organisation, Submission, SubmissionRound, SubmissionVote


def counts(
    session: Session, base_id: int, reviewer_id: int, home: int | None = None
) -> dict[Tab, int]:
    """How many submissions each tab holds, in one statement."""
    sums = [func.sum(case((_tab(tab, reviewer_id, home), 1), else_=0)) for tab in Tab]
    row = session.execute(select(*sums).where(Submission.base_id == base_id)).one()
    return {tab: int(number or 0) for tab, number in zip(Tab, row, strict=True)}


def queue(
    base_id: int, tab: Tab, reviewer_id: int, text: str = "", home: int | None = None
) -> Select:
    """One tab: the longest waiting first, what is done the latest first.

    `home` is the unit that the reviewer leaves to others.
    """
    author, reviewer = aliased(Account), aliased(Account)
    sent = and_(
        SubmissionRound.submission_id == col(Submission.id),
        SubmissionRound.number == Submission.round,
    )
    query = (
        select(
            Submission.id,
            Submission.receipt,
            Submission.title,
            Submission.state,
            Submission.round,
            Submission.turn_since,
            col(Submission.changes_id).is_not(None).label("is_change"),
            author.name.label("author"),
            Organisation.name.label("organisation"),
            reviewer.name.label("reviewer"),
            SubmissionRound.warnings,
            SubmissionRound.alike,
        )
        .join(author, col(author.id) == col(Submission.author_id))
        .join(Organisation, col(Organisation.id) == col(Submission.organisation_id), isouter=True)
        .join(reviewer, col(reviewer.id) == _who(), isouter=True)
        .join(SubmissionRound, sent)
        .where(Submission.base_id == base_id, _tab(tab, reviewer_id, home), *_matching(text))
    )
    since = col(Submission.turn_since)
    order = since.desc() if tab is Tab.DONE else since.asc()
    return query.order_by(order, col(Submission.id))


def next_unclaimed(
    session: Session, base_id: int, reviewer_id: int, after_id: int, home: int | None = None
) -> int | None:
    """The next submission that a reviewer may judge: first their own, then the longest waiting."""
    mine = _tab(Tab.MINE, reviewer_id)
    query = (
        select(Submission.id)
        .where(
            Submission.base_id == base_id,
            Submission.id != after_id,
            or_(mine, _tab(Tab.UNCLAIMED, reviewer_id, home)),
            _may_judge(reviewer_id, home),
        )
        .order_by(
            case((mine, 0), else_=1),
            col(Submission.turn_since),
            col(Submission.id),
        )
    )
    return session.exec(query.limit(1)).first()


def _tab(tab: Tab, reviewer_id: int, home: int | None = None) -> ColumnElement:
    state, claimed = col(Submission.state), col(Submission.reviewer_id)
    if tab is Tab.MINE:
        return and_(state.in_(OPEN), claimed == reviewer_id)
    if tab is Tab.UNCLAIMED:
        return and_(state.in_(OPEN), claimed.is_(None), _may_judge(reviewer_id, home))
    if tab is Tab.RETURNED:
        return state == SubmissionState.RETURNED
    return and_(state.in_(ENDED), col(Submission.receipt).is_not(None))


def _may_judge(reviewer_id: int, home: int | None) -> ColumnElement[bool]:
    """What `domain.submissions.check_disinterested` lets them judge, said to the database.

    Not their own, not one that they verified first, none whose author or holder is `home`.
    """
    others = [col(Submission.author_id) != reviewer_id, ~_verified_by(reviewer_id)]
    return and_(*others, *([] if home is None else [~_of(home)]))


def _verified_by(reviewer_id: int) -> ColumnElement[bool]:
    """Whether they are the first of the two that it needs."""
    voted = votes_of_round(SubmissionVote.id).where(SubmissionVote.by_id == reviewer_id)
    return and_(Submission.state == SubmissionState.SECOND, voted.correlate(Submission).exists())


def _of(home: int) -> ColumnElement[bool]:
    """Whether a unit is the author's or a holder's; only holders have this key in a content."""
    content, key = col(Submission.content), f'"organisation_id":{home}'
    held = [content.contains(f"{key}{end}", autoescape=True) for end in ",}"]
    return or_(func.coalesce(col(Submission.organisation_id) == home, False), *held)


def _who() -> ColumnElement:
    """Who is at it, or who decided it."""
    return func.coalesce(Submission.reviewer_id, Submission.decided_by)


def _matching(text: str) -> list[ColumnElement]:
    if not (wanted := text.strip()):
        return []
    return [search.any_holds((Submission.receipt, Submission.title, Organisation.name), wanted)]
