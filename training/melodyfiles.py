"""MIDI files as tunes: all their notes on one track, from the bar on in which the first begins."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Protocol, cast

import symusic

from loopwright.engine.errors import MidiFileError
from loopwright.engine.notes import Note, Part
from loopwright.engine.time import TICKS_PER_QUARTER
from loopwright.training.alike import Together
from loopwright.training.archives import File, files_of
from loopwright.training.dataset import Split, groups_of, manifest_text, split_of
from loopwright.training.leadfiles import group_of
from loopwright.training.leadset import LIKE
from loopwright.training.midi import READER_ERRORS, first_line
from loopwright.training.songs import STEPS_PER_QUARTER

FEWEST = 8  # notes
BEATS_PER_BAR = 4
SCORE = "midi_score"  # file names of `asap/`
LONGEST = 100_000  # notes; a longer file is a broken one

Raw = tuple[int, int, int, int]
"""Beginning, length, pitch and velocity of a note, in file ticks."""


class RawNote(Protocol):
    """symusic's note."""

    time: int
    duration: int
    pitch: int
    velocity: int


class RawTrack(Protocol):
    """symusic's track."""

    is_drum: bool
    notes: Iterable[RawNote]


class RawTempo(Protocol):
    """symusic's tempo."""

    time: int
    qpm: float


class RawScore(Protocol):
    """symusic's score."""

    ticks_per_quarter: int
    tempos: Iterable[RawTempo]
    tracks: Iterable[RawTrack]


@dataclass(frozen=True, slots=True)
class Tune:
    """A file's notes in order of time, and its tempi (file tick, beats a minute)."""

    name: str
    split: Split
    quarter: int  # file ticks
    raw: tuple[Raw, ...]
    tempi: tuple[tuple[int, float], ...]

    def notes(self, shift: int = 0) -> list[Note]:
        """Return the notes on our ticks, so many semitones higher."""
        scale = TICKS_PER_QUARTER / self.quarter
        return [
            Note(round(t * scale), max(round(n * scale), 1), p + shift, v, Part.MELODY)
            for t, n, p, v in self.raw
        ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tunes of an archive: of some `folders` or all; so many of each split, None for all."""

    most: Mapping[Split, int | None]
    folders: tuple[str, ...] = ()


def tunes_of(archive: Path, wanted: Wanted) -> Iterator[Tune | str]:
    """Yield tunes of an archive or a folder of MIDI, and why files are left out.

    They come in an order that mixes folders, the same on every machine. Scores that performances
    were played from are left out.
    """
    left = dict(wanted.most)
    files = sorted(files_of(archive), key=lambda file: hashlib.sha1(file.name.encode()).digest())
    groups = groups_of(archive) or pieces_of(archive) or songs_of(files)
    for file in files:
        path = PurePosixPath(file.name)
        split = split_of(groups.get(file.name, file.name))
        inside = not wanted.folders or file.name.startswith(wanted.folders)
        if not inside or left.get(split, 0) == 0 or path.stem == SCORE:
            continue
        try:
            yield tune_of(file, split)
        except MidiFileError as reason:
            yield f"{file.name}: {reason}"
            continue
        count = left[split]
        left[split] = None if count is None else count - 1


def pieces_of(archive: Path) -> dict[str, str]:
    """Return the piece that each performance is of, where a manifest tells of composers."""
    rows = csv.DictReader(io.StringIO(manifest_text(archive) or ""))
    told = [row for row in rows if all(map(row.get, ("path", "composer", "title")))]
    return {row["path"]: f"{row['composer']}/{row['title']}" for row in told}


def songs_of(files: Sequence[File]) -> dict[str, str]:
    """Return the song of each file: one where names say so, or they begin alike in any key."""
    together = Together()
    named = {file.name: group_of(PurePosixPath(file.name)) for file in files}
    for file in files:
        if shape := beginning(file):
            together.join(named[file.name], repr(shape).encode())
    return {name: together.first(group) for name, group in named.items()}


def beginning(file: File) -> list[tuple[int, int]]:
    """Return the sixteenths and semitones between a file's first notes; none where it has none."""
    try:
        tune = tune_of(file, Split.TRAIN)
    except MidiFileError:
        return []
    step = tune.quarter / STEPS_PER_QUARTER
    pairs = pairwise(tune.raw[: LIKE + 1])
    return [(round((b[0] - a[0]) / step), b[2] - a[2]) for a, b in pairs]


def tune_of(file: File, split: Split) -> Tune:
    """Return the tune of a file. Raises MidiFileError."""
    score = read(file)
    notes = sorted(
        (n.time, n.duration, n.pitch, n.velocity)
        for track in score.tracks
        if not track.is_drum
        for n in track.notes
        if n.duration > 0
    )
    if not FEWEST <= len(notes) <= LONGEST:
        raise MidiFileError(f"{len(notes)} notes")
    bar = BEATS_PER_BAR * score.ticks_per_quarter
    first = notes[0][0] // bar * bar
    raw = tuple((time - first, length, p, v) for time, length, p, v in notes)
    tempi = tuple((max(t.time - first, 0), t.qpm) for t in score.tempos)
    return Tune(file.name, split, score.ticks_per_quarter, raw, tempi)


def read(file: File) -> RawScore:
    """Return symusic's score of a file. Raises MidiFileError."""
    if file.trouble is not None:
        raise MidiFileError(file.trouble)
    try:
        score = cast(RawScore, symusic.Score.from_midi(file.content))
    except READER_ERRORS as trouble:
        raise MidiFileError(f"unreadable MIDI: {first_line(trouble)}") from trouble
    if score.ticks_per_quarter <= 0:
        raise MidiFileError("no ticks per quarter note (SMPTE time)")
    return score
