"""The MIDI file of a jam without a MIDI system."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack

from loopwright.engine.errors import MidiFileError
from loopwright.engine.happen import Send
from loopwright.engine.notes import Part
from loopwright.engine.time import TICKS_PER_BAR, TICKS_PER_QUARTER, Timeline
from loopwright.live.tape import Sent

FINE = 20  # of the file's ticks in one of ours


@dataclass(frozen=True, slots=True)
class Recording:
    """Messages and tempos (seconds a tick) by their places in ticks, each in order."""

    placed: Sequence[tuple[float, Sent | Send]]
    tempos: Sequence[tuple[float, float]]


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
        file_of(recorder.recorded).save(path)
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

    @property
    def recorded(self) -> Recording:
        """Return what was recorded so far."""
        return Recording(self._placed, self._tempos)


def file_of(recording: Recording, fine: int = FINE) -> MidiFile:
    """Return the MIDI file of a recording, with a track a part, `fine` of its ticks to ours."""
    file = MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER * fine)
    file.tracks.append(tempo_track(recording, fine))
    for part in dict.fromkeys(sent.part for _, sent in recording.placed):
        file.tracks.append(part_track(recording, part, fine))
    return file


def tempo_track(recording: Recording, fine: int) -> MidiTrack:
    """Return the track of tempos, in 4/4."""
    meter = MetaMessage("time_signature", numerator=4, denominator=4)
    return MidiTrack([meter, *tempo_messages(recording.tempos, fine)])


def tempo_messages(tempos: Iterable[tuple[float, float]], fine: int) -> Iterator[MetaMessage]:
    """Yield tempos (seconds a tick) by their places in ticks, each as long after the one before."""
    before = 0
    for place, period in tempos:
        tick = in_file(place, fine)
        microseconds = round(period * TICKS_PER_QUARTER * 1e6)
        yield MetaMessage("set_tempo", tempo=microseconds, time=tick - before)
        before = tick


def part_track(recording: Recording, part: Part, fine: int) -> MidiTrack:
    """Return the track of a part; what is no message of a channel has no place in a file."""
    track = MidiTrack([MetaMessage("track_name", name=part.capitalize())])
    before = 0
    for place, sent in recording.placed:
        if sent.part is part and sent.data[0] < 0xF0:
            tick = max(in_file(place, fine), before)
            track.append(Message.from_bytes(sent.data, time=tick - before))
            before = tick
    return track


def in_file(place: float, fine: int) -> int:
    """Return a place in ticks as a place in the file."""
    return max(round(place * fine), 0)
