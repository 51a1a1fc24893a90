"""What counting reads and what it answers: plain facts in, verdicts with their evidence out."""

from dataclasses import dataclass
from datetime import date

from pilot.domain.vocabulary import (
    AdmissionEvent,
    ContractType,
    Indicator,
    LandingLevel,
    Locality,
    Purpose,
    Scope,
    Standing,
    TransferMode,
)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A row a claim rests on (依据).

    Kinds: decision, evidence, transfer, contract, landing_step, landing, run, public_fact, result.
    """

    kind: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A version of a goal's definition (指标口径), for event days in [valid_from, valid_to]."""

    id: int
    indicator: Indicator
    version: int
    valid_from: date
    valid_to: date
    headline: Scope = Scope.CITY
    admission_event: AdmissionEvent = AdmissionEvent.ADMISSION
    threshold: LandingLevel = LandingLevel.L4
    locality: Locality = Locality.RECEIVER
    include_four_tech: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a public source says about a unit (公开报道); it never counts."""

    indicator: Indicator
    on: date
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotFact:
    """What decides whether a project is a new pilot (M1).

    The days are those of the first passed admission review, the first agreement and the first
    feed; later renewals, moves and pauses are not passed on.
    """

    project_id: int
    purpose: Purpose
    in_base: bool
    voided: bool = False
    merged: bool = False
    continues_parent: bool = False
    framework_agreement: bool = False
    own_scheme: bool = False
    review_on: date | None = None
    review_by: int | None = None
    review_source: Source | None = None
    agreement_on: date | None = None
    agreement_proven: bool = False
    agreement_source: Source | None = None
    first_feed_on: date | None = None
    first_feed_source: Source | None = None
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFact:
    """A level a plant reached (落地进度)."""

    level: LandingLevel
    on: date
    verified: bool
    source: Source
    verified_by: int | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantFact:
    """A plant of a project; `linked` says that another project is its principal."""

    landing_id: int
    entity_area: str | None
    site_area: str | None
    source: Source
    linked: bool = False
    waiver: bool = False
    steps: tuple[StepFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryFact:
    """What decides whether a project is industrialised, here or elsewhere (M2, M2X)."""

    project_id: int
    in_base: bool
    voided: bool = False
    merged: bool = False
    accepted_on: date | None = None
    accepted_by: int | None = None
    accepted_source: Source | None = None
    plants: tuple[PlantFact, ...] = ()
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFact:
    """A contract (合同) as far as it dates and classes a transfer."""

    id: int
    type: ContractType
    signed_on: date
    conditional: bool = False
    effective_on: date | None = None
    rescinded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFact:
    """One transfer event (转化事件) of a package or of one of its unsplit parts."""

    id: int
    result_id: int
    mode: TransferMode
    event_on: date
    contract: ContractFact | None = None
    receive_area: str | None = None
    implement_area: str | None = None
    verified: bool = False
    verified_by: int | None = None
    voided: bool = False
    related_parties: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFact:
    """One result as it is counted (成果包): the root result with all its unsplit children."""

    result_id: int
    kind: str
    in_base: bool
    non_secret: bool = True
    voided: bool = False
    holder_areas: tuple[str | None, ...] = ()
    transfers: tuple[TransferFact, ...] = ()
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one unit stands for one indicator, scope and year, on the days [on, ends_on).

    `year` is the year whose goal the unit serves; `on` lies in it, except where a later day
    decides who carries the unit. `missing` says what is lacking, why it is excluded, or, on a
    counted unit, what a reader must be told. Unit kinds: project, result, transfer, contract.
    """

    indicator: Indicator
    scope: Scope
    standing: Standing
    unit_kind: str
    unit_id: int
    year: int
    on: date
    definition_id: int
    rule: str
    ends_on: date | None = None
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    verified_by: int | None = None
    repeated: bool = False

    def stands(self, day: date) -> bool:
        """Whether the verdict holds on `day`; the last day is the one before `ends_on`."""
        return self.on <= day and (self.ends_on is None or day < self.ends_on)
