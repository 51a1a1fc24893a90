"""What one 项 is (§3.5 of the domain note), edge case by edge case.

Each row names the counting cases that hold its rule, by their ids in test_counting_transfers;
that it can be done through the form is a case of tests/services/test_one_item.py with its name.
"""

ROWS: dict[str, tuple[str, ...]] = {
    "two receivers in one year": ("M3-R3 two receivers in one year",),
    "a new receiver in a later year": ("M3-R4 a new receiver in the next year",),
    "amended, renewed, paid in instalments, registered later": (
        "M3-R5 an instalment of the same contract",
        "M3-R5 a renewal of the same contract, mode 6",
        "M3-R5 amended or registered later is one transfer",
    ),
    "one contract over a batch of patents": ("M3-R6 one contract over a batch of patents",),
    "several patents, papers or software": ("M3-R6 one result with several children",),
    "co-owned, submitted by two institutes": ("M3-R7 owned by two institutes",),
    "submitted again by another researcher": ("M3-R7 a duplicate merged into another",),
    "held here, received outside": ("M3-R9 held here, received outside",),
    "received here, worked elsewhere": ("M3-R10 received here, worked elsewhere",),
    "rescinded": (
        "M3-R11 rescinded in its year",
        "M3-R11 rescinded after its year",
        "M3-R11 another contract of the year stays in force",
    ),
    "piloted, no contract": ("M3-R12 piloted, no contract",),
    "published or granted only": ("M3-R13 a paper published", "M3-R13 a patent granted"),
    "related parties": ("M3-R15 founder to own company",),
    "classified": ("M3-R16 secret",),
}
