"""Rows of the report sources, at two times and for a period; each says which unit it is about.

A unit is a short text that stays the same while its facts change: project:12, transfer:7, goal:M1.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.report_periods import Period
from pilot.domain.vocabulary import GOALS, ContractType, Indicator, Scope, Stage
from pilot.reports import summary, tables
from pilot.store import queries_overview, queries_packs, queries_report_rows
from pilot.store.files import Place

Row = Mapping[str, Any]
Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What rows are wanted for: the bases, the period, the view's two times, the scope.

    `folder` is where frozen packs lie, for a source that compares with them.
    """

    bases: Sequence[int]
    period: Period
    view: Moment
    scope: Scope | None = None
    folder: Place | None = None


def listed(name: str, unit: str, session: Session, asked: Asked) -> Rows:
    """The rows of one of the lists people read, whatever the period: as of its last day."""
    chosen = tables.Chosen(scope=asked.scope)
    table = tables.TABLES[name]
    for row in tables.records(session, table, asked.bases, asked.view, chosen):
        yield {**row, "unit": unit.format(**row)}


def goals(session: Session, asked: Asked) -> Rows:
    """指标: the goal cards of the year, with what the period itself added (本期)."""
    before = _counted_before(session, asked)
    cards = summary.goal_cards(session, asked.bases, asked.view)
    for row in cards.astype(object).where(cards.notna(), None).to_dict("records"):
        if asked.scope is not None and row["scope"] != asked.scope.value:
            continue
        place = row["base_id"], row["indicator"], row["scope"]
        row["current"] = row["counted"] - before.get(place, 0)
        yield {**row, "unit": f"goal:{row['indicator']}:{row['scope']}"}


def _counted_before(session: Session, asked: Asked) -> dict[tuple, int]:
    """What the year had counted on the day before the period, by what is known at the view."""
    if asked.period.first == date(asked.period.year, 1, 1):
        return {}
    eve = replace(asked.view, as_of=asked.period.first - timedelta(days=1), live=False)
    found = queries_overview.sums(session, asked.bases, eve, GOALS)
    return {(row.base_id, row.indicator.value, row.scope.value): int(row.counted) for row in found}


def papers(session: Session, asked: Asked) -> Rows:
    """材料缺失: what each project's next gate still lacks, with what to do."""
    for row in queries_report_rows.missing_papers(session, asked.bases, asked.view):
        planned = row["next_planned_on"]
        yield {
            **row,
            "days_left": (planned - asked.view.as_of).days if planned else None,
            "remedy": _remedy(row["state"], planned),
            "unit": f"paper:{row['project_id']}:{row['doc_code']}",
        }


def _remedy(state: str, planned: date | None) -> str:
    verb = {"submitted": "请催办核验", "returned": "请按退回意见修改后重交"}.get(state, "请提交")
    return f"{verb}，于 {planned} 前办结" if planned else f"{verb}；尚未排定计划日期"


def plants(session: Session, asked: Asked) -> Rows:
    """产业化: every plant with the day of each level it is verified to have reached."""
    reached: dict[int, dict[str, date]] = defaultdict(dict)
    for landing_id, level, on in queries_report_rows.levels(session, asked.bases, asked.view):
        reached[landing_id][level.value] = on
    for row in queries_report_rows.plants(session, asked.bases, asked.view):
        if asked.scope is Scope.BASE and not row["in_base"]:
            continue
        unit = f"plant:{row['landing_id']}:{row['project_id']}"
        yield {**row, **reached[row["landing_id"]], "unit": unit}


def corrections(session: Session, asked: Asked) -> Rows:
    """更正: what came late (补报) or fell away (核减) since an earlier period was reported.

    A unit that came and went again is neither. What a period's own days bring is no correction.
    """
    for base_id in asked.bases:
        closed = queries_packs.closings(session, base_id, asked.view, asked.period.first)
        if closed:
            yield from _corrected(session, base_id, asked, closed)


def _corrected(session: Session, base_id: int, asked: Asked, closed: list[tuple]) -> Rows:
    since, until = min(known for _last, known, _name in closed), max(last for last, *_ in closed)
    found: dict[tuple, list[Row]] = defaultdict(list)
    for row in queries_packs.entries_since(session, base_id, asked.view, since, until):
        reported = _reported_as(row, closed)
        if reported and asked.scope in (None, row["scope"]):
            unit = tuple(
                row[name] for name in ("indicator", "scope", "unit_kind", "unit_id", "year")
            )
            found[reported, *unit].append(row)
    for (reported, *_unit), rows in found.items():
        if net := sum(row["sign"] for row in rows):
            yield _correction(reported, net, rows[-1])


def _reported_as(row: Row, closed: list[tuple]) -> str | None:
    """The first closed period whose number this entry would have changed."""
    for last, known, name in closed:
        if row["effective_on"] <= last and row["recorded_at"] > known:
            return name
    return None


def _correction(reported: str, net: int, row: Row) -> dict[str, Any]:
    unit = f"{row['indicator'].value}:{row['scope'].value}:{row['unit_kind']}:{row['unit_id']}"
    return {
        **row,
        "kind": "补报" if net > 0 else "核减",
        "reported": reported,
        "indicator_code": row["indicator"].value,
        "number": net,
        "unit": f"correction:{reported}:{unit}",
    }


