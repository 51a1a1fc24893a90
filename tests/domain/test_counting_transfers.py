"""M3, M3X and M3C, rule by rule: the numbers are those of docs/counting-rules.md."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.counting import Source, TransferFact, distinct, transferred
from pilot.domain.counting_cases import makes_claim
from pilot.domain.vocabulary import (
    FOUR_TECH,
    ContractType,
    Indicator,
    Locality,
    Standing,
    TransferMode,
)
from tests.domain.counting_facts import (
    DAWA,
    M3,
    PANJIN,
    SHENYANG,
    again,
    contract,
    day,
    package,
    report,
    rules,
    told,
    transfer,
)

COUNTED = ["M3 counted result 1 26-04-01 M3-R1"]
LATER = contract(52, signed_on=day("26-08-01"))
NEXT_YEAR = contract(53, signed_on=day("27-03-01"))
DEVELOPMENT = contract(type=ContractType.DEVELOPMENT)


def signed(**changes) -> TransferFact:
    return transfer(agreement=contract(**changes))


def by_event(mode: str, **changes) -> TransferFact:
    return again(transfer(mode=TransferMode(mode)), contract=None, **changes)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(package(transfer()), COUNTED, id="M3-R1 a licence to a local receiver"),
        pytest.param(
            package(transfer(mode=TransferMode.TRANSFER)), COUNTED, id="M3-R2 mode 2, signed"
        ),
        pytest.param(
            package(transfer(mode=TransferMode.COOPERATION)), COUNTED, id="M3-R2 mode 4, signed"
        ),
        pytest.param(
            package(
                transfer(agreement=contract(type=ContractType.EQUITY), mode=TransferMode.EQUITY)
            ),
            COUNTED,
            id="M3-R2 mode 5, signed",
        ),
        pytest.param(
            package(by_event("1", receive_area=None)),
            ["M3 counted result 1 26-04-20 M3-R1"],
            id="M3-R2 mode 1, first application where it is worked",
        ),
        pytest.param(
            package(by_event("6")),
            ["M3 counted result 1 26-04-20 M3-R1"],
            id="M3-R2 mode 6, day agreed",
        ),
        pytest.param(
            package(signed(conditional=True, effective_on=day("27-01-10"))),
            ["M3 counted result 1 27-01-10 M3-R1"],
            id="M3-R2 a conditional contract on its effective day",
        ),
        pytest.param(
            package(signed(conditional=True)),
            ["M3 pending result 1 26-04-01 M3-R2"],
            id="M3-R2 a conditional contract not effective yet",
        ),
        pytest.param(
            package(signed(effective_on=day("27-01-10"))),
            COUNTED,
            id="M3-R2 an unconditional contract on its signature",
        ),
        pytest.param(
            package(transfer(), transfer(42, LATER)),
            [*COUNTED, "M3 excluded transfer 42 26-08-01 M3-R3"],
            id="M3-R3 two receivers in one year",
        ),
        pytest.param(
            package(transfer(), transfer(42, NEXT_YEAR)),
            [*COUNTED, "M3 counted result 1 27-03-01 repeated M3-R1"],
            id="M3-R4 a new receiver in the next year",
        ),
        pytest.param(
            package(transfer(), transfer(42, event_on=day("27-05-01"))),
            [*COUNTED, "M3 excluded transfer 42 26-04-01 M3-R3"],
            id="M3-R5 an instalment of the same contract",
        ),
        pytest.param(
            package(
                transfer(mode=TransferMode.OTHER),
                transfer(42, mode=TransferMode.OTHER, event_on=day("27-05-01")),
            ),
            [
                "M3 counted result 1 26-04-20 M3-R1",
                "M3 excluded transfer 42 26-04-20 M3-R3",
            ],
            id="M3-R5 a renewal of the same contract, mode 6",
        ),
        pytest.param(
            package(
                transfer(mode=TransferMode.OTHER, event_on=day("25-05-01"), verified=False),
                transfer(42, mode=TransferMode.OTHER),
            ),
            [
                "M3 counted result 1 26-04-20 M3-R1",
                "M3 pending result 1 25-05-01 M3-R17",
            ],
            id="M3-R5 what is verified does not rest on what is not",
        ),
        pytest.param(
            package(
                transfer(
                    agreement=contract(signed_on=day("26-04-01"), effective_on=day("26-11-01"))
                )
            ),
            COUNTED,
            id="M3-R5 amended or registered later is one transfer",
        ),
        pytest.param(
            package(transfer(), transfer(42, result_id=2), transfer(43, result_id=3)),
            [
                *COUNTED,
                "M3 excluded transfer 42 26-04-01 M3-R3",
                "M3 excluded transfer 43 26-04-01 M3-R3",
            ],
            id="M3-R6 one result with several children",
        ),
        pytest.param(
            package(transfer(result_id=2), transfer(42, result_id=3), transfer(43, result_id=4)),
            [
                *COUNTED,
                "M3 excluded transfer 42 26-04-01 M3-R3",
                "M3 excluded transfer 43 26-04-01 M3-R3",
            ],
            id="M3-R6 one contract over a batch of patents",
        ),
        pytest.param(
            package(transfer(), holder_areas=(SHENYANG, "210200")),
            COUNTED,
            id="M3-R7 owned by two institutes",
        ),
        pytest.param(
            package(transfer(), voided=True), [], id="M3-R7 a duplicate merged into another"
        ),
        pytest.param(
            package(transfer(receive_area=SHENYANG)),
            ["M3 excluded transfer 41 26-04-01 M3-R8"],
            id="M3-R8 received outside, held outside",
        ),
        pytest.param(
            package(transfer(receive_area=None)),
            ["M3 pending result 1 26-04-01 M3-R8"],
            id="M3-R8 place of the receiver unknown",
        ),
        pytest.param(
            package(transfer(receive_area=SHENYANG), holder_areas=(SHENYANG, DAWA)),
            [
                "M3 excluded transfer 41 26-04-01 M3-R9",
                "M3X counted result 1 26-04-01 M3-R9",
            ],
            id="M3-R9 held here, received outside",
        ),
        pytest.param(
            package(
                transfer(receive_area=SHENYANG),
                transfer(42, NEXT_YEAR, receive_area=SHENYANG),
                holder_areas=(PANJIN,),
            ),
            [
                "M3 excluded transfer 41 26-04-01 M3-R9",
                "M3 excluded transfer 42 27-03-01 M3-R9",
                "M3X counted result 1 26-04-01 M3-R9",
                "M3X counted result 1 27-03-01 repeated M3-R9",
            ],
            id="M3-R9 outward in two years",
        ),
        pytest.param(
            package(transfer(receive_area=SHENYANG, verified=False), holder_areas=(PANJIN,)),
            [
                "M3 excluded transfer 41 26-04-01 M3-R9",
                "M3X pending result 1 26-04-01 M3-R17",
            ],
            id="M3-R9 outward, not verified",
        ),
        pytest.param(
            package(transfer(implement_area=SHENYANG)),
            COUNTED,
            id="M3-R10 received here, worked elsewhere",
        ),
        pytest.param(
            package(signed(rescinded_on=day("26-09-01"))),
            [
                "M3 counted result 1 26-04-01 to 26-09-01 M3-R1",
                "M3 excluded transfer 41 26-09-01 M3-R11",
            ],
            id="M3-R11 rescinded in its year",
        ),
        pytest.param(
            package(signed(rescinded_on=day("27-02-01"))),
            [
                "M3 counted result 1 26-04-01 to 27-02-01 M3-R1",
                "M3 excluded transfer 41 27-02-01 for 2026 M3-R11",
            ],
            id="M3-R11 rescinded after its year",
        ),
        pytest.param(
            package(signed(rescinded_on=day("26-09-01")), transfer(42, LATER)),
            [
                "M3 counted result 1 26-04-01 to 26-09-01 M3-R1",
                "M3 counted result 1 26-09-01 M3-R1",
                "M3 excluded transfer 41 26-09-01 M3-R11",
                "M3 excluded transfer 42 26-08-01 to 26-09-01 M3-R3",
            ],
            id="M3-R11 another contract of the year stays in force",
        ),
        pytest.param(
            package(signed(rescinded_on=day("27-06-01")), transfer(42, NEXT_YEAR)),
            [
                "M3 counted result 1 26-04-01 to 27-06-01 M3-R1",
                "M3 counted result 1 27-03-01 to 27-06-01 repeated M3-R1",
                "M3 counted result 1 27-06-01 M3-R1",
                "M3 excluded transfer 41 27-06-01 for 2026 M3-R11",
            ],
            id="M3-R11 the later year becomes the first",
        ),
        pytest.param(
            package(signed(rescinded_on=day("27-03-01")), transfer(42, NEXT_YEAR)),
            [
                "M3 counted result 1 26-04-01 to 27-03-01 M3-R1",
                "M3 counted result 1 27-03-01 M3-R1",
                "M3 excluded transfer 41 27-03-01 for 2026 M3-R11",
            ],
            id="M3-R11 replaced by a new contract on the day it is rescinded",
        ),
        pytest.param(
            package(signed(rescinded_on=day("26-12-01")), transfer(42, NEXT_YEAR)),
            [
                "M3 counted result 1 26-04-01 to 26-12-01 M3-R1",
                "M3 counted result 1 27-03-01 M3-R1",
                "M3 excluded transfer 41 26-12-01 M3-R11",
            ],
            id="M3-R4 not repeated after a rescinded year",
        ),
        pytest.param(
            package(
                signed(conditional=True, effective_on=day("26-09-01"), rescinded_on=day("26-08-01"))
            ),
            ["M3 excluded transfer 41 26-09-01 M3-R11"],
            id="M3-R11 rescinded before it took effect",
        ),
        pytest.param(
            package(signed(rescinded_on=day("26-04-01"))),
            ["M3 excluded transfer 41 26-04-01 M3-R11"],
            id="M3-R11 rescinded on the day it was signed",
        ),
        pytest.param(package(), [], id="M3-R12 piloted, no contract"),
        pytest.param(
            package(again(transfer(), contract=None)),
            ["M3 pending result 1 26-04-20 M3-R12"],
            id="M3-R12 a licence without its contract",
        ),
        pytest.param(package(kind="paper"), [], id="M3-R13 a paper published"),
        pytest.param(package(kind="invention"), [], id="M3-R13 a patent granted"),
        pytest.param(
            package(transfer(), kind="paper"),
            ["M3 excluded transfer 41 26-04-01 M3-R13"],
            id="M3-R13 a paper handed over",
        ),
        *(
            pytest.param(
                package(signed(type=kind)),
                [
                    "M3 excluded transfer 41 26-04-01 M3-R14",
                    "M3C counted contract 51 26-04-01 M3-R14",
                ],
                id=f"M3-R14 a contract of {kind}",
            )
            for kind in sorted(FOUR_TECH)
        ),
        pytest.param(
            package(signed(type=ContractType.OTHER)), COUNTED, id="M3-R14 another contract"
        ),
        pytest.param(
            package(transfer(agreement=DEVELOPMENT), transfer(42, DEVELOPMENT)),
            [
                "M3 excluded transfer 41 26-04-01 M3-R14",
                "M3 excluded transfer 42 26-04-01 M3-R14",
                "M3C counted contract 51 26-04-01 M3-R14",
            ],
            id="M3-R14 two transfers under one contract",
        ),
        pytest.param(
            package(
                transfer(agreement=DEVELOPMENT, receive_area=SHENYANG, implement_area=SHENYANG)
            ),
            ["M3 excluded transfer 41 26-04-01 M3-R14"],
            id="M3-R14 no party in the city",
        ),
        pytest.param(
            package(transfer(agreement=DEVELOPMENT, receive_area=None, implement_area=None)),
            [
                "M3 excluded transfer 41 26-04-01 M3-R14",
                "M3C pending contract 51 26-04-01 M3-R14",
            ],
            id="M3-R14 parties unknown",
        ),
        pytest.param(
            package(signed(type=ContractType.SERVICE, rescinded_on=day("26-09-01"))),
            [
                "M3 excluded transfer 41 26-04-01 M3-R14",
                "M3C counted contract 51 26-04-01 to 26-09-01 M3-R14",
            ],
            id="M3-R14 rescinded",
        ),
        pytest.param(
            package(transfer(related_parties=True)), COUNTED, id="M3-R15 founder to own company"
        ),
        pytest.param(package(transfer(), non_secret=False), [], id="M3-R16 secret"),
        pytest.param(
            package(transfer(verified=False)),
            ["M3 pending result 1 26-04-01 M3-R17"],
            id="M3-R17 not verified",
        ),
        pytest.param(package(transfer(voided=True)), [], id="M3-R17 recorded by mistake"),
        pytest.param(
            package(transfer(voided=True), transfer(42, LATER)),
            ["M3 counted result 1 26-08-01 M3-R1"],
            id="M3-R17 the mistake leaves the year to the next transfer",
        ),
        pytest.param(
            package(transfer(verified=False), transfer(42, LATER)),
            [
                "M3 counted result 1 26-08-01 M3-R1",
                "M3 excluded transfer 41 26-04-01 M3-R3",
            ],
            id="M3-R17 what is verified goes before what is not",
        ),
        pytest.param(
            package(reports=(report("M3"),)),
            ["M3 pending result 1 24-10-21 C-R5"],
            id="C-R5 reported only",
        ),
        pytest.param(package(transfer(), reports=(report("M3"),)), COUNTED, id="C-R5 and proven"),
    ],
)
def test_transferred(fact, expected):
    assert told(transferred(fact, [M3])) == expected


@pytest.mark.parametrize(
    ("locality", "areas", "expected"),
    [
        pytest.param("receiver", (PANJIN, None), COUNTED, id="M3-R8 receiver: site not asked"),
        pytest.param("implementer", (SHENYANG, DAWA), COUNTED, id="M3-R8 implementer: worked here"),
        pytest.param(
            "implementer",
            (PANJIN, SHENYANG),
            ["M3 excluded transfer 41 26-04-01 M3-R8"],
            id="M3-R8 implementer: worked elsewhere",
        ),
        pytest.param(
            "implementer",
            (PANJIN, None),
            ["M3 pending result 1 26-04-01 M3-R8"],
            id="M3-R8 implementer: place unknown",
        ),
        pytest.param("both", (PANJIN, DAWA), COUNTED, id="M3-R8 both here"),
        pytest.param(
            "both",
            (PANJIN, SHENYANG),
            ["M3 excluded transfer 41 26-04-01 M3-R8"],
            id="M3-R8 both: worked elsewhere",
        ),
        pytest.param(
            "both",
            (SHENYANG, DAWA),
            ["M3 excluded transfer 41 26-04-01 M3-R8"],
            id="M3-R8 both: received elsewhere",
        ),
        pytest.param(
            "both",
            (None, None),
            ["M3 pending result 1 26-04-01 M3-R8"],
            id="M3-R8 both: places unknown",
        ),
    ],
)
def test_the_definition_chooses_the_party(locality, areas, expected):
    fact = package(transfer(receive_area=areas[0], implement_area=areas[1]))

    assert told(transferred(fact, [again(M3, locality=Locality(locality))])) == expected


def test_four_tech_counts_in_both_if_the_definition_says_so():
    """M3-R14: the switch adds to M3 and takes nothing from M3C."""
    verdicts = transferred(package(transfer(agreement=DEVELOPMENT)), [M3_WITH_FOUR_TECH])

    assert told(verdicts) == [*COUNTED, "M3C counted contract 51 26-04-01 M3-R14"]


M3_WITH_FOUR_TECH = again(M3, include_four_tech=True)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        pytest.param({}, (), id="M3-R1 nothing to tell"),
        pytest.param(
            {"implement_area": SHENYANG},
            ("受让方在本市，实施地不在本市",),
            id="M3-R10 worked elsewhere is flagged",
        ),
        pytest.param({"related_parties": True}, ("关联交易",), id="M3-R15 related parties flagged"),
    ],
)
def test_a_counted_result_tells_what_a_reader_must_know(changes, flags):
    (verdict,) = transferred(package(transfer(**changes)), [M3])

    assert (verdict.standing, verdict.missing) == (Standing.COUNTED, flags)


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        pytest.param(package(transfer(receive_area=SHENYANG)), "受让方不在本市", id="M3-R8 away"),
        pytest.param(
            package(transfer(receive_area=SHENYANG), holder_areas=(PANJIN,)),
            "受让方不在本市，另计输出科技成果",
            id="M3-R9 outward",
        ),
        pytest.param(
            package(transfer(agreement=DEVELOPMENT)),
            "技术开发合同按现行口径不计入转化科技成果，另计产学研合同",
            id="M3-R14 development",
        ),
        pytest.param(
            package(transfer(), kind="paper"), "论文、著作本身不计为转化", id="M3-R13 paper"
        ),
        pytest.param(
            package(signed(rescinded_on=day("26-09-01"))),
            "合同已于 2026-09-01 解除",
            id="M3-R11 rescinded",
        ),
        pytest.param(
            package(transfer(42, LATER), transfer()),
            "同一成果同一年度只计 1 项，以另一转化事件计入",
            id="M3-R3 once a year",
        ),
    ],
)
def test_an_excluded_transfer_has_its_reason(fact, reason):
    excluded = [each for each in transferred(fact, [M3]) if each.standing is Standing.EXCLUDED]

    assert [(each.unit_kind, each.missing) for each in excluded] == [("transfer", (reason,))]


def test_a_split_child_is_its_own_package():
    """M3-R6: split with a price and a reason of its own, one contract makes two results."""
    whole, child = package(transfer()), package(transfer(42), result_id=2)

    counted = told(transferred(whole, [M3])) + told(transferred(child, [M3]))

    assert counted == [*COUNTED, "M3 counted result 2 26-04-01 M3-R1"]


def test_a_contract_over_two_packages_counts_once():
    """C-R8: and for the base as soon as one of the packages was piloted there."""
    first = package(transfer(agreement=DEVELOPMENT), in_base=True)
    second = package(transfer(42, DEVELOPMENT, verified=False), result_id=2)

    verdicts = distinct([*transferred(second, [M3]), *transferred(first, [M3])])

    contracts = [each for each in verdicts if each.unit_kind == "contract"]
    assert [(each.scope.value, each.standing.value) for each in contracts] == [
        ("city", "counted"),
        ("base", "counted"),
    ]


def test_distinct_keeps_the_stages_of_one_unit():
    fact = package(signed(rescinded_on=day("26-09-01")), transfer(42, LATER))
    verdicts = transferred(fact, [M3])

    assert told(distinct(verdicts)) == told(verdicts)


def test_separate_counts_have_their_own_definitions_where_there_are_any():
    outward, joint = rules(Indicator.OUTWARD, id=8), rules(Indicator.COOPERATION, id=9)
    fact = package(
        transfer(agreement=DEVELOPMENT),
        transfer(42, LATER, receive_area=SHENYANG),
        holder_areas=(PANJIN,),
    )

    verdicts = transferred(fact, [M3, outward, joint])

    used = {(each.indicator.value, each.definition_id) for each in verdicts}
    assert used == {("M3", 3), ("M3X", 8), ("M3C", 9)}


def test_a_transferred_result_names_what_it_rests_on():
    (verdict,) = transferred(package(transfer()), [M3])

    assert verdict.sources == (Source("transfer", 41), Source("contract", 51))
    assert verdict.verified_by == 8


def test_distinct_keeps_what_another_takes_over():
    (counted,) = transferred(package(transfer()), [M3])
    before = again(
        counted, standing=Standing.PENDING, on=day("26-01-01"), ends_on=counted.on, sources=()
    )

    assert distinct([before, counted]) == [counted, before]


FIRST = day("25-11-01")
days = st.integers(0, 40).map(lambda weeks: FIRST + timedelta(weeks=2 * weeks))
areas = st.sampled_from([PANJIN, SHENYANG, None])


@st.composite
def packages(draw):
    """Any package with up to five transfers under up to three contracts."""
    contracts = [
        contract(
            id=51 + number,
            type=draw(st.sampled_from([ContractType.LICENCE, ContractType.SERVICE])),
            signed_on=draw(days),
            conditional=draw(st.booleans()),
            effective_on=draw(st.none() | days),
            rescinded_on=draw(st.none() | days),
        )
        for number in range(3)
    ]
    transfers = [
        transfer(
            id=41 + number,
            agreement=draw(st.sampled_from(contracts)),
            mode=draw(st.sampled_from(TransferMode)),
            event_on=draw(days),
            receive_area=draw(areas),
            implement_area=draw(areas),
            verified=draw(st.booleans()),
            voided=draw(st.integers(0, 5)) == 0,
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return package(*transfers, holder_areas=(draw(areas),))


def standing_on(verdicts, on: date):
    return [each for each in verdicts if each.stands(on)]


FOUR_TECH_ON = rules(Indicator.TRANSFERRED, id=3, include_four_tech=True)


@pytest.mark.parametrize(
    ("fact", "known", "makes"),
    [
        pytest.param(package(transfer()), [M3], True, id="M3-R1 a licence to a local receiver"),
        pytest.param(package(transfer(receive_area=None)), [M3], True, id="M3-R8 place unknown"),
        pytest.param(package(transfer(receive_area=SHENYANG)), [M3], False, id="M3-R8 away"),
        pytest.param(
            package(transfer(receive_area=SHENYANG), holder_areas=(DAWA,)), [M3], False,
            id="M3-R9 outward",
        ),
        pytest.param(package(transfer(42, DEVELOPMENT)), [M3], False, id="M3-R14 development"),
        pytest.param(
            package(transfer(42, DEVELOPMENT)), [FOUR_TECH_ON], True, id="M3-R14 switched on"
        ),
        pytest.param(package(transfer(), kind="paper"), [M3], False, id="M3-R13 a paper"),
        pytest.param(package(transfer()), [], True, id="C-R2 no definition can say"),
    ],
)  # fmt: skip
def test_which_transfers_make_a_claim(fact, known, makes):
    assert makes_claim(fact, fact.transfers[0], known) is makes


@given(packages())
def test_what_makes_no_claim_never_counts(fact):
    standing = [one for one in fact.transfers if not one.voided]
    silent = {one.id for one in standing if not makes_claim(fact, one, [M3])}
    counted = [
        each
        for each in transferred(fact, [M3])
        if each.indicator is Indicator.TRANSFERRED and each.standing is not Standing.EXCLUDED
    ]
    resting = {one.id for each in counted for one in each.sources if one.kind == "transfer"}
    assert not silent & resting


@given(packages(), days)
def test_no_unit_stands_twice_on_any_day(fact, on):
    """C-R8, whatever happened."""
    standing = standing_on(transferred(fact, [M3]), on)

    units = [(each.indicator, each.unit_kind, each.unit_id, each.year) for each in standing]
    assert len(units) == len(set(units))


@given(packages())
def test_every_verdict_stands_for_at_least_a_day(fact):
    verdicts = transferred(fact, [M3])

    assert all(each.ends_on is None or each.on < each.ends_on for each in verdicts)


@given(packages(), days)
def test_at_most_one_year_counts_a_result_for_the_first_time(fact, on):
    """M3-R4: the distinct results of all years are those not marked as repeated."""
    counted = [
        each
        for each in standing_on(transferred(fact, [M3]), on)
        if each.indicator is Indicator.TRANSFERRED and each.standing is Standing.COUNTED
    ]

    assert sum(not each.repeated for each in counted) == min(len(counted), 1)


@given(packages(), days)
def test_every_transfer_either_carries_its_result_or_has_a_reason(fact, on):
    """From its day on, each transfer is in exactly one line of M3; a voided one in none."""
    verdicts = [each for each in transferred(fact, [M3]) if each.indicator is Indicator.TRANSFERRED]
    for one in fact.transfers:
        lines = [each for each in verdicts if Source("transfer", one.id) in each.sources]
        begun = any(each.on <= on for each in lines)
        assert len(standing_on(lines, on)) == begun
        assert bool(lines) is not one.voided
