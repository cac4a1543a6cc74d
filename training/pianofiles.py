"""MIDI files of piano music as tokens (piano paper, 3 and 5.1).

Times are file ticks, rounded to sixteenths (a tie goes to the even one): a note's onset and its
end each, so that its length is what lies between. Bar lines run from each time signature, up to
the last event of the file that has a time; without a time signature they are those of 4/4.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile
from typing import Protocol, cast

import mido

from loopwright.engine.errors import MidiFileError
from loopwright.engine.pianotokens import PianoNote, Piece
from loopwright.engine.time import STEPS_PER_BAR

STEPS_PER_QUARTER = 4
LONGEST = 1_000_000  # steps; a longer file is a broken one
# Besides notes: what the piano paper's reader counts as music when it looks for the end.
TIMED = frozenset(
    ["set_tempo", "time_signature", "key_signature", "lyrics", "marker", "text", "control_change"]
)
READER_ERRORS = (OSError, EOFError, ValueError, KeyError, IndexError, TypeError)


class Message(Protocol):
    """mido's message; `time` in ticks after the one before."""

    type: str
    time: int
    channel: int
    note: int
    velocity: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Event:
    """A message and its file tick."""

    tick: int
    message: Message


def read_piece(content: bytes) -> Piece:
    """Return the notes and bar lines of a MIDI file's bytes; MidiFileError says why there are none.

    All tracks and channels are taken for piano, drums too.
    """
    try:
        file = mido.MidiFile(file=io.BytesIO(content))
    except READER_ERRORS as trouble:
        raise MidiFileError(f"unreadable MIDI: {trouble or type(trouble).__name__}") from trouble
    if file.type == 2 or file.ticks_per_beat <= 0:
        raise MidiFileError("no common time in ticks per quarter note")
    scale = STEPS_PER_QUARTER / file.ticks_per_beat
    tracks = [list(events_of(track)) for track in cast(list[list[Message]], file.tracks)]
    notes = [note for track in tracks for note in notes_of(track, scale)]
    if not notes:
        raise MidiFileError("no notes")
    return Piece(tuple(sorted(notes)), bar_lines(tracks, notes, scale))


def events_of(track: list[Message]) -> Iterator[Event]:
    """Yield the messages of a track with their ticks."""
    tick = 0
    for message in track:
        tick += message.time
        yield Event(tick, message)


def notes_of(track: list[Event], scale: float) -> Iterator[PianoNote]:
    """Yield the notes of a track; one that never ends, ends with it. First on, first off."""
    sounding: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for event in track:
        message = event.message
        if message.type not in ("note_on", "note_off"):
            continue
        held = sounding[message.channel, message.note]
        if message.type == "note_on" and message.velocity > 0:
            held.append(event.tick)
        elif held:
            yield note_of(held.pop(0), event.tick, message.note, scale)
    for (_, pitch), onsets in sounding.items():
        yield from (note_of(onset, track[-1].tick, pitch, scale) for onset in onsets)


def note_of(onset: int, end: int, pitch: int, scale: float) -> PianoNote:
    """Return a note on the grid; one that is too short has no steps."""
    step = round(onset * scale)
    return PianoNote(step, pitch, round(end * scale) - step)


def bar_lines(tracks: list[list[Event]], notes: list[PianoNote], scale: float) -> tuple[int, ...]:
    """Return the steps of all bar lines, the empty bars' too; a meter change begins a bar."""
    events = [event for track in tracks for event in track]
    meters = [
        (round(e.tick * scale), STEPS_PER_BAR * e.message.numerator / e.message.denominator)
        for e in events
        if e.message.type == "time_signature"
    ] or [(0, float(STEPS_PER_BAR))]
    timed = [round(e.tick * scale) for e in events if e.message.type in TIMED]
    last = max(timed + [note.step + note.steps for note in notes])
    if last > LONGEST:
        raise MidiFileError(f"longer than {LONGEST // STEPS_PER_BAR} bars")
    ends = [step for step, _ in meters[1:]] + [last]
    return tuple(
        line
        for (first, length), end in zip(meters, ends, strict=True)
        if length > 0
        for line in lines_of(first, length, end)
    )


def lines_of(first: int, length: float, end: int) -> Iterator[int]:
    """Yield the bar lines from `first`, `length` steps apart, before `end`."""
    places = (first + length * n for n in count())
    return map(round, takewhile(lambda place: place < end, places))
