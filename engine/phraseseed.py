"""What of the notes that were played a melody model is told. Standard library only.

Players and files give whatever they like: drums, notes that no keyboard has, two hundred in a beat.
What is left is what a listener would call the tune, and it is little enough to be heard in time.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from loopwright.engine.notes import Note, Part
from loopwright.engine.time import TICKS_PER_QUARTER
from loopwright.engine.topline import top_line
from loopwright.engine.tuning import OCTAVE, into_range

LOWEST, HIGHEST = 21, 108  # of a piano, MIDI
EDGE = OCTAVE // 2  # semitones: a tune so near to the end of a range is not in the midst of it
MOST_A_BEAT = 16  # notes; a chord of four on every sixteenth

NOTHING = "nothing was played to go on from"
DRUMS_ONLY = "only drums were played: no melody goes on from those"


def tune(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes that a model is told, in order of time.

    Drums are left out, what no piano has comes an octave or more nearer, of one key struck twice
    at once the longer counts, and of too many notes in a beat the loudest, then the highest.
    """
    pitched = [note for note in notes if note.part is not Part.DRUMS and note.tick >= 0]
    on_keys = [replace(n, pitch=into_range(n.pitch, LOWEST, HIGHEST)) for n in pitched]
    once = {(n.tick, n.pitch): n for n in sorted(on_keys, key=lambda n: n.length)}
    beats = groupby(sorted(once.values()), key=lambda n: n.tick // TICKS_PER_QUARTER)
    return tuple(note for _, beat in beats for note in thinned(list(beat)))


def brought(notes: tuple[Note, ...], low: int, high: int) -> tuple[Note, ...]:
    """Return a tune in the octave that an answer between two pitches can go on from.

    A model goes on where a tune is: told a bass line, all that the lowest note lets it draw would
    be that note, again and again.
    """
    line = sorted(note.pitch for note in top_line(notes))
    if not line:
        return notes
    middle, edge = line[len(line) // 2], max(min(EDGE, (high - low - OCTAVE) // 2), 0)
    by = into_range(middle, low + edge, high - edge) - middle
    return tuple(replace(n, pitch=into_range(n.pitch + by, LOWEST, HIGHEST)) for n in notes)


def thinned(beat: list[Note]) -> list[Note]:
    """Return the notes of one beat that count, in order of time."""
    return sorted(sorted(beat, key=lambda n: (-n.velocity, -n.pitch))[:MOST_A_BEAT])


def refusal(notes: tuple[Note, ...]) -> str:
    """Return why no melody goes on from what was played; empty where one does."""
    if tune(notes):
        return ""
    return DRUMS_ONLY if notes else NOTHING
