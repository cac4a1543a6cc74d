"""A jam in a session of Ableton Link, with a peer that is not ours and ears on JACK."""

import json
import time
from bisect import bisect_right
from dataclasses import dataclass
from math import inf

import pytest
from jack_heard import is_on
from jack_keys import keyed
from jack_session import HERE, PARTS, RATE, Starter, events_of

AROUND = 0.5  # seconds
ALONE = "two peers of Ableton Link on this machine do not see each other (no multicast loopback)"


@dataclass(frozen=True)
class Period:
    """What the peer saw when a period of JACK began: the session's beat, tempo, and who is there.

    The peer looks a little after the period's first frame, so that beats are a little late, too.
    """

    frame: int
    beat: float
    tempo: float
    playing: bool
    peers: int


@dataclass(frozen=True)
class Linked:
    """What a peer saw, and the frames of our note-ons."""

    periods: list[Period]
    onsets: list[int]

    def beat_at(self, frame: int) -> float:
        """The session's beat at a frame."""
        frames = [period.frame for period in self.periods]
        seen = self.periods[bisect_right(frames, frame) - 1]
        return seen.beat + (frame - seen.frame) / RATE * seen.tempo / 60

    def phases(self) -> list[float]:
        """How far note-ons are from the session's sixteenths, in milliseconds, in rising order.

        Less what JACK's frames moved against the session around them: a server that was held up
        loses time, and a note on its way then is no longer where it was to be.
        """
        off = {onset: self.slipped(onset) for onset in self.onsets}
        judged = [(4 * self.beat_at(at), self.tempo_at(at), ms) for at, ms in off.items()]
        return sorted(
            max(abs(place - round(place)) * 15000 / tempo - ms, 0.0)
            for place, tempo, ms in judged
            if ms < inf
        )

    def slipped(self, frame: int) -> float:
        """How many milliseconds JACK's frames moved against the session around a frame.

        Infinite where the tempo changed.
        """
        near = [period for period in self.periods if abs(period.frame - frame) < AROUND * RATE]
        same = [period for period in near if period.tempo == near[0].tempo]
        ties = [period.beat * 60 / period.tempo - period.frame / RATE for period in same]
        return 1000 * (max(ties) - min(ties)) if len(same) == len(near) > 1 else inf

    def tempo_at(self, frame: int) -> float:
        return next(period.tempo for period in reversed(self.periods) if period.frame <= frame)

    def tempos(self) -> list[float]:
        """The session's tempos since there are two peers, in order, rounded."""
        found = [round(period.tempo, 1) for period in self.periods if period.peers]
        return [t for n, t in enumerate(found) if n == 0 or t != found[n - 1]]

    def began(self) -> list[tuple[float, float]]:
        """Where we began after each Start: the session's beat then, and that of our first note."""
        pairs = zip(self.periods, self.periods[1:], strict=False)
        starts = [after for before, after in pairs if after.playing and not before.playing]
        firsts = [next(onset for onset in self.onsets if onset > start.frame) for start in starts]
        return [
            (start.beat, self.beat_at(first)) for start, first in zip(starts, firsts, strict=True)
        ]


def linked(start: Starter, seconds: float) -> Linked:
    """Join a session at 97 BPM, start it, bend it from both sides; the peer stops and starts it."""
    peer = start(HERE / "link_peer.py", "97")
    peer.wait_for("joined")
    # Of two sessions that meet the older stays; where they are of half a second it is chance.
    time.sleep(1)
    ours = keyed(start, "--clock", "link", "--flat")
    ears = start(HERE / "jack_ears.py", *PARTS)
    ours.jam.wait_for("next one ready")
    ears.wait_for("connected")
    time.sleep(3)
    ours.press(" ", seconds)
    ours.press("+", 2)
    peer.tell("tempo 140")
    time.sleep(seconds)
    peer.tell("stop")
    time.sleep(0.5)
    peer.tell("start")
    time.sleep(seconds)
    ours.end()
    out, _ = peer.process.communicate(timeout=10)
    periods = [Period(*seen) for seen in json.loads(out.splitlines()[-1])]
    if not any(period.peers for period in periods):
        pytest.skip(ALONE)
    heard = ears.result()
    onsets = sorted(f for part in PARTS for f, m in events_of(heard[part]) if is_on(m))
    return Linked(periods, onsets)
