"""What is played in while the transport runs, kept by bar and by part, as seeds for loops.

Channel 10 is read as drums; what is no drum of ours is dropped. On every other channel, notes
below middle C are the bass. Who only plays above it plays the bass there: then those notes are
taken, an octave or more lower. Notes a little before a bar line belong to that line.

Places are counted along the performance: the count goes on over relocations, so that bars which
a host loops follow one another as they were heard.
"""

from dataclasses import dataclass, field, replace

from loopwright.engine.compose import Take
from loopwright.engine.midi import Kind, Message
from loopwright.engine.notes import MIDDLE_C, Note, Part
from loopwright.engine.roll import DRUM_IN, DRUM_OUT
from loopwright.engine.time import BARS_PER_LOOP, TICKS_PER_BAR, TICKS_PER_STEP

DRUM_CHANNEL = 10
LONGEST = BARS_PER_LOOP
REMEMBERED = 16  # bars
MOST = 4096  # notes: more come from no hands


@dataclass(frozen=True, slots=True)
class Held:
    """A key that is down since tick `tick` of the performance."""

    tick: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What was played: the performance is `shift` ticks ahead of the song.

    The song was entered last in the bar from performance tick `line`; notes count from `since`,
    the first bar line crossed from there on.
    """

    notes: tuple[Note, ...] = ()
    held: dict[tuple[int, int], Held] = field(default_factory=dict[tuple[int, int], Held])
    shift: int = 0
    line: int = 0
    since: int = 0


def hear(capture: Capture, message: Message, place: float) -> Capture:
    """Return the capture after a note message that came at song place `place`, in ticks."""
    key = (message.channel, message.first)
    after = release(capture, key, round(place) + capture.shift)
    tick = placed(place) + capture.shift
    if message.kind is not Kind.NOTE_ON or tick < capture.since:
        return after
    return replace(after, held={**after.held, key: Held(tick, message.second)})


def release(capture: Capture, key: tuple[int, int], tick: int) -> Capture:
    """Return the capture in which a (channel, pitch), if it was down, is up."""
    held = capture.held.get(key)
    if held is None:
        return capture
    rest = {k: h for k, h in capture.held.items() if k != key}
    note = note_of(key, held, tick)
    if note is None:
        return replace(capture, held=rest)
    return replace(capture, notes=(*recent(capture.notes, tick), note)[-MOST:], held=rest)


def recent(notes: tuple[Note, ...], tick: int) -> tuple[Note, ...]:
    """Return notes without those too old at `tick`, which are looked for once a bar."""
    oldest = tick - REMEMBERED * TICKS_PER_BAR
    if not notes or notes[0].tick >= oldest - TICKS_PER_BAR:
        return notes
    return tuple(n for n in notes if n.tick >= oldest)


def placed(place: float) -> int:
    """Return the tick of a place; one nearer to the next bar line than half a step is on it."""
    tick = round(place)
    line = -(-tick // TICKS_PER_BAR) * TICKS_PER_BAR
    return line if line - place <= TICKS_PER_STEP / 2 else tick


def note_of(key: tuple[int, int], held: Held, end: int) -> Note | None:
    """Return the note of a (channel, pitch) that was down; None for a drum that we do not have."""
    channel, pitch = key
    length = max(end - held.tick, 1)
    if channel != DRUM_CHANNEL:
        return Note(held.tick, length, pitch, held.velocity, Part.BASS)
    drum = DRUM_IN.get(pitch)
    if drum is None:
        return None
    return Note(held.tick, length, DRUM_OUT[drum], held.velocity, Part.DRUMS)


def leave(capture: Capture, tick: int) -> Capture:
    """Return the capture when the song stops before tick `tick`; a bar cut short does not count."""
    end = tick + capture.shift
    for key in capture.held:
        capture = release(capture, key, end)
    whole = end // TICKS_PER_BAR * TICKS_PER_BAR
    line = -(-end // TICKS_PER_BAR) * TICKS_PER_BAR
    kept = tuple(clipped(n, whole) for n in capture.notes if n.tick < whole)
    return enter(Capture(kept, line=line), tick)


def enter(capture: Capture, tick: int) -> Capture:
    """Return the capture when the song goes on from tick `tick`."""
    shift = capture.line - tick // TICKS_PER_BAR * TICKS_PER_BAR
    since = capture.line + (TICKS_PER_BAR if tick % TICKS_PER_BAR else 0)
    return replace(capture, shift=shift, since=since)


def clipped(note: Note, end: int) -> Note:
    """Return a note that ends at tick `end` at the latest."""
    beyond = note.tick + note.length - end
    return note if beyond <= 0 else replace(note, length=note.length - beyond)


def take(capture: Capture, now: int, most: int = LONGEST) -> Take | None:
    """Return the last run of up to `most` bars that were played in, at song tick `now`.

    Bars are whole: the present one does not count. None if nothing was played in.
    """
    end = (now + capture.shift) // TICKS_PER_BAR * TICKS_PER_BAR
    down = (note_of(key, held, end) for key, held in capture.held.items())
    every = (*capture.notes, *(n for n in down if n is not None))
    oldest = end - REMEMBERED * TICKS_PER_BAR
    played = as_bass([n for n in every if oldest <= n.tick < end])
    bars = {n.tick // TICKS_PER_BAR for n in played}
    if not bars:
        return None
    first = last = max(bars)
    while first - 1 in bars and last - first + 1 < most:
        first -= 1
    return take_of(played, first, last + 1)


def take_of(notes: list[Note], first: int, beyond: int) -> Take:
    """Return the bars from `first` up to `beyond` as a take, counted from its first bar."""
    start, end = first * TICKS_PER_BAR, beyond * TICKS_PER_BAR
    inside = [clipped(n, end) for n in notes if start <= n.tick < end]
    return Take(tuple(sorted(replace(n, tick=n.tick - start) for n in inside)), beyond - first)


def as_bass(notes: list[Note]) -> list[Note]:
    """Return drums and bass: the notes below middle C, or all of them lowered if there are none."""
    if any(n.part is Part.BASS and n.pitch < MIDDLE_C for n in notes):
        return [n for n in notes if n.part is not Part.BASS or n.pitch < MIDDLE_C]
    return [n if n.part is not Part.BASS else lowered(n) for n in notes]


def lowered(note: Note) -> Note:
    """Return a note lowered by octaves until it is below middle C."""
    return note.shifted(-12 * max(0, (note.pitch - MIDDLE_C) // 12 + 1))
