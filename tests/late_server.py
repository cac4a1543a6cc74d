"""JACK without -S, a host and a client that are late by chance, in no time and without JACK.

The server wakes the host in every period, and the client when the host has written; it waits for
none. That a client is to be woken is all that is kept of how often it was. So a client that was
held up is called once more at once, perhaps before the host has written, and again when it has.

Run as a script: seeds, how often one of them is late, and by how many periods on average. It plays
22 s to each seed, with a stall each second or two, and prints whose song was off at the end.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import floor
from random import Random
from types import SimpleNamespace
from typing import cast

from loopwright.engine import conduct, midi
from loopwright.engine.happen import Heard, Woke
from loopwright.engine.state import Settings
from loopwright.engine.time import Seconds
from loopwright.live.jackclient import Client, Port
from loopwright.live.jackears import JackEars
from loopwright.live.patch import Intake, Takes
from loopwright.live.periods import Event, Period

FRAMES, RATE = 256, 48000
SECOND = RATE / FRAMES  # in periods: all times here are
STALLS = tuple(seconds * SECOND for seconds in (0.02, 0.08, 0.15, 0.2, 0.5))
SPACE = (200, 300)  # calls from stall to stall
BEFORE = 96  # ticks of the song without a stall
QUIET = 1.5 * SECOND  # at the end
TEMPOS = (300, 200, 120)
SECONDS = 22.0
START = 0.3 * SECOND  # before and after it


class Happenings:
    """What is to happen, in order of time; `at` is now."""

    def __init__(self) -> None:
        self.at = 0.0
        self._numbers = count()
        self._ahead: list[tuple[float, int, Callable[[], None]]] = []

    def after(self, periods: float, act: Callable[[], None]) -> None:
        heappush(self._ahead, (self.at + periods, next(self._numbers), act))

    def run(self) -> None:
        while self._ahead:
            self.at, _, act = heappop(self._ahead)
            act()


@dataclass
class Woken:
    """A client as the server knows it: how many it waits for, and whether it is to be called."""

    run: Callable[[], None]
    delay: Callable[[], float]
    waits_for: int = 0
    posted: bool = False
    asleep: bool = True


class Late:
    """One performance; `heard` are the frame and the tick of every clock that was heard."""

    def __init__(self, seed: int, bpm: float, often: float, long: float) -> None:
        self.chance, self.often, self.long = Random(seed), often, long
        self.line, self.end = Happenings(), SECONDS * SECOND
        self.host = Woken(self.call_host, lambda: self.delay(0.1))
        self.us = Woken(self.call_us, lambda: self.delay(0.15))
        self.clock, self.due = RATE * 60 / (bpm * 24), 0.0
        self.buffer: tuple[Event, ...] = ()
        self.written, self.begun, self.clocks = -1, 0, list[int]()
        self.ears = JackEars(
            cast(Client, SimpleNamespace(samplerate=RATE, blocksize=FRAMES)), near=0
        )
        self.periods = self.ears._periods  # pyright: ignore[reportPrivateUsage]
        self.ears.inputs.append((Intake("In", None, Takes.CLOCK), cast(Port, None)))
        self.state, _ = conduct.opening(Settings())
        self.heard = list[tuple[int, int]]()
        self.until = self.stalls = 0

    def delay(self, mean: float) -> float:
        """Periods that something takes: few, and now and then many, but not about Start.

        Nobody hears a Start that falls into a gap.
        """
        usual = self.chance.expovariate(1 / mean)
        if self.chance.random() >= self.often or abs(self.line.at - SECOND) < START:
            return usual
        return usual + self.chance.expovariate(1 / self.long)

    def play(self) -> int:
        """Play it; return by how many clocks the song is off at the end."""
        for act in (self.begin_period, self.look):
            self.line.after(0.0, act)
        self.line.run()
        once = {f for f, times in Counter(self.clocks[self.begun :]).items() if times == 1}
        places = {f: n for n, f in enumerate(self.clocks[self.begun :]) if f in once}
        return next(tick - places[frame] for frame, tick in reversed(self.heard) if frame in places)

    def begin_period(self) -> None:
        self.host.waits_for, self.us.waits_for = 1, 2
        self.ready(self.host)
        self.ready(self.us)
        if self.line.at < self.end:
            self.line.after(1.0, self.begin_period)

    def ready(self, client: Woken) -> None:
        """Have a client wait for one less; wake it if that was the last, or was before."""
        client.waits_for = max(client.waits_for - 1, 0)
        if client.waits_for:
            return
        if client.asleep:
            client.asleep = False
            self.line.after(client.delay(), client.run)
        else:
            client.posted = True

    def sleep(self, client: Woken) -> None:
        client.posted, again = False, client.posted
        client.asleep = not again
        if again:
            self.line.after(0.001, client.run)

    def call_host(self) -> None:
        begin = floor(self.line.at) * FRAMES
        self.line.after(self.delay(0.02), lambda: self.write(begin))

    def write(self, begin: int) -> None:
        """Write the host's clocks of a period, and Start with one of the second."""
        events = self.buffer if begin == self.written else ()
        self.written = begin
        while self.due < begin + FRAMES:
            frame = max(int(self.due), begin)
            if not self.begun and self.line.at > SECOND:
                self.begun = len(self.clocks)
                events += ((0, frame - begin, midi.START),)
            events += ((0, frame - begin, midi.CLOCK),)
            self.clocks.append(frame)
            self.due += self.clock
        self.buffer = events
        self.line.after(self.delay(0.02), self.host_is_done)

    def host_is_done(self) -> None:
        self.ready(self.us)
        self.sleep(self.host)

    @property
    def sings(self) -> bool:
        """Whether the song has gone on for a while, and will."""
        begun = self.state.transport.playing and self.state.transport.tick > BEFORE
        return begun and self.line.at < self.end - QUIET

    def call_us(self) -> None:
        """Call the client, which is held up now and then, before it reads or after."""
        self.until -= self.sings
        stall = 0.0
        if self.sings and self.until < 0:
            self.until, self.stalls = self.chance.randrange(*SPACE), self.stalls + 1
            stall = self.chance.choice(STALLS)
        early = self.chance.random() < 0.5
        self.line.after(stall * early, lambda: self.read(stall * (not early)))

    def read(self, rest: float) -> None:
        begin = floor(self.line.at) * FRAMES
        self.line.after(self.delay(0.01), lambda: self.take(begin, rest))

    def take(self, begin: int, rest: float) -> None:
        """Take what was read, unless the period ended meanwhile, as `JackEars` does."""
        if floor(self.line.at) * FRAMES != begin:
            self.read(rest)
            return
        for known in self.periods.called(Period(begin, FRAMES, self.buffer)):
            self.ears._take_in(known)  # pyright: ignore[reportPrivateUsage]
        self.line.after(rest + 0.01, lambda: self.sleep(self.us))

    def look(self) -> None:
        """Have the player look at what came in."""
        for happening in self.ears.heard():
            self.state, _ = conduct.step(self.state, happening)
            if isinstance(happening, Heard) and happening.data == midi.CLOCK:
                self.heard.append((round(happening.at * RATE), self.state.transport.tick))
        frame = self.ears.near + self.line.at % 1 * FRAMES
        self.state, _ = conduct.step(self.state, Woke(Seconds(frame / RATE)))
        if self.line.at < self.end + SECOND:
            self.line.after(0.2 + self.delay(0.2), self.look)


def main() -> None:
    """Play many, and tell which were off."""
    seeds, often, long = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    found = dict[tuple[int, int], int]()
    stalls = 0
    for seed in range(seeds):
        performance = Late(seed, bpm := TEMPOS[seed % len(TEMPOS)], often, long)
        found[seed, bpm] = performance.play()
        stalls += performance.stalls
    off = {who: by for who, by in found.items() if by}
    print(f"{seeds} runs, {stalls} stalls, {len(off)} off at the end: {off}")


if __name__ == "__main__":
    main()
