"""A duet as one voice: what an answer goes on from, told behind what was played. Standard library.

Where both play on, a bar of the answer and the bars that it goes on from lie at the same time. A
model reads one bar after another: so it is told the player's bars, then as many of its own, and
goes on from there, later than it will sound.
"""

from dataclasses import replace

from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.notes import Note
from loopwright.engine.time import whole_bars


def later_by(melody: Melody) -> int:
    """Return how many ticks later an answer is told than it sounds: whole bars of its own.

    As many as the player's at most; none where there is no answer that it goes on from.
    """
    if melody.start is None or not melody.earlier:
        return 0
    played = whole_bars(melody.start)
    return min(played, whole_bars(melody.start - min(n.tick for n in melody.earlier)))


def told_later(melody: Melody, by: int) -> Melody:
    """Return a request whose latest `by` ticks of its own bars stand behind what was played."""
    if not by:
        return melody
    start, own = (melody.start or 0) + by, moved(melody.earlier, by)
    heard = (note for note in own if note.tick >= start - by)
    return replace(
        melody,
        start=start,
        until=melody.until + by,
        composed=(*heard, *moved(melody.composed, by)),
        earlier=tuple(note for note in own if note.tick < start - by),
        reached=melody.reached + by,
    )


def as_it_sounds(phrase: Phrase, melody: Melody, by: int) -> Phrase:
    """Return the answer to a request that was told `by` ticks late, without what went before it."""
    answer = tuple(note for note in phrase.notes if note.tick >= (melody.start or 0))
    return replace(phrase, notes=moved(answer, -by), reached=phrase.reached - by)


def moved(notes: tuple[Note, ...], by: int) -> tuple[Note, ...]:
    """Return notes so many ticks later."""
    return tuple(replace(note, tick=note.tick + by) for note in notes)
