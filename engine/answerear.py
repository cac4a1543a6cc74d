"""What was played on the keys, as the seed of a melody: every note, on the host's ticks.

Places are counted along the performance, `shift` ticks ahead of the song: where a host goes round a
part of its song, bars follow one another as they were heard. A note a little before a bar line
belongs to that line, as it does in `engine.capture`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from loopwright.engine.capture import Held, clipped, placed, recent
from loopwright.engine.midi import Kind, Message
from loopwright.engine.notes import Note, Part
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_STEP

MOST = 512  # notes that are remembered
TOLD, BLOCK = 128, 64  # notes of a seed at most: the latest, without whole blocks of older ones
LONGEST, KEPT = 16, 8  # bars that a seed grows to, and what is left of it then

Key = tuple[int, int]
"""Channel and pitch."""


@dataclass(frozen=True, slots=True)
class Ear:
    """The notes that have ended, in the order of their ends, and the keys that are down."""

    notes: tuple[Note, ...] = ()
    held: Mapping[Key, Held] = field(default_factory=dict[Key, Held])
    shift: int = 0
    line: int = 0


def hear(ear: Ear, message: Message, place: float) -> Ear:
    """Return the ear after a note message that came at song place `place`, in ticks."""
    key = (message.channel, message.first)
    after = release(ear, key, round(place) + ear.shift)
    if message.kind is not Kind.NOTE_ON:
        return after
    held = Held(placed(place) + ear.shift, message.second)
    return replace(after, held={**after.held, key: held})


def release(ear: Ear, key: Key, tick: int) -> Ear:
    """Return the ear after a key, if it was down, came up at performance tick `tick`."""
    held = ear.held.get(key)
    if held is None:
        return ear
    note = note_of(key, held, tick)
    rest = {k: h for k, h in ear.held.items() if k != key}
    return replace(ear, notes=(*recent(ear.notes, tick), note)[-MOST:], held=rest)


def note_of(key: Key, held: Held, end: int) -> Note:
    """Return the note of a key that was down until performance tick `end`."""
    return Note(held.tick, max(end - held.tick, 1), key[1], held.velocity, Part.MELODY)


def leave(ear: Ear, tick: int) -> Ear:
    """Return the ear when the song stops before tick `tick`: what is held ends there."""
    end = tick + ear.shift
    for key in ear.held:
        ear = release(ear, key, end)
    return enter(replace(ear, line=-(-end // TICKS_PER_BAR) * TICKS_PER_BAR), tick)


def enter(ear: Ear, tick: int) -> Ear:
    """Return the ear when the song goes on from tick `tick`."""
    return replace(ear, shift=ear.line - tick // TICKS_PER_BAR * TICKS_PER_BAR)


def carried(ear: Ear, by: int) -> Ear:
    """Return the ear when the song jumps by so many ticks, and the music goes on over it."""
    return replace(ear, shift=ear.shift - by)


def heard(ear: Ear, since: int, until: int, *, whole: bool = False) -> tuple[Note, ...]:
    """Return the notes that sound from tick `since` on and begin before `until`, none beyond it.

    What is still held lasts until then; with `whole` only what has ended counts. Of more than
    `TOLD` notes the latest are returned, in order.
    """
    down = () if whole else (note_of(k, h, until) for k, h in ear.held.items())
    notes = sorted(n for n in sounding_from((*ear.notes, *down), since) if n.tick < until)
    over = -(-max(len(notes) - TOLD, 0) // BLOCK) * BLOCK
    return tuple(clipped(n, until) for n in notes[over:])


def sounding_from(notes: Iterable[Note], since: int) -> Iterator[Note]:
    """Yield the notes from a tick on; one that rings on for a step at least begins there."""
    for note in notes:
        rest = note.tick + note.length - since
        if note.tick >= since:
            yield note
        elif rest >= TICKS_PER_STEP:
            yield replace(note, tick=since, length=rest)


def first_bar(since: int, until: int) -> int:
    """Return the bar line that a seed whose notes begin in `since`..`until` is counted from.

    One that goes on for long loses its oldest bars, several at once: what a model has heard of it
    stays the beginning for as long as can be.
    """
    line = since // TICKS_PER_BAR * TICKS_PER_BAR
    over = -(-(until - line) // TICKS_PER_BAR) - LONGEST
    if over <= 0:
        return line
    return line + -(-over // KEPT) * KEPT * TICKS_PER_BAR
