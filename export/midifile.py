"""A loop or a melody as a MIDI file: type 1, of whole bars, ready to be dragged into a song.

The first track has tempo, time signature and key, and each part one of its own. All tracks of a
loop end at bar 9, so that a host takes the clip for eight bars, whatever sounds last. The same
music gives the same bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from mido import Message, MetaMessage, MidiFile, MidiTrack

from loopwright.engine.keys import Key
from loopwright.engine.notes import CHANNELS, Loop, Note, Part
from loopwright.engine.roll import DRUM_OF, DRUM_OUT, Drum
from loopwright.engine.time import LOOP_TICKS, TICKS_PER_QUARTER

TICKS_PER_BEAT = 480  # of the file
FINE = TICKS_PER_BEAT // TICKS_PER_QUARTER
MICROSECONDS_A_MINUTE = 60_000_000
BASS_PROGRAM = 33  # General MIDI, counted from 0: electric bass, fingered
BAND = (Part.DRUMS, Part.BASS)
NAMES = {Part.DRUMS: "Drums", Part.BASS: "Bass", Part.MELODY: "Melody"}
SEED = "Seed"

Event = tuple[int, bool, Message]  # tick of the file, whether a note begins, what


@dataclass(frozen=True, slots=True)
class Sheet:
    """How music is written down: name, tempo, MIDI channels 1..16, the MIDI note of each drum.

    Each of `parts` gets a track, and all tracks have `ticks` ticks. `changes` are (tick, tempo)
    wherever the tempo is another one from there on, in order.
    """

    name: str = "loop"
    tempo: float = 120.0
    channels: Mapping[Part, int] = field(default_factory=lambda: dict(CHANNELS))
    drum_map: Mapping[Drum, int] = field(default_factory=lambda: dict(DRUM_OUT))
    parts: tuple[Part, ...] = BAND
    ticks: int = LOOP_TICKS
    changes: tuple[tuple[int, float], ...] = ()


def midi_bytes(loop: Loop, sheet: Sheet) -> bytes:
    """Return the MIDI file of a loop."""
    parts = [part_track(loop.of(part), part, sheet, NAMES[part]) for part in sheet.parts]
    return file_bytes(conductor_track(loop.key, sheet), *parts)


def answer_bytes(seed: Iterable[Note], answer: Iterable[Note], key: Key | None, sheet: Sheet
                 ) -> bytes:  # fmt: skip
    """Return the MIDI file of a melody: a track for what was played, one for what goes on."""
    both = ((tuple(seed), SEED), (tuple(answer), NAMES[Part.MELODY]))
    tracks = [part_track(notes, Part.MELODY, sheet, name) for notes, name in both if notes]
    return file_bytes(conductor_track(key, sheet), *tracks)


def file_bytes(*tracks: MidiTrack) -> bytes:
    """Return the MIDI file of some tracks."""
    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.extend(tracks)
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def conductor_track(key: Key | None, sheet: Sheet) -> MidiTrack:
    """Return the track of name, tempos, 4/4 and key."""
    track = MidiTrack()
    track.append(MetaMessage("track_name", name=sheet.name))
    track.append(tempo_message(sheet.tempo))
    track.append(MetaMessage("time_signature", numerator=4, denominator=4))
    if key is not None:
        track.append(MetaMessage("key_signature", key=str(key)))
    reached = 0
    for tick, tempo in sheet.changes:
        track.append(tempo_message(tempo).copy(time=(tick - reached) * FINE))
        reached = tick
    track.append(MetaMessage("end_of_track", time=(sheet.ticks - reached) * FINE))
    return track


def tempo_message(tempo: float) -> MetaMessage:
    """Return what sets a tempo, in quarter notes a minute."""
    return MetaMessage("set_tempo", tempo=round(MICROSECONDS_A_MINUTE / tempo))


def part_track(notes: Iterable[Note], part: Part, sheet: Sheet, name: str) -> MidiTrack:
    """Return the track of one part, named, on its channel."""
    channel = sheet.channels[part] - 1
    track = MidiTrack([MetaMessage("track_name", name=name)])
    if part is Part.BASS:
        track.append(Message("program_change", channel=channel, program=BASS_PROGRAM))
    reached = 0
    for tick, _, message in events(notes, channel, sheet.drum_map):
        track.append(message.copy(time=tick - reached))
        reached = tick
    track.append(MetaMessage("end_of_track", time=sheet.ticks * FINE - reached))
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
