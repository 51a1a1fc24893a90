"""The words with consequences in code; lists without are data (code_item, data/codes)."""

from enum import StrEnum


class Term(StrEnum):
    """A word of the vocabulary: stored by its value, shown by its Chinese `label`."""

    label: str

    def __new__(cls, value: str, label: str) -> "Term":
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Stage(Term):
    """Where a project stands in its life (阶段)."""

    POOL = "pool", "储备"
    CONCEPT = "concept", "概念验证"
    PILOT = "pilot", "中试验证"
    INDUSTRY = "industry", "本地产业化"


class State(Term):
    """How a project stands inside its stage, or how it ended (状态)."""

    ACTIVE = "active", "进行中"
    AWAITING = "awaiting", "待评审"
    CONDITIONAL = "conditional", "有条件"
    PAUSED = "paused", "暂停"
    INDUSTRIALISED = "industrialised", "已产业化"
    ELSEWHERE = "elsewhere", "外地产业化"
    UNLANDED = "unlanded", "中试完成未落地"
    TERMINATED = "terminated", "终止"
    VOIDED = "voided", "作废"
    MERGED = "merged", "合并"


ENDS = frozenset(
    {
        State.INDUSTRIALISED,
        State.ELSEWHERE,
        State.UNLANDED,
        State.TERMINATED,
        State.VOIDED,
        State.MERGED,
    }
)


class Gate(Term):
    """A decision point (阶段门)."""

    G0 = "G0", "G0 立项入库"
    G1 = "G1", "G1 概念验证"
    G2 = "G2", "G2 准入投料"
    G3 = "G3", "G3 中试验收"
    G4 = "G4", "G4 产业化"


class Conclusion(Term):
    """What a gate decides (评审结论)."""

    PASS = "pass", "通过"
    CONDITIONAL = "conditional", "有条件通过"
    SUPPLEMENT = "supplement", "补正"
    HOLD = "hold", "暂停"
    REJECT = "reject", "不通过"


PASSING = frozenset({Conclusion.PASS, Conclusion.CONDITIONAL})


class Dimension(Term):
    """The three things both verifications judge (双重验证的三个维度)."""

    TECHNICAL = "technical", "技术可行性"
    EQUIPMENT = "equipment", "设备可靠性"
    COMMERCIAL = "commercial", "商业应用价值"


class EvidenceState(Term):
    """How one required paper stands (材料状态)."""

    MISSING = "missing", "缺"
    SUBMITTED = "submitted", "已交"
    RETURNED = "returned", "退回"
    QUALIFIED = "qualified", "合格"
    EXPIRED = "expired", "过期"
    NOT_APPLICABLE = "not_applicable", "不适用"


class CheckState(Term):
    """How one criterion of a gate stands (准则核对)."""

    OPEN = "open", "未核对"
    MET = "met", "符合"
    UNMET = "unmet", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"


class Requirement(Term):
    """Whether a checklist item must be met (要求)."""

    REQUIRED = "required", "必需"
    CONDITIONAL = "conditional", "视情况"
    ADVISORY = "advisory", "建议"


class HazardClass(Term):
    """Which checklist applies (危险类别)."""

    ANY = "any", "全部"
    GENERAL = "general", "一般"
    HAZARDOUS = "hazardous", "危险工艺"


class Scope(Term):
    """Whose number it is; the two are never added (统计范围)."""

    BASE = "base", "基地"
    CITY = "city", "全市"


class Indicator(Term):
    """What is counted: the three goals and the three separate counts beside them (指标)."""

    NEW_PILOT = "M1", "新增中试项目"
    INDUSTRIALISED = "M2", "实现本地产业化项目"
    TRANSFERRED = "M3", "转化科技成果"
    ELSEWHERE = "M2X", "外地产业化项目"
    OUTWARD = "M3X", "输出科技成果"
    COOPERATION = "M3C", "产学研合同"


GOALS = (Indicator.NEW_PILOT, Indicator.INDUSTRIALISED, Indicator.TRANSFERRED)


class Standing(Term):
    """Whether a unit counts (计入情况)."""

    COUNTED = "counted", "计入"
    PENDING = "pending", "待核"
    EXCLUDED = "excluded", "不计入"


