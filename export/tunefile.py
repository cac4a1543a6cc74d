"""A tune from a MIDI file, to be gone on with: what is not drums, from its first bar line on.

Where tracks are named melody, lead, vocal or solo those alone are the tune; else everything that
is not channel 10 and not called bass, and the bass where there is nothing else. Any number of ticks
a quarter will do; times are rounded to ticks, of which a quarter has 24.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Note, Part
from loopwright.engine.parameters import BY_NAME
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_STEP
from loopwright.export.midifile import MICROSECONDS_A_MINUTE
from loopwright.export.midiread import Event, read_tracks
from loopwright.export.takefile import (
    DRUM_CHANNEL,
    Sounded,
    check_metres,
    first_line,
    metres_in,
    notes_in,
)

NAMED = re.compile(r"melod|lead|voc|voice|solo", re.IGNORECASE)
OURS = BY_NAME["tempo"]
UNTOLD = 120.0  # quarter notes a minute, by the standard
MOST_BARS = 16  # that a melody goes on from: more than any model remembers


@dataclass(frozen=True, slots=True)
class Tune:
    """Notes with ticks from the bar line of their first bar, `bars` of them, and their tempos.

    `tempos` are (tick, quarter notes a minute), in order and from tick 0 on; empty where a file
    tells of none. A tune that was answered at tick `start` already is answered there again; None:
    at the bar line after it.
    """

    notes: tuple[Note, ...]
    bars: int
    tempos: tuple[tuple[int, float], ...] = ()
    start: int | None = None

    @property
    def tempo(self) -> float | None:
        """The tempo that the tune has at its end, at which it goes on."""
        return self.tempos[-1][1] if self.tempos else None


def read_tune(content: bytes, name: str) -> Tune:
    """Return the tune of a MIDI file, its last 16 bars at most. Raises MidiFileError.

    `name` is what the file is called where it is refused.
    """
    tracks = read_tracks(content, name)
    events = [event for track in tracks for event in track]
    metres, found = metres_in(events), tune_of(tracks, name)
    line = first_line(metres)
    # A pickup shorter than a bar lies at the end of one.
    origin = line - TICKS_PER_BAR if min(round(n.start) for n in found) < line else line
    notes = sorted(placed(n, origin) for n in found)
    last = notes[-1].tick // TICKS_PER_BAR
    first = max(notes[0].tick // TICKS_PER_BAR, last + 1 - MOST_BARS)
    start, end = first * TICKS_PER_BAR, max(ended(n) for n in notes)
    check_metres(metres, max(origin + start, line), origin + end, name)
    kept = tuple(replace(n, tick=n.tick - start) for n in notes if n.tick >= start)
    bars = -(-(end - start) // TICKS_PER_BAR)
    begin = origin + start
    return Tune(kept, bars, tempos_in(events, begin, begin + bars * TICKS_PER_BAR))


def tune_of(tracks: Sequence[Sequence[Event]], name: str) -> list[Sounded]:
    """Return the notes of a file that are its tune. Raises MidiFileError where there are none."""
    named = [track for track in tracks if NAMED.search(title(track))]
    sung, every = ([n for t in some for n in pitched(t)] for some in (named, tracks))
    if not every:
        drums = any(notes_in(track) for track in tracks)
        raise MidiFileError(
            f"{name} holds drums alone: no melody goes on from those"
            if drums
            else f"{name} holds no notes"
        )
    return sung or [note for note in every if not note.bass] or every


def title(track: Sequence[Event]) -> str:
    """Return how a track is called."""
    return " ".join(event.name for event in track if event.kind == "track_name")


def pitched(track: Sequence[Event]) -> list[Sounded]:
    """Return the notes of a track that are no drums."""
    return [note for note in notes_in(track) if note.channel != DRUM_CHANNEL]


def placed(note: Sounded, origin: int) -> Note:
    """Return a note of a file on whole ticks from the first bar line."""
    tick = round(note.start) - origin
    length = max(round(note.end) - round(note.start), 1)
    return Note(tick, length, note.pitch, note.velocity, Part.MELODY)


def ended(note: Note) -> int:
    """Return the tick at which a note has ended, on its nearest step."""
    step = round((note.tick + note.length) / TICKS_PER_STEP)
    return max(step * TICKS_PER_STEP, note.tick + 1)


def tempos_in(events: Sequence[Event], begin: int, end: int) -> tuple[tuple[int, float], ...]:
    """Return (ticks after `begin`, quarter notes a minute) of the tempos up to tick `end`.

    What none of ours could be does not count; before the first, music is at `UNTOLD`.
    """
    told = sorted((e for e in events if e.kind == "set_tempo" and e.tempo), key=lambda e: e.tick)
    found = {
        max(round(e.tick) - begin, 0): tempo
        for e in told
        for tempo in (MICROSECONDS_A_MINUTE / e.tempo,)
        if OURS.low <= tempo <= OURS.high and round(e.tick) <= end
    }
    return tuple(({0: UNTOLD} | found).items()) if found else ()
