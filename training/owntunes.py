"""A musician's folder of MIDI as a data set of melodies: what was found, what was left out."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.amounts import amount
from loopwright.engine.errors import MidiFileError
from loopwright.training.archives import counted, files_of
from loopwright.training.dataset import split_of
from loopwright.training.leadfiles import Lead
from loopwright.training.leadset import LIKE, Shape, shape_of, tokens_of
from loopwright.training.owntracks import tune_of
from loopwright.training.pianoset import PianoSet, joined_pieces
from loopwright.training.placing import placed

FEWEST_TUNES, FEWEST_NOTES = 6, 600
HINTS = {
    "off the grid": "only what is played to a grid of sixteenths is learned: quantise it",
    "not 4/4": "only 4/4 is learned",
    "no melody": "name the track that sings melody, lead or vocal",
}
Tokens = NDArray[np.uint8]


@dataclass(slots=True)
class Tunes:
    """The melodies found so far, as tokens. It grows; whoever made it has it to itself."""

    files: int = 0
    notes: int = 0
    pieces: list[Tokens] = field(default_factory=list[Tokens])
    names: list[str] = field(default_factory=list[str])
    groups: list[str] = field(default_factory=list[str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    hashes: list[str] = field(default_factory=list[str])
    met: set[int] = field(default_factory=set[int])
    begun: dict[int, str] = field(default_factory=dict[int, str])

    def add(self, lead: Lead) -> None:
        """Take a melody in, each once; those that begin alike are of one song."""
        shape = shape_of(lead.notes)
        whole, beginning = marked(shape), marked(shape[:LIKE])
        if whole in self.met:
            self.left_out["the same melody again"] += 1
            return
        self.met.add(whole)
        self.groups.append(self.begun.setdefault(beginning, lead.group))
        self.pieces.append(np.array(tokens_of(lead), np.uint8))
        self.names.append(lead.name)
        self.notes += len(lead.notes)

    def as_set(self) -> PianoSet:
        """Return the melodies, split by song: some in each split."""
        names = placed(self.groups)
        splits = tuple(split_of(names[group]) for group in self.groups)
        return joined_pieces(self.pieces, tuple(self.names), splits)

    @property
    def archive(self) -> str:
        """SHA-256 of what every file holds."""
        return hashlib.sha256("\n".join(sorted(self.hashes)).encode()).hexdigest()


def marked(shape: Shape) -> int:
    """Return a number that stands for a shape."""
    return int.from_bytes(hashlib.sha256(repr(shape).encode()).digest()[:8], "big")


def read_tunes(source: Path, style: str) -> Tunes:
    """Read a folder or zip of MIDI, with a bar of progress, one file at a time.

    `style` is what the melodies are told as, "" for none. Raises MidiFileError, with what helps,
    where there are too few to learn from.
    """
    total = counted(source)
    found = Tunes()
    files = tqdm(files_of(source), desc="reading", total=total, unit="file", mininterval=0.5)
    for file in files:
        found.files += 1
        found.hashes.append(hashlib.sha256(file.content).hexdigest())
        try:
            found.add(tune_of(file, style, found.hashes[-1]))
        except MidiFileError as reason:
            found.left_out[str(reason)] += 1
    check(found)
    return found


def check(found: Tunes) -> None:
    """Raise MidiFileError where there are too few melodies to learn from some, judge by others."""
    songs = len(set(found.groups))
    if songs >= FEWEST_TUNES and found.notes >= FEWEST_NOTES:
        return
    raise MidiFileError(
        f"{amount(found.files, 'MIDI file')} gave melodies of {amount(songs, 'song')} with "
        f"{amount(found.notes, 'note')}: too few to learn from "
        f"({FEWEST_TUNES} with {FEWEST_NOTES} are the least); {advice(found)}"
    )


def advice(found: Tunes) -> str:
    """Return what cost most files, and what helps against it."""
    if found.left_out.total() <= found.files / 2:
        return "more songs would help"
    reason, count = found.left_out.most_common(1)[0]
    hint = next((says for start, says in HINTS.items() if reason.startswith(start)), "")
    return f"{count:,} were left out ({reason})" + (f": {hint}" if hint else "")


def told(found: Tunes) -> str:
    """Return what was found, for a terminal."""
    songs = len(set(found.groups))
    lines = [
        f"{amount(found.files, 'file')}, {amount(len(found.pieces), 'tune')} of "
        f"{amount(songs, 'song')}, {amount(found.notes, 'note')}",
        *(f"left out {count:,}, {reason}" for reason, count in found.left_out.most_common()),
    ]
    return "\n".join(lines)
