"""Results, contracts and transfers (成果, 合同, 转化)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlmodel import Field

from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.vocabulary import ContractState, ContractType, TransferMode
from pilot.store.models.base import Record, Versioned, words


class Result(Record, Versioned, table=True):
    """A result (成果): one technology package, or a child of one."""

    __table_args__ = (
        UniqueConstraint("base_id", "code"),
        CheckConstraint("package_id IS NULL OR package_id <> id", name="not_its_own_package"),
        CheckConstraint("split_reason IS NULL OR package_id IS NOT NULL", name="split_is_a_child"),
        Index("ix_result_list", "base_id", "recorded_at", "voided_at", "field", "kind"),
        Index("ix_result_title_key", "base_id", "title_key"),
    )

    code: str = Field(max_length=32)
    title: str = Field(max_length=200)
    title_key: str = Field(default="", max_length=200)  # what titles are compared by
    kind: str = Field(max_length=32)
    owner_type: str | None = Field(default=None, max_length=32)
    field: str | None = Field(default=None, max_length=32)
    industry: str | None = Field(default=None, max_length=16)
    attribute: str | None = Field(default=None, max_length=32)
    maturity: str | None = Field(default=None, max_length=32)
    readiness_scheme: str | None = Field(default=None, max_length=32)
    readiness_version: str | None = Field(default=None, max_length=32)
    readiness_level: int | None = None
    programme: str | None = Field(default=None, max_length=100)
    registration_no: str | None = Field(default=None, max_length=16)
    registered_on: date | None = None
    summary: str | None = Field(default=None, max_length=500)
    demand: str | None = Field(default=None, max_length=500)
    non_secret: bool = True
    package_id: int | None = Field(
        default=None, foreign_key="result.id", index=True, ondelete="RESTRICT"
    )
    contact_id: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT")
    split_reason: str | None = Field(default=None, max_length=500)
    voided_at: datetime | None = None
    void_reason: str | None = Field(default=None, max_length=500)
    source: str | None = Field(default=None, max_length=300)


class ResultSpan(Record, table=True):
    """How a result reads, as known in [known_from, known_to); names copied as they read then.

    `numbers` is what a search looks in: every number of it and its key, with blanks between.
    """

    __tablename__ = "result_span"
    __table_args__ = (
        CheckConstraint("known_from < known_to", name="known_order"),
        # In the order of the list: neither a page nor a long export sorts anything.
        Index("ix_result_span_view", "base_id", "code", "known_to", "known_from", "field", "kind"),
        Index("ix_result_span_result", "result_id", "known_to"),
    )

    result_id: int = Field(foreign_key="result.id", ondelete="RESTRICT")
    known_from: datetime
    known_to: datetime
    code: str = Field(max_length=32)
    title: str = Field(max_length=200)
    kind: str = Field(max_length=32)
    field: str | None = Field(default=None, max_length=32)
    registration_no: str | None = Field(default=None, max_length=16)
    holders: str | None = Field(default=None, max_length=500)
    numbers: str | None = Field(default=None, sa_type=Text)
    package: str | None = Field(default=None, max_length=32)
    split: bool = False
    contact: str | None = Field(default=None, max_length=50)


class ResultHolder(Record, table=True):
    """A holder of a result, in order, with a share in percent (持有方)."""

    __tablename__ = "result_holder"
    __table_args__ = (UniqueConstraint("result_id", "position"),)

    result_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")
    organisation_id: int = Field(foreign_key="organisation.id", ondelete="RESTRICT")
    position: int = 1
    share: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))


class ResultIdentifier(Record, table=True):
    """A patent, software, standard or registration number; one key names one result."""

    __tablename__ = "result_identifier"
    __table_args__ = (
        UniqueConstraint("base_id", "kind", "key"),
        Index("ix_result_identifier_key", "base_id", "key"),
    )

    result_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")
    kind: str = Field(max_length=16)
    number: str = Field(max_length=64)
    key: str = Field(max_length=64)


class Contract(Record, Versioned, table=True):
    """A contract (合同) under which results change hands or a pilot is served."""

    __table_args__ = (
        UniqueConstraint("base_id", "no"),
        UniqueConstraint("base_id", "registration_no"),
        CheckConstraint(
            "(state = 'rescinded') = (rescinded_on IS NOT NULL)", name="rescinded_has_a_day"
        ),
        Index("ix_contract_list", "base_id", "signed_on", "recorded_at", "type"),
        Index("ix_contract_no_key", "base_id", "no_key"),
    )

    no: str = Field(max_length=64)
    no_key: str = Field(default="", max_length=64)  # what numbers are compared by
    title: str | None = Field(default=None, max_length=200)
    type: ContractType = Field(sa_type=words(ContractType, "type"))
    seller_id: int | None = Field(default=None, foreign_key="organisation.id", ondelete="RESTRICT")
    buyer_id: int | None = Field(default=None, foreign_key="organisation.id", ondelete="RESTRICT")
    project_id: int | None = Field(
        default=None, foreign_key="project.id", index=True, ondelete="RESTRICT"
    )
    signed_on: date
    conditional: bool = False
    effective_on: date | None = None
    amount: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    technology_amount: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    registration_no: str | None = Field(default=None, max_length=16)
    registered_on: date | None = None
    ip_clause: str | None = Field(default=None, max_length=1000)
    benefit_clause: str | None = Field(default=None, max_length=1000)
    related_parties: bool = False
    state: ContractState = Field(
        default=ContractState.IN_FORCE, sa_type=words(ContractState, "state")
    )
    rescinded_on: date | None = None


class FollowUp(Record, table=True):
    """What followed on a contract (合同后续事项), as an accepted submission told it; in 万元."""

    __tablename__ = "contract_follow_up"
    __table_args__ = (UniqueConstraint("submission_id"),)

    contract_id: int = Field(foreign_key="contract.id", index=True, ondelete="RESTRICT")
    submission_id: int = Field(foreign_key="submission.id", ondelete="RESTRICT")
    kind: FollowUpKind = Field(sa_type=words(FollowUpKind, "kind"))
    happened_on: date
    no: str | None = Field(default=None, max_length=64)
    amount: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    note: str | None = Field(default=None, max_length=500)
    recorded_at: datetime


class Transfer(Record, Versioned, table=True):
    """One transfer event (转化事件) of one result."""

    __table_args__ = (
        CheckConstraint("mode IN ('1', '6') OR contract_id IS NOT NULL", name="mode_has_contract"),
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_by_and_at"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_a_reason"),
        Index(
            "ix_transfer_waiting",
            "base_id",
            "recorded_at",
            sqlite_where=text("verified_by IS NULL AND voided_at IS NULL"),
            postgresql_where=text("verified_by IS NULL AND voided_at IS NULL"),
        ),
    )

    result_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")
    contract_id: int | None = Field(
        default=None, foreign_key="contract.id", index=True, ondelete="RESTRICT"
    )
    mode: TransferMode = Field(sa_type=words(TransferMode, "mode"))
    event_on: date
    receiver_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="RESTRICT"
    )
    receive_area: str | None = Field(default=None, max_length=12)
    implement_area: str | None = Field(default=None, max_length=12)
    related_parties: bool = False
    own_price: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    entered_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    verified_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    verified_at: datetime | None = None
    voided_at: datetime | None = None
    void_reason: str | None = Field(default=None, max_length=500)


class TransferSpan(Record, table=True):
    """A line of 成果转化明细 as known in [known_from, known_to); names copied as they read then."""

    __tablename__ = "transfer_span"
    __table_args__ = (
        CheckConstraint("known_from < known_to", name="known_order"),
        Index("ix_transfer_span_view", "base_id", "event_on", "known_from", "known_to"),
        Index("ix_transfer_span_transfer", "transfer_id", "known_to"),
        Index("ix_transfer_span_result", "result_id", "known_to"),
    )

    transfer_id: int = Field(foreign_key="transfer.id", ondelete="RESTRICT")
    result_id: int = Field(foreign_key="result.id", ondelete="RESTRICT")
    contract_id: int | None = Field(default=None, foreign_key="contract.id", ondelete="RESTRICT")
    known_from: datetime
    known_to: datetime
    event_on: date
    result_code: str = Field(max_length=32)
    title: str = Field(max_length=200)
    kind: str = Field(max_length=32)
    field: str | None = Field(default=None, max_length=32)
    patents: str | None = Field(default=None, max_length=500)
    registration_no: str | None = Field(default=None, max_length=16)
    holders: str | None = Field(default=None, max_length=500)
    holder_codes: str | None = Field(default=None, max_length=200)
    receiver: str | None = Field(default=None, max_length=200)
    receiver_uscc: str | None = Field(default=None, max_length=18)
    receive_area: str | None = Field(default=None, max_length=12)
    implement_area: str | None = Field(default=None, max_length=12)
    mode: TransferMode = Field(sa_type=words(TransferMode, "mode"))
    contract_no: str | None = Field(default=None, max_length=64)
    contract_type: ContractType | None = Field(
        default=None, sa_type=words(ContractType, "contract_type")
    )
    contract_registration_no: str | None = Field(default=None, max_length=16)
    signed_on: date | None = None
    amount: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    related_parties: bool = False
    repeated: bool = False
    verified: bool = False
    rescinded_on: date | None = None
