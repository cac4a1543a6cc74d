"""Tunes as MIDI files: made by chance from a scale, with rests, held notes and a few chords."""

import io
import random
from pathlib import Path

import mido

QUARTER = 480
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10))


def small_tune(
    seed: int, notes: int = 40, chords: float = 0.0, tempo: float = 120.0, shift: int = 0
) -> bytes:
    """Return a MIDI file of one track on a grid of sixteenths, so many semitones higher."""
    chance = random.Random(seed)
    step, events = chance.choice([0, 4, 40]), list[tuple[int, int, int]]()
    for _ in range(notes):
        length = chance.choice([1, 2, 2, 4, 6, 16])
        root, velocity = chance.choice(SCALE) + shift, chance.randint(30, 120)
        above = chance.choice(CHORDS) if chance.random() < chords else (0,)
        for more in above:
            events += [(step, velocity, root + more), (step + length, 0, root + more)]
        step += length + chance.choice([0, 0, 0, 0, 2, 5, 20])
    return as_midi(events, tempo)


def as_midi(events: list[tuple[int, int, int]], tempo: float) -> bytes:
    """Return (step, velocity, pitch) as a file; a velocity of 0 is an end."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))])
    before = 0
    for step, velocity, pitch in sorted(events):
        kind = "note_on" if velocity else "note_off"
        wait = (step - before) * QUARTER // 4
        track.append(mido.Message(kind, note=pitch, velocity=velocity, time=wait))
        before = step
    file = mido.MidiFile(ticks_per_beat=QUARTER)
    file.tracks.append(track)
    held = io.BytesIO()
    file.save(file=held)
    return held.getvalue()


def tunes_in(folder: Path, count: int, chords: float = 0.0) -> Path:
    """Write tunes into a folder; the names make some of them validation's and test's."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        (folder / f"tune{n}.mid").write_bytes(small_tune(n, chords=chords))
    return folder
