"""The tunes of a training as tokens: split, then moved to other keys, then told (5.1)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.errors import MidiFileError
from loopwright.training.dataset import Split
from loopwright.training.melodyfiles import Tune, Wanted, tunes_of
from loopwright.training.melodytokens import Shifted, Tokeniser, tokeniser_of
from loopwright.training.melodyversions import MelodyRecipe, Version
from loopwright.training.pianoset import PianoSet

LOWEST, HIGHEST = 21, 108  # MIDI pitches that a key of a piano plays
ADDED = "asap/"  # performances in the archive of piano music


@dataclass(frozen=True, slots=True)
class Sources:
    """Where tunes come from: an archive, folders in it, and how many of them; and more to train on.

    Of `most` tunes nine tenths are trained on, the others judge. 0 is all.
    """

    archive: Path
    folders: tuple[str, ...] = ()
    most: int = 0
    added: Path | None = None
    most_added: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The tokens of tunes, the language they are told in, and what was left out."""

    data: PianoSet
    tokeniser: Tokeniser
    left_out: tuple[str, ...]


def told(sources: Sources, version: Version, recipe: MelodyRecipe) -> Told:
    """Return the tokens of tunes, those for training in more keys. Raises MidiFileError."""
    found = list(read(sources))
    tunes = [one for one in found if isinstance(one, Tune)]
    splits = {tune.split for tune in tunes}
    if not {Split.TRAIN, Split.VALIDATION} <= splits:
        raise MidiFileError(f"{len(tunes)} tunes in {sources.archive}: too few to train and judge")
    copies = [one for tune in tunes for one in in_keys(tune, recipe)]
    tokeniser = tokeniser_of(version, [c for c in copies if c[0].split is Split.TRAIN])
    tokens = [np.array(tokeniser.tokens(*copy), np.int16) for copy in copies]
    left_out = tuple(one for one in found if isinstance(one, str))
    return Told(as_set(copies, tokens), tokeniser, left_out)


def read(sources: Sources) -> Iterator[Tune | str]:
    """Yield the tunes for training and validation; what is added is for training alone."""
    train = sources.most * 9 // 10 if sources.most else None
    judge = sources.most - (train or 0) if sources.most else None
    most = {Split.TRAIN: train, Split.VALIDATION: judge}
    yield from tunes_of(sources.archive, Wanted(most, sources.folders))
    if sources.added is not None:
        more = {Split.TRAIN: sources.most_added or None}
        yield from tunes_of(sources.added, Wanted(more, (ADDED,)))


def in_keys(tune: Tune, recipe: MelodyRecipe) -> list[Shifted]:
    """Return a tune as it is; for training, in other keys too, drawn by its name."""
    if tune.split is not Split.TRAIN:
        return [(tune, 0)]
    seed = int.from_bytes(
        hashlib.sha256(f"{recipe.schedule.seed} {tune.name}".encode()).digest()[:8], "little"
    )
    pitches = [pitch for _, _, pitch, _ in tune.raw]
    low = max(recipe.transpose.lowest, min(LOWEST - min(pitches), 0))
    high = min(recipe.transpose.highest, max(HIGHEST - max(pitches), 0))
    others = [shift for shift in range(low, high + 1) if shift]
    drawn = np.random.default_rng(seed).permutation(others)[: recipe.copies]
    return [(tune, 0), *((tune, int(shift)) for shift in drawn)]


def as_set(copies: Sequence[Shifted], tokens: Sequence[NDArray[np.int16]]) -> PianoSet:
    """Return the tokens of tunes as one set; those without any are left out."""
    kept = [(tune, some) for (tune, _), some in zip(copies, tokens, strict=True) if len(some)]
    joined = np.concatenate([some for _, some in kept])
    return PianoSet(
        cast(NDArray[np.uint8], joined),  # a set of tokens: nothing in it minds more kinds of them
        np.array([len(some) for _, some in kept]),
        tuple(tune.name for tune, _ in kept),
        tuple(tune.split for tune, _ in kept),
    )


def counts(told: Told) -> str:
    """Return how much music there is, and what was left out."""
    lines = [
        f"{split.value}: {len(set(part.names))} tunes, {len(part.tokens)} tokens"
        for split in (Split.TRAIN, Split.VALIDATION)
        for part in (told.data.part(split),)
    ]
    if told.left_out:
        lines.append(f"left out: {len(told.left_out)}, such as {told.left_out[0]}")
    return "\n".join([*lines, f"{told.tokeniser.language.size} kinds of token"])
