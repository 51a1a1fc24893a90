"""One project as people read it at a view (项目详情): its head and what stands in its tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.drafts import ProjectDraft
from pilot.domain.errors import NotFound
from pilot.domain.lights import Light, light
from pilot.domain.moment import Moment
from pilot.domain.parsing import by_code
from pilot.domain.people import Actor
from pilot.domain.vocabulary import PASSING, Gate, Stage, State
from pilot.services.projects import draft_of
from pilot.services.reads import read
from pilot.store import (
    queries,
    queries_bases,
    queries_codes,
    queries_gates,
    queries_lights,
    queries_project_proof,
    queries_project_view,
    queries_projects,
    queries_results,
)
from pilot.store.models import Project, ProjectSpan

MISSING = "没有找到这个项目；它可能属于其他基地，或链接有误，请从“项目台账”打开。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above a project's tabs; `writable` says that the reader's base may act on it."""

    id: int
    base_id: int
    base: str
    rev: int
    code: str
    name: str
    entry_stage: Stage
    stage: Stage
    state: State
    light: Light
    next_gate: Gate | None
    planned_on: date | None
    readiness: str
    manager: str
    holder: str
    began: Mapping[Stage, date]
    passed: frozenset[Gate]
    days_in_stage: int
    writable: bool
    merged_into_id: int | None
    void_asked_by: int | None


@read("portfolio.read")
def head(session: Session, reader: Actor, project_id: int | None, view: Moment) -> Head:
    """The head of a project the reader may see; NotFound with one sentence otherwise."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    if project_id is None or not queries_project_view.exists(session, bases, project_id):
        raise NotFound(MISSING)
    found = queries_project_view.span(session, bases, project_id, view)
    if found is None:
        day, known = f"{view.as_of:%Y-%m-%d}", f"{view.known_on:%Y-%m-%d}"
        raise NotFound(f"截至 {day}（{known} 前已登记的情况），这个项目还没有登记。")
    span, project, base = found
    facts = queries_lights.light_facts(session, view, [project_id])[project_id]
    since = span.stage_since or span.valid_from
    return Head(
        id=project.id,
        base_id=span.base_id,
        base=base if len(bases) > 1 else "",
        rev=project.rev,
        code=span.code,
        name=span.name,
        entry_stage=project.entry_stage,
        stage=span.stage,
        state=span.state,
        light=light(facts, view.as_of),
        next_gate=span.next_gate,
        planned_on=span.next_planned_on,
        readiness=facts.readiness,
        manager=span.manager or "",
        holder=span.holder or "",
        began=dict(queries_project_view.stage_days(session, project_id, view)),
        passed=_passed(session, project_id, view),
        days_in_stage=(view.as_of - since).days,
        writable=view.live and reader.base_id == span.base_id,
        merged_into_id=project.merged_into_id if span.state is State.MERGED else None,
        void_asked_by=project.void_asked_by if view.live else None,
    )


def facts(session: Session, shown: Head, view: Moment) -> dict[str, str]:
    """概况: what is recorded about a project, heading to words; on a past view only what is kept
    with its times."""
    span, project, _ = queries_project_view.span(session, [shown.base_id], shown.id, view)
    lists = queries_codes.lists(session, shown.base_id, retired=True)
    table = _dated(span, lists)
    if view.live:
        table |= _undated(project, lists)
    return {heading: text for heading, text in table.items() if text}


def notes(
    session: Session, project_id: int, view: Moment, most: int | None = None
) -> Sequence[RowMapping]:
    """The dated updates (进展), newest first: on, text, who."""
    return queries_project_view.notes(session, project_id, view, most)


def sayings(session: Session, project_id: int, view: Moment) -> list[str]:
    """What public sources say about the project, each with day and source."""
    return [
        f"{row.as_of_text or row.as_of or '日期不详'}：{row.fact}（{row.source}）"
        for row in queries_project_view.facts(session, project_id, view)
    ]


def draft(session: Session, shown: Head) -> ProjectDraft:
    """What a form that edits the project starts from."""
    sites = tuple(row.site for row in queries_projects.sites(session, shown.id))
    return draft_of(session.get(Project, shown.id), sites)


def termination_reasons(session: Session, base_id: int) -> list[str]:
    """The kinds of reason for ending a project, from their code list."""
    return list(queries_codes.lists(session, base_id).get("termination_reasons", {}).values())


def open_round(session: Session, project_id: int) -> int | None:
    """The id of the round a project waits in."""
    found = queries_gates.open_review(session, project_id)
    return found.id if found else None


def id_of(session: Session, base_id: int, code: str) -> int | None:
    """The id of the project with this code; None for no code, 0 (nobody's id) for a wrong one."""
    if not code:
        return None
    found = by_code(partial(queries.project_by_code, session, base_id), code)
    return found.id if found else 0


def result_id(session: Session, base_id: int, code: str) -> int:
    """The id of the result with this code, 0 (nobody's id) for a wrong one."""
    found = by_code(partial(queries_results.result_with_code, session, base_id), code)
    return found.id if found else 0


def code_of(session: Session, project_id: int | None) -> str:
    """The code of a project, empty for none."""
    found = session.get(Project, project_id) if project_id else None
    return found.code if found else ""


def _passed(session: Session, project_id: int, view: Moment) -> frozenset[Gate]:
    rows = queries_project_proof.decisions(session, project_id, view)
    return frozenset(
        row["Decision"].gate
        for row in rows
        if not row["superseded"] and row["Decision"].conclusion in PASSING
    )


def _dated(span: ProjectSpan, lists: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    sites = lists.get("sites", {})
    return {
        "成果持有方": span.holder or "",
        "中试单位": span.pilot_org or "",
        "项目经理": span.manager or "",
        "技术领域": _label(lists, "fields", span.field),
        "国民经济行业": _coded(lists, "industries", span.industry),
        "所在区划": _coded(lists, "areas", span.area),
        "场地": "、".join(sites.get(site, site) for site in (span.sites or "").split("、") if site),
        "统计范围": "基地、全市" if span.in_base else "仅全市",
        "技术成熟度": span.readiness or "",
        "预算（万元）": f"{span.budget:,.2f}" if span.budget is not None else "",
    }


def _undated(project: Project, lists: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    hazards = [_label(lists, "hazardous_processes", project.hazard_process)]
    hazards += ["两重点一重大"] if project.key_hazards else []
    hazards += [f"反应危险度 {project.reaction_grade} 级"] if project.reaction_grade else []
    hazards += ["国内首次使用"] if project.first_in_china else []
    return {
        "项目性质": project.purpose.label,
        "登记日期": f"{project.entered_on}（从{project.entry_stage.label}开始）",
        "持有方同意中试": "是" if project.owner_consent else "否",
        "危险特性": "、".join(filter(None, hazards)),
        "中试装置": "已建" if project.installed else "",
        "首次投料": str(project.run_start or ""),
        "目标值": project.targets or "",
        "框架协议项目": "是" if project.framework_agreement else "",
        "关联上级项目理由": project.parent_reason or "",
        "资料来源": project.source or "",
    }


def _label(lists: Mapping[str, Mapping[str, str]], name: str, code: str | None) -> str:
    return lists.get(name, {}).get(code, code) if code else ""


def _coded(lists: Mapping[str, Mapping[str, str]], name: str, code: str | None) -> str:
    label = _label(lists, name, code)
    return f"{code} {label}" if code and label != code else label
