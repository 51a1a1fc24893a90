"""The list of frozen packs (冻结报表包) at two times, as a statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from pilot.domain.filings import PackStatus
from pilot.domain.moment import Moment
from pilot.store.models import Account, FilingEdition, ReportPack, ReportTemplate
from pilot.store.queries_tables import base_name

KEY = col(ReportPack.id)  # what tells the list's rows apart


@dataclass(frozen=True, slots=True)
class PackFilter:
    """Which packs: of a template, of a period, of the periods of a year; empty means all."""

    template: str = ""
    period: str = ""
    year: int | None = None


def packs(bases: Sequence[int], view: Moment, wanted: PackFilter = PackFilter()) -> Select:
    """冻结报表包: those frozen by then about days up to then, the latest first."""
    pack = ReportPack
    query = (
        select(
            base_name(pack.base_id),
            pack.base_id,
            col(pack.id).label("number"),
            col(pack.template_code).label("template"),
            pack.template_version,
            ReportTemplate.title,
            pack.period,
            pack.first_day,
            pack.last_day,
            _status(view).label("status"),
            _edition(view).label("edition"),
            pack.as_of,
            pack.known_at,
            col(pack.recorded_at).label("frozen_at"),
            Account.name.label("frozen_by"),
            pack.prepared_by,
            pack.checked_by,
            pack.responsible,
            pack.definitions,
            pack.rows,
            pack.product_version,
            pack.sha256,
        )
        .join(ReportTemplate, col(ReportTemplate.id) == col(pack.template_id))
        .join(Account, col(Account.id) == col(pack.by_id))
        .where(
            col(pack.base_id).in_(bases),
            pack.recorded_at <= view.known_at,
            pack.as_of <= view.as_of,
            *_chosen(wanted),
        )
    )
    return query.order_by(col(pack.recorded_at).desc(), col(pack.id).desc())


def _chosen(wanted: PackFilter) -> list[ColumnElement]:
    conditions = []
    if wanted.template:
        conditions.append(ReportPack.template_code == wanted.template)
    if wanted.period:
        conditions.append(ReportPack.period == wanted.period)
    if wanted.year is not None:
        conditions.append(col(ReportPack.period).startswith(f"{wanted.year}"))
    return conditions


def _status(view: Moment) -> ColumnElement:
    """Whether a later pack of the same report had been frozen by then."""
    later = aliased(ReportPack)
    replaced = (
        select(later.id)
        .where(
            later.base_id == ReportPack.base_id,
            later.template_code == ReportPack.template_code,
            later.period == ReportPack.period,
            later.id > ReportPack.id,
            later.recorded_at <= view.known_at,
        )
        .exists()
    )
    words = literal(PackStatus.REPLACED.value), literal(PackStatus.CURRENT.value)
    return case((replaced, words[0]), else_=words[1])


def _edition(view: Moment) -> ColumnElement:
    """Which edition of a signed report the pack is (签发); none for one frozen by itself."""
    return (
        select(FilingEdition.number)
        .where(
            FilingEdition.pack_id == ReportPack.id,
            FilingEdition.frozen_at <= view.known_at,
        )
        .scalar_subquery()
    )
