"""The parts of 成果与转化."""

from pilot.domain.vocabulary import Term


class Section(Term):
    """What the page shows."""

    RESULTS = "results", "成果"
    TRANSFERS = "transfers", "成果转化明细"
    CONTRACTS = "contracts", "合同"
    REGISTRY = "registry", "单位与人员"
