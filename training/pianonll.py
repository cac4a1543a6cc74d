"""The negative log-likelihood of a piano model on the test windows, file by file (5.2).

Music repeats itself, and so do windows of it: those that are alike are judged once, and count as
often as they are there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, cast

import torch
from torch import Tensor
from tqdm import tqdm

from loopwright.engine.errors import SettingError
from loopwright.training.dataset import Split
from loopwright.training.kept import Kept
from loopwright.training.pianobatches import windows_of
from loopwright.training.pianoset import PianoSet
from loopwright.training.pianosettings import WINDOW

PART = 512  # windows after which progress is kept


@dataclass(frozen=True, slots=True)
class Judge:
    """What tells of windows (b, 257) the nats (b, 256) of each token after the first.

    `at_once` is how many windows it is best given at a time.
    """

    name: str
    nats: Callable[[Tensor], Tensor]
    at_once: int = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """Every `stride`-th window of each piece of a split."""

    data: PianoSet
    split: Split = Split.TEST
    stride: int = 1
    kept: Kept = field(default_factory=Kept)

    def pieces(self) -> list[PianoSet]:
        """Return the pieces that have a window. Raises SettingError where none has."""
        part = self.data.part(self.split)
        long = [i for i, length in enumerate(part.lengths.tolist()) if length >= WINDOW]
        if not long:
            raise SettingError(
                f"no {self.split.value} piece has {WINDOW} tokens, which is one window"
            )
        return [part.chosen([i]) for i in long]

    def count(self) -> int:
        """Return how many windows there are."""
        return len(self.data.part(self.split).starts(WINDOW, self.stride))


@dataclass(frozen=True, slots=True)
class FileFigures:
    """One piece: its windows, and the mean negative log-likelihood of a token, in nats."""

    name: str
    windows: int
    nll: float


@dataclass(frozen=True, slots=True)
class PianoFigures:
    """What a model was measured at."""

    model: str
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
def measure(judge: Judge, asked: Asked) -> PianoFigures:
    """Return the figures of a model. All test windows of the paper's data take long on a CPU."""
    pieces = asked.pieces()
    with tqdm(total=asked.count(), desc=judge.name, unit="window") as bar:
        return PianoFigures(judge.name, tuple(one_piece(judge, p, asked, bar) for p in pieces))


def one_piece(judge: Judge, piece: PianoSet, asked: Asked, bar: "tqdm[NoReturn]") -> FileFigures:
    """Return the figures of a set of one piece."""
    windows = windows_of(piece, torch.device("cpu"), asked.stride)
    every = windows.at(torch.arange(len(windows.starts)))
    different, times = cast(tuple[Tensor, Tensor], torch.unique(every, dim=0, return_counts=True))
    nats = 0.0
    for first in range(0, len(different), PART):
        some = slice(first, first + PART)
        key, count = f"{judge.name} {piece.names[0]} {first}", int(times[some].sum())
        if key in asked.kept:
            bar.initial += count  # so that the time left is told by what is measured now
        nats += asked.kept.figure(key, lambda at=some: judged(judge, different[at], times[at]))
        bar.update(count)
    return FileFigures(piece.names[0], len(every), nats / len(every))


def judged(judge: Judge, windows: Tensor, times: Tensor) -> float:
    """Return the sum over windows of the mean nats of a token, each as often as it is there."""
    parts = zip(torch.split(windows, judge.at_once), torch.split(times, judge.at_once), strict=True)
    return sum(float((judge.nats(some).double().mean(1) * often).sum()) for some, often in parts)
