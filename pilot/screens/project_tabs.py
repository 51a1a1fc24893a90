"""The short tabs of a project: facts, results, progress, history."""

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Stage
from pilot.reports import history as entries
from pilot.reports import project, project_proof
from pilot.reports.project import Head
from pilot.screens import project_form, project_runs
from pilot.screens.kept import kept
from pilot.services import projects

_NOTED = "note-number"  # how many notes this page has kept: each has a form of its own


def facts(shown: Head, reader: Actor, view: Moment) -> None:
    """概况: what is recorded, what public sources say, and the form that edits it."""
    with ui.reading() as session:
        table = kept(project.facts, session, shown, view)
        said = kept(project.sayings, session, shown.id, view)
    ui.facts(table or {"项目": "还没有登记其他信息"})
    if not view.live:
        st.caption("历史视图只显示按日期保存的项目信息。")
    if said:
        with st.expander(f"公开信息（{len(said)}）：不计数，只作线索", icon=":material/public:"):
            for each in said:
                st.text(each)
    if shown.writable and may(reader, "project.edit"):
        editing = st.expander("修改项目信息", icon=":material/edit:", on_change="rerun", key="edit")
        if editing.open:
            with editing:
                project_form.edit(shown, view)


def results(shown: Head, reader: Actor, view: Moment) -> None:
    """成果: what the project pilots, how it was transferred, and what counts of it all."""
    with ui.reading() as session:
        lines = project_proof.results(session, shown, view)
        transfers = project_proof.transfer_frame(session, lines, view)
        claims = project_proof.claim_frame(session, shown, lines, view)
    st.subheader("关联成果")
    for line in lines:
        label = f"{ui.plain(line.code)} {ui.plain(line.title)}（{ui.plain(line.kind)}）"
        ui.link(label, "results", id=line.id, icon=":material/science:")
    if not lines:
        st.info("还没有关联成果。先在“成果与转化”登记成果，再在这里按编号关联。")
    if shown.writable and may(reader, "project.edit"):
        _link(shown)
    st.subheader("转化事件")
    if transfers.empty:
        st.caption("没有转化事件。")
    else:
        st.dataframe(transfers, hide_index=True, alt="这些成果的转化事件")
    st.subheader("计入情况")
    if claims.empty:
        st.caption("本项目及其成果没有计入任何指标，也没有待核。")
    else:
        st.dataframe(claims, hide_index=True, alt="本项目及其成果在各指标中的计入情况")


def progress(shown: Head, reader: Actor, view: Moment) -> None:
    """进展: every dated update, and the runs on the line."""
    with ui.reading() as session:
        runs = project_proof.run_frame(session, shown, view)
        said = project.notes(session, shown.id, view, 50)
    st.subheader("运行批次")
    if runs.empty:
        st.caption("没有运行批次。中试验证阶段的项目在这里登记。")
    else:
        st.dataframe(runs, hide_index=True, alt="运行批次：时间、小时数、停车、闭合率、收率、纯度")
    if shown.writable and may(reader, "run.record"):
        project_runs.record(shown, view, allowed=shown.stage is Stage.PILOT)
    st.subheader("进展记录")
    updates(said)


def updates(said: list) -> None:
    """Dated updates, newest first; what people wrote is shown letter for letter."""
    for each in said:
        head = f":gray[:small[{each['on']} · {ui.plain(each['who'])}]]"
        st.markdown(f"{head}  \n{ui.plain(each['text'])}")
    if not said:
        st.caption("还没有进展记录。")


def note(shown: Head, view: Moment) -> None:
    """A dated update in words.

    Its key is no form's but the project's: the same words of the same person for the same day are
    one note, also on a page that was loaded anew because the answer was lost.
    """
    name = f"note-{shown.id}-{st.session_state.setdefault(_NOTED, 0)}"
    box = st.popover("写进展", icon=":material/edit_note:", key=f"{name}-box")
    with box, st.form(name, border=False):
        ui.day("日期", view.as_of, key=f"{name}-on")
        ui.area("进展 *", most=2000, key=f"{name}-text")
        st.form_submit_button("保存进展", on_click=_keep_note, args=(shown.id, name))


def _keep_note(project_id: int, name: str) -> None:
    """Before the page is drawn, which then is drawn once; the next form is empty and closed."""
    on, text = st.session_state[f"{name}-on"], st.session_state[f"{name}-text"]
    told = {"on": on, "key": f"note-{project_id}", "done": "已记录进展。"}
    if ui.act(projects.note, project_id, text or "", **told):
        st.session_state[_NOTED] += 1


def history(shown: Head, view: Moment) -> None:
    """历史: who changed what from what to what, when and why, the latest first."""
    page = st.session_state.get("history-page", 1)
    with ui.reading() as session:
        found = entries.history(session, shown, view, page)
    for entry in found.entries:
        head = f"**{ui.plain(entry.what)}** :gray[{ui.plain(entry.who)} · {entry.at}]"
        lines = [head, *(ui.plain(change) for change in entry.changes)]
        lines += [f":gray[理由：{ui.plain(entry.reason)}]"] if entry.reason else []
        st.markdown("  \n".join(lines))
    if not found.entries:
        st.caption("那时还没有记录。")
    if found.pages > 1:
        st.pagination(found.pages, key="history-page")


def _link(shown: Head) -> None:
    icon = ":material/link:"
    with st.popover("关联成果", icon=icon), st.form(f"link-{shown.id}", border=False):
        code = st.text_input("成果编号 *", placeholder="例如 CG-2026-0001")
        sent = st.form_submit_button("关联")
    if sent:
        with ui.reading() as session:
            result_id = project.result_id(session, shown.base_id, code.strip())
        key = ui.once(f"link-{shown.id}")
        if ui.act(projects.link_result, shown.id, result_id, key=key, done="已关联成果。"):
            st.rerun()
