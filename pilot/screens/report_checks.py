"""Pre-flight of one report (上报前检查): row, column, rule, remedy; explanations and tasks."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.crosschecks import Outcome
from pilot.domain.preflight import Finding
from pilot.reports.filing_detail import Detail
from pilot.services import filing_tasks, filings, precheck
from pilot.services.precheck import Judged


def checks(shown: Detail) -> None:
    """What stands against the report, the hard ones first; choose one to deal with it."""
    judged = shown.judged
    if judged is None:
        st.caption("只检查在办的报表。")
        return
    for sentence in shown.importing:
        st.warning(ui.plain(sentence), icon=":material/sync:")
    findings = sorted(judged.findings, key=lambda one: (not one.problem.hard, one.place))
    if not findings and not judged.different:
        st.success("没有发现问题。", icon=":material/task_alt:")
    if findings:
        rows = [_row(judged, one) for one in findings]
        chosen = st.dataframe(
            rows, hide_index=True, placeholder="", key=f"findings-{shown.line.id}",
            on_select="rerun", selection_mode="multi-row",
            alt="检查结果：级别、编号、问题、改正办法、说明、行、列、规则",
        )  # fmt: skip
        picked = [findings[place] for place in chosen["selection"]["rows"]]
        if picked and shown.line.id is not None:
            _deal_with(shown, picked)
        elif shown.line.id is not None:
            st.caption(_hint(shown))
    _equations(shown, judged)


def _hint(shown: Detail) -> str:
    """What choosing rows is good for, to this reader now."""
    if "submit" not in shown.refusals:
        return "点选一行或几行，写说明或请责任人补正；“须改”的必须改正，“提示”写了说明即可上报。"
    return "点选一行，请责任人补正；说明由填报人在提交前写。"


def _row(judged: Judged, one: Finding) -> dict[str, Any]:
    return {
        "级别": "须改" if one.problem.hard else "提示",
        "编号": judged.sheet.told(one.place),
        "问题": one.problem.message,
        "改正办法": one.problem.remedy,
        "说明": judged.explanations.get(one.key, ""),
        "行": one.problem.row,
        "列": one.problem.column,
        "规则": one.rule.code,
        "依据": one.rule.source,
    }


def _deal_with(shown: Detail, picked: Sequence[Finding]) -> None:
    soft = [one.key for one in picked if not one.problem.hard]
    if soft and "submit" not in shown.refusals:
        explain(shown, soft)
    if shown.judged.sheet.numbered:
        _ask(shown, picked[0])


def _ask(shown: Detail, one: Finding) -> None:
    """A task to whoever can put this row right."""
    code = shown.judged.sheet.named(one.place)
    name = f"task-{shown.line.id}-{one.key}"
    with st.form(name, border=False):
        text = ui.line(
            f"请责任人补正 {ui.plain(code)}", one.problem.message[:200], most=200,
            key=f"{name}-text",
        )  # fmt: skip
        sent = st.form_submit_button("发出任务", icon=":material/send:")
    if sent:
        done = "已发出任务，责任人会收到通知。"
        if ui.act(filing_tasks.send, shown.line.id, code, text, key=ui.once(name), done=done):
            st.rerun()


def explain(shown: Detail, findings: Sequence[str]) -> None:
    """One explanation for these soft findings, to write or to change."""
    name = f"explain-{shown.line.id}-{'|'.join(findings)}"
    with st.form(name, border=False):
        known = shown.judged.explanations.get(findings[0], "")
        text = ui.line(
            f"说明（{len(findings)} 条提示）", known, most=500, key=f"{name}-text",
            placeholder="写明为什么照此上报；说明随报表一起存档",
        )  # fmt: skip
        sent = st.form_submit_button("保存说明", icon=":material/check:", type="primary")
    if sent:
        key = ui.once(name)
        done = "已保存说明。"
        if ui.act(filings.explain, shown.line.id, findings, text, key=key, done=done):
            st.rerun()


def _equations(shown: Detail, judged: Judged) -> None:
    if not judged.outcomes:
        return
    st.markdown("**勾稽关系**")
    st.dataframe(
        [_equation(judged, one) for one in judged.outcomes], hide_index=True, placeholder="",
        alt="勾稽关系：编号、含义、两个数、结论、不同的行",
    )  # fmt: skip
    for one in judged.different:
        st.warning(ui.plain(precheck.outcome_problem(one).message + one.check.remedy))
        if not one.check.hard and "submit" not in shown.refusals:
            explain(shown, [one.key])


def _equation(judged: Judged, one: Outcome) -> dict[str, Any]:
    state = "缺一方" if not one.known else "相等" if one.agrees else "不等"
    return {
        "编号": one.check.code,
        "含义": one.check.text,
        "左边": None if one.left is None else float(one.left),
        "右边": None if one.right is None else float(one.right),
        "结论": state,
        "只在左边": "、".join(one.only_left[:10]),
        "只在右边": "、".join(one.only_right[:10]),
        "说明": judged.explanations.get(one.key, ""),
    }
