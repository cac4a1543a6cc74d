"""What the codes of a beat model say, and the order in which they are written.

A beat has four: its skins, its metals, the bass's shape, and that shape's first pitch. A step
writes a beat of both halves of a loop, eight codes in four rounds; docs/models.md has the table.
"""

from loopwright.engine.roll import BASS_PITCHES, Drum

SKINS = (Drum.KICK, Drum.SNARE, Drum.LOW_TOM, Drum.MID_TOM, Drum.HIGH_TOM)
METALS = (Drum.CLOSED_HAT, Drum.OPEN_HAT, Drum.CRASH, Drum.RIDE)
REST = BASS_PITCHES  # of a shape: a step without a note
SILENT = BASS_PITCHES  # of the pitches: a beat without a note
OFFSET, QUIET = BASS_PITCHES - 1, 2 * BASS_PITCHES - 1  # columns of the interval 0, of silence
MIDDLE = 16  # the pitch that intervals are from where the first beat is silent
PITCH = 3  # place of the pitch among the codes of a beat
ROUNDS = ((0,), (1, 2, 4), (3, 5, 6), (7,))
WRITTEN = tuple(draw for draws in ROUNDS for draw in draws)
BACK = (1, 2, 4, 8)  # steps before, that the first half may repeat; the second: its first, 1, 4, 8
LAGS = len(BACK)
HEARD = ((1, 0), (1, 1), (4, 0), (8, 0))  # beats that are heard: steps before, half
SOUNDS, RESTS, LEANS = 1.0, -1.0, -0.5
"""Logits: of a cell that sounds, of one that does not, and of a beat's first pitch where it rests.

So where the rules of a loop want a note of the bass, it is that pitch.
"""
