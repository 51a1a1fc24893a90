"""The one catalogue of field names (字段名称): a stored column, its Chinese heading, its words."""

from dataclasses import dataclass

from pilot.domain.draft_fields import Code, Word, described
from pilot.domain.drafts import ContractDraft, ProjectDraft
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    ContractState,
    Dimension,
    EvidenceState,
    Gate,
    Indicator,
    LandingLevel,
    Requirement,
    Scope,
    Stage,
    Standing,
    State,
    Term,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column in words: `words` its vocabulary, `codes` its code list, `names` whose id it is."""

    label: str
    words: type[Term] | None = None
    codes: str | None = None
    names: str | None = None


_NAMED = {
    "holder_id": "organisation",
    "pilot_org_id": "organisation",
    "seller_id": "organisation",
    "buyer_id": "organisation",
    "manager_id": "person",
    "parent_id": "project",
}


def _of(draft: type) -> dict[str, Field]:
    """The headings of a form, for the columns it fills."""
    return {
        name: Field(
            about.label,
            words=about.kind if isinstance(about, Word) else None,
            codes=about.list_name if isinstance(about, Code) else None,
            names=_NAMED.get(name),
        )
        for name, about in described(draft).items()
    }


FIELDS: dict[str, dict[str, Field]] = {
    "project": {
        "code": Field("项目编号"),
        **_of(ProjectDraft),
        "stage": Field("阶段", words=Stage),
        "state": Field("状态", words=State),
        "entry_stage": Field("登记时阶段", words=Stage),
        "entered_on": Field("登记日期"),
        "run_start": Field("首次投料"),
        "merged_into_id": Field("合并到", names="project"),
        "void_asked_by": Field("申请作废", names="account"),
    },
    "project_site": {"site": Field("场地", codes="sites")},
    "project_result": {"result_id": Field("关联成果", names="result")},
    "gate_plan": {
        "gate": Field("阶段门", words=Gate),
        "planned_on": Field("计划日期"),
        "reason": Field("调整理由"),
    },
    "move": {
        "from_stage": Field("原阶段", words=Stage),
        "from_state": Field("原状态", words=State),
        "to_stage": Field("阶段", words=Stage),
        "to_state": Field("状态", words=State),
        "effective_on": Field("生效日期"),
        "reason": Field("理由"),
    },
    "pilot_run": {
        "run_no": Field("批次号"),
        "started_on": Field("开始日期"),
        "ended_on": Field("结束日期"),
        "continuous_hours": Field("连续运行（小时）"),
        "stops": Field("非计划停车（次）"),
        "closure_percent": Field("物料衡算闭合（%）"),
        "yield_percent": Field("收率（%）"),
        "purity_percent": Field("纯度（%）"),
        "targets_compared": Field("与目标值作过对比"),
    },
    "project_note": {"on": Field("日期"), "text": Field("进展")},
    "attachment": {"name": Field("附件")},
    "evidence": {
        "doc_code": Field("材料"),
        "version": Field("版本"),
        "state": Field("状态", words=EvidenceState),
        "title": Field("名称"),
        "doc_no": Field("文号"),
        "issuer": Field("签发单位"),
        "issued_on": Field("签发日期"),
        "valid_until": Field("有效期至"),
        "attachment_id": Field("附件", names="attachment"),
        "reason": Field("说明"),
        "approver_id": Field("批准人", names="account"),
    },
    "review": {
        "gate": Field("阶段门", words=Gate),
        "round": Field("轮次"),
        "opened_on": Field("提交日期"),
    },
    "review_check": {
        "text": Field("准则"),
        "doc_code": Field("材料"),
        "requirement": Field("要求", words=Requirement),
        "dimension": Field("维度", words=Dimension),
        "state": Field("核对", words=CheckState),
        "reason": Field("说明"),
    },
    "scorecard": {"assessor_id": Field("评审人", names="account")},
    "consolidation": {
        "dimension": Field("合议维度", words=Dimension),
        "score": Field("合议分"),
        "note": Field("合议理由"),
        "dissent": Field("保留意见"),
    },
    "decision": {
        "gate": Field("阶段门", words=Gate),
        "conclusion": Field("结论", words=Conclusion),
        "held_on": Field("评审日期"),
        "reason": Field("结论理由"),
        "warnings": Field("当时的提示"),
    },
    "condition": {
        "text": Field("条件"),
        "owner": Field("责任人"),
        "due_on": Field("期限"),
        "closed_on": Field("关闭日期"),
        "closing_note": Field("落实情况"),
    },
    "landing": {
        "entity_id": Field("实施企业", names="organisation"),
        "site_area": Field("厂址区划", codes="areas"),
        "investment_code": Field("投资项目代码"),
        "investment": Field("投资额（万元）"),
        "product": Field("产品"),
        "capacity": Field("产能（吨/年）"),
        "pilot_waiver": Field("在别处完成中试的理由"),
    },
    "landing_step": {
        "level": Field("产业化进度", words=LandingLevel),
        "reached_on": Field("达到日期"),
        "proof": Field("证明材料"),
        "attachment_id": Field("附件", names="attachment"),
        "verified_by": Field("核实人", names="account"),
        "withdrawn_on": Field("撤回日期"),
        "withdrawn_reason": Field("撤回理由"),
    },
    "contract": {
        **{name: field for name, field in _of(ContractDraft).items() if name != "project_id"},
        "state": Field("合同状态", words=ContractState),
        "rescinded_on": Field("解除日期"),
    },
    "claim": {
        "indicator": Field("指标", words=Indicator),
        "scope": Field("统计范围", words=Scope),
        "standing": Field("计入情况", words=Standing),
        "year": Field("年度"),
        "sign": Field("变动"),
        "effective_on": Field("事件日期"),
        "reason": Field("理由"),
        "verified_by": Field("核实人", names="account"),
    },
}

# Columns that say nothing to a reader: keys, times the entry has itself, copies of other rows.
SILENT = frozenset(
    {
        "id",
        "base_id",
        "no_key",
        "project_id",
        "review_id",
        "decision_id",
        "landing_id",
        "principal_id",
        "by_id",
        "rev",
        "recorded_at",
        "touched_at",
        "known_from",
        "known_to",
        "closed_at",
        "closed_by",
        "submitted_at",
        "submitted_by",
        "checked_by",
        "decided_at",
        "decided_by",
        "verified_at",
        "entered_by",
        "position",
        "code",
        "basis",
        "seat",
        "sequence",
        "action",
        # a card is shown at its gate once both are in, never in the history
        "technical",
        "equipment",
        "commercial",
        "comment",
        # what a claim rests on has a page of its own
        "unit_kind",
        "unit_id",
        "definition_id",
        "rule",
        "missing",
        "reverses_id",
        "repeated",
        # told by the file's name
        "sha256",
        "size",
        "media_type",
    }
)
