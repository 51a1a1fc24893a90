"""What waits for whom (等谁办理): one grouped statement for each kind, as things stand now."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, literal, null, or_
from sqlmodel import Session, col, select

from pilot.domain.digest import PAPER_DAYS, Kind, Wait
from pilot.domain.gates import OPEN, RUNNING
from pilot.domain.moment import FOREVER, Moment, local_day
from pilot.domain.people import Role
from pilot.domain.submissions import OPEN as WITH_REVIEWERS
from pilot.domain.vocabulary import (
    EvidenceState,
    FilingState,
    RegistrationState,
    SubmissionState,
)
from pilot.store.journal_reading import begun_on
from pilot.store.models import (
    Account,
    AccountRole,
    Condition,
    DigestPolicy,
    DigestRun,
    Evidence,
    Landing,
    LandingStep,
    Person,
    Project,
    ProjectSpan,
    Registration,
    ReportFiling,
    Review,
    Scorecard,
    Submission,
    Transfer,
)
from pilot.store.queries_filing_turns import (
    BEGUN_OR_NOT,
    last_day,
    standing,
    waiting_since,
    with_unlock,
)
from pilot.store.queries_tables import project_spans


def waits(session: Session, base_id: int, view: Moment) -> list[Wait]:
    """Everything that waits, by kind; within a kind the longest first."""
    asked = {
        Kind.REVIEW: _submissions(base_id, Submission.reviewer_id, WITH_REVIEWERS),
        Kind.AMEND: _submissions(base_id, Submission.author_id, {SubmissionState.RETURNED}),
        Kind.REGISTRATION: _registrations(base_id, _administrators(session, base_id)),
        Kind.SCORE: _scorecards(base_id),
        Kind.TRANSFER: _transfers(base_id),
        Kind.LANDING: _steps(base_id),
        Kind.CHECK: _reviews(base_id, FilingState.SUBMITTED, view.as_of),
        Kind.SIGN: _reviews(base_id, FilingState.APPROVED, view.as_of),
        Kind.UNLOCK: _reviews(base_id, FilingState.FROZEN, view.as_of),
        Kind.REPORT: _reports(base_id, begun_on(session, base_id), view.as_of),
        Kind.GATE: _gates(base_id, view),
        Kind.CONDITION: _conditions(base_id, view.as_of),
        Kind.PAPER: _papers(base_id, view.as_of),
    }
    return [wait for kind, query in asked.items() for wait in _found(session, kind, query)]


def _found(session: Session, kind: Kind, query: Select) -> Iterator[Wait]:
    rows = [(who, number, _day(since)) for who, number, since in session.exec(query) if number]
    rows.sort(key=lambda row: (row[2] or date.min, row[0] or ""))
    for who, number, since in rows:
        yield Wait(kind, who, number, since)


def _day(since: date | datetime | None) -> date | None:
    return local_day(since) if isinstance(since, datetime) else since


def _grouped(who: Any, since: Any) -> Select:
    """By person: the ids tell namesakes apart."""
    return select(who.name, func.count(), func.min(since)).group_by(col(who.id), col(who.name))


def _submissions(base_id: int, whose: Any, states: Any) -> Select:
    return (
        _grouped(Account, Submission.turn_since)
        .select_from(Submission)
        .join(Account, col(Account.id) == whose, isouter=True)
        .where(Submission.base_id == base_id, col(Submission.state).in_(states))
    )


def _registrations(base_id: int, administrators: str | None) -> Select:
    return select(literal(administrators), func.count(), func.min(Registration.recorded_at)).where(
        Registration.base_id == base_id, Registration.state == RegistrationState.WAITING
    )


def _administrators(session: Session, base_id: int) -> str | None:
    """The names of a base's administrators, any of whom may decide; None where there is none."""
    query = (
        select(Account.name)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            Account.base_id == base_id,
            AccountRole.role == Role.ADMIN,
            col(Account.disabled_at).is_(None),
        )
        .order_by(col(Account.id))
    )
    return "、".join(session.exec(query)) or None


