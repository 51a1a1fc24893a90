"""What one claim rests on, row by row, in words a sceptic can check (依据)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from pilot.domain.counting import Source
from pilot.domain.moment import Moment
from pilot.reports.transfer_words import checkers, received
from pilot.store import queries_codes, queries_grounds, queries_project_view, queries_rounds

Row = Mapping[str, Any]
Labels = Mapping[str, str]

_ORDER = ("decision", "evidence", "landing_step", "landing", "transfer", "contract", "public_fact")


@dataclass(frozen=True, slots=True)
class Ground:
    """One row: what it is, what it says, who vouches for it, where it can be looked at.

    `page` and `query` name the page of the row, `file_id` its attachment; `papers` are the files
    (id, words) that lay before a decision.
    """

    what: str
    says: str
    vouched: str = ""
    page: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    file_id: int | None = None
    papers: tuple[tuple[int, str], ...] = ()


def grounds(
    session: Session, base_id: int, sources: Iterable[Source], view: Moment
) -> list[Ground]:
    """Every row of these sources that tells something, decisions first."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        wanted[source.kind].add(source.id)
    areas = queries_codes.labels(session, base_id, "areas")
    found = []
    for kind in _ORDER:
        for row in queries_grounds.rows_of(session, base_id, kind, wanted[kind], view):
            ground = _WORDS[kind](row, areas)
            if kind == "decision":
                ground = replace(ground, papers=_before(session, row, view))
            found.append(ground)
    return found


def _before(session: Session, decision: Row, view: Moment) -> tuple[tuple[int, str], ...]:
    """The files of the papers that the round asked for, as they were known to who decided."""
    then = replace(view, known_at=min(view.known_at, decision["decided_at"]))
    checks = queries_rounds.checks(session, decision["review_id"])
    asked = {row["ReviewCheck"].doc_code for row in checks}
    return tuple(
        (row["attachment_id"], f"{row['doc_code']} {row['title'] or ''}".strip())
        for row in queries_project_view.papers(session, decision["project_id"], then)
        if row["attachment_id"] and row["doc_code"] in asked
    )


def _decision(row: Row, _areas: Labels) -> Ground:
    over = "（此后已有更正结论）" if row["superseded"] else ""
    return Ground(
        "评审结论",
        f"{row['gate'].label}：{row['conclusion'].label}，评审日期 {row['held_on']}{over}。"
        f"理由：{row['reason']}",
        f"结论人 {row['who']}",
        "gate",
        (("review", str(row["review_id"])),),
    )


def _paper(row: Row, _areas: Labels) -> Ground:
    parts = (
        f"{row['doc_code']} {row['title'] or ''}".strip(),
        f"文号 {row['doc_no']}" if row["doc_no"] else "",
        f"{row['issuer']}" if row["issuer"] else "",
        f"签发（签订） {row['issued_on']}" if row["issued_on"] else "未登记签订日期",
        f"有效期至 {row['valid_until']}" if row["valid_until"] else "",
        f"第 {row['version']} 版，{row['state'].label}",
    )
    checked = f"，核验人 {row['checker']}" if row["checker"] else "，尚未核验"
    return Ground(
        "材料",
        "，".join(part for part in parts if part),
        f"提交人 {row['who']}{checked}",
        "project",
        (("id", str(row["project_id"])), ("tab", "材料")),
        row["attachment_id"],
    )


def _step(row: Row, _areas: Labels) -> Ground:
    gone = f"，已于 {row['withdrawn_on']} 撤回" if row["withdrawn_on"] else ""
    proof = f"，证明：{row['proof']}" if row["proof"] else ""
    return Ground(
        "产业化进度",
        f"{row['level'].label}，达到日期 {row['reached_on']}{proof}{gone}",
        f"核实人 {row['checker']}" if row["checker"] else "尚未核实",
        "project",
        (("id", str(row["project_id"])),),
        row["attachment_id"],
    )


def _plant(row: Row, areas: Labels) -> Ground:
    parts = (
        f"实施单位 {row['entity']}",
        f"注册地 {_place(row['reg_area'], areas)}",
        f"建设地点 {_place(row['site_area'], areas)}",
        f"投资项目代码 {row['investment_code']}" if row["investment_code"] else "",
        f"产品 {row['product']}" if row["product"] else "",
        f"豁免中试验收的理由：{row['pilot_waiver']}" if row["pilot_waiver"] else "",
    )
    query = (("id", str(row["project_id"])),)
    return Ground("产业化落地", "，".join(filter(None, parts)), "", "project", query)


def _transfer(row: Row, areas: Labels) -> Ground:
    names = checkers(row)
    return Ground(
        "转化事件",
        f"{row['result_code']}《{row['title']}》，{row['mode'].label}，转化日期 {row['event_on']}，"
        f"{received(row['mode'], row['receiver'], row['receive_area'], areas)}，"
        f"实施地 {_place(row['implement_area'], areas)}",
        f"录入人 {row['who']}，" + (f"核验人 {names}" if names else "尚未核验"),
        "results",
        (("id", str(row["result_id"])),),
    )


def _contract(row: Row, _areas: Labels) -> Ground:
    registered = row["registration_no"]
    parts = (
        f"合同 {row['no']}",
        row["type"].label if row["type"] else "",
        f"{row['signed_on']} 签订",
        f"金额 {row['amount']:.2f} 万元" if row["amount"] is not None else "",
        f"技术合同登记编号 {registered}" if registered else "未认定登记",
        f"已于 {row['rescinded_on']} 解除" if row["rescinded_on"] else "",
    )
    query = (("id", str(row["result_id"])),)
    return Ground("合同", "，".join(filter(None, parts)), "", "results", query)


def _fact(row: Row, _areas: Labels) -> Ground:
    about = "project" if row["project_id"] else "results"
    query = (("id", str(row["project_id"] or row["result_id"])),)
    says = f"{row['fact']}（{row['as_of_text'] or '日期不详'}）"
    return Ground("公开报道", says, f"来源 {row['source']}；只能提示，不能计入", about, query)


def _place(code: str | None, areas: Labels) -> str:
    return areas.get(code, code) if code else "未登记"


_WORDS: dict[str, Callable[[Row, Labels], Ground]] = {
    "decision": _decision,
    "evidence": _paper,
    "landing_step": _step,
    "landing": _plant,
    "transfer": _transfer,
    "contract": _contract,
    "public_fact": _fact,
}
