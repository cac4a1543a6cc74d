"""Folders of little songs, all of them different, as a musician might have them."""

import random
from pathlib import Path

from small_song import BAR, STEP, song
from small_tunes import small_tune

PERIOD, BARS = 4, 12  # bars that repeat, and bars in all: four different loops


def bass_and_drums(seed: int) -> bytes:
    """Return a song whose every bar has a kick and a bass note on its first step."""
    chance = random.Random(seed)
    bars = [sorted({0, *chance.sample(range(16), 5)}) for _ in range(PERIOD)]
    pitches = [28 + chance.randrange(24) for _ in range(PERIOD)]
    starts = [(bar, bar * BAR + step * STEP) for bar in range(BARS) for step in bars[bar % PERIOD]]
    bass = [(at, STEP, pitches[bar % PERIOD]) for bar, at in starts]
    drums = [(at, STEP, 36 if at % BAR == 0 else chance.choice([36, 38, 42])) for _, at in starts]
    return song(bass, repeated(drums))


def repeated(drums: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the drums of the first bars, over and over."""
    first = [hit for hit in drums if hit[0] < PERIOD * BAR]
    return [
        (at + turn * PERIOD * BAR, length, pitch)
        for turn in range(BARS // PERIOD)
        for at, length, pitch in first
    ]


def fill(folder: Path, songs: int) -> Path:
    """Write so many songs into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(songs):
        (folder / f"song {seed}.mid").write_bytes(bass_and_drums(seed))
    return folder


def fill_with_tunes(folder: Path, tunes: int) -> Path:
    """Write so many melodies into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(tunes):
        (folder / f"tune {seed}.mid").write_bytes(small_tune(seed, notes=120))
    return folder
