"""A jam at whose terminal somebody sits, and what those who follow it hear of its clock."""

import os
import subprocess
import sys
import time
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from jack_heard import Event, is_on
from jack_session import HERE, PARTS, Script, Starter, events_of

CLOCK_OUT = "Loopwright Clock Out"
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"


@dataclass(frozen=True)
class Keyed:
    """A jam, and the end of the pseudo-terminal that keys are pressed at."""

    jam: Script
    keyboard: int

    def press(self, keys: str, seconds: float) -> None:
        """Press keys, and let time pass."""
        os.write(self.keyboard, keys.encode())
        time.sleep(seconds)

    def end(self) -> None:
        self.press("q", 0)
        assert self.jam.process.wait(5) == 0
        os.close(self.keyboard)


def keyed(start: Starter, *words: str) -> Keyed:
    """Start a jam on JACK at a terminal of its own; its ports are open."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "loopwright.live", "jam", "--midi-system", "jack", *words],
        env=start.environment,
        cwd=start.folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    start.processes.append(process)
    jam = Script(process)
    jam.wait_for("ports:")
    return Keyed(jam, ours)


@dataclass(frozen=True)
class Led:
    """What others heard of a jam that leads, in frames."""

    line: list[Event]  # all that came on the clock port, in order
    onsets: list[int]

    @property
    def clocks(self) -> list[int]:
        return [frame for frame, data in self.line if data == CLOCK]

    @property
    def moves(self) -> list[bytes]:
        return [data for _, data in self.line if data != CLOCK]

    def after(self, data: bytes) -> Event:
        """What came just after the first message that begins like this."""
        return self.line[next(n for n, (_, m) in enumerate(self.line) if m[:1] == data) + 1]

    def far(self) -> list[int]:
        """How far each note-on is from the nearest clock, in frames, in rising order."""
        return sorted(self._nearest(onset) for onset in self.onsets)

    def uneven(self, period: int, begin: int, end: int) -> list[int]:
        """How far intervals of clocks, from frame to frame, are from `period`; in rising order."""
        ticks = [frame for frame in self.clocks if begin <= frame <= end]
        return sorted(abs(b - a - period) for a, b in pairwise(ticks))

    def _nearest(self, frame: int) -> int:
        after = bisect_left(self.clocks, frame)
        return min(abs(frame - tick) for tick in self.clocks[max(after - 1, 0) : after + 1])


def led(start: Starter, bpm: int, seconds: float) -> Led:
    """Lead at `bpm` for so long, then faster, stopped, and on; a foreign host plays all along."""
    leader = keyed(start, "--lead", "--tempo", str(bpm), "--flat", "--every", "1")
    host = start(HERE / "jack_host.py", "Loopwright In", "97")
    ears = start(HERE / "jack_ears.py", CLOCK_OUT, *PARTS)
    leader.jam.wait_for("next one ready")
    host.wait_for("connected")
    ears.wait_for("connected")
    time.sleep(1)
    host.tell("start")
    leader.press(" ", seconds)
    leader.press("+", 1.5)
    leader.press(" ", 0.7)
    host.tell("stop")
    leader.press("c", 1.5)
    leader.end()
    heard = ears.result()
    host.tell("end")
    host.result()
    onsets = sorted(f for part in PARTS for f, m in events_of(heard[part]) if is_on(m))
    return Led(events_of(heard[CLOCK_OUT]), onsets)
