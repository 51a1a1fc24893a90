"""What a proof is: figures with a demand, measured on the product itself; and how much to try."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a run tries: the short set of every change, or the full one (LONG=1)."""

    long: bool = False

    def of(self, short: int, long: int) -> int:
        """The amount for this run."""
        return long if self.long else short


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of a proof: what was demanded of it, what came out, and whether that holds."""

    figure: str
    demanded: str
    got: str
    holds: bool


Prove = Callable[[Effort], Iterator[Finding]]


def none(figure: str, found: int, out_of: int | None = None) -> Finding:
    """A figure that must be zero, shown as `0 of 60` where it is known how many could have been."""
    tried = "" if out_of is None else f" of {out_of:,}"
    return Finding(figure, "0", f"{found:,}{tried}", found == 0 and out_of != 0)


def every(figure: str, found: int, out_of: int) -> Finding:
    """A figure that must be all of something that was really tried."""
    return Finding(figure, f"all of {out_of:,}", f"{found:,}", found == out_of > 0)


def at_least(figure: str, found: float, least: float, unit: str = "") -> Finding:
    """A figure that must reach a number."""
    return Finding(figure, f"≥ {least:,g}{unit}", f"{found:,.6g}{unit}", found >= least)


def at_most(figure: str, found: float, most: float, unit: str = "") -> Finding:
    """A figure that must stay below a number."""
    return Finding(figure, f"≤ {most:,g}{unit}", f"{found:,.4g}{unit}", found <= most)


def within(figure: str, seconds: float, most: float, effort: Effort) -> Finding:
    """A time: judged in the full set, where nothing else is at work, and told in the short one."""
    if effort.long:
        return at_most(figure, seconds, most, " s")
    return Finding(figure, "told", f"{seconds:.3g} s", True)


def named(what: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Figures of one of several, each with its name before it."""
    return (replace(one, figure=f"{what}: {one.figure}") for one in findings)
