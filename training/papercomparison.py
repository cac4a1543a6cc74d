"""The loop paper's tables as they fill, model by model: a comparison of hours tells what it has."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from loopwright.engine.sidecar import LOOP_VQ
from loopwright.training.dataset import LoopSet
from loopwright.training.files import write_whole
from loopwright.training.measures import Codes, measure, reconstruction_error
from loopwright.training.paperdrawn import Compared, drawings
from loopwright.training.paperloops import (
    TRAINING_SET,
    Autoencoder,
    Corpus,
    Row,
    Tables,
    known_to,
    rebuilding,
    rows_of,
)
from loopwright.training.paperpictures import code_pictures, drawn_codes, pictures
from loopwright.training.papershow import as_json, as_text

TEXT, JSON, PICTURES = "tables.txt", "tables.json", "pictures"


class Comparison:
    """What was compared so far; `out` is written after each model."""

    def __init__(self, told: Namespace, data: LoopSet) -> None:
        self.out: Path | None = told.out
        self.seed: int = told.seed
        self.corpus = Corpus.of(data)
        self.count: int = told.loops or len(self.corpus.train.rolls)
        self.errors: dict[str, float] = {}
        self.shapes: dict[tuple[int, int, int], float] = {}
        self.shaped: dict[tuple[int, int, int], Path] = {}
        self.drawn: dict[str, Row] = {}
        self.copied: dict[str, Row] = {}
        self.coder: Compared | None = None
        self.notes: list[str] = []

    def take_shape(self, folder: Path, vqvae: Autoencoder) -> None:
        """Compare a VQ-VAE by its reconstruction alone; of two of one shape, the last counts."""
        before = self.shaped.get(vqvae.shape)
        if before is not None:
            says = "Table 2: {} and {} hold a VQ-VAE of t, L, K = {}, {}, {}; the second counts."
            self.notes.append(says.format(before, folder, *vqvae.shape))
        rolls = self.corpus.validation
        self.shaped[vqvae.shape] = folder
        self.shapes[vqvae.shape] = reconstruction_error(rolls, vqvae.rebuilt(rolls))

    def take_model(self, one: Compared) -> None:
        """Compare a model by what it rebuilds and by what it draws."""
        before, train = known_to(one.model, self.corpus), self.corpus.train.rolls
        self.errors[one.name] = rebuilding(one.model, self.corpus)
        self.take_training_set(one, before.codes)
        for drawn in drawings(one, self.count, self.seed):
            self.drawn[drawn.name], again = rows_of(one.model, drawn, self.corpus, before)
            if again is not None:
                self.copied[drawn.name] = again
            self.picture(dict(pictures(drawn, train)))
            if before.codes is not None:
                self.picture(dict(drawn_codes(one, drawn, before.codes)))
        if before.codes is not None:
            self.picture(dict(code_pictures(one, before.codes)))

    def take_training_set(self, one: Compared, codes: Codes | None) -> None:
        """Tell what the training loops are like.

        US is by the codes of the paper's kind of model where there is one, else of the first with
        codes: a model that loses nothing tells loops apart that the paper's does not.
        """
        train = self.corpus.train
        if TRAINING_SET not in self.drawn:
            self.drawn[TRAINING_SET] = self.corpus.row(train, None, None)
        if codes is not None and self.tells_better(one):
            self.coder, row = one, self.drawn[TRAINING_SET]
            self.drawn[TRAINING_SET] = replace(row, measures=measure(train.rolls, codes))

    def tells_better(self, one: Compared) -> bool:
        """Tell whether the training set is to be counted by this model's codes."""
        of = None if self.coder is None else self.coder.sidecar.kind
        return of is None or (of != LOOP_VQ and one.sidecar.kind == LOOP_VQ)

    @property
    def tables(self) -> Tables:
        """The tables as far as they go."""
        coder = None if self.coder is None else self.coder.name
        return Tables(self.errors, self.shapes, self.drawn, self.copied, coder, tuple(self.notes))

    def write(self) -> None:
        """Write the tables as far as they go, where a folder was given for them."""
        if self.out is not None:
            write_whole(self.out / TEXT, as_text(self.tables).encode() + b"\n")
            write_whole(self.out / JSON, as_json(self.tables).encode())

    def picture(self, found: Mapping[str, str]) -> None:
        """Write pictures, where a folder was given for them."""
        if self.out is not None:
            write_pictures(self.out, found)


def write_pictures(out: Path, found: Mapping[str, str]) -> None:
    """Write pictures, SVG by file name, into their place in a folder."""
    for name, content in found.items():
        write_whole(out / PICTURES / name, content.encode())
