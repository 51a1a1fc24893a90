"""How a demonstration project comes to its gates: papers, checks, cards, decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from pilot.domain.drafts import ContractDraft
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    ContractType,
    Dimension,
    EvidenceState,
    Gate,
    Requirement,
)
from pilot.seed.papers import page
from pilot.seed.player import Player, Step, day
from pilot.services import attachments, decisions, evidence, lifecycle, projects, reviews
from pilot.services.contracts import save_contract
from pilot.services.decisions import ConditionDraft
from pilot.services.gate_facts import round_items
from pilot.store.engine import reading

_WITH_FILE = {"D06", "D14", "D16"}
_SPECIAL_PAPERS = {
    "returned": ("D02", "小试批次不足3批，请补充"),
    "missing": ("D15", "缺三废数据"),
}


@dataclass(frozen=True, slots=True)
class GateScript:
    """The gates of one line of projects.csv."""

    player: Player
    row: dict[str, str]

    @property
    def project(self) -> int:
        """The id of the project, once it is registered."""
        return self.player.find("project", self.row["code"])

    def steps(self) -> Iterator[Step]:
        """Papers ahead of each gate, the round, the decision; then what still waits."""
        yield from self._agreement()
        for gate in Gate:
            held = day(self.row.get(gate.value.lower(), ""))
            if held:
                yield from self._gate(gate, held)
        if self.row["awaiting"]:
            yield from self._waiting(Gate(self.row["awaiting"]))
        elif self.row["special"] in _SPECIAL_PAPERS:
            yield Step(date(2026, 11, 2), lambda _at: self._returned())

    def _agreement(self) -> Iterator[Step]:
        signed = day(self.row["d06"])
        if signed is None:
            return

        def sign(_at: datetime) -> None:
            self._paper("D06", "中试服务协议", signed)
            if self.row["special"] != "noip":
                self._contract(signed)
            if self.row["g1"] and signed > day(self.row["g1"]):
                self._do("manager", lifecycle.admit, self.project)

        entered = day(self.row["entered_on"])
        yield Step(max(signed, entered) if entered else signed, sign)

    def _contract(self, signed: date) -> None:
        """The agreement as a contract: rights, benefits, and its registration."""
        serial = int(self.row["code"][3:7] + self.row["code"][8:])
        draft = ContractDraft(
            no=f"示例服务〔{signed.year}〕{self.row['code'][8:]}-{signed.month:02d}号",
            type=ContractType.SERVICE,
            signed_on=signed,
            seller_id=self.player.find("organisation", self.row["pilot_org"]),
            buyer_id=self.player.find("organisation", self.row["holder"]),
            project_id=self.project,
            registration_no=f"{signed.year}211100{serial % 1_000_000:06d}",
            ip_clause="中试中形成的改进成果由双方共有，底层专利归持有方。",
            benefit_clause="产业化收益按协议约定分配。",
        )
        self._do("manager", save_contract, draft)

    def _gate(self, gate: Gate, held: date) -> Iterator[Step]:
        entered = day(self.row["entered_on"]) if gate is Gate.G1 else None

        def hold(_at: datetime) -> None:
            if gate is Gate.G3:
                self._run(held)
            review = self._open(gate, held)
            self._prepare(review, held, gate)
            if gate in (Gate.G1, Gate.G3):
                self._score(review)
            self._decide(review, gate, held)

        yield Step(entered or held, hold)

    def _waiting(self, gate: Gate) -> Iterator[Step]:
        opened = date(2026, 11, 12)
        special = self.row["special"]

        def submit(_at: datetime) -> None:
            if gate is Gate.G3:
                self._run(opened - timedelta(days=10))
            review = self._open(gate, opened)
            self._prepare(review, opened, gate, skip={"D10", "D13"} if special == "expired" else ())
            if special == "expired":
                self._expired(opened)
            if gate in (Gate.G1, Gate.G3):
                self._score(review, apart=special == "disagree", agree=special != "disagree")

        yield Step(opened, submit)

    def _open(self, gate: Gate, on: date) -> int:
        who = "manager" if gate is Gate.G2 and not self.row["awaiting"] else "manager2"
        return self._do(who, reviews.open_review, self.project, on=on).subject_id

    def _prepare(self, review: int, on: date, gate: Gate, skip: object = ()) -> None:
        """Hand in, judge and tick everything the round asks for."""
        with reading(self.player.engine) as session:
            items = round_items(session, review, on)
        for item in items:
            if item.doc_code in skip or item.settled or item.on_record:
                continue
            if item.doc_code is None:
                self._do("reviewer", reviews.check, item.id, CheckState.MET)
            elif item.requirement is Requirement.CONDITIONAL:
                reason = "本项目不涉及，按检查单说明"
                self._do("manager", evidence.waive, self.project, item.doc_code, reason=reason)
            else:
                self._paper(item.doc_code, item.text, on - timedelta(days=5))

    def _paper(self, code: str, title: str, issued: date, until: date | None = None) -> None:
        done = self._do(
            "manager",
            evidence.submit,
            self.project,
            code,
            title=title,
            doc_no=f"示例〔{issued.year}〕{code[1:]}号",
            issuer="示例盘锦中试基地运营有限公司",
            issued_on=issued,
            valid_until=until,
            file=self._file(code) if code in _WITH_FILE else None,
        )
        self._do("reviewer", evidence.judge, done.subject_id, EvidenceState.QUALIFIED)

    def _file(self, code: str) -> attachments.StoredFile:
        return attachments.keep(
            self.player.folder,
            page(code, self.row["code"]),
            shown_name=f"{code} {self.row['code']}.pdf",
            limit_bytes=1_000_000,
        )

    def _run(self, ended: date) -> None:
        self._do(
            "manager",
            projects.record_run,
            self.project,
            run_no=f"{self.row['code']}-R1",
            started_on=ended - timedelta(days=9),
            ended_on=ended - timedelta(days=3),
            continuous_hours=Decimal("96.5"),
            stops=1,
            closure_percent=Decimal("98.60"),
            yield_percent=Decimal("91.20"),
            purity_percent=Decimal("99.50"),
            targets_compared=True,
        )

    def _score(self, review: int, *, apart: bool = False, agree: bool = False) -> None:
        pair = [self.player.people["reviewer"], self.player.people["reviewer2"]]
        self._do("manager2", reviews.assign, review, pair)
        self._card("reviewer", review, 82, 76, 78, "数据完整，放大效应说明充分")
        self._card("reviewer2", review, 80, 58 if apart else 74, 75, "建议关注设备长周期运行")
        if apart and agree:
            text = "以运行记录为准"
            self._do(
                "manager", reviews.consolidate, review, Dimension.EQUIPMENT, score=68, note=text
            )

    def _card(self, who: str, review: int, *scores: object) -> None:
        technical, equipment, commercial, comment = scores
        self._do(
            who,
            reviews.score,
            review,
            technical=technical,
            equipment=equipment,
            commercial=commercial,
            comment=comment,
        )

    def _decide(self, review: int, gate: Gate, held: date) -> None:
        conditional = gate is Gate.G2 and self.row["special"] == "conditional"
        conditions = (
            [ConditionDraft("补做腐蚀挂片试验", self.row["manager"], date(2026, 10, 20))]
            if conditional
            else []
        )
        self._do(
            "manager2" if gate is Gate.G2 and not self.row["awaiting"] else "manager",
            decisions.decide,
            review,
            Conclusion.CONDITIONAL if conditional else Conclusion.PASS,
            reason="材料齐全，准则满足，同意通过",
            held_on=held,
            conditions=conditions,
        )

    def _expired(self, on: date) -> None:
        self._paper("D10", "环评批复", on - timedelta(days=400), until=on - timedelta(days=12))

    def _returned(self) -> None:
        code, why = _SPECIAL_PAPERS[self.row["special"]]
        done = self._do("manager", evidence.submit, self.project, code, title="初稿")
        self._do("reviewer", evidence.judge, done.subject_id, EvidenceState.RETURNED, reason=why)

    def _do(self, who: str, verb, *args, **options):
        return self.player.do(who, verb, *args, **options)
