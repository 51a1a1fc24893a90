"""What a form offers to choose from (选项): code lists, units and persons of one base."""

from dataclasses import dataclass

from sqlmodel import Session

from pilot.store import queries_codes, queries_registry


@dataclass(frozen=True, slots=True)
class Choices:
    """Labels to show: of each code list by code, of units and persons by id.

    `editions` says which edition of its standard an industry's code is from.
    """

    lists: dict[str, dict[str, str]]
    organisations: dict[int, str]
    persons: dict[int, str]
    editions: dict[str, str]


def choices(session: Session, base_id: int) -> Choices:
    """Everything in use now; what has been switched off is not offered any more."""
    units = {row.id: row.name for row in queries_registry.organisations(session, base_id)}
    persons = {
        row.id: _person(row.name, units.get(row.organisation_id))
        for row in queries_registry.persons(session, base_id)
    }
    industries = queries_codes.items(session, base_id, "industries")
    editions = {row.code: row.edition for row in industries if row.active}
    return Choices(queries_codes.lists(session, base_id), units, persons, editions)


def _person(name: str, unit: str | None) -> str:
    return f"{name}（{unit}）" if unit else name
