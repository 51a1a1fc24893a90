"""Frozen packs (冻结报表包): what was reported, kept for good; and the stored bytes of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, BinaryIO

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.errors import Conflict, Gone, Invalid, NotFound
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor
from pilot.domain.report_periods import Period
from pilot.services import ahead, attachments
from pilot.services.command import Outdated, verb
from pilot.store import files, journal_reading, queries_packs
from pilot.store.files import Place, StoredFile
from pilot.store.models import Attachment, ReportPack, ReportTemplate

MEDIA_TYPE = "application/zip"


@dataclass(frozen=True, slots=True)
class Signers:
    """Names as printed: 填报人, 审核人, 负责人; an empty one is left to be written by hand."""

    prepared: str = ""
    checked: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a pack is made of: a version of a template, a period, the two times, the names.

    `folder` is where the packs frozen before lie.
    """

    base_id: int
    template: ReportTemplate
    period: Period
    view: Moment
    signers: Signers
    product: str
    folder: Place
    notes: str = ""

    @property
    def told(self) -> tuple:
        """What of it the bytes depend on; the facts are told by the journal."""
        about = self.base_id, self.template.id, self.period, self.view
        return *about, self.signers, self.product, self.notes


@dataclass(frozen=True, slots=True)
class Made:
    """A finished pack: the zip as an open file, its manifest, the definitions and rows in it."""

    content: BinaryIO
    manifest: str
    definitions: str
    rows: int


Build = Callable[[Session, Order], Made]


@dataclass(frozen=True, slots=True)
class Kept:
    """A drawn pack whose bytes are stored, and what it was ordered by."""

    told: tuple
    stored: StoredFile
    made: Made


@dataclass(frozen=True, slots=True)
class Ready:
    """A pack kept before its turn (备好), as known at an instant, after an entry of the journal."""

    sequence: int
    known_at: datetime
    kept: Kept


def product_version() -> str:
    """The version of this product, as a pack names it."""
    return version("pilot-portfolio")


def prepare(
    session: Session,
    template_code: str,
    period: Period,
    *,
    by: Actor,
    at: datetime,
    build: Build,
    known_at: datetime | None = None,
    **how: Any,
) -> dict[str, Ready]:
    """Draw a pack before its turn and store its bytes; takes what `freeze` takes."""
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    order = _order(session, template_code, period, known_at or at, by=by, at=at, **how)
    return {"ready": Ready(sequence, order.view.known_at, _kept(session, order, build))}


@verb("report.freeze", ahead=prepare)
def freeze(
    session: Session,
    template_code: str,
    period: Period,
    *,
    by: Actor,
    at: datetime,
    folder: Place,
    build: Build,
    signers: Signers = Signers(),
    known_at: datetime | None = None,
    notes: str = "",
    reason: str = "",
    ready: Ready | None = None,
) -> ReportPack:
    """Freeze a report (冻结) as it stands at this moment; `build` is `pilot.reports.packs.build`.

    True on the period's last day, or today while it lasts; known now, or at an earlier `known_at`.
    `notes` is a text that travels in the pack. A period that has a pack of the template is frozen
    anew only with a reason; the earlier pack stays. The bytes are durable before the row that
    names them commits; `ready` has them from before the turn.
    """
    known_at = known_at or (ready.known_at if ready else at)
    order = _order(
        session, template_code, period, known_at, by=by, at=at, folder=folder, signers=signers,
        notes=notes, reason=reason,
    )  # fmt: skip
    kept = _still(session, order, ready) if ready else _kept(session, order, build)
    pack = _pack(order, kept.made, attachments.add(session, kept.stored, by=by, at=at), by, at)
    session.add(pack)
    session.flush()
    return pack


