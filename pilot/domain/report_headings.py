"""The headings of a report (多级表头) as cells: merged to the right and downwards."""

from dataclasses import dataclass

from pilot.domain.report_templates import Template


@dataclass(frozen=True, slots=True)
class HeadingCell:
    """One heading: its text, the place of its upper left corner, how far it reaches."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


def heading_cells(template: Template) -> list[HeadingCell]:
    """Every heading once, from the top left: neighbours that share their upper levels are merged.

    A heading with fewer levels than others reaches down to the last row; the unit of a column
    stands in brackets behind its last level.
    """
    paths = [
        (*column.heading[:-1], _last(column.heading[-1], column.unit))
        for column in template.columns
    ]
    found = [cell for row in range(template.levels) for cell in _row(paths, row, template.levels)]
    return sorted(found, key=lambda cell: (cell.row, cell.column))


def _row(paths: list[tuple[str, ...]], row: int, levels: int) -> list[HeadingCell]:
    cells: list[HeadingCell] = []
    place = 0
    while place < len(paths):
        path, start = paths[place], place
        if row >= len(path):
            place += 1
            continue
        is_last = row == len(path) - 1
        place += 1
        while not is_last and place < len(paths) and _shares(paths[place], path, row):
            place += 1
        depth = levels - row if is_last else 1
        cells.append(HeadingCell(path[row], row, start, depth, place - start))
    return cells


def _shares(other: tuple[str, ...], path: tuple[str, ...], row: int) -> bool:
    return len(other) > row + 1 and other[: row + 1] == path[: row + 1]


def _last(text: str, unit: str) -> str:
    return f"{text}（{unit}）" if unit else text
