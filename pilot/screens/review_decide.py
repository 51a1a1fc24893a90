"""Judging a submission (审核结论): comments by field; accept, return, refuse, join."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.submission_content import Section
from pilot.domain.submissions import OPEN
from pilot.domain.vocabulary import SubmissionState, Term
from pilot.reports.alike import Beside
from pilot.reports.review_queue import Judged
from pilot.reports.submission_words import Answer
from pilot.screens import pick
from pilot.screens.review_list import take
from pilot.services import submission_reviews, submissions
from pilot.services.command import Seen


class Choice(Term):
    """What a reviewer may decide (审核结论)."""

    ACCEPT = "accept", "通过"
    RETURN = "return", "退回补正"
    REFUSE = "refuse", "不予受理"
    JOIN = "join", "并入已有成果"


_DONE = {
    Choice.ACCEPT: "已记录您的结论：通过。",
    Choice.RETURN: "已退回填报人补正。",
    Choice.REFUSE: "已不予受理。",
    Choice.JOIN: "已并入已有成果。",
}


_BECOMES = {
    Choice.ACCEPT: SubmissionState.ACCEPTED,
    Choice.RETURN: SubmissionState.RETURNED,
    Choice.REFUSE: SubmissionState.REFUSED,
    Choice.JOIN: SubmissionState.DUPLICATE,
}


def head(shown: Judged) -> None:
    """Which submission, how it stands, whose turn, and the ways from here."""
    st.title(ui.plain(shown.title or "（未填名称）"))
    whose = f"等待 {shown.days} 天" if shown.state in OPEN else ""
    facts = [shown.receipt, f"第 {shown.round} 轮", f"{shown.author} {shown.organisation}", whose]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(shown.state.label, color="orange" if shown.state in OPEN else "gray")
        st.caption(ui.plain(" · ".join(filter(None, facts))), width="content")
        ui.link("返回队列", "review", icon=":material/arrow_back:")
    if _may_claim(shown):
        _claim(shown, "claim-first")


def comment_box(shown: Judged, answers: Mapping[Section, Sequence[Answer]]) -> None:
    """A word about one field or about the whole; what was typed stays if it is refused."""
    if shown.state not in OPEN:
        return
    fields = {one.field: one.heading for lines in answers.values() for one in lines}
    name = _comment_name(shown)
    st.selectbox(
        "意见针对", list(fields), None, format_func=fields.get, placeholder="整份填报",
        key=f"{name}-field",
    )  # fmt: skip
    ui.area("意见", most=1000, key=f"{name}-text")
    st.button(
        "写下意见",
        icon=":material/add_comment:",
        key=f"{name}-say",
        on_click=_say,
        args=(shown, name),
    )


def _comment_name(shown: Judged) -> str:
    """Under which name the comment that is being written is kept; a new one begins empty."""
    return f"comment-{shown.id}-{st.session_state.setdefault(f'comments-{shown.id}', 0)}"


def _say(shown: Judged, name: str) -> None:
    text, field = st.session_state[f"{name}-text"] or "", st.session_state[f"{name}-field"]
    key = ui.daily(f"comment-{shown.id}-{shown.round}")
    done = "已写下意见。"
    if ui.act(submissions.comment, shown.id, text, field=field, key=key, done=done):
        st.session_state[f"comments-{shown.id}"] += 1


def decision(shown: Judged, beside: Beside) -> None:
    """The decision that was taken, or the form of it, or why it is not the reader's."""
    st.subheader("结论")
    if shown.state not in OPEN:
        told = [shown.state.label, shown.decided_by, shown.reason]
        st.info(ui.plain(" · ".join(filter(None, told))), icon=":material/gavel:")
        _too_late(shown)
        if shown.result_id:
            ui.link("查看登记的成果", "results", icon=":material/science:", id=shown.result_id)
    elif _may_claim(shown):
        _claim(shown, "claim", shortcut="t", help="认领后才能作结论；快捷键 T")
    elif shown.refusal:
        whose = f"{shown.reviewer} 正在审核这份填报。" if shown.reviewer else ""
        st.info(ui.plain(whose + (shown.claim_refusal or shown.refusal)), icon=":material/lock:")
    else:
        _form(shown, beside)


