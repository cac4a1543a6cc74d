"""The loop paper's comparison on our loops: what each model rebuilds, and what it draws.

As many loops are drawn as there are training loops, and all are decoded as the paper does: cell by
cell. b loops, t codes a loop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loopwright.engine.chance import uniforms
from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.training.dataset import LoopSet, Split
from loopwright.training.embedding import Embedding, fitted
from loopwright.training.likeness import Group, Likeness, drawn_group, likeness
from loopwright.training.measures import (
    Codes,
    Known,
    Measures,
    Rolls,
    known,
    measure,
    reconstruction_error,
)
from loopwright.training.throughmodel import AT_ONCE, comparable, decoded, encoded, split

COLDEST = 1e-4
HEATS = {"argmax": COLDEST, "temp 1": 1.0, "temp 1.5": 1.5, "temp 2": 2.0}
Floats = NDArray[np.float32]
PART = "paper"  # names the stream of chance
FREE = -1
TRAINING_SET = "Training set"


class Autoencoder(Protocol):
    """A VQ-VAE alone, of any shape: what the second table compares."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """t, L and K."""
        ...

    def rebuilt(self, rolls: Rolls) -> Rolls:
        """Return rolls (n, 128, 93) through encoder and decoder, cell by cell."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """What drawn loops are like."""

    measures: Measures
    likeness: Likeness | None


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables, as the paper's body numbers them."""

    errors: Mapping[str, float]  # 1: reconstruction error by model
    shapes: Mapping[tuple[int, int, int], float]  # 2: reconstruction error by t, L and K
    drawn: Mapping[str, Row]  # 3: all measures
    copied: Mapping[str, Row]  # 4: the same with the loop's first half bar copied to its fifth bar


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """The loops that all models are held against, and how likeness is told."""

    train: Group
    validation: Rolls
    test: Group
    embedding: Embedding

    @classmethod
    def of(cls, data: LoopSet) -> "Corpus":
        """Return the loops of a data set. Raises SettingError where a split has none."""
        train, validation, test = (
            Group(part.rolls(), part.group.astype(np.int64))
            for part in map(data.part, (Split.TRAIN, Split.VALIDATION, Split.TEST))
        )
        if not all(len(group.rolls) for group in (train, validation, test)):
            raise SettingError("the data set has a split without groups")
        return cls(train, validation.rolls, test, fitted(train.rolls))

    def row(self, loops: Group, codes: Codes | None, before: Known | None) -> Row:
        """Return what loops are like."""
        like = likeness(self.embedding, self.test, loops)
        return Row(measure(loops.rolls, codes, before), like)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Loops that a model drew: their name, codes (n, t), and rolls decoded cell by cell."""

    name: str
    codes: Codes
    rolls: Rolls


def rebuilding(model: Model, corpus: Corpus) -> float:
    """Return a model's reconstruction error on the validation set."""
    codes = encoded(model, corpus.validation, "validation set")
    return reconstruction_error(corpus.validation, decoded(model, codes, plain=True))


def drawings(name: str, model: Model, count: int, seed: int) -> Iterator[Drawn]:
    """Yield what a model draws: a VAE once, a VQ-VAE as the paper has it, at four temperatures."""
    chance = np.concatenate(
        [uniforms(seed, PART, n, range(1), model.positions) for n in range(count)]
    )
    free = np.full(chance.shape, FREE)
    if not model.in_time:
        yield taken(name, model, chance, free)
        return
    # The first code is always drawn from the training set's shares.
    first = free.copy()
    first[:, 0] = taken(name, model, chance, free).codes[:, 0]
    for says, heat in HEATS.items():
        yield taken(f"{name} ({says})", model, chance, first, heat)


def taken(name: str, model: Model, chance: Floats, prefix: Codes, heat: float = 1.0) -> Drawn:
    """Return loops drawn with uniforms (n, t), some codes forced (n, t)."""
    parts = enumerate(split(chance, name))
    found = [model.draw(some, heat, prefix=prefix[n * AT_ONCE :][: len(some)], plain=True)
             for n, some in parts]  # fmt: skip
    rolls = np.concatenate([part.rolls for part in found])
    return Drawn(name, np.concatenate([part.codes for part in found]), rolls)


def copied(model: Model, drawn: Drawn) -> Drawn:
    """Return loops whose first half bar's codes are copied to their fifth bar: 0, 1 to 16, 17."""
    codes = drawn.codes.copy()
    half, few = model.positions // 2, model.positions // 16
    codes[:, half : half + few] = codes[:, :few]
    return Drawn(drawn.name, codes, decoded(model, codes, plain=True))


def rows_of(model: Model, drawn: Drawn, corpus: Corpus, before: Known) -> tuple[Row, Row | None]:
    """Return what drawn loops are like, and what they are with their codes copied."""
    row = corpus.row(drawn_group(drawn.rolls), comparable(model, drawn.codes), before)
    if not model.in_time:
        return row, None
    again = copied(model, drawn)
    return row, corpus.row(drawn_group(again.rolls), again.codes, before)


def known_to(model: Model, corpus: Corpus) -> Known:
    """Return the training loops as a model knows them."""
    if not model.in_time:
        return known(corpus.train.rolls)
    return known(corpus.train.rolls, encoded(model, corpus.train.rolls, "training set"))
