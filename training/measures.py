"""How loop-like, how varied and how new loops are (loop paper, "Musical Metrics"). numpy only.

n loops; a roll is 128 steps x 93 columns of 0 and 1; codes are t numbers a loop. Codes are a
model's own: across models, loops are told apart by their notes alone, the bass in whatever key.
"""

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.roll import BASS_PITCHES, COLUMNS, DRUMS, Drum
from loopwright.engine.time import BARS_PER_LOOP, STEPS_PER_BAR

Rolls = NDArray[np.uint8]
Codes = NDArray[np.int64]
Rows = NDArray[np.generic]
REPEAT_BAR = 4  # bar 5 is compared with bar 1


@dataclass(frozen=True, slots=True)
class Measures:
    """The paper's eight metrics, kick and crash told apart; None where there is nothing to tell."""

    loops: int
    ham_dist: float  # HD: mean Hamming distance of bars 1 and 5, a share of their 1488 cells
    first_drums: float  # FND: share of loops with kick and crash on the first step
    first_kick: float
    first_crash: float
    first_bass: float  # FNB: share of loops with a bass note on the first step
    double_bass: float  # DB: share of steps with more than one bass note
    unique: float | None  # US: distinct loops, by their codes, as a share of all
    overlap: float | None  # OS: share of loops whose codes are those of a training loop
    pitches: float  # UP: columns used in a bar, drums and bass, on average
    density: float  # ND: share of the steps on which anything sounds
    sounding: tuple[float, ...] = ()  # share of the steps on which each drum, then the bass, does
    unique_notes: float | None = None  # US by notes, up to the bass's transposition
    overlap_notes: float | None = None  # OS by notes, up to the bass's transposition


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The training loops that others are held against: their codes (m, t), and their notes."""

    codes: Codes | None
    notes: frozenset[bytes]


def known(rolls: Rolls, codes: Codes | None = None) -> Known:
    """Return training loops, rolls (m, 128, 93), as what others are held against."""
    return Known(codes, frozenset(distinct(in_one_key(rolls))))


def measure(rolls: Rolls, codes: Codes | None = None, before: Known | None = None) -> Measures:
    """Measure loops: rolls (n, 128, 93) with their codes (n, t), beside training's."""
    notes = in_one_key(rolls)
    old = None if before is None else before.codes
    first = rolls[:, 0]
    kick, crash = first[:, Drum.KICK] > 0, first[:, Drum.CRASH] > 0
    return Measures(
        loops=len(rolls),
        ham_dist=bar_distance(rolls),
        first_drums=share(kick & crash),
        first_kick=share(kick),
        first_crash=share(crash),
        first_bass=share(first[:, DRUMS:].any(1)),
        double_bass=share(rolls[..., DRUMS:].sum(2, dtype=np.int64) > 1),
        unique=None if codes is None else len(distinct(codes)) / len(codes),
        overlap=None if codes is None or old is None else overlap(codes, distinct(old)),
        pitches=used_pitches(rolls),
        density=share(rolls.any(2)),
        sounding=sounding(rolls),
        unique_notes=len(distinct(notes)) / len(notes),
        overlap_notes=None if before is None else overlap(notes, before.notes),
    )


def reconstruction_error(rolls: Rolls, again: Rolls) -> float:
    """Return the mean Hamming distance of rolls (n, 128, 93) and their reconstructions."""
    return share(rolls != again)


def bar_distance(rolls: Rolls) -> float:
    """Return the mean Hamming distance of bars 1 and 5 of rolls (n, 128, 93)."""
    return float(bar_distances(rolls).mean())


def bar_distances(rolls: Rolls) -> NDArray[np.float64]:
    """Return the Hamming distance (n) of bars 1 and 5 of each of rolls (n, 128, 93)."""
    bars = in_bars(rolls)
    return (bars[:, 0] != bars[:, REPEAT_BAR]).mean((1, 2))


def used_pitches(rolls: Rolls) -> float:
    """Return how many columns a bar uses on average."""
    return float(in_bars(rolls).any(2).sum(2).mean())


def sounding(rolls: Rolls) -> tuple[float, ...]:
    """Return the share of the steps on which each of the nine drums, then the bass, sounds."""
    drums = rolls[..., :DRUMS].mean((0, 1)).tolist()
    return (*drums, share(rolls[..., DRUMS:].any(2)))


def in_bars(rolls: Rolls) -> Rolls:
    """Return rolls (n, 128, 93) as (n, 8, 16, 93)."""
    return rolls.reshape(len(rolls), BARS_PER_LOOP, STEPS_PER_BAR, COLUMNS)


def in_one_key(rolls: Rolls) -> Rolls:
    """Return rolls (n, 128, 93) packed, (n, 1488), the bass moved down until its lowest note is 24.

    Loops that are each other's transposition become the same.
    """
    bass = rolls[..., DRUMS:]
    lowest = bass.any(1).argmax(1)
    columns = np.arange(BASS_PITCHES) + lowest[:, None]
    inside = columns < BASS_PITCHES
    at = np.minimum(columns, BASS_PITCHES - 1)[:, None]
    moved = np.take_along_axis(bass, at, 2) * inside[:, None]
    return np.packbits(np.concatenate([rolls[..., :DRUMS], moved], 2).reshape(len(rolls), -1), 1)


def distinct(rows: Rows) -> set[bytes]:
    """Return the loops that differ from each other, by their rows (n, ...)."""
    return {row.tobytes() for row in np.ascontiguousarray(rows)}


def overlap(rows: Rows, before: Set[bytes]) -> float:
    """Return the share of rows (n, ...) that are also among `before`."""
    return sum(row.tobytes() in before for row in np.ascontiguousarray(rows)) / len(rows)


def share(truth: object) -> float:
    """Return the share of an array's values that are true."""
    return float(np.asarray(truth, np.bool_).mean())
