"""One result in full (成果详情): what it is, who holds it, how it changed hands, what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain import drafts, parsing
from pilot.domain.drafts import ResultDraft, TransferDraft
from pilot.domain.errors import NotFound
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Scope, Standing
from pilot.reports.judged import with_judgement
from pilot.reports.transfer_words import checkers, received
from pilot.services.reads import read
from pilot.services.results import result_draft
from pilot.services.transfers import transfer_draft
from pilot.store import (
    queries_bases,
    queries_codes,
    queries_lookalikes,
    queries_merging,
    queries_result_lists,
    queries_results,
    queries_submission_people,
    queries_transfer_table,
    streams,
)
from pilot.store.models import Account, Result


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One transfer event with what its buttons need: id, page version, who entered it."""

    id: int
    rev: int
    title: str
    facts: tuple[str, ...]
    contract_id: int | None
    entered_by: int
    verified: bool
    checked: str
    standing: str
    note: str
    draft: TransferDraft


@dataclass(frozen=True, slots=True)
class Merged:
    """Into which result another went (已并入), by whom, when and why."""

    into_id: int
    into_name: str
    told: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A result; `lacks` are the soft problems of its record, each with its remedy."""

    id: int
    rev: int
    base_id: int
    code: str
    title: str
    voided: str
    merged: Merged | None
    absorbed: tuple[tuple[int, str], ...]
    split: bool
    package: tuple[int, str] | None
    facts: dict[str, str]
    parts: tuple[tuple[int, str], ...]
    projects: tuple[tuple[int, str], ...]
    transfers: tuple[TransferLine, ...]
    lacks: tuple[str, ...]
    draft: ResultDraft


@read("portfolio.read")
def detail(session: Session, reader: Actor, result_id: int | None, view: Moment) -> Detail:
    """The result with this id as it is now, its transfers with their standing at the view."""
    row = session.get(Result, result_id) if result_id is not None else None
    bases = [base.id for base in queries_bases.visible(session, reader)]
    if row is None or row.base_id not in bases:
        raise NotFound("没有找到这条成果。")
    lists = queries_codes.lists(session, row.base_id, retired=True)
    package = session.get(Result, row.package_id) if row.package_id else None
    draft = result_draft(session, row)
    parts = queries_result_lists.parts_of(session, row.id)
    projects = queries_result_lists.projects_of(session, row.id)
    return Detail(
        id=row.id,
        rev=row.rev,
        base_id=row.base_id,
        code=row.code,
        title=row.title,
        voided=row.void_reason or "",
        merged=_merged(session, row),
        absorbed=_absorbed(session, row),
        split=row.split_reason is not None,
        package=(package.id, f"{package.code} {package.title}") if package else None,
        facts=_facts(session, row, lists),
        parts=tuple((part.id, f"{part.code} {part.title}{_split(part)}") for part in parts),
        projects=tuple((project.id, f"{project.code} {project.name}") for project in projects),
        transfers=tuple(_transfers(session, row, view, lists)),
        lacks=tuple(_lacks(draft, lists, view.as_of)),
        draft=draft,
    )


@read("portfolio.read")
def by_code(session: Session, reader: Actor, code: str) -> tuple[int, str] | None:
    """The result of the reader's base with a code: its id and name; None where there is none."""
    find = partial(queries_results.result_with_code, session, reader.base_id)
    row = parsing.by_code(find, code)
    return (row.id, f"{row.code} {row.title}") if row else None


def _merged(session: Session, row: Result) -> Merged | None:
    done = queries_merging.live_merge(session, row.id)
    if done is None:
        return None
    into, who = session.get_one(Result, done.into_id), session.get_one(Account, done.by_id)
    when = local_day(done.recorded_at)
    return Merged(into.id, f"{into.code} {into.title}", f"{when} {who.name}：{done.reason}")


def _absorbed(session: Session, row: Result) -> tuple[tuple[int, str], ...]:
    ids = [done.result_id for done in queries_merging.merged_into(session, row.id)]
    return tuple(
        (one.id, f"{one.code} {one.title}") for one in queries_lookalikes.results(session, ids)
    )


def _split(part: Any) -> str:
    return f"（已拆分：{part.split_reason}）" if part.split_reason else ""


