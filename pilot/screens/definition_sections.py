"""The parts of 口径与目标."""

from pilot.domain.vocabulary import Term


class Section(Term):
    """What the page shows."""

    DEFINITIONS = "definitions", "口径"
    TARGETS = "targets", "目标"
    FILINGS = "filings", "已上报年度"
    CHECKLISTS = "checklists", "检查单"
    REVIEW = "review", "审核规则"
    CODES = "codes", "代码表"
