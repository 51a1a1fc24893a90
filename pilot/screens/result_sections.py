"""The parts of 成果与转化."""

from pilot.domain.vocabulary import Term


class Section(Term):
    """What the page shows."""

    RESULTS = "results", "成果"
    TRANSFERS = "transfers", "成果转化明细"
    CONTRACTS = "contracts", "合同"
    DUPLICATES = "duplicates", "疑似重复"
    REGISTRY = "registry", "单位与人员"
