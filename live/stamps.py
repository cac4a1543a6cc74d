"""When a message really came: the driver's time stamps, tied to the run's clock.

A driver tells the time since its message before; the callback runs some time later, never
earlier. So driver time plus the smallest delay of the last two seconds is the best estimate of
when a message came: it does not move when this process is late.
"""

from collections import deque

from loopwright.engine.time import Seconds

WINDOW = 2.0  # seconds that the smallest delay is taken over
LOST = 0.25  # seconds of delay after which the driver's time is not believed


class Stamps:
    """The stamps of one input port. One thread only; never waits."""

    def __init__(self) -> None:
        self._driver = 0.0
        self._ties: deque[tuple[float, float]] = deque()  # (arrival, arrival - driver), rising

    def stamp(self, delta: float, arrival: Seconds) -> Seconds:
        """Return when a message came, never after `arrival` and never before the one before.

        `delta` is the driver's time since the message before, `arrival` the second at which the
        callback ran.
        """
        self._driver += max(delta, 0.0)
        if self._ties and arrival - (self._driver + self._ties[0][1]) > LOST:
            self._ties.clear()
        self._tie(arrival)
        return Seconds(min(self._driver + self._ties[0][1], arrival))

    def _tie(self, arrival: Seconds) -> None:
        tie = arrival - self._driver
        while self._ties and self._ties[-1][1] >= tie:
            self._ties.pop()
        self._ties.append((arrival, tie))
        while self._ties[0][0] < arrival - WINDOW:
            self._ties.popleft()
