"""The line that is heard on top where several notes sound at once. Standard library only."""

from collections.abc import Iterable, Iterator

from loopwright.engine.notes import Note


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


def covers(over: Note, under: Note) -> bool:
    """Whether a note that began no later is higher, and sounds for more than half of another."""
    together = over.tick + over.length - under.tick
    return over.pitch > under.pitch and 2 * together > under.length