def _may_claim(shown: Judged) -> bool:
    return shown.state in OPEN and bool(shown.refusal) and not shown.claim_refusal


def _claim(shown: Judged, key: str, **options: Any) -> None:
    """The claim, before everything there is to read and behind it."""
    st.button(
        "认领", type="primary", icon=":material/front_hand:", key=key,
        on_click=take, args=(shown.id,), **options,
    )  # fmt: skip


def _too_late(shown: Judged) -> None:
    """Whoever pressed 确认 where it was open still: nothing of theirs was recorded.

    Unless it says just what they did: a second click meets what the first one decided.
    """
    if not st.session_state.get(f"confirm-{shown.id}"):
        return
    choice, reason = (st.session_state.get(f"{name}-{shown.id}") for name in ("choice", "reason"))
    written = (reason or "").strip()
    if (shown.state, shown.reason or "") == (_BECOMES.get(choice), written):
        return
    taken_back = shown.state is SubmissionState.WITHDRAWN
    what = "填报人撤回了这份填报" if taken_back else "这份填报已有结论"
    st.warning(f"在您确认之前，{what}；您的结论和理由没有记录。")
    if written:
        st.text(f"您写的理由：{written}")


def _form(shown: Judged, beside: Beside) -> None:
    choices = [one for one in Choice if one is not Choice.JOIN or _results(beside)]
    choice = st.radio(
        "结论 *", choices, None, format_func=lambda one: one.label, horizontal=True,
        key=f"choice-{shown.id}",
    )  # fmt: skip
    target = None
    if choice is Choice.JOIN:
        known = _results(beside)
        target = st.selectbox(
            "并入哪一项 *", list(known), None, format_func=known.get, placeholder="选择成果",
            key=f"target-{shown.id}",
        )  # fmt: skip
    reason = ui.area("理由", most=500, key=f"reason-{shown.id}", help=_WHEN)
    with st.container(horizontal=True):
        label = f"确认：{choice.label}" if choice else "请先选择结论"
        if st.button(
            label, type="primary", icon=":material/gavel:", disabled=choice is None,
            key=f"confirm-{shown.id}",
        ):  # fmt: skip
            _decide(shown, choice, target, reason or "")
        st.button("放回队列", on_click=_release, args=(shown,), key="release")
    if choice is Choice.ACCEPT and shown.votes.needed > 1 and not shown.voters:
        st.caption("这是第一次核实：确认后由另一位审核人复核，复核通过才登记和计数。")


_WHEN = "不予受理和并入必须写明理由；退回补正须有理由或对某一项的意见。"


def _decide(shown: Judged, choice: Choice, target: int | None, reason: str) -> None:
    if choice is Choice.JOIN and target is None:
        st.error("请选择并入哪一项成果。")
        return
    if str(st.session_state.get(f"{_comment_name(shown)}-text") or "").strip():
        st.error("“意见”里有还没写下的内容：请先点“写下意见”，或清空后再确认。")
        return
    verbs: dict[Choice, tuple[Callable, tuple[Any, ...]]] = {
        Choice.ACCEPT: (submission_reviews.accept, ()),
        Choice.RETURN: (submission_reviews.send_back, ()),
        Choice.REFUSE: (submission_reviews.refuse, ()),
        Choice.JOIN: (submission_reviews.join, (target,)),
    }
    verb, more = verbs[choice]
    seen = Seen("submission", shown.id, shown.rev)
    key = ui.once(f"judge-{shown.id}-{shown.round}")
    if ui.act(verb, shown.id, *more, reason=reason, seen=seen, key=key, done=_DONE[choice]):
        pick.put("id", None)
        st.rerun()


def _release(shown: Judged) -> None:
    if ui.act(submission_reviews.release, shown.id, done="已放回队列。"):
        pick.put("id", None)


def _results(beside: Beside) -> dict[int, str]:
    return {
        one.id: f"{one.code} {one.facts.get('名称', '')}"
        for one in beside.others
        if one.table == "result"
    }
