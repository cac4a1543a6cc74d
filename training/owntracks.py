"""The melody of a file of several tracks.

That is what is called melody, lead, vocal, voice, solo or singer; else the one track that there is
besides drums and bass; else the highest of those that play one note at a time.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from loopwright.engine.errors import MidiFileError
from loopwright.engine.pianotokens import PianoNote
from loopwright.training.archives import File
from loopwright.training.leadfiles import SHARE, Lead, on_grid, sane
from loopwright.training.midi import Score, Track, read_score
from loopwright.training.songs import Meter, collect, four_four

SINGS = ("melody", "lead", "vocal", "voice", "solo", "sing")
BASS = range(32, 40)  # programs, counted from 0
ONE_VOICE = 0.9  # of a track's notes begin after the one before has ended
MOST_NOTES = 20_000


def tune_of(file: File, style: str, group: str) -> Lead:
    """Return the melody of a MIDI file. Raises MidiFileError."""
    if file.trouble is not None:
        raise MidiFileError(file.trouble)
    score = read_score(file.content)
    if score.signatures:
        four_four(score, Meter.DECLARED)
    sung = replace(score, tracks=tuple(singing(score)))
    if on_grid(sung) < SHARE:
        raise MidiFileError("off the grid")
    found = collect(sung, sung.tracks)
    notes = zip(found.start.tolist(), found.pitch.tolist(), found.end.tolist(), strict=True)
    voice = [PianoNote(step, pitch, end - step) for step, pitch, end in sorted(notes)]
    return sane(Lead(file.name, style, group, tuple(voice)))


def singing(score: Score) -> Iterator[Track]:
    """Yield the tracks of the melody. Raises MidiFileError where none is to be told."""
    pitched = [t for t in score.tracks if not t.is_drum and 0 < len(t.time) <= MOST_NOTES]
    named = [t for t in pitched if any(word in t.name.lower() for word in SINGS)]
    if named:
        yield from named
        return
    others = [t for t in pitched if t.program not in BASS and "bass" not in t.name.lower()]
    voices = others if len(others) == 1 else [t for t in others if one_voice(t)]
    if not voices:
        raise MidiFileError("no melody")
    yield max(voices, key=lambda track: float(track.pitch.mean()))


def one_voice(track: Track) -> bool:
    """Tell whether a track plays one note at a time."""
    order = np.argsort(track.time, kind="stable")
    begins, ends = track.time[order], (track.time + track.duration)[order]
    apart = begins[1:] >= ends[:-1]
    return len(begins) > 1 and float(apart.mean()) >= ONE_VOICE
