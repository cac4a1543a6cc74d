"""The run's one clock, in seconds: CLOCK_MONOTONIC on Linux, the same in every process."""

import time

from loopwright.engine.time import Seconds

LONGEST_SPIN = 0.0003  # seconds; longer would starve the MIDI callbacks of the interpreter


def now() -> Seconds:
    """Return the present second. Any thread; never waits."""
    return Seconds(time.perf_counter())


def wait_until(at: Seconds) -> None:
    """Sleep, then spin for at most 0.3 ms, until second `at`. Any thread; blocks."""
    ahead = at - time.perf_counter() - LONGEST_SPIN
    if ahead > 0:
        time.sleep(ahead)
    while time.perf_counter() < at:
        pass
