"""The parts of 上报."""

from pilot.domain.vocabulary import Term


class Section(Term):
    """What the page shows."""

    LINES = "lines", "上报日历"
    DEADLINES = "deadlines", "报送期限"
    RULES = "rules", "接收方规则"
