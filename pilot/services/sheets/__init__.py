"""Table files that people upload (CSV, XLSX): a guard first, then rows; every problem at once.

`read_table` reads a file that begins with its headings, `read_sheet` and `arranged` one that has a
title, several lines of headings, sums and notes. Neither decides anything about the meaning of a
cell: reading of dates and numbers is `pilot.domain.parsing` and `pilot.domain.readings`.
"""

from pilot.services.sheets.arranging import arranged
from pilot.services.sheets.reading import read_sheet, read_table
from pilot.services.sheets.table import Cell, FileRefused, Row, Sheet, Table

__all__ = ["Cell", "FileRefused", "Row", "Sheet", "Table", "arranged", "read_sheet", "read_table"]
