"""The form of a result (成果): new or changed; holders in order, numbers one a line."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_fields import described
from pilot.domain.drafts import Holder, Number, ResultDraft
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.parsing import ParseError, parse_decimal
from pilot.reports.registry import Choices
from pilot.reports.result_detail import Detail
from pilot.screens import draft_form, pick
from pilot.services import results
from pilot.services.command import Seen

_LEVEL = ("readiness_scheme", "readiness_version", "readiness_level")
_APART = ("title", "holders", "contact_id", "numbers", "code", "non_secret", *_LEVEL)
_KINDS = (IdentifierKind.PATENT, IdentifierKind.SOFTWARE, IdentifierKind.STANDARD)


def new(known: Choices) -> None:
    """Enter a result; the code is given by the system."""
    version = st.session_state.setdefault("result-form", 0)
    with st.form(f"result-new-{version}", border=False):
        draft, trouble = _fields(None, known, f"result-new-{version}")
        sent = st.form_submit_button("登记成果", type="primary", icon=":material/add:")
    if not sent:
        return
    if trouble:
        st.error(ui.plain(trouble))
        return
    done = ui.act(results.save_result, draft, key=ui.once("result-new"), done="已登记成果。")
    if done:
        st.session_state["result-form"] = version + 1
        pick.put("id", done.subject_id)
        st.rerun()


def change(detail: Detail, known: Choices) -> None:
    """Change a result; the reason goes to the journal."""
    key = f"result-{detail.id}-{detail.rev}"
    with st.form(key, border=False):
        draft, trouble = _fields(detail.draft, known, key)
        reason = ui.line("修改理由", key=f"{key}-reason")
        sent = st.form_submit_button("保存修改", type="primary")
    if not sent:
        return
    if trouble:
        st.error(ui.plain(trouble))
        return
    done = ui.act(
        results.save_result,
        draft,
        result_id=detail.id,
        reason=reason or "",
        seen=Seen("result", detail.id, detail.rev),
        key=ui.once(key),
        done=f"已修改成果 {detail.code}。",
    )
    if done:
        st.rerun()


def _fields(start: ResultDraft | None, known: Choices, key: str) -> tuple[ResultDraft, str]:
    """What stands in the form as a draft, and what could not even be read."""
    rest = set(described(ResultDraft)) - {"title"}
    values = draft_form.fields(ResultDraft, start, key, lists=known.lists, skip=rest)
    organisations = known.organisations
    held = [holder.organisation_id for holder in start.holders] if start else []
    holders = st.multiselect(
        "持有方 *（按顺序）", list(organisations), held, format_func=organisations.get,
        placeholder="选择单位；没有的请先在“单位与人员”登记", key=f"{key}-holders",
    )  # fmt: skip
    shares = st.text_input(
        "各方份额（%）", _shares(start), key=f"{key}-shares",
        help="按持有方的顺序，用逗号分开，如 60,40；不清楚可不填。",
    )  # fmt: skip
    values["contact_id"] = _contact(start, known, key)
    values |= draft_form.fields(
        ResultDraft, start, key, lists=known.lists, choices={"package_id": known.packages},
        skip=_APART,
    )  # fmt: skip
    values |= _readiness(start, known, key)
    values["numbers"] = _numbers(start, key)
    values["non_secret"] = st.checkbox(
        "声明：以上内容不涉及国家秘密 *", bool(start and start.non_secret), key=f"{key}-non_secret"
    )
    values["code"] = start.code if start else None
    held_by, trouble = _holders(holders, shares or "")
    values["title"], values["kind"] = values["title"] or "", values["kind"] or ""
    return ResultDraft(holders=held_by, **values), trouble


def _contact(start: ResultDraft | None, known: Choices, key: str) -> int | None:
    """Who is responsible; the unit beside the name tells namesakes apart."""
    people = {None: "未指定"} | known.persons
    return st.selectbox(
        "成果负责人", list(people), list(people).index(start.contact_id if start else None),
        format_func=people.get, key=f"{key}-contact", help="没有的请先在“单位与人员”登记。",
    )  # fmt: skip


def _holders(ids: Sequence[int], text: str) -> tuple[tuple[Holder, ...], str]:
    """Each holder with its share; “-” stands for a share that is not known."""
    parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")]
    if not any(parts):
        return tuple(Holder(one) for one in ids), ""
    if len(parts) != len(ids):
        return (), f"持有方有 {len(ids)} 个，份额有 {len(parts)} 个。请逐一对应，或全部不填。"
    try:
        shares = [None if part == "-" else parse_decimal(part.rstrip("%％")) for part in parts]
    except ParseError as error:
        return (), f"份额：{error.message}{error.remedy}"
    return tuple(Holder(one, share) for one, share in zip(ids, shares, strict=True)), ""


def _shares(start: ResultDraft | None) -> str:
    shares = [holder.share for holder in start.holders] if start else []
    if all(share is None for share in shares):
        return ""
    return ",".join("-" if share is None else f"{share.normalize():f}" for share in shares)


def _readiness(start: ResultDraft | None, known: Choices, key: str) -> dict[str, Any]:
    """Scheme, edition and level are one choice: a level means nothing without the others."""
    levels = dict(known.lists.get("readiness_levels", {}))
    old = ""
    if start and start.readiness_level is not None:
        old = f"{start.readiness_scheme}-{start.readiness_version}:{start.readiness_level}"
        levels.setdefault(old, f"{start.readiness_level}级")
    code = st.selectbox(
        "技术成熟度", list(levels), list(levels).index(old) if old else None,
        format_func=lambda one: f"{levels[one]}　{one.rpartition(':')[0]}",
        placeholder="未评价；可输入等级，如 6", filter_mode="prefix", key=f"{key}-readiness",
    )  # fmt: skip
    if code is None:
        return dict.fromkeys(_LEVEL)
    standard, _, level = code.rpartition(":")
    scheme, _, edition = standard.rpartition("-")
    return dict(zip(_LEVEL, (scheme, edition, int(level)), strict=True))


def _numbers(start: ResultDraft | None, key: str) -> tuple[Number, ...]:
    found: list[Number] = []
    for place, kind in zip(st.columns(len(_KINDS)), _KINDS, strict=True):
        old = [one.number for one in start.numbers if one.kind is kind] if start else []
        with place:
            text = st.text_area(
                f"{kind.label}（每行一个）", "\n".join(old), height=100, key=f"{key}-{kind}"
            )
        found += [Number(kind, line.strip()) for line in (text or "").splitlines() if line.strip()]
    return tuple(found)
