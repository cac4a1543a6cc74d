"""What a player makes of a clock where JACK's callback is held up now and then. Run as a script.

Arguments: a seed, and the lengths of the stalls in seconds. One of them comes each second or two,
before or after the messages of a period are taken, once the host plays. It prints "connected" first
and, after a line on standard input, one line of JSON: of every clock that was heard its frame and
the tick that it was taken for, and how many stalls there were.
"""

import json
import sys
import time
from random import Random
from threading import Thread

from loopwright.engine import conduct, midi
from loopwright.engine.happen import Heard, Woke
from loopwright.engine.state import Settings
from loopwright.live.jackclient import load
from loopwright.live.jackports import JackPorts
from loopwright.live.options import Wiring

SPACE = (200, 300)  # periods from stall to stall
BEFORE = 96  # ticks of the song without a stall


class HeldUp(JackPorts):
    """Ports whose callback sleeps now and then."""

    chance = Random(sys.argv[1])
    stalls = tuple(map(float, sys.argv[2:]))
    playing = False
    until, count = 0, 0

    def _process(self, frames: int) -> None:
        self.until -= self.playing
        stall = self.chance.choice(self.stalls) if self.playing and self.until < 0 else 0.0
        before = self.chance.random() < 0.5
        if stall:
            self.until, self.count = self.chance.randrange(*SPACE), self.count + 1
        time.sleep(stall * before)
        super()._process(frames)
        time.sleep(stall * (not before))


def main() -> None:
    """Follow until a line comes."""
    jack = load()
    assert jack is not None
    ports = HeldUp(jack, Wiring())
    state, _ = conduct.opening(Settings())
    told = Thread(target=sys.stdin.readline, daemon=True)
    told.start()
    print("connected", flush=True)
    heard = list[tuple[int, int]]()
    while told.is_alive():
        for happening in ports.heard():
            state, _ = conduct.step(state, happening)
            if isinstance(happening, Heard) and happening.data == midi.CLOCK:
                heard.append((round(happening.at * ports.rate), state.transport.tick))
        at = ports.now()
        if not ports.waiting():  # else time may have gone on beyond a gap that was not told yet
            state, _ = conduct.step(state, Woke(at))
        ports.playing = state.transport.playing and state.transport.tick > BEFORE
        time.sleep(0.001)
    print(json.dumps({"heard": heard, "stalls": [ports.count]}), flush=True)
    ports.close()


if __name__ == "__main__":
    main()
