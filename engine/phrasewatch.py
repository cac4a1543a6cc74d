"""Whether an answer is stuck: the same notes over and over, or nothing. Standard library only.

A riff is music, and so is a rest: what counts as stuck is what no player would do for so long.
"""

from collections.abc import Sequence
from itertools import pairwise

from loopwright.engine.notes import Note
from loopwright.engine.time import TICKS_PER_BAR

OFTEN = {1: 8, 2: 5}  # how often a riff of so many notes comes before it is too often
USUAL = 4
TWICE = 2  # a riff may well come
LONGEST_REST = 2 * TICKS_PER_BAR

Figure = tuple[int, int]  # pitch, and ticks since the note before


def riff(notes: Sequence[Note]) -> int:
    """Return how many notes the riff has that comes too often at the end, 0 where none does.

    A riff is the same pitches at the same distances, from one note to whole bars of them; how long
    they are held does not matter, nor in which order those of a chord were told.
    """
    ordered = sorted(notes, key=lambda note: (note.tick, note.pitch))
    figures = [(note.pitch, note.tick - before.tick) for before, note in pairwise(ordered)]
    sizes = range(1, len(figures) // USUAL + 1)
    return next((size for size in sizes if repeated(figures, size)), 0)


def repeated(figures: Sequence[Figure], size: int) -> bool:
    """Return whether the latest `size` figures have come too often."""
    span = size * OFTEN.get(size, USUAL)
    latest = range(-1, size - span - 1, -1)
    return len(figures) >= span and all(figures[i] == figures[i - size] for i in latest)


def spare(size: int) -> int:
    """Return how many notes are to go so that a riff of `size` notes has come twice."""
    return size * (OFTEN.get(size, USUAL) - TWICE)


def rested(notes: Sequence[Note], start: int, reached: int) -> int:
    """Return for how many ticks an answer from tick `start` is silent up to `reached`.

    Of one that goes on from another without a gap the notes are those of both.
    """
    return reached - max((note.tick + note.length for note in notes), default=start)
