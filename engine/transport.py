"""Where in the song we are, and whether we play: states and signals as one table.

House rules. The position is a whole number of ticks (R1 of the clock requirements): it moves on
a clock while playing, and on Start, song position and relocation; nothing integrates tempo. Start
and Continue only arm: the first clock after them is the downbeat. A song position that comes while
we play relocates at the next clock, for that is how a host rolls over its own loop. LATE and
SILENCE are signals of time alone: half a period, or what is usual for the host, after a clock that
does not come, and 250 ms after it.

Where the song jumped away last, in mid-play or by Stop, position and Continue without a clock
between, is an edge: a host that goes round a part of its song will jump there again, so nothing
is known beyond it until the clock shows where the song goes. A jump in mid-play to the same phase
of our loop makes no edge, for what comes after it is the same.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from loopwright.engine.midi import Kind
from loopwright.engine.time import FIRST, TICKS_PER_STEP, Tick, loop_phase


class Motion(StrEnum):
    """What the transport does."""

    NO_CLOCK = "no clock"
    STOPPED = "stopped"  # clocks come, and teach the tempo
    ARMED = "armed"  # Start or Continue came: the next clock is the downbeat
    RUNNING = "running"
    FREEWHEEL = "freewheel"  # clocks are missing; we go on for a moment
    LOST = "clock lost"  # they stayed away: silent, and armed where we were


class Signal(StrEnum):
    """What moves the transport."""

    CLOCK = "clock"
    START = "start"
    CONTINUE = "continue"
    STOP = "stop"
    LATE = "late"
    SILENCE = "silence"


SIGNALS: dict[Kind, Signal] = {
    Kind.CLOCK: Signal.CLOCK,
    Kind.START: Signal.START,
    Kind.CONTINUE: Signal.CONTINUE,
    Kind.STOP: Signal.STOP,
}

MOVES: dict[tuple[Motion, Signal], Motion] = {
    (Motion.NO_CLOCK, Signal.CLOCK): Motion.STOPPED,
    (Motion.NO_CLOCK, Signal.START): Motion.ARMED,
    (Motion.NO_CLOCK, Signal.CONTINUE): Motion.ARMED,
    (Motion.STOPPED, Signal.START): Motion.ARMED,
    (Motion.STOPPED, Signal.CONTINUE): Motion.ARMED,
    (Motion.STOPPED, Signal.SILENCE): Motion.NO_CLOCK,
    (Motion.ARMED, Signal.CLOCK): Motion.RUNNING,
    (Motion.ARMED, Signal.STOP): Motion.STOPPED,
    (Motion.RUNNING, Signal.START): Motion.ARMED,
    (Motion.RUNNING, Signal.STOP): Motion.STOPPED,
    (Motion.RUNNING, Signal.LATE): Motion.FREEWHEEL,
    (Motion.RUNNING, Signal.SILENCE): Motion.LOST,
    (Motion.FREEWHEEL, Signal.CLOCK): Motion.RUNNING,
    (Motion.FREEWHEEL, Signal.START): Motion.ARMED,
    (Motion.FREEWHEEL, Signal.STOP): Motion.STOPPED,
    (Motion.FREEWHEEL, Signal.SILENCE): Motion.LOST,
    (Motion.LOST, Signal.CLOCK): Motion.RUNNING,
    (Motion.LOST, Signal.START): Motion.ARMED,
    (Motion.LOST, Signal.CONTINUE): Motion.ARMED,
    (Motion.LOST, Signal.STOP): Motion.NO_CLOCK,
}
"""Motion and signal to the next motion; a pair that is not listed changes nothing."""

PLAYING = frozenset({Motion.RUNNING, Motion.FREEWHEEL})


@dataclass(frozen=True, slots=True)
class Transport:
    """`next` is the tick that the next clock will be; `jump` the one it will be instead.

    `stopped` is the tick that Stop came before, until the next clock; `edge` the tick that the
    song jumped away from last, until it is passed.
    """

    motion: Motion = Motion.NO_CLOCK
    next: Tick = FIRST
    jump: Tick | None = None
    stopped: Tick | None = None
    edge: Tick | None = None

    @property
    def playing(self) -> bool:
        """Whether notes may sound."""
        return self.motion in PLAYING

    @property
    def tick(self) -> Tick:
        """Return the tick of the last clock heard while playing."""
        return Tick(self.next - 1)

    @property
    def horizon(self) -> Tick | None:
        """Return the first tick ahead that may not be played, None where the way is free."""
        if self.jump is not None:
            return self.next
        return self.edge if self.edge is not None and self.edge >= self.next else None


def hear(transport: Transport, signal: Signal) -> Transport:
    """Return the transport after `signal`."""
    motion = MOVES.get((transport.motion, signal), transport.motion)
    if signal is Signal.CLOCK:
        return ticked(transport, motion)
    halts = transport.playing and signal in (Signal.STOP, Signal.START)
    left = transport.next if halts else transport.stopped
    if signal is Signal.START:
        return Transport(motion, stopped=left, edge=transport.edge)
    if motion in PLAYING or transport.jump is None:
        return replace(transport, motion=motion, stopped=left)
    return Transport(motion, transport.jump, edge=transport.edge)


def ticked(transport: Transport, motion: Motion) -> Transport:
    """Return the transport after a clock, which `motion` says whether we play from."""
    if motion is not Motion.RUNNING:
        return replace(transport, motion=motion, stopped=None)
    tick = transport.next if transport.jump is None else transport.jump
    left = transport.stopped if transport.jump is None else transport.next
    edge = None if transport.edge == tick else transport.edge
    if left is not None and left != tick:
        seamless = transport.jump is not None and loop_phase(left) == loop_phase(tick)
        edge = None if seamless else left
    return Transport(motion, Tick(tick + 1), edge=edge)


def locate(transport: Transport, count: int, unit: int = TICKS_PER_STEP) -> Transport:
    """Return the transport after a song position: at once if still, else at the next clock.

    A `unit` is a sixteenth, as the standard has it, or whatever a host of another mind counts.
    """
    tick = Tick(count * unit)
    if not transport.playing:
        return replace(transport, next=tick)
    return replace(transport, jump=None if tick == transport.next else tick)


def begins(before: Transport, after: Transport) -> bool:
    """Whether the clock between the two set us playing from a new place: start, jump, return."""
    return after.playing and (not before.playing or before.jump is not None)
