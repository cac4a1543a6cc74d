"""Little songs as MIDI bytes, for tests of training: bass and drums in 4/4."""

import io
from collections.abc import Sequence

import mido

TICKS = 480  # a quarter note
STEP = TICKS // 4
BAR = 16 * STEP
BASS_PROGRAM = 33
DRUM_CHANNEL = 9

Event = tuple[int, bool, mido.Message | mido.MetaMessage]  # tick, whether a note begins
Played = tuple[int, int, int]  # start and length in file ticks, MIDI pitch


def song(
    bass: Sequence[Played],
    drums: Sequence[Played],
    signatures: Sequence[tuple[int, int, int]] = ((0, 4, 4),),
) -> bytes:
    """Return a type-1 file; `signatures` are (tick, beats, unit)."""
    held = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    marks: list[Event] = [
        (at, False, mido.MetaMessage("time_signature", numerator=beats, denominator=unit))
        for at, beats, unit in signatures
    ]
    held.tracks.append(track(marks))
    program = mido.Message("program_change", program=BASS_PROGRAM, channel=0)
    held.tracks.append(track([(0, False, program), *notes(bass, 0)]))
    held.tracks.append(track(notes(drums, DRUM_CHANNEL)))
    out = io.BytesIO()
    held.save(file=out)
    return out.getvalue()


def notes(played: Sequence[Played], channel: int) -> list[Event]:
    """Return note-ons and note-offs at their ticks."""
    return [
        event
        for start, length, pitch in played
        for event in (
            (start, True, mido.Message("note_on", note=pitch, velocity=90, channel=channel)),
            (start + length, False, mido.Message("note_off", note=pitch, channel=channel)),
        )
    ]


def track(events: Sequence[Event]) -> mido.MidiTrack:
    """Return a track of events at absolute ticks; note-offs first."""
    made = mido.MidiTrack()
    now = 0
    for at, _, message in sorted(events, key=lambda e: e[:2]):
        made.append(message.copy(time=at - now))
        now = at
    return made


def groove(bars: int, crash_bars: Sequence[int] = ()) -> bytes:
    """Return so many equal bars: kick and a bass C2 on each beat, crashes on some first beats."""
    beats = [bar * BAR + beat * TICKS for bar in range(bars) for beat in range(4)]
    kicks = [(at, STEP, 36) for at in beats]
    crashes = [(bar * BAR, STEP, 49) for bar in crash_bars]
    return song([(at, 2 * STEP, 36) for at in beats], [*kicks, *crashes])
