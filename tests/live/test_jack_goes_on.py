"""A JACK server that goes on without a player that is late: not one clock is lost for the song.

The player is stopped and let go on (SIGSTOP, SIGCONT); an independent client judges, by the places
of notes at the end: a clock that was not counted would leave them late for ever.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from jack_heard import Heard, written
from jack_session import PARTS, RATE, Starter, concert, jack_server, starter
from whereabouts import child_of

pytestmark = [
    pytest.mark.jack,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]
CHANCE = ("--flat", "--seed", "7", "--device", "cpu-int8")
BPM = 200
CLOCK = RATE * 60 // (BPM * 24)  # frames
STALLS = (0.02, 0.08, 0.15, 0.08, 0.2, 0.3)  # seconds; the last is longer than a silence
STARTS = 2  # one in a period without us is lost: seen once in 120, beside eight busy processes
LAST = 4.0  # seconds of music that are judged


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    with jack_server("late", mode="") as environment, starter(environment, tmp_path) as lent:
        yield lent


def hold_up(player: int, seconds: float) -> None:
    os.kill(player, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(player, signal.SIGCONT)
    time.sleep(0.7)


def last_onsets(heard: Heard) -> list[tuple[str, int, int, int]]:
    """The note-ons of the end: part, tick in the loop, pitch, frames from that tick."""
    since = heard.ticks - LAST * RATE / CLOCK
    onsets = ((part, onset) for part in PARTS for onset in heard.onsets(part))
    return [(part, tick % 768, pitch, far) for part, (tick, far, pitch) in onsets if tick > since]


def test_the_song_is_where_the_host_is_after_every_stall(start: Starter, tmp_path: Path) -> None:
    loop_folder = tmp_path / "loop"
    start("-m", "loopwright.live", "render", "--loops", 1, *CHANCE[1:], "--out", loop_folder)
    played = concert(start, CHANCE, f"{BPM}")
    time.sleep(1.0)
    for _ in range(STARTS):
        played.host.tell("start")
        time.sleep(0.5)
    played.jam.wait_for("running")
    time.sleep(1.0)
    player = child_of(played.jam.process.pid, "player")
    for seconds in STALLS:
        hold_up(player, seconds)
    time.sleep(LAST)
    assert child_of(played.jam.process.pid, "player") == player
    played.host.tell("stop")
    time.sleep(0.3)
    heard = played.finish()
    (loop,) = written(loop_folder)
    places = {(part, begin, pitch) for part, begin, pitch, _ in loop}
    onsets = last_onsets(heard)
    assert len(onsets) > 20
    right = [onset for onset in onsets if onset[:3] in places]
    assert len(right) > 0.9 * len(onsets)
    # A single one would leave every note a clock late, or early.
    assert median(far for *_, far in onsets) < CLOCK // 3
