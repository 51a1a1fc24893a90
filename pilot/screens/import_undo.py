"""Undoing an applied batch (撤销): what stands in the way, why, and a second person."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.reports.imports import PAGE, Shown
from pilot.services import importing
from pilot.services.command import Seen
from pilot.ui import desk

_DONE = "已整批撤销，记录恢复到写入之前。"


def held(shown: Shown, actor: Actor, *, writes: bool) -> None:
    """Rows that could not be taken back: which, why, and the two ways out."""
    with ui.reading() as session:
        found = importing.standing_rows(session, actor, shown.id, PAGE)
    st.warning(f"还有 {shown.done:,} 行没有收回：", icon=":material/error:")
    lines = [{"行": one.row, "问题": one.message, "处理办法": one.remedy} for one in found]
    if lines:
        st.dataframe(lines, hide_index=True, placeholder="", alt="没有收回的原因")
    if not writes:
        return
    reason = ui.line("保留理由", most=300, key=f"leave-why-{shown.id}")
    with st.container(horizontal=True):
        if st.button("再次收回", type="primary", key=f"again-{shown.id}"):
            _step(shown, importing.back_again, "正在再次收回。")
        if st.button("保留", key=f"leave-{shown.id}", help="这些行留在库中，以后仍可撤销"):
            _step(shown, importing.leave, "已保留没有收回的行。", reason=reason)


def _step(shown: Shown, step, done: str, **options) -> None:
    seen, key = Seen("import_batch", shown.id, shown.rev), ui.once(f"held-{shown.id}")
    if ui.act(step, shown.id, seen=seen, key=key, done=done, **options):
        desk.work(shown.id)
    st.rerun()


def undoing(shown: Shown, actor: Actor) -> None:
    """The way back, for those who may write."""
    with st.expander("撤销这一批", icon=":material/undo:", expanded=shown.asked_by is not None):
        with ui.reading() as session:
            found = importing.obstacles(session, actor, shown.id)
        if found:
            st.warning(f"有 {len(found):,} 处后来又有变动，不能整批撤销：")
            lines = [{"行": one.row, "问题": one.message, "处理办法": one.remedy} for one in found]
            st.dataframe(lines[:PAGE], hide_index=True, placeholder="", alt="不能撤销的原因")
        elif shown.asked_by is None:
            _first(shown)
        else:
            _second(shown, actor)


def _first(shown: Shown) -> None:
    """The reason; where projects are voided, this only asks a second person."""
    st.markdown(
        "新增的记录作废（单位、人员则删除），变更的记录恢复原值；文件自带的编号可以再次使用。"
        + ("新增项目的作废需要两人：先申请，由另一位管理人员确认。" if shown.by_two else "")
    )
    reason = ui.line("撤销理由 *", most=300, key=f"why-{shown.id}")
    label = "申请撤销整批" if shown.by_two else "撤销整批"
    if st.button(label, key=f"undo-{shown.id}"):
        step = importing.ask_undo if shown.by_two else importing.undo
        done = "已申请撤销，请另一位管理人员在本页确认。" if shown.by_two else _DONE
        done = "正在分段撤销，进度见上方。" if shown.long else done
        _do(shown, step, reason, done)


def _second(shown: Shown, actor: Actor) -> None:
    st.markdown(ui.plain(f"申请撤销：{shown.facts['申请撤销']}，理由：{shown.undo_reason}"))
    own = shown.asked_by == actor.id
    if own:
        st.info("等待另一位管理人员在本页确认。", icon=":material/hourglass_empty:")
    help_text = "申请人不能自己确认" if own else None
    if st.button("确认撤销整批", key=f"undo-{shown.id}", disabled=own, help=help_text):
        _do(shown, importing.undo, shown.undo_reason, _DONE)
    if own and st.button("撤回申请", key=f"withdraw-{shown.id}", icon=":material/undo:"):
        ui.act(
            importing.withdraw_undo, shown.id, seen=Seen("import_batch", shown.id, shown.rev),
            key=ui.once(f"withdraw-{shown.id}"), done="已撤回撤销申请，这一批不变。",
        )  # fmt: skip
        st.rerun()


def _do(shown: Shown, step, reason: str, done: str) -> None:
    seen = Seen("import_batch", shown.id, shown.rev)
    key = ui.once(f"undo-{shown.id}")
    if ui.act(step, shown.id, reason=reason, seen=seen, key=key, done=done) and shown.long:
        desk.work(shown.id)
    st.rerun()
