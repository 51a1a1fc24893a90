"""Who and what rows of a file may name: units, persons and codes of the base, looked up at once."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from pilot.domain.identifiers import normalise_uscc
from pilot.domain.import_columns import heading_key
from pilot.store import queries_registry
from pilot.store.models import Organisation, Person

Trouble = tuple[str, str, str]  # rule, message, remedy


class Directory:
    """The units and persons of a base by what people call them."""

    def __init__(self, units: Iterable[Organisation], persons: Iterable[Person]) -> None:
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_uscc: dict[str, int] = {}
        self._uscc: dict[int, str | None] = {}
        self._units: dict[int, str] = {}
        self._areas: dict[int, str | None] = {}
        self._persons: dict[str, list[int]] = defaultdict(list)
        self._names: dict[int, str] = {}
        self._unit_of: dict[int, int | None] = {}
        for unit in units:
            self._by_name[heading_key(unit.name)].append(unit.id)
            self._uscc[unit.id] = unit.uscc
            self._units[unit.id] = unit.name
            self._areas[unit.id] = unit.reg_area
            if unit.uscc:
                self._by_uscc[unit.uscc] = unit.id
        for person in persons:
            self._persons[person.name].append(person.id)
            self._names[person.id] = person.name
            self._unit_of[person.id] = person.organisation_id

    @classmethod
    def of(cls, session: Session, base_id: int) -> "Directory":
        """The directory of a base."""
        return cls(
            queries_registry.organisations(session, base_id),
            queries_registry.persons(session, base_id),
        )

    def unit(self, text: str | None, uscc: str | None = None) -> int | Trouble | None:
        """The unit of a name and/or a credit code; None when neither is given."""
        if text is None and uscc is None:
            return None
        if uscc is None:
            return self._called(text)
        found = self._by_uscc.get(normalise_uscc(uscc))
        if found is None:
            return _unknown_code(uscc)
        if text is not None and found not in self._by_name.get(heading_key(text), ()):
            message = f"“{text}”的统一社会信用代码不是 {uscc}。"
            return "unit-mismatch", message, "请核对名称和代码，或先更正单位信息。"
        return found

    def uscc_of(self, unit_id: int) -> str | None:
        """The credit code of a unit."""
        return self._uscc.get(unit_id)

    def area_of(self, unit_id: int | None) -> str | None:
        """Where a unit is registered."""
        return self._areas.get(unit_id)

    def unit_name(self, unit_id: int) -> str:
        """The name of a unit."""
        return self._units.get(unit_id, f"单位 {unit_id}")

    def person_name(self, person_id: int) -> str:
        """The name of a person."""
        return self._names.get(person_id, f"人员 {person_id}")

    def person(
        self, name: str | None, now: int | None = None, units: Iterable[int] = ()
    ) -> int | Trouble | None:
        """The person of this name; of several who is named `now`, else the only one of `units`."""
        if name is None:
            return None
        if now is not None and self._names[now] == name:
            return now
        found = self._persons.get(name, [])
        if len(found) > 1:
            found = [one for one in found if self._unit_of[one] in set(units)] or found
        if len(found) == 1:
            return found[0]
        if found:
            message = f"有 {len(found)} 位人员叫“{name}”。"
            return "person-ambiguous", message, "请在其页面上选择，或在姓名中加以区分。"
        message = f"没有登记人员“{name}”。"
        return "person-unknown", message, "请先在单位与人员中登记。"

    def _called(self, text: str) -> int | Trouble:
        found = self._by_name.get(heading_key(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            message = f"有 {len(found)} 个单位叫“{text}”。"
            return "unit-ambiguous", message, "请改填统一社会信用代码。"
        code = self._by_uscc.get(normalise_uscc(text))
        if code is not None:
            return code
        message = f"没有登记单位“{text}”。"
        return "unit-unknown", message, "请先登记或导入该单位，或核对名称。"


def _unknown_code(uscc: str) -> Trouble:
    message = f"没有统一社会信用代码为 {uscc[:32]} 的单位。"
    return "unit-unknown", message, "请先登记或导入该单位，或核对代码。"
