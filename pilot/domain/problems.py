"""What is wrong with an input, said once for the form, the import and the pre-flight check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule and its remedy, both as Chinese sentences for the user.

    `field` and `rule` are stable English names for code and tests. A `hard` problem refuses the
    input, a soft one only warns. `row` is the row number the spreadsheet program shows (the
    headings are row 1), `column` the heading or the column letter; both are None in a form.
    """

    field: str
    rule: str
    message: str
    remedy: str
    hard: bool = True
    row: int | None = None
    column: str | None = None
