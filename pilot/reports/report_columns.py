"""The fields of the report sources that no list has: the catalogue templates pick from."""

from pilot.domain.vocabulary import (
    ContractType,
    EvidenceState,
    Gate,
    Indicator,
    Requirement,
    Scope,
    Stage,
)
from pilot.reports.columns import SUMMARY, Column, Kind

GOALS: tuple[Column, ...] = (
    *(column for column in SUMMARY if column.key != "month"),
    Column("current", "本期", Kind.NUMBER),
)

PAPERS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("code", "项目编号", Kind.CODE),
    Column("name", "项目名称"),
    Column("manager", "项目经理"),
    Column("next_gate", "阶段门", words=Gate),
    Column("next_planned_on", "计划日期", Kind.DAY),
    Column("doc_code", "材料代码", Kind.CODE),
    Column("document", "材料名称", codes="documents"),
    Column("requirement", "要求", words=Requirement),
    Column("state", "现状", words=EvidenceState),
    Column("valid_until", "有效期至", Kind.DAY),
    Column("reason", "说明"),
    Column("days_left", "距计划日（天）", Kind.NUMBER),
    Column("remedy", "请补办"),
)

PLANTS: tuple[Column, ...] = (
    Column("base", "基地"),
    Column("code", "项目编号", Kind.CODE),
    Column("name", "项目名称"),
    Column("entity", "实施单位"),
    Column("entity_uscc", "实施单位统一社会信用代码", Kind.CODE),
    Column("entity_area", "实施单位注册地区划", Kind.CODE),
    Column("site_area", "建设地点区划", Kind.CODE),
    Column("investment_code", "投资项目代码", Kind.CODE),
    Column("investment", "投资额（万元）", Kind.MONEY),
    Column("product", "产品"),
    Column("capacity", "产能（吨/年）", Kind.NUMBER),
    Column("L1", "落地签约日期", Kind.DAY),
    Column("L2", "投资备案日期", Kind.DAY),
    Column("L3", "开工日期", Kind.DAY),
    Column("L4", "投产日期", Kind.DAY),
    Column("L5", "达产日期", Kind.DAY),
    Column("in_base", "是否基地项目", Kind.YES_NO),
)

CORRECTIONS: tuple[Column, ...] = (
    Column("kind", "更正类型"),
    Column("reported", "原报告期", Kind.CODE),
    Column("indicator", "指标", words=Indicator),
    Column("indicator_code", "指标代码", Kind.CODE),
    Column("scope", "统计范围", words=Scope),
    Column("number", "数量（增为正、减为负）", Kind.NUMBER),
    Column("unit_code", "单元编号", Kind.CODE),
    Column("unit_name", "单元名称"),
    Column("effective_on", "事件日期", Kind.DAY),
    Column("recorded_at", "登记时间", Kind.INSTANT),
    Column("who", "登记人"),
    Column("reason", "原因"),
)

CHANGES: tuple[Column, ...] = (
    Column("report", "报表代码", Kind.CODE),
    Column("title", "报表名称"),
    Column("reported", "原报告期", Kind.CODE),
    Column("frozen_at", "冻结时间", Kind.INSTANT),
    Column("kind", "变动"),
    Column("name", "单元"),
    Column("column", "列"),
    Column("before", "冻结时"),
    Column("now", "现在"),
    Column("difference", "增减", Kind.NUMBER),
    Column("at", "何时"),
    Column("who", "谁"),
    Column("what", "事项"),
    Column("reason", "原因"),
)

MEASURES: tuple[Column, ...] = (
    Column("number", "序号", Kind.NUMBER),
    Column("measure", "指标"),
    Column("unit_of", "计量单位"),
    Column("current", "本期", Kind.NUMBER),
    Column("total", "累计", Kind.NUMBER),
    Column("note", "说明"),
)

YEARLY: tuple[Column, ...] = (
    Column("number", "序号", Kind.NUMBER),
    Column("measure", "内容"),
    Column("unit_of", "计量单位"),
    Column("value", "数值", Kind.NUMBER),
    Column("note", "说明"),
)

STAGES: tuple[Column, ...] = (
    Column("stage", "阶段", words=Stage),
    Column("projects", "在研项目数", Kind.NUMBER),
    Column("projects_new", "在研项目数，当年新立项", Kind.NUMBER),
    Column("budget", "在研项目金额", Kind.MONEY),
    Column("budget_new", "在研项目金额，当年新立项", Kind.MONEY),
)

CONTRACTS: tuple[Column, ...] = (
    Column("type", "分类", words=ContractType),
    Column("contracts", "项目数", Kind.NUMBER),
    Column("amount", "合同金额", Kind.MONEY),
)
