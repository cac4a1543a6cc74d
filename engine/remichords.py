"""Which notes that begin together are a chord of a known quality, as MidiTok hears it.

Times are units of an eighth of a beat.
"""

from collections.abc import Iterator, Sequence

from loopwright.engine.remitokens import UNITS_PER_BEAT

TOGETHER = 1  # units between the beginnings of notes of one chord
HALF_BEAT = UNITS_PER_BEAT // 2
MOST_LOOKED_AT = 10
FEWEST, MOST = 3, 5  # notes
WIDEST = 24  # semitones

QUALITIES: dict[tuple[int, ...], str] = {
    (0, 3, 7): "min",
    (0, 4, 7): "maj",
    (0, 3, 6): "dim",
    (0, 4, 8): "aug",
    (0, 2, 7): "sus2",
    (0, 5, 7): "sus4",
    (0, 4, 7, 10): "7dom",
    (0, 3, 7, 10): "7min",
    (0, 4, 7, 11): "7maj",
    (0, 3, 6, 10): "7halfdim",
    (0, 3, 6, 9): "7dim",
    (0, 4, 8, 11): "7aug",
    (0, 4, 7, 10, 14): "9maj",
    (0, 4, 7, 10, 13): "9min",
}
"""By the semitones above the first note: no inversions."""

Heard = tuple[int, int, int]
"""Beginning, end and pitch of a note."""


def chords(notes: Sequence[Heard]) -> Iterator[tuple[int, str]]:
    """Yield (time, quality) of each chord among notes in order of time."""
    place, before = 0, -1
    while place < len(notes):
        onset, end, _ = notes[place]
        if onset == before:
            place += 1
            continue
        near = [n for n in notes[place : place + MOST_LOOKED_AT] if n[0] <= onset + TOGETHER]
        place += len(near)
        if any(abs(n[1] - end) > HALF_BEAT for n in near):
            continue  # of lengths that differ too much
        if end - onset <= HALF_BEAT:
            kept = [n for n in near if n[0] == onset]
            place -= len(near) - len(kept)
            near = kept
        before = near[-1][0]
        quality = quality_of([n[2] for n in near])
        if quality is not None:
            yield onset, quality


def quality_of(pitches: Sequence[int]) -> str | None:
    """Return the quality of the chord that pitches are, in their order; None for no known one."""
    above = tuple(pitch - pitches[0] for pitch in pitches)
    fits = FEWEST <= len(above) <= MOST and above[-1] <= WIDEST
    return QUALITIES.get(above) if fits else None
