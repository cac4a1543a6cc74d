"""Thousands of hostile presets, each in a process of its own with limits of time and memory.

    python tests/soak/presets.py --cases 2000 [--first 0] [--seconds 60]

Ends with 1 where a case crashed, hung, printed more than one line, or wrote where it must not.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from good_files import files_in  # noqa: E402 - beside the tests
from hostile import Case, Files, case  # noqa: E402
from hostile_judge import Verdict, judged  # noqa: E402
from tqdm import tqdm  # noqa: E402

MEMORY = 4 << 30  # bytes of address space of each case
FAULT = "fault"
KINDS = ("vq", "beats")  # of loop models


@dataclass(frozen=True)
class Run:
    """How a case ended, and the seconds that it took."""

    number: int
    kind: str
    verdict: Verdict
    took: float


def good_files(kind: str) -> Files:
    """Return the files of a good preset, made by another process: torch is not wanted here."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "dusk"
        command = [sys.executable, str(TESTS / "good_preset.py"), str(folder), kind]
        subprocess.run(command, check=True)
        return files_in(folder)


@dataclass(frozen=True)
class Started:
    """A case that is being met: where, and since when."""

    case: Case
    work: Path
    began: float


def start(one: Case, work: Path) -> int:
    """Meet a case in a child process; return its id."""
    work.mkdir()
    child = os.fork()
    if child == 0:
        meet(one, work)
    return child


def meet(one: Case, work: Path) -> None:
    """Meet a case in this child process, and leave the verdict in a file. Never returns."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        verdict = judged(one, work / "root")
    except BaseException:
        verdict = Verdict(FAULT, traceback.format_exc())
    (work / "verdict").write_text(f"{verdict.end}\n{verdict.says}")
    os._exit(0)


def heard(work: Path, status: int) -> Verdict:
    """Return the verdict that a child left, or what became of it."""
    if status or not (work / "verdict").exists():
        return Verdict(FAULT, f"ended with {status} (9: it hung and was killed)")
    end, _, says = (work / "verdict").read_text().partition("\n")
    return Verdict(end, says)


def met(cases: Iterator[Case], patience: float, at_once: int) -> Iterator[Run]:
    """Meet cases, so many at once; kill what takes too long. Yields each as it ends. Blocks."""
    waiting = dict[int, Started]()
    with tempfile.TemporaryDirectory() as top:
        while True:
            for one in islice(cases, at_once - len(waiting)):
                work = Path(top) / str(one.number)
                waiting[start(one, work)] = Started(one, work, time.monotonic())
            if not waiting:
                return
            for child, begun in list(waiting.items()):
                ended, status = os.waitpid(child, os.WNOHANG)
                took = time.monotonic() - begun.began
                if ended:
                    del waiting[child]
                    verdict = heard(begun.work, status)
                    yield Run(begun.case.number, begun.case.kind, verdict, took)
                    shutil.rmtree(begun.work)
                elif took > patience:
                    os.killpg(child, signal.SIGKILL)
            time.sleep(0.005)


def main() -> int:
    """Run the cases and print what came of them, by kind. Blocks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0, help="patience with a case")
    parser.add_argument("--at-once", type=int, default=2, help="cases at the same time")
    parser.add_argument("--show", action="store_true", help="print what each case was told")
    told = parser.parse_args()
    warnings.filterwarnings("ignore", "Duplicate name", module="zipfile")  # on purpose
    good = [good_files(kind) for kind in KINDS]
    runs: list[Run] = []
    numbers = range(told.first, told.first + told.cases)
    every = 0.1 if sys.stderr.isatty() else 30.0
    runs_of = met((case(number, *good) for number in numbers), told.seconds, told.at_once)
    for one in tqdm(runs_of, total=told.cases, unit=" cases", mininterval=every):
        runs.append(one)
        if told.show or one.verdict.end == FAULT:
            end, says = one.verdict.end, one.verdict.says
            print(f"{one.number} {one.kind} {one.took:.1f} s {end}: {says}", flush=True)
    print(summary(runs))
    return int(any(one.verdict.end == FAULT for one in runs))


def summary(runs: list[Run]) -> str:
    """Return a table of how the cases ended."""
    kinds = sorted({one.kind for one in runs})
    ends = ("refused", "works", FAULT)
    lines = [f"{'kind':18}" + "".join(f"{end:>9}" for end in ends) + f"{'slowest':>10}"]
    for kind in (*kinds, "all"):
        some = [one for one in runs if kind in (one.kind, "all")]
        count = Counter(one.verdict.end for one in some)
        slowest = max(one.took for one in some)
        lines.append(f"{kind:18}" + "".join(f"{count[e]:9}" for e in ends) + f"{slowest:8.1f} s")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