def _order(
    session: Session,
    template_code: str,
    period: Period,
    known_at: datetime,
    *,
    by: Actor,
    at: datetime,
    folder: Place,
    signers: Signers = Signers(),
    notes: str = "",
    reason: str = "",
) -> Order:
    """What the pack is to be made of, if it may be frozen."""
    row = template_in_use(session, by.base_id, template_code)
    _check_period(row, period, at)
    _check_again(session, by.base_id, row.code, period, reason)
    view = view_of(period, known_at)
    return Order(by.base_id, row, period, view, signers, product_version(), folder, notes)


def _kept(session: Session, order: Order, build: Build) -> Kept:
    """Draw a pack and store it."""
    made, name = build(session, order), file_name(order.template, order.period)
    with made.content as body:
        stored = files.keep(order.folder, body, name=name, media_type=MEDIA_TYPE)
    return Kept(order.told, stored, made)


def _still(session: Session, order: Order, ready: Ready) -> Kept:
    """The pack that was made ready, if it would be drawn the same now; else Outdated."""
    ahead.check_reports(session, order.base_id, ready.sequence)
    if ready.kept.told != order.told:
        raise Outdated
    return ready.kept


def _pack(order: Order, made: Made, stored: Attachment, by: Actor, at: datetime) -> ReportPack:
    """What the database keeps of a pack beside its bytes."""
    return ReportPack(
        base_id=order.base_id,
        template_id=order.template.id,
        template_code=order.template.code,
        template_version=order.template.version,
        period=order.period.key,
        first_day=order.period.first,
        last_day=order.period.last,
        as_of=order.view.as_of,
        known_at=order.view.known_at,
        definitions=made.definitions,
        prepared_by=order.signers.prepared,
        checked_by=order.signers.checked,
        responsible=order.signers.responsible,
        manifest=made.manifest,
        rows=made.rows,
        sha256=stored.sha256,
        attachment_id=stored.id,
        product_version=order.product,
        by_id=by.id,
        recorded_at=at,
    )


def view_of(period: Period, at: datetime) -> Moment:
    """The view of a period at an instant: its last day, or that of the instant if earlier."""
    return Moment(period.year, min(period.last, local_day(at)), at, live=False)


def template_in_use(session: Session, base_id: int, code: str) -> ReportTemplate:
    """The version in use of a template; NotFound if there is none."""
    row = queries_packs.template(session, base_id, code)
    if row is None:
        raise NotFound(f"没有代码为“{code[:16]}”的报表模板。")
    return row


def stored_bytes(session: Session, pack: ReportPack, folder: Place) -> bytes:
    """The bytes of a pack as they were frozen; Gone if the stored file is missing or another's."""
    attachment = queries_packs.attachment(session, pack)
    if not files.check(folder, attachment.sha256) or attachment.sha256 != pack.sha256:
        raise Gone("冻结报表包的文件缺失或已损坏；请系统管理员从备份恢复。")
    with files.open_file(folder, attachment.sha256) as file:
        return file.read()


def file_name(template: ReportTemplate, period: Period) -> str:
    """What the file of a pack is called."""
    return f"{template.code}_{template.title}_{period.key}.zip"


def _check_period(row: ReportTemplate, period: Period, at: datetime) -> None:
    if period.first > local_day(at):
        raise Invalid("period", f"{period.label}还没有开始，不能冻结。")
    template = report_template_files.read(row.body)
    if period.kind not in template.periods:
        kinds = "、".join(kind.label for kind in template.periods)
        raise Invalid("period", f"{row.code} {row.title}只用于{kinds}，不用于{period.kind.label}。")
    if period.last < row.valid_from or period.first > row.valid_to:
        days = f"{row.valid_from} 至 {row.valid_to}"
        raise Invalid("period", f"{row.code} 第 {row.version} 版只用于 {days}；请先更新模板。")


def _check_again(session: Session, base_id: int, code: str, period: Period, reason: str) -> None:
    known = queries_packs.packs(session, [base_id], code, period.key)
    if known and not reason.strip():
        pack, who = known[0]
        day = local_day(pack.recorded_at)
        raise Conflict(
            f"{period.label}的 {code} 已由 {who} 于 {day} 冻结；再次冻结必须写明理由，原包保留。"
        )
