"""The rules of the lights (预警规则), each named W1 to W11: facts and a day in, warnings out.

Source: domain note §5.3; the thresholds are proposals, not law, except the statutory terms of
approval.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from pilot.domain.light_facts import Level, LightFacts, Paper, Warning, lateness
from pilot.domain.moment import anniversary, months_between
from pilot.domain.places import is_local_site
from pilot.domain.vocabulary import Gate, Stage, State

SOON_DAYS = 14
EXPIRY_DAYS = 60
RUN_MONTHS, RUN_LIMIT_MONTHS = 18, 24
EIA_YEARS, EIA_NOTICE_DAYS = 5, 180
SILENT_DAYS = 30
REGISTER_DAYS = 30
# Statutory terms in days (建设项目环境保护管理条例 art. 9, 危险化学品安全管理条例 art. 12)
EIA_REPORT_DAYS, EIA_FORM_DAYS, SAFETY_DAYS = 60, 30, 45


def gate_date(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W1: the next gate is late, or near with papers missing, or has no date."""
    if facts.next_gate is None or facts.state is State.PAUSED:
        return
    name, planned = facts.next_gate.value, facts.planned_on
    if planned is None:
        if facts.stage is not Stage.POOL:
            yield Warning("W1", Level.YELLOW, f"{name} 没有计划日期", f"排定 {name} 的计划日期")
        return
    late = (on - planned).days
    if late > 0:
        text = f"{name} 计划 {planned}，已逾期 {late} 天{_lacking(facts)}"
        yield Warning("W1", lateness(late), text, _next_step(facts))
    elif -late <= SOON_DAYS and facts.missing:
        text = f"{name} 计划 {planned}，还有 {-late} 天{_lacking(facts)}"
        yield Warning("W1", Level.YELLOW, text, _next_step(facts))


