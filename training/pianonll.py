"""The negative log-likelihood of a trained piano model on the test windows, file by file (5.2)."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.training.dataset import Split
from loopwright.training.pianobatches import nll, windows_of
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianosettings import WINDOW

AT_ONCE = 16  # windows


@dataclass(frozen=True, slots=True)
class FileFigures:
    """One piece: its windows, and the mean negative log-likelihood of a token, in nats."""

    name: str
    windows: int
    nll: float


@dataclass(frozen=True, slots=True)
class PianoFigures:
    """What was measured: every `stride`-th window of each piece of a split."""

    model: str
    split: str
    stride: int
    files: tuple[FileFigures, ...]

    @property
    def windows(self) -> int:
        """How many windows were measured."""
        return sum(file.windows for file in self.files)

    @property
    def nll(self) -> float:
        """The mean over all windows: long pieces count for more, as in the paper."""
        return sum(file.nll * file.windows for file in self.files) / self.windows


@torch.no_grad()
def measure(
    model: Callable[[Tensor], Tensor], name: str, data: PianoSet, split: Split, stride: int
) -> PianoFigures:
    """Return the figures of a model. All test windows of the paper's data take long on a CPU."""
    part = data.part(split)
    long = [i for i, length in enumerate(part.lengths.tolist()) if length >= WINDOW]
    if not long:
        raise SettingError(f"no {split.value} piece has {WINDOW} tokens, which is one window")
    files = tuple(one_piece(model, part.chosen([i]), stride) for i in tqdm(long, desc="pieces"))
    return PianoFigures(name, split.value, stride, files)


def one_piece(model: Callable[[Tensor], Tensor], piece: PianoSet, stride: int) -> FileFigures:
    """Return the figures of a set of one piece."""
    windows = windows_of(piece, torch.device("cpu"), stride)
    count = len(windows.starts)
    parts = torch.split(torch.arange(count), AT_ONCE)
    total = sum(float(nll(model, windows.at(some)).mean(1).sum()) for some in parts)
    return FileFigures(piece.names[0], count, total / count)


def as_text(figures: PianoFigures) -> str:
    """Return the figures as a table for a terminal."""
    rows = [f"{file.nll:8.4f}  {file.windows:6}  {file.name}" for file in figures.files]
    which = "all" if figures.stride == 1 else f"each {figures.stride}th of the"
    total = f"{figures.nll:8.4f}  {figures.windows:6}  in total, {which} {figures.split} windows"
    return "\n".join(["     NLL windows  piece", *rows, total])


def as_json(figures: PianoFigures) -> str:
    """Return the figures as JSON."""
    files = [{"name": f.name, "windows": f.windows, "nll": f.nll} for f in figures.files]
    whole = {"model": figures.model, "split": figures.split, "stride": figures.stride}
    return json.dumps({**whole, "windows": figures.windows, "nll": figures.nll, "files": files})