def _lacks(draft: ResultDraft, lists: Mapping, today: date) -> list[str]:
    return [f"{one.message}{one.remedy}" for one in drafts.problems(draft, lists, today)]


def _facts(session: Session, row: Result, lists: Mapping) -> dict[str, str]:
    def label(list_name: str, code: str | None) -> str:
        return lists.get(list_name, {}).get(code, code) if code else ""

    holders = queries_result_lists.holders_of(session, [row.id])[row.id]
    found = {
        "持有方": "、".join(f"{one.name}{_share(one.share)}" for one in holders),
        "成果负责人": _contact(session, row),
        "成果类型": label("result_kinds", row.kind),
        "技术领域": label("fields", row.field),
        "行业": label("industries", row.industry),
        "权属类型": label("owner_types", row.owner_type),
        "成果属性": label("attributes", row.attribute),
        "所处阶段": label("maturity_stages", row.maturity),
        "技术成熟度": _readiness(row),
        "知识产权编号": _numbers(session, row.id),
        "成果登记号": _joined(row.registration_no, row.registered_on),
        "来源计划": row.programme,
        "拆分理由": row.split_reason,
        "资料来源": row.source,
        "成果简介": row.summary,
        "转化需求": row.demand,
    }
    return {name: value for name, value in found.items() if value}


def _contact(session: Session, row: Result) -> str:
    if row.contact_id is None:
        return ""
    return queries_submission_people.names(session, row.base_id, [row.contact_id])[row.contact_id]


def _share(share: Decimal | None) -> str:
    return "" if share is None else f"（{share.normalize():f}%）"


def _readiness(row: Result) -> str:
    parts = (row.readiness_scheme, row.readiness_version)
    if row.readiness_level is None:
        return ""
    return f"{'-'.join(part for part in parts if part)} {row.readiness_level} 级"


def _numbers(session: Session, result_id: int) -> str:
    rows = queries_results.identifiers(session, result_id)
    kept = [row for row in rows if row.kind != IdentifierKind.REGISTRATION]
    return "、".join(f"{IdentifierKind(row.kind).label} {row.number}" for row in kept)


def _joined(number: str | None, on: date | None) -> str:
    return f"{number}（{on} 登记）" if number and on else number or ""


def _transfers(session: Session, row: Result, view: Moment, lists: Mapping) -> list[TransferLine]:
    found = queries_result_lists.transfers_of(session, row.id)
    statement = queries_transfer_table.transfers([row.base_id], view, result_id=row.id)
    seen = with_judgement(session, streams.page(session, statement), view, Scope.CITY)
    judged = {one["transfer_id"]: one for one in seen}
    areas = lists.get("areas", {})
    return [_line(one, judged.get(one["Transfer"].id), areas) for one in found]


def _line(row: RowMapping, judged: RowMapping | None, areas: Mapping[str, str]) -> TransferLine:
    transfer = row["Transfer"]
    facts = (
        received(transfer.mode, row["receiver"], transfer.receive_area, areas),
        f"实施地 {_area(transfer.implement_area, areas)}",
        f"合同 {row['no']}（{row['type'].label}）" if row["no"] else "没有合同",
        f"单独价格 {transfer.own_price:.2f} 万元" if transfer.own_price is not None else "",
        f"合同已于 {row['rescinded_on']} 解除" if row["rescinded_on"] else "",
        "关联交易" if transfer.related_parties else "",
    )
    return TransferLine(
        id=transfer.id,
        rev=transfer.rev,
        title=f"{transfer.event_on}　{transfer.mode.label}",
        facts=tuple(fact for fact in facts if fact),
        contract_id=transfer.contract_id,
        entered_by=transfer.entered_by,
        verified=transfer.verified_at is not None,
        checked=f"录入 {row['entered']}，{_checked(checkers(row))}",
        standing=Standing(judged["standing"]).label if judged else "",
        note=(judged["missing"] or "") if judged else "",
        draft=transfer_draft(transfer),
    )


def _checked(names: str) -> str:
    return f"核验 {names}" if names else "待核验"


def _area(code: str | None, areas: Mapping[str, str]) -> str:
    return areas.get(code, code) if code else "未登记"
