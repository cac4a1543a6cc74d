"""How an answer is played: as hard as the seed was, by the metre, and each key let go in time.

Standard library only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

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
    """Return notes in order of time; each ends where its key is struck again at the latest.

    A key that was to be held beyond that is held as long, once it is struck again.
    """
    keys: dict[int, dict[int, Note]] = {}
    for note in sorted(notes):  # of two at once the longer stays
        keys.setdefault(note.pitch, {})[note.tick] = note
    return tuple(sorted(n for struck in keys.values() for n in of_one_key([*struck.values()])))


def of_one_key(struck: Sequence[Note]) -> Iterator[Note]:
    """Yield the notes of one key, in order of time."""
    held = 0
    for note, following in zip_longest(struck, struck[1:]):
        held = max(held, note.tick + note.length)
        end = held if following is None else min(held, following.tick)
        yield replace(note, length=end - note.tick)
