"""Minutes of a jam through a real JACK server, with faults: the real half of `make soak`.

    python tests/soak/jack.py --minutes 10 --seed 1

A host that is exact to the frame leads, and at random times stops, jumps, changes its tempo, loses
clocks; processes are killed and stopped, cables pulled, the server restarted. An independent
client writes down what is heard, in frames. The exit status is 0 if no note hung, none was lost,
doubled or away from the host's ticks while nothing disturbed it, and memory stayed flat.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import faults
from scales import Scales
from stage import RATE, Stage
from verdict import Verdict, judge, marking
from whereabouts import alive, children_of

from loopwright.live.keeping import keep
from loopwright.live.library import DEFAULT, open_preset, system_library

SELDOM_EVERY = 45.0  # seconds between two faults of the world
GROWTH = 5 * 1024  # kB that a process may grow by
MEMBERS = (faults.PLAYER, faults.COMPOSER)


def main() -> int:
    """Run it, and return the exit status."""
    if shutil.which("jackd") is None:
        print("soak through JACK: no jackd here (Debian, Ubuntu: apt-get install jackd2)")
        return 2
    parser = argparse.ArgumentParser(description="minutes of a jam through JACK, with faults")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--calm", action="store_true", help="the host's doings alone")
    told = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    print(f"soak through JACK: {told.minutes:g} minutes, seed {told.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        return soak(Path(folder), told)


def leave(number: int, frame: object) -> None:
    """End in order when told to: what was started ends, too."""
    del frame
    sys.exit(128 + number)


def soak(folder: Path, told: argparse.Namespace) -> int:
    """Play, disturb and judge. Blocks."""
    preset = marked_preset(folder)
    words = ("--preset", preset, "--recall", "01", "--flat", "--seed", str(told.seed))
    stage = Stage(folder, random.Random(told.seed), words)
    scales, done, wrong = Scales(stage), Counter[str](), list[str]()
    try:
        play(stage, told, done)
        wrong += last_breath(stage)
    except TimeoutError as error:
        wrong.append(str(error))
    finally:
        scales.end()
        left = stage.end()
    wrong += [f"processes {left} were left behind"] if left else []
    status = report(stage, scales, done, wrong)
    if status:
        evidence = tempfile.mkdtemp(prefix="soak-")
        shutil.copytree(folder, evidence, dirs_exist_ok=True)
        print(f"  the session's log is kept in {evidence}/sessions (render --replay)")
    return status


def marked_preset(folder: Path) -> str:
    """Keep the marking loop in a preset of the folder's, and return its name."""
    os.environ["LOOPWRIGHT_HOME"] = str(folder)
    library = system_library()
    return keep(library, open_preset(library, DEFAULT), marking(), 120.0).opened.found.name


def play(stage: Stage, told: argparse.Namespace, done: Counter[str]) -> None:
    """Let faults happen until the time is over."""
    begun = time.monotonic()
    end, seldom = begun + told.minutes * 60, begun + SELDOM_EVERY
    stage.open_act()
    stage.tell("start")
    while time.monotonic() < end:
        faults.rest(stage, 1.0, 7.0)
        often = told.calm or time.monotonic() < seldom
        fault = stage.chance.choice(faults.OFTEN if often else faults.SELDOM)
        done[fault.__name__] += 1
        print(f"  {time.monotonic() - begun:6.1f} s  {fault.__name__}", flush=True)
        fault(stage)
        if not often:
            seldom = time.monotonic() + SELDOM_EVERY


def last_breath(stage: Stage) -> list[str]:
    """Kill the app while it plays; return what still sounds, or runs, seconds later."""
    time.sleep(3.0)
    stage.tell("mark lost app")
    pids = children_of(stage.jam.pid)
    stage.jam.kill()
    time.sleep(3.0)
    stage.tell("mark found")
    time.sleep(1.0)
    running = [role for pid, role in pids.items() if role in MEMBERS and alive(pid)]
    stage.close_act()
    return [f"{running} outlive the app"] if running else []


def report(stage: Stage, scales: Scales, done: Counter[str], wrong: list[str]) -> int:
    """Print what was found; return the exit status."""
    verdict = Verdict()
    for number, act in enumerate(stage.acts, 1):
        judge(act, number, verdict)
    errors = sorted(verdict.errors) or [0]
    wrong += verdict.wrong
    for role, (count, most, range_) in sorted(scales.grown().items()):
        print(f"  {role}: {most / 1024:.1f} MB at most, +-{range_ / 2048:.1f} MB in {count} lives")
        if range_ > 2 * GROWTH:
            wrong.append(f"the {role} grew by {range_ / 1024:.1f} MB after its first minute")
    print(
        f"  {sum(done.values())} faults: " + ", ".join(f"{n} {w}" for w, n in sorted(done.items()))
    )
    print(f"  {verdict.ticks} clocks, {verdict.notes} note-ons, {verdict.stops} times all silent")
    print(
        f"  held to the clock for {verdict.quiet / RATE:.0f} s, {len(errors)} note-ons: p50"
        f" {errors[len(errors) // 2]}, p99 {errors[len(errors) * 99 // 100]}, worst {errors[-1]}"
        " frames"
    )
    for what in wrong:
        print(f"  WRONG: {what}")
    if wrong:
        print(stage.complaints.read_text()[-4000:])
    print("  nothing wrong" if not wrong else f"  {len(wrong)} things wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
