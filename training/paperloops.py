"""The loop paper's comparison on our loops: what each model rebuilds, and what it draws.

As many loops are drawn as there are training loops, and all are decoded as the paper does: cell by
cell. b loops, t codes a loop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

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
from loopwright.training.paperdrawn import Drawn, copied
from loopwright.training.throughmodel import comparable, decoded, encoded

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
    """The four tables, as the paper's body numbers them.

    `coder` is the row of the model by whose codes the training set's US is told; `notes` are lines
    that a reader needs beside the tables.
    """

    errors: Mapping[str, float]  # 1: reconstruction error by model
    shapes: Mapping[tuple[int, int, int], float]  # 2: reconstruction error by t, L and K
    drawn: Mapping[str, Row]  # 3: all measures
    copied: Mapping[str, Row]  # 4: the same with the loop's first half bar copied to its fifth bar
    coder: str | None = None
    notes: tuple[str, ...] = ()


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


def rebuilding(model: Model, corpus: Corpus) -> float:
    """Return a model's reconstruction error on the validation set."""
    codes = encoded(model, corpus.validation, "validation set")
    return reconstruction_error(corpus.validation, decoded(model, codes, plain=True))


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
