"""How loop-like, how varied and how new loops are (loop paper, "Musical Metrics"). numpy only.

n loops; a roll is 128 steps x 93 columns of 0 and 1; codes are t numbers a loop.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.roll import COLUMNS, DRUMS, Drum
from loopwright.engine.time import BARS_PER_LOOP, STEPS_PER_BAR

Rolls = NDArray[np.uint8]
Codes = NDArray[np.int64]
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
    unique: float  # US: distinct loops, by their codes, as a share of all
    overlap: float | None  # OS: share of loops whose codes are those of a training loop
    pitches: float  # UP: columns used in a bar, drums and bass, on average
    density: float  # ND: share of the steps on which anything sounds
    sounding: tuple[float, ...] = ()  # share of the steps on which each drum, then the bass, does


def measure(rolls: Rolls, codes: Codes, known: Codes | None = None) -> Measures:
    """Measure loops: rolls (n, 128, 93) with their codes (n, t); `known` (m, t) is training's."""
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
        unique=len(distinct(codes)) / len(codes),
        overlap=None if known is None else overlap(codes, known),
        pitches=used_pitches(rolls),
        density=share(rolls.any(2)),
        sounding=sounding(rolls),
    )


def reconstruction_error(rolls: Rolls, again: Rolls) -> float:
    """Return the mean Hamming distance of rolls (n, 128, 93) and their reconstructions."""
    return share(rolls != again)


def bar_distance(rolls: Rolls) -> float:
    """Return the mean Hamming distance of bars 1 and 5 of rolls (n, 128, 93)."""
    bars = in_bars(rolls)
    return share(bars[:, 0] != bars[:, REPEAT_BAR])


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


def distinct(codes: Codes) -> set[bytes]:
    """Return the loops that differ from each other, by their codes (n, t)."""
    return {row.tobytes() for row in np.ascontiguousarray(codes)}


def overlap(codes: Codes, known: Codes) -> float:
    """Return the share of codes (n, t) that are also among `known` (m, t)."""
    before = distinct(known)
    return sum(row.tobytes() in before for row in np.ascontiguousarray(codes)) / len(codes)


def share(truth: object) -> float:
    """Return the share of an array's values that are true."""
    return float(np.asarray(truth, np.bool_).mean())
