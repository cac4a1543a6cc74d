"""`loopwright jam`: start the player first of all, then everything else."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

from loopwright.live.band import Band
from loopwright.live.options import JamOptions


def jam(options: JamOptions) -> int:
    """Play until the end; return the exit status. The main thread; blocks.

    Raises LoopwrightError with what is wrong, after all processes have ended.
    """
    with asked_to_stop() as stops:
        band = Band(options.wiring)
        try:
            # Not before the player is on its way: it takes as long as that needs.
            from loopwright.live.app import App  # noqa: PLC0415

            App(options, band, stops).play()
        finally:
            band.end()
    return 0


@contextmanager
def asked_to_stop() -> Generator[list[int]]:
    """Lend a list that gains an entry with each signal that asks the program to end.

    The main thread only; never waits.
    """
    stops = list[int]()
    ends = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        ends.append(signal.SIGHUP)
    before = [signal.signal(number, lambda number, _: stops.append(number)) for number in ends]
    try:
        yield stops
    finally:
        for number, handler in zip(ends, before, strict=True):
            signal.signal(number, handler)
