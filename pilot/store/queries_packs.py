"""Templates and frozen packs, and what the journal and the ledger say has come since."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import RowMapping, func
from sqlmodel import Session, col, select

from pilot.domain.moment import FOREVER, Moment
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
    TemplateDraft,
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


def templates(session: Session, base_id: int) -> Sequence[ReportTemplate]:
    """Every version of every template of a base."""
    query = select(ReportTemplate).where(ReportTemplate.base_id == base_id)
    return session.exec(query.order_by(col(ReportTemplate.id))).all()


def template(session: Session, base_id: int, code: str) -> ReportTemplate | None:
    """The version in use of a template."""
    query = select(ReportTemplate).where(
        ReportTemplate.base_id == base_id, ReportTemplate.code == code
    )
    return session.exec(query.order_by(col(ReportTemplate.version).desc()).limit(1)).first()


def draft(session: Session, account_id: int, start: str) -> TemplateDraft | None:
    """An account's draft of a template that it began with `start`."""
    query = select(TemplateDraft).where(
        TemplateDraft.by_id == account_id, TemplateDraft.start == start
    )
    return session.exec(query).first()


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


def last_packs(
    session: Session, base_id: int, view: Moment, years: Sequence[int], leave_out: Collection[str]
) -> Sequence[ReportPack]:
    """The last pack of every template and period of these years, frozen by then, in order.

    A template code in `leave_out` has none.
    """
    newest = (
        select(func.max(ReportPack.id))
        .where(
            ReportPack.base_id == base_id,
            ReportPack.recorded_at <= view.known_at,
            ReportPack.first_day <= view.as_of,
            ReportPack.last_day >= date(min(years), 1, 1),
            ReportPack.last_day <= date(max(years), 12, 31),
            col(ReportPack.template_code).not_in(leave_out),
        )
        .group_by(col(ReportPack.template_code), col(ReportPack.period))
    )
    query = select(ReportPack).where(col(ReportPack.id).in_(newest))
    order = col(ReportPack.last_day), col(ReportPack.first_day), col(ReportPack.template_code)
    return session.exec(query.order_by(*order)).all()


def goals_written(
    session: Session, base_id: int, since: datetime
) -> Iterator[tuple[tuple[Indicator, Scope], datetime]]:
    """When the ledger was written after an instant: the indicator and scope, the instant."""
    query = select(Claim.indicator, Claim.scope, Claim.recorded_at).where(
        Claim.base_id == base_id, Claim.recorded_at > since
    )
    return (((indicator, scope), at) for indicator, scope, at in session.exec(query.distinct()))


def transfers_written(
    session: Session, base_id: int, since: datetime
) -> Iterator[tuple[int, datetime]]:
    """When a line of 成果转化明细 was written after an instant, or a claim that rests on it."""
    lines = select(TransferSpan.transfer_id, TransferSpan.known_from).where(
        TransferSpan.base_id == base_id, TransferSpan.known_from > since
    )
    gone = select(TransferSpan.transfer_id, TransferSpan.known_to).where(
        TransferSpan.base_id == base_id,
        TransferSpan.known_to > since,
        TransferSpan.known_to < FOREVER,
    )
    claims = (
        select(ClaimSource.row_id, Claim.recorded_at)
        .join(Claim, col(ClaimSource.claim_id) == col(Claim.id))
        .where(ClaimSource.kind == "transfer", Claim.base_id == base_id, Claim.recorded_at > since)
    )
    for query in (lines, gone, claims):
        yield from session.exec(query).all()


def papers_written(
    session: Session, base_id: int, since: datetime
) -> Iterator[tuple[tuple[int, str], datetime]]:
    """When a paper of a project was handed in, judged or waived after an instant."""
    query = select(Evidence.project_id, Evidence.doc_code, Evidence.known_from).where(
        Evidence.base_id == base_id, Evidence.known_from > since
    )
    return (((project_id, code), at) for project_id, code, at in session.exec(query))


def journal_since(
    session: Session, base_id: int, since: datetime, until: datetime
) -> Iterator[tuple[datetime, int | None, str, str, str | None]]:
    """The journal's entries in (since, until], in order: when, project, action, reason, who."""
    query = (
        select(
            JournalEntry.at,
            JournalEntry.project_id,
            JournalEntry.action,
            JournalEntry.reason,
            Account.name,
        )
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(JournalEntry.base_id == base_id, JournalEntry.at > since, JournalEntry.at <= until)
        .order_by(col(JournalEntry.sequence))
    )
    return (tuple(row) for row in session.exec(query))


def _unit(kind: str, table: type) -> object:
    return (Claim.unit_kind == kind) & (table.id == Claim.unit_id)


def _written_at(at: object, base_id: object) -> object:
    """A base's recorded times never repeat: one names the entry that was written with it."""
    return (JournalEntry.base_id == base_id) & (JournalEntry.at == at)
