"""Where a submission stands (我的成果到哪了): state, turn, days, what next, what may be done."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.domain.submissions import ENDED, MOVES
from pilot.domain.vocabulary import SubmissionState as State
from pilot.reports import submission_thread, submission_words, submissions
from pilot.reports.submissions import Head
from pilot.screens import submission_view
from pilot.services import submissions as verbs
from pilot.services.command import Seen

COLOURS = {
    State.DRAFT: "gray",
    State.WAITING: "blue",
    State.SECOND: "blue",
    State.RETURNED: "orange",
    State.ACCEPTED: "green",
    State.REFUSED: "red",
    State.DUPLICATE: "violet",
    State.WITHDRAWN: "gray",
}
UNTITLED = "未命名的填报"
_WITHDRAW = "撤回后这份填报就此结束，不再审核，也不能再修改；可以复制后重新填报。"


def head(shown: Head) -> None:
    """State, receipt, turn and days in one line, and what comes next."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(shown.state.label, color=COLOURS[shown.state])
        if shown.receipt:
            st.markdown(f"回执号 **{ui.plain(shown.receipt)}**", width="content")
        if shown.turn:
            waited = f"已 {shown.days} 天" if shown.days else "今天起"
            st.caption(f"轮到{shown.turn} · {waited}", width="content")
        if not shown.own:
            st.caption(f"填报人 {ui.plain(shown.author)}", width="content")
    st.caption(ui.plain(shown.next))
    if shown.result:
        st.markdown(f":material/science: 成果 {ui.plain(shown.result)}")
    if shown.reason and shown.state is not State.WITHDRAWN:
        icon = ":material/undo:" if shown.state is State.RETURNED else ":material/info:"
        st.warning(f"审核意见：{ui.plain(shown.reason)}", icon=icon)
    if shown.changes_id:
        ui.link(
            "这是变更申请：打开原填报", "submission", icon=":material/history:", id=shown.changes_id
        )


def moves(shown: Head) -> None:
    """What may be done with it: receipt, withdraw, ask for a change, begin anew."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if shown.receipt:
            st.link_button("回执（可打印）", f"/receipt/{shown.id}", icon=":material/print:")
        if shown.own:
            _own_moves(shown)


def _own_moves(shown: Head) -> None:
    if shown.state in MOVES["withdraw"].states:
        ui.confirm(
            "放弃草稿" if shown.state is State.DRAFT else "撤回", _WITHDRAW, verbs.withdraw,
            shown.id, key=f"withdraw-{shown.id}", seen=Seen("submission", shown.id, shown.rev),
            done="已撤回。",
        )  # fmt: skip
    if shown.change_id:
        ui.link(
            "打开进行中的变更申请", "submission", icon=":material/edit_note:", id=shown.change_id
        )
    elif shown.state is State.ACCEPTED:
        st.button(
            "申请变更", icon=":material/edit_note:", key="change", on_click=_open_new,
            args=(verbs.ask_change, "change", "已建立变更申请，请修改后提交。", shown.id),
        )  # fmt: skip
    if shown.state in ENDED and shown.state is not State.ACCEPTED:
        st.button(
            "复制后重新填报", icon=":material/content_copy:", key="again", on_click=_open_new,
            args=(verbs.start, "again", "已复制为新的草稿。"), kwargs={"copy_of": shown.id},
        )  # fmt: skip


def sent(shown: Head, actor: Actor) -> None:
    """What was sent last, in words, with its files and rounds."""
    with ui.reading() as session:
        row = submissions.row_of(session, actor, shown.id)
        rounds = submission_thread.rounds(session, row)
        content = submission_thread.sent_content(session, row)
        known = submission_words.words(session, row.base_id, content)
        files = submission_thread.papers(session, row.id, row.round)
    changed = [one.field for one in rounds[0].changes] if len(rounds) > 1 else []
    notes = submission_view.explained(submission_words.explained(content))
    submission_view.answers(submission_words.answers(content, known), changed=changed, notes=notes)
    st.markdown("**附件**")
    submission_view.papers(files, notes.get("files", ()))
    if len(rounds) > 1:
        with st.expander(f"各轮差异（共 {len(rounds)} 轮）", icon=":material/difference:"):
            submission_view.rounds(rounds)


def thread(shown: Head) -> None:
    """What was said, and an answer."""
    with ui.reading() as session:
        said = submission_thread.thread(session, shown.id)
    st.markdown(f"**意见与回复（{len(said)}）**")
    submission_view.thread(said)
    if not shown.own:
        return
    name = f"answer-{shown.id}-{len(said)}"
    ui.area("回复", key=name, most=1000, height=90, placeholder="写给审核人")
    st.button("发出回复", icon=":material/send:", key=f"say-{shown.id}", on_click=_say,
              args=(shown, name))  # fmt: skip


def _say(shown: Head, name: str) -> None:
    text = st.session_state[name] or ""
    key = ui.daily(f"answer-{shown.id}-{shown.round}")
    ui.act(verbs.comment, shown.id, text, key=key, done="已发出回复。")


def _open_new(verb: Any, name: str, done: str, *args: int, **options: int) -> None:
    """Run a verb that begins a submission, and let the address name the new one."""
    made = ui.act(verb, *args, key=ui.once(f"{name}-submission"), done=done, **options)
    if made:
        st.query_params.from_dict({"id": str(made.subject_id)})


def now() -> datetime:
    """The instant of this run."""
    return datetime.now(UTC)
