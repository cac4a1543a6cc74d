"""What is played: notes, and loops of eight bars. Standard library only."""

from dataclasses import dataclass, replace
from enum import StrEnum

from loopwright.engine.keys import Key
from loopwright.engine.time import LOOP_TICKS


class Part(StrEnum):
    """One player of the band; each has its own port, channel and mute."""

    DRUMS = "drums"
    BASS = "bass"
    MELODY = "melody"


MIDDLE_C = 60  # MIDI
CHANNELS: dict[Part, int] = {Part.DRUMS: 10, Part.BASS: 1, Part.MELODY: 2}
"""The MIDI channel of each part, 1..16, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A note from `tick`, for `length` ticks; `pitch` and `velocity` as in MIDI."""

    tick: int
    length: int
    pitch: int
    velocity: int
    part: Part

    def shifted(self, semitones: int) -> "Note":
        """Return the note `semitones` higher."""
        return replace(self, pitch=self.pitch + semitones)


@dataclass(frozen=True, slots=True)
class Loop:
    """Eight bars of drums and bass, in order of time.

    `codes` are what the model with SHA-256 `model` drew it from (empty when it was not drawn);
    the notes alone are what comes back exactly on any machine. Drum notes carry the General MIDI
    pitches of `engine.roll.DRUM_OUT`; a drum map is applied where they leave.
    """

    notes: tuple[Note, ...]
    codes: tuple[int, ...] = ()
    model: str = ""
    key: Key | None = None

    def __post_init__(self) -> None:
        if any(n.tick < 0 or n.length < 1 or n.tick + n.length > LOOP_TICKS for n in self.notes):
            raise ValueError("a note of a loop lies outside its eight bars")

    def of(self, part: Part) -> tuple[Note, ...]:
        """Return the notes of one part."""
        return tuple(n for n in self.notes if n.part is part)
