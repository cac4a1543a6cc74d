"""`loopwright evaluate --paper loop`: all four tables from a folder of models and presets."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.engine.sidecar import SIDECAR, parsed
from loopwright.training.dataset import LoopSet, load
from loopwright.training.files import make_folder, write_whole
from loopwright.training.measures import Codes, measure, reconstruction_error
from loopwright.training.options import at_least
from loopwright.training.paperloops import (
    TRAINING_SET,
    Autoencoder,
    Corpus,
    Row,
    Tables,
    drawings,
    known_to,
    rebuilding,
    rows_of,
)
from loopwright.training.paperpictures import code_pictures, pictures
from loopwright.training.papershow import as_json, as_text

VQVAE = "vqvae.pt"
TEXT, JSON = "tables.txt", "tables.json"
OF_ONE_MODEL = (
    "json", "card", "training", "torch", "samples", "keep", "drawn_alone", "fine_tune"
)  # fmt: skip
"""Options of `evaluate` that a comparison of many models would leave unread."""


def add_paper(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for the paper's tables."""
    group = parser.add_argument_group("the loop paper's tables")
    group.add_argument("--paper", choices=["loop"],
                       help="PRESET is a folder of presets and runs: compare them all")  # fmt: skip
    group.add_argument("--out", type=Path, metavar="DIR", help="text, JSON and pictures")


def compare(told: Namespace) -> str:
    """Return the tables of a folder of models; write them with pictures. Raises LoopwrightError."""
    check_options(told)
    if told.preset is None or told.data is None:
        raise SettingError("--paper loop needs a folder of models, and --data NPZ, their data set")
    runs = Path(told.preset)
    if told.loops is not None:
        at_least("--loops", told.loops)
    compared = Comparison(told, load(told.data))
    for folder in models_in(runs):
        compared.take(folder)
        compared.write()
    if not compared.drawn and not compared.shapes:
        raise SettingError(f"{runs} holds no folder with a preset or a trained {VQVAE}")
    return as_text(compared.tables)


def check_options(told: Namespace) -> None:
    """Raise SettingError for an option that measures one model."""
    for option in OF_ONE_MODEL:
        if vars(told).get(option):
            words = f"--{option.replace('_', '-')} does not go with --paper"
            raise SettingError(f"{words}: --out DIR holds its text, JSON and pictures")


def models_in(runs: Path) -> list[Path]:
    """Return the folders in a folder, however deep, that hold a loop preset or a VQ-VAE."""
    return sorted({file.parent for name in (VQVAE, SIDECAR) for file in runs.rglob(name)} - {runs})


class Comparison:
    """The tables as they fill, folder by folder: a comparison of hours tells what it has."""

    def __init__(self, told: Namespace, data: LoopSet) -> None:
        self.told, self.corpus = told, Corpus.of(data)
        self.count = told.loops or len(self.corpus.train.rolls)
        self.errors: dict[str, float] = {}
        self.shapes: dict[tuple[int, int, int], float] = {}
        self.drawn: dict[str, Row] = {}
        self.copied: dict[str, Row] = {}

    def take(self, folder: Path) -> None:
        """Compare what a folder holds: a preset, a trained VQ-VAE, or both."""
        if (folder / VQVAE).is_file():
            from loopwright.training.paperautoencoder import opened  # noqa: PLC0415 - torch

            self.take_shape(opened(folder / VQVAE))
        if (folder / SIDECAR).is_file():
            kind = parsed((folder / SIDECAR).read_text("utf-8")).kind
            open_model = cast(Callable[[str, str], Model], self.told.open_model)
            model = open_model(str(folder.resolve()), self.told.device)
            name = kind if folder.name == kind else f"{folder.name}: {kind}"
            self.take_model(name, model)

    def take_shape(self, vqvae: Autoencoder) -> None:
        """Compare a VQ-VAE by its reconstruction alone."""
        rolls = self.corpus.validation
        self.shapes[vqvae.shape] = reconstruction_error(rolls, vqvae.rebuilt(rolls))

    def take_model(self, name: str, model: Model) -> None:
        """Compare a model by what it rebuilds and by what it draws."""
        before = known_to(model, self.corpus)
        self.errors[name] = rebuilding(model, self.corpus)
        self.take_training_set(before.codes)
        for drawn in drawings(name, model, self.count, self.told.seed):
            self.drawn[drawn.name], again = rows_of(model, drawn, self.corpus, before)
            if again is not None:
                self.copied[drawn.name] = again
            self.picture(dict(pictures(drawn, self.corpus.train.rolls)))
        if before.codes is not None:
            self.picture(dict(code_pictures(name, model, before.codes)))

    def take_training_set(self, codes: Codes | None) -> None:
        """Tell what the training loops are like; US by the codes of the first model with some."""
        train, row = self.corpus.train, self.drawn.get(TRAINING_SET)
        if row is None:
            self.drawn[TRAINING_SET] = self.corpus.row(train, codes, None)
        elif row.measures.unique is None and codes is not None:
            self.drawn[TRAINING_SET] = replace(row, measures=measure(train.rolls, codes))

    @property
    def tables(self) -> Tables:
        """The tables as far as they go."""
        return Tables(self.errors, self.shapes, self.drawn, self.copied)

    def write(self) -> None:
        """Write the tables as far as they go, where a folder was given for them."""
        if self.told.out is not None:
            write_whole(self.told.out / TEXT, as_text(self.tables).encode() + b"\n")
            write_whole(self.told.out / JSON, as_json(self.tables).encode())

    def picture(self, found: Mapping[str, str]) -> None:
        """Write pictures, where a folder was given for them."""
        if self.told.out is None:
            return
        make_folder(self.told.out / "pictures")
        for name, content in found.items():
            write_whole(self.told.out / "pictures" / name, content.encode())