class TransferMode(Term):
    """促进科技成果转化法 (2015) art. 16, the six modes (转化方式)."""

    SELF = "1", "自行投资实施转化"
    TRANSFER = "2", "向他人转让该科技成果"
    LICENCE = "3", "许可他人使用该科技成果"
    COOPERATION = "4", "以该科技成果作为合作条件，与他人共同实施转化"
    EQUITY = "5", "以该科技成果作价投资，折算股份或者出资比例"
    OTHER = "6", "其他协商确定的方式"


class ContractType(Term):
    """民法典 ch. 20, kinds of technology contract (技术合同类型)."""

    DEVELOPMENT = "development", "技术开发"
    TRANSFER = "transfer", "技术转让"
    LICENCE = "licence", "技术许可"
    CONSULTING = "consulting", "技术咨询"
    SERVICE = "service", "技术服务"
    EQUITY = "equity", "作价投资协议"
    OTHER = "other", "其他"


FOUR_TECH = frozenset({ContractType.DEVELOPMENT, ContractType.CONSULTING, ContractType.SERVICE})


class ContractState(Term):
    """How a contract stands (合同状态)."""

    IN_FORCE = "in_force", "履行"
    AMENDED = "amended", "变更"
    RESCINDED = "rescinded", "解除"
    COMPLETED = "completed", "完成"


class LandingLevel(Term):
    """How far a plant has come (产业化进度)."""

    L1 = "L1", "L1 落地签约"
    L2 = "L2", "L2 投资备案"
    L3 = "L3", "L3 开工"
    L4 = "L4", "L4 投产"
    L5 = "L5", "L5 达产"


class Purpose(Term):
    """What the work on the line is for (项目性质)."""

    PILOT = "pilot", "中试"
    TOLL = "toll", "代加工"
    TESTING = "testing", "检测服务"


class Locality(Term):
    """Which party must be in the city for M3 (本地口径)."""

    RECEIVER = "receiver", "受让方在本市"
    IMPLEMENTER = "implementer", "实施地在本市"
    BOTH = "both", "受让方和实施地均在本市"


class AdmissionEvent(Term):
    """Which event makes a new pilot (准入口径)."""

    ADMISSION = "admission", "中试准入（评审通过且协议签订）"
    FIRST_FEED = "first_feed", "首次投料"


class SubmissionState(Term):
    """How a submission of a researcher stands (填报状态)."""

    DRAFT = "draft", "草稿"
    WAITING = "waiting", "待审核"
    SECOND = "second", "待复核"
    RETURNED = "returned", "退回补正"
    ACCEPTED = "accepted", "审核通过"
    REFUSED = "refused", "不予受理"
    DUPLICATE = "duplicate", "并入已有成果"
    WITHDRAWN = "withdrawn", "已撤回"


class FilingState(Term):
    """How the report of one period stands (上报状态)."""

    EMPTY = "empty", "未开始"
    IN_PROGRESS = "in_progress", "填报中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "待签发"
    FROZEN = "frozen", "已上报"


class FileKind(Term):
    """What an uploaded file proves (附件类别)."""

    CONTRACT = "contract", "转化合同"
    PATENT = "patent", "专利证书或受理通知书"
    REGISTRATION = "registration", "登记或认定证明"
    REPORT = "report", "试验或检测报告"
    OTHER = "other_file", "其他材料"


class MailKind(Term):
    """What a mail is about (邮件种类)."""

    NOTICE = "notice", "新通知"
    DAILY = "daily", "每日汇总"
    WEEKLY = "weekly", "每周待办"
    CONFIRM = "confirm", "邮箱确认"
    TEST = "test", "测试邮件"


class MailState(Term):
    """How a mail stands in the queue (邮件状态)."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发出"
    NEEDLESS = "needless", "不必再发"
    GIVEN_UP = "given_up", "没有送达"


class MailWhen(Term):
    """When somebody wants mail about their notices (邮件通知方式)."""

    AT_ONCE = "at_once", "随时发送"
    DAILY = "daily", "每天一封"
    NEVER = "never", "不发邮件"


class InvitationState(Term):
    """How an invitation stands (邀请状态)."""

    OPEN = "open", "待使用"
    USED = "used", "已使用"
    EXPIRED = "expired", "已过期"
    REVOKED = "revoked", "已撤销"


class RegistrationState(Term):
    """How a request for an account stands (注册申请状态)."""

    WAITING = "waiting", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"


def options(kind: type[Term]) -> dict[str, str]:
    """Every word of one kind in its order, value to Chinese term."""
    return {word.value: word.label for word in kind}
