"""The built-in host: the clock, Start and Stop that we send ourselves where nobody else does.

Deadlines are absolute, base + n * period, so that no error adds up; a change of tempo moves the
base at a clock. What it says goes through the very same path as a real host's messages.
"""

from dataclasses import dataclass, replace

from loopwright.engine.happen import Heard
from loopwright.engine.midi import CLOCK
from loopwright.engine.time import Seconds, period_of

NAME = "host"


@dataclass(frozen=True, slots=True)
class Host:
    """Clock number `first` falls at second `base`; number `next` is the next to be told."""

    base: Seconds
    period: Seconds
    first: int = 0
    next: int = 0

    @property
    def due(self) -> Seconds:
        """Return the second of the next clock."""
        return Seconds(self.base + (self.next - self.first) * self.period)


def started(bpm: float, at: Seconds) -> Host:
    """Return the host whose first clock falls at second `at`."""
    return Host(at, period_of(bpm))


def at_tempo(host: Host, bpm: float) -> Host:
    """Return the host that plays on at `bpm` from its next clock."""
    return Host(host.due, period_of(bpm), host.next, host.next)


def tells(host: Host, until: Seconds) -> tuple[Host, tuple[Heard, ...]]:
    """Return every clock that is due by second `until`, and the host after them."""
    told: list[Heard] = []
    while host.due <= until:
        told.append(Heard(CLOCK, host.due, NAME))
        host = replace(host, next=host.next + 1)
    return host, tuple(told)
