"""`make proofs`: run the proofs, print the table (proof, figure, demanded, got), fail if one does.

`LONG=1` tries as much as docs/trust.md records; names given as arguments choose some of them.
"""

import importlib
import logging
import os
import queue
import resource
import subprocess
import sys
import threading
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


# The short set of all proofs runs in three processes, which often wait: for a server that starts,
# a browser that draws. Those that share a server and a browser are in one. What tests/ tries at the
# same size is left to it.
LANES = (
    ("crash", "machine", "power_cut", "disk_full", "backup"),
    ("concurrency", "submissions", "importer", "replicas", "migration", "journal_edits"),
    ("display", "edge", "postgres_crash", "round_trip"),
)
TESTED = ("authorisation",)


def main(names: Sequence[str], effort: Effort) -> int:
    """Run the named proofs, or all; 0 if every figure holds."""
    print("| proof | figure | demanded | got | holds |")
    print("|---|---|---|---|---|", flush=True)
    if names or effort.long:
        rows = (_row(*found) for name in names or PROOFS for found in run(name, effort))
    else:
        rows = _side_by_side(*LANES)
    failed = []
    for row in rows:
        failed += [row] if row.endswith("| **NO** |") else []
        print(row, flush=True)
    print("", *(f"- {row.strip('| ')}" for row in failed), sep="\n")  # the end of a long log
    print(f"{len(failed)} figures fall short." if failed else "Every figure holds.")
    return 1 if failed else 0


def _row(title: str, finding: Finding) -> str:
    verdict = "yes" if finding.holds else "**NO**"
    return f"| {title} | {finding.figure} | {finding.demanded} | {finding.got} | {verdict} |"


def _side_by_side(*lanes: Sequence[str]) -> Iterator[str]:
    """The rows of several processes as they come; what else they print goes to stderr."""
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threads = [threading.Thread(target=_lane, args=(names, told)) for names in lanes]
    for thread in threads:
        thread.start()
    left = len(lanes)
    while left:
        line = told.get()
        left -= line is None
        if line and line.endswith(("| yes |", "| **NO** |")):
            yield line
        elif line and not line.startswith("|"):
            print(line, file=sys.stderr, flush=True)


def _lane(names: Sequence[str], told: "queue.SimpleQueue[str | None]") -> None:
    """Run some proofs in a process of their own; a process that breaks down is a figure too."""
    command, ended = [sys.executable, "-m", "tests.proofs", *names], False
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            ended |= line.startswith("Every figure") or line.endswith("fall short.\n")
            told.put(line.rstrip("\n"))
    if not ended or process.returncode not in (0, 1):
        broken = Finding("the process itself", "ends", f"code {process.returncode}", False)
        told.put(_row(f"{names[0]} and others", broken))
    told.put(None)


def run(name: str, effort: Effort) -> Iterator[tuple[str, Finding]]:
    """One proof's findings with its title; one that breaks down is a figure that does not hold."""
    proof = importlib.import_module(f"tests.proofs.{name}")
    start, spent, found = time.monotonic(), _processor(), 0
    try:
        for finding in proof.prove(effort):
            found += 1
            yield proof.TITLE, finding
    except Exception as error:  # noqa: BLE001 - whatever stops a proof, the others still run
        traceback.print_exc()
        said = " ".join(f"broke down: {error!r}".split())[:300].replace("|", "/")
        yield proof.TITLE, Finding("the proof itself", "ends", said, False)
    if not found:
        yield proof.TITLE, Finding("figures", "≥ 1", "0", False)
    took = f"{time.monotonic() - start:.0f} s, of which processor {_processor() - spent:.0f} s"
    print(f"{name}: {took}", file=sys.stderr, flush=True)


def _processor() -> float:
    """Seconds of processor time of this process and of those it started that have ended."""
    used = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    logging.getLogger("pilot").addHandler(logging.NullHandler())  # refusals are what is looked for
    sys.exit(main(sys.argv[1:], Effort(long=bool(os.environ.get("LONG")))))
