"""A receiver's rule as people read and write it: columns by their heading, stored by their key."""

from collections.abc import Iterator, Mapping

from pilot.domain.asked import Asked

_BETWEEN = "、"
_COMPARED = frozenset({Asked.NOT_BEFORE, Asked.NOT_LESS, Asked.UNIQUE})  # with other columns


def renamed(
    asked: Asked | None, argument: str | None, only_when: str | None, names: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Argument and condition with their columns called otherwise: key → heading or back.

    What is no column of `names` stays as it is; values are never touched.
    """
    if asked in _COMPARED and argument:
        argument = _BETWEEN.join(names.get(one, one) for one in _parts(argument))
    if only_when and "=" in only_when:
        column, _, values = only_when.partition("=")
        only_when = f"{names.get(column.strip(), column.strip())}={values.strip()}"
    return argument, only_when


def columns_of(
    field: str | None, asked: Asked | None, argument: str | None, only_when: str | None
) -> Iterator[str]:
    """Every column that a rule about cells speaks of."""
    if field:
        yield field
    if asked in _COMPARED and argument:
        yield from _parts(argument)
    if only_when:
        yield only_when.partition("=")[0].strip()


def _parts(argument: str) -> Iterator[str]:
    return (one.strip() for one in argument.split(_BETWEEN) if one.strip())
