"""A melody's composer for tests: a pure function, whose notes tell of their answer and place."""

from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.notes import Note, Part

LOWEST, ANSWERS = 36, 16
STEP, BEAT = 6, 24


def told(answer: int, tick: int) -> int:
    """Return the pitch that tells of an answer, and of a step within its beat."""
    return LOWEST + 4 * (answer % ANSWERS) + tick % BEAT // STEP


def answer_of(pitch: int) -> int:
    """Return which answer a pitch tells of, mod 16."""
    return (pitch - LOWEST) // 4


def strays(place: float, pitch: int) -> float:
    """Return how many ticks after its place in the beat a note is."""
    return (place - STEP * ((pitch - LOWEST) % 4)) % BEAT


def sung(melody: Melody, every: int = 12, length: int = 6, until: int | None = None) -> Phrase:
    """Return an answer with a note every `every` ticks, complete up to tick `until` or so."""
    if melody.start is None:
        return Phrase(melody.number, melody.answer, (), 0)
    begin, end = max(melody.start, melody.reached), melody.until if until is None else until
    first = begin + (melody.start - begin) % every
    ticks = range(first, end, every)
    fresh = tuple(Note(t, length, told(melody.answer, t), 90, Part.MELODY) for t in ticks)
    notes = (*melody.composed, *fresh)
    return Phrase(melody.number, melody.answer, notes, max(end, begin))
