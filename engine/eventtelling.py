"""What event tokens (offset, pitch, duration; offset, bar) have told, and what may come next.

Besides the paper's grammar, time never goes back, each bar of the host's 4/4 gets its line, and a
note lies in the bar that was told last. Of limits that contradict each other, range goes before
pitch classes, and density before the longest rest, which is then as short as it can be.
"""

from dataclasses import dataclass, replace
from typing import Self

from loopwright.engine import eventmasks
from loopwright.engine.language import Bias
from loopwright.engine.melody import Limits
from loopwright.engine.notes import Note, Part
from loopwright.engine.pianotokens import LOWEST_PITCH, TOKENS, VOCABULARY, Kind, kind_of
from loopwright.engine.time import STEPS_PER_BAR, TICKS_PER_STEP

STEPS_PER_BEAT = 4
UNTOLD = 0  # the velocity of notes whose tokens tell of none


@dataclass(frozen=True, slots=True)
class EventTelling:
    """Steps are sixteenths from the bar line that ticks count from.

    `size` is how many tokens there are; a `single` voice has no note before the last one's end.
    Notes sound `above` the pitches that are told, in semitones.
    Notes count from step `start` on, and none begins before step `least`. `bar` is the bar line
    told last, `place` the step told by an offset, `pitch` what is to sound there. Of the notes
    told, `onset` and `top` are the last one's, `end` is where they all have ended, and `crowd` is
    how many that count began in its beat.
    """

    size: int
    single: bool
    start: int
    above: int = 0
    least: int = 0
    notes: tuple[Note, ...] = ()
    bar: int = 0
    place: int | None = None
    pitch: int | None = None
    onset: int = 0
    top: int = 0
    end: int = 0
    crowd: int = 0

    @property
    def floor(self) -> int:
        """The step before which no other note can begin, as far as an offset is free."""
        return max(self.bar, self.start, self.least, self.onset, self.end if self.single else 0)

    @property
    def reached(self) -> int:
        """The tick before which no other note can begin."""
        return TICKS_PER_STEP * max(self.floor, self.place or 0)

    def after(self, token: int) -> Self:
        """Return what is told once `token` has come, too; one that breaks the grammar is passed."""
        if not 0 <= token < VOCABULARY:
            return self
        kind = kind_of(token)
        value = token - TOKENS[kind].start
        if kind is Kind.OFFSET:
            return replace(self, place=self.bar + value, pitch=None)
        if self.place is None:
            return self
        if kind is Kind.BAR:
            return replace(self, bar=self.place, place=None, pitch=None)
        if kind is Kind.PITCH:
            return replace(self, pitch=value + LOWEST_PITCH)
        return self if self.pitch is None else self.with_note(self.place, self.pitch, value + 1)

    def with_note(self, step: int, pitch: int, steps: int) -> Self:
        """Return what is told once the note at `step` has its length."""
        counts = step >= self.start
        tick, length = step * TICKS_PER_STEP, steps * TICKS_PER_STEP
        told = Note(tick, length, pitch + self.above, UNTOLD, Part.MELODY)
        together = step // STEPS_PER_BEAT == self.onset // STEPS_PER_BEAT
        return replace(
            self,
            notes=(*self.notes, told) if counts else self.notes,
            place=None,
            pitch=None,
            onset=step,
            top=pitch,
            end=max(self.end, step + steps),
            crowd=(self.crowd if together else 0) + counts,
        )

    def bias(self, limits: Limits) -> Bias:
        """Return what may come next, [size]: 0 where it may, minus infinity elsewhere."""
        if self.place is None:
            return eventmasks.of_offsets(self.offsets(limits), self.size)
        if self.pitch is not None:
            return eventmasks.of_kind(Kind.DURATION, self.size)
        if self.place == self.next_bar:
            return eventmasks.of_kind(Kind.BAR, self.size)
        top = self.top if self.end and self.place == self.onset else 0
        return eventmasks.of_pitches(limits, self.above, top, self.size)

    @property
    def next_bar(self) -> int:
        """The step of the host's bar line that comes next."""
        return self.bar + STEPS_PER_BAR - self.bar % STEPS_PER_BAR

    def offsets(self, limits: Limits) -> int:
        """Return the offsets that may come, one at least: the set of their bits."""
        line = self.next_bar - self.bar
        first = min(max(self.first(limits) - self.bar, 0), line)
        may = (2 << line) - (1 << first)
        if not limits.rest:
            return may
        silent = max(self.end, self.start)
        last = silent + limits.rest // TICKS_PER_STEP - self.bar
        return may & ((2 << last) - 1) if last >= first else 1 << first

    def first(self, limits: Limits) -> int:
        """Return the first step that a note may begin at."""
        step, here = self.floor, self.onset
        if step == here and self.end and self.top >= eventmasks.pitches(limits, self.above)[-1]:
            step += 1  # nothing is left above the last note, and chords are told from below
        beat = here // STEPS_PER_BEAT
        full = 0 < limits.density <= self.crowd and step // STEPS_PER_BEAT == beat
        return (beat + 1) * STEPS_PER_BEAT if full else step
