"""A small portfolio with everything an export can trip over; the same on every run."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.drafts import Holder, Number
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import Moment, moment
from pilot.domain.vocabulary import Gate, TransferMode
from pilot.services import projects
from pilot.store.models import Project
from tests import factories
from tests import factories_registry as registry
from tests.factories import NOON, Team, clock

FORMULA = '=HYPERLINK("http://示例","点我")'
RARE = "示例𬭩盐与䶮系列（15㎥ 釜）"
QUOTED = '示例"双引号"，逗号,与制表'


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The people, the projects and the view an export is made for."""

    people: Team
    admitted: Project
    formula: Project
    view: Moment


def portfolio(session: Session) -> Portfolio:
    """Three projects, one admitted (M1), and two transfers, one counted and one awaiting proof."""
    people = factories.team(session)
    holder = registry.institute(session, people, name="示例大连研究所（盘锦）")
    details = {
        "holder_id": holder.id,
        "field": "catalyst",
        "industry": "2661",
        "area": "211102",
        "sites": ("liaobin", "shuangtaizi"),
        "readiness_version": "2018",
    }
    admitted = factories.before_gate(session, people, Gate.G2, name=RARE, budget=Decimal("0.1"))
    formula = factories.project(
        session, people, name=FORMULA, budget=Decimal("123456789.05"), **details
    )
    factories.project(session, people, name=QUOTED, budget=Decimal(1200), in_base=False)
    plan = formula.id, Gate.G0, date(2026, 7, 1)
    projects.plan_gate(session, *plan, by=people.manager, at=clock(session))
    _transfers(session, people, holder.id)
    session.flush()
    return Portfolio(people, admitted, formula, moment(NOON.replace(hour=10)))


def _transfers(session: Session, people: Team, holder_id: int) -> None:
    patent = Number(IdentifierKind.PATENT, "201911044411.X")
    sold = registry.result(
        session,
        people,
        title="示例催化剂再生工艺",
        kind="invention",
        field="catalyst",
        holders=(Holder(holder_id),),
        numbers=(patent,),
    )
    contract = registry.contract(session, people, amount=Decimal("98.70"), no="0012345678901234")
    registry.transfer(session, people, result_id=sold.id, contract_id=contract.id)
    own = registry.result(session, people, title="示例膜材料", holders=(Holder(holder_id),))
    mine = {"mode": TransferMode.SELF, "event_on": date(2026, 4, 2)}
    registry.transfer(session, people, verified=False, result_id=own.id, **mine)
