"""The piano roll of a loop: which column of a roll is which drum or which bass pitch.

A roll is 128 steps x 93 columns of bits: nine drums, then 84 bass pitches (loop paper, "Data
preprocess"; the drums' order is settled in this project's reading of it). Standard library only,
so that the player can use the names.
"""

from enum import IntEnum


class Drum(IntEnum):
    """The nine drums, by their column of a roll."""

    KICK = 0
    SNARE = 1
    CLOSED_HAT = 2
    LOW_TOM = 3
    OPEN_HAT = 4
    MID_TOM = 5
    CRASH = 6
    HIGH_TOM = 7
    RIDE = 8


DRUMS = len(Drum)
BASS_LOW, BASS_HIGH = 24, 107  # MIDI pitches, both included; C1 = 24
BASS_PITCHES = BASS_HIGH - BASS_LOW + 1
COLUMNS = DRUMS + BASS_PITCHES

DRUM_OUT: dict[Drum, int] = {
    Drum.KICK: 36,
    Drum.SNARE: 38,
    Drum.CLOSED_HAT: 42,
    Drum.LOW_TOM: 45,
    Drum.OPEN_HAT: 46,
    Drum.MID_TOM: 48,
    Drum.CRASH: 49,
    Drum.HIGH_TOM: 50,
    Drum.RIDE: 51,
}
"""General MIDI note that each drum is played as, unless a drum map says otherwise."""

DRUM_OF = {pitch: drum for drum, pitch in DRUM_OUT.items()}

DRUM_IN: dict[int, Drum] = {
    35: Drum.KICK,
    36: Drum.KICK,
    37: Drum.SNARE,
    38: Drum.SNARE,
    39: Drum.SNARE,
    40: Drum.SNARE,
    41: Drum.LOW_TOM,
    42: Drum.CLOSED_HAT,
    43: Drum.LOW_TOM,
    44: Drum.CLOSED_HAT,
    45: Drum.LOW_TOM,
    46: Drum.OPEN_HAT,
    47: Drum.MID_TOM,
    48: Drum.MID_TOM,
    49: Drum.CRASH,
    50: Drum.HIGH_TOM,
    51: Drum.RIDE,
    52: Drum.CRASH,
    53: Drum.RIDE,
    55: Drum.CRASH,
    57: Drum.CRASH,
    59: Drum.RIDE,
}
"""Drum that each General MIDI note is read as; notes not listed are dropped."""
