"""From the seconds of a performance to places on paper, which only ever go forward.

While it plays, the paper goes on clock by clock, whatever the host's song position does; when it
begins to play anew, the paper goes on at the next bar line, at the same place in the bar.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from statistics import fmean

from loopwright.engine.clock import SHOWN_CHANGE
from loopwright.engine.happen import Cue, Send
from loopwright.engine.state import State
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, Seconds, Tick, Timeline, bpm_of


@dataclass(frozen=True, slots=True)
class Mark:
    """A clock on paper, and the seconds that a tick lasted there."""

    place: int
    period: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A message on paper, at a place in ticks with a fraction."""

    place: float
    send: Send | Cue


@dataclass(frozen=True, slots=True)
class Course:
    """Where the paper is: `line` in its own ticks, which are `shift` ahead of the song's."""

    line: Timeline | None = None
    shift: int = 0
    reached: float = 0.0
    playing: bool = False

    def after(self, before: State, state: State) -> tuple["Course", tuple[Mark, ...]]:
        """Return the course after a step from one state to the next, and the clock it brought."""
        if not state.transport.playing:
            return replace(self, playing=False), ()
        shift = self._shift(before, state)
        song = state.follower.line(state.transport.tick)
        tick = Tick(song.tick + shift)
        line = Timeline(tick, song.at, song.period)
        new = not self.playing or self.line is None or tick != self.line.tick
        marks = (Mark(tick, line.period),) if new else ()
        return Course(line, shift, max(self.reached, tick), True), marks

    def placed(self, sends: Iterable[Send | Cue]) -> tuple["Course", tuple[Placed, ...]]:
        """Return messages with their places; what comes before any clock is at the beginning."""
        found = tuple(Placed(self._place(send), send) for send in sends)
        return replace(self, reached=max((self.reached, *(p.place for p in found)))), found

    def _place(self, send: Send | Cue) -> float:
        return max(self.line.place_of(send.at), 0.0) if self.line is not None else self.reached

    def _shift(self, before: State, state: State) -> int:
        tick = state.transport.tick
        if not self.playing:
            bar = ceil(self.reached / TICKS_PER_BAR) * TICKS_PER_BAR
            return bar + tick % TICKS_PER_BAR - tick
        jumped = before.transport.jump is not None and state.transport.jump is None
        return self.shift + (before.transport.next - tick if jumped else 0)


def tempos(marks: Iterable[Mark]) -> list[tuple[int, Seconds]]:
    """Return (place, seconds a tick) at every quarter where the tempo is another one."""
    quarters: dict[int, list[float]] = {}
    for mark in marks:
        quarters.setdefault(mark.place // TICKS_PER_QUARTER, []).append(mark.period)
    found: list[tuple[int, Seconds]] = []
    for quarter, periods in quarters.items():
        period = Seconds(fmean(periods))
        if not found or abs(bpm_of(period) - bpm_of(found[-1][1])) > SHOWN_CHANGE:
            found.append((quarter * TICKS_PER_QUARTER if found else 0, period))
    return found
