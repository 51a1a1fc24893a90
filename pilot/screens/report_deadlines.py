"""报送期限: the rule of each frequency or template, changed with a look at the days it brings."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.errors import Invalid
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.report_calendar import LATEST_MONTH, After, CalendarRule, Window, check_rule
from pilot.domain.report_periods import PeriodKind
from pilot.reports import report_deadlines
from pilot.reports.report_deadlines import Coming, Deadlines, Version, in_words
from pilot.screens import pick
from pilot.services import filing_lines, own_deadlines
from pilot.services.command import Seen

_DAYS = ("opens", "窗口开放"), ("due", "报送截止"), ("lock", "数据锁定")


def section(reader: Actor, view: Moment, now: datetime, base: int | None) -> None:
    """The rule of one frequency, `?every=month`, or of one of its templates, `&for=R1`."""
    kind = pick.word("报送周期", "every", list(PeriodKind), default=PeriodKind.MONTH)
    with ui.reading() as session:
        known = report_deadlines.rules(session, reader, now, base)[kind]
        versions = report_deadlines.versions(session, reader, base)
    names = {code: f"{code} {title}" for code, title in known.templates.items()}
    template = pick.one("适用于", "for", names, blank=f"全部{kind.label}") or ""
    if template:
        with ui.reading() as session:
            known = report_deadlines.of_template(session, reader, kind, template, now, base)

    def look(rule: CalendarRule) -> list[Coming]:
        with ui.reading() as session:
            return report_deadlines.coming(session, reader, kind, rule, view.year, base, template)

    _told(known)
    allowed = "report_calendar.save_own" if template else "report_calendar.save"
    if may(reader, allowed) and view.live:
        _form(known, look)
    else:
        _coming(look(known.rule), changed=False)
    _history(versions)


def _told(known: Deadlines) -> None:
    """The rule in force."""
    if known.template:
        source = "单独规定" if known.own else f"没有单独规定，按{known.kind.label}的规定"
    else:
        source = "本基地规定" if known.own else "产品默认，本基地还没有另行规定"
    with st.container(border=True):
        st.markdown(f"**{_named(known)}现行期限**（{source}）")
        st.text(in_words(known.rule, due=not known.template))


def _named(known: Deadlines) -> str:
    """What the days are of."""
    if not known.template:
        return known.kind.label
    title = known.templates.get(known.template, "")
    return ui.plain(f"{known.kind.label} {known.template} {title}")


def _form(known: Deadlines, look: Callable[[CalendarRule], list[Coming]]) -> None:
    """A new version: the fields, the days it brings, the reason, the button."""
    st.subheader(f"改动{_named(known)}期限")
    of = f"-{known.template}" if known.template else ""
    key = f"deadlines-{known.kind}{of}-{known.rev}"
    rule = _fields(known, key)
    try:
        check_rule(rule)
    except Invalid as error:
        st.error(ui.plain(error.message), icon=":material/error:")
    else:
        _coming(look(rule), changed=rule != known.rule)
    reason = ui.line("依据 *", key=f"{key}-reason", placeholder="例如：通知名称和文号")
    if st.button("保存新的期限", type="primary", key=f"{key}-save"):
        save, about = filing_lines.save_calendar, (known.kind, rule)
        if known.template:
            save, about = own_deadlines.save, (known.kind, known.template, rule)
        done = f"已保存{_named(known)}期限；原规定保留在“历次规定”中。"
        _made(known, key, done, save, *about, reason=reason or "")
    if (
        known.template
        and known.own
        and st.button(
            f"恢复按{known.kind.label}的规定", key=f"{key}-give-up", icon=":material/undo:"
        )
    ):
        done = f"{_named(known)}已恢复按周期的规定。"
        give_up = own_deadlines.give_up, known.kind, known.template
        _made(known, key, done, *give_up, reason=reason or "")


def _made(known: Deadlines, key: str, done: str, verb: Callable, *about: Any, reason: str) -> None:
    """Do it for the version that was looked at, and draw the page anew."""
    seen = None if known.id is None else Seen("report_calendar", known.id, known.rev)
    if ui.act(verb, *about, reason=reason, seen=seen, key=ui.once(key), done=done):
        st.rerun()


def _fields(known: Deadlines, key: str) -> CalendarRule:
    days = {}
    for name, label in _DAYS:
        after = getattr(known.rule, name)
        with st.container(horizontal=True):
            months = st.number_input(
                f"{label}：期后第几个月 *", 1, LATEST_MONTH, after.months, 1,
                key=f"{key}-{name}-months", width=220,
            )  # fmt: skip
            day = st.number_input(
                f"{label}：几日 *", 1, 31, after.day, 1, key=f"{key}-{name}-day", width=160,
                help="当月没有这一天的，按当月最后一天。",
            )  # fmt: skip
        days[name] = After(int(months), int(day))
    if known.template:
        return CalendarRule(days["opens"], days["due"], days["lock"], known.rule.templates)
    codes = list(known.templates)
    gone = [code for code in known.rule.templates if code not in codes]
    templates = st.multiselect(
        "按此周期报送的报表", [*codes, *gone], list(known.rule.templates), key=f"{key}-templates",
        format_func=lambda code: f"{code} {known.templates.get(code, '（已不在用）')}",
        placeholder="未选择",
    )  # fmt: skip
    return CalendarRule(days["opens"], days["due"], days["lock"], tuple(templates))


def _coming(found: Sequence[Coming], *, changed: bool) -> None:
    """The days of each period of the year, by the rule in force and by the new one."""
    if not found:
        return
    st.markdown(f"**{found[0].ends_on.year} 年各期的日子**")
    st.dataframe(
        [_line(one, changed) for one in found], hide_index=True, placeholder="",
        alt="各期的窗口、截止日和锁定日：现行与改后", height="content",
    )  # fmt: skip
    if changed and any(one.listed for one in found):
        st.caption("已列入日历的各期保持原来的日子；需要改的，打开该期报表，在“期限”中单独调整。")


def _line(one: Coming, changed: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"报告期": one.period, "期末": one.ends_on.isoformat()}
    if not changed:
        return line | _days(one.now, "")
    kept = "、".join(one.listed)
    return (
        line | _days(one.then, "（改后）")
        | {"现行截止": one.now.due_on.isoformat(), "仍按原日子的": kept}
    )  # fmt: skip


def _days(window: Window, mark: str) -> dict[str, str]:
    days = (window.opens_on, window.due_on, window.lock_on)
    names = (label for _, label in _DAYS)
    return {f"{name}{mark}": day.isoformat() for name, day in zip(names, days, strict=True)}


def _history(found: Sequence[Version]) -> None:
    """Every version there was, with who, when and why."""
    with st.expander(f"历次规定（{len(found)}）", icon=":material/history:"):
        if not found:
            st.caption("还没有改动过；现在用的是产品默认的期限。")
            return
        st.dataframe(
            [
                {
                    "时间": one.at, "周期": one.kind.label,
                    "报表": one.template or "全部", "谁": one.who,
                    "原规定": one.before, "新规定": one.after, "依据": one.reason,
                }
                for one in found
            ],
            hide_index=True, placeholder="", alt="报送期限的历次规定",
        )  # fmt: skip
