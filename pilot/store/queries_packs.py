"""Templates and frozen packs, and what the journal and the ledger say has come since."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import RowMapping, func
from sqlmodel import Session, col, or_, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.store.models import (
    Account,
    Attachment,
    Claim,
    ClaimSource,
    Contract,
    Evidence,
    Filing,
    JournalEntry,
    Project,
    ReportPack,
    ReportTemplate,
    Result,
    TransferSpan,
)


def in_use(session: Session, base_id: int) -> Sequence[ReportTemplate]:
    """The version in use of every template of a base, by code."""
    newest = (
        select(func.max(ReportTemplate.id))
        .where(ReportTemplate.base_id == base_id)
        .group_by(col(ReportTemplate.code))
    )
    query = select(ReportTemplate).where(col(ReportTemplate.id).in_(newest))
    return session.exec(query.order_by(col(ReportTemplate.code))).all()


def template(session: Session, base_id: int, code: str) -> ReportTemplate | None:
    """The version in use of a template."""
    query = select(ReportTemplate).where(
        ReportTemplate.base_id == base_id, ReportTemplate.code == code
    )
    return session.exec(query.order_by(col(ReportTemplate.version).desc()).limit(1)).first()


def packs(
    session: Session, bases: Sequence[int], code: str | None = None, period: str | None = None
) -> Sequence[tuple[ReportPack, str]]:
    """Frozen packs with who froze each, the latest first; of a template and a period if told."""
    query = (
        select(ReportPack, Account.name)
        .join(Account, col(Account.id) == col(ReportPack.by_id))
        .where(col(ReportPack.base_id).in_(bases))
        .order_by(col(ReportPack.recorded_at).desc(), col(ReportPack.id).desc())
    )
    if code is not None:
        query = query.where(ReportPack.template_code == code)
    if period is not None:
        query = query.where(ReportPack.period == period)
    return session.exec(query).all()


def pack(session: Session, bases: Sequence[int], pack_id: int) -> ReportPack | None:
    """A pack of one of these bases."""
    query = select(ReportPack).where(ReportPack.id == pack_id, col(ReportPack.base_id).in_(bases))
    return session.exec(query).first()


def by_ids(session: Session, base_id: int, ids: Sequence[int]) -> Sequence[ReportPack]:
    """These packs of a base."""
    query = select(ReportPack).where(ReportPack.base_id == base_id, col(ReportPack.id).in_(ids))
    return session.exec(query.order_by(col(ReportPack.id))).all() if ids else []


def last_entry(
    session: Session, base_id: int, leave_out: Collection[str]
) -> tuple[int, str, datetime] | None:
    """The last entry of a base's journal that is none of these actions: number, hash, instant."""
    query = (
        select(JournalEntry.sequence, JournalEntry.hash, JournalEntry.at)
        .where(JournalEntry.base_id == base_id, col(JournalEntry.action).not_in(leave_out))
        .order_by(col(JournalEntry.sequence).desc())
        .limit(1)
    )
    found = session.exec(query).first()
    return tuple(found) if found else None


def attachment(session: Session, pack: ReportPack) -> Attachment:
    """The stored file of a pack."""
    return session.exec(select(Attachment).where(Attachment.id == pack.attachment_id)).one()


def closings(session: Session, base_id: int, view: Moment, before: date) -> list[tuple]:
    """What was reported before a day, known by then: (last day, known until, what it is called)."""
    packs_query = select(ReportPack.last_day, ReportPack.known_at, ReportPack.period).where(
        ReportPack.base_id == base_id,
        ReportPack.last_day < before,
        ReportPack.recorded_at <= view.known_at,
    )
    found = [tuple(row) for row in session.exec(packs_query)]
    filings = select(Filing.year, Filing.cut_off).where(
        Filing.base_id == base_id, Filing.recorded_at <= view.known_at
    )
    found += [
        (date(year, 12, 31), cut_off, f"{year}")
        for year, cut_off in session.exec(filings)
        if date(year, 12, 31) < before
    ]
    return sorted(found)


