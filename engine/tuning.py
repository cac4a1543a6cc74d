"""Bass notes moved to a key and folded into a playable range. Standard library only."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from loopwright.engine.keys import Key, heard_key, way
from loopwright.engine.notes import Note, Part

OCTAVE = 12


def key_of(notes: Iterable[Note]) -> Key | None:
    """Return the key heard in the bass, each pitch class by how long it sounds, None in silence."""
    return heard_key((n.pitch, n.length) for n in notes if n.part is Part.BASS)


def interval(source: Key | None, target: Key | None) -> int:
    """Return the shortest way, in semitones -6..5, from one key to another; 0 if one is None."""
    return 0 if source is None or target is None else way(source, target)


def folded(bass: Sequence[Note], low: int, high: int) -> tuple[Note, ...]:
    """Return bass notes between the MIDI pitches `low` and `high`, at least an octave apart.

    The whole line moves by the octaves that leave the fewest notes outside, so that its shape is
    kept; only what is still outside then moves alone.
    """
    whole = octave_shift([note.pitch for note in bass], low, high)
    return tuple(replace(n, pitch=into_range(n.pitch + whole, low, high)) for n in bass)


def octave_shift(pitches: Sequence[int], low: int, high: int) -> int:
    """Return the octaves, in semitones, that leave the fewest pitches outside; the least move."""

    def cost(shift: int) -> tuple[int, int, int]:
        return sum(not low <= p + shift <= high for p in pitches), abs(shift), shift

    return min(range(-120, 121, OCTAVE), key=cost)


def into_range(pitch: int, low: int, high: int) -> int:
    """Return the pitch moved by the fewest octaves that bring it between `low` and `high`."""
    if pitch < low:
        return pitch + -(-(low - pitch) // OCTAVE) * OCTAVE
    if pitch > high:
        return pitch - -(-(pitch - high) // OCTAVE) * OCTAVE
    return pitch
