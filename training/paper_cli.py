"""`loopwright evaluate --paper loop`: all four tables from a folder of models and presets."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

from loopwright.engine.errors import PresetError, SettingError
from loopwright.engine.loopmodel import Model
from loopwright.engine.sidecar import SIDECAR, Sidecar, parsed
from loopwright.engine.unreadable import reason
from loopwright.training.dataset import load
from loopwright.training.files import check_writable
from loopwright.training.options import at_least
from loopwright.training.papercomparison import TEXT, Comparison
from loopwright.training.paperdrawn import Compared
from loopwright.training.paperloops import Autoencoder
from loopwright.training.papershow import as_text

VQVAE = "vqvae.pt"


def add_paper(parser: ArgumentParser) -> None:
    """Add what `evaluate` can be told for the paper's tables."""
    group = parser.add_argument_group("the loop paper's tables")
    group.add_argument("--paper", choices=["loop"],
                       help="PRESET is a folder of presets and runs: compare them all")  # fmt: skip


def compare(told: Namespace) -> str:
    """Return the tables of a folder of models; write them with pictures. Raises LoopwrightError."""
    if told.preset is None or told.data is None:
        raise SettingError("--paper loop needs a folder of models, and --data NPZ, their data set")
    runs = Path(told.preset)
    if told.loops is not None:
        at_least("--loops", told.loops)
    coders, names = vqvaes_in(runs), row_names(runs)
    if not coders and not names:
        raise SettingError(f"{runs} holds no folder with a preset or a trained {VQVAE}")
    if told.out is not None:
        check_writable(told.out / TEXT)  # before what may take hours
    compared = Comparison(told, load(told.data))
    for folder in sorted(coders | names.keys()):
        if folder in coders:
            compared.take_shape(folder, opened_in(folder))
        if folder in names:
            compared.take_model(compared_as(names[folder], folder, told))
        compared.write()
    return as_text(compared.tables)


def opened_in(folder: Path) -> Autoencoder:
    """Return the VQ-VAE in a folder. Raises SettingError."""
    from loopwright.training.paperautoencoder import opened  # noqa: PLC0415 - torch

    return opened(folder / VQVAE)


def compared_as(name: str, folder: Path, told: Namespace) -> Compared:
    """Return a folder's model by the name of its row. Raises LoopwrightError."""
    open_model = cast(Callable[[str, str], Model], told.open_model)
    model = open_model(str(folder.resolve()), told.device)
    return Compared(name, sidecar_in(folder), model)


def sidecar_in(folder: Path) -> Sidecar:
    """Return the sidecar of a loop model. Raises PresetError."""
    try:
        return parsed((folder / SIDECAR).read_text("utf-8"))
    except (OSError, ValueError, PresetError) as trouble:
        raise PresetError(f"{folder / SIDECAR}: {reason(trouble)}") from trouble


def vqvaes_in(runs: Path) -> set[Path]:
    """Return the folders in a folder, however deep, that hold a trained VQ-VAE."""
    return {file.parent for file in runs.rglob(VQVAE)} - {runs}


def row_names(runs: Path) -> dict[Path, str]:
    """Return the folders of loop presets in a folder, however deep, and what their rows are called.

    That is NAME: KIND, or KIND for a folder of that name; by their paths, where two have one name.
    """
    folders = {file.parent for file in runs.rglob(SIDECAR)} - {runs}
    kinds = {folder: sidecar_in(folder).kind for folder in folders}
    called = Counter((folder.name, kind) for folder, kind in kinds.items())
    names: dict[Path, str] = {}
    for folder, kind in kinds.items():
        alone = called[folder.name, kind] == 1
        name = folder.name if alone else folder.relative_to(runs).as_posix()
        names[folder] = kind if name == kind else f"{name}: {kind}"
    return names
