"""Piano pieces as tokens in one .npz file, split by file or group.

Where an archive has a folder `test`, as the piano paper's, the files in it are the test files; a
tenth of the others, chosen by the hash of their names, is for validation. Another archive is split
by the groups of its `manifest.csv`, or by name.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from loopwright.engine.errors import MidiFileError
from loopwright.engine.pianotokens import VOCABULARY, encode
from loopwright.engine.unreadable import UNREADABLE
from loopwright.training.archives import File, files_of
from loopwright.training.arrayfile import arrays_in
from loopwright.training.dataset import Split, groups_of, split_of
from loopwright.training.files import write_whole
from loopwright.training.pianofiles import read_piece

PAPER_WINDOW = 256  # the paper counts windows of this length
HOLDS = "piano_tokens"  # what the tokens are called in the file


@dataclass(frozen=True, slots=True, eq=False)
class PianoSet:
    """The tokens of all pieces one after the other, and the name, length and split of each."""

    tokens: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    names: tuple[str, ...]
    splits: tuple[Split, ...]

    def part(self, *splits: Split) -> "PianoSet":
        """Return the pieces of some splits."""
        return self.chosen([i for i, split in enumerate(self.splits) if split in splits])

    def chosen(self, index: list[int]) -> "PianoSet":
        """Return some pieces."""
        pieces = list(self.pieces())
        return joined_pieces(
            [pieces[i] for i in index],
            tuple(self.names[i] for i in index),
            tuple(self.splits[i] for i in index),
        )

    def pieces(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the tokens of each piece."""
        if len(self.lengths):
            yield from np.split(self.tokens, np.cumsum(self.lengths)[:-1])

    def starts(self, window: int, stride: int = 1) -> NDArray[np.int64]:
        """Return where in `tokens` a window can begin, piece by piece, each `stride`-th."""
        starts: list[int] = []
        end = 0
        for length in self.lengths.tolist():
            starts += range(end, end + length - window + 1, stride)
            end += length
        return np.array(starts, np.int64)

    def content_hash(self) -> str:
        """Return the SHA-256 of the tokens."""
        return hashlib.sha256(self.tokens.tobytes()).hexdigest()


def read_archive(archive: Path) -> PianoSet:
    """Return the pieces of a zip archive or a folder; files without music are said and skipped."""
    found: list[tuple[str, NDArray[np.uint8]]] = []
    for file in tqdm(list(files_of(archive)), desc="pieces"):
        try:
            found.append((file.name, tokens_of(file)))
        except MidiFileError as reason:
            tqdm.write(f"{file.name}: skipped, {reason}")
    if not found:
        raise MidiFileError(f"no MIDI file with notes in {archive}")
    names = tuple(name for name, _ in found)
    return joined_pieces([t for _, t in found], names, splits_of(names, groups_of(archive)))


def joined_pieces(
    pieces: list[NDArray[np.uint8]], names: tuple[str, ...], splits: tuple[Split, ...]
) -> PianoSet:
    """Return a set of the tokens of some pieces."""
    lengths = np.array([len(tokens) for tokens in pieces], np.int64)
    return PianoSet(np.concatenate([np.zeros(0, np.uint8), *pieces]), lengths, names, splits)


def tokens_of(file: File) -> NDArray[np.uint8]:
    """Return the tokens of one file. Raises MidiFileError with the reason why there are none."""
    if file.trouble is not None:
        raise MidiFileError(file.trouble)
    return np.array(encode(read_piece(file.content)), np.uint8)


def splits_of(names: tuple[str, ...], groups: Mapping[str, str]) -> tuple[Split, ...]:
    """Return the split of each file, by its group in the manifest, else by its name."""
    paths = [PurePosixPath(name) for name in names]
    splits = [split_of(groups.get(str(path), path.name)) for path in paths]
    if not any("test" in path.parts[:-1] for path in paths):
        return tuple(splits)
    return tuple(in_folder(*both) for both in zip(paths, splits, strict=True))


def in_folder(path: PurePosixPath, split: Split) -> Split:
    """Return the split of a file of an archive that has a folder of test files."""
    if "test" in path.parts[:-1]:
        return Split.TEST
    return Split.VALIDATION if split is Split.VALIDATION else Split.TRAIN


def counts(data: PianoSet) -> str:
    """Return how much music there is, the paper's way: tokens, and windows of 256."""
    lines: list[str] = []
    for says, splits in (
        ("training", (Split.TRAIN, Split.VALIDATION)),
        ("of these for validation", (Split.VALIDATION,)),
        ("test", (Split.TEST,)),
    ):
        part = data.part(*splits)
        lines.append(
            f"{says}: {len(part.names)} pieces, {len(part.tokens)} tokens, "
            f"{len(part.starts(PAPER_WINDOW))} windows of {PAPER_WINDOW}"
        )
    return "\n".join(lines)


def save(data: PianoSet, path: Path, holds: str = HOLDS) -> None:
    """Write the pieces as one compressed .npz, whole or not at all; `holds` names the tokens."""
    held = io.BytesIO()
    arrays: dict[str, NDArray[np.generic]] = {
        holds: data.tokens,
        "lengths": data.lengths,
        "names": np.array(data.names),
        "splits": np.array([split.value for split in data.splits]),
    }
    np.savez_compressed(held, allow_pickle=False, **arrays)
    write_whole(path, held.getvalue())


def is_set(path: Path, holds: str = HOLDS) -> bool:
    """Tell whether a file is a data set of such tokens."""
    try:
        with zipfile.ZipFile(path) as held:
            return f"{holds}.npy" in held.namelist()
    except UNREADABLE:
        return False


def load(path: Path, holds: str = HOLDS, size: int = VOCABULARY) -> PianoSet:
    """Read what `save` wrote: tokens below `size`; MidiFileError when the file is none of these."""
    with arrays_in(path) as held:
        names = tuple(str(name) for name in held["names"])
        splits = tuple(Split(str(split)) for split in held["splits"])
        return checked(PianoSet(held[holds], held["lengths"], names, splits), size)


def checked(data: PianoSet, size: int) -> PianoSet:
    """Return a set whose parts fit together. Raises ValueError."""
    if data.tokens.max(initial=0) >= size or data.lengths.sum() != len(data.tokens):
        raise ValueError("its tokens are not those of the model")
    if not len(data.lengths) == len(data.names) == len(data.splits):
        raise ValueError("not each piece has a name and a split")
    return data
