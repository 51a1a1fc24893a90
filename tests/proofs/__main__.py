"""`make proofs`: run the proofs, print the table (proof, figure, demanded, got), fail if one does.

`LONG=1` tries as much as docs/trust.md records; names given as arguments choose some of them.
"""

import importlib
import os
import resource
import sys
import time
import traceback
from collections.abc import Iterator, Sequence

from tests.proofs.plan import Effort, Finding

# In the order of the table; each is a module of this folder with `TITLE` and `prove(effort)`.
PROOFS: tuple[str, ...] = (
    "crash",
    "power_cut",
    "disk_full",
    "postgres_crash",
    "concurrency",
    "machine",
    "submissions",
    "authorisation",
    "journal_edits",
    "edge",
    "display",
    "importer",
    "round_trip",
    "backup",
    "migration",
    "replicas",
)


def main(names: Sequence[str], effort: Effort) -> int:
    """Run the named proofs, or all; 0 if every figure holds."""
    print("| proof | figure | demanded | got | holds |")
    print("|---|---|---|---|---|")
    failed = 0
    for name in names or PROOFS:
        for title, finding in run(name, effort):
            failed += not finding.holds
            verdict = "yes" if finding.holds else "**NO**"
            cells = (title, finding.figure, finding.demanded, finding.got, verdict)
            print(f"| {' | '.join(cells)} |", flush=True)
    print(f"\n{failed} figures fall short." if failed else "\nEvery figure holds.")
    return 1 if failed else 0


def run(name: str, effort: Effort) -> Iterator[tuple[str, Finding]]:
    """One proof's findings with its title; one that breaks down is a figure that does not hold."""
    proof = importlib.import_module(f"tests.proofs.{name}")
    start, spent, found = time.monotonic(), _processor(), 0
    try:
        for finding in proof.prove(effort):
            found += 1
            yield proof.TITLE, finding
    except Exception:  # noqa: BLE001 - whatever stops a proof, the others still run
        traceback.print_exc()
        yield proof.TITLE, Finding("the proof itself", "ends", "broke down", False)
    if not found:
        yield proof.TITLE, Finding("figures", "≥ 1", "0", False)
    took = f"{time.monotonic() - start:.0f} s, of which processor {_processor() - spent:.0f} s"
    print(f"{name}: {took}", file=sys.stderr, flush=True)


def _processor() -> float:
    """Seconds of processor time of this process and of those it started that have ended."""
    used = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Effort(long=bool(os.environ.get("LONG")))))
