"""The sizes a portfolio may have (规模)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is, on SQLite or on PostgreSQL. `whole` says that papers, checks and single
    journal entries are there.

    A nation's rows of those kinds would fill a disk without being read by any list or count: it
    gets the papers of the gate ahead only, and one entry for each project and package.
    """

    name: str
    projects: int
    results_each: int = 10
    whole: bool = True
    postgres: bool = False

    @property
    def organisations(self) -> int:
        """Units that hold, pilot, receive and build."""
        return max(self.projects // 5, 20)

    @property
    def results(self) -> int:
        """Results in all."""
        return self.projects * self.results_each


SIZES = {
    size.name: size
    for size in (
        Size("city", 100),
        Size("province", 10_000),
        Size("region", 100_000, whole=False, postgres=True),
        Size("nation", 1_000_000, whole=False, postgres=True),
    )
}
