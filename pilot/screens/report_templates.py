"""报表模板: choose one, see it on live data, take its file away, bring a changed one in."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import report_template_files
from pilot.domain.errors import PilotError, Refused
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.report_periods import Period, period, period_of
from pilot.domain.report_templates import Template
from pilot.domain.vocabulary import Term
from pilot.reports import packs
from pilot.reports.packs import Preview
from pilot.reports.report_content import headings
from pilot.reports.report_sources import SHAPES
from pilot.screens import pick
from pilot.screens.template_columns import needed
from pilot.services import report_templates

_MOST = 200  # rows of a preview
_LISTED = 20  # problems that are told one by one


class Section(Term):
    """The parts of the page."""

    TEMPLATES = "templates", "在用模板"
    EDIT = "edit", "编辑模板"
    CHANGE = "change", "上传模板文件"
    PACKS = "packs", "冻结后的变动"


def choose(known: Sequence[tuple[Any, Template]]) -> Template | None:
    """One of the templates in use; `?template=R2` in the address chooses it."""
    versions = {template.code: (row, template) for row, template in known}
    names = {
        code: f"{code} {one.title}（第 {row.version} 版）" for code, (row, one) in versions.items()
    }
    code = pick.one("模板", "template", names)
    return versions[code][1] if code else None


def period_field(template: Template, view: Moment) -> Period | None:
    """The period to look at; None while what is typed is no period."""
    today = period_of(view.as_of, template.periods[0])
    key = f"period-{template.code}"
    typed = st.text_input(
        "报告期", st.query_params.get("period", today.key), key=key, width=200,
        help="2024-10（月）、2024-Q4（季）或 2024（年）",
        on_change=lambda: pick.put("period", st.session_state[key]),
    )  # fmt: skip
    try:
        return period(typed or "")
    except PilotError as error:
        st.error(ui.plain(error.message), icon=":material/error:")
        return None


def previewed(
    session: Any, actor: Actor, template: Template, period: Period | None, view: Moment
) -> Preview | None:
    """The template filled for a period as known at the view; None without a period."""
    if period is None:
        return None
    return packs.preview(session, actor, template, period, view.known_at, ui.folder())


def show(template: Template, shown: Preview | None) -> None:
    """What the template is, its rows now, and its file."""
    source = SHAPES[template.source]
    scope = f"，{template.scope.label}口径" if template.scope else ""
    st.caption(f"数据来源：{source.label}{scope}；{len(template.columns)} 列。以下为现在的数据。")
    if shown is not None:
        rows(shown)
    st.download_button(
        "导出模板文件", report_template_files.write(template).encode(), template.file_name,
        "application/json", on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    st.subheader("列")
    st.dataframe(
        [_column(template, place) for place in range(len(template.columns))],
        hide_index=True, alt="模板的列", height="content",
    )  # fmt: skip
    if template.note:
        st.caption(ui.plain(f"说明：{template.note}"))


def upload() -> Template | None:
    """A template file brought in; everything that is wrong with it is told."""
    st.caption("在别处改好或从别的基地导出的模板文件，从这里上传；先预览，确认后才启用为新的一版。")
    file = st.file_uploader(
        "模板文件（JSON）", type=["json"], key="template-file", max_upload_size=20
    )
    if file is None:
        return None
    try:
        return report_template_files.read(file.getvalue())
    except Refused as error:
        _problems(error.problems)
        return None


def unfit(template: Template, codes: frozenset[str]) -> list[Problem]:
    """What keeps the template from being used with the sources and code lists there are."""
    return report_template_files.problems_of(template, SHAPES, codes)


def save(template: Template, wrong: list[Problem], shown: Preview | None) -> None:
    """The preview of a template that was brought in, and the button that puts it in use."""
    if wrong:
        _problems(wrong)
        return
    st.subheader(f"预览：{ui.plain(template.code)} {ui.plain(template.title)}")
    if shown is not None:
        rows(shown)
    with st.form("save-template"):
        reason = ui.line("依据 *", placeholder="例如文件名称和文号")
        sent = st.form_submit_button("启用这一版", type="primary")
    text = report_template_files.write(template)
    done = f"{template.code} {template.title}已启用新的一版。"
    if sent and ui.act(
        report_templates.save_template, text, SHAPES, reason=reason, key=ui.once("template"),
        done=done,
    ):  # fmt: skip
        st.rerun()


def rows(shown: Preview) -> None:
    """The first rows of a preview with its sums, and what the form's own checks find."""
    found = shown.content
    if not found.rows:
        st.info("本期没有记录；文件里只有列名。", icon=":material/info:")
    else:
        names = headings(found.template)
        lines = [
            dict(zip(names, row, strict=True)) for row in (*found.rows[:_MOST], *found.totals())
        ]
        st.dataframe(lines, hide_index=True, placeholder="", alt="报表预览", height="content")
        st.caption(
            f"共 {len(found.rows):,} 行" + (f"，显示前 {_MOST} 行" * (len(found.rows) > _MOST))
        )
    if shown.problems:
        st.warning(f"表内校验发现 {len(shown.problems)} 处：", icon=":material/warning:")
        listed(shown.problems)


def _problems(problems: Sequence[Problem]) -> None:
    st.error(f"模板有 {len(problems)} 处问题，没有启用：", icon=":material/error:")
    listed(problems)


def listed(problems: Sequence[Problem]) -> None:
    """Some problems, one by one."""
    for problem in problems[:_LISTED]:
        row = f"第 {problem.row} 行 " if problem.row else ""
        st.markdown(f"- {row}{ui.plain(problem.message)}{ui.plain(problem.remedy)}")
    if len(problems) > _LISTED:
        st.caption(f"另有 {len(problems) - _LISTED} 处。")


def _column(template: Template, place: int) -> dict[str, Any]:
    column = template.columns[place]
    shape = SHAPES[template.source].fields[column.field]
    return {
        "次序": place + 1,
        "表头": " / ".join(column.heading),
        "单位": column.unit,
        "取自": f"{shape.label}（{column.field}）",
        "类型": column.type.label,
        "必填": needed(column.required),
    }
