"""The MIDI file of a jam without a MIDI system."""

from collections.abc import Iterable
from math import ceil
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Part
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, Timeline
from loopwright.live.tape import Sent

FINER = 20  # of the file's ticks in one of ours


def write(told: Iterable[Sent | Timeline], path: Path) -> None:
    """Write what a player told, in order, as a type-1 MIDI file. Raises MidiFileError."""
    recorder = Recorder()
    for value in told:
        if isinstance(value, Sent):
            recorder.take(value)
        else:
            recorder.lead(value)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        recorder.file().save(path)
    except OSError as error:
        raise MidiFileError(f"{path} cannot be written: {error.strerror}") from None


class Recorder:
    """What was sent so far, by its place in ticks. One thread; never waits."""

    def __init__(self) -> None:
        self._placed: list[tuple[float, Sent]] = []
        self._tempos: list[tuple[float, float]] = []  # place in ticks, period in seconds
        self._line: Timeline | None = None
        self._shift = 0.0

    def lead(self, line: Timeline) -> None:
        """Take a new line of our own clock: a start, from the next bar on, or a new tempo."""
        if line.tick == 0 and self._placed:
            end = max(place for place, _ in self._placed)
            self._shift = ceil(end / TICKS_PER_BAR) * TICKS_PER_BAR
        self._line = line
        self._tempos.append((line.tick + self._shift, line.period))

    def take(self, sent: Sent) -> None:
        """Add a message; what comes before our own clock is dropped."""
        if self._line is not None:
            self._placed.append((self._line.place_of(sent.at) + self._shift, sent))

    def file(self) -> MidiFile:
        """Return the MIDI file, with a track a part."""
        file = MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER * FINER)
        file.tracks.append(self._tempo_track())
        for part in dict.fromkeys(sent.part for _, sent in self._placed):
            file.tracks.append(self._part_track(part))
        return file

    def _tempo_track(self) -> MidiTrack:
        track = MidiTrack([MetaMessage("time_signature", numerator=4, denominator=4)])
        before = 0
        for place, period in self._tempos:
            tick = finer(place)
            microseconds = round(period * TICKS_PER_QUARTER * 1e6)
            track.append(MetaMessage("set_tempo", tempo=microseconds, time=tick - before))
            before = tick
        return track

    def _part_track(self, part: Part) -> MidiTrack:
        track = MidiTrack([MetaMessage("track_name", name=part.capitalize())])
        before = 0
        for place, sent in self._placed:
            if sent.part is part:
                tick = max(finer(place), before)
                track.append(Message.from_bytes(sent.data, time=tick - before))
                before = tick
        return track


def finer(place: float) -> int:
    """Return a place in ticks as a place in the file."""
    return max(round(place * FINER), 0)
