"""Where in its bar a melody begins, when it has lost that: where its notes are likeliest to fall.

What falls where is counted in melodies that have kept their bars: long notes on strong beats.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.pianotokens import PianoNote
from loopwright.engine.time import STEPS_PER_BAR

CLASSES = 5  # of lengths: 1, 2, 3-4, 5-8, 9 and more steps until the next note
Counts = NDArray[np.float64]


def places(notes: tuple[PianoNote, ...]) -> Counts:
    """Return how often notes of each class of length begin at each step of the bar, [5, 16]."""
    steps = np.array([n.step for n in notes])
    lengths = np.diff(steps, append=steps[-1] + notes[-1].steps)
    classes = np.minimum(np.ceil(np.log2(np.maximum(lengths, 1))).astype(int), CLASSES - 1)
    found = np.zeros((CLASSES, STEPS_PER_BAR))
    np.add.at(found, (classes, steps % STEPS_PER_BAR), 1)
    return found


def usual(melodies: Iterable[tuple[PianoNote, ...]]) -> Counts:
    """Return the log of how likely a note of each class begins at each step, [5, 16]."""
    counts = sum((places(notes) for notes in melodies), np.ones((CLASSES, STEPS_PER_BAR)))
    return np.log(counts / counts.sum(1, keepdims=True))


def likeliest(notes: tuple[PianoNote, ...], expected: Counts) -> int:
    """Return by how many steps, 0..15, the notes are best moved later."""
    found = places(notes)
    merits = [(np.roll(found, by, 1) * expected).sum() for by in range(STEPS_PER_BAR)]
    return int(np.argmax(merits))
