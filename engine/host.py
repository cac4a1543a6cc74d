"""The built-in host: the clock that we send ourselves where nobody else leads.

Deadlines are absolute, base + n * period, so that no error adds up; a change of tempo moves the
base at a clock. Clocks that were missed are never made up for in a burst: the base moves instead.
"""

from dataclasses import dataclass, replace

from loopwright.engine.time import Seconds, Tick, Timeline, period_of


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


def moved(host: Host, at: Seconds) -> Host:
    """Return the host whose next clock falls at second `at`."""
    return Host(at, host.period, host.next, host.next)


def line(host: Host, tick: int) -> Timeline:
    """Return the line on which the next clock is `tick`."""
    return Timeline(Tick(tick - host.next + host.first), host.base, host.period)


def told(host: Host) -> Host:
    """Return the host after its next clock was told."""
    return replace(host, next=host.next + 1)
