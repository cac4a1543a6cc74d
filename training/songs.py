"""One MIDI file to the bass and drum rolls of its 4/4 stretches (loop paper, "Data preprocess").

Onsets are rounded to the nearest sixteenth. Several bass or drum tracks are merged. symusic reads,
because it is some hundred times faster than pretty_midi on a whole archive.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError
from loopwright.engine.roll import BASS_HIGH, BASS_LOW, BASS_PITCHES, COLUMNS, DRUM_IN, DRUMS
from loopwright.engine.time import STEPS_PER_BAR
from loopwright.training.midi import Score, Track, read_score

Bits = NDArray[np.bool_]
Times = NDArray[np.int64]

STEPS_PER_QUARTER = 4
LONGEST_SONG = 4000 * STEPS_PER_BAR  # steps; a longer file is a broken one
NO_DRUM = 255


class Meter(Enum):
    """Which music counts as 4/4."""

    DECLARED = "declared"  # files whose every time signature is 4/4
    WIDE = "wide"  # these, files with no time signature, and the 4/4 stretches of mixed files


@dataclass(frozen=True, slots=True)
class Reading:
    """How notes become rolls; the defaults are the paper's rules."""

    meter: Meter = Meter.DECLARED
    bass_programs: tuple[int, int] = (32, 39)
    lowest_only: bool = True
    sustain: bool = True


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes of one part: onset and end in steps, and pitch. Each (n,)."""

    start: Times
    end: Times
    pitch: Times


def drum_table() -> NDArray[np.uint8]:
    """Return the drum column of each of the 128 MIDI notes; NO_DRUM where it is dropped."""
    table = np.full(128, NO_DRUM, np.uint8)
    for note, drum in DRUM_IN.items():
        table[note] = drum
    return table


def read_rolls(content: bytes, reading: Reading) -> list[Bits]:
    """Return a roll (steps, 93), in whole bars, for each 4/4 stretch of a MIDI file.

    Raises MidiFileError with the reason, when the file is no music of that kind.
    """
    score = read_score(content)
    stretches = four_four(score, reading.meter)
    bass, drums = bass_notes(score, reading), drum_notes(score)
    song = song_roll(bass, drums, reading)
    return [song[first:last] for first, last in cut_bars(stretches, len(song))]


def four_four(score: Score, meter: Meter) -> list[tuple[int, int | None]]:
    """Return (first, last) step of each stretch in 4/4; last None is the end of the song.

    Raises MidiFileError where there is none, or, by `Meter.DECLARED`, not all is declared to be.
    """
    step = score.ticks_per_quarter / STEPS_PER_QUARTER
    marks = [(s.time, (s.beats, s.unit) == (4, 4)) for s in score.signatures]
    if marks and all(good for _, good in marks):
        return [(0, None)]
    if meter is Meter.DECLARED:
        raise MidiFileError("not 4/4" if marks else "no time signature")
    if not marks:
        return [(0, None)]
    ends = [round(at / step) for at, _ in marks[1:]] + [None]
    starts = [round(at / step) for at, _ in marks]
    found = [(a, b) for a, b, (_, good) in zip(starts, ends, marks, strict=True) if good]
    if not found:
        raise MidiFileError("not 4/4")
    return joined(found)


def joined(stretches: list[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    """Return the stretches, with those that follow each other on a bar line made one."""
    result = stretches[:1]
    for first, last in stretches[1:]:
        start, end = result[-1]
        if end == first and (first - start) % STEPS_PER_BAR == 0:
            result[-1] = (start, last)
        else:
            result.append((first, last))
    return result


def cut_bars(stretches: list[tuple[int, int | None]], steps: int) -> Iterable[tuple[int, int]]:
    """Yield (first, last) step of each stretch, cut to the song and to whole bars."""
    for first, last in stretches:
        bars = (min(steps, steps if last is None else last) - first) // STEPS_PER_BAR
        if bars > 0:
            yield first, first + bars * STEPS_PER_BAR


def collect(score: Score, tracks: Iterable[Track]) -> Notes:
    """Return the notes of some tracks, rounded to steps; no note is shorter than a step."""
    step = score.ticks_per_quarter / STEPS_PER_QUARTER
    found = list(tracks)
    time = joined_arrays([t.time for t in found])
    length = joined_arrays([t.duration for t in found])
    start = np.floor(time / step + 0.5).astype(np.int64)
    end = np.floor((time + length) / step + 0.5).astype(np.int64)
    return Notes(start, np.maximum(end, start + 1), joined_arrays([t.pitch for t in found]))


def joined_arrays(arrays: list[Times]) -> Times:
    """Return arrays one after the other."""
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def chosen(notes: Notes, keep: Bits) -> Notes:
    """Return the notes where `keep` (n,) is true."""
    return Notes(notes.start[keep], notes.end[keep], notes.pitch[keep])


def bass_notes(score: Score, reading: Reading) -> Notes:
    """Return the notes of the bass programs that lie within the roll's range."""
    low, high = reading.bass_programs
    tracks = (t for t in score.tracks if not t.is_drum and low <= t.program <= high)
    notes = collect(score, tracks)
    return chosen(
        notes, (notes.pitch >= BASS_LOW) & (notes.pitch <= BASS_HIGH) & (notes.start >= 0)
    )


def drum_notes(score: Score) -> Notes:
    """Return the drum notes, with their column of the roll, or NO_DRUM, as their pitch."""
    notes = collect(score, (t for t in score.tracks if t.is_drum))
    column = drum_table()[notes.pitch & 127].astype(np.int64)
    return chosen(Notes(notes.start, notes.end, column), notes.start >= 0)


def song_roll(bass: Notes, drums: Notes, reading: Reading) -> Bits:
    """Return the roll (steps, 93) of a whole song, its last bar filled up with rest.

    Raises MidiFileError for one without bass or drums.
    """
    if not len(bass.pitch):
        raise MidiFileError("no bass")
    if not len(drums.pitch):
        raise MidiFileError("no drums")
    heard = chosen(drums, drums.pitch != NO_DRUM)
    last = int(max(bass.end.max(), heard.start.max(initial=-1) + 1))
    if last > LONGEST_SONG:
        raise MidiFileError(f"longer than {LONGEST_SONG // STEPS_PER_BAR} bars")
    steps = -(-last // STEPS_PER_BAR) * STEPS_PER_BAR
    roll = np.zeros((steps, COLUMNS), np.bool_)
    roll[heard.start, heard.pitch] = True
    roll[:, DRUMS:] = bass_roll(bass, steps, reading)
    return roll


def bass_roll(bass: Notes, steps: int, reading: Reading) -> Bits:
    """Return the roll (steps, 84) of the bass: sustained, the lowest pitch only, if so asked."""
    end = bass.end if reading.sustain else bass.start + 1
    change = np.zeros((steps + 1, BASS_PITCHES), np.int32)
    np.add.at(change, (bass.start, bass.pitch - BASS_LOW), 1)
    np.add.at(change, (end, bass.pitch - BASS_LOW), -1)
    sounding = change.cumsum(0)[:steps] > 0
    if reading.lowest_only:
        sounding &= sounding.cumsum(1) == 1
    return sounding
