"""What a seed means for the loop that grows from it: tiling, forced codes, the nearest candidate.

The bars of a take are laid end to end until eight are full: bar 1 of the seed is bar 1 of the loop.
Where drums and bass were both played, the codes of its bars are forced upon the model; of eight
bars the last stays free, so that something new comes. Where one part alone was played, it is kept
as it is and the model's other part goes with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.compose import Take
from loopwright.engine.grid import REST, bass_line, roll_of
from loopwright.engine.keys import Key
from loopwright.engine.notes import Note, Part
from loopwright.engine.roll import BASS_HIGH, BASS_LOW, DRUM_IN, DRUM_OUT, DRUMS
from loopwright.engine.time import (
    BARS_PER_LOOP,
    STEPS_PER_BAR,
    STEPS_PER_LOOP,
    TICKS_PER_STEP,
    step_of,
)
from loopwright.engine.tuning import interval, into_range, key_of

MOST_FORCED_BARS = BARS_PER_LOOP - 1
FREE = -1


def tiled(take: Take) -> tuple[Note, ...]:
    """Return the eight bars that a take makes: on the grid, the bass one note at a time.

    What was played just before the take's end and is nearest to the next bar line begins its first
    bar. Drums become the pitches of `DRUM_OUT`. Velocities stay as they were played.
    """
    bars = min(take.bars, BARS_PER_LOOP)
    if bars < 1:
        return ()
    width = bars * STEPS_PER_BAR
    once = [note for note in take.notes if step_of(note.tick) <= width]
    drums = {
        (step_of(n.tick) % width, DRUM_IN[n.pitch]): n
        for n in sorted(once, key=lambda n: n.velocity)
        if n.part is Part.DRUMS and n.pitch in DRUM_IN
    }
    hits = [
        Note(step * TICKS_PER_STEP, TICKS_PER_STEP, DRUM_OUT[drum], note.velocity, Part.DRUMS)
        for (first, drum), note in drums.items()
        for step in range(first, STEPS_PER_LOOP, width)
    ]
    return tuple(sorted(hits + tiled_bass([n for n in once if n.part is Part.BASS], width)))


def tiled_bass(played: Sequence[Note], width: int) -> list[Note]:
    """Return the bass of `width` steps repeated to 128, the lowest note sounding at each step."""
    owners: list[tuple[int, int] | None] = [None] * STEPS_PER_LOOP  # repetition, index in played
    for index, note in enumerate(played):
        first = step_of(note.tick) % width
        steps = min(max(1, step_of(note.tick + note.length) - step_of(note.tick)), width - first)
        for begins in range(first, STEPS_PER_LOOP, width):
            for step in range(begins, min(begins + steps, STEPS_PER_LOOP)):
                owner = owners[step]
                # A later note of the same pitch is struck again.
                if owner is None or note.pitch <= played[owner[1]].pitch:
                    owners[step] = (begins // width, index)
    return bass_runs(played, owners)


def bass_runs(played: Sequence[Note], owners: Sequence[tuple[int, int] | None]) -> list[Note]:
    """Return one note for each run of steps with one owner, its pitch within the roll's."""
    notes: list[Note] = []
    step = 0
    for owner, run in groupby(owners):
        steps = len(list(run))
        if owner is not None:
            source = played[owner[1]]
            notes.append(
                replace(
                    source,
                    tick=step * TICKS_PER_STEP,
                    length=steps * TICKS_PER_STEP,
                    pitch=into_range(source.pitch, BASS_LOW, BASS_HIGH),
                )
            )
        step += steps
    return notes


def forced_bars(take: Take) -> int:
    """Return how many bars of a take are forced upon the loop."""
    return min(take.bars, MOST_FORCED_BARS)


def prefix(codes: NDArray[np.int64], bars: int) -> NDArray[np.int64]:
    """Return the codes of a loop, [positions], with all that lies after `bars` bars left free."""
    forced = codes.copy()
    forced[bars * len(codes) // BARS_PER_LOOP :] = FREE
    return forced


def of_part(codes: NDArray[np.int64], parts: Sequence[str], part: Part) -> NDArray[np.int64]:
    """Return the codes of a loop, [t], with those that are not of `part` left free.

    `parts` tells whose each code of a position is in turn.
    """
    whose = np.tile(np.array(parts), len(codes) // len(parts))
    return np.where(whose == part.value, codes, FREE)


def nearest(rolls: NDArray[np.uint8], played: Sequence[Note], part: Part) -> int:
    """Return which of the candidates, [n, 128, 93], is nearest to what was played on one part.

    The fewest differing onsets count first, then, for the bass, the fewest steps with another pitch
    class once the candidate is in the key of the seed; then the first. Both are compared as rolls,
    which cannot say that a note is struck again: a candidate that is the seed differs in nothing.
    """
    seed = roll_of(played)
    if part is Part.DRUMS:
        return int((rolls[:, :, :DRUMS] != seed[:, :DRUMS]).sum(axis=(1, 2)).argmin())
    lines = [bass_line(roll) for roll in rolls]
    line, key = bass_line(seed), key_of(played)
    costs = [
        (int((onsets(other) != onsets(line)).sum()), clashes(other, line, key)) for other in lines
    ]
    return costs.index(min(costs))


def onsets(line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the steps, [128], at which a bass line [128] strikes a note."""
    before = np.concatenate(([REST], line[:-1]))
    return (line != REST) & (line != before)


def clashes(line: NDArray[np.int64], seed: NDArray[np.int64], key: Key | None) -> int:
    """Return how many steps of a bass line [128] differ in pitch class from the seed [128].

    The line is brought to the seed's `key` first.
    """
    moved = line + interval(key_of_line(line), key)
    classes = np.where(line == REST, REST, moved % 12)
    wanted = np.where(seed == REST, REST, seed % 12)
    return int((classes != wanted).sum())


def key_of_line(line: NDArray[np.int64]) -> Key | None:
    """Return the key heard in a bass line [128] of one MIDI pitch a step."""
    return key_of(
        Note(0, int(count), int(pitch), 1, Part.BASS)
        for pitch, count in zip(*np.unique(line[line != REST], return_counts=True), strict=True)
    )


def shift_to_seed(line: NDArray[np.int64], played: Sequence[Note], bars: int) -> int:
    """Return the semitones, -6..5, by which a bass line [128] agrees best with the seed.

    Its first `bars` bars are the seed again, in the model's words; steps of one pitch class count,
    then the least move.
    """
    end = bars * STEPS_PER_BAR
    ours, theirs = line[:end], bass_line(roll_of(played))[:end]
    both = (ours != REST) & (theirs != REST)
    away = (theirs - ours)[both] % 12

    def merit(shift: int) -> tuple[int, int]:
        return int((away == shift % 12).sum()), -abs(shift)

    return max(range(-6, 6), key=merit)


def merged(played: Sequence[Note], composed: Sequence[Note], part: Part) -> tuple[Note, ...]:
    """Return the played notes of `part` with the composed notes of the other parts."""
    return tuple(
        sorted([n for n in played if n.part is part] + [n for n in composed if n.part is not part])
    )
