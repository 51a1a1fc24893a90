"""What follows on a contract that is there already (合同后续事项), in the form of a submission."""

from functools import partial
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import submission_edits as edits
from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.errors import NotFound
from pilot.domain.people import Actor
from pilot.reports import earlier_contracts
from pilot.reports.earlier_contracts import Earlier
from pilot.screens.submission_fields import Sheet, choose, day, one, text, troubles
from pilot.ui import saving

_NEW = "新的转化：新合同，或首次应用、投产"
_DAYS = {
    FollowUpKind.AMENDMENT: "补充协议签订日期",
    FollowUpKind.RENEWAL: "续签日期",
    FollowUpKind.INSTALMENT: "付款日期",
    FollowUpKind.REGISTRATION: "认定登记日期",
    FollowUpKind.RESCISSION: "解除日期",
}
_AMOUNTS = {
    FollowUpKind.AMENDMENT: "变更后的合同成交额（万元）",
    FollowUpKind.RENEWAL: "续签后的合同成交额（万元）",
    FollowUpKind.INSTALMENT: "本期付款金额（万元）",
}
_NOTES = {
    FollowUpKind.AMENDMENT: "变更了什么",
    FollowUpKind.RESCISSION: "解除的理由",
}


def kind(on: Sheet) -> None:
    """A new event, or what follows on a contract that is there already."""
    words = {word.value: word.label for word in FollowUpKind}
    chosen = on.value("follow_up.kind") or ""
    draw = partial(
        st.selectbox, "这次填报的是", ["", *words],
        format_func=lambda code: f"已有合同的{words[code]}" if code else _NEW,
    )  # fmt: skip
    saving.kept(on.form, "follow_up.kind", chosen, draw, blank={})
    troubles(on, "follow_up.kind")


def follow_up(on: Sheet, actor: Actor) -> None:
    """The earlier contract, the result it is about, and what happened."""
    what = FollowUpKind(on.value("follow_up.kind"))
    st.info(what.effect, icon=":material/info:")
    with ui.reading() as session:
        offered = earlier_contracts.offered(session, actor)
    if not offered:
        st.warning(
            "没有可以选择的合同：这里列出本人填报过的合同，以及本单位作为一方或持有成果的合同。",
            icon=":material/search_off:",
        )
    name = "follow_up.contract_id"
    choose(on, name, f"原合同{on.star(name)}", offered, help=_WHICH)
    _result(on, actor)
    troubles(on, name)
    left, right = st.columns(2)
    with left:
        name = "follow_up.happened_on"
        day(on, name, f"{_DAYS[what]}{on.star(name)}")
        troubles(on, name)
    with right:
        _amount_or_number(on, what)
    if what not in (FollowUpKind.INSTALMENT, FollowUpKind.REGISTRATION):
        one(on, "follow_up.no", placeholder="协议有自己的编号时填写")
    name = "follow_up.note"
    text(on, name, f"{_NOTES.get(what, '内容说明')}{on.star(name)}", lines=True)
    troubles(on, name)


_WHICH = "输入合同编号或名称搜索；列出本人填报过的合同，以及本单位作为一方或持有成果的合同。"


def _amount_or_number(on: Sheet, what: FollowUpKind) -> None:
    if what in _AMOUNTS:
        name = "follow_up.amount"
        label = f"{_AMOUNTS[what]}{on.star(name)}"
        text(on, name, label, max_chars=20, placeholder="如 88.50")
        troubles(on, name)
    elif what is FollowUpKind.REGISTRATION:
        name = "follow_up.registration_no"
        text(on, name, f"技术合同登记编号{on.star(name)}", max_chars=64)
        troubles(on, name)


def _result(on: Sheet, actor: Actor) -> None:
    """Which result of the contract it is about; its record goes into the form."""
    chosen = on.value("follow_up.contract_id")
    if chosen is None:
        return
    try:
        with ui.reading() as session:
            earlier = earlier_contracts.about(session, actor, chosen)
    except NotFound:
        return  # said at the field
    st.caption(ui.plain(earlier.line))
    _choice(on, actor, earlier)


def _choice(on: Sheet, actor: Actor, earlier: Earlier) -> None:
    same = on.value("same_as")
    shown = same if same in earlier.results else None
    contract = on.value("follow_up.contract_id")
    draw = partial(
        st.selectbox, f"涉及哪一项成果{on.star('same_as')}", list(earlier.results),
        format_func=lambda result: earlier.results.get(result, str(result)), placeholder="请选择",
        help="选定后，登记簿里这项成果的名称、类型、持有方等自动填入，不用再填。",
    )  # fmt: skip

    def taken(result: int | None) -> edits.Edit:
        return edits.earlier_result(result, _registered(on, actor, result))

    saving.kept(
        on.form, f"follow_up-result-{contract}", shown, draw, blank={"index": None}, edit=taken
    )


def _registered(on: Sheet, actor: Actor, result: int | None) -> dict[str, Any]:
    if result is None:
        return {}
    with ui.reading() as session:
        return earlier_contracts.registered(session, actor, on.desk.id, result)
