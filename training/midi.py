"""MIDI files read in bulk by symusic, as plain arrays: the one place that touches it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import symusic
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError

Numbers = NDArray[np.int64]
READER_ERRORS = (RuntimeError, ValueError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class Signature:
    """A time signature, and the file tick at which it begins."""

    time: int
    beats: int
    unit: int


@dataclass(frozen=True, slots=True)
class Track:
    """The notes of one track on one program; times in file ticks, each array (n,)."""

    program: int
    is_drum: bool
    time: Numbers
    duration: Numbers
    pitch: Numbers
    name: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What one MIDI file holds."""

    ticks_per_quarter: int
    signatures: tuple[Signature, ...]
    tracks: tuple[Track, ...]


class RawNotes(Protocol):
    """symusic's notes of a track."""

    def numpy(self) -> Mapping[str, NDArray[np.integer]]:
        """Return the notes' fields as arrays."""
        ...


class RawTrack(Protocol):
    """symusic's track."""

    name: str
    program: int
    is_drum: bool
    notes: RawNotes


class RawSignature(Protocol):
    """symusic's time signature."""

    time: int
    numerator: int
    denominator: int


class RawScore(Protocol):
    """symusic's score."""

    ticks_per_quarter: int
    time_signatures: Iterable[RawSignature]
    tracks: Iterable[RawTrack]


class Reader(Protocol):
    """symusic's way to read a file's bytes."""

    def from_midi(self, content: bytes) -> RawScore:
        """Return the score in these bytes."""
        ...


READER = cast(Reader, symusic.Score)


def read_score(content: bytes) -> Score:
    """Return what a MIDI file's bytes hold; MidiFileError says why it is nothing."""
    if content[:4] != b"MThd":
        raise MidiFileError("not a MIDI file (no MThd)")
    try:
        raw = READER.from_midi(content)
        tracks = tuple(track_of(track) for track in raw.tracks)
    except READER_ERRORS as trouble:
        raise MidiFileError(f"unreadable MIDI: {first_line(trouble)}") from trouble
    marks = tuple(Signature(s.time, s.numerator, s.denominator) for s in raw.time_signatures)
    if raw.ticks_per_quarter <= 0:
        raise MidiFileError("no ticks per quarter note (SMPTE time)")
    return Score(raw.ticks_per_quarter, marks, tracks)


def track_of(track: RawTrack) -> Track:
    """Return symusic's track as ours."""
    notes = track.notes.numpy()
    time, duration, pitch = (notes[n].astype(np.int64) for n in ("time", "duration", "pitch"))
    return Track(track.program, track.is_drum, time, duration, pitch, track.name)


def first_line(trouble: Exception) -> str:
    """Return the first line of what an exception says, or its kind when it says nothing."""
    return (str(trouble).splitlines() or [type(trouble).__name__])[0]
