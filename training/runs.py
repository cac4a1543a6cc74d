"""What the trainings of token models share: where a run lies, how it begins, what came of it."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from loopwright.training.checkpoint import Held
from loopwright.training.files import make_folder
from loopwright.training.machine import keep_memory
from loopwright.training.modelsize import parameters
from loopwright.training.plain import plain
from loopwright.training.progress import Progress


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run leaves its files, the command that began it, and what it begins with."""

    folder: Path
    command: str
    threads: int | None = None  # None is all cores
    begin_with: Path | None = None  # the folder of another run; None begins with nothing learnt


def prepare(folder: Path, threads: int | None, seed: int) -> None:
    """Make a run's folder, and have torch compute as the run wants it."""
    make_folder(folder)
    keep_memory()
    if threads is not None:
        torch.set_num_threads(threads)
    torch.manual_seed(seed)


def account(model: nn.Module, progress: Progress, recipe: object, command: str, data: str) -> Held:
    """Return what came of a run on the data of SHA-256 `data`, for its model file."""
    return {
        "parameters": parameters(model),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch,
        "seconds": round(progress.seconds, 1),
        **(progress.best or {}),
        "recipe": plain(recipe),
        "command": command,
        "data_sha256": data,
        "torch": str(torch.__version__),
    }