def approval_time(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W2: an approval that G2 needs can't come in time by its statutory term any more."""
    if facts.next_gate is not Gate.G2 or facts.planned_on is None or facts.state is State.PAUSED:
        return
    left = (facts.planned_on - on).days
    if "D10" in facts.missing and left < EIA_REPORT_DAYS + SOON_DAYS:
        terms = f"环评法定审批报告书 {EIA_REPORT_DAYS} 日、报告表 {EIA_FORM_DAYS} 日"
        yield _approval("D10", left, _eia_level(left), facts.planned_on, terms)
    if "D09" in facts.missing and left < SAFETY_DAYS + SOON_DAYS:
        level = Level.RED if left < SAFETY_DAYS else Level.YELLOW
        yield _approval("D09", left, level, facts.planned_on, f"安全条件审查 {SAFETY_DAYS} 日")


def paper_validity(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W3: papers that have expired, or do within 60 days."""
    expired = [paper for paper in facts.papers if paper.expired_by(on)]
    soon = on + timedelta(days=EXPIRY_DAYS)
    near = [
        paper
        for paper in facts.papers
        if paper.valid_until and paper.valid_until <= soon and not paper.expired_by(on)
    ]
    if expired:
        yield Warning("W3", Level.RED, f"材料已过期：{_until(expired)}", "换发并重新提交")
    if near:
        text = f"材料 {EXPIRY_DAYS} 天内到期：{_until(near)}"
        yield Warning("W3", Level.YELLOW, text, "到期前换发")


def conditions(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W4: conditions of a conditional pass that are overdue."""
    if facts.conditions_overdue and facts.condition_due_on:
        late = (on - facts.condition_due_on).days
        text = f"{facts.conditions_overdue} 个条件逾期，最早应于 {facts.condition_due_on} 关闭"
        yield Warning("W4", lateness(late), f"{text}（{late} 天）", "落实并关闭条件")


def run_time(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W5: a pilot that has run longer than 18 (24) months since its first feed."""
    if facts.stage is not Stage.PILOT or facts.run_start is None:
        return
    months = months_between(facts.run_start, on)
    text = f"自 {facts.run_start} 投料已运行 {months} 个月"
    if months >= RUN_LIMIT_MONTHS:
        text += f"，超过 {RUN_LIMIT_MONTHS} 个月"
        yield Warning("W5", Level.RED, text, "验收，或按规定拆除、封存装置")
    elif months >= RUN_MONTHS:
        text += f"，{RUN_LIMIT_MONTHS} 个月到期"
        yield Warning("W5", Level.YELLOW, text, "安排验收")


def old_approval(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W6: an EIA approval that nears five years although nothing was started."""
    if facts.run_start is not None:
        return
    for paper in facts.papers:
        if paper.doc_code != "D10" or paper.issued_on is None:
            continue
        ends = anniversary(paper.issued_on, EIA_YEARS)
        text = f"环评批复 {paper.issued_on} 签发，{ends} 满 {EIA_YEARS} 年，尚未投料"
        if on >= ends:
            yield Warning("W6", Level.RED, text, "报原审批部门重新审核")
        elif on >= ends - timedelta(days=EIA_NOTICE_DAYS):
            yield Warning("W6", Level.YELLOW, text, "在期满前开工，或准备重新审核")


def silence(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W7: nothing was recorded for more than 30 days."""
    if facts.updated_on is None or facts.state is State.PAUSED:
        return
    days = (on - facts.updated_on).days
    if days > SILENT_DAYS:
        text = f"{days} 天没有更新（最近 {facts.updated_on}）"
        yield Warning("W7", Level.YELLOW, text, "补记进展")


def agreement(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W8: the agreement is signed and no contract says who owns what comes of it."""
    if facts.agreed and not facts.ip_clause:
        text = "协议（D06）已签，未登记知识产权条款"
        yield Warning("W8", Level.YELLOW, text, "在合同中登记知识产权条款")


def registration(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W9: a technology contract signed more than 30 days ago and not registered."""
    late = [(no, signed) for no, signed in facts.unregistered if (on - signed).days > REGISTER_DAYS]
    if late:
        no, signed = min(late, key=lambda pair: pair[1])
        more = f"等 {len(late)} 份" if len(late) > 1 else ""
        text = f"合同 {no} {more}{signed} 签订，已 {(on - signed).days} 天未认定登记"
        yield Warning("W9", Level.YELLOW, text, "办理技术合同认定登记")


def price(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W10: a contract without an amount."""
    if facts.unpriced:
        text = f"合同 {'、'.join(facts.unpriced)} 金额为 0 或未登记"
        yield Warning("W10", Level.YELLOW, text, "核对并登记合同金额")


def plant_place(facts: LightFacts, on: date) -> Iterator[Warning]:
    """W11: the plant stands outside the city."""
    away = [area for area in facts.plant_areas if not is_local_site(area)]
    if away:
        text = f"产业化落地地点不在盘锦（区划 {'、'.join(away)}）"
        yield Warning("W11", Level.YELLOW, text, "核对厂址；确在外地的不计入本地产业化")


RULES: tuple[Callable[[LightFacts, date], Iterable[Warning]], ...] = (
    gate_date,
    approval_time,
    paper_validity,
    conditions,
    run_time,
    old_approval,
    silence,
    agreement,
    registration,
    price,
    plant_place,
)


def _lacking(facts: LightFacts) -> str:
    if not facts.missing:
        return ""
    return f"，缺 {'、'.join(facts.missing)}（{facts.ready}/{facts.needed}）"


def _next_step(facts: LightFacts) -> str:
    name = facts.next_gate.value
    if facts.state is State.AWAITING:
        return f"作出 {name} 评审结论"
    if facts.missing:
        return f"催交 {'、'.join(facts.missing)}"
    return f"提交 {name} 评审，或说明理由调整计划"


def _eia_level(left: int) -> Level:
    if left < EIA_FORM_DAYS:
        return Level.RED
    return Level.ORANGE if left < EIA_REPORT_DAYS else Level.YELLOW


def _approval(doc: str, left: int, level: Level, planned: date, terms: str) -> Warning:
    text = f"{doc} 未齐，距 G2 计划 {planned} 只有 {left} 天（{terms}）"
    if left < 0:
        text = f"{doc} 未齐，G2 计划 {planned} 已过（{terms}）"
    return Warning("W2", level, text, f"立即报批 {doc}（不适用的说明理由），或调整 G2 计划")


def _until(papers: Iterable[Paper]) -> str:
    return "、".join(
        f"{paper.doc_code}（{paper.valid_until}）" if paper.valid_until else paper.doc_code
        for paper in papers
    )
