"""How hard an answer is played: as the seed was, and as the metre has it. Standard library only."""

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
