"""接收方规则: the list by report and year; add one, begin a new version, change or end one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_fields import required
from pilot.domain.errors import PilotError, Refused
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.preflight import EVERY_TEMPLATE
from pilot.domain.rule_words import renamed
from pilot.domain.vocabulary import Term
from pilot.reports import report_rules
from pilot.reports.report_rules import Effect, Rule
from pilot.screens import draft_form, pick
from pilot.services import receiver_rules
from pilot.services.command import Seen
from pilot.services.receiver_rules import RuleDraft

_SEEN = "rule-seen"
_ADDED = "rules-added"  # a form that was saved begins anew
_COLUMNS = {
    "code": st.column_config.TextColumn("编号", width=75),
    "column": st.column_config.TextColumn("列", width=150),
    "asked": st.column_config.TextColumn("要求", width=260),
    "hard": st.column_config.TextColumn("性质", width=80),
    "years": st.column_config.TextColumn("适用年度", width=105),
    "state": st.column_config.TextColumn("状态", width=60),
    "source": st.column_config.TextColumn("依据", width=190),
}
_HINT = (
    "“限定取值”的参数写允许的取值，用、隔开；“文字不超过”写字数；“不早于”“不小于”写比较的另一列；"
    "“不重复”可写一起比较的其他列。适用条件写成“列=值”，几个值用、隔开；列写表头上的列名。"
    "勾稽关系的参数写用来列出差异行的列，此时“列”和“规则种类”留空。"
)


class Which(Term):
    """Which versions are listed."""

    NOW = "now", "本年度适用"
    ALL = "all", "全部版本"


class Change(Term):
    """What is done with the rule that is chosen."""

    EDIT = "edit", "改这一版"
    VERSION = "version", "另立新版"


@dataclass(frozen=True, slots=True)
class _Tried:
    """A draft that was looked at: what it would do to open reports, or why it is refused."""

    form: str
    draft: RuleDraft
    reason: str
    effects: list[Effect]
    refusals: list[str]


def section(reader: Actor, view: Moment, now: datetime, base: int | None) -> None:
    """The rules of one report or of all; an administrator changes the one that is chosen."""
    with ui.reading() as session:
        titles = report_rules.titles(session, reader, base)
        found = report_rules.rules(session, reader, base)
        forms = report_rules.forms(session, reader, base)
    names = {code: f"{code} {title}" for code, title in titles.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = pick.one("报表", "of", names, blank="全部报表", width=280)
        which = pick.word("版本", "which", list(Which), default=Which.NOW, hidden=True)
    shown = [one for one in found if _wanted(one.draft, form, which, view.year)]
    chosen = _table(shown, forms)
    if not may(reader, "receiver_rule.save") or not view.live:
        return
    row = next((one for one in found if one.id == chosen), None)
    _change(reader, row, form, names, forms, view.year, now)


def _wanted(draft: RuleDraft, form: str | None, which: Which, year: int) -> bool:
    here = not form or draft.template in (form, EVERY_TEMPLATE)
    now = draft.active and draft.year_from <= year <= draft.year_to
    return here and (now or which is Which.ALL)


def _table(shown: Sequence[Rule], forms: Mapping[str, Mapping[str, str]]) -> int | None:
    if not shown:
        st.info("没有这样的规则；可在下面新增。", icon=":material/rule:")
        return pick.number("rule")
    lines = [_line(one, forms.get(one.draft.template, {})) for one in shown]
    rows = {name: [line[name] for line in lines] for name in lines[0]}
    chosen = pick.row(rows, "rule", _COLUMNS, order=list(_COLUMNS), alt="接收方规则")
    st.caption(f"共 {len(shown)} 条；“须改”的不改不能上报，“可说明”的写明理由后可以上报。")
    return chosen


def _line(one: Rule, columns: Mapping[str, str]) -> dict[str, Any]:
    draft = one.draft
    return {
        "id": one.id,
        "code": draft.code,
        "column": one.column or "（表间）",
        "asked": _asked(draft, columns),
        "hard": "须改" if draft.hard else "可说明",
        "years": f"{draft.year_from} 起" if draft.year_to == 9999
        else f"{draft.year_from}–{draft.year_to}",
        "state": "在用" if draft.active else "停用",
        "source": draft.source,
    }  # fmt: skip


def _asked(draft: RuleDraft, columns: Mapping[str, str]) -> str:
    if draft.equation:
        return f"{draft.message}：{draft.equation}"
    argument, only_when = renamed(draft.asked, draft.argument, draft.only_when, columns)
    when = f"（{only_when}）" if only_when else ""
    return f"{draft.asked.label} {argument or ''}".strip() + when


def _change(
    reader: Actor,
    row: Rule | None,
    form: str | None,
    names: Mapping[str, str],
    forms: Mapping[str, Mapping[str, str]],
    year: int,
    now: datetime,
) -> None:
    """The form of the chosen rule, of its next version, or of a new rule of the chosen report."""
    if row is None and not form:
        st.caption("点选一条规则来修改或另立新版；选定一张报表后可以新增规则。")
        return
    if row is None:
        st.subheader(f"新增规则：{ui.plain(names[form])}")
        number = st.session_state.get(_ADDED, 0)
        start = RuleDraft("", form, year_from=year)
        _form(reader, start, None, f"rule-new-{form}-{number}", ("template",), forms, now)
        return
    st.subheader(f"规则 {ui.plain(row.draft.code)}")
    how = pick.word("改法", "how", list(Change), default=Change.EDIT, hidden=True)
    key = f"rule-{how}-{row.id}-{row.rev}"
    if how is Change.EDIT:
        st.caption(
            "到某年为止的，改“至年度”；不再使用的，去掉“启用”。要求从某年起改变的，另立新版。"
        )
        _form(reader, row.draft, row, key, ("code", "template", "year_from"), forms, now)
    else:
        st.caption("新版从起始年度起适用，原版自动到上一年度为止；已上报各期仍按原版。")
        start = replace(row.draft, year_from=max(year, row.draft.year_from + 1), year_to=9999)
        _form(reader, start, None, key, ("code", "template", "active"), forms, now)


def _form(
    reader: Actor,
    start: RuleDraft,
    row: Rule | None,
    key: str,
    fixed: Sequence[str],
    forms: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> None:
    """Filled in, looked at on the open reports, then saved; nothing typed is lost on the way."""
    columns = forms.get(start.template, {})
    begin = _called(start, columns)
    choices = {"field": columns} if columns else {}
    with st.form(key):
        values = draft_form.fields(RuleDraft, begin, key, lists={}, choices=choices, skip=fixed)
        st.caption(_HINT)
        reason = ui.line("改动依据 *", key=f"{key}-reason", placeholder="接收方的通知名称和文号")
        sent = st.form_submit_button("看对在办报表的影响", icon=":material/preview:")
    blanks = {name: values[name] or "" for name in required(RuleDraft) if name in values}
    keys = {heading: name for name, heading in columns.items()}
    draft = _called(replace(start, **(values | blanks)), keys)
    if sent:
        st.session_state[_SEEN] = _try(reader, key, draft, row, reason or "", now)
    tried = st.session_state.get(_SEEN)
    if tried is not None and tried.form == key:
        _show(tried, row)


def _called(draft: RuleDraft, names: Mapping[str, str]) -> RuleDraft:
    """The draft with its other columns called by their headings, or by their keys again."""
    argument, only_when = renamed(draft.asked, draft.argument, draft.only_when, names)
    return replace(draft, argument=argument, only_when=only_when)


def _try(
    reader: Actor, key: str, draft: RuleDraft, row: Rule | None, reason: str, now: datetime
) -> _Tried:
    try:
        with ui.reading() as session:
            found = report_rules.effect(
                session, reader, draft, row.id if row else None, now, ui.folder()
            )
    except Refused as error:
        told = [f"{one.message}{one.remedy}" for one in error.problems]
        return _Tried(key, draft, reason, [], told)
    except PilotError as error:
        return _Tried(key, draft, reason, [], [error.message])
    return _Tried(key, draft, reason, found, [])


def _show(tried: _Tried, row: Rule | None) -> None:
    with st.container(border=True):
        st.markdown("##### 保存后对在办报表的影响")
        if tried.refusals:
            st.error("\n".join(f"- {ui.plain(one)}" for one in tried.refusals))
            return
        if not tried.effects:
            st.info("现在没有在办的这张报表；规则从下一期起适用。", icon=":material/info:")
        for one in tried.effects:
            st.markdown(f"- {ui.plain(sentence(one))}")
        if st.button("保存规则", type="primary", key=f"{tried.form}-save"):
            _save(tried, row)


def sentence(one: Effect) -> str:
    """“R3 成果转化明细 2026-10：80 行中会拦住 3 行（现在 0 行）”."""
    before, after = one.blocked
    if all(old == new for old, new in (one.blocked, one.hard, one.soft)):
        return f"{one.title} {one.period}：没有变化（{one.rows} 行，{after} 行须改）"
    said = f"{one.title} {one.period}：{one.rows} 行中会拦住 {after} 行（现在 {before} 行）"
    said += f"，须改的问题 {one.hard[1]} 个（现在 {one.hard[0]} 个）" if after == before else ""
    return said + f"，须说明的提示 {one.soft[1]} 条（现在 {one.soft[0]} 条）"


def _save(tried: _Tried, row: Rule | None) -> None:
    seen = Seen("receiver_rule", row.id, row.rev) if row else None
    done = f"已保存规则 {tried.draft.code}。"
    if ui.act(
        receiver_rules.save_rule, tried.draft, rule_id=row.id if row else None, seen=seen,
        reason=tried.reason, key=ui.once(tried.form), done=done,
    ):  # fmt: skip
        del st.session_state[_SEEN]
        st.session_state[_ADDED] = st.session_state.get(_ADDED, 0) + 1
        st.rerun()
