"""The sections of a submission's form (填报部分), one open at a time; the rest under 更多."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import submission_edits as edits
from pilot.domain.drafts import BY_CONTRACT
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.people import Actor
from pilot.domain.submission_content import Section
from pilot.domain.submission_parts import follows
from pilot.reports import submission_desk
from pilot.screens import (
    submission_children,
    submission_follow_up,
    submission_holders,
    submission_package,
    submission_papers,
    submission_people,
    submission_receivers,
)
from pilot.screens.submission_fields import Sheet, fields, flag, lines, listed, one, troubles
from pilot.ui import saving

_SECRETS = (
    "本系统不接收涉密内容。涉及国家秘密的成果、工艺参数和附件请按保密规定另行办理，"
    "不要在这里填写或上传。"
)
_NUMBERS = {
    IdentifierKind.PATENT: "如 201911044411.X；尚无号码填“暂无”",
    IdentifierKind.SOFTWARE: "如 2021SR0123456",
    IdentifierKind.STANDARD: "如 GB/T 37264-2018",
}
_TERMS = ("no", "type", "signed_on", "amount", "seller_id", "buyer_id", "registration_no")
_MORE_TERMS = (
    "title", "conditional", "effective_on", "technology_amount", "registered_on",
    "benefit_clause", "related_parties",
)  # fmt: skip


def draw(on: Sheet, section: Section, actor: Actor) -> None:
    """One section with its fields; everything in it is saved as it changes."""
    _DRAW[section](on, actor)


def _declaration(on: Sheet, _actor: Actor) -> None:
    st.warning(_SECRETS, icon=":material/lock:")
    label = f"我声明：本次填报的内容和附件不涉及国家秘密{on.star('result.non_secret')}"
    flag(on, "result.non_secret", label)
    troubles(on, "result.non_secret")


def _basics(on: Sheet, _actor: Actor) -> None:
    one(on, "result.title", live="700ms", placeholder="按证书、合同或鉴定材料上的全称填写")
    fields(on, ["result.kind", "result.field"])
    one(on, "result.summary", placeholder="是什么、解决什么问题、关键指标；500 字以内")
    more = ["owner_type", "attribute", "industry", "programme", "demand"]
    _more(on, [f"result.{name}" for name in more])


def _holders(on: Sheet, _actor: Actor) -> None:
    submission_holders.holders(on)
    submission_holders.asked_for(on)
    submission_people.person(on)


def _numbers(on: Sheet, _actor: Actor) -> None:
    known = on.value("result.numbers") or {}
    found = [each for each in on.desk.problems if each.field == "result.numbers"]
    rules = {kind: f"identifier-{kind}" for kind in _NUMBERS}
    for place, (kind, example) in zip(st.columns(3), _NUMBERS.items(), strict=True):
        with place:
            lines(
                on, f"numbers-{kind}", f"{kind.label}（每行一个）", known.get(kind, []),
                partial(edits.numbers, kind.value), placeholder=example,
            )  # fmt: skip
            listed(on, [each for each in found if each.rule == rules[kind]])
    troubles(on, "result.numbers", but=rules.values())
    fields(on, ["result.registration_no", "result.registered_on"])


def _children(on: Sheet, _actor: Actor) -> None:
    submission_children.children(on)


def _readiness(on: Sheet, _actor: Actor) -> None:
    levels = dict(on.desk.lists.get("readiness_levels", {}))
    parts = [on.value(f"result.readiness_{name}") for name in ("scheme", "version", "level")]
    chosen = None
    if parts[2] not in (None, ""):
        chosen = f"{parts[0]}-{parts[1]}:{parts[2]}"
        levels.setdefault(chosen, f"{parts[2]}级")
    codes = list(levels)
    label = f"技术成熟度（标准、版本和等级）{on.star('result.readiness_level')}"
    pick = partial(
        st.selectbox, label, codes, filter_mode="prefix",
        placeholder="请选择，可输入等级，如 6",
        format_func=lambda code: f"{levels[code]}　{code.rpartition(':')[0]}", help=_STANDARD,
    )  # fmt: skip
    saving.kept(on.form, "readiness", chosen, pick, blank={"index": None}, edit=_level)
    troubles(on, "result.readiness_level")
    fields(on, ["result.maturity"])


_STANDARD = "按评价报告写明的标准选择：两个标准都有的等级，含义不同。"


def _level(code: str | None) -> edits.Edit:
    standard, _, level = (code or "").rpartition(":")
    scheme, _, edition = standard.rpartition("-")
    return {
        "result.readiness_scheme": scheme or None,
        "result.readiness_version": edition or None,
        "result.readiness_level": int(level) if level else None,
    }


def _transfer(on: Sheet, actor: Actor) -> None:
    words = {True: "已转化：有合同、首次应用或投产", False: "还没有转化：只登记成果"}
    pick = partial(
        st.radio, f"这项成果是否已经转化？{on.star('has_transfer')}", [True, False],
        format_func=words.get, horizontal=True,
    )  # fmt: skip
    moved = on.value("has_transfer")
    saving.kept(on.form, "has_transfer", moved, pick, blank={"index": None})
    troubles(on, "has_transfer")
    if not moved:
        return
    submission_follow_up.kind(on)
    if follows(on.desk.content):
        submission_follow_up.follow_up(on, actor)
        return
    one(on, "transfer.mode")
    if on.value("transfer.mode") in BY_CONTRACT or on.value("contract.no"):
        _contract(on, actor)
    else:
        fields(on, ["transfer.event_on", "transfer.receiver_id", "transfer.implement_area"])
        one(on, "contract.no", placeholder="有合同的填合同编号，随后填写合同内容")
        _more(on, ["transfer.receive_area", "transfer.related_parties"])


def _contract(on: Sheet, actor: Actor) -> None:
    st.markdown("**合同**")
    no = on.value("contract.no")
    with ui.reading() as session:
        known = submission_desk.contract_known(session, actor, no)
    if known:
        st.info(
            f"合同 {ui.plain(no)} 已经登记过，不会重复登记；本次转化将记在这份合同下，"
            "审核时以已登记的合同内容为准。",
            icon=":material/info:",
        )
    submission_package.package(on, actor)
    fields(on, [f"contract.{name}" for name in _TERMS])
    submission_receivers.receivers(on)
    submission_holders.asked_for(on)
    fields(on, ["transfer.implement_area"])
    one(on, "contract.ip_clause", placeholder="摘录合同中关于知识产权和后续改进归属的条款")
    more = [f"contract.{name}" for name in _MORE_TERMS]
    _more(on, [*more, "transfer.receiver_id", "transfer.receive_area"])


def _files(on: Sheet, _actor: Actor) -> None:
    troubles(on, "files")
    submission_papers.papers(on.desk)


def _more(on: Sheet, names: Sequence[str]) -> None:
    """What may be filled in later; open where something stands or is wrong."""
    filled = sum(on.value(name) not in (None, "", False) for name in names)
    wrong = any(each.field in names for each in (*on.desk.open, *on.desk.remarks))
    opened: Any = st.expander(
        f"更多（已填 {filled} / {len(names)}）" if filled else "更多（可以以后再填）",
        expanded=wrong or bool(filled), key=f"{on.form.key}-more-{names[0]}", on_change="rerun",
    )  # fmt: skip
    if opened.open:
        with opened:
            fields(on, names)


_DRAW: dict[Section, Callable[[Sheet, Actor], None]] = {
    Section.DECLARATION: _declaration,
    Section.BASICS: _basics,
    Section.HOLDERS: _holders,
    Section.NUMBERS: _numbers,
    Section.CHILDREN: _children,
    Section.READINESS: _readiness,
    Section.TRANSFER: _transfer,
    Section.FILES: _files,
}
