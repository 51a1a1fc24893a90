"""The parts of a submission's content (填报内容) as drafts, whatever is still missing in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pilot.domain.draft_children import ChildDraft
from pilot.domain.draft_fields import described, is_blank, required
from pilot.domain.drafts import (
    BY_CONTRACT,
    ContractDraft,
    FollowUpDraft,
    Holder,
    Number,
    OrganisationDraft,
    ResultDraft,
    TransferDraft,
)
from pilot.domain.identifiers import IdentifierKind

Content = Mapping[str, Any]
Draft = TypeVar("Draft")

DRAFTS = {
    "result": ResultDraft,
    "contract": ContractDraft,
    "transfer": TransferDraft,
    "follow_up": FollowUpDraft,
}
ITS_OWN = 0  # the id of the result and contract that a submission brings along itself


@dataclass(frozen=True, slots=True)
class Parts:
    """A content as drafts; contract and transfer only where the result has changed hands.

    With a `follow_up` nothing changes hands anew. `receivers` are further ones of the contract,
    each of whom the result is transferred to as well.
    """

    result: ResultDraft
    contract: ContractDraft | None
    transfer: TransferDraft | None
    organisations: tuple[OrganisationDraft, ...]
    children: tuple[ChildDraft, ...] = ()
    receivers: tuple[int, ...] = ()
    follow_up: FollowUpDraft | None = None


def parts(content: Content) -> Parts:
    """The content as drafts, whatever is still missing in them."""
    result = dict(content.get("result", {}))
    result["holders"] = tuple(
        Holder(held.get("organisation_id"), held.get("share") or None)
        for held in result.get("holders", ())
    )
    result["numbers"] = tuple(
        Number(IdentifierKind(kind), number)
        for kind, numbers in result.get("numbers", {}).items()
        for number in numbers
    )
    transfer, contract, follow_up = None, None, None
    if follows(content):
        follow_up = _draft(FollowUpDraft, content["follow_up"])
    elif content.get("has_transfer"):
        transfer, contract = _moved(content)
    if contract is None:
        result["package_id"] = None  # it is the package of those under the same contract
    return Parts(
        _draft(ResultDraft, result),
        contract,
        transfer,
        organisations=tuple(_draft(OrganisationDraft, x) for x in content.get("organisations", ())),
        children=tuple(_draft(ChildDraft, one) for one in content.get("children", ())),
        receivers=tuple(content.get("receivers", ())) if contract else (),
        follow_up=follow_up,
    )


def follows(content: Content) -> bool:
    """Whether a content tells what follows on a contract that is there already."""
    kind = content.get("follow_up", {}).get("kind")
    return bool(content.get("has_transfer")) and not is_blank(kind)


def _moved(content: Content) -> tuple[TransferDraft, ContractDraft | None]:
    """The transfer, under its contract where the mode asks for one or its number is given."""
    transfer = _draft(TransferDraft, {**content.get("transfer", {}), "result_id": ITS_OWN})
    if transfer.mode in BY_CONTRACT or not is_blank(content.get("contract", {}).get("no")):
        contract = _draft(ContractDraft, content.get("contract", {}))
        return replace(transfer, contract_id=ITS_OWN), contract
    return transfer, None


def _draft(kind: type[Draft], values: Mapping[str, Any]) -> Draft:
    known = {name: values[name] for name in described(kind) if name in values}
    return kind(**{name: "" for name in required(kind) if name not in known} | known)
