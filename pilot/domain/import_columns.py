"""The one catalogue of columns that import files may have: heading, English key, how it is read.

A heading that an export also has is the same word there, so that an exported list can be imported
as it is. A column that a file lacks leaves existing records as they are; a blank cell of a column
that is there means "nothing".
"""

import functools
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from pilot.domain.vocabulary import ContractType, Gate, Purpose, Stage, State, Term, TransferMode


class Reads(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    DAY = "day"
    MONEY = "money"
    NUMBER = "number"
    YES_NO = "yes_no"
    WORD = "word"  # of the vocabulary, by term or value
    CODE = "code"  # of a code list, by label or code
    CODES = "codes"  # several of them
    TEXTS = "texts"  # several texts
    READINESS = "readiness"  # scheme, edition and level in one cell
    NOTHING = "nothing"  # told by the system; read over


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column of an import file; `also` lists other headings people use for it."""

    key: str
    heading: str
    reads: Reads = Reads.TEXT
    longest: int = 200
    codes: str | None = None
    words: type[Term] | None = None
    required: bool = False
    also: tuple[str, ...] = ()
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every heading that means this column, normalised."""
        return tuple(heading_key(name) for name in (self.heading, self.key, *self.also))


SEPARATORS = re.compile(r"[、;；\n]")  # between several values in one cell
SEVERAL = "多个之间用“、”隔开"
UNIT = "单位名称或统一社会信用代码，须已登记"
NEW_ONLY = "只用于新登记的项目；已有项目的阶段和状态由评审和变更决定，须与现状一致"

PROJECTS = (
    ImportColumn("base", "基地", Reads.NOTHING, note="由系统填写，导入时不读"),
    ImportColumn(
        "code", "项目编号", longest=32, note="已有项目按编号对应；新项目可留空，由系统编号"
    ),
    ImportColumn("name", "项目名称", required=True),
    ImportColumn("stage", "阶段", Reads.WORD, words=Stage, note=f"留空为储备；{NEW_ONLY}"),
    ImportColumn("state", "状态", Reads.WORD, words=State, note=f"留空为进行中；{NEW_ONLY}"),
    ImportColumn(
        "stage_since", "进入本阶段日期", Reads.DAY, note=f"新项目的登记日期，留空为今天；{NEW_ONLY}"
    ),
    ImportColumn("next_gate", "下一阶段门", Reads.WORD, words=Gate, note="“计划日期”所指的阶段门"),
    ImportColumn("next_planned_on", "计划日期", Reads.DAY, note="下一阶段门的计划日期"),
    ImportColumn("holder", "成果持有方", note=UNIT),
    ImportColumn("holder_uscc", "持有方统一社会信用代码", longest=64, note="与成果持有方核对"),
    ImportColumn("pilot_org", "中试单位", note=UNIT),
    ImportColumn("manager", "项目经理", longest=50, note="姓名，须已在人员中登记"),
    ImportColumn("field", "技术领域", Reads.CODE, codes="fields", also=("领域",)),
    ImportColumn("industry", "国民经济行业代码", Reads.CODE, codes="industries", also=("行业",)),
    ImportColumn("industry_edition", "行业分类版本", longest=32, note="留空为代码表中的版本"),
    ImportColumn("area", "所在区划代码", Reads.CODE, codes="areas", also=("所在地",)),
    ImportColumn("zone", "功能区", Reads.CODE, codes="zones"),
    ImportColumn("sites", "场地", Reads.CODES, codes="sites", note=SEVERAL),
    ImportColumn("in_base", "是否基地项目", Reads.YES_NO, note="留空为是"),
    ImportColumn("readiness", "技术成熟度", Reads.READINESS, note="如：GB/T 37264 2018 6级"),
    ImportColumn("budget", "预算（万元）", Reads.MONEY),
    ImportColumn("purpose", "项目性质", Reads.WORD, words=Purpose, note="留空为中试"),
    ImportColumn("owner_consent", "持有方同意中试", Reads.YES_NO),
    ImportColumn("framework_agreement", "框架协议项目", Reads.YES_NO),
    ImportColumn("parent", "上级项目编号", longest=32, note="须已登记，或在本文件中排在前面"),
    ImportColumn("parent_reason", "关联上级项目理由", longest=500),
    ImportColumn("continues_parent", "延续上级项目", Reads.YES_NO),
    ImportColumn("key_hazards", "两重点一重大", Reads.YES_NO),
    ImportColumn("hazard_process", "危险化工工艺", Reads.CODE, codes="hazardous_processes"),
    ImportColumn("reaction_grade", "反应危险度", Reads.NUMBER, note="1–5"),
    ImportColumn("first_in_china", "国内首次使用", Reads.YES_NO),
    ImportColumn("targets", "目标值", longest=1000),
    ImportColumn("installed", "已建中试装置", Reads.YES_NO),
    ImportColumn("source", "资料来源", longest=300),
)

RESULTS = (
    ImportColumn(
        "code", "成果编号", longest=32, note="已有成果按编号对应；新成果可留空，由系统编号"
    ),
    ImportColumn("title", "成果名称", required=True),
    ImportColumn(
        "kind", "成果类型", Reads.CODE, codes="result_kinds", required=True, also=("类型",)
    ),
    ImportColumn(
        "holders", "持有方", Reads.TEXTS, 500, required=True, note=f"{UNIT}；{SEVERAL}，按顺序"
    ),
    ImportColumn(
        "holder_codes",
        "持有方统一社会信用代码",
        Reads.TEXTS,
        500,
        note="与持有方逐个对应核对；没有代码的单位不写",
    ),
    ImportColumn("shares", "持有份额（%）", Reads.TEXTS, 200, note=f"与持有方逐个对应，{SEVERAL}"),
    ImportColumn(
        "contact",
        "成果负责人",
        longest=50,
        also=("负责人",),
        note="姓名，须已在人员中登记；同名的取持有方的人员",
    ),
    ImportColumn("patents", "专利号", Reads.TEXTS, 500, also=("专利申请号",), note=SEVERAL),
    ImportColumn("software", "软件著作权登记号", Reads.TEXTS, 500, note=SEVERAL),
    ImportColumn("standards", "标准编号", Reads.TEXTS, 500, note=SEVERAL),
    ImportColumn("owner_type", "权属类型", Reads.CODE, codes="owner_types"),
    ImportColumn("field", "技术领域", Reads.CODE, codes="fields", also=("领域",)),
    ImportColumn("industry", "国民经济行业代码", Reads.CODE, codes="industries", also=("行业",)),
    ImportColumn("attribute", "成果属性", Reads.CODE, codes="attributes"),
    ImportColumn("maturity", "所处阶段", Reads.CODE, codes="maturity_stages"),
    ImportColumn("readiness", "技术成熟度", Reads.READINESS, note="如：GB/T 37264 2018 6级"),
    ImportColumn("programme", "来源计划", longest=100),
    ImportColumn("registration_no", "成果登记号", longest=64),
    ImportColumn("registered_on", "成果登记日期", Reads.DAY),
    ImportColumn("summary", "成果简介", longest=500),
    ImportColumn("demand", "转化需求", longest=500),
    ImportColumn(
        "non_secret",
        "非密声明",
        Reads.YES_NO,
        required=True,
        note="“是”表示确认内容不涉密；系统不接收涉密内容",
    ),
    ImportColumn("package", "所属成果包编号", longest=32, note="须已登记，或在本文件中排在前面"),
    ImportColumn("source", "资料来源", longest=300),
)

ORGANISATIONS = (
    ImportColumn("name", "单位名称", required=True),
    ImportColumn(
        "kind", "单位类型", Reads.CODE, codes="organisation_kinds", required=True, also=("类型",)
    ),
    ImportColumn("uscc", "统一社会信用代码", longest=64, note="已有单位按代码对应，没有代码按名称"),
    ImportColumn("short_name", "简称", longest=50),
    ImportColumn("reg_area", "注册地", Reads.CODE, codes="areas", also=("注册地区划代码",)),
    ImportColumn("actual_area", "实际所在地", Reads.CODE, codes="areas"),
    ImportColumn("zone", "功能区", Reads.CODE, codes="zones"),
    ImportColumn("ladder", "企业梯度", Reads.CODE, codes="ladder"),
    ImportColumn("ladder_certificate", "梯度证书编号", longest=64),
    ImportColumn("former_names", "曾用名", longest=500),
)

PERSONS = (
    ImportColumn("name", "姓名", longest=50, required=True),
    ImportColumn(
        "kind", "人员类型", Reads.CODE, codes="person_kinds", required=True, also=("类型",)
    ),
    ImportColumn("organisation", "所在单位", note=f"{UNIT}；同名人员按单位区分", also=("单位",)),
    ImportColumn(
        "organisation_uscc", "所在单位统一社会信用代码", longest=64, note="与所在单位核对"
    ),
    ImportColumn("phone", "电话", longest=32),
    ImportColumn("email", "电子邮箱", longest=100, also=("邮箱",)),
)

_OF_CONTRACT = "只用于新登记的合同；已登记的合同须与此一致，不一致时请在合同页面上更正"

TRANSFERS = (
    ImportColumn("base", "基地", Reads.NOTHING),
    ImportColumn(
        "result_code", "成果编号", longest=32, note="转化的成果；没有编号时按专利号、登记号或名称"
    ),
    ImportColumn("title", "成果名称", note="与成果编号核对"),
    ImportColumn("kind", "成果类型", Reads.NOTHING),
    ImportColumn("field", "技术领域", Reads.NOTHING),
    ImportColumn("patents", "专利号", Reads.TEXTS, 500, note="没有成果编号时用来找成果"),
    ImportColumn("registration_no", "成果登记号", longest=64, note="没有成果编号时用来找成果"),
    ImportColumn("holders", "持有方", Reads.NOTHING),
    ImportColumn("holder_codes", "持有方统一社会信用代码", Reads.NOTHING),
    ImportColumn("mode", "转化方式", Reads.WORD, words=TransferMode, required=True),
    ImportColumn("contract_no", "合同编号", longest=64, note="转让、许可、合作、作价投资必填"),
    ImportColumn("contract_title", "合同名称", note=_OF_CONTRACT),
    ImportColumn("contract_type", "合同类型", Reads.WORD, words=ContractType, note=_OF_CONTRACT),
    ImportColumn("signed_on", "签订日期", Reads.DAY, note=_OF_CONTRACT),
    ImportColumn("conditional", "附生效条件", Reads.YES_NO, note=_OF_CONTRACT),
    ImportColumn("effective_on", "生效日期", Reads.DAY, note=_OF_CONTRACT),
    ImportColumn("seller", "出让方", note=f"{UNIT}；{_OF_CONTRACT}"),
    ImportColumn("receiver", "受让方", note=f"{UNIT}；新合同的受让方也按此登记"),
    ImportColumn("receiver_uscc", "受让方统一社会信用代码", longest=64, note="与受让方核对"),
    ImportColumn("amount", "金额（万元）", Reads.MONEY, also=("合同成交额",), note=_OF_CONTRACT),
    ImportColumn("technology_amount", "技术交易额（万元）", Reads.MONEY, note=_OF_CONTRACT),
    ImportColumn(
        "contract_registration_no",
        "合同登记编号",
        longest=64,
        also=("技术合同登记编号",),
        note=_OF_CONTRACT,
    ),
    ImportColumn("contract_registered_on", "合同登记日期", Reads.DAY, note=_OF_CONTRACT),
    ImportColumn("ip_clause", "知识产权条款", longest=1000, note=_OF_CONTRACT),
    ImportColumn("project", "关联项目编号", longest=32, note=_OF_CONTRACT),
    ImportColumn("event_on", "转化日期", Reads.DAY, note="有合同的可留空，按合同日期"),
    ImportColumn(
        "receive_area",
        "受让方区划代码",
        Reads.CODE,
        codes="areas",
        also=("受让方所在地",),
        note="留空按受让方注册地",
    ),
    ImportColumn("implement_area", "实施地区划代码", Reads.CODE, codes="areas", also=("实施地",)),
    ImportColumn("related_parties", "是否关联交易", Reads.YES_NO, also=("关联交易",)),
    ImportColumn("own_price", "单独价格（万元）", Reads.MONEY),
    ImportColumn("rescinded_on", "解除日期", Reads.NOTHING),
    ImportColumn("verified", "是否核实", Reads.NOTHING),
    ImportColumn("standing", "是否计入", Reads.NOTHING),
    ImportColumn("rule", "适用规则", Reads.NOTHING),
    ImportColumn("missing", "不计入或待核原因", Reads.NOTHING),
)


class ImportKind(Term):
    """What can be imported (导入内容)."""

    PROJECTS = "projects", "项目"
    RESULTS = "results", "成果"
    TRANSFERS = "transfers", "转化"
    ORGANISATIONS = "organisations", "单位"
    PERSONS = "persons", "人员"

    @property
    def columns(self) -> tuple[ImportColumn, ...]:
        """Its columns in the order of the template."""
        return _COLUMNS[self]


_COLUMNS = {
    ImportKind.PROJECTS: PROJECTS,
    ImportKind.RESULTS: RESULTS,
    ImportKind.TRANSFERS: TRANSFERS,
    ImportKind.PERSONS: PERSONS,
    ImportKind.ORGANISATIONS: ORGANISATIONS,
}


@functools.lru_cache(maxsize=8192)
def heading_key(heading: str) -> str:
    """A heading as it is compared: width, case and blanks make no difference.

    Kept, because a long file asks for the same labels and units in every row.
    """
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())
