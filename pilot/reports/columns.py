"""The one catalogue of columns: key in the frame, heading people read, kind of value."""

from dataclasses import dataclass
from enum import StrEnum

from pilot.domain.filings import PackStatus
from pilot.domain.vocabulary import (
    ContractType,
    Gate,
    Indicator,
    Scope,
    Stage,
    Standing,
    State,
    Term,
    TransferMode,
)


class Kind(StrEnum):
    """How a value is written: text as it is, codes as text, money in 万元 with two decimals."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    INSTANT = "instant"
    MONEY = "money"
    NUMBER = "number"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `words` turns stored values into terms, `codes` names a code list."""

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    words: type[Term] | None = None
    codes: str | None = None


PROJECTS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("code", "项目编号", Kind.CODE),
    Column("name", "项目名称"),
    Column("stage", "阶段", words=Stage),
    Column("state", "状态", words=State),
    Column("stage_since", "进入本阶段日期", Kind.DAY),
    Column("next_gate", "下一阶段门", words=Gate),
    Column("next_planned_on", "计划日期", Kind.DAY),
    Column("holder", "成果持有方"),
    Column("holder_uscc", "持有方统一社会信用代码", Kind.CODE),
    Column("pilot_org", "中试单位"),
    Column("manager", "项目经理"),
    Column("field", "技术领域", codes="fields"),
    Column("industry", "国民经济行业代码", Kind.CODE),
    Column("area", "所在区划代码", Kind.CODE),
    Column("sites", "场地", codes="sites"),
    Column("in_base", "是否基地项目", Kind.YES_NO),
    Column("readiness", "技术成熟度"),
    Column("budget", "预算（万元）", Kind.MONEY),
)

RESULTS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("code", "成果编号", Kind.CODE),
    Column("title", "成果名称"),
    Column("kind", "成果类型", codes="result_kinds"),
    Column("field", "技术领域", codes="fields"),
    Column("registration_no", "成果登记号", Kind.CODE),
    Column("holders", "持有方"),
    Column("contact", "成果负责人"),
    Column("package", "所属成果包", Kind.CODE),
    Column("transfers", "转化次数", Kind.NUMBER),
)

TRANSFERS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("result_code", "成果编号", Kind.CODE),
    Column("title", "成果名称"),
    Column("kind", "成果类型", codes="result_kinds"),
    Column("field", "技术领域", codes="fields"),
    Column("patents", "专利号", Kind.CODE),
    Column("registration_no", "成果登记号", Kind.CODE),
    Column("holders", "持有方"),
    Column("holder_codes", "持有方统一社会信用代码", Kind.CODE),
    Column("receiver", "受让方"),
    Column("receiver_uscc", "受让方统一社会信用代码", Kind.CODE),
    Column("receive_area", "受让方区划代码", Kind.CODE),
    Column("implement_area", "实施地区划代码", Kind.CODE),
    Column("mode", "转化方式", words=TransferMode),
    Column("contract_no", "合同编号", Kind.CODE),
    Column("contract_type", "合同类型", words=ContractType),
    Column("contract_registration_no", "合同登记编号", Kind.CODE),
    Column("signed_on", "签订日期", Kind.DAY),
    Column("event_on", "转化日期", Kind.DAY),
    Column("amount", "金额（万元）", Kind.MONEY),
    Column("related_parties", "是否关联交易", Kind.YES_NO),
    Column("rescinded_on", "解除日期", Kind.DAY),
    Column("verified", "是否核实", Kind.YES_NO),
    Column("standing", "是否计入", words=Standing),
    Column("rule", "适用规则", Kind.CODE),
    Column("missing", "不计入或待核原因"),
)

CLAIMS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("indicator_code", "指标代码", Kind.CODE),
    Column("indicator", "指标", words=Indicator),
    Column("scope", "统计范围", words=Scope),
    Column("year", "年度", Kind.NUMBER),
    Column("standing", "计入情况", words=Standing),
    Column("unit_code", "单元编号", Kind.CODE),
    Column("unit_name", "单元名称"),
    Column("effective_on", "事件日期", Kind.DAY),
    Column("recorded_at", "登记时间", Kind.INSTANT),
    Column("definition_version", "口径版本", Kind.NUMBER),
    Column("rule", "规则", Kind.CODE),
    Column("verifier", "核实人"),
    Column("evidence", "依据"),
    Column("missing", "缺少或说明"),
    Column("repeated", "是否再次转化", Kind.YES_NO),
)

SUMMARY: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("indicator_code", "指标代码", Kind.CODE),
    Column("indicator", "指标", words=Indicator),
    Column("scope", "统计范围", words=Scope),
    Column("year", "年度", Kind.NUMBER),
    Column("goal", "年目标", Kind.NUMBER),
    Column("month", "本月", Kind.NUMBER),
    Column("counted", "累计", Kind.NUMBER),
    Column("rate", "完成率（%）", Kind.NUMBER),
    Column("pending", "待核", Kind.NUMBER),
    Column("terminated", "其中已终止", Kind.NUMBER),
    Column("late", "补报", Kind.NUMBER),
    Column("deducted", "核减", Kind.NUMBER),
    Column("last_year", "上年同期", Kind.NUMBER),
    Column("distinct", "历年累计（去重）", Kind.NUMBER),
    Column("contracts", "合同项数", Kind.NUMBER),
    Column("amount", "合同金额（万元）", Kind.MONEY),
    Column("note", "说明"),
)

PACKS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("number", "报表包编号", Kind.NUMBER),
    Column("template", "模板代码", Kind.CODE),
    Column("template_version", "模板版本", Kind.NUMBER),
    Column("title", "表名"),
    Column("period", "报告期", Kind.CODE),
    Column("first_day", "报告期首日", Kind.DAY),
    Column("last_day", "报告期末日", Kind.DAY),
    Column("status", "状态", words=PackStatus),
    Column("edition", "签发版次", Kind.NUMBER),
    Column("as_of", "截至日期", Kind.DAY),
    Column("known_at", "知悉时刻", Kind.INSTANT),
    Column("frozen_at", "冻结时间", Kind.INSTANT),
    Column("frozen_by", "冻结人"),
    Column("prepared_by", "填报人"),
    Column("checked_by", "审核人"),
    Column("responsible", "负责人"),
    Column("definitions", "口径版本"),
    Column("rows", "行数", Kind.NUMBER),
    Column("product_version", "产品版本", Kind.CODE),
    Column("sha256", "SHA-256", Kind.CODE),
)

DUPLICATES: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("ground", "依据"),
    Column("one_code", "成果编号（一）", Kind.CODE),
    Column("one_title", "成果名称（一）"),
    Column("one_holders", "持有方（一）"),
    Column("one_counts", "计入情况（一）"),
    Column("other_code", "成果编号（二）", Kind.CODE),
    Column("other_title", "成果名称（二）"),
    Column("other_holders", "持有方（二）"),
    Column("other_counts", "计入情况（二）"),
)
