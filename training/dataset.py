"""Loops as packed arrays in one .npz file, with the song and the group that each came from.

Splits go by group, never by loop or file: sha1("split" + group) mod 100 below 10 is test, below 20
validation. Nothing is ever selected on test.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError
from loopwright.engine.roll import COLUMNS
from loopwright.engine.time import STEPS_PER_LOOP
from loopwright.engine.unreadable import UNREADABLE, reason
from loopwright.training.arrayfile import arrays_in
from loopwright.training.corpus import Packed, SongLoops
from loopwright.training.files import write_whole

MANIFEST = "manifest.csv"


class Split(Enum):
    """Which part of the data a group belongs to."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True, eq=False)
class LoopSet:
    """Loops (n, 1488) of packed bits; `song` (n,) indexes `songs`, `group` (n,) `groups`.

    `note` is what the extraction says about itself: rules, counts, hash of the archive.
    """

    loops: Packed
    song: NDArray[np.int32]
    group: NDArray[np.int32]
    songs: tuple[str, ...]
    groups: tuple[str, ...]
    note: dict[str, object]

    def __len__(self) -> int:
        return len(self.loops)

    def rolls(self) -> NDArray[np.uint8]:
        """Return the rolls (n, 128, 93), one byte a bit."""
        bits = np.unpackbits(self.loops, axis=1)
        return bits.reshape(-1, STEPS_PER_LOOP, COLUMNS)

    def content_hash(self) -> str:
        """Return the SHA-256 of the loops themselves."""
        return hashlib.sha256(np.ascontiguousarray(self.loops).tobytes()).hexdigest()

    def part(self, split: Split) -> "LoopSet":
        """Return the loops whose group belongs to `split`."""
        member = np.array([split_of(g) is split for g in self.groups], np.bool_)
        return self.chosen(np.flatnonzero(member[self.group]))

    def chosen(self, index: NDArray[np.intp]) -> "LoopSet":
        """Return the loops at the indices (m,)."""
        return replace(
            self, loops=self.loops[index], song=self.song[index], group=self.group[index]
        )


def split_of(group: str) -> Split:
    """Return the split that a group belongs to, on every machine and for ever."""
    place = int(hashlib.sha1(("split" + group).encode()).hexdigest(), 16) % 100
    return Split.TEST if place < 10 else Split.VALIDATION if place < 20 else Split.TRAIN


def groups_of(archive: Path) -> dict[str, str]:
    """Return the split group by file name, out of the archive's manifest; empty without one."""
    text = manifest_text(archive)
    if text is None:
        return {}
    rows = csv.DictReader(io.StringIO(text))
    told = (row for row in rows if row.get("path") and row.get("split_group"))
    return {row["path"]: row["split_group"] for row in told}


def manifest_text(archive: Path) -> str | None:
    """Return the text of manifest.csv in a zip archive or a folder, None if there is none.

    Raises MidiFileError where it cannot be read.
    """
    try:
        if archive.is_dir():
            path = archive / MANIFEST
            return path.read_text("utf-8") if path.is_file() else None
        with zipfile.ZipFile(archive) as bundle:
            return bundle.read(MANIFEST).decode() if MANIFEST in bundle.namelist() else None
    except UNREADABLE as trouble:
        raise MidiFileError(f"cannot read {archive}/{MANIFEST}: {reason(trouble)}") from trouble


def assemble(songs: list[SongLoops], groups: dict[str, str], note: dict[str, object]) -> LoopSet:
    """Return all loops once each; a file without a group is a group by its content.

    Raises MidiFileError where there are none.
    """
    used = [s for s in songs if len(s.loops)]
    if not used:
        raise MidiFileError(f"no loop was found by these rules in {why_none(songs)}")
    names = [groups.get(s.name, s.sha256) for s in used]
    order = {name: i for i, name in enumerate(sorted(set(names)))}
    counts = [len(s.loops) for s in used]
    whole = LoopSet(
        loops=np.concatenate([s.loops for s in used]),
        song=np.repeat(np.arange(len(used), dtype=np.int32), counts),
        group=np.repeat(np.array([order[n] for n in names], np.int32), counts),
        songs=tuple(s.name for s in used),
        groups=tuple(order),
        note=note,
    )
    return without_duplicates(whole)


def why_none(songs: list[SongLoops]) -> str:
    """Return what became of files that gave no loop: skipped and why, or windows that fail."""
    reasons = Counter(s.skipped for s in songs if s.skipped is not None)
    windows = sum(s.chain.windows for s in songs)
    skipped = [f"{count} skipped ({reason})" for reason, count in reasons.most_common()]
    return "; ".join([f"{len(songs)} MIDI files", *skipped, f"{windows} windows of eight bars"])


def without_duplicates(loops: LoopSet) -> LoopSet:
    """Return the loops without exact copies; the first of each stays."""
    _, first = np.unique(as_keys(loops.loops), return_index=True)
    return loops.chosen(np.sort(first))


def as_keys(packed: Packed) -> NDArray[np.void]:
    """Return packed loops (n, 1488) as n opaque keys that compare by content."""
    rows = np.ascontiguousarray(packed)
    return rows.view(np.dtype((np.void, rows.shape[1]))).ravel()


def save(loops: LoopSet, path: Path) -> None:
    """Write the loops as one compressed .npz, whole or not at all."""
    held = io.BytesIO()
    np.savez_compressed(
        held,
        loops=loops.loops,
        song=loops.song,
        group=loops.group,
        songs=np.array(loops.songs),
        groups=np.array(loops.groups),
        note=np.array(json.dumps(loops.note)),
    )
    write_whole(path, held.getvalue())


def load(path: Path) -> LoopSet:
    """Read loops that `save` wrote; MidiFileError when the file is none of these."""
    with arrays_in(path) as held:
        return LoopSet(
            loops=held["loops"],
            song=held["song"],
            group=held["group"],
            songs=tuple(str(s) for s in held["songs"]),
            groups=tuple(str(g) for g in held["groups"]),
            note=cast(dict[str, object], json.loads(str(held["note"]))),
        )