def _scorecards(base_id: int) -> Select:
    return (
        _grouped(Account, Review.opened_on)
        .select_from(Scorecard)
        .join(Review, col(Review.id) == col(Scorecard.review_id))
        .join(Account, col(Account.id) == col(Scorecard.assessor_id))
        .where(
            Review.base_id == base_id,
            col(Review.closed_at).is_(None),
            col(Scorecard.submitted_at).is_(None),
        )
    )


def _transfers(base_id: int) -> Select:
    return _nobodys(Transfer.recorded_at).where(
        Transfer.base_id == base_id,
        col(Transfer.verified_by).is_(None),
        col(Transfer.voided_at).is_(None),
    )


def _steps(base_id: int) -> Select:
    return (
        _nobodys(LandingStep.recorded_at)
        .join(Landing, col(Landing.id) == col(LandingStep.landing_id))
        .where(
            LandingStep.base_id == base_id,
            col(LandingStep.verified_by).is_(None),
            col(LandingStep.withdrawn_on).is_(None),
        )
    )


def _nobodys(since: Any) -> Select:
    return select(null(), func.count(), func.min(since))


def _reviews(base_id: int, state: FilingState, today: date) -> Select:
    return with_unlock(_nobodys(waiting_since)).where(
        ReportFiling.base_id == base_id, standing({state}, today)
    )


def _reports(base_id: int, since: date, today: date) -> Select:
    """By who submitted a report before; nobody's where nobody has."""
    return (
        with_unlock(_grouped(Account, last_day))
        .join(Account, col(Account.id) == col(ReportFiling.maker_id), isouter=True)
        .where(
            ReportFiling.base_id == base_id,
            standing(BEGUN_OR_NOT, today),
            last_day >= since,
            last_day < today,
        )
    )


def _gates(base_id: int, view: Moment) -> Select:
    return (
        _grouped(Person, ProjectSpan.next_planned_on)
        .select_from(ProjectSpan)
        .join(Project, col(Project.id) == col(ProjectSpan.project_id))
        .join(Person, col(Person.id) == col(Project.manager_id), isouter=True)
        .where(
            *project_spans([base_id], view),
            col(ProjectSpan.state).in_(RUNNING),
            ProjectSpan.next_planned_on < view.as_of,
        )
    )


def _conditions(base_id: int, today: date) -> Select:
    return (
        select(Condition.owner, func.count(), func.min(Condition.due_on))
        .join(Project, col(Project.id) == col(Condition.project_id))
        .where(
            Condition.base_id == base_id,
            col(Condition.closed_on).is_(None),
            Condition.due_on < today,
            col(Project.state).in_(OPEN),
        )
        .group_by(col(Condition.owner))
    )


def _papers(base_id: int, today: date) -> Select:
    ending = and_(
        Evidence.state == EvidenceState.QUALIFIED,
        Evidence.valid_until <= today + timedelta(days=PAPER_DAYS),
    )
    return (
        _grouped(Person, Evidence.valid_until)
        .select_from(Evidence)
        .join(Project, col(Project.id) == col(Evidence.project_id))
        .join(Person, col(Person.id) == col(Project.manager_id), isouter=True)
        .where(
            Evidence.base_id == base_id,
            Evidence.known_to == FOREVER,
            or_(Evidence.state == EvidenceState.EXPIRED, ending),
            col(Project.state).in_(OPEN),
        )
    )


# --- telling -------------------------------------------------------------------------------------


def policy(session: Session, base_id: int) -> DigestPolicy | None:
    """On which day a base is told; None while nobody has said so."""
    return session.exec(select(DigestPolicy).where(DigestPolicy.base_id == base_id)).first()


def last_told(session: Session, base_id: int) -> date | None:
    """The day of the last digest that a base had, or needed none for."""
    query = select(func.max(DigestRun.due_on)).where(DigestRun.base_id == base_id)
    return session.exec(query).one()
