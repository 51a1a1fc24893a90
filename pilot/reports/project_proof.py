"""What a project has to show (成果, 产业化, 运行, 计入): frames and lines of its tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.ledger import Entry, standing
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import LandingLevel
from pilot.reports.project import Head
from pilot.reports.rules import rule
from pilot.store import (
    queries_codes,
    queries_counting,
    queries_project_proof,
    queries_project_view,
)
from pilot.store.models import TransferSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level a plant reached; `checker` is empty until somebody else has verified it."""

    id: int
    level: LandingLevel
    reached_on: date
    proof: str
    entered_by: int
    who: str
    checker: str
    withdrawn_on: date | None
    withdrawn_reason: str
    attachment_id: int | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A plant of a project with the levels it reached."""

    id: int
    entity_id: int
    entity: str
    reg_area: str
    site_area: str
    site: str
    investment_code: str
    investment: Decimal | None
    product: str
    capacity: Decimal | None
    principal_code: str
    pilot_waiver: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result the project pilots, with its transfers."""

    id: int
    code: str
    title: str
    kind: str


def results(session: Session, shown: Head, view: Moment) -> list[ResultLine]:
    """The results a project pilots, by code."""
    kinds = queries_codes.labels(session, shown.base_id, "result_kinds")
    return [
        ResultLine(row.id, row.code, row.title, kinds.get(row.kind, row.kind))
        for row in queries_project_proof.results(session, shown.id, view)
    ]


def transfer_frame(session: Session, lines: Sequence[ResultLine], view: Moment) -> pd.DataFrame:
    """The transfers of these results as they read at the view."""
    rows = queries_project_proof.transfers(session, [line.id for line in lines], view)
    return pd.DataFrame([_transfer(row) for row in rows], dtype=object)


def claim_frame(
    session: Session, shown: Head, lines: Sequence[ResultLine], view: Moment
) -> pd.DataFrame:
    """How the project and its results count, as it stood at the view."""
    ids = [line.id for line in lines]
    rows = queries_project_proof.claims(session, shown.base_id, shown.id, ids, view)
    standing_then = standing(queries_counting.as_entries(session, rows), view.as_of)
    names = {("result", line.id): line.code for line in lines}
    names["project", shown.id] = shown.code
    order = sorted(
        standing_then,
        key=lambda each: (each.indicator, each.effective_on, each.unit_id, each.scope),
    )
    return pd.DataFrame([_claim(entry, names) for entry in order], dtype=object)


def run_frame(session: Session, shown: Head, view: Moment) -> pd.DataFrame:
    """The runs on the line (运行批次), the latest first; hours, percent."""
    rows = queries_project_view.runs(session, shown.id, view)
    return pd.DataFrame([_run(row) for row in rows], dtype=object)


def plants(session: Session, shown: Head, view: Moment) -> list[Plant]:
    """The plants recorded by then, each with its levels."""
    rows = queries_project_proof.landings(session, shown.id, view)
    areas = queries_codes.labels(session, shown.base_id, "areas")
    steps = queries_project_proof.steps(session, [row["Landing"].id for row in rows], view)
    return [_plant(row, areas, steps) for row in rows]


def moves_frame(session: Session, shown: Head, view: Moment) -> pd.DataFrame:
    """The steps of the project's life, the latest first."""
    rows = queries_project_view.moves(session, shown.id, view)
    return pd.DataFrame(
        [
            {
                "生效日期": row["Move"].effective_on,
                "从": f"{row['Move'].from_stage.label}·{row['Move'].from_state.label}",
                "到": f"{row['Move'].to_stage.label}·{row['Move'].to_state.label}",
                "理由": row["Move"].reason or "",
                "办理人": row["who"],
            }
            for row in rows
        ],
        dtype=object,
    )


def plan_frame(session: Session, shown: Head, view: Moment) -> pd.DataFrame:
    """Every planned date of every gate, replaced ones too, so that slips are seen."""
    rows = queries_project_view.plans(session, shown.id, view)
    return pd.DataFrame(
        [
            {
                "阶段门": row["gate"].label,
                "计划日期": row["planned_on"],
                "现行": "● 现行" if row["current"] else "○ 已调整",
                "调整理由": row["reason"] or "",
            }
            for row in rows
        ],
        dtype=object,
    )


def _transfer(row: TransferSpan) -> dict[str, object]:
    return {
        "成果编号": row.result_code,
        "转化日期": row.event_on,
        "转化方式": row.mode.label,
        "受让方": row.receiver or "",
        "合同编号": row.contract_no or "",
        "金额（万元）": f"{row.amount:,.2f}" if row.amount is not None else "",
        "核验": "● 已核验" if row.verified else "○ 待核验",
    }


def _claim(entry: Entry, names: Mapping[tuple[str, int], str]) -> dict[str, object]:
    return {
        "指标": entry.indicator.label,
        "统计范围": entry.scope.label,
        "年度": entry.year,
        "情况": entry.standing.label,
        "单元": names.get((entry.unit_kind, entry.unit_id), ""),
        "事件日期": entry.effective_on,
        "规则": f"{entry.rule} {rule(entry.rule).title}",
        "缺少或说明": "；".join(entry.missing),
    }


def _run(row: RowMapping) -> dict[str, object]:
    run = row["PilotRun"]
    return {
        "批次": run.run_no,
        "开始": run.started_on,
        "结束": run.ended_on,
        "连续运行（小时）": run.continuous_hours,
        "非计划停车": run.stops,
        "闭合（%）": run.closure_percent,
        "收率（%）": run.yield_percent,
        "纯度（%）": run.purity_percent,
        "对比目标": "是" if run.targets_compared else "否",
        "登记人": row["who"],
    }


def _plant(row: RowMapping, areas: Mapping[str, str], steps: Sequence[RowMapping]) -> Plant:
    plant = row["Landing"]
    return Plant(
        id=plant.id,
        entity_id=plant.entity_id,
        entity=row["entity"],
        reg_area=areas.get(row["reg_area"], row["reg_area"] or "未登记"),
        site_area=plant.site_area or "",
        site=areas.get(plant.site_area, plant.site_area or "未登记"),
        investment_code=plant.investment_code or "",
        investment=plant.investment,
        product=plant.product or "",
        capacity=plant.capacity,
        principal_code=row["principal_code"] or "",
        pilot_waiver=plant.pilot_waiver or "",
        steps=tuple(_step(each) for each in steps if each["landing_id"] == plant.id),
    )


def _step(row: RowMapping) -> Step:
    return Step(
        id=row["id"],
        level=row["level"],
        reached_on=row["reached_on"],
        proof=row["proof"] or "",
        entered_by=row["entered_by"],
        who=row["who"],
        checker=row["checker"] or "",
        withdrawn_on=row["withdrawn_on"],
        withdrawn_reason=row["withdrawn_reason"] or "",
        attachment_id=row["attachment_id"],
        file=row["file"] or "",
    )
