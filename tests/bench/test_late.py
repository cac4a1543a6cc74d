"""Clocks that a JACK client was too late for, a thousand and more: how many stayed uncounted.

A host whose frames are known plays to a client whose callback is held up, on a server that goes on.
Of each clock that is heard: is it taken for the tick that it is?
"""

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from jack_session import HERE, Starter, jack_server, starter
from pytest_benchmark.fixture import BenchmarkFixture

RUNS = ((300, 6), (200, 2), (120, 3))  # quarter notes a minute, times
STALLS = (0.02, 0.08, 0.15, 0.2, 0.5)  # seconds
SECONDS = 22.0


def listen(start: Starter, bpm: int, seed: int) -> Counter[str]:
    """Play to a client that is held up; return what became of the clocks since Start."""
    late = start(HERE / "jack_late.py", seed, *STALLS)
    late.wait_for("connected")
    host = start(HERE / "jack_host.py", "Loopwright In", bpm)
    host.wait_for("connected")
    time.sleep(1.0)
    host.tell("start")
    time.sleep(SECONDS)
    late.tell("")
    found = late.result()
    host.tell("end")
    sent = host.result()
    begin = next(int(str(n)) for word, _, n in sent["moves"] if word == "start")
    ticks = {int(str(frame)): n for n, frame in enumerate(sent["clocks"][begin:])}
    heard = [(int(str(f)), int(str(n))) for f, n in found["heard"]]
    counts = Counter({"stalls": int(str(found["stalls"][0]))})
    last = ticks[max(frame for frame, _ in heard if frame in ticks)]
    counts["clocks lost"] = last + 1 - sum(frame in ticks for frame, _ in heard)
    counts["off"] = sum(frame in ticks and ticks[frame] != tick for frame, tick in heard)
    counts["off at the end"] = next(n - ticks[f] for f, n in reversed(heard) if f in ticks)
    return counts


@pytest.mark.jack
def test_clocks_that_were_lost_are_counted(
    benchmark: BenchmarkFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = list[tuple[int, Counter[str]]]()

    def play() -> None:
        with jack_server("late", mode="") as environment:
            for bpm, times in RUNS:
                for seed in range(times):
                    with starter(environment, tmp_path) as start:
                        found.append((bpm, listen(start, bpm, seed)))

    benchmark.pedantic(play, rounds=1)
    with capsys.disabled():
        print(
            f"\nload {os.getloadavg()[0]:.1f}", *(f"  {b}: {dict(c)}" for b, c in found), sep="\n"
        )
