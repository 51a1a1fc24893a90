"""The questions that a receiver's rule can ask of a cell (规则种类)."""

from pilot.domain.vocabulary import Term


class Asked(Term):
    """What a receiver's rule asks of a cell (规则种类)."""

    REQUIRED = "required", "必填"
    DAY = "day", "日期"
    MONEY = "money", "金额（万元）"
    WHOLE = "whole", "非负整数"
    POSITIVE = "positive", "大于零"
    ONE_OF = "one_of", "限定取值"
    LENGTH = "length", "文字不超过"
    AREA = "area", "区划代码"
    USCC = "uscc", "统一社会信用代码"
    PATENT = "patent", "专利申请号"
    CONTRACT_NO = "contract_no", "技术合同登记编号"
    RESULT_NO = "result_no", "成果登记号"
    NOT_BEFORE = "not_before", "不早于"
    BY_PERIOD_END = "by_period_end", "不晚于报告期末"
    NOT_LESS = "not_less", "不小于"
    NUMBER = "number", "数"
    UNIQUE = "unique", "不重复"
