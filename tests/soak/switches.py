"""Minutes of program changes through a real JACK server, one every two bars.

    python tests/soak/switches.py --minutes 10 --seed 1

Two slots are kept loops that hold a drum and a bass note on every step, each at a velocity of its
own; a third draws its loops. So each round of eight bars shows, note by note, which slot played: it
must be one alone, whole, on the host's ticks. The exit status is 0 if every switch was on a
boundary, nothing was missing, doubled or hanging, and memory stayed flat.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scales import Scales
from song import places_of
from stage import Act, Stage
from verdict import LOOP, MARK, STEPS, Onset, Verdict, hanging, marking, onsets_in

from loopwright.engine.notes import Loop
from loopwright.live.keeping import keep
from loopwright.live.library import DEFAULT, open_preset, system_library

BPM = 200
EVERY = 2 * 4 * 60 / BPM  # seconds: two bars
MARKS = (MARK, MARK - 1)  # velocities of the kept loops; no model writes them
GROWTH = 5 * 1024  # kB that a process may grow by
LATEST = 64  # frames that 99 notes of 100 are off their clocks at most: machines are busy
SLOTS = """[[slot]]
preset = "{0}"
loop = "01"
[[slot]]
preset = "{0}"
loop = "02"
[[slot]]
preset = "first-light"
"""


def main() -> int:
    """Run it, and return the exit status."""
    parser = argparse.ArgumentParser(description="minutes of program changes through JACK")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    told = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda told, _: sys.exit(128 + told))
    print(f"program changes through JACK: {told.minutes:g} minutes, seed {told.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        return soak(Path(folder), told)


def slots_in(folder: Path) -> str:
    """Keep two marking loops in a preset of the folder's; return the name of the file of slots."""
    os.environ["LOOPWRIGHT_HOME"] = str(folder)
    library = system_library()
    opened, name = open_preset(library, DEFAULT), ""
    for mark in MARKS:
        notes = tuple(replace(note, velocity=mark) for note in marking().notes)
        name = keep(library, opened, Loop(notes), float(BPM)).opened.found.name
    (folder / "set.toml").write_text(SLOTS.format(name))
    return "set.toml"


def soak(folder: Path, told: argparse.Namespace) -> int:
    """Play, change programs and judge. Blocks."""
    words = ("--slots", slots_in(folder), "--flat", "--seed", str(told.seed))
    stage = Stage(folder, random.Random(told.seed), words)
    scales = Scales(stage)
    try:
        stage.open_act()
        chosen = play(stage, told.minutes * 60)
        stage.close_act()
    finally:
        scales.end()
        stage.end()
    wrong, rounds = judged(stage.acts[0])
    slots = Counter(rounds)
    switches = sum(a != b for a, b in pairwise(rounds))
    print(f"  {chosen} program changes, {len(rounds)} rounds of eight bars, {switches} switches")
    print("  " + ", ".join(f"slot {slot}: {count} rounds" for slot, count in sorted(slots.items())))
    for role, (count, most, range_) in sorted(scales.grown().items()):
        print(f"  {role}: {most / 1024:.1f} MB at most, +-{range_ / 2048:.1f} MB in {count} lives")
        if range_ > 2 * GROWTH:
            wrong.append(f"the {role} grew by {range_ / 1024:.1f} MB after its first minute")
    for what in wrong:
        print(f"  WRONG: {what}")
    print("  nothing wrong" if not wrong else f"  {len(wrong)} things wrong")
    return int(bool(wrong) or not switches)


def play(stage: Stage, seconds: float) -> int:
    """Change programs while it plays; return how often."""
    stage.tell("start")
    time.sleep(2.0)
    stage.tell(f"tempo {BPM}")  # a start has the tempo that the host began with
    chosen, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(EVERY)
        stage.tell(f"send cf{stage.chance.randrange(3):02x}")
        chosen += 1
    stage.tell("stop")
    time.sleep(1.0)
    return chosen


def judged(act: Act) -> tuple[list[str], list[int]]:
    """What is wrong with what was heard, and the slot of every whole round but the first.

    In the first the tempo changes.
    """
    places = places_of(act)
    first = next(n for n, place in enumerate(places) if place is not None)
    ticks = [place for place in places[first:] if place is not None]
    onsets = onsets_in(act, act.clocks[first : first + len(ticks)], ticks)
    wrong = hanging(act, Verdict())
    far = [onset.far for onset in onsets if onset.tick > LOOP]
    most = sorted(far)[len(far) * 99 // 100]
    told = f"p99 {most}, worst {max(far)} frames from the host's clocks"
    print(f"  {len(onsets)} note-ons, {told}")
    wrong += [f"notes are off their clocks: {told}"] if most > LATEST else []
    rounds = list[int]()
    for number in range(1, len(ticks) // LOOP):
        heard = [onset for onset in onsets if onset.tick // LOOP == number]
        slot, found = slot_of(heard)
        rounds.append(slot)
        wrong += [f"round {number}: {found}"] if found else []
    return wrong, rounds


def slot_of(heard: list[Onset]) -> tuple[int, str]:
    """The slot that a round shows, from 1, and what is wrong about it; nothing if it is whole."""
    velocities = {onset.velocity for onset in heard}
    for slot, mark in enumerate(MARKS, 1):
        if mark in velocities:
            places = {(onset.part, onset.tick) for onset in heard}
            whole = len(heard) == len(places) == 2 * STEPS
            meant = all(onset.pitch == onset.meant for onset in heard)
            alone = velocities == {mark}
            odd = next((o for o in heard if o.pitch != o.meant), "none")
            told = (
                f"{len(heard)} notes at {len(places)} places, velocities {velocities}, odd: {odd}"
            )
            return slot, "" if whole and meant and alone else told
    return 3, "" if heard else "nothing is heard"


if __name__ == "__main__":
    sys.exit(main())
