"""Ports whose callback is late for every single period, as on a machine too slow. Run as a script.

Arguments: how many periods each call takes, and how many notes to play. It prints "ready" first,
plays after a line on standard input, and then prints "played".
"""

import sys
import time

from loopwright.engine.notes import Part
from loopwright.engine.time import Seconds
from loopwright.live.jackclient import load
from loopwright.live.jackports import JackPorts
from loopwright.live.options import Wiring

PERIODS = float(sys.argv[1])
NOTES = int(sys.argv[2])
APART, LONG = 0.05, 0.025  # seconds


class Slow(JackPorts):
    """Ports whose callback takes too long."""

    def _process(self, frames: int) -> None:
        super()._process(frames)
        time.sleep(PERIODS * frames / self.rate)


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
