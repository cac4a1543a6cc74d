"""A loop as a MIDI file: type 1, exactly eight bars, ready to be dragged into a song.

Three tracks, or two for one part: tempo, time signature and key; drums; bass. Every track ends at
bar 9, so that a host takes the clip for eight bars, whatever sounds last. The same loop gives the
same bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from mido import Message, MetaMessage, MidiFile, MidiTrack

from loopwright.engine.notes import Loop, Note, Part
from loopwright.engine.preset import CHANNELS
from loopwright.engine.roll import DRUM_OUT, Drum
from loopwright.engine.time import LOOP_TICKS, TICKS_PER_QUARTER

TICKS_PER_BEAT = 480  # of the file
FINE = TICKS_PER_BEAT // TICKS_PER_QUARTER
MICROSECONDS_A_MINUTE = 60_000_000
BASS_PROGRAM = 33  # General MIDI, counted from 0: electric bass, fingered
BAND = (Part.DRUMS, Part.BASS)
NAMES = {Part.DRUMS: "Drums", Part.BASS: "Bass", Part.MELODY: "Melody"}
DRUM_OF = {pitch: drum for drum, pitch in DRUM_OUT.items()}

Event = tuple[int, bool, Message]  # tick of the file, whether a note begins, what


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a loop is written down: name, tempo, MIDI channels 1..16, the MIDI note of each drum.

    Each of `parts` gets a track.
    """

    name: str = "loop"
    tempo: float = 120.0
    channels: Mapping[Part, int] = field(default_factory=lambda: dict(CHANNELS))
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))
    parts: tuple[Part, ...] = BAND


def midi_bytes(loop: Loop, sheet: Sheet) -> bytes:
    """Return the MIDI file of a loop."""
    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(conductor_track(loop, sheet))
    for part in sheet.parts:
        file.tracks.append(part_track(loop.of(part), part, sheet))
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def conductor_track(loop: Loop, sheet: Sheet) -> MidiTrack:
    """Return the track of name, tempo, 4/4 and key."""
    track = MidiTrack()
    track.append(MetaMessage("track_name", name=sheet.name))
    track.append(MetaMessage("set_tempo", tempo=round(MICROSECONDS_A_MINUTE / sheet.tempo)))
    track.append(MetaMessage("time_signature", numerator=4, denominator=4))
    if loop.key is not None:
        track.append(MetaMessage("key_signature", key=str(loop.key)))
    track.append(MetaMessage("end_of_track", time=LOOP_TICKS * FINE))
    return track


def part_track(notes: Iterable[Note], part: Part, sheet: Sheet) -> MidiTrack:
    """Return the track of one part, named, on its channel."""
    channel = sheet.channels[part] - 1
    track = MidiTrack([MetaMessage("track_name", name=NAMES[part])])
    if part is Part.BASS:
        track.append(Message("program_change", channel=channel, program=BASS_PROGRAM))
    reached = 0
    for tick, _, message in events(notes, channel, sheet.drum_map):
        track.append(message.copy(time=tick - reached))
        reached = tick
    track.append(MetaMessage("end_of_track", time=LOOP_TICKS * FINE - reached))
    return track


def events(notes: Iterable[Note], channel: int, drum_map: Mapping[Drum, int]) -> list[Event]:
    """Return note-ons and note-offs in order of time, offs first; `channel` counts from 0."""
    found: list[Event] = []
    for note in notes:
        pitch = mapped(note, drum_map)
        start, end = note.tick * FINE, (note.tick + note.length) * FINE
        on = Message("note_on", channel=channel, note=pitch, velocity=note.velocity)
        found.append((start, True, on))
        found.append((end, False, Message("note_off", channel=channel, note=pitch, velocity=0)))
    return sorted(found, key=lambda event: event[:2])


def mapped(note: Note, drum_map: Mapping[Drum, int]) -> int:
    """Return the MIDI pitch that a note leaves with: drums go through the drum map."""
    if note.part is not Part.DRUMS or note.pitch not in DRUM_OF:
        return note.pitch
    return drum_map[DRUM_OF[note.pitch]]
