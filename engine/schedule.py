"""From hits in ticks to messages in seconds: what is due, what is late, what must end.

A hit is timed at the last moment, on the newest timeline, so a bend of the tempo moves the notes
that have not left yet. A part's offset shifts all its notes; what that would put before the clock
that set us playing sounds at that clock. A note up to 30 ms late is played at once, a later one
is dropped together with its note-off; both are counted.

Parts on one port and channel share their keys. A key that another part holds down is struck again,
and stays down for the longer of the two; struck by both at about the same time, it is struck once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from loopwright.engine.feel import Hit
from loopwright.engine.notes import Part
from loopwright.engine.sounding import (
    Off,
    Outlet,
    Table,
    Voice,
    prolonged,
    turn_off,
    turn_on,
    voice_at,
)
from loopwright.engine.time import Seconds, Tick, Timeline

LATEST = 0.030  # seconds that a note may be late
GRACE = 0.002  # seconds of a late wake-up that do not count as late
SHORTEST = 0.005  # seconds that a note lasts at least, however late it was
TOGETHER = 0.02  # seconds within which two parts strike a key at the same time
EQUAL = 1e-6  # seconds that count as the same time

Waiting = Mapping[Part, tuple[Hit, ...]]
"""The hits of each part that have not left yet, in order of place."""


@dataclass(frozen=True, slots=True)
class Window:
    """What may leave: all that falls before second `until`, but no note from tick `limit` on.

    On a clock that is not locked no note leaves from tick `near` on, or that much later as its
    part's negative offset is long. `origin` is the second of the clock that set us playing;
    `offsets` are seconds; `ports` and `channels` are where each part goes.
    """

    line: Timeline
    now: Seconds
    until: Seconds
    limit: float
    near: float
    origin: Seconds
    offsets: Mapping[Part, float]
    ports: Mapping[Part, str]
    channels: Mapping[Part, int]

    def outlet(self, part: Part) -> Outlet:
        """Return where a part goes."""
        return self.ports[part], self.channels[part]

    def admits(self, hit: Hit) -> bool:
        """Whether a hit may leave when its time has come."""
        if self.near == inf or hit.place >= self.limit:
            return hit.place < self.limit
        return hit.place < self.near + max(0.0, -self.offsets[hit.part]) / self.line.period

    def on_time(self, hit: Hit) -> Seconds:
        """Return the second that a hit falls on."""
        return max(Seconds(self.line.time_of(hit.place) + self.offsets[hit.part]), self.origin)

    def off_time(self, voice: Voice) -> Seconds:
        """Return the second that a voice ends at, well after it began."""
        end = self.line.time_of(voice.end) + self.offsets[voice.part]
        return Seconds(max(end, voice.at + SHORTEST))


@dataclass(frozen=True, slots=True)
class On:
    """The note-on of a hit, for second `at`."""

    hit: Hit
    at: Seconds


@dataclass(frozen=True, slots=True)
class Emitted:
    """What is left, what leaves (in order of time), how many notes were late or dropped."""

    waiting: Waiting
    table: Table
    sends: tuple[On | Off, ...] = ()
    late: int = 0
    dropped: int = 0


def next_on(waiting: Waiting, window: Window) -> tuple[Seconds, Hit] | None:
    """Return the hit that leaves next and its second; None if nothing may leave."""
    found: tuple[Seconds, Hit] | None = None
    for hits in waiting.values():
        if hits and window.admits(hits[0]):
            at = window.on_time(hits[0])
            if found is None or at < found[0]:
                found = at, hits[0]
    return found


def next_off(table: Table, window: Window) -> tuple[Seconds, Voice] | None:
    """Return the voice that ends next and its second; None if nothing sounds."""
    found: tuple[Seconds, Voice] | None = None
    for voice in table.voices:
        at = window.off_time(voice)
        if found is None or at < found[0]:
            found = at, voice
    return found


def emit(waiting: Waiting, table: Table, window: Window) -> Emitted:
    """Return what leaves within the window; at equal times, ends come before beginnings."""
    sends: list[On | Off] = []
    late = dropped = 0
    until = window.until + EQUAL
    while True:
        on, off = next_on(waiting, window), next_off(table, window)
        if off is not None and off[0] <= until and (on is None or off[0] <= on[0] + EQUAL):
            table, ended = turn_off(table, off[1], punctual(off[0], window.now))
            sends.append(ended)
        elif on is not None and on[0] <= until:
            at, hit = on
            waiting = without_first(waiting, hit.part)
            late += GRACE < window.now - at <= LATEST
            dropped += window.now - at > LATEST
            if window.now - at <= LATEST:
                table, struck = strike(table, hit, punctual(at, window.now), window)
                sends += struck
        else:
            return Emitted(waiting, table, tuple(sends), late, dropped)


def strike(
    table: Table, hit: Hit, at: Seconds, window: Window
) -> tuple[Table, tuple[On | Off, ...]]:
    """Return the table in which a hit sounds, and what leaves for it."""
    outlet = window.outlet(hit.part)
    held = voice_at(table, outlet, hit.pitch)
    if held is not None and held.part is not hit.part:
        apart = (window.offsets[hit.part] - window.offsets[held.part]) / window.line.period
        end = hit.place + hit.length
        if at - held.at < TOGETHER:
            return prolonged(table, held, end + apart), ()
        hit = replace(hit, length=max(end, held.end - apart) - hit.place)
    table, ends, at = turn_on(table, hit, outlet, at)
    return table, (*ends, On(hit, at))


def punctual(at: Seconds, now: Seconds) -> Seconds:
    """Return the second to send at: a wake-up that is a hair late moves nothing."""
    return at if now - at <= GRACE else now


def without_first(waiting: Waiting, part: Part) -> Waiting:
    """Return the hits without the first of `part`."""
    return {**waiting, part: waiting[part][1:]}


def without(waiting: Waiting, tick: Tick, window: Window) -> Waiting:
    """Return the waiting hits but those that clock `tick` is the first to let leave."""
    early = {part: max(0.0, -window.offsets[part]) / window.line.period for part in waiting}
    return {
        part: tuple(h for h in hits if not tick - 1 < h.place - early[part] <= tick)
        for part, hits in waiting.items()
    }


def with_hits(waiting: Waiting, hits: Iterable[Hit]) -> Waiting:
    """Return the waiting hits and, after them, those of a later bar."""
    new = tuple(hits)
    return {part: (*old, *(h for h in new if h.part is part)) for part, old in waiting.items()}


def next_send(waiting: Waiting, table: Table, window: Window) -> Seconds | None:
    """Return the second of the next note-on or note-off, None if there is none."""
    found = (next_on(waiting, window), next_off(table, window))
    return min((pair[0] for pair in found if pair is not None), default=None)
