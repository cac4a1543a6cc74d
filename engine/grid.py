"""From notes to the roll that the model knows, and back.

A roll is uint8 [128 steps, 93 columns] of 0 and 1: nine drums, then 84 bass pitches. A drum note
lasts one step. The bass plays one note at a time: the lowest, where several are asked for; steps
of one pitch in a row are one note. Nothing crosses the loop's end.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.feel import WRITTEN
from loopwright.engine.notes import Note, Part
from loopwright.engine.roll import (
    BASS_HIGH,
    BASS_LOW,
    COLUMNS,
    DRUM_IN,
    DRUM_OUT,
    DRUMS,
    Drum,
)
from loopwright.engine.time import STEPS_PER_LOOP, TICKS_PER_STEP, step_of

REST = -1

Roll = NDArray[np.uint8]


def bass_line(roll: Roll) -> NDArray[np.int64]:
    """Return the lowest bass pitch (MIDI) of each step, [128], REST where the bass is silent."""
    bass = roll[:, DRUMS:] > 0
    return np.where(bass.any(axis=1), bass.argmax(axis=1) + BASS_LOW, REST).astype(np.int64)


def drum_notes(roll: Roll) -> tuple[Note, ...]:
    """Return one note of one step for every drum bit of a roll, in order of time."""
    return tuple(
        sorted(
            Note(
                int(step) * TICKS_PER_STEP,
                TICKS_PER_STEP,
                DRUM_OUT[Drum(int(column))],
                WRITTEN[Part.DRUMS],
                Part.DRUMS,
            )
            for step, column in np.argwhere(roll[:, :DRUMS] > 0)
        )
    )


def bass_notes(roll: Roll) -> tuple[Note, ...]:
    """Return the bass of a roll: one note for each run of one pitch."""
    notes: list[Note] = []
    step = 0
    for pitch, run in groupby(int(p) for p in bass_line(roll)):
        steps = len(list(run))
        if pitch != REST:
            start, length = step * TICKS_PER_STEP, steps * TICKS_PER_STEP
            notes.append(Note(start, length, pitch, WRITTEN[Part.BASS], Part.BASS))
        step += steps
    return tuple(notes)


def notes_of(roll: Roll) -> tuple[Note, ...]:
    """Return the notes of a roll, drums and bass, in order of time."""
    return tuple(sorted((*drum_notes(roll), *bass_notes(roll))))


def roll_of(notes: Iterable[Note], drums_in: Mapping[int, Drum] = DRUM_IN) -> Roll:
    """Return the roll of notes that lie on the grid, or near it, within the eight bars.

    `drums_in` says which drum a pitch is; drums and bass pitches that a roll has no column for
    are left out, and so is the melody.
    """
    roll = np.zeros((STEPS_PER_LOOP, COLUMNS), np.uint8)
    for note in notes:
        first = step_of(note.tick)
        last = max(step_of(note.tick + note.length), first + 1)
        if note.part is Part.DRUMS and note.pitch in drums_in:
            roll[first : first + 1, drums_in[note.pitch]] = 1
        elif note.part is Part.BASS and BASS_LOW <= note.pitch <= BASS_HIGH:
            roll[first:last, DRUMS + note.pitch - BASS_LOW] = 1
    return lowest_only(roll)


def lowest_only(roll: Roll) -> Roll:
    """Return the roll with at most one bass pitch, the lowest, on each step."""
    line = bass_line(roll)
    sounding = np.flatnonzero(line != REST)
    one = roll.copy()
    one[:, DRUMS:] = 0
    one[sounding, DRUMS + line[sounding] - BASS_LOW] = 1
    return one
