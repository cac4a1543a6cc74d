"""What an extraction found: files read and skipped, the chain of counts, the published counts."""

from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import cast

from loopwright.training.corpus import Chain, FirstDrums, Rules, SongLoops
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.songs import Meter, Reading

LOOPS_MULTITRACK = "52b79fc4c9420e2731eb10ce13fd7fa0fea6cc343573af17f334a6503fc8027d"
"""SHA-256 of the archive that the published counts are of."""

TOLERANCE = 0.02
NAMED_FILES = 12  # skipped files that the text names; the JSON form names all

KICK = Rules(first_drums=FirstDrums.KICK)
EITHER = Rules(first_drums=FirstDrums.EITHER)
WIDE = Reading(meter=Meter.WIDE)


@dataclass(frozen=True, slots=True)
class Published:
    """Loops found by an independent reading, and how many of them are no exact copies."""

    loops: int
    unique: int


def by_stride(rules: Rules, *counts: tuple[int, int]) -> dict[Rules, Published]:
    """Return the published counts of one row: stride 1; stride 1 with jump; stride 8."""
    strides = (replace(rules, stride=1), replace(rules, stride=1, jump=True), replace(rules, stride=8))
    return {r: Published(*c) for r, c in zip(strides, counts, strict=True)}


PUBLISHED: dict[Rules, Published] = {
    **by_stride(Rules(), (3691, 2570), (2501, 1822), (537, 449)),
    **by_stride(KICK, (25984, 17120), (7638, 5675), (3168, 2451)),
    **by_stride(EITHER, (26647, 17532), (7951, 5906), (3244, 2504)),
    **by_stride(Rules(reading=WIDE), (4346, 3044), (2951, 2164), (720, 597)),
    **by_stride(replace(KICK, reading=WIDE), (29549, 19392), (8736, 6464), (3668, 2835)),
    **by_stride(replace(EITHER, reading=WIDE), (30302, 19863), (9112, 6742), (3766, 2909)),
    Rules(reading=Reading(sustain=False), stride=1): Published(3979, 2773),
    replace(KICK, reading=Reading(sustain=False), stride=1): Published(28701, 18730),
}
PUBLISHED_CHAIN = Chain(217310, 47781, 33320, 25984, 3691)
"""Declared 4/4, stride 1."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one extraction found."""

    files: int
    skipped: tuple[tuple[str, str], ...]  # name and reason
    chain: Chain
    unique: int
    splits: dict[str, tuple[int, int]]  # loops and groups


def report_of(songs: list[SongLoops], loops: LoopSet) -> Report:
    """Return the report of an extraction."""
    parts = {split: loops.part(split) for split in Split}
    return Report(
        files=len(songs),
        skipped=tuple((s.name, s.skipped) for s in songs if s.skipped is not None),
        chain=sum((s.chain for s in songs), Chain()),
        unique=len(loops),
        splits={k.value: (len(p), len(set(p.group.tolist()))) for k, p in parts.items()},
    )
