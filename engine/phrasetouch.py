"""How an answer is played: as hard as the seed was, by the metre, and each key let go in time.

Standard library only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from loopwright.engine.feel import ACCENT, WRITTEN, weight_of
from loopwright.engine.notes import Note, Part

MIDDLE = 0.5  # of the weights: notes there are as loud as the seed is on the whole


def touched(notes: Iterable[Note], seed: Sequence[Note]) -> tuple[Note, ...]:
    """Return notes with velocities; those that have one from the model keep it."""
    mean = mean_velocity(seed)
    return tuple(n if n.velocity else replace(n, velocity=velocity_at(n, mean)) for n in notes)


def mean_velocity(seed: Sequence[Note]) -> float:
    """Return how hard the seed was played on the whole."""
    if not seed:
        return WRITTEN[Part.MELODY]
    return sum(note.velocity for note in seed) / len(seed)


def velocity_at(note: Note, mean: float) -> int:
    """Return how hard a note is played around a mean, 1..127."""
    return min(max(round(mean + ACCENT * (weight_of(note) - MIDDLE)), 1), 127)


def released(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return notes in order of time; each ends where its key is struck again at the latest."""
    found: list[Note] = []
    again: dict[int, int] = {}
    for note in sorted(notes, reverse=True):
        length = min(note.length, again.get(note.pitch, note.tick + note.length) - note.tick)
        if length:  # of two at once the longer is left
            found.append(replace(note, length=length))
        again[note.pitch] = note.tick
    return tuple(reversed(found))