def entries_since(
    session: Session, base_id: int, view: Moment, since: datetime, until: date
) -> Sequence[RowMapping]:
    """The ledger's counted entries recorded after an instant about days up to `until`, in order.

    Each with the unit's code and name as of now, and who acted.
    """
    query = (
        select(
            Claim.id,
            Claim.indicator,
            Claim.scope,
            Claim.unit_kind,
            Claim.unit_id,
            Claim.year,
            Claim.sign,
            Claim.effective_on,
            Claim.recorded_at,
            Claim.reason,
            func.coalesce(Project.code, Result.code, Contract.no).label("unit_code"),
            func.coalesce(Project.name, Result.title, Contract.title).label("unit_name"),
            Account.name.label("who"),
        )
        .join(Project, _unit("project", Project), isouter=True)
        .join(Result, _unit("result", Result), isouter=True)
        .join(Contract, _unit("contract", Contract), isouter=True)
        .join(JournalEntry, _written_at(Claim.recorded_at, Claim.base_id), isouter=True)
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(
            Claim.base_id == base_id,
            Claim.standing == Standing.COUNTED,
            Claim.recorded_at > since,
            Claim.recorded_at <= view.known_at,
            Claim.effective_on <= until,
        )
        .order_by(col(Claim.recorded_at), col(Claim.id))
    )
    return session.execute(query).mappings().all()


def instants_of_goal(
    session: Session, base_id: int, indicator: Indicator, scope: Scope, since: datetime
) -> set[datetime]:
    """When the ledger of an indicator and scope was written after an instant."""
    query = select(Claim.recorded_at).where(
        Claim.base_id == base_id,
        Claim.indicator == indicator,
        Claim.scope == scope,
        Claim.recorded_at > since,
    )
    return set(session.exec(query))


def instants_of_transfer(session: Session, transfer_id: int, since: datetime) -> set[datetime]:
    """When a line of 成果转化明细 was written after an instant, or a claim that rests on it."""
    lines = select(TransferSpan.known_from).where(
        TransferSpan.transfer_id == transfer_id, TransferSpan.known_from > since
    )
    gone = select(TransferSpan.known_to).where(
        TransferSpan.transfer_id == transfer_id, TransferSpan.known_to > since
    )
    claims = (
        select(Claim.recorded_at)
        .join(ClaimSource, col(ClaimSource.claim_id) == col(Claim.id))
        .where(
            ClaimSource.kind == "transfer",
            ClaimSource.row_id == transfer_id,
            Claim.recorded_at > since,
        )
    )
    return {at for query in (lines, gone, claims) for at in session.exec(query)}


def instants_of_paper(
    session: Session, project_id: int, doc_code: str, since: datetime
) -> set[datetime]:
    """When a paper of a project was handed in, judged or waived after an instant."""
    query = select(Evidence.known_from).where(
        Evidence.project_id == project_id,
        Evidence.doc_code == doc_code,
        Evidence.known_from > since,
    )
    return set(session.exec(query))


def journal_since(
    session: Session,
    base_id: int,
    since: datetime,
    *,
    instants: Collection[datetime] = (),
    project_id: int | None = None,
) -> Sequence[tuple[JournalEntry, str | None]]:
    """The journal's entries after an instant: those of these instants, and those of a project."""
    about = []
    if instants:
        about.append(col(JournalEntry.at).in_(list(instants)))
    if project_id is not None:
        about.append(JournalEntry.project_id == project_id)
    if not about:
        return []
    query = (
        select(JournalEntry, Account.name)
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(JournalEntry.base_id == base_id, JournalEntry.at > since, or_(*about))
        .order_by(col(JournalEntry.sequence))
    )
    return session.exec(query).all()


def _unit(kind: str, table: type) -> object:
    return (Claim.unit_kind == kind) & (table.id == Claim.unit_id)


def _written_at(at: object, base_id: object) -> object:
    """A base's recorded times never repeat: one names the entry that was written with it."""
    return (JournalEntry.base_id == base_id) & (JournalEntry.at == at)
