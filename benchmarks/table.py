"""The one table of a run: what was measured, beside what, and whether the limit holds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: a ratio formed inside each round, or an absolute with its limit."""

    figure: str
    ours: str
    beside: str
    got: float
    limit: float
    unit: str = "×"
    low: float | None = None
    high: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it keeps its limit."""
        return self.got <= self.limit

    def __str__(self) -> str:
        spread = "" if self.low is None else f" [{self.low:.2f}..{self.high:.2f}]"
        verdict = "yes" if self.holds else "**no**"
        got, limit = f"{self.got:.2f} {self.unit}{spread}", f"≤ {self.limit:g} {self.unit}"
        return f"| {self.figure} | {self.ours} | {self.beside} | {got} | {limit} | {verdict} |"


HEAD = "| figure | ours | beside | got | limit | holds |\n|---|---|---|---|---|---|"


def ratio(
    figure: str, ours: Sequence[float], beside: Sequence[float], limit: float, what: str
) -> Line:
    """The median of the rounds' own ratios, with the smallest and the largest; times in ms."""
    ratios = [mine / other for mine, other in zip(ours, beside, strict=True)]
    return Line(
        figure,
        f"{statistics.median(ours):.1f} ms",
        f"{statistics.median(beside):.1f} ms {what}",
        statistics.median(ratios),
        limit,
        low=min(ratios),
        high=max(ratios),
    )


def absolute(
    figure: str, values: Sequence[float], limit: float, unit: str, beside: str = ""
) -> Line:
    """The median of the rounds."""
    median = statistics.median(values)
    return Line(figure, f"{median:.1f} {unit}", beside, median, limit, unit)
