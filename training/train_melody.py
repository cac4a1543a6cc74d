"""Train one of the melody paper's eight versions (5.1, 5.2), or the same class on other tunes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from loopwright.engine.melodytables import table_of
from loopwright.training.checkpoint import Held
from loopwright.training.dataset import Split
from loopwright.training.files import write_whole
from loopwright.training.fit import fingerprint, finish
from loopwright.training.fitting import Fitting
from loopwright.training.machine import best_device
from loopwright.training.melody_options import MODEL, SUMMARY
from loopwright.training.melodylstm import MelodyLSTM, model_of
from loopwright.training.melodymodel import MusicTransformer
from loopwright.training.melodymodelfile import save_melody
from loopwright.training.melodyset import Told
from loopwright.training.melodyversions import MelodyRecipe, Version
from loopwright.training.melodywindows import MelodyWindows, counted, last, nll, windows_of
from loopwright.training.modelsize import parameters
from loopwright.training.pianoset import PianoSet
from loopwright.training.rates import warmed
from loopwright.training.runs import account, prepare
from loopwright.training.task import Figures

JUDGED = 64  # windows at most
AT_ONCE = 16


class MelodyTask:
    """A version, judged by its negative log-likelihood a token on validation windows in a row."""

    aim = "nll"

    def __init__(
        self, model: MelodyLSTM | MusicTransformer, data: PianoSet, recipe: MelodyRecipe, name: str
    ) -> None:
        self.model, self.recipe, self.name = model, recipe, name
        self.device = next(model.parameters()).device
        self.longest_gradient = recipe.longest_gradient
        self.train = windows_of(data.part(Split.TRAIN), recipe.window, recipe.stride)
        self.judged = windows_of(data.part(Split.VALIDATION), recipe.window, recipe.window)
        self.steps = recipe.steps or max(len(self.train.starts) // recipe.batch, 1)

    def begin(self, epoch: int) -> None:
        """All chance of the epoch is drawn from torch's, which is seeded for it."""

    def batches(self) -> Iterator[Tensor]:
        """Yield the windows (b, n + 1) of one epoch, none twice while there are others."""
        wanted = self.steps * self.recipe.batch
        rounds = -(-wanted // len(self.train.starts))
        order = torch.cat([torch.randperm(len(self.train.starts)) for _ in range(rounds)])
        for index in torch.split(order[:wanted], self.recipe.batch):
            yield self.train.at(index).to(self.device)

    def loss(self, batch: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of the tokens that count."""
        counts = counted(batch) if self.recipe.every else last(batch)
        return (nll(self.model, batch) * counts).sum() / counts.sum()

    def judge(self) -> Figures:
        """Return nats a token: after each token of a window, or after whole windows."""
        every = even(self.judged, JUDGED)
        total = count = 0.0
        for index in torch.split(every, AT_ONCE):
            windows = self.judged.at(index).to(self.device)
            counts = counted(windows)
            total += float((nll(self.model, windows) * counts).sum())
            count += float(counts.sum())
        return {"nll": total / count}


def even(windows: MelodyWindows, most: int) -> Tensor:
    """Return the indices of `most` windows at most, evenly out of all."""
    count = len(windows.starts)
    return torch.linspace(0, count - 1, min(most, count)).round().long()


class MelodyFitting(Fitting):
    """A run with the paper's rate (warm up, then cosine) and its added up gradients."""

    def __init__(self, task: MelodyTask, folder: Path, identity: str) -> None:
        recipe = task.recipe
        self.accumulate = min(recipe.accumulate, task.steps)
        moves = recipe.schedule.epochs * task.steps / self.accumulate
        self.warm_up = min(recipe.warm_up, moves / 2) / moves
        super().__init__(task, recipe.schedule, folder, fingerprint(f"{identity} {recipe}"))

    def new_optimiser(self) -> torch.optim.Optimizer:
        """Return AdamW over what learns."""
        learning = [p for p in self.task.model.parameters() if p.requires_grad]
        return torch.optim.AdamW(learning, self.schedule.rate)

    def rate(self, share: float) -> float:
        """Return the learning rate when `share` (0..1) of the run is done."""
        if not self.warm_up:
            return super().rate(share)
        return warmed(self.schedule, share, self.warm_up)


@dataclass(frozen=True, slots=True)
class MelodyRun:
    """Where a run leaves its files, what it is called, the command that began it."""

    folder: Path
    name: str
    command: str
    threads: int | None = None  # None is all cores


def train_melody(told: Told, version: Version, recipe: MelodyRecipe, run: MelodyRun) -> Held:
    """Train a version into the run's folder; return what came of it. A cut-off run goes on."""
    prepare(run.folder, run.threads, recipe.schedule.seed)
    language = told.tokeniser.language
    shape = replace(version.shape, vocabulary=language.size)
    model = model_of(shape).to(best_device())
    identity = f"{language.vocabulary} {told.data.content_hash()} {shape}"
    progress = finish(
        MelodyFitting(MelodyTask(model, told.data, recipe, run.name), run.folder, identity)
    )
    about = {
        **account(model, progress, recipe, run.command, told.data.content_hash()),
        "version": run.name,
        "speech": version.speech.value,
        "vocabulary": language.size,
        "parameters": parameters(model),
        "tunes": len(set(told.data.part(Split.TRAIN).names)),
        "tokens": len(told.data.part(Split.TRAIN).tokens),
    }
    save_melody(run.folder / MODEL, model.to("cpu"), table_of(language), about)
    write_whole(run.folder / SUMMARY, json.dumps(about, indent=2).encode())
    return about
