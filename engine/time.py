"""Musical time: ticks, steps, bars, and the line that joins ticks to seconds.

A tick is one MIDI clock, 1/24 of a quarter note. Whole ticks are positions; finer time is a
fraction of a tick. Nothing here asks what time it is.
"""

from dataclasses import dataclass
from typing import NewType

Tick = NewType("Tick", int)
Seconds = NewType("Seconds", float)

NEVER = Seconds(0.0)  # before anything has happened
FIRST = Tick(0)

TICKS_PER_QUARTER = 24
TICKS_PER_STEP = 6
TICKS_PER_BAR = 96
STEPS_PER_BAR = 16
BARS_PER_LOOP = 8
STEPS_PER_LOOP = STEPS_PER_BAR * BARS_PER_LOOP
LOOP_TICKS = TICKS_PER_BAR * BARS_PER_LOOP


def period_of(bpm: float) -> Seconds:
    """Return the seconds that one tick lasts at `bpm` quarter notes a minute."""
    return Seconds(60.0 / (bpm * TICKS_PER_QUARTER))


def bpm_of(period: Seconds) -> float:
    """Return the tempo, in quarter notes a minute, whose tick lasts `period` seconds."""
    return 60.0 / (period * TICKS_PER_QUARTER)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tick `tick` falls at second `at`, and each tick lasts `period` seconds."""

    tick: Tick
    at: Seconds
    period: Seconds

    def time_of(self, tick: float) -> Seconds:
        """Return the second at which `tick`, whole or with a fraction, falls."""
        return Seconds(self.at + (tick - self.tick) * self.period)

    def place_of(self, at: Seconds) -> float:
        """Return the place, in ticks with a fraction, that second `at` falls on."""
        return self.tick + (at - self.at) / self.period


def step_of(tick: float) -> int:
    """Return the step nearest to `tick`; halfway counts as the later one."""
    return int((tick + TICKS_PER_STEP / 2) // TICKS_PER_STEP)


def whole_bars(ticks: int) -> int:
    """Return ticks up to the next bar line."""
    return -(-ticks // TICKS_PER_BAR) * TICKS_PER_BAR


def loop_phase(tick: int) -> Tick:
    """Return where in its loop the absolute `tick` lies: 0..767."""
    return Tick(tick % LOOP_TICKS)
