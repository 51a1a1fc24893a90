"""Table files that people upload (CSV, XLSX): a guard first, then rows; every problem at once.

`read_table` is the only entrance. It decides nothing about the meaning of a cell: strict reading
of dates and numbers is `pilot.domain.parsing`.
"""

from pilot.services.sheets.reading import read_table
from pilot.services.sheets.table import Cell, FileRefused, Table

__all__ = ["Cell", "FileRefused", "Table", "read_table"]
