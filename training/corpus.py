"""Eight-bar loops out of songs, by the loop paper's rules, each of them an option.

A window of eight bars is a loop when bars 1 and 5 hardly differ and its first step has a bass
note, a kick and a crash ("Data preprocess"). The chain of counts says what each rule cost.
"""

import hashlib
from dataclasses import dataclass, field, fields
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError
from loopwright.engine.roll import COLUMNS, DRUMS, Drum
from loopwright.engine.time import BARS_PER_LOOP, STEPS_PER_BAR, STEPS_PER_LOOP
from loopwright.training.archives import File
from loopwright.training.songs import Bits, Reading, read_rolls

REPEAT_BARS = 4  # bar 5 is compared with bar 1
PACKED_BYTES = STEPS_PER_LOOP * COLUMNS // 8

Packed = NDArray[np.uint8]


class FirstDrums(Enum):
    """Which drums a loop must have on its first step."""

    BOTH = "both"
    KICK = "kick"
    EITHER = "either"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a window of eight bars a loop; the defaults are the paper's."""

    reading: Reading = field(default_factory=Reading)
    repeat_below: float = 0.0015  # mean Hamming distance of bars 1 and 5
    first_bass: bool = True
    first_drums: FirstDrums = FirstDrums.BOTH
    stride: int = 8  # bars
    jump: bool = False  # go on after a loop's end, not one stride after its beginning


@dataclass(frozen=True, slots=True)
class Chain:
    """How many windows pass each rule, one after the other."""

    windows: int = 0
    repeat: int = 0
    bass: int = 0
    kick: int = 0
    crash: int = 0
    loops: int = 0  # what the chosen rules keep

    def __add__(self, other: "Chain") -> "Chain":
        return Chain(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class SongLoops:
    """The loops of one file, as packed bits (n, 1488), or the reason why it was skipped."""

    name: str
    sha256: str
    loops: Packed
    chain: Chain = field(default_factory=Chain)
    skipped: str | None = None


def extract(file: File, rules: Rules) -> SongLoops:
    """Return the loops of one file; a file that cannot be used is skipped, with the reason."""
    sha256 = hashlib.sha256(file.content).hexdigest()
    if file.trouble is not None:
        return SongLoops(file.name, sha256, pack_loops(None), skipped=file.trouble)
    try:
        stretches = read_rolls(file.content, rules.reading)
    except MidiFileError as reason:
        return SongLoops(
            file.name, sha256, np.zeros((0, PACKED_BYTES), np.uint8), Chain(), str(reason)
        )
    found = [loops_of(stretch, rules) for stretch in stretches]
    loops = np.concatenate(
        [packed for packed, _ in found] or [np.zeros((0, PACKED_BYTES), np.uint8)]
    )
    return SongLoops(file.name, sha256, loops, sum((c for _, c in found), Chain()))


def loops_of(roll: Bits, rules: Rules) -> tuple[Packed, Chain]:
    """Return the packed loops of one stretch (steps, 93), and the chain of its windows."""
    bars = roll.reshape(-1, STEPS_PER_BAR, COLUMNS)
    starts = np.arange(0, len(bars) - BARS_PER_LOOP + 1, rules.stride)
    passed = first_passes(bars, starts, rules)
    kept = apart(starts[passed[-1]], rules)
    counts = [int(mask.sum()) for mask in passed[:-1]]
    windows = np.stack([bars[s : s + BARS_PER_LOOP] for s in kept]) if len(kept) else None
    return pack_loops(windows), Chain(len(starts), *counts, loops=len(kept))


def first_passes(bars: Bits, starts: NDArray[np.int64], rules: Rules) -> list[Bits]:
    """Return masks over `starts`: repeat, also bass, also kick, also crash; last, the rules'."""
    differ = (bars[starts] != bars[starts + REPEAT_BARS]).mean((1, 2))
    first = bars[starts, 0]
    kick, crash = first[:, Drum.KICK], first[:, Drum.CRASH]
    repeat = differ < rules.repeat_below
    bass = repeat & (first[:, DRUMS:].any(1) | (not rules.first_bass))
    drums = {
        FirstDrums.BOTH: kick & crash,
        FirstDrums.KICK: kick,
        FirstDrums.EITHER: kick | crash,
        FirstDrums.NONE: np.ones_like(kick),
    }[rules.first_drums]
    return [repeat, bass, bass & kick, bass & kick & crash, bass & drums]


def apart(starts: NDArray[np.int64], rules: Rules) -> list[int]:
    """Return the starts (in bars) to keep: all, or those that do not overlap the one before."""
    kept: list[int] = []
    for start in starts.tolist():
        if not rules.jump or not kept or start >= kept[-1] + BARS_PER_LOOP:
            kept.append(start)
    return kept


def pack_loops(windows: Bits | None) -> Packed:
    """Return windows (n, 8, 16, 93) as packed bits (n, 1488)."""
    if windows is None:
        return np.zeros((0, PACKED_BYTES), np.uint8)
    return np.packbits(windows.reshape(len(windows), -1), axis=1)
