"""Chinese text for invented portfolios: names that read like names and repeat like names."""

from random import Random

_MATTERS = (
    "己二腈", "聚烯烃弹性体", "生物基脂肪醇", "光刻胶单体", "高镍正极", "碳酸二甲酯", "异丁烯",
    "聚碳酸酯", "氟代碳酸乙烯酯", "环氧丙烷", "丁二酸", "对位芳纶", "乙烯胺", "分子筛", "顺酐",
    "钠电硬碳", "聚乳酸", "茂金属聚乙烯", "双酚芴", "长链二元酸", "烷基化油", "针状焦", "硅基负极",
)  # fmt: skip
_WAYS = (
    "连续加氢", "低温聚合", "催化精馏", "微通道硝化", "超临界萃取", "膜分离", "固定床氧化",
    "悬浮缩聚", "溶剂热合成", "反应精馏", "生物发酵", "气相沉积", "梯度结晶", "原位改性",
)  # fmt: skip
_ENDS = (
    "制备技术",
    "合成方法",
    "成套装备",
    "清洁生产工艺",
    "催化剂",
    "在线检测系统",
    "回收利用技术",
)
_UNITS = ("精细化工", "新材料", "催化科技", "石化装备", "生物化工", "能源材料", "电子化学品")
_FORMS = ("有限公司", "股份有限公司", "研究院", "大学化工学院", "研究所")
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂文辉鑫宇浩然子涵晨曦雨泽"
_SENTENCES = (
    "本周完成连续运行考核，收率稳定，三废指标符合环评批复要求。",
    "换热器结垢偏快，已调整循环量并安排下批次复核。",
    "与实施单位就落地条件会商，投资估算进一步细化。",
    "样品已寄送两家下游客户试用，等待反馈。",
    "安全评价报告已按专家意见修改，准备报审。",
)


def technology(random: Random) -> str:
    """What a result or a project is about."""
    return f"{random.choice(_MATTERS)}{random.choice(_WAYS)}{random.choice(_ENDS)}"


def unit(random: Random, number: int) -> str:
    """The name of a unit; the number makes it the only one."""
    return f"示例{random.choice(_UNITS)}{number:05d}号{random.choice(_FORMS)}"


def person(random: Random) -> str:
    """An invented name, marked as one."""
    given = "".join(random.choices(_GIVEN, k=random.choice((1, 2))))
    return f"示例{random.choice(_FAMILY)}{given}"


def sentence(random: Random) -> str:
    """A line of progress."""
    return random.choice(_SENTENCES)
