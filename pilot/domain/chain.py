"""The chain of the journal (日志链): how an entry is hashed; the anchor that leaves the machine.

A chain alone shows every change but one: whoever can rewrite the database can also cut its end or
compute it anew. An anchor, printed on every report, is what such an end no longer passes through.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from pilot.domain.errors import Invalid

GENESIS = "0" * 64
_SHOWN = 32  # hex digits of a hash on an anchor: 128 bits, which nobody can aim at
_FORM = re.compile(
    r"(?P<base>[A-Z][A-Z0-9]{1,9})-(?P<sequence>[1-9][0-9]{0,17})-(?P<at>[0-9]{8}T[0-9]{6}Z)"
    r"-(?P<hash>[0-9a-f]{32})(?P<check>[0-9a-f]{4})"
)
_MISTYPED = "日志锚抄写有误，请对照报表上的原文核对：{}"


class Link(NamedTuple):
    """One entry as it is hashed and stored; `at` is an ISO 8601 instant in UTC."""

    base_id: int
    sequence: int
    at: str
    by_id: int | None
    action: str
    subject: str
    subject_id: int
    project_id: int | None
    reason: str
    key: str | None
    changes: str
    clock_went_back: bool
    previous: str
    hash: str = ""


def link_of(entry: object) -> Link:
    """A whole entry, whose `at` is an instant, as it is hashed."""
    values = {name: getattr(entry, name) for name in Link._fields}
    return Link(**values | {"at": values["at"].astimezone(UTC).isoformat()})


def as_json(values: tuple) -> bytes:
    """The plain values as one JSON array without spaces, in UTF-8."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def digest(link: Link, write: Callable[[tuple], bytes] = as_json) -> str:
    """The SHA-256 (hex) that chains an entry to the one before it: of its fields but the hash.

    `write` is `as_json`, or whatever writes the same bytes sooner.
    """
    return hashlib.sha256(write(link[:-1])).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a base's journal stood (日志锚): the entry, its hash and its time to the second."""

    base: str
    sequence: int
    hash: str
    at: datetime

    def __str__(self) -> str:
        """The form that is printed: base, number, time, half of the hash, check digits."""
        said = f"{self.base}-{self.sequence}-{self.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        digits = self.hash[:_SHOWN]
        digits += _check(said, digits)
        return f"{said}-{'-'.join(digits[at : at + 4] for at in range(0, len(digits), 4))}"

    def holds(self, sequence: int, digest: str) -> bool:
        """Whether an entry is the one this anchor was taken of."""
        return sequence == self.sequence and digest[:_SHOWN] == self.hash[:_SHOWN]


def anchor(text: str) -> Anchor:
    """The anchor that was printed; Invalid if it was copied wrongly."""
    parts = "".join(text.split()).split("-")
    found = _FORM.fullmatch("-".join(parts[:3]).upper() + "-" + "".join(parts[3:]).lower())
    said = found and f"{found['base']}-{found['sequence']}-{found['at']}"
    if not found or found["check"] != _check(said, found["hash"]):
        raise Invalid("anchor", _MISTYPED.format(text[:120]))
    try:
        at = datetime.strptime(found["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid("anchor", _MISTYPED.format(text[:120])) from error
    return Anchor(found["base"], int(found["sequence"]), found["hash"], at)


def _check(said: str, digits: str) -> str:
    return hashlib.sha256(f"{said}-{digits}".encode()).hexdigest()[:4]


def last_before(known_at: datetime, head: int, at_of: Callable[[int], datetime | None]) -> int:
    """The number of the last entry recorded at or before an instant; 0 if there is none.

    Recorded times of a base never go back, so that a few looks are enough in any journal.
    """
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        when = at_of(middle)
        if when is not None and when <= known_at:
            low = middle
        else:
            high = middle - 1
    return low
