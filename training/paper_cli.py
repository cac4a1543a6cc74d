"""`loopwright evaluate --paper loop`: all four tables from a folder of models and presets."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from loopwright.engine.errors import SettingError
from loopwright.engine.loopmodel import Model
from loopwright.engine.sidecar import LOOP_VQ, SIDECAR, parsed
from loopwright.training.dataset import LoopSet, load
from loopwright.training.files import make_folder, write_whole
from loopwright.training.measures import reconstruction_error
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


def add_paper(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for the paper's tables."""
    group = parser.add_argument_group("the loop paper's tables")
    group.add_argument("--paper", choices=["loop"],
                       help="PRESET is a folder of presets and runs: compare them all")  # fmt: skip
    group.add_argument("--out", type=Path, metavar="DIR", help="text, JSON and pictures")


def compare(told: Namespace) -> str:
    """Return the tables of a folder of models; write them with pictures. Raises LoopwrightError."""
    if told.preset is None or told.data is None:
        raise SettingError("--paper loop needs a folder of models, and --data NPZ, their data set")
    runs = Path(told.preset)
    if told.loops is not None:
        at_least("--loops", told.loops)
    compared = Comparison(told, load(told.data))
    for folder in sorted(p for p in runs.iterdir() if p.is_dir()) if runs.is_dir() else ():
        compared.take(folder)
    if not compared.drawn and not compared.shapes:
        raise SettingError(f"{runs} holds no folder with a preset or a trained {VQVAE}")
    tables = Tables(compared.errors, compared.shapes, compared.drawn, compared.copied)
    if told.out is not None:
        write_whole(told.out / TEXT, as_text(tables).encode() + b"\n")
        write_whole(told.out / JSON, as_json(tables).encode())
    return as_text(tables)


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
            self.take_model(f"{folder.name}: {kind}", kind, model)

    def take_shape(self, vqvae: Autoencoder) -> None:
        """Compare a VQ-VAE by its reconstruction alone."""
        rolls = self.corpus.validation
        self.shapes[vqvae.shape] = reconstruction_error(rolls, vqvae.rebuilt(rolls))

    def take_model(self, name: str, kind: str, model: Model) -> None:
        """Compare a model by what it rebuilds and by what it draws."""
        before = known_to(model, self.corpus)
        self.errors[name] = rebuilding(model, self.corpus)
        if TRAINING_SET not in self.drawn or kind == LOOP_VQ:
            self.drawn[TRAINING_SET] = self.corpus.row(self.corpus.train, before.codes, None)
        for drawn in drawings(name, model, self.count, self.told.seed):
            self.drawn[drawn.name], again = rows_of(model, drawn, self.corpus, before)
            if again is not None:
                self.copied[drawn.name] = again
            self.picture(dict(pictures(drawn, self.corpus.train.rolls)))
        if before.codes is not None:
            self.picture(dict(code_pictures(name, model, before.codes)))

    def picture(self, found: Mapping[str, str]) -> None:
        """Write pictures, where a folder was given for them."""
        if self.told.out is None:
            return
        make_folder(self.told.out / "pictures")
        for name, content in found.items():
            write_whole(self.told.out / "pictures" / name, content.encode())
