"""The MIDI file of a jam without a MIDI system."""

from collections.abc import Iterator
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Part
from loopwright.engine.time import TICKS_PER_QUARTER, period_of
from loopwright.live.tape import Sent

FINER = 20  # of the file's ticks in one of ours


class Recorder:
    """What was sent so far, for the file. The app's main thread."""

    def __init__(self, bpm: float) -> None:
        """Record at a steady tempo of `bpm` quarter notes a minute."""
        self._bpm = bpm
        self._sent: list[Sent] = []

    def take(self, sent: Sent) -> None:
        """Add a message."""
        self._sent.append(sent)

    def save(self, path: Path) -> None:
        """Write a type-1 MIDI file with a track a part, from the first message on.

        Raises MidiFileError where the file cannot be written.
        """
        file = MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER * FINER)
        tempo = MetaMessage("set_tempo", tempo=round(60_000_000 / self._bpm))
        meter = MetaMessage("time_signature", numerator=4, denominator=4)
        file.tracks.append(MidiTrack([tempo, meter]))
        for part in dict.fromkeys(sent.part for sent in self._sent):
            track = MidiTrack([MetaMessage("track_name", name=part.capitalize())])
            before = 0
            for tick, data in self._placed(part):
                track.append(Message.from_bytes(data, time=tick - before))
                before = tick
            file.tracks.append(track)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file.save(path)
        except OSError as error:
            raise MidiFileError(f"{path} cannot be written: {error.strerror}") from None

    def _placed(self, part: Part) -> Iterator[tuple[int, bytes]]:
        """Yield the messages of a part with their places, in 1/20 of a tick from the first."""
        first, period = self._sent[0].at, period_of(self._bpm)
        for sent in self._sent:
            if sent.part is part:
                yield max(round((sent.at - first) / period * FINER), 0), sent.data
