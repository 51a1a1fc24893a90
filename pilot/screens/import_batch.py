"""One batch (导入批次): where it stands, what was found, what can be done with it."""

import streamlit as st

from pilot import ui
from pilot.domain.importing import AT_WORK, IN_PORTIONS, BatchState, Outcome, may_move
from pilot.domain.people import Actor
from pilot.reports import imports
from pilot.reports.imports import PAGE, Shown
from pilot.screens import import_undo, pick
from pilot.services import importing
from pilot.services.command import Seen
from pilot.ui import desk

_COLOURS = {
    BatchState.CHECKED: "blue",
    BatchState.APPLIED: "green",
    BatchState.UNDONE: "orange",
    BatchState.MAPPING: "violet",
    BatchState.FAILED: "red",
    BatchState.HELD: "red",
}
_ERRORS, _NOTES = "错误", "提示"


def head(shown: Shown) -> None:
    """The file, its state, the way back."""
    ui.link("导入", "imports", icon=":material/arrow_back:", kind=shown.kind.value)
    st.title(f"导入批次 {shown.id}")
    colour = _COLOURS.get(shown.state, "gray")
    badge = f":{colour}-badge[{shown.state.label}]"
    st.markdown(f"{badge} {shown.kind.label} · **{ui.plain(shown.file)}**")
    source = f"来源：{shown.source}　" if shown.source else ""
    facts = "　".join(f"{name}：{text}" for name, text in shown.facts.items())
    st.caption(ui.plain(f"{source}{facts}　SHA-256：{shown.sha256[:16]}…"))
    if shown.written:
        st.caption(f"写入内容的 SHA-256：{shown.written}（行号、记录号与每行摘要，逐行计算）")
    if shown.message:
        st.error(ui.plain(shown.message), icon=":material/block:")


def progress(shown: Shown, *, writes: bool) -> None:
    """A bar that moves by itself while the server works; a long batch may be stopped."""
    if shown.state in AT_WORK:
        _watch(shown.id)
    if writes and may_move("stop", shown.state):
        ui.confirm(
            "停止并收回", "不再写入，已写入的行由系统从后往前全部收回；收回同样分段进行。",
            importing.stop, shown.id, key=f"stop-{shown.id}", done="已停止写入，正在收回。",
        )  # fmt: skip


@st.fragment(run_every=2)
def _watch(batch_id: int) -> None:
    """Only this part is drawn anew; the page again once the work is done."""
    actor = ui.require()
    with ui.reading() as session:
        now = imports.batch(session, actor, batch_id)
    if now.state not in AT_WORK:
        st.rerun()
    if now.state in IN_PORTIONS:
        _portions(now)
        return
    if now.state is BatchState.QUEUED:
        st.info(f"正在写入 {now.total:,} 行，全部成功才生效；可以离开本页，稍后回来看结果。")
        return
    share = now.done / now.total if now.total else 0.0
    st.progress(min(share, 1.0), f"正在检查：{now.done:,} / {now.total or '…'} 行；可以离开本页。")


def _portions(now: Shown) -> None:
    """How far a long batch is; its rows are seen in the lists as they come and go."""
    total = now.counts[Outcome.NEW] + now.counts[Outcome.CHANGED]
    share = min(now.done / total, 1.0) if total else 0.0
    if now.state is BatchState.WRITING:
        st.progress(share, f"正在写入 {now.done:,} / {total:,}")
        st.caption(
            "分段写入：已写入的行在清单中可以看到，直到全部写完才算数；出错或停止会全部收回。"
            "可以离开本页，服务中断后会接着写。"
        )
        return
    st.progress(share, f"正在收回，还剩 {now.done:,} / {total:,}")
    st.caption("从最后一行起分段收回；可以离开本页，服务中断后会接着收回。")