def measures(session: Session, asked: Asked) -> Rows:
    """省级五项: cumulative at the end of the period, and what the period added."""
    eve = replace(asked.view, as_of=asked.period.first - timedelta(days=1), live=False)
    now, before = (_five(session, asked, view) for view in (asked.view, eve))
    for number, (measure, unit_of, note) in enumerate(_FIVE, 1):
        total, earlier = now[number - 1], before[number - 1]
        dated = total is not None and earlier is not None
        yield {
            "number": number,
            "measure": measure,
            "unit_of": unit_of,
            "total": total,
            "current": total - earlier if dated else None,
            "note": note or None,
            "unit": f"measure:{number}",
        }


_FIVE = (
    ("开展中试项目", "项", "历年累计，按项目去重"),
    ("完成中试项目", "项", "中试验收（G3）通过，历年累计"),
    ("专利", "件", "已登记成果所列专利；按登记时的状态，无法区分本期"),
    ("解决技术难题", "个", "系统没有此项登记，请填报人据原始记录填写"),
    ("工艺标准或工艺包", "个", "类型为标准、工艺包的成果；无法区分本期"),
)


def _five(session: Session, asked: Asked, view: Moment) -> tuple[int | None, ...]:
    """The five numbers at a view; what has no day of its own is only told at the end."""
    scope, bases = asked.scope or Scope.CITY, asked.bases
    started = sum(
        int(row.distinct)
        for row in queries_overview.distinct(session, bases, view)
        if row.indicator is Indicator.NEW_PILOT and row.scope is scope
    )
    done = queries_report_rows.accepted_pilots(session, bases, view)
    if view is not asked.view:
        return started, done, None, None, None
    patents = queries_report_rows.patents(session, bases, view)
    return started, done, patents, None, queries_report_rows.process_results(session, bases, view)


def yearly(session: Session, asked: Asked) -> Rows:
    """年度运行报告的数据: what a base did in the days of the period."""
    days = asked.period.first, asked.period.last
    totals = queries_report_rows.contract_totals(session, asked.bases, asked.view, *days)
    runs = queries_report_rows.runs(session, asked.bases, asked.view, *days)
    stages = queries_report_rows.by_stage(session, asked.bases, asked.view, days[0])
    counted = {
        row["indicator"]: row["current"]
        for row in goals(session, replace(asked, scope=asked.scope or Scope.CITY))
    }
    service = [row for row in totals if row.type is ContractType.SERVICE]
    values = (
        ("在研中试项目", "项", sum(row.projects for row in stages), "期末未结束的全部项目"),
        ("其中：中试验证阶段", "项", _at(stages, Stage.PILOT), ""),
        ("新增中试项目", "项", counted.get("M1"), "按口径计入"),
        ("实现本地产业化项目", "项", counted.get("M2"), "按口径计入"),
        ("转化科技成果", "项", counted.get("M3"), "按口径计入"),
        ("服务单位", "家", _served(session, asked, days), "本期签订合同的买方，去重"),
        ("签订技术合同", "项", sum(row.contracts for row in totals), "不含已解除"),
        ("合同金额", "万元", _amount(totals), "不含已解除"),
        ("其中：技术服务合同金额", "万元", _amount(service), "中试服务收入的合同口径，非到账"),
        ("运行批次", "批", runs.runs, "本期结束的批次"),
        ("连续运行时间", "小时", Decimal(runs.hours or 0), ""),
    )
    for number, (measure, unit_of, value, note) in enumerate(values, 1):
        yield {
            "number": number,
            "measure": measure,
            "unit_of": unit_of,
            "value": value,
            "note": note or None,
            "unit": f"yearly:{number}",
        }


def _served(session: Session, asked: Asked, days: tuple[date, date]) -> int:
    return queries_report_rows.served(session, asked.bases, asked.view, *days)


def _amount(rows: Sequence[Any]) -> Decimal:
    return sum((Decimal(row.amount or 0) for row in rows), Decimal(0)).quantize(Decimal("0.01"))


def _at(stages: Sequence[Any], stage: Stage) -> int:
    return sum(row.projects for row in stages if row.stage is stage)


def stages(session: Session, asked: Asked) -> Rows:
    """在研项目汇总: a row a stage, those without a project too."""
    found = queries_report_rows.by_stage(
        session, asked.bases, asked.view, date(asked.period.year, 1, 1)
    )
    known = {row.stage: row for row in found}
    for stage in Stage:
        row = known.get(stage)
        yield {
            "stage": stage,
            "projects": int(row.projects) if row else 0,
            "projects_new": int(row.projects_new) if row else 0,
            "budget": Decimal(row.budget if row else 0),
            "budget_new": Decimal(row.budget_new if row else 0),
            "unit": f"stage:{stage.value}",
        }


def contracts(session: Session, asked: Asked) -> Rows:
    """技术合同汇总: a row a type of contract signed in the period."""
    days = asked.period.first, asked.period.last
    for row in queries_report_rows.contract_totals(session, asked.bases, asked.view, *days):
        yield {
            "type": row.type,
            "contracts": row.contracts,
            "amount": Decimal(row.amount or 0),
            "unit": f"contracts:{row.type.value}",
        }
