"""Ports whose callback is late, as on a machine too slow. Run as a script.

Arguments: how many periods a late call takes, which share of the calls is late, whether it is held
up "before" it reads and writes or "after", and how many notes to play. It prints "ready" first,
plays after a line on standard input, and then prints "played".
"""

import sys
import time
from random import Random

from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.jackclient import load
from loopwright.live.jackports import JackPorts
from loopwright.live.options import Wiring

PERIODS, SHARE = map(float, sys.argv[1:3])
BEFORE = sys.argv[3] == "before"
NOTES = int(sys.argv[4])
APART, LONG = 0.05, 0.025  # seconds


class Slow(JackPorts):
    """Ports whose callback takes too long."""

    chance = Random(1)

    def _process(self, frames: int) -> None:
        late = PERIODS * frames / self.rate if self.chance.random() < SHARE else 0.0
        time.sleep(late if BEFORE else 0.0)
        super()._process(frames)
        time.sleep(0.0 if BEFORE else late)


def main() -> None:
    """Play some drums."""
    jack = load()
    assert jack is not None
    ports = Slow(jack, Wiring())
    print("ready", flush=True)
    sys.stdin.readline()
    begin = ports.now() + APART
    for n in range(NOTES):
        at = Seconds(begin + n * APART)
        ports.send(Part.DRUMS, bytes((0x99, 36 + n % 20, 100)), at)
        ports.send(Part.DRUMS, bytes((0x89, 36 + n % 20, 0)), Seconds(at + LONG))
    time.sleep(NOTES * APART + 0.5)
    print("played", flush=True)
    ports.close()


if __name__ == "__main__":
    main()