def decide(shown: Shown, actor: Actor, *, writes: bool) -> None:
    """Totals, then the one step that comes next and the ways out."""
    if shown.state in (BatchState.MAPPING, BatchState.WAITING):
        _leave(shown, writes=writes)
        return
    if shown.state is BatchState.HELD:
        import_undo.held(shown, actor, writes=writes)
    with st.container(horizontal=True):
        for outcome, number in shown.counts.items():
            width = 150 if number < 10_000 else 250  # a million must not be cut off
            st.metric(outcome.label, f"{number:,} 行", border=True, width=width)
        st.metric("错误 / 提示", f"{shown.hard:,} / {shown.soft:,}", border=True, width=170)
    if shown.state is BatchState.CHECKED:
        _checked(shown, writes=writes)
    if shown.state is BatchState.FAILED and writes:
        with st.container(horizontal=True):
            _again(shown)
            _leave(shown, writes=writes)
    if shown.state is BatchState.APPLIED and writes:
        import_undo.undoing(shown, actor)


def _checked(shown: Shown, *, writes: bool) -> None:
    changes = shown.counts[Outcome.NEW] + shown.counts[Outcome.CHANGED]
    clean = not shown.hard and changes > 0
    if shown.hard:
        st.warning(
            f"有 {shown.hard:,} 处错误，不能写入。请下载标注文件，改正后重新上传整个文件。",
            icon=":material/error:",
        )
    elif not changes:
        st.success("文件与库中记录一致，没有需要写入的内容。", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if (
            writes
            and clean
            and st.button(
                f"写入 {changes:,} 行",
                type="primary",
                key=f"apply-{shown.id}",
                icon=":material/save:",
            )
        ):
            _apply(shown)
        if shown.hard or shown.soft:
            st.link_button(
                "下载标注文件", f"/import/{shown.id}/marked.xlsx", icon=":material/download:",
                type="primary" if shown.hard else "secondary",
            )  # fmt: skip
        if writes:
            _again(shown)
        _leave(shown, writes=writes)


def _again(shown: Shown) -> None:
    if st.button("重新检查", key=f"again-{shown.id}", icon=":material/refresh:"):
        if ui.act(importing.recheck, shown.id, seen=_seen(shown), done="已重新检查。"):
            desk.work(shown.id)
        st.rerun()


def _apply(shown: Shown) -> None:
    key = ui.once(f"apply-{shown.id}")
    done = "正在写入；结果见下方。"
    with st.spinner("正在写入……"):
        if ui.act(importing.queue, shown.id, seen=_seen(shown), key=key, done=done):
            desk.work(shown.id)
    st.rerun()


def _leave(shown: Shown, *, writes: bool) -> None:
    if writes and may_move("cancel", shown.state):
        ui.confirm(
            "取消导入", "放弃这一批；没有写入任何记录，文件仍留档。", importing.cancel, shown.id,
            key=f"cancel-{shown.id}", done="已取消，没有写入任何记录。",
        )  # fmt: skip


def found(shown: Shown, actor: Actor) -> None:
    """Errors, notes and rows in pages."""
    if shown.state in (BatchState.MAPPING, BatchState.WAITING):
        return
    numbers = {_ERRORS: shown.hard, _NOTES: shown.soft}
    numbers |= {outcome.label: number for outcome, number in shown.counts.items()}
    tabs = [name for name, number in numbers.items() if number]
    if not tabs:
        return
    view = st.segmented_control(
        "查看", tabs, default=tabs[0], required=True, key=f"view-{shown.id}",
        format_func=lambda name: f"{name} {numbers[name]:,}", label_visibility="collapsed",
        on_change=pick.put, args=("p", None), wrap=True,
    )  # fmt: skip
    with ui.reading() as session:
        if view in (_ERRORS, _NOTES):
            hard = view == _ERRORS
            rows = imports.problems(session, actor, shown.id, hard=hard, page=pick.page())
        else:
            outcome = next(one for one in Outcome if one.label == view)
            rows = imports.rows(session, actor, shown.id, outcome, pick.page())
    st.dataframe(rows, hide_index=True, placeholder="", alt=view, height="content", row_height=None)
    pick.paging(numbers[view], PAGE)


def _seen(shown: Shown) -> Seen:
    return Seen("import_batch", shown.id, shown.rev)
