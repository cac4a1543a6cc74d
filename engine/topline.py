"""The line that is heard on top where several notes sound at once. Standard library only."""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import groupby

from loopwright.engine.notes import Note
from loopwright.engine.time import step_of


def top_line(notes: Iterable[Note]) -> Iterator[Note]:
    """Yield notes in order of time, without those that a higher one covers.

    What is played under a long note is none of the tune, though nothing else begins there; a note
    that is let go a little after the next was struck covers nothing.
    """
    sounding: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.tick, -n.pitch)):
        sounding = [other for other in sounding if other.tick + other.length > note.tick]
        if not any(covers(other, note) for other in sounding):
            yield note
        sounding.append(note)


def main_line(line: Iterable[Note]) -> Iterator[Note]:
    """Yield the one note that counts of those, in order of time, that fall on the same sixteenth.

    A grace note is let go for the longer one that it leads to; of a chord that is struck a little
    unevenly the top counts.
    """
    for _, notes in groupby(line, key=lambda n: step_of(n.tick)):
        yield reduce(main_of, notes)


def main_of(first: Note, second: Note) -> Note:
    """Return the higher of two notes that sound together, the longer where one follows the other.

    They sound together if they do so for more than half of the shorter one.
    """
    together = min(first.tick + first.length, second.tick + second.length) - second.tick
    if 2 * together > min(first.length, second.length):
        return max(first, second, key=lambda n: n.pitch)
    return max(first, second, key=lambda n: (n.length, n.pitch))


def covers(over: Note, under: Note) -> bool:
    """Whether a note that began no later is higher, and sounds for more than half of another."""
    together = over.tick + over.length - under.tick
    return over.pitch > under.pitch and 2 * together > under.length
