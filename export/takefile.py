"""A seed from a MIDI file: what was played on drums and bass, by the bar.

Drums are channel 10. Bass is what a bass program (32-39) or a track with "bass" in its name plays;
where there is neither, what lies below middle C. Tempo does not matter, any number of ticks a
quarter will do; times are rounded to steps. Bars before the first note and a pickup are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from loopwright.engine.compose import Take
from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import MIDDLE_C, Note, Part
from loopwright.engine.roll import DRUM_IN, DRUM_OUT, Drum
from loopwright.engine.time import (
    BARS_PER_LOOP,
    LOOP_TICKS,
    STEPS_PER_BAR,
    TICKS_PER_BAR,
    TICKS_PER_QUARTER,
    TICKS_PER_STEP,
    step_of,
)
from loopwright.export.midiread import Event, read_tracks

DRUM_CHANNEL = 9  # counted from 0
BASS_PROGRAMS = range(32, 40)
PICKUP_TICKS = STEPS_PER_BAR // 2 * TICKS_PER_STEP  # a first bar that begins later is a pickup

END = Event(float("inf"), "end")


@dataclass(frozen=True, slots=True)
class Sounded:
    """A note of a file from `start` to `end`, ticks with a fraction; `bass` where it says so."""

    channel: int
    pitch: int
    velocity: int
    start: float
    end: float
    bass: bool


def read_take(content: bytes, name: str, drums_in: Mapping[int, Drum] = DRUM_IN) -> Take:
    """Return the first eight bars, at most, that a MIDI file holds of drums and bass.

    `name` is what the file is called in a MidiFileError; `drums_in` says which drum a note is.
    """
    tracks = read_tracks(content, name)
    sounded = [note for track in tracks for note in notes_in(track)]
    metres = metres_in(event for track in tracks for event in track)
    origin = first_line(metres)
    moved = [replace(n, tick=n.tick - origin) for n in played(sounded, drums_in)]
    notes = sorted(n for n in moved if n.tick >= 0)
    if not notes:
        raise MidiFileError(
            f"{name} holds no drums (channel 10) and no bass (a bass program, a track named bass, "
            "or notes below middle C)"
        )
    first, take = trimmed(notes)
    check_metres(metres, origin, origin + (first + take.bars) * TICKS_PER_BAR, name)
    return take


def notes_in(track: Sequence[Event]) -> list[Sounded]:
    """Return the notes of one track; one that is never ended lasts to the end of its track."""
    names = " ".join(event.name for event in track if event.kind == "track_name").lower()
    programs: dict[int, int] = {}
    begun: dict[tuple[int, int], list[Sounded]] = {}
    found: list[Sounded] = []
    for event in track:
        place = (event.channel, event.note)
        if event.kind == "program_change":
            programs[event.channel] = event.program
        elif event.kind == "note_on" and event.velocity:
            bass = "bass" in names or programs.get(event.channel) in BASS_PROGRAMS
            begun.setdefault(place, []).append(
                Sounded(*place, event.velocity, event.tick, event.tick, bass)
            )
        elif event.kind in ("note_on", "note_off") and begun.get(place):
            found.append(replace(begun[place].pop(0), end=event.tick))
    last = track[-1].tick if track else 0.0
    return found + [replace(note, end=last) for notes in begun.values() for note in notes]


def played(sounded: Sequence[Sounded], drums_in: Mapping[int, Drum]) -> list[Note]:
    """Return the drums and the bass among the notes of a file, on the grid."""
    drums = [
        replace(n, pitch=DRUM_OUT[drums_in[n.pitch]])
        for n in sounded
        if n.channel == DRUM_CHANNEL and n.pitch in drums_in
    ]
    pitched = [n for n in sounded if n.channel != DRUM_CHANNEL]
    bass = [n for n in pitched if n.bass] or [n for n in pitched if n.pitch < MIDDLE_C]
    return [on_grid(n, Part.DRUMS) for n in drums] + [on_grid(n, Part.BASS) for n in bass]


def on_grid(note: Sounded, part: Part) -> Note:
    """Return a note with start and end at their nearest steps, a step long at least."""
    start = step_of(note.start)
    steps = 1 if part is Part.DRUMS else max(1, step_of(note.end) - start)
    return Note(start * TICKS_PER_STEP, steps * TICKS_PER_STEP, note.pitch, note.velocity, part)


def metres_in(events: Iterable[Event]) -> list[Event]:
    """Return the time signatures in order of time."""
    return sorted((e for e in events if e.kind == "time_signature"), key=lambda e: e.tick)


def first_line(metres: Sequence[Event]) -> int:
    """Return the tick at which the first bar of 4/4 begins.

    Notation programs write a pickup as a short first bar of another metre; that is passed over.
    """
    short = [m.tick for m in metres[1:] if not is_common(metres[0]) and m.tick < TICKS_PER_BAR]
    return step_of(short[0]) * TICKS_PER_STEP if short else 0


def is_common(metre: Event) -> bool:
    """Say whether a time signature's bars are as long as those of 4/4."""
    return metre.numerator == metre.denominator


def check_metres(metres: Sequence[Event], start: int, end: int, name: str) -> None:
    """Raise MidiFileError where the metre between the ticks `start` and `end` is not 4/4."""
    for this, following in pairwise([*metres, END]):
        if this.tick < end and following.tick > start and not is_common(this):
            raise MidiFileError(
                f"{name} is in {this.numerator}/{this.denominator} from quarter note "
                f"{this.tick / TICKS_PER_QUARTER:g} on; seeds are in 4/4"
            )


def trimmed(notes: Sequence[Note]) -> tuple[int, Take]:
    """Return the first bar that is played, without a pickup, and the take that begins there."""
    bars = sorted({n.tick // TICKS_PER_BAR for n in notes})
    first = bars[0]
    begins = notes[0].tick - first * TICKS_PER_BAR
    if first + 1 in bars and begins > PICKUP_TICKS:
        first += 1
    count = min(bars[-1] + 1 - first, BARS_PER_LOOP)
    moved = [replace(n, tick=n.tick - first * TICKS_PER_BAR) for n in notes]
    kept = [n for n in moved if 0 <= n.tick < count * TICKS_PER_BAR]
    ended = tuple(replace(n, length=min(n.length, LOOP_TICKS - n.tick)) for n in kept)
    return first, Take(ended, count)
