"""MIDI files of messages at absolute ticks."""

from io import BytesIO

from mido import Message, MetaMessage, MidiFile, MidiTrack

Timed = tuple[int, Message | MetaMessage]  # absolute ticks of the file


def file_of(*tracks: list[Timed], ticks_per_beat: int = 96) -> bytes:
    file = MidiFile(type=1, ticks_per_beat=ticks_per_beat)
    for events in tracks:
        now, track = 0, MidiTrack()
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def on(tick: int, length: int, pitch: int, channel: int = 0) -> list[Timed]:
    return [
        (tick, Message("note_on", channel=channel, note=pitch, velocity=70)),
        (tick + length, Message("note_off", channel=channel, note=pitch)),
    ]
